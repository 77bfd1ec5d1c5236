//! What all pages share: the desk, the gate, and what the deployment is.

use desk::Desk;
use domain::words::Words;
use gate::{Buckets, Gate};
use std::sync::Arc;

/// Wrong passwords for one account from one place: so many at once, then so many an hour. Another place has tries of its own,
/// so that a stranger cannot shut anybody out.
const TRIES: u32 = 10;
const SECONDS_PER_HOUR: f64 = 3_600.0;

/// The state behind every page. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The desk.
    pub desk: Desk,
    /// The gate, for session cookies and the stop of the desk.
    pub gate: Gate,
    /// What the deployment is.
    pub setting: Arc<Setting>,
    /// How often one place may try to sign in to one account.
    pub(crate) tries: Arc<Buckets>,
}

/// What pages show of the deployment itself.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// Whether this is the demo: a banner, logins at the door, an outbox page.
    pub demo: bool,
    /// Logins of the demo: what the person is, address, password.
    pub logins: Vec<(Words, String, String)>,
    /// Sender's address of mails.
    pub mail_from: String,
    /// The mail server as configured, without its password; empty where none is.
    pub mail_server: String,
}

impl State {
    /// A state.
    pub fn new(desk: Desk, gate: Gate, setting: Setting) -> Self {
        Self {
            desk,
            gate,
            setting: Arc::new(setting),
            tries: Arc::new(Buckets::new(f64::from(TRIES) / SECONDS_PER_HOUR, TRIES)),
        }
    }
}
