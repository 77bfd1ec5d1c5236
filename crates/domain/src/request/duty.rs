//! What a request owes next, and its timers (Q-08, Q-13; R-5.3-11, -12).

use super::{Request, State};
use crate::calendar::{BusinessDays, Calendar};
use crate::fact::Body;
use crate::time::{HOUR_MS, Instant};
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Later than any instant that is counted to: the year 2286, in milliseconds.
const GENERATION_MS: u64 = 10_000_000_000_000;

/// What a timer of a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestTimer {
    /// 10:00 on the business day before the due.
    Eve,
    /// 10:00 on the due day.
    Morning,
    /// 15:00 on the due day, where nobody has taken it: the head of desk.
    NotTaken,
    /// 16:00 on the due day.
    Afternoon,
    /// The due passes.
    Due,
    /// Two business days without a word to the customer.
    Silent,
    /// Five business days after the completion.
    AutoClose,
    /// Urgent, and nobody has taken it: whoever is next is paged.
    Page,
    /// Nobody read a secret in time.
    Secret,
}

impl RequestTimer {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Eve,
        Self::Morning,
        Self::NotTaken,
        Self::Afternoon,
        Self::Due,
        Self::Silent,
        Self::AutoClose,
        Self::Page,
        Self::Secret,
    ];

    /// The kind as the database keeps it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Eve => "request_eve",
            Self::Morning => "request_morning",
            Self::NotTaken => "request_not_taken",
            Self::Afternoon => "request_afternoon",
            Self::Due => "request_due",
            Self::Silent => "request_silent",
            Self::AutoClose => "request_auto_close",
            Self::Page => "request_page",
            Self::Secret => "request_secret",
        }
    }

    /// Of what it warns, as people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Eve => Label::new("明日が期限", "Due tomorrow"),
            Self::Morning => Label::new("今日が期限", "Due today"),
            Self::NotTaken => {
                Label::new("期限の日の15:00に担当者がいない", "Nobody has taken it at 15:00 of the due day")
            }
            Self::Afternoon => Label::new("期限まで3時間", "Three hours to the due"),
            Self::Due => Label::new("期限を過ぎた", "The due has passed"),
            Self::Silent => Label::new("2営業日ご連絡していない", "No word to the customer for two business days"),
            Self::AutoClose => Label::new("自動終了", "Closes by itself"),
            Self::Page => Label::new("緊急のご依頼に担当者がいない", "Nobody has taken an urgent request"),
            Self::Secret => Label::new("渡した秘密が表示されていない", "Nobody has read what was handed over"),
        }
    }
}

/// What is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    /// 担当する
    Take,
    /// 計画する
    Plan,
    /// サポートデスク責任者の承認
    Approve,
    /// 作業を始める
    Begin,
    /// 完了する
    Complete,
    /// 期限超過をお客様に説明する
    Explain,
    /// 終了 (by itself, where the customer says nothing)
    Close,
    /// The customer's own word.
    Customer,
}

impl Owed {
    /// The code in the database and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Plan => "plan",
            Self::Approve => "approve",
            Self::Begin => "begin",
            Self::Complete => "complete",
            Self::Explain => "explain",
            Self::Close => "close",
            Self::Customer => "customer",
        }
    }

    /// The owed act of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        use Owed::*;
        [Take, Plan, Approve, Begin, Complete, Explain, Close, Customer].into_iter().find(|it| it.code() == code)
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Take => Label::new("担当者を決める", "Somebody takes it"),
            Self::Plan => Label::new("内容を確認して計画する", "Review and plan it"),
            Self::Approve => Label::new("責任者の承認", "The head of desk approves"),
            Self::Begin => Label::new("作業を始める", "Begin the work"),
            Self::Complete => Label::new("作業を完了する", "Complete the work"),
            Self::Explain => Label::new("期限超過を説明する", "Explain the missed due"),
            Self::Close => Label::new("お客様の完了確認", "The customer confirms"),
            Self::Customer => Label::new("お客様待ち", "Waiting for the customer"),
        }
    }
}

impl Request {
    /// What is owed next and until when; none once it has ended and nothing is left to explain.
    pub fn owed(&self, calendar: &Calendar) -> Option<(Owed, Option<Instant>)> {
        let clock = self.clock(calendar, self.as_of).ok();
        let due = clock.and_then(|clock| clock.due);
        if self.is_missed() && self.explained.is_none() {
            return Some((Owed::Explain, due));
        }
        if self.on_hold().is_some() {
            return Some((Owed::Customer, None));
        }
        let owed = match self.state {
            State::Received => Owed::Take,
            State::Reviewing => Owed::Plan,
            State::Planned if !self.is_approved() => Owed::Approve,
            State::Planned => Owed::Begin,
            State::Working => Owed::Complete,
            State::Completed => return Some((Owed::Close, self.auto_close(calendar))),
            State::Closed | State::OutOfScope | State::Cancelled => return None,
        };
        Some((owed, due))
    }

    /// When it closes by itself: five business days after the completion.
    pub fn auto_close(&self, calendar: &Calendar) -> Option<Instant> {
        let done = self.completion().filter(|_| self.state == State::Completed)?;
        let days = self.procedure.verb("close")?.after()?;
        calendar.business_days_after(done.mark.at, BusinessDays::new(days.into()).ok()?).ok()
    }

    /// The timers that must stand, each with its due.
    pub fn timers(&self, calendar: &Calendar) -> Vec<(RequestTimer, Instant)> {
        let mut timers = vec![];
        if let Some(at) = self.auto_close(calendar).filter(|_| self.is_explained()) {
            timers.push((RequestTimer::AutoClose, at));
        }
        timers.extend(self.waiting_secret().map(|(_, until)| (RequestTimer::Secret, until)));
        if !self.state.is_in_hand() {
            return timers;
        }
        timers.extend(self.next_page().map(|(_, at)| (RequestTimer::Page, at)));
        // While it is held nothing is due.
        let clock = self.clock(calendar, self.as_of).ok().filter(|clock| !clock.on_hold);
        if let Some(due) = clock.and_then(|clock| clock.due).filter(|_| self.breached.is_none()) {
            let day = calendar.date_of(due);
            let closing = calendar.closing_of(day);
            // 10:00, 15:00 and 16:00 of the due day: the desk closes at 19:00.
            let at = |hours_before: i64| closing.plus_ms(-hours_before * HOUR_MS);
            let eve = calendar.business_day_before(day).map(|eve| calendar.closing_of(eve).plus_ms(-9 * HOUR_MS));
            let not_taken = self.taken.is_none().then(|| at(4));
            let reminders = [
                (RequestTimer::Eve, eve),
                (RequestTimer::Morning, Some(at(9))),
                (RequestTimer::Afternoon, Some(at(3))),
                (RequestTimer::NotTaken, not_taken),
            ];
            // Reminders that lie before the last step are no reminders.
            let ahead = reminders.into_iter().filter_map(|(kind, at)| at.map(|at| (kind, at)));
            timers.extend(ahead.filter(|(_, at)| *at > self.as_of));
            // Done at the due itself is within.
            timers.push((RequestTimer::Due, due.plus_ms(1)));
        }
        let spoken = self.last_word();
        if self.on_hold().is_none()
            && self.silence.is_none_or(|reminded| reminded < spoken)
            && let Ok(at) = calendar.business_days_after(spoken, BusinessDays::SILENCE)
        {
            timers.push((RequestTimer::Silent, at));
        }
        timers
    }

    /// The generation of a timer row with this due. Under another entry what fired before is owed anew, and its due may lie before
    /// the one that fired: the number of entries comes first, then the due.
    pub fn generation(&self, due: Instant) -> u64 {
        self.reclassified.len() as u64 * GENERATION_MS + due.ms().unsigned_abs()
    }

    /// The secret whose time passes next: its number, and until when it can be read.
    fn waiting_secret(&self) -> Option<(u64, Instant)> {
        let waiting = self.secrets.iter().filter(|secret| secret.what.gone.is_none());
        waiting.map(|secret| (secret.mark.seq, secret.what.until)).min_by_key(|(_, until)| *until)
    }

    /// The last word to the customer, or the filing (R-5.3-11).
    fn last_word(&self) -> Instant {
        let said = self.messages.iter().filter(|it| !it.what.internal && !it.what.from_customer).map(|it| it.mark.at);
        let asked = self.questions.iter().map(|it| it.mark.at).chain(self.offers.iter().map(|it| it.mark.at));
        let planned = self.plan.iter().map(|it| it.mark.at);
        let explained = self.explained.iter().map(|it| it.mark.at).chain(self.exceptions.iter().map(|it| it.mark.at));
        let done = self.completions.iter().map(|it| it.mark.at);
        let refiled = self.reclassified.iter().map(|it| it.at);
        said.chain(asked).chain(planned).chain(explained).chain(done).chain(refiled).fold(self.filed.at, Instant::max)
    }

    /// What a firing says; none where it has moved on.
    pub fn fire(&self, timer: RequestTimer, now: Instant, calendar: &Calendar) -> Option<Body> {
        let (_, due) = self.timers(calendar).into_iter().find(|(kind, _)| *kind == timer)?;
        if due > now {
            return None;
        }
        match timer {
            RequestTimer::Due => Some(Body::RequestDuePassed { due: due.plus_ms(-1) }),
            RequestTimer::AutoClose => Some(Body::RequestClosed { automatic: true }),
            // Who is paged is looked up where it is queued.
            RequestTimer::Page => None,
            RequestTimer::Secret => self.waiting_secret().map(|(number, _)| Body::SecretExpired { number }),
            timer => Some(Body::RequestReminded { timer }),
        }
    }
}
