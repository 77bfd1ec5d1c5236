//! A call comes in: the clock runs, and the first question is which company it is (R-4.2.1-9, R-4.1.2-2, -3).

use crate::clock::{ClockMark, ClockState, clock_mark};
use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct CallPage {
    /// The call's number and its begin; none before one has begun.
    pub call: Option<(u64, Instant)>,
    /// What was looked for.
    pub sought: String,
    /// What was found.
    pub found: Vec<Found>,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// A company that may be calling.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Its projects: key and name.
    pub projects: Vec<(String, String)>,
    /// The contact that was found, with the number.
    pub contact: Option<String>,
}

/// Minutes within which the customer is told where nothing is judged.
const TOLD_MINUTES: i64 = 15;

/// The page.
pub fn page(shell: &Shell, it: &CallPage) -> Markup {
    let title = shell.t("お電話の受付", "Taking a call");
    let body = html! {
        article.narrow-form {
            header.record {
                h1 { (title) }
                @if let Some((_, began)) = it.call { div.clocks { (clock_mark(shell, &mark(shell, began))) } }
            }
            @match it.call {
                None => {
                    p { (shell.t("押した時刻が受付の時刻になり、期限はそこから数えます。", "The moment you press is the receipt, from which the clocks run.")) }
                    (form(shell, &it.draft, &Form::new("call", "/calls", shell.t("電話を受ける", "Take a call"), vec![]).primary(true)))
                }
                Some((call, began)) => (company(shell, it, call, began)),
            }
        }
    };
    shell_page(shell, title, &body)
}

fn mark(shell: &Shell, began: Instant) -> ClockMark {
    ClockMark {
        name: shell.t("障害発生連絡 SLO 15分", "First notice SLO 15 min").to_owned(),
        state: ClockState::Running { since: began, due: began.plus_minutes(TOLD_MINUTES) },
        holder: None,
        href: None,
    }
}

fn company(shell: &Shell, it: &CallPage, call: u64, began: Instant) -> Markup {
    html! {
        p.hint { (shell.t("受付 ", "Call began ")) (when::time(shell, began)) (shell.t("。会社を選んだときから障害として残り、電話が切れても消えません。", ". From the moment the company is chosen it is an incident, even if the line drops.")) }
        form.sheet id="company" role="search" action="/calls" method="get" {
            input type="hidden" name="call" value=(call);
            div.field.wide {
                label for="q" { (shell.t("会社名（読み、プロジェクトキー、電話番号でも）", "Company (or reading, project key, telephone number)")) }
                input id="q" type="search" name="q" value=(it.sought) autocomplete="off" autofocus;
            }
            p.do { button type="submit" { (shell.t("探す", "Search")) } }
        }
        @if !it.sought.is_empty() {
            ul.found {
                @for (i, found) in it.found.iter().enumerate() {
                    li data-row {
                        p { strong { (found.name) } @if let Some(contact) = &found.contact { " " small { (contact) } } }
                        div.choices {
                            @for (j, (key, name)) in found.projects.iter().enumerate() {
                                (choose(call, key, true, &html! { (key) " " (name) }, i == 0 && j == 0))
                            }
                            @if let [(first, _), _, ..] = found.projects.as_slice() {
                                (choose(call, first, false, &html! { (shell.t("プロジェクトは後で伺う", "ask for the project later")) }, false))
                            }
                        }
                    }
                }
            }
            @if it.found.is_empty() { p.wrong { (shell.t("見つかりません。", "Nothing was found.")) } }
        }
        details open[!it.sought.is_empty() && it.found.is_empty() || it.draft.form == "lost"] {
            summary { (shell.t("会社が見つからない", "The company cannot be found")) }
            p.hint { (shell.t("自社（MSP）の障害として記録し、会社の確認を残します。", "It is kept as an incident of our own (MSP), and the company stays to be found out.")) }
            (form(shell, &it.draft, &Form::new("lost", "/calls/incident", shell.t("記録する", "Keep it"), vec![
                Field::new("call", "", Input::Hidden).value(call.to_string()),
                Field::new("company", shell.t("会社名（聞こえたまま）", "Company, as it was heard"), Input::Text).required().wide(),
            ])))
        }
    }
}

fn choose(call: u64, project: &str, sure: bool, label: &Markup, primary: bool) -> Markup {
    html! {
        form action="/calls/incident" method="post" {
            input type="hidden" name="call" value=(call);
            input type="hidden" name="project" value=(project);
            @if sure { input type="hidden" name="project_sure" value="yes"; }
            button.primary[primary] type="submit" { (label) }
        }
    }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, CallPage)> {
    let start = CallPage { call: None, sought: String::new(), found: vec![], draft: Draft::default() };
    let began = CallPage { call: Some((41, at(-20))), ..start.clone() };
    let found = vec![
        Found {
            name: "株式会社なぎさ商事".into(),
            projects: vec![("NGS".into(), "コーポレートサイト".into()), ("NGX".into(), "受注システム".into())],
            contact: Some("長谷川 亮 090-0000-1234".into()),
        },
        Found { name: HOSTILE.into(), projects: vec![("SOR".into(), HOSTILE.into())], contact: None },
    ];
    let some = CallPage { sought: "なぎさ".into(), found, ..began.clone() };
    let none = CallPage { sought: HOSTILE.into(), ..began.clone() };
    vec![("start", start), ("began", began), ("found", some), ("none", none)]
}
