//! 引き継ぎ of a shift: what is open, what it owes and what was promised, on screen and on paper.

use crate::cause::handler::sentences;
use crate::clock::{ClockMark, clock_mark};
use crate::form::{Draft, Field, Form, Input, choice, form, head as form_head};
use crate::here::{Here, html as answer};
use crate::incident::{duty_mark, named_incidents};
use crate::layout::{Place, Shell, page as shell_page};
use crate::parts::{empty, head, slip};
use crate::sample::{HOSTILE, at};
use crate::sent::Sent;
use crate::when;
use axum::response::Response;
use desk::{NOTES, ShiftHandOver, ShiftLine, ShiftTaking};
use domain::access::Right;
use domain::time::Instant;
use domain::words::Label;
use gate::Trouble;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct ShiftPage {
    /// Open incidents, the nearest duty first.
    pub lines: Vec<Line>,
    /// To whom it may be given: id and name.
    pub colleagues: Vec<(String, String)>,
    /// Whether the reader holds some of them.
    pub holds: bool,
    /// Whether the reader may take and give.
    pub writes: bool,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// One open incident.
#[derive(Clone, Debug)]
pub struct Line {
    /// `KEY-n`.
    pub key: String,
    /// The customer.
    pub customer: String,
    /// What is wrong.
    pub title: String,
    /// Where it stands.
    pub state: Label,
    /// Who holds it.
    pub holder: Option<String>,
    /// Its nearest clock.
    pub mark: Option<ClockMark>,
    /// What it owes: what, and by when.
    pub duties: Vec<(Label, Instant)>,
    /// What was promised: what, by when, in which words.
    pub promises: Vec<(Label, Instant, String)>,
    /// The last notes.
    pub notes: Vec<(Instant, String)>,
    /// What whoever takes it must know, and to whom it is given; none for anybody.
    pub handed: Option<(Option<String>, String)>,
}

/// Duties of one incident that are shown.
const DUTIES: usize = 4;

/// The page.
pub fn page(shell: &Shell, it: &ShiftPage) -> Markup {
    let title = shell.t("引き継ぎ", "Hand-over of the shift");
    let waiting: Vec<&Line> = it.lines.iter().filter(|line| line.handed.is_some()).collect();
    let body = html! {
        header.top { h1 { (title) " " small { (when::time(shell, shell.now)) } } }
        @if it.lines.is_empty() { (empty(shell.t("対応中の障害はありません。", "Nothing is open."), &html! { (shell.t("引き継ぐことはありません。", "There is nothing to hand over.")) })) }
        @if it.writes && !waiting.is_empty() { (taking(shell, it, &waiting)) }
        @for line in &it.lines { (incident(shell, line)) }
        @if it.writes && it.holds { (giving(shell, it)) }
    };
    shell_page(shell, title, &body)
}

fn incident(shell: &Shell, line: &Line) -> Markup {
    html! {
        section.shift-line {
            h2 { a href={ "/incidents/" (line.key) } { (slip(&line.key)) " " (line.customer) " " (line.title) } }
            p { strong { (line.state.in_lang(shell.lang)) } " · " (shell.t("担当 ", "held by ")) (line.holder.as_deref().unwrap_or(shell.t("なし", "nobody"))) }
            @if let Some(mark) = &line.mark { (clock_mark(shell, mark)) }
            ul.plain {
                @for (what, due) in &line.duties { li { (shell.t("残り: ", "Owed: ")) (what.in_lang(shell.lang)) " " (when::time(shell, *due)) } }
                @for (what, due, words) in &line.promises { li { (shell.t("約束: ", "Promised: ")) (what.in_lang(shell.lang)) " " (when::time(shell, *due)) " " (words) } }
                @for (at, words) in &line.notes { li { (shell.t("メモ ", "Note ")) (when::time(shell, *at)) " " (words) } }
            }
            @if let Some((to, words)) = &line.handed { p.words { strong { (shell.t("引き継ぎ → ", "Handed over to ")) (to.as_deref().unwrap_or(shell.t("次の担当者", "whoever comes next"))) } " " (words) } }
        }
    }
}

fn taking(shell: &Shell, it: &ShiftPage, waiting: &[&Line]) -> Markup {
    html! {
        form id="shift-taking" action="/shift/taking" method="post" data-enhance {
            (head("taking", shell.t("受け取りを待つ障害", "Waiting to be taken")))
            (form_head(&it.draft, "shift-taking", None))
            ul.plain { @for line in waiting { li { label for={ "take-" (line.key) } { input id={ "take-" (line.key) } type="checkbox" name={ "child:" (line.key) } value="yes" checked; " " (slip(&line.key)) " " (line.customer) " " (line.title) } } } }
            p.do { button type="submit" data-key="y" { (shell.t("受け取る", "Take them")) " " kbd { "Y" } } }
        }
    }
}

fn giving(shell: &Shell, it: &ShiftPage) -> Markup {
    let anybody = choice("", shell.t("次の担当者（誰でも）", "Whoever comes next"));
    let people = it.colleagues.iter().map(|(id, name)| choice(id, name.as_str()));
    let fields = vec![
        Field::new("to", shell.t("誰へ", "To"), Input::Menu(std::iter::once(anybody).chain(people).collect())),
        Field::new("text", shell.t("知っておくこと", "What they must know"), Input::Area(4)).required().hint(shell.t(
            "あなたが担当するすべての障害に残ります。受け取るまでは、あなたの担当のままです。",
            "It stays on every incident you hold. Until they are taken, they stay yours.",
        )),
    ];
    html! {
        (head("giving", shell.t("担当する障害をすべて引き継ぐ", "Hand over everything you hold")))
        (form(shell, &it.draft, &Form::new("shift-hand-over", "/shift/hand-over", shell.t("引き継ぐ", "Hand over"), fields)))
    }
}

/// The page as it stands.
pub(crate) async fn show(here: Here) -> Result<Response, Trouble> {
    Ok(answer(drawn(&here, Draft::default()).await?))
}

async fn drawn(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Shift).await?;
    let view = here.state.desk.shift(&here.caller).await?;
    let own = here.caller.person();
    let names: Vec<(String, String)> =
        view.colleagues.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let is_own = |line: &ShiftLine| own.is_some() && line.glance.board.row.assignee.as_ref() == own;
    let it = ShiftPage {
        holds: view.lines.iter().any(is_own),
        lines: view.lines.iter().map(|line| self::line(&shell, line, &names)).collect(),
        colleagues: names.iter().filter(|(id, _)| own.is_none_or(|own| own.as_str() != id)).cloned().collect(),
        writes: here.caller.may_somewhere(Right::Operate) && own.is_some(),
        draft,
    };
    Ok(page(&shell, &it))
}

fn line(shell: &Shell, it: &ShiftLine, names: &[(String, String)]) -> Line {
    let (incident, board) = (&it.glance.incident, &it.glance.board);
    let text = |id: &domain::ids::BlobId| it.texts.get(id).cloned().unwrap_or_default();
    let promise = |(_, promise): (u32, &domain::incident::Marked<domain::incident::Promise>)| {
        (promise.what.kind.label(), promise.what.due, text(&promise.what.text))
    };
    Line {
        key: incident.key.to_string(),
        customer: board.customer.clone(),
        title: board.row.title.clone(),
        state: incident.state.label(),
        holder: board.assignee.clone(),
        mark: it.duties.first().map(|duty| duty_mark(shell, incident, duty, board.assignee.as_deref())),
        duties: it.duties.iter().take(DUTIES).map(|duty| (duty.kind.label(), duty.due)).collect(),
        promises: incident.open_promises().map(promise).collect(),
        notes: incident.notes.iter().rev().take(NOTES).map(|note| (note.mark.at, text(&note.what))).collect(),
        handed: incident.handed_over().map(|given| {
            let to = given.what.to.as_ref().map(|id| {
                names
                    .iter()
                    .find(|(known, _)| known == id.as_str())
                    .map_or_else(|| id.to_string(), |(_, name)| name.clone())
            });
            (to, text(&given.what.text))
        }),
    }
}

/// Gives everything the reader holds away.
pub(crate) async fn give(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let input = ShiftHandOver { to: sent.typed.text("to"), text: sent.typed.text("text") };
    let done = here.state.desk.hand_over_shift(&here.caller, &input).await;
    let done = done.and_then(|acted| sentences(&acted)).map(|()| "/shift".to_owned());
    let here = here.at("/shift");
    sent.answer(here.lang(), "shift-hand-over", done, async |draft| drawn(&here, draft).await).await
}

/// Takes what was ticked.
pub(crate) async fn take(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let input = ShiftTaking { incidents: named_incidents(&sent.typed) };
    let done = here.state.desk.take_shift(&here.caller, &input).await;
    let done = done.and_then(|acted| sentences(&acted)).map(|()| "/shift".to_owned());
    let here = here.at("/shift");
    sent.answer(here.lang(), "shift-taking", done, async |draft| drawn(&here, draft).await).await
}

/// The samples.
pub fn samples() -> Vec<(&'static str, ShiftPage)> {
    let line = |key: &str, customer: &str, handed| Line {
        key: key.into(),
        customer: customer.into(),
        title: "web01 応答なし".into(),
        state: Label::new("連絡済", "Customer told"),
        holder: Some("佐藤 恵".into()),
        mark: None,
        duties: vec![(Label::new("中間報告", "Interim report"), at(1800))],
        promises: vec![(Label::new("折り返し", "Call back"), at(900), "php-fpm の結果を 03:30 までに電話".into())],
        notes: vec![(at(-600), "再起動の同意は長谷川様から得ている".into())],
        handed,
    };
    let given = Some((Some("井上 大地".to_owned()), "再起動の結果待ち。次の報告は 04:11。".to_owned()));
    let shift = ShiftPage {
        lines: vec![line("NGS-12", "株式会社なぎさ商事", given), line("SOR-4", "そらいろ運輸株式会社", None)],
        colleagues: vec![("a".into(), "井上 大地".into())],
        holds: true,
        writes: true,
        draft: Draft::default(),
    };
    let hostile = ShiftPage { lines: vec![line("NGS-12", HOSTILE, Some((None, HOSTILE.into())))], ..shift.clone() };
    vec![("night", shift), ("quiet", ShiftPage::default()), ("hostile", hostile)]
}
