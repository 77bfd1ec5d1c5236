//! 順守状況: the tables of appendix 5 for any period (R-A5-1 to -5, -7; C-25).
//!
//! A ticket counts in the period in which its due lies. What has neither been done nor become due yet is not judged. An
//! exception, a hold and a cancellation have columns of their own and hide no miss.
//!
//! A ticket is judged as of an instant ([`Ticket::judged`], [`Occurrence::judged`]); the lines only count what was judged, so that
//! a table that was frozen is counted from what it keeps and never judged again.

pub mod frozen;
pub mod months;
pub mod risk;
pub mod what_if;

use crate::catalogue::{Catalogue, Row};
use crate::clocks::Verdict;
use crate::ids::RecordKey;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// 順守判定
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// ○: none missed.
    Kept,
    /// ×: any missed.
    Missed,
    /// －: no ticket in the period.
    None,
}

impl Judgement {
    /// As the table writes it.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Kept => "○",
            Self::Missed => "×",
            Self::None => "－",
        }
    }

    /// The code in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Missed => "missed",
            Self::None => "none",
        }
    }

    const fn of(tickets: usize, missed: usize) -> Self {
        match (tickets, missed) {
            (0, _) => Self::None,
            (_, 0) => Self::Kept,
            _ => Self::Missed,
        }
    }
}

/// A request as the table counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its name.
    pub key: RecordKey,
    /// The row it is reported under.
    pub report: String,
    /// The due that governs.
    pub due: Instant,
    /// The same without holds.
    pub raw_due: Instant,
    /// When it was done.
    pub done: Option<Instant>,
    /// Whether 特段の事情 set the due.
    pub excepted: bool,
    /// Business days that holds took out.
    pub held: u32,
    /// Whether it was called off or was no work of the desk: no verdict.
    pub cancelled: bool,
    /// Whether the customer is waited for now: nothing is due meanwhile.
    pub waits: bool,
}

/// A request as it was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// Its name.
    pub key: RecordKey,
    /// The row it is reported under.
    pub report: String,
    /// The due that governs.
    pub due: Instant,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Instant>,
    /// How it came out; none where it was called off or was no work of the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Whether 特段の事情 set the due.
    pub excepted: bool,
    /// Whether it was held.
    pub held: bool,
    /// Whether it was met by the hold only.
    pub met_by_hold: bool,
}

impl Ticket {
    /// How it stands as of an instant.
    pub fn judged(&self, as_of: Instant) -> Judged {
        let verdict = match (self.done, self.waits) {
            (None, true) => Verdict::Open,
            _ => Verdict::of(self.due, self.done, Some(as_of)),
        };
        let raw = Verdict::of(self.raw_due, self.done, Some(as_of));
        Judged {
            key: self.key.clone(),
            report: self.report.clone(),
            due: self.due,
            done: self.done,
            verdict: (!self.cancelled).then_some(verdict),
            excepted: self.excepted,
            held: self.held > 0,
            met_by_hold: !self.cancelled && verdict == Verdict::Met && raw == Verdict::Missed,
        }
    }
}

/// One row of the table of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The row of the catalogue.
    pub row: Row,
    /// Tickets that were judged.
    pub tickets: Vec<RecordKey>,
    /// Those that were missed.
    pub missed: Vec<RecordKey>,
    /// Those whose due 特段の事情 set.
    pub excepted: Vec<RecordKey>,
    /// Those that were held.
    pub held: Vec<RecordKey>,
    /// Those that were met by the hold only.
    pub met_by_hold: Vec<RecordKey>,
    /// Those without a verdict.
    pub cancelled: Vec<RecordKey>,
}

impl Line {
    /// 順守判定
    pub const fn judgement(&self) -> Judgement {
        Judgement::of(self.tickets.len(), self.missed.len())
    }
}

/// An incident as the table counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Its name.
    pub key: RecordKey,
    /// サービス影響; unjudged counts as 有.
    pub impact: bool,
    /// When the objective was due.
    pub slo_due: Instant,
    /// When the agreed limit was due; none without impact.
    pub sla_due: Option<Instant>,
    /// When the notice clock ended.
    pub notified: Option<Instant>,
}

/// An incident as it was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedNotice {
    /// Its name.
    pub key: RecordKey,
    /// サービス影響; unjudged counts as 有.
    pub impact: bool,
    /// When the objective was due.
    pub due: Instant,
    /// When the notice clock ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified: Option<Instant>,
    /// How it came out by the objective.
    pub verdict: Verdict,
    /// How it came out by the agreed limit; none without impact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<Verdict>,
}

impl Occurrence {
    /// How it stands as of an instant.
    pub fn judged(&self, as_of: Instant) -> JudgedNotice {
        JudgedNotice {
            key: self.key.clone(),
            impact: self.impact,
            due: self.slo_due,
            notified: self.notified,
            verdict: Verdict::of(self.slo_due, self.notified, Some(as_of)),
            sla: self.sla_due.map(|due| Verdict::of(due, self.notified, Some(as_of))),
        }
    }
}

/// One row of the table of incidents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentLine {
    /// サービス影響
    pub impact: bool,
    /// Incidents that were judged.
    pub incidents: Vec<RecordKey>,
    /// Those that missed the objective.
    pub missed: Vec<RecordKey>,
    /// Those that missed the agreed limit.
    pub missed_sla: Vec<RecordKey>,
}

impl IncidentLine {
    /// 順守判定, by the objective; the row without impact has no agreed limit (C-25).
    pub const fn judgement(&self) -> Judgement {
        Judgement::of(self.incidents.len(), self.missed.len())
    }
}

/// 目標未達: `なし`, or the count with 件 (R-A5-3).
pub fn missed_text(missed: usize) -> String {
    if missed == 0 { "なし".to_owned() } else { format!("{missed}件") }
}

/// The table of requests: a line for each row of the catalogue, in its order, as of an instant.
pub fn requests(catalogue: &Catalogue, tickets: &[Ticket], as_of: Instant) -> Vec<Line> {
    let judged: Vec<Judged> = tickets.iter().map(|ticket| ticket.judged(as_of)).collect();
    lines(&catalogue.rows, &judged)
}

/// The table of requests out of what was judged.
pub fn lines(rows: &[Row], judged: &[Judged]) -> Vec<Line> {
    let line = |row: &Row| {
        let mut line = Line {
            row: row.clone(),
            tickets: vec![],
            missed: vec![],
            excepted: vec![],
            held: vec![],
            met_by_hold: vec![],
            cancelled: vec![],
        };
        for ticket in judged.iter().filter(|ticket| ticket.report == row.name) {
            let key = || ticket.key.clone();
            match ticket.verdict {
                None => line.cancelled.push(key()),
                Some(Verdict::Open) => {}
                Some(verdict) => {
                    line.tickets.push(key());
                    line.missed.extend((verdict == Verdict::Missed).then(key));
                    line.excepted.extend(ticket.excepted.then(key));
                    line.held.extend(ticket.held.then(key));
                    line.met_by_hold.extend(ticket.met_by_hold.then(key));
                }
            }
        }
        line
    };
    rows.iter().map(line).collect()
}

/// The table of incidents: with impact, then without, as of an instant.
pub fn incidents(occurrences: &[Occurrence], as_of: Instant) -> [IncidentLine; 2] {
    let judged: Vec<JudgedNotice> = occurrences.iter().map(|it| it.judged(as_of)).collect();
    incident_lines(&judged)
}

/// The table of incidents out of what was judged.
pub fn incident_lines(judged: &[JudgedNotice]) -> [IncidentLine; 2] {
    [true, false].map(|impact| {
        let mut line = IncidentLine { impact, incidents: vec![], missed: vec![], missed_sla: vec![] };
        for it in judged.iter().filter(|it| it.impact == impact && it.verdict != Verdict::Open) {
            line.incidents.push(it.key.clone());
            line.missed.extend((it.verdict == Verdict::Missed).then(|| it.key.clone()));
            line.missed_sla.extend((it.sla == Some(Verdict::Missed)).then(|| it.key.clone()));
        }
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        Instant::from_ms(0).plus_minutes(minutes)
    }

    fn ticket(n: u64, report: &str, due: i64, done: Option<i64>) -> Ticket {
        Ticket {
            key: RecordKey::new(format!("ACME-{n}")),
            report: report.into(),
            due: at(due),
            raw_due: at(due),
            done: done.map(at),
            excepted: false,
            held: 0,
            cancelled: false,
            waits: false,
        }
    }

    /// R-A5-3, -4: なし or the count, ○ × or －; within includes the instant.
    #[test]
    fn a_row_says_how_many_were_missed() {
        let name = "技術相談";
        let check = |tickets: &[Ticket], missed: &str, sign: &str| {
            let lines = requests(Catalogue::shipped(), tickets, at(100));
            assert_eq!(lines.len(), 23);
            let line = lines.iter().find(|line| line.row.name == name).unwrap();
            assert_eq!(
                (missed_text(line.missed.len()).as_str(), line.judgement().sign()),
                (missed, sign),
                "{tickets:?}"
            );
            assert!(lines.iter().filter(|line| line.row.name != name).all(|line| line.judgement() == Judgement::None));
        };
        check(&[], "なし", "－");
        check(&[ticket(1, name, 10, Some(10))], "なし", "○");
        check(&[ticket(1, name, 10, Some(11))], "1件", "×");
        check(&[ticket(1, name, 10, None), ticket(2, name, 10, Some(5))], "1件", "×");
        // Not due yet: no verdict.
        check(&[ticket(1, name, 200, None)], "なし", "－");
        // Waited for the customer: nothing is due.
        check(&[Ticket { waits: true, ..ticket(1, name, 10, None) }], "なし", "－");
        check(&[Ticket { cancelled: true, ..ticket(1, name, 10, None) }], "なし", "－");
    }

    /// Q-02, R-4.1.3-7: exceptions and holds are counted apart, never dropped.
    #[test]
    fn exceptions_and_holds_have_columns_of_their_own() {
        let name = "技術相談";
        let held = Ticket { held: 2, raw_due: at(5), ..ticket(1, name, 10, Some(9)) };
        let excepted = Ticket { excepted: true, ..ticket(2, name, 10, Some(11)) };
        let lines = requests(Catalogue::shipped(), &[held, excepted], at(100));
        let line = lines.iter().find(|line| line.row.name == name).unwrap();
        let count = |keys: &Vec<RecordKey>| keys.len();
        assert_eq!(
            [
                count(&line.tickets),
                count(&line.missed),
                count(&line.excepted),
                count(&line.held),
                count(&line.met_by_hold)
            ],
            [2, 1, 1, 1, 1]
        );
    }

    /// R-A5-5: two rows, without impact by the objective alone.
    #[test]
    fn incidents_have_two_rows() {
        let one = |n: u64, impact, notified: Option<i64>| Occurrence {
            key: RecordKey::new(format!("ACME-{n}")),
            impact,
            slo_due: at(if impact { 15 } else { 60 }),
            sla_due: impact.then(|| at(30)),
            notified: notified.map(at),
        };
        let told = [one(1, true, Some(15)), one(2, true, Some(20)), one(3, true, None), one(4, false, Some(61))];
        let [with, without] = incidents(&told, at(100));
        assert_eq!((with.incidents.len(), with.missed.len(), with.missed_sla.len()), (3, 2, 1));
        assert_eq!((without.judgement(), without.missed_sla.len()), (Judgement::Missed, 0));
        assert_eq!(incidents(&[], at(0)).map(|line| line.judgement()), [Judgement::None; 2]);
    }
}
