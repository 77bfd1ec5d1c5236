//! What a procedure asks for, as fields of a form and as they come back.

use crate::form::{Choice, Field, Input, choice};
use crate::here::Here;
use crate::layout::Shell;
use crate::sent::Typed;
use desk::Answer;
use domain::process::{Need, Type, Verb};
use domain::refusal::Refusal;
use jiff::civil::DateTime;
use std::collections::BTreeMap;

/// The field of a form for what a verb has to be told.
pub(crate) fn field(shell: &Shell, need: &Need) -> Field {
    let input = match need.takes {
        Type::Line | Type::Record => Input::Text,
        Type::Words => Input::Area(4),
        Type::Yes => Input::Tick,
        Type::Answer => {
            Input::Radios(vec![choice("yes", shell.t("はい", "Yes")), choice("no", shell.t("いいえ", "No"))])
        }
        Type::Instant => Input::Moment,
        Type::Date => Input::Date,
        Type::Number => Input::Number(0, i64::from(u32::MAX)),
        Type::Entry => Input::Menu(entries(shell)),
    };
    let field = Field::new(need.field.as_str(), need.label.in_lang(shell.lang), input);
    // A tick says no by being left out.
    let field = if need.optional || need.takes == Type::Yes { field } else { field.required() };
    if need.takes == Type::Line { field.wide() } else { field }
}

fn entries(shell: &Shell) -> Vec<Choice> {
    let catalogue = domain::catalogue::Catalogue::shipped();
    let free = catalogue.entries.iter().filter(|entry| !entry.class.is_paid());
    free.map(|entry| choice(&entry.code, entry.heading.in_lang(shell.lang))).collect()
}

/// What was typed into the fields of a verb; empty ones are left out. A local date and time becomes an instant of the desk's zone.
pub(crate) async fn values(here: &Here, verb: &Verb, typed: &Typed) -> Answer<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for need in &verb.needs {
        // A browser sends line ends as CRLF.
        let text = typed.text(&need.field).replace("\r\n", "\n");
        if text.trim().is_empty() {
            continue;
        }
        let value = match (need.takes, text.trim().parse::<DateTime>()) {
            (Type::Instant, Ok(local)) => {
                let desk = &here.state.desk;
                let zone = desk.calendar(desk.now().await?).await?.zone().clone();
                let wrong = |_| Refusal::unfit(&need.field, "日時を入力してください。", "Give a date and a time.");
                let zoned = zone.to_ambiguous_zoned(local).compatible().map_err(wrong)?;
                domain::time::Instant::from_ms(zoned.timestamp().as_millisecond()).to_string()
            }
            _ => text,
        };
        values.insert(need.field.clone(), value);
    }
    Ok(values)
}
