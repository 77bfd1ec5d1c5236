//! How a history is told: a tale is one alert and what people do about it, beat by beat.

use super::alarm::Alarm;
use super::errands::{Order, With, Work};
use super::people::Who;
use anyhow::Context;
use desk::request::Act as Verb;
use domain::calendar::{BusinessDays, Calendar};
use domain::fact::CallResult;
use domain::time::{Instant, SECOND_MS};

/// One alert and what follows.
pub(super) struct Tale {
    /// The project.
    pub(super) project: &'static str,
    /// What the tool says first.
    pub(super) opening: Act,
    /// What happens then.
    pub(super) beats: Vec<Beat>,
}

/// A tale with the instant at which it begins.
pub(super) struct Scene {
    /// When the opening is received.
    pub(super) start: Instant,
    /// The tale.
    pub(super) tale: Tale,
}

/// Somebody does something.
pub(super) struct Beat {
    when: When,
    /// Who.
    pub(super) who: Who,
    /// What.
    pub(super) act: Act,
}

#[derive(Clone, Copy)]
enum When {
    After { minutes: i64, seconds: i64 },
    InOffice { hour: i8, minute: i8 },
    OnDay { day: u64, hour: i8, minute: i8 },
}

/// An alert before this time is dealt with on the same day's office hours.
const NIGHT_ENDS: (i8, i8, i8) = (6, 0, 0);

/// So long after the opening.
pub(super) const fn after(minutes: i64, seconds: i64, who: Who, act: Act) -> Beat {
    Beat { when: When::After { minutes, seconds }, who, act }
}

/// In the next office hours: on the opening's own day where it lies in the night before, else on the next business day.
pub(super) const fn in_office(hour: i8, minute: i8, who: Who, act: Act) -> Beat {
    Beat { when: When::InOffice { hour, minute }, who, act }
}

/// On the n-th business day after the opening's day; 0 is that day itself.
pub(super) const fn on_day(day: u64, hour: i8, minute: i8, who: Who, act: Act) -> Beat {
    Beat { when: When::OnDay { day, hour, minute }, who, act }
}

impl Beat {
    /// When it happens in a tale that begins at `start`.
    pub(super) fn at(&self, start: Instant, calendar: &Calendar) -> anyhow::Result<Instant> {
        match self.when {
            When::After { minutes, seconds } => Ok(start.plus_minutes(minutes).plus_ms(seconds * SECOND_MS)),
            When::OnDay { day, hour, minute } => {
                let today = calendar.date_of(start);
                let day = match day {
                    0 => today,
                    days => calendar.nth_business_day_after(today, BusinessDays::new(days)?)?,
                };
                local(day, (hour, minute, 0), calendar)
            }
            When::InOffice { hour, minute } => {
                let today = calendar.date_of(start);
                let is_night_before = start < local(today, NIGHT_ENDS, calendar)?;
                let day = if is_night_before && calendar.is_business_day(today)? {
                    today
                } else {
                    calendar.nth_business_day_after(today, BusinessDays::new(1)?)?
                };
                local(day, (hour, minute, 0), calendar)
            }
        }
    }
}

/// A time of a day in the calendar's zone.
pub(super) fn local(day: jiff::civil::Date, time: (i8, i8, i8), calendar: &Calendar) -> anyhow::Result<Instant> {
    let zoned = day.at(time.0, time.1, time.2, 0).to_zoned(calendar.zone().clone()).context("a time of the history")?;
    Ok(Instant::from_ms(zoned.timestamp().as_millisecond()))
}

/// Whom to call.
#[derive(Clone, Copy)]
pub(super) enum Whom {
    /// The first contact valid at that minute.
    First,
    /// The contact of that rank.
    Rank(u32),
}

/// What somebody does. Texts of notices replace the sentence of the template that says how things stand.
pub(super) enum Act {
    /// A request is filed.
    Order(&'static Order),
    /// A verb of a request, in which words, with what else.
    Do(Verb, &'static str, With),
    /// A verb of a record of another procedure, by its noun, with what is filled in.
    Fill(&'static str, &'static [(&'static str, &'static str)]),
    /// A window of work is announced.
    Announce(&'static Work),
    /// The table of last month is frozen.
    FreezeMonth,
    /// The newest frozen table is restated, and why.
    Restate(&'static str),
    /// A tool tells an alarm.
    Fires(&'static Alarm),
    /// It tells it so many times more, every few seconds.
    Repeats(&'static Alarm, u32),
    /// It says that it is over.
    Resolves(&'static Alarm),
    /// A body that cannot be read.
    BreaksOff(&'static Alarm),
    /// A deployment is told.
    Deploys { summary: &'static str, source: &'static str },
    /// 担当する
    Take,
    /// 稼動確認
    Check { how: &'static str, found: &'static str },
    /// 影響判定 by the answers in order; with impact the notice is published.
    Judge { answers: &'static [bool], says: &'static str },
    /// A second person confirms the judgement.
    Confirm,
    /// 障害発生連絡 without impact
    Tell(&'static str),
    /// 再判定 to impact
    Worsen { why: &'static str, says: &'static str },
    /// 架電
    Call { whom: Whom, result: CallResult, note: &'static str },
    /// 中間報告
    Report(&'static str),
    /// A recovery step
    Step { step: &'static str, result: &'static str },
    /// 復旧: it was back so many minutes ago; data are as of so many minutes ago.
    Recover { minutes_ago: i64, data_minutes_ago: Option<i64> },
    /// It was not over.
    Withdraw(&'static str),
    /// 復旧連絡
    TellRecovery { method: &'static str, says: &'static str },
    /// 再発
    Recur(&'static str),
    /// 終了
    Close { class: &'static str, cause: &'static str, confirmed_by: &'static str },
    /// 障害報告書 (最終), where it does not come with the closing.
    FinalReport,
    /// 誤検知
    FalseAlarm(&'static str),
    /// The head of desk, or who stands in, upholds it.
    Uphold,
    /// 社内メモ
    Note(&'static str),
    /// メッセージ, from either side
    Message(&'static str),
    /// The haulier's contact plan is renewed.
    RenewPlan,
}
