//! 引き継ぎ of a shift: everything open with what it owes, given to whoever comes and taken by a person. Until it is taken, each
//! incident stays where it is.

use crate::acting::{Acting, named};
use crate::desk::required;
use crate::incident::{Seen, input};
use crate::{ActedOn, Answer, Caller, Desk, Glance};
use domain::ids::{BlobId, PersonId, RecordKey};
use domain::incident::duty::Duty;
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// A shift that is given away: every incident that the giver holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShiftHandOver {
    /// Id of the person who takes over; empty for whoever comes next.
    pub to: String,
    /// What they must know.
    #[schema(required)]
    pub text: String,
}

/// Incidents that are taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShiftTaking {
    /// Their keys, 1 to 200.
    #[schema(required)]
    pub incidents: Vec<String>,
}

/// The shift as it is handed over.
#[derive(Clone, Debug)]
pub struct ShiftView {
    /// Open incidents, the nearest duty first.
    pub lines: Vec<ShiftLine>,
    /// Who works here and may take over: id and name.
    pub colleagues: Vec<(PersonId, String)>,
    /// As of when.
    pub now: Instant,
}

/// One open incident.
#[derive(Clone, Debug)]
pub struct ShiftLine {
    /// The incident.
    pub glance: Glance,
    /// What it owes, nearest first.
    pub duties: Vec<Duty>,
    /// The words behind its notes, promises and hand-over.
    pub texts: HashMap<BlobId, String>,
}

/// Notes of one incident that are handed over, the last ones.
pub const NOTES: usize = 3;

impl Desk {
    /// Everything open within the caller's reach, with what it owes, what was promised and what was noted.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn shift(&self, caller: &Caller) -> Answer<ShiftView> {
        let now = self.now().await?;
        let lines = self.owing(caller, now, |glance, _| glance.board.row.ended.is_none()).await?;
        let provider = self.provider_id().await?;
        let colleagues = self.colleagues(caller, &provider, now).await?;
        Ok(ShiftView { lines, colleagues, now })
    }

    /// What the day brings from incidents within the caller's reach, ended ones too: promises to keep, what was given and not taken,
    /// and what is to be written and approved. The nearest due comes first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn owed_by_day(&self, caller: &Caller) -> Answer<Vec<ShiftLine>> {
        let now = self.now().await?;
        let of_day = |_: &Glance, duties: &mut Vec<Duty>| {
            duties.retain(|duty| duty.kind.is_of_day());
            duties.sort_by_key(|duty| duty.due);
            !duties.is_empty()
        };
        let mut lines = self.owing(caller, now, of_day).await?;
        lines.sort_by_key(|line| line.duties.first().map(|duty| duty.due));
        Ok(lines)
    }

    /// The incidents of the board that are wanted, with the duties that are left of each and the words behind them.
    async fn owing(
        &self,
        caller: &Caller,
        now: Instant,
        is_wanted: impl Fn(&Glance, &mut Vec<Duty>) -> bool,
    ) -> Answer<Vec<ShiftLine>> {
        let calendar = self.calendar(now).await?;
        let (glances, _) = self.glances(caller).await?;
        let mut lines = vec![];
        for glance in glances {
            let incident = &glance.incident;
            let mut duties = incident.duties(now, &calendar);
            if !is_wanted(&glance, &mut duties) {
                continue;
            }
            let notes = incident.notes.iter().rev().take(NOTES).map(|note| note.what.clone());
            let promises = incident.open_promises().map(|(_, promise)| promise.what.text.clone());
            let handed = incident.handed_over().map(|given| given.what.text.clone());
            let wanted: Vec<BlobId> = notes.chain(promises).chain(handed).collect();
            let texts = self.store.tenant(&glance.board.row.tenant).texts(&wanted).await?;
            lines.push(ShiftLine { duties, texts, glance });
        }
        Ok(lines)
    }

    /// Gives every incident that the caller holds to a person, or to whoever comes next.
    ///
    /// # Errors
    /// The words are missing, the caller holds nothing, or there is no such person at the desk.
    pub async fn hand_over_shift(&self, caller: &Caller, input: &ShiftHandOver) -> Answer<ActedOn> {
        required("text", &input.text)?;
        let own = caller.person();
        let rows = self.board(caller).await?.into_iter().filter(|row| row.row.ended.is_none());
        let held: Vec<RecordKey> =
            rows.filter(|row| own.is_some() && row.row.assignee.as_ref() == own).map(|row| row.row.key).collect();
        if held.is_empty() {
            return Err(Refusal::not_now(
                "あなたが担当している障害はありません。",
                "You hold no incident that could be handed over.",
            )
            .into());
        }
        let desk = self.clone().without_once();
        let mut acting = Acting::default();
        for key in held {
            let given = input::HandOver { to: input.to.clone(), text: input.text.clone() };
            let done = desk.hand_over(caller, &key, &given).await.map(drop);
            acting.note(key, done)?;
        }
        self.answer_once(caller, acting).await
    }

    /// Takes incidents over: from now on they are the caller's.
    ///
    /// # Errors
    /// None or too many are named, or no person takes them; what refuses one stands in the answer.
    pub async fn take_shift(&self, caller: &Caller, input: &ShiftTaking) -> Answer<ActedOn> {
        let desk = self.clone().without_once();
        let mut acting = Acting::default();
        for key in named(&input.incidents)? {
            let done = desk.take_seen(caller, &key, Seen::Whatever).await.map(drop);
            acting.note(key, done)?;
        }
        self.answer_once(caller, acting).await
    }
}
