//! Nodes: one row a running process.

use crate::outbox::DEAD_MS;
use crate::values::{row, vals};
use crate::{Failure, SystemScope};
use domain::time::Instant;

row! {
    /// A node.
    pub struct NodeRow {
        /// Its id, drawn at each start.
        pub id: String,
        /// Its name for people.
        pub name: String,
        /// When it started.
        pub started: Instant,
        /// When it was last seen.
        pub seen: Instant,
    }
}

impl SystemScope<'_> {
    /// Says that a node is alive, by the database's clock; called each second.
    ///
    /// # Errors
    /// The database fails.
    pub async fn beat(&self, id: &str, name: &str, started: Instant) -> Result<(), Failure> {
        let now = self.store.now().await?;
        let sql = "INSERT INTO nodes (id, name, started, seen) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (id) DO UPDATE SET seen = excluded.seen";
        self.db().run(sql, vals![id, name, started, now]).await.map(drop)
    }

    /// The nodes that are alive, by name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn nodes(&self) -> Result<Vec<NodeRow>, Failure> {
        let since = self.store.now().await?.plus_ms(-DEAD_MS);
        let sql = "SELECT id, name, started, seen FROM nodes WHERE seen >= $1 ORDER BY name, id";
        self.db().all(sql, vals![since]).await
    }

    /// Forgets a node that stops, and with it those not seen for a day.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_node(&self, id: &str) -> Result<(), Failure> {
        let since = self.store.now().await?.plus_minutes(-24 * 60);
        self.db().run("DELETE FROM nodes WHERE id = $1 OR seen < $2", vals![id, since]).await.map(drop)
    }
}
