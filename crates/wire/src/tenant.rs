//! Tenants, projects, keys and webhooks.

use crate::answers;

answers! {
    /// A tenant (お客様, or the provider itself).
    Tenant {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// Whether it is the provider's own tenant.
        is_provider: bool,
        /// When it was added.
        #[schema(format = DateTime)]
        created: String,
        /// Its projects that you reach.
        projects: Vec<Project>,
    }
    /// A project.
    Project {
        /// Its key.
        key: String,
        /// Its name.
        name: String,
        /// `build` or `operation`.
        phase: String,
        /// What it lacks to keep what is promised for it, by code; what breaks a promise first.
        exceptions: Vec<String>,
    }
    /// How a project is set up.
    Readiness {
        /// Whose it is.
        tenant: String,
        /// Its key.
        project: String,
        /// `build` or `operation`.
        phase: String,
        /// When its operation began.
        #[schema(format = DateTime)]
        started: Option<String>,
        /// What it lacks, what breaks a promise first.
        gaps: Vec<ReadinessGap>,
    }
    /// Something missing.
    ReadinessGap {
        /// Its name.
        code: String,
        /// Whether what is promised cannot be kept while it lasts.
        breaks_a_promise: bool,
        /// What to do, in Japanese.
        ja: String,
        /// What to do, in English.
        en: String,
    }
    /// A tenant that was added.
    AddedTenant {
        /// The tenant's id.
        id: String,
        /// Its first project.
        project: String,
    }
    /// A project that was added or started.
    AddedProject {
        /// The project's key.
        project: String,
    }
    /// Something that was added.
    AddedId {
        /// Its id.
        id: String,
    }
    /// A key that was made; its secret is shown once.
    AddedKey {
        /// The key's id.
        id: String,
        /// The secret.
        key: String,
    }
    /// A webhook that was added; its secret is shown once.
    AddedWebhook {
        /// The webhook's id.
        id: String,
        /// What its calls are signed with (Standard Webhooks): `whsec_` and base64.
        secret: String,
    }
    /// A key without its secret.
    Key {
        /// Its id.
        id: String,
        /// The project it writes to or reaches.
        project: String,
        /// `intake` or `api`.
        scope: String,
        /// Role code.
        role: String,
        /// What it is for.
        label: String,
        /// When it was made.
        #[schema(format = DateTime)]
        created: String,
        /// When it ends; null for never.
        #[schema(format = DateTime)]
        expires: Option<String>,
        /// When it was revoked.
        #[schema(format = DateTime)]
        revoked: Option<String>,
        /// When it was last used, to five minutes.
        #[schema(format = DateTime)]
        last_used: Option<String>,
        /// Minutes after which its silence opens an incident of the provider; null promises nothing.
        heartbeat_minutes: Option<u32>,
        /// When it last kept its promise.
        #[schema(format = DateTime)]
        last_heartbeat: Option<String>,
    }
    /// A webhook without its secret.
    Webhook {
        /// Its id.
        id: String,
        /// Where its calls go.
        url: String,
        /// When it was added.
        #[schema(format = DateTime)]
        created: String,
        /// Since when nothing is sent to it.
        #[schema(format = DateTime)]
        disabled: Option<String>,
    }
}
