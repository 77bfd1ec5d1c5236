//! Webhooks of a tenant: where its events are sent.

use crate::scope::reads;
use crate::values::{row, vals};
use crate::{Failure, Write};
use domain::ids::WebhookId;
use domain::time::Instant;

row! {
    /// A webhook.
    pub struct WebhookRow {
        /// Its id.
        pub id: WebhookId,
        /// Where it is sent.
        pub url: String,
        /// What its signature is made with.
        pub secret: String,
        /// When it was added.
        pub created: Instant,
        /// Since when nothing is sent.
        pub disabled: Option<Instant>,
    }
}

reads! {
    /// The tenant's webhooks, disabled ones too, the oldest first.
    pub async fn webhooks(from, tenant) -> Vec<WebhookRow> {
        let sql = "SELECT id, url, secret, created, disabled FROM webhooks WHERE tenant = $1 ORDER BY created, id";
        from.all(sql, vals![tenant]).await
    }

    /// A webhook.
    pub async fn webhook(from, tenant, id: &WebhookId) -> Option<WebhookRow> {
        let sql = "SELECT id, url, secret, created, disabled FROM webhooks WHERE tenant = $1 AND id = $2";
        from.first(sql, vals![tenant, id]).await
    }
}

impl Write {
    /// Adds a webhook at the transaction's instant.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_webhook(&mut self, id: &WebhookId, url: &str, secret: &str) -> Result<(), Failure> {
        let sql = "INSERT INTO webhooks (tenant, id, url, secret, created) VALUES ($1, $2, $3, $4, $5)";
        let vals = vals![self.tenant(), id, url, secret, self.now()];
        self.run(sql, vals).await.map(drop)
    }

    /// Stops sending to a webhook. Says whether it was sent to before.
    ///
    /// # Errors
    /// The database fails.
    pub async fn disable_webhook(&mut self, id: &WebhookId) -> Result<bool, Failure> {
        let sql = "UPDATE webhooks SET disabled = $3 WHERE tenant = $1 AND id = $2 AND disabled IS NULL";
        let vals = vals![self.tenant(), id, self.now()];
        Ok(self.run(sql, vals).await? > 0)
    }
}
