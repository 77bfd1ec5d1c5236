//! Intake keys recognised a moment ago, so that a storm of alerts does not ask the database for the same key again and again.
//!
//! A key that another node revokes is honoured here for [`FRESH`] at most (design: revocation within a second); one that
//! this node revokes is forgotten at once. Keys that have an end are asked for each time, and unknown ones too: a guess costs its question.

use crate::alert::IntakeKey;
use domain::fact::sha256;
use domain::ids::KeyId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a recognised key is believed without asking again.
const FRESH: Duration = Duration::from_millis(900);
/// Keys kept at most; beyond that all are asked for again.
const KEPT_MAX: usize = 10_000;

/// Keys by the hash of their secret, with the moment they were asked for.
#[derive(Default)]
pub(crate) struct KeyRing {
    keys: Mutex<HashMap<String, (Instant, IntakeKey)>>,
}

impl KeyRing {
    /// The key of a secret, if it was recognised a moment ago.
    pub(crate) fn get(&self, secret: &str) -> Option<IntakeKey> {
        let keys = self.keys();
        let (asked, key) = keys.get(&sha256(&[secret.as_bytes()]))?;
        (asked.elapsed() < FRESH).then(|| key.clone())
    }

    /// Keeps a key that was asked for at `asked`, before the question: an answer is as old as its question.
    pub(crate) fn put(&self, secret: &str, asked: Instant, key: IntakeKey) {
        let mut keys = self.keys();
        if keys.len() >= KEPT_MAX {
            keys.clear();
        }
        keys.insert(sha256(&[secret.as_bytes()]), (asked, key));
    }

    /// Forgets a key.
    pub(crate) fn forget(&self, id: &KeyId) {
        self.keys().retain(|_, (_, key)| key.key != *id);
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<String, (Instant, IntakeKey)>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{ProjectKey, TenantId};

    #[test]
    fn a_key_is_believed_for_a_moment_and_not_once_it_is_revoked() {
        let ring = KeyRing::default();
        let key = |id: &str| IntakeKey {
            tenant: TenantId::new("t"),
            key: KeyId::new(id),
            project: ProjectKey::new("ACME"),
            heartbeat: false,
        };
        let now = Instant::now();
        ring.put("one", now, key("1"));
        ring.put("two", now, key("2"));
        assert_eq!((ring.get("one"), ring.get("three")), (Some(key("1")), None));
        ring.forget(&KeyId::new("1"));
        assert_eq!((ring.get("one"), ring.get("two")), (None, Some(key("2"))));
        if let Some(stale) = now.checked_sub(FRESH) {
            ring.put("two", stale, key("2"));
            assert_eq!(ring.get("two"), None);
        }
    }
}
