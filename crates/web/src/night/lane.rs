//! The lane of a night: from its first instant to its last, drawn like the board's. Full dots are done, hollow squares are owed.

use crate::board::LaneMark;
use crate::clock::Look;
use crate::layout::Shell;
use crate::when;
use domain::time::{HOUR_MS, Instant};
use maud::{Markup, html};

/// A stretch of time.
#[derive(Clone, Copy, Debug)]
pub struct Night {
    /// Its first instant.
    pub from: Instant,
    /// The first instant after it.
    pub to: Instant,
}

/// At most so many hours are marked.
const TICKS_MAX: i64 = 8;

impl Night {
    /// Position in percent; clamped a little inside the ends.
    fn x(self, at: Instant) -> String {
        let whole = self.to.since_ms(self.from).max(1);
        let part = at.since_ms(self.from) as f64 * 100.0 / whole as f64;
        format!("{:.2}%", part.clamp(0.8, 99.2))
    }

    /// Full hours, as many as can be read.
    fn ticks(self) -> Vec<Instant> {
        let hours = self.to.since_ms(self.from) / HOUR_MS;
        let step = ((hours - 1).max(0) / TICKS_MAX + 1) * HOUR_MS;
        let first = self.from.ms().div_euclid(HOUR_MS) + 1;
        let all = (0..).map(|n| Instant::from_ms(first * HOUR_MS + n * step));
        all.take_while(|tick| *tick < self.to).filter(|tick| tick.since_ms(self.from) > HOUR_MS / 4).collect()
    }
}

/// One lane.
pub(super) fn lane(shell: &Shell, night: Night, marks: &[LaneMark]) -> Markup {
    let marks: Vec<&LaneMark> = marks.iter().filter(|mark| mark.at >= night.from && mark.at < night.to).collect();
    let words = marks.iter().map(|mark| {
        let done = if mark.done { shell.t("済", "done") } else { shell.t("未", "owed") };
        format!("{} {} {done}", when::short(shell, mark.at), mark.what)
    });
    let spoken = words.collect::<Vec<_>>().join(shell.t("、", ", "));
    html! {
        svg.strip role="img" aria-label=(spoken) width="100%" height="26" {
            line.axis x1="0" x2="100%" y1="13" y2="13" {}
            @for tick in night.ticks() { @let x = night.x(tick); line.tick x1=(x) x2=(x) y1="0" y2="26" {} }
            @if (night.from..night.to).contains(&shell.now) { @let x = night.x(shell.now); line.now x1=(x) x2=(x) y1="0" y2="26" {} }
            @for mark in &marks {
                @if mark.done {
                    circle.done cx=(night.x(mark.at)) cy="13" r="4" { title { (when::text(shell, mark.at)) " " (mark.what) } }
                } @else {
                    svg.at x=(night.x(mark.at)) y="13" overflow="visible" {
                        rect class={ "owed " (Look::of_owed(mark.at, shell.now).class()) } x="-4.5" y="-4.5" width="9" height="9" { title { (when::text(shell, mark.at)) " " (mark.what) } }
                    }
                }
            }
        }
    }
}

/// The heading of the lanes: hours, and now.
pub(super) fn scale(shell: &Shell, night: Night) -> Markup {
    html! {
        svg.strip.scale aria-hidden="true" width="100%" height="18" {
            @for tick in night.ticks() { text x=(night.x(tick)) y="13" text-anchor="middle" { (when::short(shell, tick)) } }
        }
    }
}

/// What the signs mean.
pub(super) fn legend(shell: &Shell) -> Markup {
    html! {
        svg.strip width="12" height="12" aria-hidden="true" { circle.done cx="6" cy="6" r="4" {} } " " (shell.t("済", "done"))
        svg.strip width="12" height="12" aria-hidden="true" { rect.owed.calm x="1.5" y="1.5" width="9" height="9" {} } " " (shell.t("これから", "owed")) " "
        svg.strip width="12" height="12" aria-hidden="true" { rect.owed.overdue x="1.5" y="1.5" width="9" height="9" {} } " " (shell.t("できなかったこと", "missed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::words::Lang;

    fn mark(minutes: i64, done: bool) -> LaneMark {
        LaneMark { at: sample::now().plus_minutes(minutes), what: "連絡".into(), done }
    }

    #[test]
    fn what_lies_outside_the_night_is_not_on_its_lane() {
        let night = Night { from: sample::now().plus_minutes(-60), to: sample::now().plus_minutes(60) };
        let drawn = |marks: &[LaneMark]| lane(&sample::staff(Lang::Ja), night, marks).into_string();
        assert_eq!(
            drawn(&[mark(-61, true), mark(-60, true), mark(59, true), mark(60, true)]).matches("<circle").count(),
            2
        );
        assert_eq!(drawn(&[mark(-30, false)]).matches("owed overdue").count(), 1);
        assert_eq!(night.x(sample::now()), "50.00%");
    }

    #[test]
    fn hours_are_marked_as_long_as_they_can_be_read() {
        for (hours, least, most) in [(14, 6, 8), (1, 0, 1), (24 * 7, 6, 9)] {
            let from = Instant::from_ms(30 * 60_000);
            let ticks = Night { from, to: from.plus_ms(hours * HOUR_MS) }.ticks().len();
            assert!((least..=most).contains(&ticks), "{hours}: {ticks}");
        }
    }
}
