//! A fresh database with a clock that is moved by hand, and the smallest rows that tests need.

use domain::access::{Actor, Role};
use domain::fact::{Body, NewFact};
use domain::ids::{KeyId, PersonId, ProjectKey, RecordKey, TenantId};
use domain::time::Instant;
use domain::words::Lang;
use sqlx::AssertSqlSafe;
use std::sync::Arc;
use store::{Clock, HandClock, IncidentRow, KeyRow, PersonRow, Store};
use tempfile::TempDir;
use testkit::postgres::Server;

/// A database of one test.
pub(crate) struct Bench {
    pub(crate) store: Store,
    pub(crate) clock: HandClock,
    pub(crate) url: String,
    folder: TempDir,
    _server: Option<Arc<Server>>,
}

/// 03:12 in Tokyo, when every test begins.
pub(crate) fn start() -> Instant {
    Instant::parse("2026-11-22T03:12:00+09:00").unwrap()
}

/// A fresh SQLite file.
pub(crate) async fn sqlite() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/desk.db", folder.path().display());
    Bench::open(url, folder, None).await
}

/// A fresh database on PostgreSQL.
pub(crate) async fn postgres() -> Bench {
    let server = Server::shared().await.unwrap();
    let url = server.create_database().await.unwrap();
    Bench::open(url, tempfile::tempdir().unwrap(), Some(server)).await
}

/// Runs contracts on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(crate::bench::sqlite().await).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(crate::bench::postgres().await).await; })*
        }
    };
}
pub(crate) use on_both;

impl Bench {
    async fn open(url: String, folder: TempDir, server: Option<Arc<Server>>) -> Self {
        let clock = HandClock::at(start());
        let store = Store::open(&url, Clock::Hand(clock.clone())).await.unwrap();
        Self { store, clock, url, folder, _server: server }
    }

    /// A folder that is gone after the test.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.store.engine() == "SQLite"
    }

    /// A customer.
    pub(crate) async fn tenant(&self, id: &str) -> TenantId {
        let tenant = TenantId::new(id);
        self.store.system().add_tenant(&tenant, "○○商事", "customer").await.unwrap().commit().await.unwrap();
        tenant
    }

    /// A customer with one project.
    pub(crate) async fn customer(&self, id: &str, project: &str) -> (TenantId, ProjectKey) {
        let (tenant, project) = (self.tenant(id).await, ProjectKey::new(project));
        let mut write = self.store.write(&tenant).await.unwrap();
        write.add_project(&project, "販売管理").await.unwrap();
        write.commit().await.unwrap();
        (tenant, project)
    }

    /// A customer with one project and its first incident.
    pub(crate) async fn incident(&self, id: &str, project: &str) -> (TenantId, ProjectKey, RecordKey) {
        let (tenant, project) = self.customer(id, project).await;
        let mut write = self.store.write(&tenant).await.unwrap();
        let number = write.next_number(&project).await.unwrap();
        write.save_incidents(vec![incident(&tenant, &project, number)]).await.unwrap();
        write.commit().await.unwrap();
        let key = project.record(number);
        (tenant, project, key)
    }

    /// A person.
    pub(crate) async fn person(&self, id: &str) -> PersonId {
        let person = PersonRow {
            id: PersonId::new(id),
            email: format!("{id}@Example.JP"),
            name: format!("田中 {id}"),
            reading: String::new(),
            lang: Lang::Ja,
            password: None,
            created: start(),
            disabled: None,
        };
        self.store.system().add_person(&person).await.unwrap();
        person.id
    }

    /// Runs a statement behind the store's back, as a hand in the database would.
    pub(crate) async fn raw(&self, sql: &str) -> Result<(), String> {
        let sql = AssertSqlSafe(sql.to_owned());
        let run = async {
            if self.is_sqlite() {
                let pool = sqlx::SqlitePool::connect(&self.url).await?;
                sqlx::raw_sql(sql).execute(&pool).await?;
            } else {
                let pool = sqlx::PgPool::connect(&self.url).await?;
                sqlx::raw_sql(sql).execute(&pool).await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        run.await.map_err(|error| error.to_string())
    }

    /// Rows of texts, read behind the store's back.
    pub(crate) async fn look(&self, sql: &str) -> Vec<(String, String, String)> {
        let query = AssertSqlSafe(sql.to_owned());
        if self.is_sqlite() {
            let pool = sqlx::SqlitePool::connect(&self.url).await.unwrap();
            sqlx::query_as(query).fetch_all(&pool).await.unwrap()
        } else {
            let pool = sqlx::PgPool::connect(&self.url).await.unwrap();
            sqlx::query_as(query).fetch_all(&pool).await.unwrap()
        }
    }
}

/// A fact without a record.
pub(crate) fn fact() -> NewFact {
    let body = Body::KeyRevoked { key: KeyId::new("k") };
    NewFact { record: None, body, actor: Actor::Console, role: None, reason: None }
}

/// An open incident that nobody has looked at.
pub(crate) fn incident(tenant: &TenantId, project: &ProjectKey, number: u64) -> IncidentRow {
    IncidentRow {
        tenant: tenant.clone(),
        key: project.record(number),
        project: project.clone(),
        number,
        state: "open".into(),
        version: 1,
        title: "web01 応答なし".into(),
        assignee: None,
        opened: start(),
        ended: None,
        impact: "unjudged".into(),
        alert_at: start(),
        slo_due: start().plus_minutes(15),
        sla_due: Some(start().plus_minutes(30)),
        notified_at: None,
        duty: Some("judge".into()),
        duty_due: Some(start().plus_minutes(15)),
        known: 0,
        merged_into: None,
        children: 0,
        cause: None,
    }
}

/// An intake key.
pub(crate) fn key(tenant: &TenantId, project: &ProjectKey, id: &str) -> KeyRow {
    KeyRow {
        tenant: tenant.clone(),
        id: KeyId::new(id),
        project: project.clone(),
        scope: "intake".into(),
        role: Role::Mo,
        label: "Alertmanager".into(),
        hash: format!("hash of {id}"),
        created: start(),
        expires: None,
        revoked: None,
        last_used: None,
        heartbeat_minutes: Some(5),
        last_heartbeat: None,
    }
}
