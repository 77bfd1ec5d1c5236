//! The index of words, where SQLite (FTS5) and PostgreSQL (GIN over `tsvector`) differ. Both are given tokens, not texts, so that they
//! agree on what a word is ([`domain::search`]).

use super::{Db, Tx};
use crate::Failure;
use crate::scope::list;
use crate::search::{FoundRow, Indexed, WordQuery};
use crate::values::{Val, vals};
use domain::ids::{RecordKey, TenantId};
use domain::search::Phrase;

/// Places in a `tsvector` end here; what stands beyond is found, but not as part of a phrase.
const PLACES_MAX: usize = 16_383;

const INTO_TEXTS: &str = "INSERT INTO search_texts (tenant, id, record, project, seq, internal, blob) \
                          VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
const INTO_WORDS: &str = "INSERT INTO search_words (rowid, whose, words) VALUES ($1, $2, $3)";
const INTO_BOTH: &str = "INSERT INTO search_texts (tenant, id, record, project, seq, internal, blob, words) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, CAST(CAST($8 AS TEXT) AS TSVECTOR)) ON CONFLICT DO NOTHING";

impl Tx {
    /// Indexes a text.
    pub(crate) async fn add_words(&mut self, tenant: &TenantId, text: &Indexed) -> Result<(), Failure> {
        let mut id = text.id();
        let place =
            |id: i64| vals![tenant, id, &text.record, &text.project, text.seq, u32::from(text.internal), &text.blob];
        let is_sqlite = matches!(self, Self::Sqlite(_));
        if !is_sqlite {
            let mut row = place(id);
            row.push(Val::from(vector(&text.tokens)));
            return self.run(INTO_BOTH, row).await.map(drop);
        }
        // The id is the place in the index over all tenants: where another's text has it, the next one is as good.
        while self.run(INTO_TEXTS, place(id)).await? == 0 {
            id += 1;
        }
        let whose = format!("{tenant} {}", if text.internal { "internal" } else { TOLD });
        self.run(INTO_WORDS, vals![id, whose, text.tokens.join(" ")]).await.map(drop)
    }

    /// Takes all texts of a tenant out of the index, which then begins with the tenant's first fact.
    pub(crate) async fn forget_words(&mut self, tenant: &TenantId) -> Result<(), Failure> {
        if matches!(self, Self::Sqlite(_)) {
            let words = "DELETE FROM search_words WHERE rowid IN (SELECT id FROM search_texts WHERE tenant = $1)";
            self.run(words, vals![tenant]).await?;
        }
        self.run("DELETE FROM search_texts WHERE tenant = $1", vals![tenant]).await?;
        self.run("DELETE FROM search_places WHERE tenant = $1", vals![tenant]).await.map(drop)
    }

    /// Takes the texts of a record out of the index: of one fact, or all up to one.
    pub(crate) async fn drop_words(
        &mut self,
        tenant: &TenantId,
        record: &RecordKey,
        (from, to): (u64, u64),
    ) -> Result<(), Failure> {
        let vals = || vals![tenant, record, from, to];
        if matches!(self, Self::Sqlite(_)) {
            let words = "DELETE FROM search_words WHERE rowid IN (SELECT id FROM search_texts \
                         WHERE tenant = $1 AND record = $2 AND seq BETWEEN $3 AND $4)";
            self.run(words, vals()).await?;
        }
        let texts = "DELETE FROM search_texts WHERE tenant = $1 AND record = $2 AND seq BETWEEN $3 AND $4";
        self.run(texts, vals()).await.map(drop)
    }
}

/// Texts that are read before PostgreSQL's index is asked: 3,000 short ones cost it a millisecond.
const NEWEST: u32 = 3_000;

/// How the words are looked for.
#[derive(Clone, Copy)]
enum Way {
    /// Each of the newest texts is looked at.
    Newest,
    /// By the index.
    Index,
}

/// The token of what a customer may read, beside the tenant's own.
const TOLD: &str = "told";

impl Db {
    /// The newest texts with all the words.
    ///
    /// PostgreSQL's index finds every text with the words before the newest are taken, and a word that stands on many has its
    /// answer among the newest: these are read first, the index is asked for what is older than them.
    pub(crate) async fn found(
        &self,
        tenants: &[TenantId],
        query: &WordQuery<'_>,
        limit: u32,
    ) -> Result<Vec<FoundRow>, Failure> {
        let mut rows: Vec<FoundRow> = vec![];
        if matches!(self, Self::Postgres { .. }) && query.among.is_empty() && limit <= NEWEST {
            let (sql, vals) = self.question(tenants, query, limit, Way::Newest);
            rows = self.all(&sql, vals).await?;
        }
        let left = limit - u32::try_from(rows.len()).unwrap_or(limit).min(limit);
        if left > 0 {
            let older = WordQuery { before: rows.last().map_or(query.before, |row| row.id), ..query.clone() };
            let (sql, vals) = self.question(tenants, &older, left, Way::Index);
            rows.append(&mut self.all(&sql, vals).await?);
        }
        Ok(rows)
    }

    fn question(&self, tenants: &[TenantId], query: &WordQuery<'_>, limit: u32, way: Way) -> (String, Vec<Val>) {
        let (tenants_bound, mut vals) = list(0, tenants);
        let next = vals.len() + 1;
        let words = match self {
            Self::Sqlite { .. } => matched(tenants, query),
            Self::Postgres { .. } => asked(query.phrases),
        };
        vals.append(&mut vals![words, limit]);
        let [words, limit] = [next, next + 1];
        let id = match self {
            Self::Sqlite { .. } => "search_words.rowid",
            Self::Postgres { .. } => "t.id",
        };
        // A bound that bounds nothing would still be a reason for PostgreSQL's planner to read the index of places.
        let bounds = [
            (query.from > 0).then(|| (format!("{id} >="), Val::from(query.from))),
            (query.before < i64::MAX).then(|| (format!("{id} <"), Val::from(query.before))),
            query.project.as_ref().map(|project| ("t.project =".to_owned(), Val::from(project))),
        ];
        let mut only = String::new();
        for (what, val) in bounds.into_iter().flatten() {
            vals.push(val);
            only.push_str(&format!(" AND {what} ${}", vals.len()));
        }
        if !query.among.is_empty() {
            let (places, mut more) = list(vals.len(), query.among);
            vals.append(&mut more);
            only.push_str(&format!(" AND t.record IN {places}"));
        }
        if query.told_only {
            only.push_str(" AND t.internal = 0");
        }
        let tenants = tenants_bound;
        let asked = format!("t.words @@ CAST(CAST(${words} AS TEXT) AS TSQUERY)");
        // SQLite leaves the order of a CROSS JOIN as it is (sqlite.org/lang_select.html): the words are looked up first. The other
        // way round it asks the index anew for each text of the tenant.
        let of_readers = match self {
            Self::Sqlite { .. } => format!(
                "FROM search_words CROSS JOIN search_texts t ON t.id = search_words.rowid \
                 WHERE search_words MATCH ${words} AND t.tenant IN {tenants} {only}"
            ),
            Self::Postgres { .. } => format!("FROM search_texts t WHERE t.tenant IN {tenants} {only}"),
        };
        let columns = "t.tenant, t.id, t.record, t.seq, t.blob";
        let sql = match (self, way) {
            (Self::Sqlite { .. }, _) => {
                format!("SELECT {columns} {of_readers} ORDER BY {id} DESC LIMIT ${limit}")
            }
            (Self::Postgres { .. }, Way::Index) => {
                format!("SELECT {columns} {of_readers} AND {asked} ORDER BY t.id DESC LIMIT ${limit}")
            }
            (Self::Postgres { .. }, Way::Newest) => format!(
                "SELECT {columns} FROM (SELECT {columns}, t.words {of_readers} ORDER BY t.id DESC LIMIT {NEWEST}) t \
                 WHERE {asked} ORDER BY t.id DESC LIMIT ${limit}"
            ),
        };
        (sql, vals)
    }
}

/// Tenants that are named in the question to FTS5; more are only looked up in what it finds.
const NAMED_MAX: usize = 16;

/// A question to FTS5 (sqlite.org/fts5.html, "Full-text Query Syntax").
fn matched(tenants: &[TenantId], query: &WordQuery<'_>) -> String {
    let mut parts = vec![];
    if query.told_only {
        parts.push(format!("whose : \"{TOLD}\""));
    }
    if tenants.len() <= NAMED_MAX {
        let named: Vec<String> = tenants.iter().map(|tenant| quoted(tenant.as_str(), '"')).collect();
        parts.push(format!("whose : ({})", named.join(" OR ")));
    }
    parts.extend(query.phrases.iter().map(|phrase| {
        let end = if phrase.is_beginning { " *" } else { "" };
        format!("words : {}{end}", quoted(&phrase.tokens.join(" "), '"'))
    }));
    parts.join(" AND ")
}

/// A question to `tsquery`: the tokens of a phrase follow each other.
fn asked(phrases: &[Phrase]) -> String {
    let phrase = |phrase: &Phrase| {
        let mut tokens: Vec<String> = phrase.tokens.iter().map(|token| quoted(token, '\'')).collect();
        if let Some(last) = tokens.last_mut().filter(|_| phrase.is_beginning) {
            last.push_str(":*");
        }
        format!("({})", tokens.join(" <-> "))
    };
    phrases.iter().map(phrase).collect::<Vec<_>>().join(" & ")
}

/// A `tsvector` with each token at its place.
fn vector(tokens: &[String]) -> String {
    let token = |(place, token): (usize, &String)| format!("{}:{}", quoted(token, '\''), (place + 1).min(PLACES_MAX));
    tokens.iter().enumerate().map(token).collect::<Vec<_>>().join(" ")
}

/// A token between quotes. Tokens are letters and digits; a quote among them is doubled all the same.
fn quoted(token: &str, quote: char) -> String {
    format!("{quote}{}{quote}", token.replace(quote, &format!("{quote}{quote}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Store};
    use domain::ids::ProjectKey;

    #[tokio::test]
    async fn sqlite_looks_the_words_up_once_and_then_each_text_by_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("words.db").display());
        let store = Store::open(&url, Clock::Real).await.unwrap();
        let phrases = domain::search::phrases("構成");
        let all =
            WordQuery { phrases: &phrases, told_only: false, project: None, before: i64::MAX, from: 0, among: &[] };
        let tenants = [TenantId::new("abc"), TenantId::new("def")];
        let (project, among) = (ProjectKey::new("ACME"), [RecordKey::new("ACME-1")]);
        for query in [
            WordQuery { told_only: true, ..all.clone() },
            WordQuery { project: Some(project), ..all.clone() },
            WordQuery { from: 7, among: &among, ..all.clone() },
            all,
        ] {
            for tenants in [&tenants[..1], &tenants] {
                let scope = store.staff(tenants);
                let (sql, vals) = scope.db().question(tenants, &query, 50, Way::Index);
                let plan: Vec<(i64, i64, i64, String)> =
                    scope.db().all(&format!("EXPLAIN QUERY PLAN {sql}"), vals).await.unwrap();
                let plan: Vec<&str> = plan.iter().map(|(.., step)| step.as_str()).collect();
                let [first, then, rest @ ..] = plan.as_slice() else { panic!("{plan:?}") };
                assert!(first.starts_with("SCAN search_words VIRTUAL TABLE INDEX"), "{plan:?}");
                assert!(then.starts_with("SEARCH t USING INTEGER PRIMARY KEY"), "{plan:?}");
                assert!(rest.iter().all(|step| !step.contains("search_words")), "{plan:?}");
            }
        }
    }

    #[test]
    fn questions_are_put_as_each_database_reads_them() {
        let phrases = domain::search::phrases("SSL証 期限切れ");
        let query =
            WordQuery { phrases: &phrases, told_only: true, project: None, before: i64::MAX, from: 0, among: &[] };
        let tenant = TenantId::new("abc");
        assert_eq!(
            matched(&[tenant], &query),
            "whose : \"told\" AND whose : (\"abc\") AND words : \"ssl 証\" * AND words : \"期限 限切 切れ\""
        );
        assert_eq!(asked(&phrases), "('ssl' <-> '証':*) & ('期限' <-> '限切' <-> '切れ')");
        assert_eq!(vector(&domain::search::tokens("期限 ssl")), "'期限':1 '限':2 'ssl':3");
    }
}
