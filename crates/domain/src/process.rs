//! Procedures as files: one Markdown file is the documented procedure and the guard that the desk asks (design §4).
//!
//! A file is prose with fenced `toml` blocks. A block is one of three: the header of the process, a verb, or an example. The keys
//! of the blocks are a closed vocabulary, typed in [`block`] alone; what a file may say beyond its own words - types of fields,
//! rules, effects - is a closed list in [`check`], [`effect`] and [`need`]. There are no expressions, no scripts and no layout:
//! a condition is the name of a rule that stands in Rust.
//!
//! A process with rules of its own (ご依頼, 障害) asks its [`Process`] before each verb; one without goes through [`record`].

mod block;
pub mod check;
pub mod effect;
mod example;
mod flaw;
pub mod need;
mod prose;
pub mod record;
mod shape;
pub mod shipped;
#[cfg(test)]
mod tests;
pub mod text;

pub use block::KEYS;
pub use check::Check;
pub use effect::Effect;
pub use flaw::Flaw;
pub use need::{Need, Type};
pub use prose::Section;
pub use text::ProcessText;

use crate::access::{Right, Role};
use crate::words::Words;

/// A procedure, read from its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its code, such as `request`.
    pub code: String,
    /// Its name.
    pub label: Words,
    /// Its states in the order of a day that goes well; the first is where a record begins.
    pub states: Vec<State>,
    /// Its verbs, in the order of the file.
    pub verbs: Vec<Verb>,
    /// The prose, section by section, each with the verbs it describes.
    pub sections: Vec<Section>,
}

/// A state of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: Words,
    /// Whether nothing follows.
    pub done: bool,
}

/// What can be done to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verb {
    /// Its code.
    pub code: String,
    /// Its noun, in paths: `POST .../{record}/{noun}`.
    pub noun: String,
    /// Its name, on the button and in the history.
    pub label: Words,
    /// From where to where.
    pub ways: Vec<Way>,
    /// Who may do it: any of them.
    pub who: Vec<Who>,
    /// What has to be said.
    pub needs: Vec<Need>,
    /// What must hold.
    pub checks: Vec<Check>,
    /// What comes of it beside the state.
    pub effects: Vec<Effect>,
}

/// One way of a verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The state it begins in.
    pub from: String,
    /// The state it leads to; the same where it stays.
    pub to: String,
}

/// Who may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever has the right, by role or by delegation.
    Right(Right),
    /// Whoever has that role.
    Role(Role),
    /// The desk itself.
    System,
}

impl Who {
    /// As a file names it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Right(right) => right.code(),
            Self::Role(role) => role.code(),
            Self::System => "system",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let right = || Right::ALL.into_iter().find(|right| right.code() == code).map(Self::Right);
        let role = || Role::from_code(code).map(Self::Role);
        if code == "system" { Some(Self::System) } else { right().or_else(role) }
    }

    /// The roles that may do it.
    pub fn roles(self) -> Vec<Role> {
        match self {
            Self::Right(right) => Role::ALL.into_iter().filter(|role| role.may(right)).collect(),
            Self::Role(role) => vec![role],
            Self::System => vec![],
        }
    }
}

impl Verb {
    /// Where it leads from a state; none where it cannot be done there.
    pub fn leads(&self, from: &str) -> Option<&str> {
        self.ways.iter().find(|way| way.from == from).map(|way| way.to.as_str())
    }

    /// The rights any of which allows it.
    pub fn rights(&self) -> Vec<Right> {
        let right = |who: &Who| if let Who::Right(right) = who { Some(*right) } else { None };
        self.who.iter().filter_map(right).collect()
    }

    /// Whether it happens whatever happened since the page was opened: words that add and change nothing.
    pub fn fits_any_version(&self) -> bool {
        self.effects.contains(&Effect::Adds)
    }

    /// After how many business days in its state it happens by itself.
    pub fn after(&self) -> Option<u16> {
        self.effects.iter().find_map(|effect| if let Effect::After(days) = effect { Some(*days) } else { None })
    }

    /// Whether the customer sees it.
    pub fn is_told(&self) -> bool {
        !self.effects.contains(&Effect::Internal)
    }
}

impl Process {
    /// Reads a process from the text of its file, `file` being the name that errors carry; `english` is its twin, the same prose
    /// under the same headings.
    ///
    /// # Errors
    /// The first thing in the file that is wrong, with its line.
    pub fn read(file: &str, text: &str, english: Option<(&str, &str)>) -> Result<Self, Flaw> {
        let page = prose::Page::read(file, text)?;
        let process = shape::process(file, &page)?;
        let sections = match english {
            Some((name, text)) => prose::with_english(file, page.sections, name, text)?,
            None => page.sections,
        };
        Ok(Self { sections, ..process })
    }

    /// A state by its code.
    pub fn state(&self, code: &str) -> Option<&State> {
        self.states.iter().find(|state| state.code == code)
    }

    /// A verb by its code.
    pub fn verb(&self, code: &str) -> Option<&Verb> {
        self.verbs.iter().find(|verb| verb.code == code)
    }

    /// A verb by its noun.
    pub fn verb_of(&self, noun: &str) -> Option<&Verb> {
        self.verbs.iter().find(|verb| verb.noun == noun)
    }

    /// The state in which a record begins.
    pub fn start(&self) -> &State {
        // `shape` refuses a file without a state.
        &self.states[0]
    }
}
