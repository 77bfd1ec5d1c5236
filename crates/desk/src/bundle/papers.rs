//! Blobs as lines, and the provider's papers that a customer's folds read: calendar, catalogue and procedures, each with its link.

use super::{BundleError, Context, Sketch, Stand};
use crate::verify::{Checked, ClosureVersions, Facts, Procedures, fault, read_procedure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::catalogue::Catalogue;
use domain::fact::{Body, Fact, Hash, genesis, sha256, verify_link};
use domain::ids::{BlobId, TenantId};
use domain::paper::{Closures, Paper};
use domain::process::ProcessText;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::io::BufRead;
use store::{BlobRow, LANE, Snapshot};

/// Facts read at once.
const PAGE: u32 = 4_000;

/// A blob as its line has it: words as words, an attached file by the name of its part, other bytes in base64; salt and content are
/// gone once it is erased.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlobLine {
    name: BlobId,
    media_type: String,
    /// In hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// The part that is its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

impl BlobLine {
    /// The line of an attached file, whose content stands in a part of its own.
    pub(crate) fn of_file(row: BlobRow, path: &str) -> Self {
        Self { file: Some(path.to_owned()), ..Self::of(BlobRow { bytes: None, ..row }) }
    }

    pub(crate) fn of(row: BlobRow) -> Self {
        let BlobRow { id, media_type, salt, bytes } = row;
        let (text, base64) = match bytes.map(String::from_utf8) {
            None => (None, None),
            Some(Ok(text)) => (Some(text), None),
            Some(Err(error)) => (None, Some(STANDARD.encode(error.as_bytes()))),
        };
        let salt = salt.map(|salt| salt.iter().map(|byte| format!("{byte:02x}")).collect());
        Self { name: id, media_type, salt, text, base64, file: None }
    }

    /// The row it was, with the content of its file where that stands in a part of its own; none where salt or bytes cannot be read.
    pub(crate) fn row(self, file: Option<Vec<u8>>) -> Option<BlobRow> {
        let bytes = match (self.text, self.base64, file) {
            (text, None, None) => text.map(String::into_bytes),
            (None, Some(base64), None) => Some(STANDARD.decode(base64).ok()?),
            (None, None, Some(file)) => Some(file),
            _ => return None,
        };
        let salt = match self.salt {
            None => None,
            Some(digits) => Some(unhex(&digits)?),
        };
        Some(BlobRow { id: self.name, media_type: self.media_type, salt, bytes })
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// One paper of the provider: the bytes of its fact with the hash before and after, and its words.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PaperLine {
    previous: Hash,
    hash: Hash,
    fact: String,
    blob: BlobLine,
}

/// What folds read of the provider.
#[derive(Debug, Default)]
pub(crate) struct Papers {
    pub(crate) closures: ClosureVersions,
    procedures: Procedures,
    catalogues: Vec<(Instant, Catalogue)>,
}

/// The document of a fact that records a version of what folds read.
fn document(fact: &Fact) -> Option<&BlobId> {
    match &fact.body {
        Body::VersionRecorded { paper, document, .. }
            if [Closures::KIND, Catalogue::KIND, ProcessText::KIND].contains(&paper.as_str()) =>
        {
            Some(document)
        }
        _ => None,
    }
}

impl Papers {
    fn take(&mut self, fact: &Fact, text: &str) {
        let Body::VersionRecorded { paper, subject, version, valid_from, .. } = &fact.body else { return };
        match paper.as_str() {
            Closures::KIND => {
                self.closures.push((*valid_from, fact.instant, serde_json::from_str(text).unwrap_or_default()));
            }
            Catalogue::KIND => {
                self.catalogues.extend(serde_json::from_str(text).ok().map(|catalogue| (*valid_from, catalogue)));
            }
            ProcessText::KIND => {
                let process = read_procedure(subject, Some(&text.to_owned()));
                self.procedures.extend(process.map(|process| ((subject.clone(), *version), process)));
            }
            _ => {}
        }
    }

    /// Reads those recorded until an instant out of a database, and gives each as a line.
    pub(crate) async fn of(
        snapshot: &mut Snapshot,
        provider: &TenantId,
        until: Instant,
        mut line: impl FnMut(&str) -> std::io::Result<()>,
    ) -> Result<Self, BundleError> {
        let mut papers = Self::default();
        let (mut seq, mut previous) = (0, genesis(provider, LANE));
        loop {
            let page = snapshot.facts(provider, seq, PAGE).await?;
            let Some(last) = page.last() else { return Ok(papers) };
            seq = last.seq;
            for row in page {
                let before = std::mem::replace(&mut previous, row.hash.clone());
                if row.kind != "version.recorded" || row.instant > until {
                    continue;
                }
                let fact = row.fact(provider)?;
                let Some(id) = document(&fact) else { continue };
                let Some(blob) = snapshot.blob(provider, id).await? else {
                    return Err(fault(provider, row.seq, format!("blob {id} is gone")).into());
                };
                papers.take(&fact, &String::from_utf8_lossy(blob.bytes.as_deref().unwrap_or_default()));
                let it = PaperLine { previous: before, hash: row.hash, fact: row.json, blob: BlobLine::of(blob) };
                line(&json(&it))?;
            }
        }
    }

    /// Reads the lines, each with its link and the name of its words.
    pub(crate) fn read(lines: impl BufRead, provider: &TenantId) -> Checked<Self> {
        let mut papers = Self::default();
        let mut last = 0;
        for line in lines.split(b'\n') {
            let wrong = |seq, what: &str| fault(provider, seq, format!("part {}: {what}", super::PAPERS));
            let line = line.map_err(|_| wrong(last, "it cannot be read"))?;
            let it: PaperLine = serde_json::from_slice(&line)
                .map_err(|error| wrong(last + 1, &format!("a line is no paper: {error}")))?;
            let fact = Fact::parse(&it.fact).map_err(|_| wrong(last + 1, "a fact cannot be read"))?;
            let seq = fact.seq;
            if seq <= last || fact.tenant != *provider {
                return Err(wrong(seq, "the fact stands at a wrong place"));
            }
            verify_link(&it.previous, &it.fact, &it.hash).map_err(|link| wrong(seq, &link.to_string()))?;
            let row = it.blob.row(None).ok_or_else(|| wrong(seq, "the document cannot be read"))?;
            let named = match (&row.salt, &row.bytes) {
                (Some(salt), Some(bytes)) => Some(format!("sha256:{}", sha256(&[salt, bytes]))),
                _ => None,
            };
            let is_own = document(&fact) == Some(&row.id);
            if !is_own || named.is_some_and(|named| named != row.id.as_str()) {
                return Err(wrong(seq, "the document is not the one that the fact names"));
            }
            papers.take(&fact, &String::from_utf8_lossy(row.bytes.as_deref().unwrap_or_default()));
            last = seq;
        }
        Ok(papers)
    }

    /// Everything that derived parts ask for, once all facts were read.
    pub(crate) async fn context<S: Facts>(
        self,
        source: &mut S,
        tenant: &TenantId,
        sketch: &Sketch,
        head: Stand,
    ) -> Checked<Context> {
        let as_of = sketch.as_of.unwrap_or(Instant::from_ms(0));
        let own: Vec<&BlobId> = sketch.catalogues.iter().map(|(_, id)| id).chain(&sketch.name).collect();
        let texts = source.texts(tenant, &own).await?;
        let read = |(from, id): &(Instant, BlobId)| {
            let catalogue = texts.get(id).and_then(|text| serde_json::from_str(text).ok());
            catalogue.map(|catalogue: Catalogue| (*from, catalogue))
        };
        let catalogue = valid(sketch.catalogues.iter().filter_map(read), as_of);
        let catalogue = catalogue.or_else(|| valid(self.catalogues.into_iter(), as_of)).unwrap_or_default();
        Ok(Context {
            tenant: tenant.clone(),
            name: sketch.name.as_ref().and_then(|name| texts.get(name)).cloned().unwrap_or_default(),
            head,
            as_of,
            records: sketch.records.clone(),
            closures: self.closures,
            procedures: self.procedures,
            catalogue: crate::compliance::rows_of(catalogue),
            kept: None,
        })
    }
}

/// The version valid at an instant; of equal starts the later one.
fn valid(versions: impl Iterator<Item = (Instant, Catalogue)>, at: Instant) -> Option<Catalogue> {
    versions.filter(|(from, _)| *from <= at).max_by_key(|(from, _)| *from).map(|(_, catalogue)| catalogue)
}

#[expect(clippy::expect_used, reason = "texts, integers and lists of them: nothing JSON cannot say")]
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a line is JSON")
}
