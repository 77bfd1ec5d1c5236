//! The timeline of a record: its facts in the order of the chain, newest first.

use crate::layout::Shell;
use crate::parts::{Reader, reader_flag};
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// One fact as it is told.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Sequence number in the tenant's chain.
    pub seq: u64,
    /// The server's instant of the fact.
    pub at: Instant,
    /// Who did it: a person with role, 代理 where delegated, or the software.
    pub actor: String,
    /// What was done, in one line.
    pub act: String,
    /// Text that belongs to it.
    pub text: Option<String>,
    /// Who can read it; none where the question does not arise (alerts, clocks).
    pub reader: Option<Reader>,
    /// What became of its delivery, such as `配信済 03:21:44` or why not.
    pub delivery: Option<String>,
    /// The instant a person stated, where it differs from the server's.
    pub stated: Option<Instant>,
}

/// The whole timeline; `seq` links a ledger to a fact by `#fact-N`.
pub fn timeline(shell: &Shell, entries: &[Entry]) -> Markup {
    html! {
        ol.timeline id="timeline" {
            @for entry in entries {
                li class=[entry.reader.map(Reader::class)] id={ "fact-" (entry.seq) } {
                    p.stamp { (when::time(shell, entry.at)) span.seq { "#" (entry.seq) } }
                    div.told {
                        p { strong { (entry.act) } " " span.by { (entry.actor) } @if let Some(reader) = entry.reader { " " (reader_flag(shell, reader)) } }
                        @if let Some(stated) = entry.stated { p.hint { (shell.t("申告された時刻: ", "stated time: ")) (when::time(shell, stated)) } }
                        @if let Some(text) = &entry.text { p.words { (text) } }
                        @if let Some(delivery) = &entry.delivery { p.hint { (delivery) } }
                    }
                }
            }
        }
    }
}
