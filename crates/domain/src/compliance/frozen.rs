//! A table of appendix 5 that was frozen: numbered, checked by a sum over its canonical bytes, never counted again (R-A5-1, R-A5-7;
//! Q-19). Frozen verdicts do not move. What the facts say differently afterwards stands beside them in a later edition, with each
//! ticket whose verdict differs, a reason and a second person.

use super::{IncidentLine, Judged, JudgedNotice, Line, incident_lines, lines};
use crate::access::Actor;
use crate::catalogue::Row;
use crate::clocks::Verdict;
use crate::fact::sha256;
use crate::ids::{RecordKey, TenantId};
use crate::refusal::Refusal;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The edition of the format written now.
pub const FORMAT: u32 = 1;

/// A frozen table, as its canonical JSON keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenTable {
    /// Edition of this format.
    pub format: u32,
    /// Whose.
    pub tenant: TenantId,
    /// Its number among the tables of the tenant, from 1 without gaps.
    pub number: u32,
    /// The table that it restates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restates: Option<u32>,
    /// From when the period runs.
    pub from: Instant,
    /// Before when it ends.
    pub before: Instant,
    /// As of when it was judged: the instant of its fact.
    pub as_of: Instant,
    /// The rows of the table of requests, in their order.
    pub rows: Vec<Row>,
    /// Every request whose due lay in the period, by name.
    pub requests: Vec<Judged>,
    /// Every incident whose objective was due in the period, by name.
    pub incidents: Vec<JudgedNotice>,
}

/// A verdict that came out otherwise when a table was restated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// The ticket.
    pub record: RecordKey,
    /// Its verdict in the table that is restated; none where it had none there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Verdict>,
    /// Its verdict now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Verdict>,
}

/// How a table counts as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests and incidents judged by their objective.
    pub judged: u32,
    /// Those that missed it.
    pub missed: u32,
    /// Incidents with an agreed limit that were judged.
    pub sla_judged: u32,
    /// Those that missed it.
    pub sla_missed: u32,
}

impl Counts {
    /// Counts one request.
    pub fn add_request(&mut self, it: &Judged) {
        self.add(it.verdict);
    }

    /// Counts one incident.
    pub fn add_incident(&mut self, it: &JudgedNotice) {
        self.add(Some(it.verdict));
        let judged = it.verdict != Verdict::Open && it.sla.is_some();
        self.sla_judged += u32::from(judged);
        self.sla_missed += u32::from(judged && it.sla == Some(Verdict::Missed));
    }

    fn add(&mut self, verdict: Option<Verdict>) {
        self.judged += u32::from(matches!(verdict, Some(Verdict::Met | Verdict::Missed)));
        self.missed += u32::from(verdict == Some(Verdict::Missed));
    }
}

impl FrozenTable {
    /// The bytes that are kept and summed: RFC 8785 canonical JSON.
    #[expect(clippy::expect_used, reason = "a table holds texts, integers and lists only: nothing JSON cannot say")]
    pub fn canonical(&self) -> String {
        serde_json_canonicalizer::to_string(self).expect("a table is JSON")
    }

    /// The table of requests.
    pub fn lines(&self) -> Vec<Line> {
        lines(&self.rows, &self.requests)
    }

    /// The table of incidents.
    pub fn incident_lines(&self) -> [IncidentLine; 2] {
        incident_lines(&self.incidents)
    }

    /// How it counts as a whole.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.requests.iter().for_each(|it| counts.add_request(it));
        self.incidents.iter().for_each(|it| counts.add_incident(it));
        counts
    }

    /// The verdicts that it fixes: each ticket by name with its outcome by the objective. What was open or had no verdict is not
    /// fixed.
    pub fn verdicts(&self) -> BTreeMap<RecordKey, Verdict> {
        let requests = self.requests.iter().filter_map(|it| Some((it.key.clone(), it.verdict?)));
        let incidents = self.incidents.iter().map(|it| (it.key.clone(), it.verdict));
        requests.chain(incidents).filter(|(_, verdict)| *verdict != Verdict::Open).collect()
    }

    /// What came out otherwise in a later table of the same period, by name.
    pub fn changed(&self, later: &Self) -> Vec<Changed> {
        let (was, now) = (self.verdicts(), later.verdicts());
        let mut names: Vec<&RecordKey> = was.keys().chain(now.keys()).collect();
        names.sort();
        names.dedup();
        let changed = |name: &RecordKey| {
            let changed = Changed { record: name.clone(), was: was.get(name).copied(), now: now.get(name).copied() };
            (changed.was != changed.now).then_some(changed)
        };
        names.into_iter().filter_map(changed).collect()
    }
}

/// Whether a ticket of a table is an incident.
pub fn is_incident(table: &FrozenTable, record: &RecordKey) -> bool {
    table.incidents.iter().any(|it| it.key == *record)
}

/// The sum of a table: SHA-256 over its canonical bytes, in 64 lower-case hexadecimal digits; what `sha256sum` says of the file.
pub fn checksum(canonical: &str) -> String {
    sha256(&[canonical.as_bytes()])
}

/// Whether a period may be frozen: it is over, and no frozen table covers any of it.
///
/// # Errors
/// It is not over, or overlaps one of `frozen`, given as number, from and before.
pub fn may_freeze(
    (from, before): (Instant, Instant),
    frozen: impl IntoIterator<Item = (u32, Instant, Instant)>,
    now: Instant,
) -> Result<(), Refusal> {
    if before <= from {
        return Err(Refusal::invalid("to", "期間は開始より後で指定してください。", "A period ends after it begins."));
    }
    if before > now {
        return Err(Refusal::invalid(
            "to",
            "終わっていない期間は凍結できません。",
            "A period can be frozen once it is over.",
        ));
    }
    match frozen.into_iter().find(|(_, begins, ends)| *begins < before && from < *ends) {
        None => Ok(()),
        Some((number, ..)) => Err(Refusal::invalid(
            "to",
            format!("この期間には凍結済みの表 (第{number}号) があります。変更は訂正として記録してください。"),
            format!("Table {number} covers that period already. A change stands beside it as a restatement."),
        )),
    }
}

/// Whether somebody may restate a table: another person than the one who froze it, and something came out otherwise.
///
/// # Errors
/// They froze it, or nothing came out otherwise.
pub fn may_restate(by: &Actor, frozen_by: &Actor, changed: &[Changed]) -> Result<(), Refusal> {
    if by.is_same_person(frozen_by) {
        return Err(Refusal::not_now(
            "凍結した本人は訂正できません。別の責任者が記録してください。",
            "Whoever froze a table does not restate it. Another head of desk has to.",
        ));
    }
    if changed.is_empty() {
        return Err(Refusal::not_now(
            "凍結した表と異なる判定はありません。",
            "No verdict differs from the frozen table.",
        ));
    }
    Ok(())
}

/// Whether a completion may have a stated instant: not once the verdict was frozen (Q-19).
///
/// # Errors
/// An instant is stated, and table `frozen` fixed the verdict.
pub fn may_state(stated: Option<Instant>, frozen: Option<u32>) -> Result<(), Refusal> {
    match (stated, frozen) {
        (Some(_), Some(number)) => Err(Refusal::invalid(
            "completed_at",
            format!("判定は第{number}号の表で凍結済みです。完了の日時をさかのぼって記録できません。"),
            format!("The verdict was frozen by table {number}: no earlier instant can be stated any more."),
        )),
        _ => Ok(()),
    }
}

/// How sure the verdict of a ticket is (design: facts, clocks, verdicts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// 暫定: it may still move.
    Provisional,
    /// 確定: the ticket has ended.
    Final,
    /// 凍結: a table keeps it.
    Frozen,
}

impl Standing {
    /// Of a ticket that has ended or not, and is kept by a frozen table or not.
    pub const fn of(ended: bool, frozen: bool) -> Self {
        match (frozen, ended) {
            (true, _) => Self::Frozen,
            (false, true) => Self::Final,
            (false, false) => Self::Provisional,
        }
    }

    /// As people say it.
    pub const fn label(self) -> crate::words::Label {
        use crate::words::Label;
        match self {
            Self::Provisional => Label::new("暫定", "provisional"),
            Self::Final => Label::new("確定", "final"),
            Self::Frozen => Label::new("凍結済み", "frozen"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;

    fn at(minutes: i64) -> Instant {
        Instant::from_ms(0).plus_minutes(minutes)
    }

    fn judged(n: u64, verdict: Option<Verdict>) -> Judged {
        Judged {
            key: RecordKey::new(format!("ACME-{n}")),
            report: "技術相談".into(),
            due: at(10),
            done: None,
            verdict,
            excepted: false,
            held: false,
            met_by_hold: false,
        }
    }

    fn table(requests: Vec<Judged>) -> FrozenTable {
        FrozenTable {
            format: FORMAT,
            tenant: TenantId::new("a"),
            number: 1,
            restates: None,
            from: at(0),
            before: at(100),
            as_of: at(200),
            rows: crate::catalogue::Catalogue::shipped().rows.clone(),
            requests,
            incidents: vec![],
        }
    }

    /// R-A5-7: the sum is over the bytes, and the bytes say the table.
    #[test]
    fn the_bytes_are_the_table() {
        let it = table(vec![judged(1, Some(Verdict::Met)), judged(2, Some(Verdict::Missed)), judged(3, None)]);
        let bytes = it.canonical();
        assert_eq!(serde_json::from_str::<FrozenTable>(&bytes).unwrap(), it);
        assert!(bytes.starts_with(r#"{"as_of":"1970-01-01T03:20:00.000Z","before":"#), "{bytes}");
        assert_ne!(checksum(&bytes), checksum(&table(vec![]).canonical()));
        // The published vector of SHA-256 for no bytes.
        assert_eq!(checksum(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(it.counts(), Counts { judged: 2, missed: 1, sla_judged: 0, sla_missed: 0 });
    }

    #[test]
    fn a_restatement_names_each_verdict_that_differs() {
        let check = |was: Vec<Judged>, now: Vec<Judged>, expected: &[(u64, Option<Verdict>, Option<Verdict>)]| {
            let named = |(n, was, now): &(u64, _, _)| Changed {
                record: RecordKey::new(format!("ACME-{n}")),
                was: *was,
                now: *now,
            };
            let expected: Vec<Changed> = expected.iter().map(named).collect();
            assert_eq!(table(was).changed(&table(now)), expected);
        };
        let (met, missed, open) = (Some(Verdict::Met), Some(Verdict::Missed), Some(Verdict::Open));
        check(vec![judged(1, met)], vec![judged(1, met)], &[]);
        check(vec![judged(1, met)], vec![judged(1, missed)], &[(1, met, missed)]);
        check(vec![], vec![judged(2, missed)], &[(2, None, missed)]);
        check(vec![judged(1, met), judged(2, met)], vec![judged(2, met)], &[(1, met, None)]);
        // Open and no verdict are the same: nothing was said.
        check(vec![judged(1, open)], vec![judged(1, None)], &[]);
        check(vec![judged(1, open)], vec![], &[]);
    }

    #[test]
    fn a_period_is_frozen_once_and_when_it_is_over() {
        let check = |period: (i64, i64), now: i64, expected: bool| {
            let frozen = [(1, at(100), at(200))];
            let may = may_freeze((at(period.0), at(period.1)), frozen, at(now));
            assert_eq!(may.is_ok(), expected, "{period:?} at {now}: {may:?}");
        };
        check((0, 100), 100, true);
        check((0, 100), 99, false);
        check((200, 300), 300, true);
        check((100, 200), 300, false);
        check((0, 101), 300, false);
        check((199, 300), 300, false);
        check((120, 130), 300, false);
        check((300, 300), 400, false);
    }

    #[test]
    fn whoever_froze_it_does_not_restate_it() {
        let who = |name: &str| Actor::person(PersonId::new(name));
        let changed = [Changed { record: RecordKey::new("ACME-1"), was: Some(Verdict::Met), now: None }];
        assert!(may_restate(&who("a"), &who("a"), &changed).is_err());
        assert!(may_restate(&who("b"), &who("a"), &[]).is_err());
        assert!(may_restate(&who("b"), &who("a"), &changed).is_ok());
        assert!(may_restate(&Actor::Console, &Actor::Console, &changed).is_err());
    }

    /// Q-19
    #[test]
    fn nothing_is_stated_once_the_verdict_is_frozen() {
        assert!(may_state(None, None).is_ok());
        assert!(may_state(Some(at(1)), None).is_ok());
        assert!(may_state(None, Some(1)).is_ok());
        assert_eq!(may_state(Some(at(1)), Some(1)).unwrap_err().field(), Some("completed_at"));
    }

    #[test]
    fn a_verdict_is_provisional_until_the_ticket_ends_or_a_table_keeps_it() {
        assert_eq!(Standing::of(false, false), Standing::Provisional);
        assert_eq!(Standing::of(true, false), Standing::Final);
        assert_eq!(Standing::of(false, true), Standing::Frozen);
        assert_eq!(Standing::of(true, true), Standing::Frozen);
    }
}
