//! Writing a bundle out of one consistent reading of the database, however long the history is.

use super::files::Filed;
use super::papers::{BlobLine, json};
use super::read::{BEFORE_FACT, BEFORE_HASH};
use super::spool::{Summed, copy};
use super::{
    BLOBS, BundleError, CHECKPOINTS, Context, DERIVED, EVENT_COLUMNS, EVENTS, FACTS, FORMAT, MANIFEST, Manifest,
    PAPERS, Papers, Part, Sketch, Stand, Words, derive, words::told,
};
use crate::verify::fault;
use domain::fact::{genesis, verify_link};
use domain::ids::{BlobId, TenantId};
use domain::time::Instant;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use store::{Cell, LANE, Snapshot, Store};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Rows read at once; blobs may have some megabytes each.
const PAGE: u32 = 4_000;
const BLOBS_PAGE: u32 = 16;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Whose.
    pub tenant: TenantId,
    /// Where its chain stood.
    pub head: Stand,
    /// Requests, incidents and records of other processes.
    pub records: u64,
}

/// Writes everything of a tenant into one file. The same state gives the same bytes.
///
/// # Errors
/// The file cannot be written, the database fails, or what it holds does not agree with itself.
pub async fn export(store: &Store, tenant: &TenantId, words: Words, file: File) -> Result<Exported, BundleError> {
    let provider = store.system().provider().await?;
    let provider = provider.map(|provider| provider.id).unwrap_or_else(|| tenant.clone());
    let mut snapshot = store.snapshot().await?;
    let mut out = Out { zip: ZipWriter::new(BufWriter::with_capacity(1 << 16, file)), parts: vec![] };
    let (sketch, head, kept) = facts(&mut snapshot, tenant, words, &mut out).await?;
    let files = paths(&mut snapshot, tenant, kept.as_ref(), &sketch).await?;
    let files = blobs(&mut snapshot, tenant, kept.as_ref(), files, &mut out).await?;
    let events = events(&mut snapshot, tenant, words, &mut out).await?;
    checkpoints(&mut snapshot, tenant, &mut out).await?;
    let as_of = sketch.as_of.unwrap_or(Instant::from_ms(0));
    let mut part = out.begin(PAPERS)?;
    let papers = Papers::of(&mut snapshot, &provider, as_of, |line| part.line(&[line])).await?;
    part.end();
    let context = papers.context(&mut snapshot, tenant, &sketch, head.clone()).await?;
    let context = Context { kept, ..context };
    let derived = derive(&mut snapshot, &context).await?;
    for (name, mut file) in DERIVED.into_iter().zip(derived.files) {
        let part = out.begin(name)?;
        let Packing { out, name, .. } = part;
        let summed = copy(&mut file, &mut out.zip)?;
        out.add(name, summed);
    }
    for (path, id) in files {
        let row = snapshot.blob(tenant, &id).await?;
        let bytes = row.and_then(|row| row.bytes).unwrap_or_default();
        let Packing { out, name, .. } = out.begin(&path)?;
        let summed = copy(&mut bytes.as_slice(), &mut out.zip)?;
        out.add(name, summed);
    }
    let manifest = Manifest {
        madoguchi: "bundle".into(),
        format: FORMAT,
        tenant: tenant.clone(),
        provider,
        name: context.name,
        head: head.clone(),
        events,
        words,
        as_of,
        parts: std::mem::take(&mut out.parts),
    };
    let text = serde_json::to_string_pretty(&manifest).map_err(io::Error::other)?;
    out.begin(MANIFEST)?.line(&[&text])?;
    out.zip.finish()?.flush()?;
    Ok(Exported { tenant: tenant.clone(), head, records: derived.records })
}

/// The file and the parts that are in it.
struct Out {
    zip: ZipWriter<BufWriter<File>>,
    parts: Vec<Part>,
}

/// One part being packed.
struct Packing<'a> {
    out: &'a mut Out,
    name: String,
    summed: Summed,
}

impl Out {
    fn begin(&mut self, name: &str) -> Result<Packing<'_>, BundleError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(true);
        self.zip.start_file(name, options)?;
        Ok(Packing { out: self, name: name.to_owned(), summed: Summed::new() })
    }

    fn add(&mut self, name: String, summed: Summed) {
        let bytes = summed.bytes;
        self.parts.push(Part { name, bytes, sha256: summed.sha256() });
    }
}

impl Packing<'_> {
    fn line(&mut self, pieces: &[&str]) -> io::Result<()> {
        for piece in pieces.iter().chain(&["\n"]) {
            self.summed.add(piece.as_bytes());
            self.out.zip.write_all(piece.as_bytes())?;
        }
        Ok(())
    }

    fn end(self) {
        self.out.add(self.name, self.summed);
    }
}

/// Copies the chain; says what it is about, where it ends, and which words may be given, where not all may.
async fn facts(
    snapshot: &mut Snapshot,
    tenant: &TenantId,
    words: Words,
    out: &mut Out,
) -> Result<(Sketch, Stand, Option<HashSet<BlobId>>), BundleError> {
    let mut part = out.begin(FACTS)?;
    let mut sketch = Sketch::default();
    let mut kept = (words == Words::Told).then(HashSet::new);
    let mut head = Stand { seq: 0, hash: genesis(tenant, LANE) };
    loop {
        let page = snapshot.facts(tenant, head.seq, PAGE).await?;
        if page.is_empty() {
            part.end();
            return Ok((sketch, head, kept));
        }
        for row in page {
            let seq = head.seq + 1;
            let linked = verify_link(&head.hash, &row.json, &row.hash);
            linked.map_err(|link| fault(tenant, seq, link.to_string()))?;
            let fact = row.fact(tenant)?;
            sketch.take(&fact);
            if let Some(kept) = &mut kept {
                kept.extend(told(&fact));
            }
            part.line(&[BEFORE_HASH, &row.hash, BEFORE_FACT, &row.json, "}"])?;
            head = Stand { seq, hash: row.hash };
        }
    }
}

/// The names of the parts of attached files, by their blobs.
async fn paths(
    snapshot: &mut Snapshot,
    tenant: &TenantId,
    kept: Option<&HashSet<BlobId>>,
    sketch: &Sketch,
) -> Result<HashMap<BlobId, String>, BundleError> {
    let given = |it: &&Filed| kept.is_none_or(|kept| kept.contains(&it.file));
    let files: Vec<&Filed> = sketch.files.iter().filter(given).collect();
    let named: Vec<&BlobId> = files.iter().map(|it| &it.name).collect();
    let names = snapshot.texts(tenant, &named).await?;
    Ok(files.into_iter().map(|it| (it.file.clone(), it.path(&names))).collect())
}

/// Copies the blobs; answers with the files that are to stand beside them, in the order of their names.
async fn blobs(
    snapshot: &mut Snapshot,
    tenant: &TenantId,
    kept: Option<&HashSet<BlobId>>,
    mut files: HashMap<BlobId, String>,
    out: &mut Out,
) -> Result<BTreeMap<String, BlobId>, BundleError> {
    let mut beside = BTreeMap::new();
    let mut part = out.begin(BLOBS)?;
    let mut after = String::new();
    loop {
        let page = snapshot.blobs(tenant, &after, BLOBS_PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id.to_string();
        for mut row in page {
            if kept.is_some_and(|kept| !kept.contains(&row.id)) {
                (row.salt, row.bytes) = (None, None);
            }
            let line = match files.remove(&row.id).filter(|_| row.bytes.is_some()) {
                None => BlobLine::of(row),
                Some(path) => {
                    beside.insert(path.clone(), row.id.clone());
                    BlobLine::of_file(row, &path)
                }
            };
            part.line(&[&json(&line)])?;
        }
    }
    part.end();
    Ok(beside)
}

/// Alerts as they came in; says how many.
async fn events(snapshot: &mut Snapshot, tenant: &TenantId, words: Words, out: &mut Out) -> Result<u64, BundleError> {
    let mut part = out.begin(EVENTS)?;
    let (mut after, mut count) = (i64::MIN, 0);
    loop {
        let page = snapshot.rows_after("alert_events", tenant, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.int("id").unwrap_or(i64::MAX);
        for row in &page {
            let value = |column: &str| match row.get(column) {
                // A remark of the desk is internal.
                _ if column == "note" && words == Words::Told => Value::Null,
                Cell::Int(number) => Value::from(*number),
                Cell::Text(text) => Value::from(text.as_str()),
                Cell::Null | Cell::Bytes(_) => Value::Null,
            };
            let fields: Map<String, Value> =
                EVENT_COLUMNS.iter().map(|column| ((*column).to_owned(), value(column))).collect();
            part.line(&[&json(&fields)])?;
            count += 1;
        }
    }
    part.end();
    Ok(count)
}

async fn checkpoints(snapshot: &mut Snapshot, tenant: &TenantId, out: &mut Out) -> Result<(), BundleError> {
    let mut part = out.begin(CHECKPOINTS)?;
    let mut after = i64::MIN;
    loop {
        let page = snapshot.rows_after("checkpoints", tenant, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.int("seq").unwrap_or(i64::MAX);
        for row in &page {
            part.line(&[row.text("note")])?;
        }
    }
    part.end();
    Ok(())
}
