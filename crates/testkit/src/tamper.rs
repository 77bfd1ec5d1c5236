//! An attacker's hand in the database (F26): random changes by plain SQL, each with where `verify` must name it.
//!
//! The attacker owns the database: triggers and foreign keys are taken away first. The signing key and the checkpoints outside
//! are out of reach.

mod chain;

use anyhow::{Context, Result, bail};
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo as _, ValueRef as _};

/// Random numbers that a seed repeats (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same for the same seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub const fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Result<&'a T> {
        if of.is_empty() {
            bail!("there is nothing to choose from");
        }
        Ok(&of[self.below(of.len())])
    }
}

/// What was done, and where it must be found.
#[derive(Clone, Debug)]
pub struct Tampering {
    /// What was done, for people.
    pub what: String,
    /// Where it may be named; one of these is enough.
    pub places: Vec<Place>,
}

/// A tenant with a fact, a record, or a word that must be named.
#[derive(Clone, Debug)]
pub struct Place {
    /// The tenant.
    pub tenant: String,
    /// The fact.
    pub seq: Option<i64>,
    /// The record.
    pub record: Option<String>,
    /// A word of the sentence.
    pub word: Option<String>,
}

impl Place {
    fn fact(tenant: &str, seq: i64) -> Self {
        Self { tenant: tenant.to_owned(), seq: Some(seq), record: None, word: None }
    }

    fn record(tenant: &str, record: &str) -> Self {
        Self { tenant: tenant.to_owned(), seq: None, record: Some(record.to_owned()), word: None }
    }

    fn word(tenant: &str, word: &str) -> Self {
        Self { tenant: tenant.to_owned(), seq: None, record: None, word: Some(word.to_owned()) }
    }
}

impl Tampering {
    /// Whether a fault names one of the places exactly.
    pub fn is_named(&self, tenant: &str, seq: u64, record: Option<&str>, what: &str) -> bool {
        self.places.iter().any(|place| {
            place.tenant == tenant
                && place.seq.is_none_or(|expected| u64::try_from(expected) == Ok(seq))
                && place.record.as_deref().is_none_or(|expected| record == Some(expected))
                && place.word.as_deref().is_none_or(|expected| what.contains(expected))
        })
    }
}

/// The kinds of change, each as likely as the others.
const KINDS: [Kind; 22] = [
    Kind::JsonByte,
    Kind::HashByte,
    Kind::FactColumn,
    Kind::RowGone,
    Kind::RowsSwapped,
    Kind::RowInserted,
    Kind::FieldMoved,
    Kind::TailCut,
    Kind::HeadEdited,
    Kind::Cached("incidents", "slo_due"),
    Kind::Cached("incidents", "duty_due"),
    Kind::Cached("incidents", "alert_at"),
    Kind::Cached("records", "version"),
    Kind::Cached("windows", "ends"),
    Kind::State,
    Kind::Impact,
    Kind::TimerDue,
    Kind::AlertCount,
    Kind::KeptCount,
    Kind::Mail("received"),
    Kind::Mail("settled"),
    Kind::BlobBytes,
];

#[derive(Clone, Copy, Debug)]
enum Kind {
    JsonByte,
    HashByte,
    FactColumn,
    RowGone,
    RowsSwapped,
    RowInserted,
    FieldMoved,
    TailCut,
    HeadEdited,
    Cached(&'static str, &'static str),
    State,
    Impact,
    TimerDue,
    AlertCount,
    KeptCount,
    Mail(&'static str),
    BlobBytes,
}

/// A connection with nothing that protects the rows.
pub struct Hand {
    to: Connection,
}

enum Connection {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

/// A value as text; none for NULL.
type Row = Vec<Option<String>>;

struct Fact {
    tenant: String,
    seq: i64,
    record: Option<String>,
    kind: String,
    instant: i64,
    hash: String,
    json: String,
}

/// Copies a database into one of its own: a file `name` in `folder`, or a database `name` on the same server. Nobody may write
/// to it meanwhile, and on PostgreSQL nobody may be connected.
///
/// # Errors
/// The database does not answer, or `name` is taken.
pub async fn copy(url: &str, folder: &std::path::Path, name: &str) -> Result<String> {
    use sqlx::Connection as _;
    if url.starts_with("sqlite:") {
        let file = folder.join(format!("{name}.db"));
        let mut from = sqlx::SqliteConnection::connect(url).await?;
        let sql = format!("VACUUM INTO {}", text(&file.display().to_string()));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut from).await?;
        from.close().await?;
        return Ok(format!("sqlite://{}", file.display()));
    }
    let (server, database) = url.rsplit_once('/').context("the address names a database")?;
    let mut to = sqlx::PgConnection::connect(&format!("{server}/postgres")).await?;
    let sql = format!("CREATE DATABASE {database}_{name} TEMPLATE {database}");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut to).await?;
    to.close().await?;
    Ok(format!("{server}/{database}_{name}"))
}

/// What stands between an attacker without rights and the rows, by name and table.
const TRIGGERS: [(&str, &str); 8] = [
    ("facts_no_update", "facts"),
    ("facts_no_delete", "facts"),
    ("checkpoints_no_update", "checkpoints"),
    ("checkpoints_no_delete", "checkpoints"),
    ("facts_only_grow", "facts"),
    ("facts_never_emptied", "facts"),
    ("checkpoints_only_grow", "checkpoints"),
    ("checkpoints_never_emptied", "checkpoints"),
];

impl Hand {
    /// Connects to a copy of a desk's database and takes away what protects its rows.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn on(url: &str) -> Result<Self> {
        use sqlx::Connection as _;
        let to = if url.starts_with("sqlite:") {
            Connection::Sqlite(sqlx::SqliteConnection::connect(url).await?)
        } else {
            Connection::Postgres(sqlx::PgConnection::connect(url).await?)
        };
        let mut hand = Self { to };
        let is_sqlite = matches!(hand.to, Connection::Sqlite(_));
        for (trigger, table) in TRIGGERS {
            let on = if is_sqlite { String::new() } else { format!("ON {table}") };
            hand.run(&format!("DROP TRIGGER IF EXISTS {trigger} {on}")).await?;
        }
        // Foreign keys bind on neither engine from here on.
        hand.run(if is_sqlite { "PRAGMA foreign_keys = OFF" } else { "SET session_replication_role = replica" })
            .await?;
        Ok(hand)
    }

    /// Lets go of the database.
    ///
    /// # Errors
    /// The connection was lost.
    pub async fn close(self) -> Result<()> {
        use sqlx::Connection as _;
        match self.to {
            Connection::Sqlite(to) => to.close().await?,
            Connection::Postgres(to) => to.close().await?,
        }
        Ok(())
    }

    /// Runs statements.
    ///
    /// # Errors
    /// The database refuses one.
    pub async fn run(&mut self, sql: &str) -> Result<()> {
        let text = AssertSqlSafe(sql.to_owned());
        let done = match &mut self.to {
            Connection::Sqlite(to) => sqlx::raw_sql(text).execute(to).await.map(|_| ()),
            Connection::Postgres(to) => sqlx::raw_sql(text).execute(to).await.map(|_| ()),
        };
        done.with_context(|| sql.to_owned())
    }

    /// All rows of a query, each value as text.
    async fn rows(&mut self, sql: &str) -> Result<Vec<Row>> {
        let text = AssertSqlSafe(sql.to_owned());
        macro_rules! read {
            ($rows:expr, $int:literal) => {{
                let mut read = vec![];
                for row in $rows {
                    let mut cells: Row = vec![];
                    for column in row.columns() {
                        let place = column.ordinal();
                        let (is_null, is_int) = {
                            let raw = row.try_get_raw(place)?;
                            (raw.is_null(), raw.type_info().name() == $int)
                        };
                        cells.push(match (is_null, is_int) {
                            (true, _) => None,
                            (_, true) => Some(row.try_get::<i64, _>(place)?.to_string()),
                            _ => Some(row.try_get::<String, _>(place)?),
                        });
                    }
                    read.push(cells);
                }
                read
            }};
        }
        Ok(match &mut self.to {
            Connection::Sqlite(to) => read!(sqlx::query(text).fetch_all(to).await?, "INTEGER"),
            Connection::Postgres(to) => read!(sqlx::query(text).fetch_all(to).await?, "INT8"),
        })
    }

    async fn facts(&mut self) -> Result<Vec<Fact>> {
        let sql = "SELECT tenant, seq, record, kind, instant, hash, json FROM facts ORDER BY tenant, seq";
        self.rows(sql).await?.into_iter().map(Fact::read).collect()
    }

    /// Does one random change. A change that the data do not allow is drawn again.
    ///
    /// # Errors
    /// The database fails, or it holds too little to tamper with.
    pub async fn tamper(&mut self, dice: &mut Dice) -> Result<Tampering> {
        for _ in 0..100 {
            let kind = *dice.one(&KINDS)?;
            if let Some(tampering) = self.change(kind, dice).await? {
                return Ok(tampering);
            }
        }
        bail!("the database holds too little to tamper with")
    }

    async fn change(&mut self, kind: Kind, dice: &mut Dice) -> Result<Option<Tampering>> {
        let facts = self.facts().await?;
        let fact = dice.one(&facts)?;
        let (tenant, seq) = (fact.tenant.as_str(), fact.seq);
        let last = facts.iter().filter(|other| other.tenant == tenant).map(|other| other.seq).max().unwrap_or(seq);
        let here = vec![Place::fact(tenant, seq)];
        let (what, places) = match kind {
            Kind::JsonByte => {
                let json = one_byte_changed(&fact.json, dice);
                self.run(&fact.set("json", &text(&json))).await?;
                ("one byte of the JSON", here)
            }
            Kind::HashByte => {
                let hash = one_byte_changed(&fact.hash, dice);
                self.run(&fact.set("hash", &text(&hash))).await?;
                ("one byte of the hash", here)
            }
            Kind::FactColumn => return self.change_column(fact, &facts, last, dice).await.map(Some),
            Kind::RowGone => {
                self.run(&format!("DELETE FROM facts WHERE {}", fact.place())).await?;
                ("a fact gone", here)
            }
            Kind::RowsSwapped => {
                let other = dice.one(&facts)?;
                if other.tenant != tenant || other.seq == seq {
                    return Ok(None);
                }
                for (to, from) in [(fact, other), (other, fact)] {
                    self.run(&from.over(to)).await?;
                }
                ("two facts swapped", vec![Place::fact(tenant, seq.min(other.seq))])
            }
            Kind::RowInserted => {
                let Fact { kind, instant, hash, json, .. } = fact;
                let record = fact.record.as_ref().map_or("NULL".to_owned(), |record| text(record));
                let next = last + 1;
                let values = format!(
                    "{}, 0, {next}, {record}, {}, {instant}, {}, {}",
                    text(tenant),
                    text(kind),
                    text(hash),
                    text(json)
                );
                self.run(&format!(
                    "INSERT INTO facts (tenant, lane, seq, record, kind, instant, hash, json) VALUES ({values})"
                ))
                .await?;
                ("a fact inserted", vec![Place::fact(tenant, next)])
            }
            Kind::FieldMoved => {
                let other = dice.one(&facts)?;
                if other.tenant != tenant || other.instant == fact.instant {
                    return Ok(None);
                }
                for (to, from) in [(fact, other), (other, fact)] {
                    let json = to.json.replace(&instant_of(&to.json)?, &instant_of(&from.json)?);
                    self.run(&to.set("json", &text(&json))).await?;
                    self.run(&to.set("instant", &from.instant.to_string())).await?;
                }
                ("the instants of two facts exchanged", vec![Place::fact(tenant, seq.min(other.seq))])
            }
            Kind::TailCut => {
                self.run(&format!("DELETE FROM facts WHERE tenant = {} AND seq >= {seq}", text(tenant))).await?;
                ("the tail cut", here)
            }
            Kind::HeadEdited => {
                let by = i64::try_from(1 + dice.below(5))?;
                self.run(&format!("UPDATE chain_heads SET seq = seq + {by} WHERE tenant = {}", text(tenant))).await?;
                ("the head moved", vec![Place::fact(tenant, last + 1)])
            }
            Kind::Cached(table, column) => return self.change_row(table, "key", column, None, dice).await,
            Kind::State => return self.change_row("records", "key", "state", Some("'closed'"), dice).await,
            Kind::Impact => return self.change_row("incidents", "key", "impact", Some("'unjudged'"), dice).await,
            Kind::TimerDue => return self.change_row("timers", "subject", "due", None, dice).await,
            Kind::AlertCount => return self.change_row("alerts", "incident", "count", None, dice).await,
            Kind::KeptCount => return self.change_row("window_alerts", "window_key", "count", None, dice).await,
            Kind::Mail(column) => return self.change_mail(column, dice).await,
            Kind::BlobBytes => return self.change_blob(dice).await,
        };
        Ok(Some(Tampering { what: format!("{what} at fact {seq} ({})", fact.kind), places }))
    }

    /// Changes one of the other columns of a fact.
    async fn change_column(&mut self, fact: &Fact, facts: &[Fact], last: i64, dice: &mut Dice) -> Result<Tampering> {
        let mut places = vec![Place::fact(&fact.tenant, fact.seq)];
        let column = *dice.one(&["record", "kind", "instant", "lane", "seq", "tenant"])?;
        let value = match column {
            "record" => text(&format!("X-{}", dice.below(1_000))),
            "kind" => text("incident.noticed"),
            "instant" => (fact.instant + 1).to_string(),
            "lane" => (1 + dice.below(9)).to_string(),
            "seq" => (last + 1 + i64::try_from(dice.below(9))?).to_string(),
            _ => {
                // Where another tenant has no fact of that place; else to a tenant that is not there.
                let has = |tenant: &str| facts.iter().any(|other| other.tenant == tenant && other.seq == fact.seq);
                let free =
                    facts.iter().map(|other| other.tenant.as_str()).find(|tenant| !has(tenant)).unwrap_or("nobody");
                let end = facts.iter().filter(|other| other.tenant == free).map(|other| other.seq).max().unwrap_or(0);
                places.push(Place::fact(free, end + 1));
                text(free)
            }
        };
        self.run(&fact.set(column, &value)).await?;
        Ok(Tampering { what: format!("column {column} of fact {} set to {value}", fact.seq), places })
    }

    /// Changes one value of a row that keeps a fold: to a given one, or by a random number of milliseconds.
    async fn change_row(
        &mut self,
        table: &str,
        key: &str,
        column: &str,
        to: Option<&str>,
        dice: &mut Dice,
    ) -> Result<Option<Tampering>> {
        let unfired = if table == "timers" { "AND fired IS NULL" } else { "" };
        let other = to.map_or(String::new(), |to| format!("AND {column} <> {to}"));
        let rows = self
            .rows(&format!("SELECT tenant, {key}, {column} FROM {table} WHERE {column} IS NOT NULL {unfired} {other} ORDER BY 1, 2, 3"))
            .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let row = dice.one(&rows)?;
        let [Some(tenant), Some(record), Some(value)] = row.as_slice() else { bail!("a key without a value") };
        let new = match to {
            Some(to) => to.to_owned(),
            None => (value.parse::<i64>()? + 1 + i64::try_from(dice.below(3_600_000))?).to_string(),
        };
        let old = if to.is_some() { text(value) } else { value.clone() };
        self.run(&format!(
            "UPDATE {table} SET {column} = {new} WHERE tenant = {} AND {key} = {} AND {column} = {old} {unfired}",
            text(tenant),
            text(record)
        ))
        .await?;
        let what = format!("{table}.{column} of {record} from {value} to {new}");
        Ok(Some(Tampering { what, places: vec![Place::record(tenant, record)] }))
    }

    /// Changes an instant of a mail that came in; it belongs to no record, so that its number tells which.
    async fn change_mail(&mut self, column: &str, dice: &mut Dice) -> Result<Option<Tampering>> {
        let rows = self
            .rows(&format!("SELECT tenant, number FROM mails WHERE {column} IS NOT NULL ORDER BY tenant, number"))
            .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let row = dice.one(&rows)?;
        let [Some(tenant), Some(number)] = row.as_slice() else { bail!("a key without a value") };
        let (later, row) = (1 + dice.below(3_600_000), format!("tenant = {} AND number = {number}", text(tenant)));
        self.run(&format!("UPDATE mails SET {column} = {column} + {later} WHERE {row}")).await?;
        let what = format!("mails.{column} of {number} moved by {later}");
        Ok(Some(Tampering { what, places: vec![Place::word(tenant, &format!("mails.{column} of {number} "))] }))
    }

    async fn change_blob(&mut self, dice: &mut Dice) -> Result<Option<Tampering>> {
        let rows = self.rows("SELECT tenant, id FROM blobs WHERE bytes IS NOT NULL ORDER BY 1, 2").await?;
        let row = dice.one(&rows)?;
        let [Some(tenant), Some(id)] = row.as_slice() else { bail!("a blob without a name") };
        let column = *dice.one(&["bytes", "salt"])?;
        let bytes = format!("{:016x}", dice.roll());
        let literal = match self.to {
            Connection::Sqlite(_) => format!("x'{bytes}'"),
            Connection::Postgres(_) => format!("'\\x{bytes}'::bytea"),
        };
        self.run(&format!(
            "UPDATE blobs SET {column} = {literal} WHERE tenant = {} AND id = {}",
            text(tenant),
            text(id)
        ))
        .await?;
        Ok(Some(Tampering { what: format!("{column} of blob {id}"), places: vec![Place::word(tenant, id)] }))
    }
}

impl Fact {
    fn read(row: Row) -> Result<Self> {
        let [Some(tenant), Some(seq), record, Some(kind), Some(instant), Some(hash), Some(json)] =
            <[Option<String>; 7]>::try_from(row).map_err(|row| anyhow::anyhow!("{row:?} is no fact"))?
        else {
            bail!("a fact without a value")
        };
        Ok(Self { tenant, seq: seq.parse()?, record, kind, instant: instant.parse()?, hash, json })
    }

    fn place(&self) -> String {
        format!("tenant = {} AND lane = 0 AND seq = {}", text(&self.tenant), self.seq)
    }

    fn set(&self, column: &str, value: &str) -> String {
        format!("UPDATE facts SET {column} = {value} WHERE {}", self.place())
    }

    /// Writes this fact's content over another one, whose place stays.
    fn over(&self, other: &Self) -> String {
        let Self { kind, instant, hash, json, .. } = self;
        let record = self.record.as_ref().map_or("NULL".to_owned(), |record| text(record));
        let (kind, hash, json) = (text(kind), text(hash), text(json));
        let set = format!("record = {record}, kind = {kind}, instant = {instant}, hash = {hash}, json = {json}");
        format!("UPDATE facts SET {set} WHERE {}", other.place())
    }
}

/// `"instant":"..."` as it stands in a fact.
fn instant_of(json: &str) -> Result<String> {
    let from = json.find("\"instant\":\"").context("a fact has an instant")?;
    let end = json[from + 11..].find('"').context("an instant ends")?;
    Ok(json[from..from + 11 + end + 1].to_owned())
}

/// A text as SQL writes it.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text with one of its bytes replaced by another letter.
fn one_byte_changed(text: &str, dice: &mut Dice) -> String {
    let places: Vec<usize> =
        text.char_indices().filter(|(_, letter)| letter.is_ascii()).map(|(place, _)| place).collect();
    let place = places.get(dice.below(places.len().max(1))).copied().unwrap_or(0);
    let is = text.as_bytes().get(place).copied().unwrap_or(b'0');
    let letters = b"0123456789abcdefghijklmnopqrstuvwxyz{}[]\",: ";
    let other = letters[dice.below(letters.len())];
    let new = if other == is { b'~' } else { other };
    format!("{}{}{}", &text[..place], char::from(new), text.get(place + 1..).unwrap_or_default())
}
