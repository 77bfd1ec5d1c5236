//! The procedures that ship with the product.

use super::Process;
use std::sync::{Arc, LazyLock};

/// A file with its English twin.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its code, and its name without `.md`.
    pub code: &'static str,
    /// The Japanese text with the blocks.
    pub ja: &'static str,
    /// The English prose.
    pub en: &'static str,
}

macro_rules! files {
    ($($code:literal)*) => {
        [$(File {
            code: $code,
            ja: include_str!(concat!("../../../../processes/", $code, ".md")),
            en: include_str!(concat!("../../../../processes/", $code, ".en.md")),
        }),*]
    };
}

/// Every file that ships.
pub const FILES: [File; 4] = files!["request" "incident" "complaint" "lead"];

impl File {
    /// The process of the file.
    pub fn process(&self) -> Process {
        let (ja, en) = (format!("{}.md", self.code), format!("{}.en.md", self.code));
        // A test reads every file that ships, so a flaw does not get past it.
        Process::read(&ja, self.ja, Some((&en, self.en))).unwrap_or_else(|flaw| panic!("{flaw}"))
    }
}

static ALL: LazyLock<Vec<Arc<Process>>> = LazyLock::new(|| FILES.iter().map(|file| Arc::new(file.process())).collect());

/// The processes of all files, in their order.
pub fn all() -> &'static [Arc<Process>] {
    &ALL
}

/// The procedure of a request.
pub fn request() -> Arc<Process> {
    // The first of the files.
    Arc::clone(&ALL[0])
}

/// The procedure of an incident.
pub fn incident() -> &'static Process {
    // The second of the files.
    &ALL[1]
}
