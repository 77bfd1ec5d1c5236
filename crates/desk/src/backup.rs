//! One file for a whole desk, whatever its engine (F42).
//!
//! JSON Lines. First a header; then for each table a line with its name and columns and one array a row; last the count of
//! rows and the SHA-256 over every byte before that line. A column of bytes holds `{"base64":"..."}`. Rows come in the order
//! of their key, so equal desks give equal lines.

use crate::VerifyError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Cell, Clock, Failure, Load, Snapshot, Store, schema_version};
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};

/// Edition of the file's format.
const FORMAT: u32 = 1;
/// Rows read and written at once.
const BATCH: u32 = 500;
/// Rows with attachments may be large; this many bytes of lines are enough for one batch.
const BATCH_BYTES: usize = 8 << 20;

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Rows of all tables.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 over the rows in hexadecimal digits: equal for equal desks.
    pub digest: String,
}

/// Why a backup could not be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file cannot be written or read.
    #[error("{0}: {1}")]
    File(PathBuf, #[source] io::Error),
    /// The file is no backup, or one that this program must not load.
    #[error("{0}")]
    Refused(String),
    /// The database failed, or is not empty.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// What was loaded is not what the desk wrote.
    #[error("the backup was loaded, and verify found a fault: {0}")]
    Faulty(#[from] VerifyError),
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    madoguchi: String,
    format: u32,
    schema: i64,
}

/// The line before the rows of a table.
#[derive(Debug, Serialize, Deserialize)]
struct TableLine {
    table: String,
    columns: Vec<String>,
}

impl TableLine {
    /// The text of a row's column; none where there is no such column or no text.
    fn text<'a>(&self, row: &'a [Cell], column: &str) -> Option<&'a str> {
        let place = self.columns.iter().position(|name| name == column)?;
        if let Some(Cell::Text(text)) = row.get(place) { Some(text) } else { None }
    }
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
struct Trailer {
    rows: u64,
    sha256: String,
}

fn sha() -> ring::digest::Context {
    ring::digest::Context::new(&ring::digest::SHA256)
}

fn hex(context: ring::digest::Context) -> String {
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where lines go: the file and the sums over them.
struct Out {
    file: Option<BufWriter<File>>,
    bytes: u64,
    all: ring::digest::Context,
    rows: ring::digest::Context,
}

impl Out {
    async fn line(&mut self, line: &str, is_row: bool) -> io::Result<()> {
        for piece in [line.as_bytes(), b"\n"] {
            self.all.update(piece);
            if is_row {
                self.rows.update(piece);
            }
            if let Some(file) = &mut self.file {
                file.write_all(piece).await?;
            }
            self.bytes += piece.len() as u64;
        }
        Ok(())
    }
}

/// Copies the whole desk into a new file while it is in use; the copy stands at one instant and is on disk when this returns.
///
/// # Errors
/// The file exists already or cannot be written, or the database fails.
pub async fn backup(store: &Store, file: &Path) -> Result<Copied, BackupError> {
    let failed = |error| BackupError::File(file.to_owned(), error);
    let created = tokio::fs::OpenOptions::new().write(true).create_new(true).open(file).await.map_err(failed)?;
    let mut out = Out { file: Some(BufWriter::new(created)), bytes: 0, all: sha(), rows: sha() };
    let written = write(store, &mut out, file).await;
    if written.is_err() {
        // Half a backup is none; that it cannot be removed either is told by the error that ended it.
        let _stays = tokio::fs::remove_file(file).await;
    }
    written
}

/// The digest of all rows, as [`Copied::digest`]: equal for equal desks, whatever their engine.
///
/// # Errors
/// The database fails.
pub async fn digest(store: &Store) -> Result<String, BackupError> {
    let mut out = Out { file: None, bytes: 0, all: sha(), rows: sha() };
    Ok(write(store, &mut out, Path::new("")).await?.digest)
}

async fn write(store: &Store, out: &mut Out, path: &Path) -> Result<Copied, BackupError> {
    let failed = |error| BackupError::File(path.to_owned(), error);
    let mut snapshot = store.snapshot().await?;
    let header = Header { madoguchi: "backup".into(), format: FORMAT, schema: schema_version() };
    out.line(&json(&header), false).await.map_err(failed)?;
    let rows = write_tables(&mut snapshot, out, path).await?;
    let trailer = Trailer { rows, sha256: hex(out.all.clone()) };
    out.line(&json(&trailer), false).await.map_err(failed)?;
    if let Some(file) = &mut out.file {
        file.flush().await.map_err(failed)?;
        file.get_ref().sync_all().await.map_err(failed)?;
    }
    Ok(Copied { rows, bytes: out.bytes, digest: hex(out.rows.clone()) })
}

async fn write_tables(snapshot: &mut Snapshot, out: &mut Out, path: &Path) -> Result<u64, BackupError> {
    let failed = |error| BackupError::File(path.to_owned(), error);
    let mut count = 0;
    for table in snapshot.tables().to_vec() {
        let columns = table.columns.iter().map(|(name, _)| name.clone()).collect();
        out.line(&json(&TableLine { table: table.name.into(), columns }), true).await.map_err(failed)?;
        // A row of blobs may have megabytes.
        let limit = if table.name == "blobs" { 64 } else { BATCH };
        let mut after: Option<Vec<Cell>> = None;
        loop {
            let page = snapshot.page(&table, after.as_deref(), limit).await?;
            let Some(last) = page.last() else { break };
            after = Some(table.key.iter().map(|column| last.get(column).clone()).collect());
            for row in &page {
                let cells: Vec<Value> = row.cells.iter().map(value).collect();
                out.line(&json(&cells), true).await.map_err(failed)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

#[expect(clippy::expect_used, reason = "texts, integers and lists of them: nothing JSON cannot say")]
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a line is JSON")
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(number) => (*number).into(),
        Cell::Text(text) => text.as_str().into(),
        Cell::Bytes(bytes) => serde_json::json!({ "base64": STANDARD.encode(bytes) }),
    }
}

fn cell(value: Value) -> Option<Cell> {
    Some(match value {
        Value::Null => Cell::Null,
        Value::Number(number) => Cell::Int(number.as_i64()?),
        Value::String(text) => Cell::Text(text),
        Value::Object(bytes) => Cell::Bytes(STANDARD.decode(bytes.get("base64")?.as_str()?).ok()?),
        _ => return None,
    })
}

/// Loads a backup into an empty database of either engine, all of it or nothing, and verifies it.
///
/// # Errors
/// The file is damaged, no backup or of a newer schema, the database is not empty, or `verify` finds a fault.
pub async fn restore(file: &Path, url: &str) -> Result<Copied, BackupError> {
    let expected = check(file).await?;
    let store = Store::open(url, Clock::Real).await?;
    let mut load = store.load().await?;
    fill(&mut load, file, None).await?;
    load.commit().await?;
    let copied = Copied { digest: digest(&store).await?, ..expected };
    crate::verify(&store, &crate::Verify::default()).await?;
    store.close().await;
    Ok(copied)
}

/// One tenant put back from a backup of the whole desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TenantRestored {
    /// The tenant's id.
    pub tenant: TenantId,
    /// Its rows that were loaded.
    pub rows: u64,
    /// The tenant's last fact now, as the backup has it.
    pub facts: u64,
    /// The whole desk as it was before.
    pub kept: PathBuf,
}

/// Puts one tenant's rows back as a backup has them, all or nothing, and touches no other tenant. What was there before is
/// copied to `kept` first; the desk must be stopped. Verifies the whole desk at the end.
///
/// Facts written since the backup are gone from the database: checkpoints kept outside tell, and `verify --checkpoints` names it.
///
/// # Errors
/// The file is damaged or has no such tenant, the desk runs, the copy cannot be made, a person of the tenant stands against
/// another one, or `verify` finds a fault.
pub async fn restore_tenant(file: &Path, url: &str, name: &str, kept: &Path) -> Result<TenantRestored, BackupError> {
    check(file).await?;
    let store = Store::open(url, Clock::Real).await?;
    if let Some(node) = store.system().nodes().await?.first() {
        return Err(refused(format!("the desk runs ({}); stop it first", node.name)));
    }
    let one = One::find(file, name).await?;
    backup(&store, kept).await?;
    let mut load = store.load_tenant(&one.tenant).await?;
    let rows = fill(&mut load, file, Some(&one)).await?;
    load.commit().await?;
    crate::verify(&store, &crate::Verify::default()).await?;
    let facts = store.tenant(&one.tenant).head().await?.map_or(0, |head| head.seq);
    store.close().await;
    Ok(TenantRestored { tenant: one.tenant, rows, facts, kept: kept.to_owned() })
}

/// Which rows of a backup are one tenant's.
struct One {
    tenant: TenantId,
    /// Ids of the people who have a role in it or a right lent.
    people: HashSet<String>,
}

impl One {
    async fn find(file: &Path, name: &str) -> Result<Self, BackupError> {
        let mut reader = Rows::open(file).await?;
        let (mut found, mut people): (Vec<String>, HashSet<(String, String)>) = (vec![], HashSet::new());
        while let Some((table, row)) = reader.next().await? {
            let text = |column: &str| table.text(&row, column);
            match table.table.as_str() {
                "tenants" if [text("id"), text("name")].contains(&Some(name)) => {
                    found.extend(text("id").map(str::to_owned));
                }
                "memberships" | "delegations" => {
                    let who = ["person", "giver", "taker"].into_iter().filter_map(text);
                    let whose = text("tenant").unwrap_or_default();
                    people.extend(who.map(|person| (whose.to_owned(), person.to_owned())));
                }
                _ => {}
            }
        }
        match found.as_slice() {
            [tenant] => {
                let own = people.into_iter().filter(|(whose, _)| whose == tenant);
                Ok(Self { people: own.map(|(_, person)| person).collect(), tenant: TenantId::new(tenant) })
            }
            [] => Err(refused(format!("the backup has no customer named {name}"))),
            _ => Err(refused(format!("the backup has several customers named {name}; give the id"))),
        }
    }

    /// Whether a row belongs to it, or is a person it needs who is not there.
    async fn wants(&self, load: &mut Load, table: &TableLine, row: &[Cell]) -> Result<bool, BackupError> {
        let own = if table.table == "tenants" { "id" } else { "tenant" };
        if let Some(whose) = table.text(row, own) {
            return Ok(whose == self.tenant.as_str());
        }
        match table.text(row, "id").filter(|id| table.table == "people" && self.people.contains(*id)) {
            Some(person) => Ok(!load.has_person(person).await?),
            None => Ok(false),
        }
    }
}

fn refused(what: impl Into<String>) -> BackupError {
    BackupError::Refused(what.into())
}

fn damaged(error: impl std::fmt::Display) -> BackupError {
    refused(format!("the backup is damaged: {error}"))
}

async fn open(file: &Path) -> Result<BufReader<File>, BackupError> {
    let opened = File::open(file).await.map_err(|error| BackupError::File(file.to_owned(), error))?;
    Ok(BufReader::with_capacity(1 << 20, opened))
}

/// The next line without its end; none at the end of the file.
async fn next_line(reader: &mut BufReader<File>, file: &Path) -> Result<Option<String>, BackupError> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).await.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => damaged("a line is not UTF-8"),
        _ => BackupError::File(file.to_owned(), error),
    })?;
    if line.ends_with('\n') {
        line.pop();
    } else if read > 0 {
        return Err(damaged("it ends in the middle of a line"));
    }
    Ok((read > 0).then_some(line))
}

/// Reads the whole file once, before anything is written anywhere.
async fn check(file: &Path) -> Result<Copied, BackupError> {
    let mut reader = open(file).await?;
    let header = next_line(&mut reader, file).await?.ok_or_else(|| damaged("it is empty"))?;
    let read: Header = serde_json::from_str(&header).map_err(|_| refused("the file is no backup of madoguchi"))?;
    if read.madoguchi != "backup" || read.format != FORMAT {
        return Err(refused(format!("the backup has format {}, and this program reads {FORMAT}", read.format)));
    }
    if read.schema > schema_version() {
        let known = schema_version();
        return Err(refused(format!(
            "the backup has schema {}, newer than this program's {known}; use a newer one",
            read.schema
        )));
    }
    let mut sum = sha();
    let (mut bytes, mut rows) = (0, 0);
    let mut line = header;
    loop {
        let Some(next) = next_line(&mut reader, file).await? else { break };
        rows += u64::from(line.starts_with('['));
        for piece in [line.as_bytes(), b"\n"] {
            sum.update(piece);
            bytes += piece.len() as u64;
        }
        line = next;
    }
    let trailer: Trailer = serde_json::from_str(&line).map_err(|_| damaged("it has no end"))?;
    if trailer.sha256 != hex(sum) || trailer.rows != rows {
        return Err(damaged("its checksum is another one"));
    }
    Ok(Copied { rows, bytes: bytes + line.len() as u64 + 1, digest: String::new() })
}

/// The rows of a backup, one after the other, each with its table.
struct Rows<'a> {
    reader: BufReader<File>,
    file: &'a Path,
    table: Arc<TableLine>,
    /// Bytes of the last row's line.
    bytes: usize,
}

impl<'a> Rows<'a> {
    async fn open(file: &'a Path) -> Result<Self, BackupError> {
        let table = Arc::new(TableLine { table: String::new(), columns: vec![] });
        Ok(Self { reader: open(file).await?, file, table, bytes: 0 })
    }

    async fn next(&mut self) -> Result<Option<(Arc<TableLine>, Vec<Cell>)>, BackupError> {
        while let Some(line) = next_line(&mut self.reader, self.file).await? {
            if line.starts_with("{\"table\"") {
                self.table = Arc::new(serde_json::from_str(&line).map_err(damaged)?);
            }
            if line.starts_with('[') {
                let values: Vec<Value> = serde_json::from_str(&line).map_err(damaged)?;
                let cells: Option<Vec<Cell>> = values.into_iter().map(cell).collect();
                self.bytes = line.len();
                return Ok(Some((self.table.clone(), cells.ok_or_else(|| damaged("a value is of no kind"))?)));
            }
        }
        Ok(None)
    }
}

/// Loads the rows, all or those of one tenant. Says how many.
async fn fill(load: &mut Load, file: &Path, one: Option<&One>) -> Result<u64, BackupError> {
    let mut source = Rows::open(file).await?;
    let (mut rows, mut bytes, mut count) = (vec![], 0, 0);
    let mut of = source.table.clone();
    while let Some((table, row)) = source.next().await? {
        if rows.len() >= BATCH as usize || bytes >= BATCH_BYTES || table.table != of.table {
            insert(load, &of, &mut rows).await?;
            (bytes, of) = (0, table.clone());
        }
        let wanted = match one {
            Some(one) => one.wants(load, &table, &row).await?,
            None => true,
        };
        if wanted {
            rows.push(row);
            bytes += source.bytes;
            count += 1;
        }
    }
    insert(load, &of, &mut rows).await?;
    Ok(count)
}

async fn insert(load: &mut Load, table: &TableLine, rows: &mut Vec<Vec<Cell>>) -> Result<(), BackupError> {
    match rows.is_empty() {
        true => Ok(()),
        false => Ok(load.insert(&table.table, &table.columns, std::mem::take(rows)).await?),
    }
}
