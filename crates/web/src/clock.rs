//! The live clock mark: the same small mark wherever a clock is shown.
//!
//! It says how much time is left, until when, of which target, and who holds it. A state is told three times: by its
//! word, by its shape and by its colour. Colour means nothing else anywhere in the pages.

use crate::layout::Shell;
use crate::when;
use domain::time::{Instant, MINUTE_MS};
use domain::words::{Label, Lang};
use maud::{Markup, html};

/// A running clock counts as near when less than this is left, in milliseconds.
pub const NEAR_MS: i64 = 5 * MINUTE_MS;

/// What a clock of an incident is the clock of; the minutes come from the agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The objective of the first notice.
    NoticeSlo(u32),
    /// The agreed limit of the first notice.
    NoticeSla(u32),
    /// The next interim report.
    Interim(u32),
    /// The next round of calls.
    CallRound(u32),
    /// A call that was promised.
    CallBack,
}

impl Of {
    /// The name as shown, such as `障害発生連絡 SLO 15分`.
    pub fn name(self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::Ja, Self::NoticeSlo(minutes)) => format!("障害発生連絡 SLO {minutes}分"),
            (Lang::Ja, Self::NoticeSla(minutes)) => format!("障害発生連絡 SLA {minutes}分"),
            (Lang::Ja, Self::Interim(minutes)) => format!("中間報告 {minutes}分ごと"),
            (Lang::Ja, Self::CallRound(minutes)) => format!("架電 {minutes}分ごと"),
            (Lang::Ja, Self::CallBack) => "約束した折り返し".into(),
            (Lang::En, Self::NoticeSlo(minutes)) => format!("Notice SLO {minutes} min"),
            (Lang::En, Self::NoticeSla(minutes)) => format!("Notice SLA {minutes} min"),
            (Lang::En, Self::Interim(minutes)) => format!("Interim report each {minutes} min"),
            (Lang::En, Self::CallRound(minutes)) => format!("Calls each {minutes} min"),
            (Lang::En, Self::CallBack) => "Promised call-back".into(),
        }
    }
}

/// One clock of a record, ready to be shown.
#[derive(Clone, Debug)]
pub struct ClockMark {
    /// What it is the clock of; [`Of::name`] writes it.
    pub name: String,
    /// How it stands.
    pub state: ClockState,
    /// Who holds it; none where nobody has taken it yet.
    pub holder: Option<String>,
    /// Where its minutes are explained, such as `#ledger-slo`.
    pub href: Option<String>,
}

/// How a clock stands. Near and overdue follow from the page's instant.
#[derive(Clone, Debug)]
pub enum ClockState {
    /// It runs since `since` and is due at `due`; the due instant itself is still within.
    Running {
        /// Start of the clock.
        since: Instant,
        /// The last instant within.
        due: Instant,
    },
    /// It ended at `at`, in time.
    Met {
        /// The last instant within.
        due: Instant,
        /// When what it waited for happened.
        at: Instant,
        /// Whether the verdict can still move (the record is open).
        provisional: bool,
    },
    /// It was missed; `at` is none while what it waits for has not happened.
    Missed {
        /// The last instant within.
        due: Instant,
        /// When what it waited for happened, too late.
        at: Option<Instant>,
        /// Whether the verdict can still move (the record is open).
        provisional: bool,
    },
    /// Not judged, with the reason, such as a false alarm.
    Excepted {
        /// The reason in the reader's language.
        why: String,
    },
    /// It is held: the only missing act is the customer's, so nothing is due meanwhile.
    Held {
        /// What is waited for, in the reader's language.
        why: String,
    },
    /// No such clock: `(SLA なし)`.
    NoClock,
}

/// The five ways a clock can look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Enough time is left.
    Calm,
    /// Less than [`NEAR_MS`] is left.
    Near,
    /// Past its due, and still owed.
    Overdue,
    /// Ended in time.
    Met,
    /// Ended too late.
    Missed,
    /// Nothing to keep.
    None,
}

impl Look {
    /// The class of the stylesheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Near => "near",
            Self::Overdue => "overdue",
            Self::Met => "met",
            Self::Missed => "missed",
            Self::None => "none",
        }
    }

    /// How something due at `due` and not yet done looks at `now`. "Within" includes the instant.
    pub const fn of_owed(due: Instant, now: Instant) -> Self {
        let left = due.since_ms(now);
        if left < 0 {
            Self::Overdue
        } else if left < NEAR_MS {
            Self::Near
        } else {
            Self::Calm
        }
    }
}

impl ClockState {
    /// How it looks at that instant.
    pub fn look(&self, now: Instant) -> Look {
        match self {
            Self::Running { due, .. } => Look::of_owed(*due, now),
            Self::Met { .. } => Look::Met,
            Self::Missed { at: None, .. } => Look::Overdue,
            Self::Missed { .. } => Look::Missed,
            Self::Excepted { .. } | Self::Held { .. } | Self::NoClock => Look::None,
        }
    }
}

/// The mark. Script keeps the time left of a running clock true; without script it is the one at the page's instant.
pub fn clock_mark(shell: &Shell, mark: &ClockMark) -> Markup {
    let look = mark.state.look(shell.now);
    let inner = html! {
        (face(&mark.state, look, shell.now))
        span.said { (said(shell, &mark.state, look)) }
        span.of { span.name { (mark.name) } " " (until(shell, &mark.state)) }
        @if matches!(look, Look::Calm | Look::Near | Look::Overdue) {
            span.holder { (shell.t("担当", "held by")) " " b { (mark.holder.as_deref().unwrap_or(shell.t("なし", "nobody"))) } }
        }
    };
    html! {
        @if let Some(href) = &mark.href {
            a class={ "clock " (look.class()) } href=(href) title=(shell.t("この期限の内訳を見る", "Show how this clock was counted")) { (inner) }
        } @else {
            span class={ "clock " (look.class()) } { (inner) }
        }
    }
}

/// `(SLA なし)`, where there is no such clock at all (R-3.3.3-2).
pub const NO_SLA: Label = Label::new("(SLA なし)", "(no SLA)");

fn said(shell: &Shell, state: &ClockState, look: Look) -> Markup {
    match state {
        ClockState::Running { since, due } => {
            let (left, over) = (shell.t("残り", "left"), shell.t("超過", "over"));
            let word = html! { span.word data-left=(left) data-over=(over) { (if look == Look::Overdue { over } else { left }) } };
            beside(shell, &word, &digits(shell, *since, *due))
        }
        ClockState::Missed { due, at: None, .. } => {
            beside(shell, &html! { span.word { (shell.t("未達", "missed")) } }, &digits(shell, *due, *due))
        }
        ClockState::Met { provisional, .. } => {
            html! { span.word { (shell.t("達成", "met")) } (soft(shell, *provisional)) }
        }
        ClockState::Missed { provisional, .. } => {
            html! { span.word { (shell.t("未達", "missed")) } (soft(shell, *provisional)) }
        }
        ClockState::Excepted { why } => html! { span.word { (shell.t("対象外", "not judged")) } " " (why) },
        ClockState::Held { why } => html! { span.word { (shell.t("保留", "on hold")) } " " (why) },
        ClockState::NoClock => html! { span.word { (shell.t("期限なし", "no clock")) } },
    }
}

/// 残り 11:48, but 11:48 left.
fn beside(shell: &Shell, word: &Markup, digits: &Markup) -> Markup {
    match shell.lang {
        Lang::Ja => html! { (word) " " (digits) },
        Lang::En => html! { (digits) " " (word) },
    }
}

fn digits(shell: &Shell, since: Instant, due: Instant) -> Markup {
    html! {
        time.digits role="timer" datetime=(due.in_zone(&shell.zone)) data-due=(due.ms()) data-since=(since.ms()) {
            (when::stopwatch(shell.lang, due.since_ms(shell.now)))
        }
    }
}

fn soft(shell: &Shell, provisional: bool) -> Markup {
    html! { @if provisional { small { (shell.t("（暫定）", " (provisional)")) } } }
}

fn until(shell: &Shell, state: &ClockState) -> Markup {
    match state {
        ClockState::Running { due, .. } | ClockState::Missed { due, at: None, .. } => {
            html! { span.until { (shell.t("", "by ")) (when::text(shell, *due)) (shell.t(" まで", "")) } }
        }
        ClockState::Met { due, at, .. } => html! {
            span.until { (when::text(shell, *at)) (shell.t("（残り ", " (")) (when::stopwatch(shell.lang, due.since_ms(*at))) (shell.t("）", " left)")) }
        },
        ClockState::Missed { due, at: Some(at), .. } => html! {
            span.until { (when::text(shell, *at)) (shell.t("（", " (")) (when::stopwatch(shell.lang, at.since_ms(*due))) (shell.t(" 遅れ）", " late)")) }
        },
        ClockState::Excepted { .. } | ClockState::Held { .. } | ClockState::NoClock => html! {},
    }
}

/// The shape: a ring that empties, a full triangle past due, a tick, a cross, a dash.
fn face(state: &ClockState, look: Look, now: Instant) -> Markup {
    html! {
        svg.face viewBox="0 0 20 20" aria-hidden="true" focusable="false" {
            @match look {
                Look::Calm | Look::Near => {
                    circle.track cx="10" cy="10" r="7.5" {}
                    circle.left cx="10" cy="10" r="7.5" pathLength="100" stroke-dasharray={ (percent_left(state, now)) " 100" } transform="rotate(-90 10 10)" {}
                    @if look == Look::Near { circle.dot cx="10" cy="10" r="2.5" {} }
                }
                Look::Overdue => { path.solid d="M10 1.5 19.2 18H.8Z" {} path.mark d="M10 7.2v5M10 14.6v1.4" {} }
                Look::Met => { circle.track cx="10" cy="10" r="7.5" {} path.stroke d="M6.3 10.3 9 13l5-6" {} }
                Look::Missed => { circle.track cx="10" cy="10" r="7.5" {} path.stroke d="m7 7 6 6M13 7l-6 6" {} }
                Look::None => { path.stroke d="M5 10h10" {} }
            }
        }
    }
}

/// Whole percent of the span that is left, 0 to 100.
fn percent_left(state: &ClockState, now: Instant) -> i64 {
    match state {
        ClockState::Running { since, due } => (due.since_ms(now) * 100 / due.since_ms(*since).max(1)).clamp(0, 100),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::words::Lang;

    fn check(left_ms: i64, look: Look) {
        let now = sample::now();
        let state = ClockState::Running { since: now.plus_minutes(-15), due: now.plus_ms(left_ms) };
        assert_eq!(state.look(now), look, "{left_ms} ms left");
    }

    #[test]
    fn within_includes_the_instant_and_near_begins_below_five_minutes() {
        check(NEAR_MS, Look::Calm);
        check(NEAR_MS - 1, Look::Near);
        check(0, Look::Near);
        check(-1, Look::Overdue);
    }

    #[test]
    fn a_state_is_told_in_words_too() {
        let shell = sample::staff(Lang::Ja);
        let mark = |state| ClockMark { name: "SLO 15分".into(), state, holder: None, href: None };
        let now = shell.now;
        let words = |state| clock_mark(&shell, &mark(state)).into_string();
        assert!(words(ClockState::Running { since: now, due: now.plus_minutes(9) }).contains("残り"));
        assert!(words(ClockState::Running { since: now, due: now.plus_ms(-1) }).contains("超過"));
        assert!(words(ClockState::Met { due: now, at: now, provisional: true }).contains("達成"));
        assert!(words(ClockState::Missed { due: now, at: Some(now), provisional: false }).contains("未達"));
        assert!(words(ClockState::NoClock).contains("期限なし"));
    }
}
