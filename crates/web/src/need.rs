//! What a procedure asks for, as a field of a form.

use crate::form::{Choice, Field, Input, choice};
use crate::layout::Shell;
use domain::process::{Need, Type};

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
