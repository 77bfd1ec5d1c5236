//! The examples of a file are tests of it: each is walked when the file is read.

use super::shape::NOWHERE;
use super::{Check, Process};
use std::collections::HashMap;

/// What is wrong, in both languages.
type Wrong = (String, String);

/// Walks an example: `person verb > state`, or `person ! verb` where it is refused. Persons are told apart by name only, so that
/// separation of duties can be shown. A record that is there already begins in the first state.
pub(super) fn walk(process: &Process, steps: &[String]) -> Result<(), Wrong> {
    let opens = |verb: &str| process.verb(verb).is_some_and(|verb| verb.leads(NOWHERE).is_some());
    let first = steps.first().and_then(|step| step.split_whitespace().nth(1)).unwrap_or_default();
    let mut state = if opens(first) { NOWHERE.to_owned() } else { process.start().code.clone() };
    let mut last: HashMap<String, String> = HashMap::new();
    for step in steps {
        let words: Vec<&str> = step.split_whitespace().collect();
        let (person, name, wanted) = match words.as_slice() {
            [person, "!", verb] => (*person, *verb, None),
            [person, verb, ">", to] => (*person, *verb, Some(*to)),
            _ => {
                return Err((
                    format!("「{step}」は「人 動詞 > 状態」か「人 ! 動詞」の形で書いてください。"),
                    format!("“{step}”: write person verb > state, or person ! verb."),
                ));
            }
        };
        let verb = process
            .verb(name)
            .ok_or_else(|| (format!("動詞 {name} はありません。"), format!("There is no verb {name}.")))?;
        let is_other = |check: &Check| match check {
            Check::AnotherThan(other) => last.get(other).is_none_or(|who| who != person),
            Check::Rule(_) => true,
        };
        let to = verb.leads(&state).filter(|_| verb.checks.iter().all(is_other));
        if to != wanted {
            let (found, asked) = (to.unwrap_or("!"), wanted.unwrap_or("!"));
            return Err((
                format!("「{step}」: {state} からは {found} になります（例では {asked}）。"),
                format!("“{step}”: from {state} it is {found}, not {asked}."),
            ));
        }
        if let Some(to) = wanted {
            state = to.to_owned();
            last.insert(name.to_owned(), person.to_owned());
        }
    }
    Ok(())
}
