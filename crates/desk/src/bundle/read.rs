//! A bundle as a source of facts, as a database is one.

use super::files::FILES;
use super::papers::BlobLine;
use super::spool::copy;
use super::{
    BLOBS, BundleError, CHECKPOINTS, COPIED, DERIVED, EVENT_COLUMNS, EVENTS, FACTS, FORMAT, MANIFEST, Manifest, Sketch,
};
use crate::Checkpoint;
use crate::verify::Facts;
use domain::fact::Fact;
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::time::Instant;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use store::{BlobRow, Cell, Failure, LANE, StoredFact, StoredRow};
use zip::ZipArchive;

/// What stands before the hash in a line of facts, and between hash and fact; a brace ends the line.
pub(crate) const BEFORE_HASH: &str = "{\"hash\":\"";
pub(crate) const BEFORE_FACT: &str = "\",\"fact\":";

/// The largest manifest that is read.
const MANIFEST_MAX: u64 = 64 << 20;

/// A part on disk, read line by line.
struct Lines {
    file: BufReader<File>,
    /// Where the next line begins.
    at: u64,
}

impl Lines {
    fn next(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        let (mut line, from) = (vec![], self.at);
        self.at += self.file.read_until(b'\n', &mut line)? as u64;
        if line.is_empty() {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(Some((from, line)))
    }

    /// One line that begins at a place, whatever is read next.
    fn at(&mut self, place: u64) -> io::Result<Vec<u8>> {
        let mut line = vec![];
        self.file.seek(SeekFrom::Start(place))?;
        self.file.read_until(b'\n', &mut line)?;
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(line)
    }
}

/// The attached files, one after the other on disk.
struct Files {
    file: File,
    /// Where each begins, and how long it is.
    places: HashMap<String, (u64, u64)>,
}

impl Files {
    fn read(&mut self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let Some((at, length)) = self.places.get(path).copied() else { return Ok(None) };
        let mut bytes = vec![];
        self.file.seek(SeekFrom::Start(at))?;
        (&mut self.file).take(length).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }
}

/// A bundle whose parts lie unpacked in files without a name.
pub(crate) struct Reader {
    pub(crate) manifest: Manifest,
    /// The first part whose bytes are not those that the manifest sums up.
    pub(crate) wrong_sum: Option<String>,
    pub(crate) sketch: Sketch,
    parts: HashMap<&'static str, File>,
    facts: Lines,
    /// Where each fact's line begins.
    places: Vec<u64>,
    by_record: HashMap<RecordKey, Vec<u64>>,
    blobs: Lines,
    blob_places: HashMap<BlobId, u64>,
    events: Lines,
    names: Arc<[String]>,
    notes: Vec<Checkpoint>,
    files: Files,
    /// The parts that stand for the content of blobs.
    pub(crate) claimed: HashMap<BlobId, String>,
    known_files: HashSet<String>,
}

fn refused(what: impl Into<String>) -> BundleError {
    BundleError::Refused(what.into())
}

fn unreadable(part: &str, error: impl std::fmt::Display) -> Failure {
    Failure::Corrupt(format!("part {part} cannot be read: {error}"))
}

impl Reader {
    /// Unpacks a bundle and sums its parts up.
    ///
    /// # Errors
    /// It is none, or a part is missing, unknown or cannot be unpacked.
    pub(crate) fn open(file: File) -> Result<Self, BundleError> {
        let mut zip = ZipArchive::new(BufReader::new(file))?;
        let manifest = Self::manifest(&mut zip)?;
        let known: Vec<&'static str> = COPIED.into_iter().chain(DERIVED).collect();
        let listed: Vec<&str> = manifest.parts.iter().map(|part| part.name.as_str()).collect();
        let (fixed, files) = listed.split_at_checked(known.len()).unwrap_or((&[], &[]));
        let different: HashSet<&&str> = files.iter().filter(|path| path.starts_with(FILES)).collect();
        if fixed != known || different.len() != files.len() {
            return Err(refused(format!("part {MANIFEST} does not list the parts of this format")));
        }
        if zip.len() != listed.len() + 1 {
            return Err(refused("the bundle has a part of which its format knows nothing"));
        }
        let mut parts = HashMap::new();
        let mut wrong_sum = None;
        let mut files = Files { file: tempfile::tempfile()?, places: HashMap::new() };
        for (place, said) in manifest.parts.iter().enumerate() {
            let name = said.name.as_str();
            let broken = |error: io::Error| refused(format!("part {name} cannot be unpacked: {error}"));
            let mut packed = zip.by_name(name).map_err(|error| refused(format!("part {name}: {error}")))?;
            let own = known.get(place).copied();
            let mut unpacked = match own {
                Some(_) => tempfile::tempfile()?,
                None => files.file.try_clone()?,
            };
            let at = unpacked.stream_position()?;
            // No part is longer than it says: what unpacks without an end is no part.
            let summed = copy(&mut (&mut packed).take(said.bytes.saturating_add(1)), &mut unpacked).map_err(broken)?;
            let length = summed.bytes;
            if summed.bytes != said.bytes || summed.sha256() != said.sha256 {
                wrong_sum = wrong_sum.or(Some(name.to_owned()));
            }
            match own {
                Some(own) => {
                    unpacked.seek(SeekFrom::Start(0))?;
                    parts.insert(own, unpacked);
                }
                None => drop(files.places.insert(name.to_owned(), (at, length))),
            }
        }
        let mut lines = |name: &str| -> Result<Lines, BundleError> {
            let file = parts.remove(name).ok_or_else(|| refused(format!("part {name} is missing")))?;
            Ok(Lines { file: BufReader::with_capacity(1 << 16, file), at: 0 })
        };
        let (facts, blobs, events) = (lines(FACTS)?, lines(BLOBS)?, lines(EVENTS)?);
        let mut text = String::new();
        lines(CHECKPOINTS)?.file.read_to_string(&mut text).map_err(|error| unreadable(CHECKPOINTS, error))?;
        let notes = Checkpoint::parse_all(&text).map_err(|error| refused(format!("part {CHECKPOINTS}: {error}")))?;
        let written: usize = text.lines().filter(|line| line.starts_with("madoguchi/")).count();
        if notes.len() != written {
            return Err(refused(format!("part {CHECKPOINTS}: a note is cut off")));
        }
        Ok(Self {
            manifest,
            wrong_sum,
            sketch: Sketch::default(),
            parts,
            facts,
            places: vec![],
            by_record: HashMap::new(),
            blobs,
            blob_places: HashMap::new(),
            events,
            names: EVENT_COLUMNS.map(String::from).into(),
            notes,
            known_files: files.places.keys().cloned().collect(),
            files,
            claimed: HashMap::new(),
        })
    }

    /// A file that stands for no blob.
    pub(crate) fn unclaimed(&self) -> Option<&String> {
        self.known_files.iter().min()
    }

    /// The blob of a line, with the file that is its content.
    fn blob(&mut self, line: &[u8]) -> Result<Option<BlobRow>, Failure> {
        let Ok(line) = serde_json::from_slice::<BlobLine>(line) else { return Ok(None) };
        let Some(path) = line.file.clone() else { return Ok(line.row(None)) };
        let Some(bytes) = self.files.read(&path).map_err(|error| unreadable(&path, error))? else { return Ok(None) };
        let row = line.row(Some(bytes));
        if let Some(row) = &row {
            self.known_files.remove(&path);
            self.claimed.insert(row.id.clone(), path);
        }
        Ok(row)
    }

    fn manifest(zip: &mut ZipArchive<BufReader<File>>) -> Result<Manifest, BundleError> {
        let part =
            zip.by_name(MANIFEST).map_err(|_| refused(format!("part {MANIFEST} is missing: this is no bundle")))?;
        let mut text = String::new();
        let broken = |error: &dyn std::fmt::Display| refused(format!("part {MANIFEST} cannot be read: {error}"));
        part.take(MANIFEST_MAX).read_to_string(&mut text).map_err(|error| broken(&error))?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(|error| broken(&error))?;
        if manifest.madoguchi != "bundle" || manifest.format != FORMAT {
            return Err(refused(format!("the bundle has format {}, and this program reads {FORMAT}", manifest.format)));
        }
        Ok(manifest)
    }

    /// The last fact that a checkpoint in the bundle covers.
    pub(crate) fn covered(&self) -> u64 {
        self.notes.iter().map(|note| note.seq).max().unwrap_or(0)
    }

    /// A part that is read once.
    pub(crate) fn part(&mut self, name: &str) -> Result<File, BundleError> {
        self.parts.remove(name).ok_or_else(|| refused(format!("part {name} is missing")))
    }

    /// A line of facts: what is not of this form has no hash, so that its place is named as a broken link.
    fn stored(line: &[u8], seq: u64) -> StoredFact {
        let text = String::from_utf8_lossy(line);
        let inner = text.strip_prefix(BEFORE_HASH).and_then(|rest| rest.strip_suffix('}'));
        let cut = inner.and_then(|inner| inner.split_at_checked(64));
        let cut = cut.and_then(|(hash, rest)| Some((hash, rest.strip_prefix(BEFORE_FACT)?)));
        let (hash, json) = cut.unwrap_or(("", &text));
        let (hash, json) = (hash.to_owned(), json.to_owned());
        StoredFact { seq, lane: LANE, record: None, kind: String::new(), instant: Instant::from_ms(0), hash, json }
    }

    fn fact_at(&mut self, seq: u64) -> Result<StoredFact, Failure> {
        let place = usize::try_from(seq).ok().and_then(|seq| self.places.get(seq.checked_sub(1)?)).copied();
        let place = place.ok_or_else(|| unreadable(FACTS, "a fact is missing"))?;
        let line = self.facts.at(place).map_err(|error| unreadable(FACTS, error))?;
        Ok(Self::stored(&line, seq))
    }

    fn event(&self, line: &[u8]) -> Option<StoredRow> {
        let Value::Object(mut fields) = serde_json::from_slice(line).ok()? else { return None };
        let mut cells = vec![];
        for column in EVENT_COLUMNS {
            cells.push(match fields.remove(column)? {
                Value::Null => Cell::Null,
                Value::Number(number) => Cell::Int(number.as_i64()?),
                Value::String(text) => Cell::Text(text),
                _ => return None,
            });
        }
        fields.is_empty().then(|| StoredRow::of(Arc::clone(&self.names), cells))
    }

    fn note_row(note: &Checkpoint) -> StoredRow {
        let names = ["lane", "seq", "note"].map(String::from);
        let seq = i64::try_from(note.seq).unwrap_or(i64::MAX);
        StoredRow::of(names.into(), vec![Cell::Int(LANE.into()), Cell::Int(seq), Cell::Text(note.note.clone())])
    }
}

impl Facts for Reader {
    const COLUMNS: bool = false;

    async fn facts(&mut self, _: &TenantId, after: u64, limit: u32) -> Result<Vec<StoredFact>, Failure> {
        let mut facts = vec![];
        // Read on from where the reading before ended.
        while facts.len() < limit as usize && self.places.len() as u64 >= after {
            let Some((place, line)) = self.facts.next().map_err(|error| unreadable(FACTS, error))? else { break };
            self.places.push(place);
            facts.push(Self::stored(&line, self.places.len() as u64));
        }
        Ok(facts)
    }

    async fn facts_of(&mut self, _: &TenantId, records: &[RecordKey]) -> Result<Vec<StoredFact>, Failure> {
        let seqs = records.iter().filter_map(|record| self.by_record.get(record)).flatten();
        let mut seqs: Vec<u64> = seqs.copied().collect();
        seqs.sort_unstable();
        seqs.into_iter().map(|seq| self.fact_at(seq)).collect()
    }

    async fn stray_fact(&mut self, _: &TenantId) -> Result<Option<i64>, Failure> {
        Ok(None)
    }

    async fn fact_naming(&mut self, _: &TenantId, text: &str) -> Result<Option<u64>, Failure> {
        // Asked before the facts were read, and only to name a fault that ends the reading.
        while let Some((place, line)) = self.facts.next().map_err(|error| unreadable(FACTS, error))? {
            self.places.push(place);
            if String::from_utf8_lossy(&line).contains(text) {
                return Ok(Some(self.places.len() as u64));
            }
        }
        Ok(None)
    }

    async fn rows(&mut self, _: &str, _: &TenantId) -> Result<Vec<StoredRow>, Failure> {
        let Manifest { head, events, .. } = &self.manifest;
        let number = |number: u64| Cell::Int(i64::try_from(number).unwrap_or(i64::MAX));
        let names = ["lane", "seq", "hash", "events"].map(String::from);
        let cells = vec![Cell::Int(LANE.into()), number(head.seq), Cell::Text(head.hash.clone()), number(*events)];
        Ok(vec![StoredRow::of(names.into(), cells)])
    }

    async fn rows_after(
        &mut self,
        table: &str,
        _: &TenantId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredRow>, Failure> {
        if table == "checkpoints" {
            let later = self.notes.iter().filter(|note| i64::try_from(note.seq).unwrap_or(i64::MAX) > after);
            return Ok(later.take(limit as usize).map(Self::note_row).collect());
        }
        let mut rows = vec![];
        while rows.len() < limit as usize {
            let Some((_, line)) = self.events.next().map_err(|error| unreadable(EVENTS, error))? else { break };
            rows.push(self.event(&line).ok_or_else(|| unreadable(EVENTS, "a line is no event"))?);
        }
        Ok(rows)
    }

    async fn blobs(&mut self, _: &TenantId, _: &str, limit: u32) -> Result<Vec<BlobRow>, Failure> {
        let mut rows = vec![];
        while rows.len() < limit as usize {
            let Some((place, line)) = self.blobs.next().map_err(|error| unreadable(BLOBS, error))? else { break };
            let row = self.blob(&line)?.ok_or_else(|| unreadable(BLOBS, "a line is no blob"))?;
            self.blob_places.insert(row.id.clone(), place);
            rows.push(row);
        }
        Ok(rows)
    }

    async fn blobs_there(&mut self, _: &TenantId, ids: &[&BlobId]) -> Result<HashSet<BlobId>, Failure> {
        Ok(ids.iter().filter(|id| self.blob_places.contains_key(**id)).map(|id| (*id).clone()).collect())
    }

    async fn texts(&mut self, _: &TenantId, ids: &[&BlobId]) -> Result<HashMap<BlobId, String>, Failure> {
        let mut texts = HashMap::new();
        for id in ids {
            let Some(place) = self.blob_places.get(*id).copied() else { continue };
            let line = self.blobs.at(place).map_err(|error| unreadable(BLOBS, error))?;
            let row = serde_json::from_slice(&line).ok().and_then(|line: BlobLine| line.row(None));
            if let Some(bytes) = row.and_then(|row| row.bytes) {
                texts.insert((*id).clone(), String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(texts)
    }

    fn note(&mut self, fact: &Fact) {
        self.sketch.take(fact);
        if let Some(record) = &fact.record {
            self.by_record.entry(record.clone()).or_default().push(fact.seq);
        }
    }
}
