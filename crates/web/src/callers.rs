//! Who is calling? A number leads to the contact, the customer and their open incidents, so that a call back is found while
//! the caller still says their name.

use crate::here::{Here, html as answer};
use crate::incident::hours;
use crate::layout::{Place, Shell, page as shell_page};
use crate::parts::{slip, tel};
use crate::when;
use axum::response::Response;
use desk::Error;
use desk::incident::KnownCaller;
use domain::incident::State;
use domain::refusal::Refusal;
use domain::words::Lang;
use gate::Trouble;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct CallersPage {
    /// The number that was asked for.
    pub number: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Who has it, those with open incidents first.
    pub found: Vec<KnownCaller>,
}

/// What is asked.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    number: String,
}

/// The search.
pub(crate) async fn show(here: Here, gate::Query(asked): gate::Query<Asked>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Callers).await?;
    let mut it = CallersPage { number: asked.number, ..CallersPage::default() };
    if !it.number.trim().is_empty() {
        match here.state.desk.who_calls(&here.caller, &it.number).await {
            Ok(found) => it.found = found,
            Err(Error::Refused(refusal)) => it.problem = Some(sentence(&shell, &refusal)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(answer(page(&shell, &it)))
}

fn sentence(shell: &Shell, refusal: &Refusal) -> String {
    match shell.lang {
        Lang::Ja => refusal.ja.clone(),
        Lang::En => refusal.en.clone(),
    }
}

/// The page.
pub fn page(shell: &Shell, it: &CallersPage) -> Markup {
    let title = shell.t("電話の相手をさがす", "Who is calling?");
    let body = html! {
        header.top { h1 { (title) } }
        form.search action="/callers" method="get" role="search" {
            label for="number" { (shell.t("電話番号（下4桁から）", "Number (its last four digits will do)")) }
            div { input id="number" name="number" type="tel" inputmode="tel" autofocus value=(it.number) aria-invalid=[it.problem.as_ref().map(|_| "true")] aria-describedby="number-problem"; " " button { (shell.t("さがす", "Find")) } }
            p.problem id="number-problem" role="status" { (it.problem.as_deref().unwrap_or_default()) }
        }
        @if it.found.is_empty() && it.problem.is_none() && !it.number.trim().is_empty() {
            p { (shell.t("この番号の連絡先はありません。会社名とお名前を伺い、登録の番号へ折り返してください。", "No contact has this number. Ask for company and name, and call back at a number that is on record.")) }
        }
        @for caller in &it.found { (found(shell, caller)) }
    };
    shell_page(shell, title, &body)
}

fn found(shell: &Shell, caller: &KnownCaller) -> Markup {
    let contact = &caller.contact;
    html! {
        section.caller {
            h2 { (contact.name) (shell.t(" 様", "")) " " small { (contact.reading) } }
            p { strong { (caller.customer) } " · " (caller.project) " · " (shell.t("順位", "rank ")) (caller.rank) " · " (hours(shell, contact.hours)) }
            p.numbers { @for phone in contact.phones() { (tel(phone)) " " } }
            @if caller.incidents.is_empty() { p.hint { (shell.t("対応中の障害はありません。", "No incident is open.")) } }
            @else {
                ul.plain {
                    @for row in &caller.incidents {
                        li { a href={ "/incidents/" (row.key) "#call-back" } { (slip(row.key.as_str())) " " (row.title) } " " span.hint { (State::from_code(&row.state).map_or(row.state.as_str(), |state| state.label().in_lang(shell.lang))) " · " (when::time(shell, row.opened)) } }
                    }
                }
            }
        }
    }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, CallersPage)> {
    let nobody = CallersPage { number: crate::sample::HOSTILE.into(), ..CallersPage::default() };
    let short =
        CallersPage {
            number: "12".into(), problem: Some("電話番号を4桁以上入力してください。".into()), found: vec![]
        };
    vec![("asked", CallersPage::default()), ("nobody", nobody), ("short", short)]
}
