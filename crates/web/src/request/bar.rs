//! The bar of a request: one box a day from the receipt to the due. Counted days are filled, days on hold hatched, days that do
//! not count outlined with their reason, the promise a flag. Everything it shows stands in words beside it, too.

use crate::layout::Shell;
use domain::words::Lang;
use jiff::civil::Date;
use maud::{Markup, html};

/// One day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// What it is.
    pub kind: DayKind,
    /// Whether it has begun.
    pub past: bool,
}

/// What a day is on the way to a due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// The day of receipt, day 0.
    Receipt,
    /// The n-th business day.
    Counted(u16),
    /// A business day that a hold took out.
    Held,
    /// Saturday or Sunday.
    Weekend,
    /// A public holiday, by its Japanese name.
    Holiday(&'static str),
    /// Closed by the desk's own calendar.
    Closed,
}

fn said(shell: &Shell, day: &Day) -> String {
    match &day.kind {
        DayKind::Receipt => shell.t("受付（0日目）", "received (day 0)").to_owned(),
        DayKind::Counted(n) => match shell.lang {
            Lang::Ja => format!("{n}営業日目"),
            Lang::En => format!("business day {n}"),
        },
        DayKind::Held => shell.t("お客様待ち", "on hold for you").to_owned(),
        DayKind::Weekend => shell.t("土日", "weekend").to_owned(),
        DayKind::Holiday(name) => (*name).to_owned(),
        DayKind::Closed => shell.t("休業日", "closed").to_owned(),
    }
}

/// The language of what is said of a day where it is not the page's: public holidays have no other name.
fn foreign(shell: &Shell, day: &Day) -> Option<&'static str> {
    (shell.lang == Lang::En && matches!(day.kind, DayKind::Holiday(_))).then_some("ja")
}

fn weekday(shell: &Shell, date: Date) -> &'static str {
    let names = match shell.lang {
        Lang::Ja => ["日", "月", "火", "水", "木", "金", "土"],
        Lang::En => ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    };
    names.get(usize::from(date.weekday().to_sunday_zero_offset().unsigned_abs())).copied().unwrap_or_default()
}

/// Draws the bar; `due` is the words of its flag.
pub(crate) fn bar(shell: &Shell, days: &[Day], due: Option<&str>) -> Markup {
    html! {
        ol.days aria-label=(shell.t("受付から期限までの日", "Days from receipt to due")) {
            @for (place, day) in days.iter().enumerate() {
                li class=(class_of(&day.kind)) data-past[day.past] {
                    b { (day.date.month()) "/" (day.date.day()) } " " small { (weekday(shell, day.date)) }
                    span lang=[foreign(shell, day)] { (said(shell, day)) }
                    @if place + 1 == days.len() { @if let Some(due) = due { strong.flag.public { (due) } } }
                }
            }
        }
    }
}

const fn class_of(kind: &DayKind) -> &'static str {
    match kind {
        DayKind::Receipt => "receipt",
        DayKind::Counted(_) => "counted",
        DayKind::Held => "held",
        DayKind::Weekend | DayKind::Holiday(_) | DayKind::Closed => "free",
    }
}
