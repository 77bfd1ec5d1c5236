//! Sessions of people who signed in. The id is the hash of what the cookie holds.

use crate::values::{row, vals};
use crate::{Failure, PersonRow, SystemScope};
use domain::ids::PersonId;
use domain::time::Instant;

row! {
    /// A session.
    pub struct SessionRow {
        /// SHA-256 of the cookie's secret in hexadecimal digits.
        pub id: String,
        /// Whose it is.
        pub person: PersonId,
        /// When it began.
        pub created: Instant,
        /// When it was last used.
        pub last_seen: Instant,
        /// When it ends, used or not.
        pub expires: Instant,
        /// The browser, as it names itself.
        pub agent: String,
        /// The address it began from.
        pub address: String,
    }
}

const SESSION: &str = "SELECT id, person, created, last_seen, expires, agent, address FROM sessions";

impl SystemScope<'_> {
    /// Begins a session.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_session(&self, session: &SessionRow) -> Result<(), Failure> {
        let sql = "INSERT INTO sessions (id, person, created, last_seen, expires, agent, address) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let SessionRow { id, person, created, last_seen, expires, agent, address } = session;
        self.db().run(sql, vals![id, person, *created, *last_seen, *expires, agent, address]).await.map(drop)
    }

    /// A session and its person, whatever the hour: the caller looks at `expires`, `last_seen` and `disabled`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn session(&self, id: &str) -> Result<Option<(SessionRow, PersonRow)>, Failure> {
        let session: Option<SessionRow> = self.db().first(&format!("{SESSION} WHERE id = $1"), vals![id]).await?;
        let Some(session) = session else { return Ok(None) };
        Ok(self.person(&session.person).await?.map(|person| (session, person)))
    }

    /// Marks a session as used.
    ///
    /// # Errors
    /// The database fails.
    pub async fn touch_session(&self, id: &str, at: Instant) -> Result<(), Failure> {
        self.db().run("UPDATE sessions SET last_seen = $2 WHERE id = $1", vals![id, at]).await.map(drop)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_session(&self, id: &str) -> Result<(), Failure> {
        self.db().run("DELETE FROM sessions WHERE id = $1", vals![id]).await.map(drop)
    }

    /// Ends all sessions of a person, or all but one. Says how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_sessions_of(&self, person: &PersonId, but: Option<&str>) -> Result<u64, Failure> {
        self.db().run("DELETE FROM sessions WHERE person = $1 AND id <> $2", vals![person, but.unwrap_or("")]).await
    }

    /// A person's sessions, the last used first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sessions_of(&self, person: &PersonId) -> Result<Vec<SessionRow>, Failure> {
        let sql = format!("{SESSION} WHERE person = $1 ORDER BY last_seen DESC, id");
        self.db().all(&sql, vals![person]).await
    }

    /// Forgets sessions that ended before an instant. Says how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_sessions(&self, before: Instant) -> Result<u64, Failure> {
        self.db().run("DELETE FROM sessions WHERE expires < $1", vals![before]).await
    }
}
