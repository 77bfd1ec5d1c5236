//! The strip: one lane an incident, from 15 minutes ago to 60 minutes ahead, drawn like a train diagram.
//!
//! Full dots are done, hollow squares are owed. Positions are percentages, so a lane fits any width and needs no script.

use crate::clock::Look;
use crate::layout::Shell;
use crate::when;
use domain::time::{Instant, MINUTE_MS};
use maud::{Markup, html};

/// Minutes of the past that a lane shows.
const BEFORE: i64 = 15;
/// Minutes ahead that a lane shows.
const AHEAD: i64 = 60;

/// Something done or owed, on the lane of its incident.
#[derive(Clone, Debug)]
pub struct LaneMark {
    /// When it was done, or is due.
    pub at: Instant,
    /// What, in the reader's language.
    pub what: String,
    /// Whether it is done.
    pub done: bool,
}

/// Position in percent of the lane's width; clamped a little inside its ends.
fn x(shell: &Shell, at: Instant) -> f64 {
    let ms = at.since_ms(shell.now) + BEFORE * MINUTE_MS;
    (ms as f64 * 100.0 / ((BEFORE + AHEAD) * MINUTE_MS) as f64).clamp(1.2, 98.8)
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

/// One lane.
pub fn lane(shell: &Shell, marks: &[LaneMark]) -> Markup {
    let now = percent(x(shell, shell.now));
    html! {
        svg.strip role="img" aria-label=(spoken(shell, marks)) width="100%" height="26" {
            line.axis x1="0" x2="100%" y1="13" y2="13" {}
            @for tick in ticks(shell) { line.tick x1=(percent(x(shell, tick))) x2=(percent(x(shell, tick))) y1="0" y2="26" {} }
            line.now x1=(now) x2=(now) y1="0" y2="26" {}
            @for mark in marks.iter().filter(|m| m.at.since_ms(shell.now) <= AHEAD * MINUTE_MS && (!m.done || m.at.since_ms(shell.now) >= -BEFORE * MINUTE_MS)) {
                @let cx = percent(x(shell, mark.at));
                @if mark.done {
                    circle.done cx=(cx) cy="13" r="4" { title { (when::text(shell, mark.at)) " " (mark.what) } }
                } @else {
                    svg.at x=(cx) y="13" overflow="visible" {
                        rect class={ "owed " (Look::of_owed(mark.at, shell.now).class()) } x="-4.5" y="-4.5" width="9" height="9" { title { (when::text(shell, mark.at)) " " (mark.what) } }
                    }
                }
            }
        }
    }
}

/// The heading of the lanes: full quarters of an hour, and now.
pub fn scale(shell: &Shell) -> Markup {
    html! {
        svg.strip.scale aria-hidden="true" width="100%" height="18" {
            @for tick in ticks(shell) { text x=(percent(x(shell, tick))) y="13" text-anchor="middle" { (when::short(shell, tick)) } }
            @let now = percent(x(shell, shell.now));
            line.now x1=(now) x2=(now) y1="14" y2="18" {}
        }
    }
}

/// What the signs mean.
pub(super) fn legend(shell: &Shell) -> Markup {
    html! {
        svg.strip width="12" height="12" aria-hidden="true" { circle.done cx="6" cy="6" r="4" {} } " " (shell.t("済", "done"))
        svg.strip width="12" height="12" aria-hidden="true" { rect.owed.calm x="1.5" y="1.5" width="9" height="9" {} } " " (shell.t("これから", "owed"))
    }
}

/// The quarters of an hour within the lane.
fn ticks(shell: &Shell) -> Vec<Instant> {
    let quarter = 15 * MINUTE_MS;
    let first = (shell.now.ms() - BEFORE * MINUTE_MS).div_euclid(quarter) + 1;
    (first..)
        .map(|n| Instant::from_ms(n * quarter))
        .take_while(|t| t.since_ms(shell.now) <= AHEAD * MINUTE_MS - MINUTE_MS)
        .collect()
}

fn spoken(shell: &Shell, marks: &[LaneMark]) -> String {
    let words: Vec<String> = marks
        .iter()
        .map(|m| {
            format!(
                "{} {} {}",
                when::short(shell, m.at),
                m.what,
                if m.done { shell.t("済", "done") } else { shell.t("これから", "owed") }
            )
        })
        .collect();
    words.join(shell.t("、", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::words::Lang;

    fn count(marks: &[LaneMark], class: &str) -> usize {
        lane(&sample::staff(Lang::Ja), marks).into_string().matches(class).count()
    }

    fn mark(minutes: i64, done: bool) -> LaneMark {
        LaneMark { at: sample::now().plus_minutes(minutes), what: "連絡".into(), done }
    }

    #[test]
    fn what_is_owed_stays_on_the_lane_however_late_and_what_is_done_leaves_it() {
        assert_eq!(count(&[mark(-300, false)], "owed overdue"), 1);
        assert_eq!(count(&[mark(-16, true), mark(-15, true)], "<circle"), 1);
        assert_eq!(count(&[mark(60, false), mark(61, false)], "<rect"), 1);
    }

    #[test]
    fn now_stands_a_fifth_from_the_left() {
        let shell = sample::staff(Lang::Ja);
        assert_eq!(percent(x(&shell, shell.now)), "20.00%");
    }
}
