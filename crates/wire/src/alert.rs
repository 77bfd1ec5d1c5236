//! Alerts, the events behind them, and their fates.

use crate::{answers, codes};

codes! {
    /// What became of an accepted event: exactly one of these.
    Fate {
        /// It opened an incident.
        New,
        /// It joined an incident.
        Joined,
        /// It came inside a window of planned work, or of the customer's own.
        Window,
        /// It kept a promise of a heartbeat.
        Heartbeat,
        /// It told of a change.
        Change,
        /// It could not be read and is kept in quarantine.
        Unreadable,
        /// The incident it belonged to was a false alarm.
        FalseAlarm,
        /// It acknowledged or resolved something that is not open here.
        Unmatched,
    }
}

answers! {
    /// One alert of an incident.
    Alert {
        /// The incident it belongs to.
        incident: String,
        /// The project it came for.
        project: String,
        /// What made it join the incident.
        dedup_key: String,
        /// Which alert inside the incident.
        alert_key: String,
        /// `firing` or `resolved`.
        status: String,
        /// The severity as the sender says it.
        severity: String,
        /// One line about what is wrong.
        summary: String,
        /// What it is about, such as a host.
        source: String,
        /// When it was first received.
        #[schema(format = DateTime)]
        first_received: String,
        /// When it was last received.
        #[schema(format = DateTime)]
        last_received: String,
        /// How often it was received.
        count: u64,
    }
    /// One accepted event.
    Event {
        /// Its id, to ask for it again.
        id: String,
        /// The project its key writes to.
        project: String,
        /// The kind of sender, such as `events_v2`.
        sender: String,
        /// When it was received.
        #[schema(format = DateTime)]
        received: String,
        /// What it asks for: `trigger`, `acknowledge`, `resolve`, ...
        action: String,
        /// What became of it.
        fate: Fate,
        /// What makes it join an incident; null where it could not be read.
        dedup_key: Option<String>,
        /// The incident it opened or joined.
        incident: Option<String>,
        /// The window of work it was kept in.
        kept_in: Option<String>,
        /// Why, where it is unreadable.
        note: Option<String>,
    }
    /// How the events of a stretch of time ended.
    Fates {
        /// From when on.
        #[schema(format = DateTime)]
        from: String,
        /// Before when.
        #[schema(format = DateTime)]
        to: String,
        /// Every fate with its count, also those without events.
        counts: Vec<FateCount>,
        /// All events: the sum of the counts.
        total: u64,
    }
    /// One fate's count.
    FateCount {
        /// The fate.
        fate: Fate,
        /// How many events.
        count: u64,
    }
}
