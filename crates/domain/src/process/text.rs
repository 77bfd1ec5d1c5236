//! A version of a procedure, as the database keeps it: the two texts.

use super::{Flaw, Process};
use crate::paper::Paper;
use crate::refusal::Refusal;
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// The texts of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessText {
    /// The Japanese text with the blocks.
    pub ja: String,
    /// The English prose; empty for none.
    #[serde(default)]
    pub en: String,
}

impl ProcessText {
    /// The process of the texts; `name` is that of the file without `.md`, for what is wrong with it.
    ///
    /// # Errors
    /// The first thing in them that is wrong.
    pub fn process(&self, name: &str) -> Result<Process, Flaw> {
        let english = format!("{name}.en.md");
        let en = (!self.en.is_empty()).then_some((english.as_str(), self.en.as_str()));
        Process::read(&format!("{name}.md"), &self.ja, en)
    }
}

impl Paper for ProcessText {
    const KIND: &'static str = "process";
    const LABEL: Label = Label::new("手続き", "Procedure");

    fn validate(&self) -> Result<(), Refusal> {
        match self.process("process") {
            Ok(_) => Ok(()),
            Err(flaw) => {
                let place = |said: &str| format!("{}:{}: {said}", flaw.file, flaw.line);
                Err(Refusal::invalid("ja", place(&flaw.ja), place(&flaw.en)))
            }
        }
    }
}
