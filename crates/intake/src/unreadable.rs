//! Why a body cannot be read.

/// What is wrong with a body, for its sender and for the desk, which keeps it in quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Each fault as one sentence that names its field; never empty.
    pub errors: Vec<String>,
}

impl Unreadable {
    /// One fault.
    pub fn one(error: impl Into<String>) -> Self {
        Self { errors: vec![error.into()] }
    }

    /// All faults in one line, as the board shows them.
    pub fn reason(&self) -> String {
        self.errors.join("; ")
    }
}
