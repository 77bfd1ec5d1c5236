//! The incident, for staff: the alert's words and the timeline | the next step | the notice and whom to call.
//!
//! There is one primary action in each state, which Enter does; the other verbs stand below it, quieter.

mod afterwards;
mod alert;
mod clocks;
mod dialling;
pub(crate) mod handler;
mod judgement;
mod merging;
mod notice;
mod of;
mod owing;
mod runbook;
mod sample;
pub(crate) mod telling;
mod verbs;

pub use afterwards::After;
pub use alert::{AlertWords, Earlier};
pub(crate) use clocks::{duty_mark, interim_mark, ledgers, notice_marks};
pub use dialling::{Standing, UnderWay};
pub use judgement::{Judged, Judgement, Question};
pub(crate) use merging::named as named_incidents;
pub use merging::{Kin, Merging};
pub use notice::{Call, Contact, NoticeBox, Phone, Published, calls, contacts, published};
pub(crate) use of::{calls as calls_of, days_label, filed, hours, impact, told as told_of, told_to_customer};
pub use owing::{CaseLine, EscalationLine, Owing, PromiseLine};
pub(crate) use runbook::SAMPLE as SAMPLE_RUNBOOK;
pub use runbook::{Done, Line, RunbookBox, Sheet};
pub use sample::samples;
pub(crate) use sample::{ended_ledger, told};
pub use verbs::{Prefill, Verb};

use crate::attachment::Files;
use crate::clock::{ClockMark, clock_mark};
use crate::form::Draft;
use crate::layout::{Shell, page as shell_page};
use crate::ledger::{Ledger, ledger};
use crate::parts::{head, slip};
use crate::timeline::{Entry, timeline};
use domain::words::Label;
use maud::{Markup, html};

/// Whether the service is affected, as far as it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impact {
    /// Not judged yet; counts as affected.
    Unjudged,
    /// サービス影響 有
    Yes,
    /// サービス影響 無
    No,
}

impl Impact {
    /// As shown.
    pub const fn label(self) -> Label {
        match self {
            Self::Unjudged => Label::new("サービス影響 未判定", "Impact not judged"),
            Self::Yes => Label::new("サービス影響 有", "Service affected"),
            Self::No => Label::new("サービス影響 無", "Service not affected"),
        }
    }
}

/// What the incident's page shows.
#[derive(Clone, Debug)]
pub struct IncidentPage {
    /// `KEY-n`.
    pub key: String,
    /// Version of the record that is shown.
    pub version: i64,
    /// What is wrong, in one line.
    pub title: String,
    /// The customer.
    pub tenant: String,
    /// The customer's project.
    pub project: String,
    /// State as labelled by the process.
    pub state: Label,
    /// Whether the service is affected.
    pub impact: Impact,
    /// Who has taken it.
    pub holder: Option<String>,
    /// Its clocks: the nearest first.
    pub clocks: Vec<ClockMark>,
    /// How each clock was counted.
    pub ledgers: Vec<Ledger>,
    /// Windows of work that run beside it: name and end.
    pub windows: Vec<(String, domain::time::Instant)>,
    /// What frozen tables say of it, the newest first: number and whether it was kept.
    pub frozen: Vec<(u32, bool)>,
    /// The alert's words.
    pub alert: AlertWords,
    /// The last three incidents of the same kind.
    pub earlier: Vec<Earlier>,
    /// Whether those are only of the same host.
    pub earlier_by_host: bool,
    /// The runbooks.
    pub runbooks: RunbookBox,
    /// Criteria, answers and judgements.
    pub judgement: Judgement,
    /// The notice being written, and what was published.
    pub notice: NoticeBox,
    /// The contact plan valid now, by rank.
    pub contacts: Vec<Contact>,
    /// Call attempts, newest first.
    pub calls: Vec<Call>,
    /// The call under way.
    pub calling: Option<UnderWay>,
    /// How the calls stand, where somebody has to be reached or was.
    pub standing: Option<Standing>,
    /// What was asked of others and promised.
    pub owing: Owing,
    /// The incidents around it.
    pub merging: Merging,
    /// What comes after the fault.
    pub after: After,
    /// Whether the reader may take an escalation.
    pub takes: bool,
    /// Facts, newest first.
    pub timeline: Vec<Entry>,
    /// The one next step; none where the incident has ended.
    pub primary: Option<Verb>,
    /// What else may be done now.
    pub others: Vec<Verb>,
    /// Whether the reader may act at all.
    pub writes: bool,
    /// Whether the ticket exists for the customer, so that they can read a message.
    pub known: bool,
    /// Whether the reader may erase what was written.
    pub may_erase: bool,
    /// Its files.
    pub files: Files,
    /// What the forms start with.
    pub prefill: Prefill,
    /// What was typed before and refused.
    pub draft: Draft,
}

impl IncidentPage {
    /// Where the verb's fields are posted to.
    pub(crate) fn action(&self, verb: Verb) -> String {
        format!("/incidents/{}/{}", self.key, verb.noun())
    }
}

/// The page.
pub fn page(shell: &Shell, it: &IncidentPage) -> Markup {
    let body = html! {
        article.incident data-live={ "/live/incidents/" (it.key) } {
            (banner(shell, it))
            div.columns {
                section.col aria-labelledby="col-alert" { (alert::column(shell, it)) }
                section.col aria-labelledby="col-step" {
                    (step(shell, it))
                }
                section.col aria-labelledby="col-notice" { (notice::column(shell, it)) }
            }
            section.wide aria-labelledby="col-ledger" {
                (head("col-ledger", shell.t("期限の内訳", "How the clocks were counted")))
                div.ledgers { @for item in &it.ledgers { (ledger(shell, item)) } }
            }
        }
    };
    shell_page(shell, &format!("{} {}", it.key, it.title), &body)
}

/// The head of the incident with its clocks, and of which version and next step it tells. Element `incident-head`.
pub fn banner(shell: &Shell, it: &IncidentPage) -> Markup {
    html! {
        header.record id="incident-head" data-version=(it.version) data-step=[it.primary.map(Verb::noun)] {
            div {
                p.path { (slip(&it.key)) " " (it.tenant) " · " (it.project) }
                h1 { (it.title) }
                @for (key, to) in &it.windows {
                    p.beside { (shell.t("作業時間帯 ", "Window of work ")) (crate::window::place(key)) " " (crate::when::time(shell, *to)) (shell.t(" まで", " is its end")) }
                }
                @for (number, kept) in &it.frozen {
                    p.beside { (shell.t("判定は凍結済み: ", "The verdict is frozen: ")) (crate::compliance::named(shell, *number)) " " (if *kept { shell.t("順守", "kept") } else { shell.t("未達", "missed") }) }
                }
                p.state data-say { strong { (it.state.in_lang(shell.lang)) } " · " (it.impact.label().in_lang(shell.lang)) @if it.after.major.is_some() { " · " strong { (shell.t("重大", "Major")) } } " · " (shell.t("担当 ", "held by ")) (it.holder.as_deref().unwrap_or(shell.t("なし", "nobody"))) }
            }
            div.clocks { @for mark in &it.clocks { (clock_mark(shell, mark)) } }
        }
    }
}

/// The middle column: the primary step, then the others.
fn step(shell: &Shell, it: &IncidentPage) -> Markup {
    html! {
        (head("col-step", shell.t("次の一手", "Next step")))
        @match it.primary {
            Some(Verb::Judgement) => (judgement::questions(shell, it)),
            Some(verb) => div.primary-step { (verbs::verb_form(shell, it, verb, true)) },
            None if !it.writes => p.hint { (shell.t("閲覧だけができます。", "You can read this, not act on it.")) },
            None if it.merging.parent.is_some() => p.hint { (shell.t("この先は統合先の障害で対応します。", "From here on it is dealt with in the incident it was merged into.")) },
            None => p.hint { (shell.t("この障害は終わっています。再び起きたときは新しい障害になります。", "This incident has ended. If it happens again, that is a new incident.")) },
        }
        @if it.primary != Some(Verb::Judgement) { (judgement::summary(shell, it)) }
        (judgement::remark(shell))
        (merging::section(shell, it))
        (owing::section(shell, it))
        (afterwards::section(shell, it))
        @if !it.others.is_empty() {
            h3 { (shell.t("ほかにできること", "What else can be done")) }
            div.others { @for verb in &it.others { (verbs::folded(shell, it, *verb)) } }
        }
    }
}

/// The notice of the samples, which other samples show too.
pub(crate) const fn sample_notice() -> &'static str {
    sample::NOTICE
}

/// The facts alone. Element `timeline`.
pub fn facts(shell: &Shell, entries: &[Entry]) -> Markup {
    timeline(shell, entries)
}
