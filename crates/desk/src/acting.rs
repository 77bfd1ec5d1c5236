//! One act on several incidents: each in its own transaction, so that what refuses one holds up no other.

use crate::{Answer, Caller, Desk, Error};
use domain::access::Right;
use domain::ids::RecordKey;
use domain::refusal::{Refusal, RefusalKind};
use serde::Serialize;

/// What became of an act on one incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acted {
    /// The incident.
    pub key: RecordKey,
    /// Why it was refused, in Japanese and English; none where it was done.
    pub refused: Option<(String, String)>,
}

/// What became of an act on every incident it was for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ActedOn {
    /// Incident by incident.
    pub incidents: Vec<Acted>,
}

/// An act under way.
#[derive(Default)]
pub(crate) struct Acting {
    acted: ActedOn,
    first: Option<Refusal>,
}

/// Incidents of one act at most.
pub(crate) const INCIDENTS_MAX: usize = 200;

impl Acting {
    /// Notes what became of the act on one incident.
    pub(crate) fn note(&mut self, key: RecordKey, done: Answer<()>) -> Answer<()> {
        let refused = match done {
            Ok(()) => None,
            Err(Error::Refused(refusal)) => {
                // A list names what is not there as a field, as any other input.
                let refusal = if refusal.kind == RefusalKind::NotFound { no_such_incident() } else { refusal };
                let words = (refusal.ja.clone(), refusal.en.clone());
                self.first.get_or_insert(refusal);
                Some(words)
            }
            Err(failed) => return Err(failed),
        };
        self.acted.incidents.push(Acted { key, refused });
        Ok(())
    }
}

/// The incidents that an input names: 1 to 200.
pub(crate) fn named(incidents: &[String]) -> Result<Vec<RecordKey>, Refusal> {
    let named = incidents.iter().map(|key| key.trim()).filter(|key| !key.is_empty());
    let keys: Vec<RecordKey> = named.map(RecordKey::new).collect();
    if keys.is_empty() || keys.len() > INCIDENTS_MAX {
        return Err(Refusal::invalid(
            "incidents",
            format!("障害を1件以上、{INCIDENTS_MAX}件以下で選んでください。"),
            format!("Choose at least one incident and at most {INCIDENTS_MAX}."),
        ));
    }
    Ok(keys)
}

impl Desk {
    /// The answer of an act, remembered in the provider's chain where it is asked for once. Where every incident refused, the
    /// first refusal is the answer.
    pub(crate) async fn answer_once(&self, caller: &Caller, acting: Acting) -> Answer<ActedOn> {
        let Acting { acted, first } = acting;
        if let Some(refusal) = first.filter(|_| acted.incidents.iter().all(|one| one.refused.is_some())) {
            return Err(refusal.into());
        }
        if self.once.is_some() {
            let provider = self.provider_id().await?;
            caller.enter(&provider, Right::Operate).map_err(|_| Refusal::forbidden())?;
            let write = self.begin(&provider).await?;
            self.commit(write, &acted).await?;
        }
        Ok(acted)
    }
}

/// What is absent and what is foreign look the same, so the number itself is not repeated.
fn no_such_incident() -> Refusal {
    Refusal::invalid(
        "incidents",
        "この番号の障害はありません。番号を確認してください。",
        "There is no incident of that number. Check it.",
    )
}
