//! One row of the board: the nearest duty of one incident.

use super::strip::{LaneMark, lane};
use crate::clock::{ClockMark, ClockState, clock_mark};
use crate::layout::Shell;
use crate::parts::slip;
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// One open incident, by its nearest duty.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// `KEY-n`.
    pub key: String,
    /// The customer.
    pub tenant: String,
    /// The configuration item as the alert names it.
    pub host: String,
    /// What is wrong, in the alert's words.
    pub title: String,
    /// State of the incident.
    pub state: Label,
    /// The nearest duty as a verb: 判定, 架電, 中間報告 ...
    pub duty: Label,
    /// Its clock.
    pub mark: ClockMark,
    /// Whose duty the nearest one is, where it is not the holder's.
    pub owner: Option<Label>,
    /// Who has taken the incident.
    pub holder: Option<String>,
    /// When the first alert was received.
    pub received: Instant,
    /// How many alerts it holds.
    pub alerts: u64,
    /// By whom it was told to us, where that was the customer: with the priority they gave.
    pub filed: Option<Label>,
    /// How often its alerts went on and off, where they flap.
    pub flaps: Option<u64>,
    /// How many are merged into it.
    pub children: u64,
    /// What came with it within five minutes and may be merged into it by one key.
    pub together: Vec<String>,
    /// The version of the incident that is shown.
    pub version: u64,
    /// What was done and what is owed around now.
    pub lane: Vec<LaneMark>,
}

impl BoardRow {
    /// The page of the incident.
    pub fn href(&self) -> String {
        format!("/incidents/{}", self.key)
    }

    /// The host and what is wrong with it; the host only once where the alert names it itself.
    pub fn what(&self) -> String {
        if self.host.is_empty() || self.title.contains(&self.host) {
            self.title.clone()
        } else {
            format!("{} {}", self.host, self.title)
        }
    }

    /// The clock of the nearest duty, held by whom the incident is held.
    pub(super) fn held(&self) -> ClockMark {
        ClockMark { holder: self.holder.clone(), ..self.mark.clone() }
    }

    /// When the nearest duty is due; none where nothing is owed.
    pub const fn due(&self) -> Option<Instant> {
        match self.mark.state {
            ClockState::Running { due, .. } | ClockState::Missed { due, at: None, .. } => Some(due),
            _ => None,
        }
    }
}

/// The row; element `row-KEY-n`, so that the event stream replaces it alone.
pub fn row(shell: &Shell, it: &BoardRow) -> Markup {
    html! {
        div.row id={ "row-" (it.key) } role="row" data-row data-due=[it.due().map(Instant::ms)] {
            div.when role="cell" { (clock_mark(shell, &it.held())) }
            div.step role="cell" { b { (it.duty.in_lang(shell.lang)) @if let Some(owner) = it.owner { " · " (owner.in_lang(shell.lang)) } } small { (it.state.in_lang(shell.lang)) } }
            div.what role="cell" {
                a href=(it.href()) { strong { (it.what()) } }
                small { (slip(&it.key)) " " (it.tenant) " " @if let Some(filed) = it.filed { b { (filed.in_lang(shell.lang)) } " " } span.since { (when::text(shell, it.received)) (shell.t(" 受信", " received")) @if it.alerts > 1 { " ×" (it.alerts) } @if let Some(flaps) = it.flaps { " · " (shell.t("ばたつき ", "flapping ")) (flaps) (shell.t("回", "×")) } @if it.children > 0 { " · " (shell.t("統合 ", "merged ")) (it.children) } } }
                @if !it.together.is_empty() { (together(shell, it)) }
            }
            div.by role="cell" { @match &it.holder { Some(name) => (name), None => span.nobody { (shell.t("担当なし", "nobody")) } } }
            div.lane role="cell" { (lane(shell, &it.lane)) }
        }
    }
}

/// One key makes one incident of what came together; the page it leads to undoes it by another.
fn together(shell: &Shell, it: &BoardRow) -> Markup {
    let count = it.together.len();
    html! {
        form.together action={ "/incidents/" (it.key) "/merge" } method="post" {
            input type="hidden" name="version" value=(it.version);
            input type="hidden" name="children" value=(it.together.join(" "));
            button type="submit" data-key="m" { (shell.t("同じ5分の ", "Merge ")) (count) (shell.t("件をまとめる", " of the same five minutes")) " " kbd { "M" } }
        }
    }
}
