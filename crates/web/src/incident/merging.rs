//! 統合 on the incident's page: what came together with it, what goes on in it, and where it goes on itself.

use super::{IncidentPage, Verb};
use crate::form::{Field, Form, Input, form};
use crate::layout::Shell;
use crate::parts::slip;
use crate::sent::Typed;
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// What the checkboxes of incidents begin their names with.
const TICK: &str = "child:";

/// The incidents around this one.
#[derive(Clone, Debug, Default)]
pub struct Merging {
    /// The incident it is merged into, with the version seen of that.
    pub parent: Option<(String, i64)>,
    /// What is merged into it, as it was merged.
    pub children: Vec<Kin>,
    /// What the last act merged: undone by one key.
    pub last: Vec<String>,
    /// What came within five minutes and is not merged yet, the earliest first, this one left out.
    pub together: Vec<Kin>,
    /// The earliest of those, where it is another one: that takes the others.
    pub earliest: Option<String>,
}

/// Another incident in one line.
#[derive(Clone, Debug)]
pub struct Kin {
    /// `KEY-n`.
    pub key: String,
    /// What is wrong.
    pub title: String,
    /// When its own clocks start.
    pub received: Instant,
    /// How its own clock stands, in words.
    pub stands: String,
}

/// The section. Element `merging`.
pub(super) fn section(shell: &Shell, it: &IncidentPage) -> Markup {
    let merging = &it.merging;
    html! {
        div.merging id="merging" {
            @if let Some((parent, version)) = &merging.parent { (merged(shell, it, parent, *version)) }
            @if !merging.together.is_empty() && merging.earliest.is_none() && it.writes { (offer(shell, it)) }
            @if let Some(earliest) = &merging.earliest {
                p.hint { (shell.t("5分以内の障害と一緒に ", "It came within five minutes of others. They can be merged at ")) a href={ "/incidents/" (earliest) } { (slip(earliest)) } (shell.t(" へまとめられます。", ".")) }
            }
            @if !merging.children.is_empty() { (children(shell, it)) }
        }
    }
}

fn merged(shell: &Shell, it: &IncidentPage, parent: &str, version: i64) -> Markup {
    let own = vec![Field::new("children", "", Input::Hidden).value(it.key.as_str())];
    let action = format!("/incidents/{parent}/separation");
    let spec = Form::new("separation-own", action, shell.t("統合を解除", "Take it out again"), own).version(version);
    html! {
        p { strong { (shell.t("この障害は ", "This incident goes on in ")) a href={ "/incidents/" (parent) } { (slip(parent)) } (shell.t(" に統合されています。", ".")) } " " (shell.t("期限と判定はこの障害のまま残ります。", "Its clocks and its verdict stay its own.")) }
        @if it.writes { (form(shell, &it.draft, &spec)) }
    }
}

fn offer(shell: &Shell, it: &IncidentPage) -> Markup {
    let others = &it.merging.together;
    let names = others.iter().map(|kin| kin.key.as_str()).collect::<Vec<_>>().join(" ");
    let count = others.len();
    let button = match shell.lang {
        domain::words::Lang::Ja => format!("{count}件をこの障害にまとめる"),
        domain::words::Lang::En => format!("Merge {count} into this one"),
    };
    html! {
        h3 { (shell.t("5分以内に届いた障害", "Came within five minutes")) }
        ul.plain { @for kin in others { (line(shell, kin)) } }
        form id="merge-together" action=(it.action(Verb::Merge)) method="post" data-enhance {
            (crate::form::head(&it.draft, "merge-together", Some(it.version)))
            input type="hidden" name="children" value=(names);
            p.do { button type="submit" data-key="m" { (button) " " kbd { "M" } } }
        }
    }
}

fn children(shell: &Shell, it: &IncidentPage) -> Markup {
    let last = it.merging.last.join(" ");
    html! {
        h3 { (shell.t("統合した障害", "Merged into this one")) }
        form id="separation" action=(it.action(Verb::Separation)) method="post" data-enhance {
            (crate::form::head(&it.draft, "separation", Some(it.version)))
            ul.plain {
                @for kin in &it.merging.children {
                    @if it.writes { li { label for={ "tick-" (kin.key) } { input id={ "tick-" (kin.key) } type="checkbox" name={ (TICK) (kin.key) } value="yes"; " " (words(shell, kin)) } } } @else { (line(shell, kin)) }
                }
            }
            @if it.writes { p.do { button type="submit" { (shell.t("選んだ障害の統合を解除", "Take the chosen ones out again")) } } }
        }
        @if it.writes && !it.merging.last.is_empty() {
            form id="separation-last" action=(it.action(Verb::Separation)) method="post" data-enhance {
                (crate::form::head(&it.draft, "separation-last", Some(it.version)))
                input type="hidden" name="children" value=(last);
                p.do { button type="submit" data-key="z" { (shell.t("直前の統合を元に戻す", "Undo the last merge")) " " kbd { "Z" } } }
            }
        }
    }
}

fn line(shell: &Shell, kin: &Kin) -> Markup {
    html! { li { (words(shell, kin)) } }
}

fn words(shell: &Shell, kin: &Kin) -> Markup {
    html! { a href={ "/incidents/" (kin.key) } { (slip(&kin.key)) } " " (kin.title) " " small { (when::text(shell, kin.received)) (shell.t(" 受信 · ", " received · ")) (kin.stands) } }
}

/// The field of a merge by hand.
pub(super) fn fields(shell: &Shell) -> Vec<Field> {
    let hint = shell.t(
        "同じプロジェクトの障害の番号を空白で区切って。お客様への連絡はこの障害から行います。",
        "Numbers of incidents of the same project, parted by spaces. The customer is told from this one.",
    );
    vec![Field::new("children", shell.t("統合する障害", "Incidents"), Input::Text).required().hint(hint)]
}

/// The incidents that a form names, by ticks or by words.
pub(crate) fn named(typed: &Typed) -> Vec<String> {
    let ticked = typed.0.iter().filter(|(_, value)| value == "yes").filter_map(|(name, _)| name.strip_prefix(TICK));
    let words = typed.text("children");
    let words = words.split([' ', '　', ',', '、', '\n', '\r', '\t']).filter(|word| !word.is_empty());
    ticked.chain(words).map(str::to_owned).collect()
}
