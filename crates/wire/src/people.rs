//! Callers, people, memberships, delegations and sessions.

use crate::answers;

answers! {
    /// Who calls, and what they hold now.
    Me {
        /// `person` or `key`.
        kind: String,
        /// The person's or key's id.
        id: String,
        /// The person's name; null for a key.
        name: Option<String>,
        /// The person's mail address; null for a key.
        email: Option<String>,
        /// The key's project; null for a person.
        project: Option<String>,
        /// The roles held now.
        roles: Vec<HeldRole>,
    }
    /// One role held now.
    HeldRole {
        /// In which tenant, by id.
        tenant: String,
        /// Role code.
        role: String,
        /// Whether it reaches every customer.
        everywhere: bool,
        /// The one right it gives, where it is delegated (代理).
        right: Option<String>,
        /// Whose right that is, by id.
        delegated_by: Option<String>,
    }
    /// A membership and its person.
    Member {
        /// The membership's id.
        id: String,
        /// The person's id.
        person: String,
        /// Name.
        name: String,
        /// 読み
        reading: String,
        /// Mail address.
        email: String,
        /// Role code.
        role: String,
        /// Since when.
        #[schema(format = DateTime)]
        since: String,
        /// Until when; null until it is ended.
        #[schema(format = DateTime)]
        until: Option<String>,
        /// Whether the person may not sign in.
        disabled: bool,
    }
    /// A right lent to somebody for some hours of the day (代理).
    Delegation {
        /// Its id.
        id: String,
        /// Whose right, by person id.
        giver: String,
        /// Who may use it, by person id.
        taker: String,
        /// Right code, such as `decide`.
        right: String,
        /// From this minute of the day.
        minute_from: u32,
        /// To before this minute; equal to `minute_from` means the whole day.
        minute_to: u32,
        /// Until when; null until it is ended.
        #[schema(format = DateTime)]
        until: Option<String>,
    }
    /// A session of one's own.
    Session {
        /// Its id.
        id: String,
        /// Whether it is the one that asks.
        current: bool,
        /// When it began.
        #[schema(format = DateTime)]
        created: String,
        /// When it was last used, to five minutes.
        #[schema(format = DateTime)]
        last_seen: String,
        /// When it ends at the latest.
        #[schema(format = DateTime)]
        expires: String,
        /// The browser's own words about itself.
        agent: String,
        /// The address it came from.
        address: String,
    }
}
