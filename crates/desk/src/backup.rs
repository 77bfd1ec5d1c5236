//! One file for a whole desk, whatever its engine (F42).
//!
//! JSON Lines. First a header; then for each table a line with its name and columns and one array a row; last the count of
//! rows and the SHA-256 over every byte before that line. A column of bytes holds `{"base64":"..."}`. Rows come in the order
//! of their key, so equal desks give equal lines.

use crate::VerifyError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};
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
    fill(&mut load, file).await?;
    load.commit().await?;
    let copied = Copied { digest: digest(&store).await?, ..expected };
    crate::verify(&store, &crate::Verify::default()).await?;
    store.close().await;
    Ok(copied)
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

async fn fill(load: &mut Load, file: &Path) -> Result<(), BackupError> {
    let mut reader = open(file).await?;
    let mut table = TableLine { table: String::new(), columns: vec![] };
    let (mut rows, mut bytes) = (vec![], 0);
    while let Some(line) = next_line(&mut reader, file).await? {
        if line.starts_with('[') {
            let values: Vec<Value> = serde_json::from_str(&line).map_err(damaged)?;
            let cells: Option<Vec<Cell>> = values.into_iter().map(cell).collect();
            rows.push(cells.ok_or_else(|| damaged("a value is of no kind"))?);
            bytes += line.len();
        }
        if rows.len() >= BATCH as usize || bytes >= BATCH_BYTES || !line.starts_with('[') {
            if !rows.is_empty() {
                load.insert(&table.table, &table.columns, std::mem::take(&mut rows)).await?;
            }
            bytes = 0;
        }
        if line.starts_with("{\"table\"") {
            table = serde_json::from_str(&line).map_err(damaged)?;
        }
    }
    Ok(())
}
