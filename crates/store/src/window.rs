//! Windows of work: a cache of the fold over their facts; the words stand in blobs alone.

use crate::scope::reads;
use crate::values::{Val, row, vals};
use crate::{Failure, StaffScope, Write};
use domain::ids::{BlobId, ProjectKey, RecordKey, TenantId};
use domain::time::Instant;
use domain::window::{Standing, Window, WindowState};

/// A window with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowRow {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name, `KEY-Wn`.
    pub key: RecordKey,
    /// Its project.
    pub project: ProjectKey,
    /// `planned` or `customer`.
    pub kind: String,
    /// Patterns of hosts, one a line, empty for the whole project; none where the words were erased.
    pub hosts: Option<String>,
    /// What is done; empty where the words were erased.
    pub work: String,
    /// Who told it by telephone.
    pub caller: Option<String>,
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// When it was announced.
    pub announced: Instant,
    /// When it ended; none while it stands.
    pub ended: Option<Instant>,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

impl WindowRow {
    /// Where it stands at an instant.
    pub fn state(&self, now: Instant) -> WindowState {
        WindowState::at(now, self.from, self.to, self.ended.is_some(), self.cancelled)
    }

    /// The window as the intake meets it.
    pub fn standing(&self) -> Standing {
        Standing { key: self.key.clone(), hosts: self.hosts.clone(), from: self.from, to: self.to }
    }
}

row! {
    /// A window as the table holds it, with the bytes of its blobs.
    pub struct StoredWindow {
        pub tenant: TenantId,
        pub key: RecordKey,
        pub project: ProjectKey,
        pub kind: String,
        pub hosts: Option<Vec<u8>>,
        pub work: Option<Vec<u8>>,
        pub caller: Option<Vec<u8>>,
        pub begins: Instant,
        pub ends: Instant,
        pub announced: Instant,
        pub ended: Option<Instant>,
        pub cancelled: u32,
    }
}

impl From<StoredWindow> for WindowRow {
    fn from(it: StoredWindow) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self {
            tenant: it.tenant,
            key: it.key,
            project: it.project,
            kind: it.kind,
            hosts: it.hosts.map(text),
            work: it.work.map(text).unwrap_or_default(),
            caller: it.caller.map(text),
            from: it.begins,
            to: it.ends,
            announced: it.announced,
            ended: it.ended,
            cancelled: it.cancelled != 0,
        }
    }
}

/// What every query of a window selects.
const WINDOW: &str = "SELECT w.tenant, w.key, w.project, w.kind, h.bytes AS hosts, k.bytes AS work, c.bytes AS caller, \
                      w.begins, w.ends, w.announced, w.ended, w.cancelled FROM windows w \
                      LEFT JOIN blobs h ON h.tenant = w.tenant AND h.id = w.hosts \
                      LEFT JOIN blobs k ON k.tenant = w.tenant AND k.id = w.work \
                      LEFT JOIN blobs c ON c.tenant = w.tenant AND c.id = w.caller";

reads! {
    /// A window by its name.
    pub async fn window(from, tenant, key: &RecordKey) -> Option<WindowRow> {
        let sql = format!("{WINDOW} WHERE w.tenant = $1 AND w.key = $2");
        let stored: Option<StoredWindow> = from.first(&sql, vals![tenant, key]).await?;
        Ok(stored.map(WindowRow::from))
    }

    /// The windows of a project that have not ended, coming ones too, the one that ends first before the others.
    pub async fn standing_windows(from, tenant, project: &ProjectKey) -> Vec<WindowRow> {
        let sql = format!("{WINDOW} WHERE w.tenant = $1 AND w.project = $2 AND w.ended IS NULL ORDER BY w.ends, w.number");
        let stored: Vec<StoredWindow> = from.all(&sql, vals![tenant, project]).await?;
        Ok(stored.into_iter().map(WindowRow::from).collect())
    }
}

/// Which windows of many tenants to list.
#[derive(Clone, Debug, Default)]
pub struct WindowQuery {
    /// Only of this project.
    pub project: Option<ProjectKey>,
    /// Only those that have not ended, or only those that have.
    pub standing: Option<bool>,
    /// Only those that come after this place in the list: its begin and its name.
    pub after: Option<(Instant, RecordKey)>,
}

impl StaffScope<'_> {
    /// Windows of these tenants, the last to begin first, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn windows(&self, query: &WindowQuery, limit: u32) -> Result<Vec<WindowRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let mut sql = format!("{WINDOW} WHERE w.tenant IN {tenants}");
        if let Some(project) = &query.project {
            vals.push(Val::from(project));
            sql += &format!(" AND w.project = ${}", vals.len());
        }
        match query.standing {
            Some(true) => sql += " AND w.ended IS NULL",
            Some(false) => sql += " AND w.ended IS NOT NULL",
            None => {}
        }
        if let Some((begins, key)) = &query.after {
            sql += &format!(" AND (w.begins, w.key) < (${}, ${})", vals.len() + 1, vals.len() + 2);
            vals.append(&mut vals![*begins, key]);
        }
        sql += &format!(" ORDER BY w.begins DESC, w.key DESC LIMIT ${}", vals.len() + 1);
        vals.push(Val::from(limit));
        let stored: Vec<StoredWindow> = self.db().all(&sql, vals).await?;
        Ok(stored.into_iter().map(WindowRow::from).collect())
    }
}

impl Write {
    /// The number of the project's next window, from 1 without gaps.
    ///
    /// # Errors
    /// The database fails.
    pub async fn next_window(&mut self, project: &ProjectKey) -> Result<u64, Failure> {
        // Nobody else counts meanwhile: the chain's head is locked.
        let sql = "SELECT COALESCE(MAX(number), 0) + 1 FROM windows WHERE tenant = $1 AND project = $2";
        let (tx, tenant) = self.parts();
        let next: Option<(i64,)> = tx.first(sql, vals![tenant, project]).await?;
        Ok(next.and_then(|(next,)| u64::try_from(next).ok()).unwrap_or(1))
    }

    /// Stores a window as its facts tell it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn save_window(&mut self, it: &Window) -> Result<(), Failure> {
        // The row refers to the blobs.
        self.flush().await?;
        let caller: Option<&BlobId> = it.caller.as_ref();
        let ended = it.ended.as_ref().map(|mark| mark.at);
        let row = vals![
            self.tenant(),
            &it.key,
            &it.project,
            it.number,
            it.kind.code(),
            &it.hosts,
            &it.work,
            caller,
            it.from,
            it.to,
            it.announced.at,
            ended,
            u32::from(it.cancelled)
        ];
        let head = "INSERT INTO windows (tenant, key, project, number, kind, hosts, work, caller, begins, ends, announced, \
                    ended, cancelled)";
        let tail = "ON CONFLICT (tenant, key) DO UPDATE SET ends = excluded.ends, ended = excluded.ended, \
                    cancelled = excluded.cancelled";
        self.insert(head, vec![row], tail).await
    }
}
