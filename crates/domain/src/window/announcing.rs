//! What may be announced: hosts, from when until when, by whom.

use super::WindowKind;
use crate::pattern;
use crate::refusal::Refusal;
use crate::time::{HOUR_MS, Instant};

/// Days a window lasts at most: what lasts longer is no work but a change of what is watched.
const LENGTH_MAX_DAYS: i64 = 30;
/// Days ahead that a window begins at most.
const AHEAD_MAX_DAYS: i64 = 366;
/// A begin this far back was typed for now; one before is a mistake, for alerts that came are not taken back.
const LATE_MAX_MS: i64 = HOUR_MS;
/// Patterns of one window at most.
const PATTERNS_MAX: usize = 100;
/// Characters of one pattern at most: those of a host's name (RFC 1035).
const PATTERN_MAX: usize = 255;

const DAY_MS: i64 = 24 * HOUR_MS;

/// From when until when: without a begin, or with one that has just passed, from now.
///
/// # Errors
/// The end is missing, passed or before the begin, or the window is too long or too far.
pub fn span(from: Option<Instant>, to: Option<Instant>, now: Instant) -> Result<(Instant, Instant), Refusal> {
    let from = from.unwrap_or(now);
    if from < now.plus_ms(-LATE_MAX_MS) {
        return Err(Refusal::invalid(
            "from",
            "開始が過去です。いまから始める場合は空欄にしてください。",
            "It begins in the past. Leave this empty to begin now.",
        ));
    }
    if from > now.plus_ms(AHEAD_MAX_DAYS * DAY_MS) {
        return Err(Refusal::invalid(
            "from",
            "1年より先の作業は登録できません。日付を確かめてください。",
            "It begins more than a year ahead. Look at the date.",
        ));
    }
    let from = from.max(now);
    let to =
        to.ok_or_else(|| Refusal::invalid("to", "終了の日時を入力してください。", "Say when it ends: date and time."))?;
    fits(from, to)?;
    Ok((from, to))
}

/// Whether a window may last from one instant to another.
pub(super) fn fits(from: Instant, to: Instant) -> Result<(), Refusal> {
    if to <= from {
        return Err(Refusal::invalid(
            "to",
            "終了は、開始と現在より後にしてください。",
            "The end must come after the begin and after now.",
        ));
    }
    if to.since_ms(from) > LENGTH_MAX_DAYS * DAY_MS {
        return Err(Refusal::invalid(
            "to",
            format!("作業時間帯は{LENGTH_MAX_DAYS}日までです。"),
            format!("A window lasts {LENGTH_MAX_DAYS} days at most."),
        ));
    }
    Ok(())
}

/// Patterns of hosts as people write them, divided by lines, commas or blanks: one a line. Nothing stands for the whole project.
///
/// # Errors
/// There are too many, or one is too long.
pub fn hosts(text: &str) -> Result<String, Refusal> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | '、' | '，');
    let patterns: Vec<&str> = text.split(is_between).filter(|pattern| !pattern.is_empty()).collect();
    let too_long =
        patterns.iter().any(|pattern| pattern.chars().count() > PATTERN_MAX || pattern.contains(char::is_control));
    if patterns.len() > PATTERNS_MAX || too_long {
        return Err(Refusal::invalid(
            "hosts",
            format!("ホストは{PATTERNS_MAX}件まで、一つ{PATTERN_MAX}文字までです。web* のようにまとめられます。"),
            format!("At most {PATTERNS_MAX} hosts of {PATTERN_MAX} characters each. One pattern like web* names many."),
        ));
    }
    Ok(patterns.join("\n"))
}

/// Whether patterns, one a line, cover a host as a sender names it, with or without a port. No pattern covers everything.
pub fn covers(hosts: &str, source: &str) -> bool {
    hosts.is_empty()
        || hosts.lines().any(|pattern| pattern::names_of_host(source).any(|name| pattern::matches(pattern, name)))
}

/// Whose work it is: a customer announces their own, staff says which.
///
/// # Errors
/// A customer announces planned work of the desk, or staff does not say whose it is.
pub fn kind(asked: Option<WindowKind>, by_customer: bool) -> Result<WindowKind, Refusal> {
    match (asked, by_customer) {
        (Some(WindowKind::Planned), true) => Err(Refusal::invalid(
            "kind",
            "計画作業は当社が登録します。お客様の作業として登録してください。",
            "Planned work is announced by the desk. Announce yours as the customer's.",
        )),
        (_, true) => Ok(WindowKind::Customer),
        (Some(kind), false) => Ok(kind),
        (None, false) => Err(Refusal::invalid(
            "kind",
            "計画作業か、お客様の作業かを選んでください。",
            "Choose: planned work, or the customer's.",
        )),
    }
}

/// Who told it: whoever writes down a customer's work names the caller.
///
/// # Errors
/// Staff announces a customer's work without saying who told it.
pub fn caller(kind: WindowKind, by_customer: bool, caller: &str) -> Result<Option<&str>, Refusal> {
    let caller = caller.trim();
    match (kind, by_customer) {
        (WindowKind::Customer, false) if caller.is_empty() => Err(Refusal::invalid(
            "caller",
            "ご連絡くださった方のお名前を入力してください。",
            "Name whoever of the customer told you.",
        )),
        (WindowKind::Customer, false) if caller.chars().count() > PATTERN_MAX => {
            Err(Refusal::invalid("caller", "255文字までで入力してください。", "At most 255 characters."))
        }
        (WindowKind::Customer, false) => Ok(Some(caller)),
        _ => Ok(None),
    }
}
