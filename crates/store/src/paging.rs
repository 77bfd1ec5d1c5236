//! Pages of one person: what was let out to them within the hour, and what waits. Limits are rows, so that they hold over
//! restarts and nodes.

use crate::db::Tx;
use crate::values::{row, vals};
use crate::{ClaimedMessage, Failure, SystemScope};
use domain::ids::{BlobId, MessageId, RecordKey, TenantId};
use domain::paging::{GAP_MINUTES, LetOut};
use domain::time::{HOUR_MS, Instant};

row! {
    /// A page that waits to be sent.
    pub struct WaitingPage {
        /// Whose it is.
        pub tenant: TenantId,
        /// Its id.
        pub id: MessageId,
        /// The record it is about.
        pub record: Option<RecordKey>,
        /// The blob with its content.
        pub payload: BlobId,
        /// When it was queued.
        pub created: Instant,
    }
}

row! {
    /// How a page stands with the others of its person.
    pub struct PageStanding {
        /// When it was let out.
        pub let_out: Option<Instant>,
        /// The message it goes out with; its own id where others go out with it.
        pub digest: Option<MessageId>,
        /// `delivered`, `failed` or another state of that message.
        pub carrier: Option<String>,
    }
}

/// The pages of one person, held until the decision about one of them is written.
pub struct Pager {
    tx: Tx,
    /// The instant of the decision, by the database's clock.
    pub now: Instant,
    /// What was let out to the person within the last hour and reached them, or is on its way.
    pub let_out: Vec<LetOut>,
    /// What the page goes out with by now.
    pub digest: Option<MessageId>,
}

/// Of a storm only so many of a person's pages are looked at for one digest; the rest goes out with the next ones.
const DIGEST_MAX: u32 = 500;

impl SystemScope<'_> {
    /// What else waits for the person of a page, the newest first, and itself: also what a node has claimed and not decided
    /// about, and what was to go out with a digest that was not sent and is not being sent.
    ///
    /// # Errors
    /// The database fails.
    pub async fn waiting_pages(&self, claim: &ClaimedMessage) -> Result<Vec<WaitingPage>, Failure> {
        let gap = self.store.now().await?.plus_minutes(-GAP_MINUTES);
        let sql = "SELECT m.tenant, m.id, m.record, m.payload, m.created FROM messages m \
                   WHERE m.class = 'page' AND m.recipient = $1 AND ((m.tenant = $2 AND m.id = $3) \
                     OR (m.state IN ('queued', 'sending') AND (m.let_out IS NULL OR m.let_out < $5) \
                     AND (m.digest IS NULL OR m.digest = $3 OR NOT EXISTS (SELECT 1 FROM messages c WHERE c.id = m.digest \
                       AND c.class = 'page' AND c.recipient = $1 AND (c.state = 'delivered' OR c.let_out >= $5))))) \
                   ORDER BY m.created DESC, m.id LIMIT $4";
        self.db().all(sql, vals![&claim.recipient, &claim.tenant, &claim.id, DIGEST_MAX, gap]).await
    }

    /// What goes out with a page.
    ///
    /// # Errors
    /// The database fails.
    pub async fn pages_with(&self, claim: &ClaimedMessage) -> Result<Vec<WaitingPage>, Failure> {
        let sql = "SELECT tenant, id, record, payload, created FROM messages WHERE class = 'page' AND recipient = $1 AND digest = $2 \
                   ORDER BY created DESC, id";
        self.db().all(sql, vals![&claim.recipient, &claim.id]).await
    }

    /// How a page stands.
    ///
    /// # Errors
    /// The database fails.
    pub async fn page_standing(&self, claim: &ClaimedMessage) -> Result<Option<PageStanding>, Failure> {
        let sql = "SELECT m.let_out, m.digest, (SELECT c.state FROM messages c WHERE c.id = m.digest \
                     AND c.class = 'page' AND c.recipient = m.recipient) AS carrier \
                   FROM messages m WHERE m.tenant = $1 AND m.id = $2";
        self.db().first(sql, vals![&claim.tenant, &claim.id]).await
    }

    /// Begins a decision about a page: nobody else decides about its person meanwhile.
    ///
    /// # Errors
    /// The database fails.
    pub async fn pager(&self, claim: &ClaimedMessage) -> Result<Pager, Failure> {
        let now = self.store.now().await?;
        let mut tx = self.db().begin().await?;
        let lock = format!("SELECT id FROM people WHERE email = $1 {}", tx.for_update());
        tx.first::<(String,)>(&lock, vals![&claim.recipient]).await?;
        // What was let out long ago and not taken over reached nobody.
        let sql = "SELECT let_out, CAST(CASE WHEN digest IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM messages \
                   WHERE class = 'page' AND recipient = $1 AND let_out > $2 AND (state = 'delivered' OR let_out >= $3) \
                   AND id <> $4";
        let since = (now.plus_ms(-HOUR_MS), now.plus_minutes(-GAP_MINUTES));
        let rows: Vec<(i64, i64)> = tx.all(sql, vals![&claim.recipient, since.0, since.1, &claim.id]).await?;
        let let_out = rows.into_iter().map(|(at, digest)| LetOut { at: Instant::from_ms(at), digest: digest == 1 });
        let let_out = let_out.collect();
        let sql = "SELECT digest FROM messages WHERE tenant = $1 AND id = $2";
        let own: Option<(Option<String>,)> = tx.first(sql, vals![&claim.tenant, &claim.id]).await?;
        let digest = own.and_then(|(digest,)| digest).map(MessageId::new);
        Ok(Pager { tx, now, let_out, digest })
    }
}

impl Pager {
    /// Lets a page out, with others or by itself, and ends the decision.
    ///
    /// # Errors
    /// The database fails.
    pub async fn let_out(
        mut self,
        claim: &ClaimedMessage,
        digest: bool,
        others: &[WaitingPage],
    ) -> Result<(), Failure> {
        let carrier = digest.then_some(&claim.id);
        let sql = "UPDATE messages SET let_out = $3, digest = $4 WHERE tenant = $1 AND id = $2";
        self.tx.run(sql, vals![&claim.tenant, &claim.id, self.now, carrier]).await?;
        for page in others.iter().filter(|page| page.id != claim.id) {
            let sql = "UPDATE messages SET digest = $3 WHERE tenant = $1 AND id = $2 AND state IN ('queued', 'sending') \
                       AND (let_out IS NULL OR let_out < $4)";
            let gap = self.now.plus_minutes(-GAP_MINUTES);
            self.tx.run(sql, vals![&page.tenant, &page.id, &claim.id, gap]).await?;
        }
        self.tx.commit().await
    }
}
