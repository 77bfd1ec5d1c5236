//! What comes after the fault, in short: whether it is a major one, which reports are owed, and the way to them.

use super::IncidentPage;
use crate::layout::Shell;
use crate::when;
use desk::incident::IncidentView;
use domain::incident::duty::DutyKind;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// What stands on the incident's page of it.
#[derive(Clone, Debug, Default)]
pub struct After {
    /// By what it is a major incident.
    pub major: Option<Label>,
    /// Reports and reviews that are owed, the nearest first.
    pub owed: Vec<(Label, Instant)>,
}

/// From the desk's view.
pub(super) fn after_of(view: &IncidentView) -> After {
    let is_of_it =
        |kind: &DutyKind| matches!(kind, DutyKind::WriteReport(_) | DutyKind::ApproveReport(_) | DutyKind::ReviewMajor);
    let owed = view.duties.iter().filter(|duty| is_of_it(&duty.kind)).map(|duty| (duty.kind.label(), duty.due));
    After { major: view.incident.after.major.as_ref().map(|major| major.what.criterion.label()), owed: owed.collect() }
}

/// The section. Element `afterwards`.
pub(super) fn section(shell: &Shell, it: &IncidentPage) -> Markup {
    html! {
        div id="afterwards" {
            h3 { (shell.t("障害報告書・重大", "Reports, major incident")) }
            @if let Some(criterion) = it.after.major { p { strong { (shell.t("重大な障害: ", "Major incident: ")) } (criterion.in_lang(shell.lang)) } }
            @for (what, due) in &it.after.owed {
                p { strong { (what.in_lang(shell.lang)) } " " (shell.t("期限 ", "due ")) (when::time(shell, *due)) @if shell.now > *due { " " strong { (shell.t("期限を過ぎています", "the due has passed")) } } }
            }
            p.links { a href={ "/incidents/" (it.key) "/reports" } { (shell.t("報告書を書く・承認する、重大な障害にする", "Write or approve a report, mark as major")) } }
        }
    }
}
