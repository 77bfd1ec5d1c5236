//! Headers of records that are only their process: a cache of the fold over their facts.

use crate::scope::reads;
use crate::values::{Val, row, vals};
use crate::{Failure, StaffScope, Write};
use domain::ids::{PersonId, ProjectKey, RecordKey, TenantId};
use domain::time::Instant;

row! {
    /// The header of a record.
    pub struct RecordRow {
        /// Whose it is.
        pub tenant: TenantId,
        /// `KEY-n`.
        pub key: RecordKey,
        /// Its project.
        pub project: ProjectKey,
        /// Its number in the project.
        pub number: u64,
        /// Code of its process.
        pub kind: String,
        /// Its state's code.
        pub state: String,
        /// What a person acting on it must have seen.
        pub version: u64,
        /// Its title.
        pub title: String,
        /// Who holds it.
        pub assignee: Option<PersonId>,
        /// When it was opened.
        pub opened: Instant,
        /// When it ended, once it did.
        pub ended: Option<Instant>,
    }
}

/// Which records to list.
#[derive(Clone, Debug, Default)]
pub struct RecordQuery {
    /// Only of this process.
    pub process: Option<String>,
    /// Only open ones, only ended ones, or both.
    pub open: Option<bool>,
    /// Only of this project.
    pub project: Option<ProjectKey>,
    /// Only those that come after this place in the list: opened when, and its key.
    pub after: Option<(Instant, RecordKey)>,
}

/// Incidents and requests have tables and rules of their own.
const HEADER: &str = "SELECT tenant, key, project, number, kind, state, version, title, assignee, opened, ended FROM records \
                      WHERE kind NOT IN ('incident', 'request')";

reads! {
    /// The header of a record of a process that is only its file.
    pub async fn record(from, tenant, key: &RecordKey) -> Option<RecordRow> {
        let sql = format!("{HEADER} AND tenant = $1 AND key = $2");
        from.first(&sql, vals![tenant, key]).await
    }
}

impl StaffScope<'_> {
    /// Records of these tenants, the latest opened first, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn records(&self, query: &RecordQuery, limit: u32) -> Result<Vec<RecordRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let mut sql = format!("{HEADER} AND tenant IN {tenants}");
        match query.open {
            Some(true) => sql += " AND ended IS NULL",
            Some(false) => sql += " AND ended IS NOT NULL",
            None => {}
        }
        if let Some(process) = &query.process {
            vals.push(Val::from(process));
            sql += &format!(" AND kind = ${}", vals.len());
        }
        if let Some(project) = &query.project {
            vals.push(Val::from(project));
            sql += &format!(" AND project = ${}", vals.len());
        }
        if let Some((opened, key)) = &query.after {
            sql += &format!(" AND (opened, key) < (${}, ${})", vals.len() + 1, vals.len() + 2);
            vals.append(&mut vals![*opened, key]);
        }
        sql += &format!(" ORDER BY opened DESC, key DESC LIMIT ${}", vals.len() + 1);
        vals.push(Val::from(limit));
        self.db().all(&sql, vals).await
    }
}

impl Write {
    /// Stores the header of a record, a new one or a changed one, whose tenant is this one whatever the row says.
    ///
    /// # Errors
    /// The database fails.
    pub async fn save_record(&mut self, row: RecordRow) -> Result<(), Failure> {
        let tenant = self.tenant().clone();
        let record = vals![
            &tenant,
            &row.key,
            &row.project,
            row.number,
            row.kind,
            row.state,
            row.version,
            row.title,
            row.assignee.as_ref(),
            row.opened,
            row.ended
        ];
        self.save_header(vec![record]).await
    }

    /// Stores headers, each as (tenant, key, project, number, kind, state, version, title, assignee, opened, ended).
    pub(crate) async fn save_header(&mut self, records: Vec<Vec<Val>>) -> Result<(), Failure> {
        let head = "INSERT INTO records \
                    (tenant, key, project, number, kind, state, version, title, assignee, opened, ended)";
        let tail = "ON CONFLICT (tenant, key) DO UPDATE SET state = excluded.state, version = excluded.version, \
                    title = excluded.title, assignee = excluded.assignee, ended = excluded.ended";
        self.insert(head, records, tail).await
    }
}
