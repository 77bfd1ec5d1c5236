//! Mails that came in: each row is what the fact of its number says, and whether it was dealt with what a later one says.

use super::rows::{Expected, Table};
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::time::Instant;
use std::collections::BTreeMap;
use store::Cell;

/// One mail as the facts say it.
struct Mail {
    seq: u64,
    cells: Vec<(&'static str, Cell)>,
    settled: Option<(Instant, Option<RecordKey>)>,
}

/// The mails of a tenant, by number.
#[derive(Default)]
pub(super) struct Mails(BTreeMap<u64, Mail>);

fn record(key: Option<&RecordKey>) -> Cell {
    key.map(ToString::to_string).into()
}

fn blob(id: Option<&BlobId>) -> Cell {
    id.map(ToString::to_string).into()
}

impl Mails {
    /// Adds the next fact about mails; none where it settles what is not there.
    pub(super) fn apply(&mut self, fact: &Fact) -> Option<()> {
        let (why, about, mail, from, words, raw) = match &fact.body {
            Body::MailKept { mail, why, guess, from, subject, text, raw } => {
                (Some(why.code()), guess.as_ref(), mail, from, Some((subject, text)), raw)
            }
            Body::MailJoined { mail, from, raw } => (None, fact.record.as_ref(), mail, from, None, raw),
            Body::MailSettled { number, attached } => {
                let kept = self.0.get_mut(number)?;
                (kept.seq, kept.settled) = (fact.seq, Some((fact.instant, attached.clone())));
                return Some(());
            }
            _ => return Some(()),
        };
        let cells = vec![
            ("mail", mail.as_str().into()),
            ("received", fact.instant.into()),
            ("why", why.into()),
            ("record", record(about)),
            ("sender", blob(Some(from))),
            ("subject", blob(words.map(|(subject, _)| subject))),
            ("words", blob(words.map(|(_, text)| text))),
            ("raw", blob(Some(raw))),
        ];
        self.0.insert(fact.seq, Mail { seq: fact.seq, cells, settled: None });
        Some(())
    }

    /// The rows as they must be.
    pub(super) fn table<'a>(&self, tenant: &'a TenantId) -> Table<'a> {
        let mut table = Table::new(tenant, "mails", &["number"]);
        for (number, mail) in &self.0 {
            let mut cells = mail.cells.clone();
            cells.push(("settled", mail.settled.as_ref().map(|(at, _)| *at).into()));
            cells.push(("attached", record(mail.settled.as_ref().and_then(|(_, key)| key.as_ref()))));
            table.expect(vec![(*number).into()], Expected { seq: mail.seq, record: None, cells });
        }
        table
    }
}
