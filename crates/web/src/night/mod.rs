//! The night as it is read in the morning: one sentence an incident, then one lane each.

mod figures;
pub(crate) mod handler;
mod lane;
mod sample;

pub use figures::{FigureLine, FiguresPage, page as figures_page, samples as figures_samples};
pub use lane::Night;
pub use sample::samples;

use crate::board::LaneMark;
use crate::customer::{CustomerIncidentPage, first_line};
use crate::form::{Draft, Field, Input, button, field, head as form_head};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{empty, head, slip};
use crate::when;
use domain::words::Label;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct NightPage {
    /// The stretch of time.
    pub night: Night,
    /// The same as the fields of the form hold it.
    pub asked: (String, String),
    /// Its incidents, the earliest first.
    pub incidents: Vec<NightLine>,
    /// Incidents that cannot be read.
    pub damaged: Vec<String>,
    /// Whether the reader is of the desk.
    pub staff: bool,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// One incident of a night.
#[derive(Clone, Debug)]
pub struct NightLine {
    /// The customer, for staff.
    pub customer: String,
    /// What its customer reads of it.
    pub told: CustomerIncidentPage,
    /// What was done, and what was or is owed.
    pub marks: Vec<LaneMark>,
    /// Whether something must be decided by the customer.
    pub is_major: bool,
}

/// The page.
pub fn page(shell: &Shell, it: &NightPage) -> Markup {
    let title = shell.t("夜の記録", "The night");
    let body = html! {
        article.night {
            header.top {
                h1 { (title) }
                p { (when::text(shell, it.night.from)) " – " (when::text(shell, it.night.to)) }
            }
            @for key in &it.damaged { p.wrong role="alert" { (key) " " (shell.t("は読み取れません。", "cannot be read.")) } }
            @if it.incidents.is_empty() {
                (empty(shell.t("この間に障害はありませんでした。", "There was no incident in this time."), &html! { a href="/incidents" { (shell.t("これまでの障害", "Earlier incidents")) } }))
            } @else {
                @let open = it.incidents.iter().filter(|line| line.told.recovered.is_none()).count();
                @let decide = it.incidents.iter().filter(|line| line.told.decide.is_some()).count();
                p.told-first { (summary(shell, it.incidents.len(), open, decide)) }
                ol.nights { @for line in &it.incidents { li { (sentence(shell, it, line)) } } }
                (head("lanes", shell.t("夜の帯", "The night's lane")))
                div.lanes {
                    div.lane-row { span {} (lane::scale(shell, it.night)) }
                    @for line in &it.incidents {
                        div.lane-row { a href={ "/incidents/" (line.told.key) } { (slip(&line.told.key)) } (lane::lane(shell, it.night, &line.marks)) }
                    }
                    p.legend { (lane::legend(shell)) }
                }
            }
            (asking(shell, it))
            p.links { @if it.staff { a href="/figures" { (shell.t("数字を見る", "Figures")) } } }
        }
    };
    shell_page(shell, title, &body)
}

fn summary(shell: &Shell, all: usize, open: usize, decide: usize) -> String {
    match shell.lang {
        domain::words::Lang::Ja => {
            format!("障害 {all}件。継続中 {open}件。お決めいただきたいこと {decide}件。")
        }
        domain::words::Lang::En => {
            let incidents = if all == 1 { "incident" } else { "incidents" };
            format!("{all} {incidents}, {open} not recovered, {decide} for the customer to decide.")
        }
    }
}

fn sentence(shell: &Shell, page: &NightPage, line: &NightLine) -> Markup {
    let told = &line.told;
    html! {
        p.path {
            a href={ "/incidents/" (told.key) } { (slip(&told.key)) } " "
            @if page.staff { (line.customer) " · " } (told.project)
            " · " (told.state.in_lang(shell.lang)) " · " (told.impact.label().in_lang(shell.lang))
            @if line.is_major { " · " strong { (MAJOR.in_lang(shell.lang)) } }
        }
        p { strong { (told.title) } }
        p { (first_line(shell, told)) }
    }
}

const MAJOR: Label = Label::new("重大", "Major");

/// Another stretch; a plain form that asks by its address.
fn asking(shell: &Shell, it: &NightPage) -> Markup {
    let fields = [
        Field::new("from", shell.t("いつから", "From"), Input::Moment).value(it.asked.0.as_str()),
        Field::new("to", shell.t("いつまで", "To"), Input::Moment)
            .value(it.asked.1.as_str())
            .hint(shell.t("空ならいままで。7日以内。", "Empty: until now. At most 7 days.")),
    ];
    html! {
        form.sheet.asking id="night" action="/night" method="get" {
            (form_head(&it.draft, "night", None))
            @for item in &fields { (field(shell, &it.draft, "night", item)) }
            p.do { (button(shell.t("この間を見る", "Show this time"), false)) }
        }
    }
}
