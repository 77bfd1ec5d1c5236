//! From facts to an incident.

use super::{
    AlertStanding, Closure, Delivery, FalseAlarm, Incident, Judgement, Mark, Marked, Publication, Recovery,
    RecoveryNotice, Report, Second, State, clock::FinalVerdict,
};
use crate::fact::{Body, Fact, Origin};
use crate::fault::Phone;

/// Facts that tell no incident: the chain holds, but no desk ever wrote them in this order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fact {seq} ({kind}) does not fit the incident it names")]
pub struct Broken {
    /// The fact at fault.
    pub seq: u64,
    /// Its kind.
    pub kind: &'static str,
}

impl Mark {
    /// Where a fact stands.
    pub(crate) fn of(fact: &Fact) -> Self {
        Self { seq: fact.seq, at: fact.instant, actor: fact.actor.clone(), role: fact.role }
    }
}

impl Incident {
    /// Folds all facts of one incident, first to last; none where there are no facts.
    ///
    /// # Errors
    /// The first fact opens no incident, a later one opens it again, or one names something that is not there.
    pub fn fold(facts: &[Fact]) -> Result<Option<Self>, Broken> {
        let Some((first, rest)) = facts.split_first() else { return Ok(None) };
        let mut incident = Self::opened_by(first)?;
        for fact in rest {
            incident.apply(fact)?;
        }
        Ok(Some(incident))
    }

    fn opened_by(fact: &Fact) -> Result<Self, Broken> {
        let broken = || Broken { seq: fact.seq, kind: "first" };
        let key = fact.record.clone().ok_or_else(broken)?;
        let Body::IncidentOpened { project, number, origin, title, severity, targets, agreement } = &fact.body else {
            return Err(broken());
        };
        if project.record(*number) != key {
            return Err(broken());
        }
        let mut alerts = std::collections::BTreeMap::new();
        if let Origin::Alert { alert_key, .. } | Origin::Window { alert_key, .. } = origin {
            let carried = if matches!(origin, Origin::Window { .. }) { vec![fact.instant] } else { vec![] };
            alerts.insert(alert_key.clone(), AlertStanding { resolved: false, total: 1, carried, changes: 0 });
        }
        let phone = match origin {
            Origin::Telephone { call, began, stated, company, project_sure } => {
                Some(Phone::begun(*call, *began, *stated, company.clone(), *project_sure))
            }
            _ => None,
        };
        Ok(Self {
            key,
            project: project.clone(),
            number: *number,
            state: State::Detected,
            version: fact.seq,
            last_seq: fact.seq,
            as_of: fact.instant,
            opened: Mark::of(fact),
            origin: origin.clone(),
            title: title.clone(),
            severity: severity.clone(),
            targets: *targets,
            agreement: *agreement,
            taken: None,
            checks: vec![],
            judgements: vec![],
            publications: vec![],
            calls: vec![],
            call_backs: vec![],
            acknowledgements: vec![],
            reads: vec![],
            consents: vec![],
            escalations: vec![],
            pages: std::collections::BTreeMap::new(),
            promises: vec![],
            cases: vec![],
            hand_overs: vec![],
            reports: vec![],
            steps: vec![],
            runbook_task: None,
            recoveries: vec![],
            recovery_notices: vec![],
            recurrences: vec![],
            closure: None,
            false_alarm: None,
            notes: vec![],
            messages: vec![],
            files: vec![],
            reminders: vec![],
            passed: vec![],
            missed_slots: vec![],
            verdicts: vec![],
            alerts,
            rejoined: vec![],
            tool_acknowledged: vec![],
            deliveries: std::collections::BTreeMap::new(),
            phone,
            mergings: vec![],
            children: vec![],
            causes: vec![],
            after: super::afterwards::Afterwards::default(),
        })
    }

    /// Adds the next fact.
    ///
    /// # Errors
    /// The fact is not one of an incident, or names a judgement or message that is not there.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), Broken> {
        if fact.body.is_about_words() {
            self.last_seq = fact.seq;
            return Ok(());
        }
        let mark = Mark::of(fact);
        if fact.body.moves_version() {
            self.version = fact.seq;
        }
        self.last_seq = fact.seq;
        if !fact.body.is_told_by_tool() {
            self.as_of = fact.instant;
        }
        self.apply_body(fact, mark)
    }

    fn apply_body(&mut self, fact: &Fact, mark: Mark) -> Result<(), Broken> {
        let broken = |kind| Broken { seq: fact.seq, kind };
        match fact.body.clone() {
            Body::IncidentTaken { person } => {
                self.taken = Some(Marked { mark, what: person });
                if self.state == State::Detected {
                    self.state = State::Triaging;
                }
            }
            Body::IncidentChecked { how, result } => self.checks.push(Marked { mark, what: (how, result) }),
            Body::IncidentJudged { impact, criteria, answers, needs_second, held_at_alert } => {
                let second = if needs_second { Second::Awaited } else { Second::NotNeeded };
                let reason = fact.reason.clone();
                let what = Judgement { impact, criteria, answers, second, held_at_alert, reason };
                self.judgements.push(Marked { mark, what });
                if self.state == State::Triaging && !impact {
                    self.state = State::Judged;
                }
            }
            Body::JudgementConfirmed { judgement } => {
                let found = self.judgements.iter_mut().find(|j| j.mark.seq == judgement);
                found.ok_or_else(|| broken("confirmation"))?.what.second = Second::Confirmed(mark);
            }
            Body::IncidentNotified { impact, text, voice, next_due, rounds, .. } => {
                let rounds = rounds.unwrap_or_default();
                self.publications.push(Marked { mark, what: Publication { impact, text, voice, next_due, rounds } });
                if matches!(self.state, State::Triaging | State::Judged) {
                    self.state = State::Notified;
                }
            }
            Body::CallBegun { .. }
            | Body::CallConnected { .. }
            | Body::CallEnded { .. }
            | Body::CallVoided { .. }
            | Body::CalledBack { .. }
            | Body::NoticeAcknowledged { .. }
            | Body::TicketRead {}
            | Body::ConsentHeard { .. }
            | Body::ConsentDisputed { .. } => self.apply_call(&fact.body, mark).ok_or_else(|| broken("call"))?,
            Body::Escalated { .. } | Body::EscalationTaken { .. } | Body::PageQueued { .. } => {
                self.apply_escalation(&fact.body, mark).ok_or_else(|| broken("escalation"))?;
            }
            Body::Promised { .. }
            | Body::PromiseKept { .. }
            | Body::SupplierCaseOpened { .. }
            | Body::SupplierCaseAnswered { .. }
            | Body::HandedOver { .. } => self.apply_promise(&fact.body, mark).ok_or_else(|| broken("promise"))?,
            Body::CauseLinked { .. } | Body::CauseUnlinked { .. } => {
                self.apply_cause(&fact.body, mark).ok_or_else(|| broken("cause"))?;
            }
            Body::IncidentMerged { .. }
            | Body::ParentMoved { .. }
            | Body::IncidentSeparated {}
            | Body::ChildMerged { .. }
            | Body::ChildSeparated { .. }
            | Body::ChildAlerted { .. } => self.apply_merging(&fact.body, mark).ok_or_else(|| broken("merge"))?,
            Body::InterimReported { text, next_due } => {
                self.reports.push(Marked { mark, what: Report { text, next_due } });
            }
            Body::RecoveryStepDone { .. }
            | Body::RunbookMissing { .. }
            | Body::RunbookProvided { .. }
            | Body::RunbookDeclined {} => self.apply_mending(&fact.body, mark).ok_or_else(|| broken("runbook"))?,
            Body::IncidentRecovered { recovered_at, recovery_point } => {
                self.recoveries.push(Marked { mark, what: Recovery { recovered_at, recovery_point, undone: None } });
                self.state = State::Confirming;
            }
            Body::RecoveryWithdrawn {} => self.undo_recovery(mark),
            Body::RecoveryNotified { method, confirmed_by, channel, text } => {
                self.recovery_notices
                    .push(Marked { mark, what: RecoveryNotice { method, confirmed_by, channel, text } });
                self.state = State::RecoveryNotified;
            }
            Body::IncidentRecurred { text } => {
                self.undo_recovery(mark.clone());
                self.recurrences.push(Marked { mark, what: text });
            }
            Body::IncidentClosed { class, cause, confirmed_by, automatic } => {
                self.closure = Some(Marked { mark, what: Closure { class, cause, confirmed_by, automatic } });
                self.state = State::Closed;
            }
            Body::FalseAlarmDeclared { grounds } => {
                self.false_alarm = Some(Marked { mark, what: FalseAlarm { grounds, review: None } });
                self.state = State::FalseAlarm;
            }
            Body::FalseAlarmReviewed { upheld } => {
                let alarm = self.false_alarm.as_mut().ok_or_else(|| broken("false alarm review"))?;
                alarm.what.review = Some((mark, upheld));
                if !upheld {
                    self.state = self.state_before_false_alarm();
                }
            }
            Body::FileAttached(file) => self.files.push(Marked { mark, what: file }),
            Body::IncidentNoted { text } => self.notes.push(Marked { mark, what: text }),
            Body::IncidentMessaged { text, from_customer } => {
                self.messages.push(Marked { mark, what: (text, from_customer) });
            }
            // How the words before came; the fold holds the words.
            Body::MailJoined { .. } => {}
            Body::IncidentReminded { reminder, due } => self.reminders.push(Marked { mark, what: (reminder, due) }),
            Body::TargetPassed { clock, target, due } => self.passed.push(Marked { mark, what: (clock, target, due) }),
            Body::SlotMissed { slot } => self.missed_slots.push(Marked { mark, what: slot }),
            Body::VerdictGiven { clock, target, outcome, due, ended, rules } => {
                self.verdicts.push(Marked { mark, what: FinalVerdict { clock, target, outcome, due, ended, rules } });
            }
            Body::AlertJoined { alert_key, .. } | Body::AlertCarried { alert_key, .. } => {
                let alert = self.alerts.entry(alert_key).or_default();
                alert.changes += u64::from(alert.resolved);
                alert.resolved = false;
                alert.total += 1;
                if matches!(fact.body, Body::AlertCarried { .. }) {
                    alert.carried.push(mark.at);
                }
                if self.state == State::RecoveryNotified {
                    self.rejoined.push(mark);
                }
            }
            Body::AlertResolved { alert_key, .. } => {
                let alert = self.alerts.entry(alert_key).or_default();
                alert.changes += u64::from(!alert.resolved);
                alert.resolved = true;
                alert.total += 1;
            }
            Body::AlertAcknowledged { alert_key, .. } => {
                self.alerts.entry(alert_key).or_default().total += 1;
                self.tool_acknowledged.push(mark);
            }
            Body::AlertCounted { alert_key, count, total } => {
                let alert = self.alerts.entry(alert_key).or_default();
                alert.total += count;
                if alert.total != total {
                    return Err(broken("count of repeats"));
                }
            }
            Body::MessageQueued { message, notice, channel, contact } => {
                let delivery = Delivery { queued: mark, notice, channel, contact, attempts: vec![], undelivered: None };
                self.deliveries.insert(message, delivery);
            }
            Body::MessageAttempted { message, outcome, detail, .. } => {
                let attempt = Marked { mark, what: (outcome, detail) };
                if let Some(delivery) = self.deliveries.get_mut(&message) {
                    delivery.attempts.push(attempt);
                } else if !self.apply_page_attempt(&message, attempt) {
                    return Err(broken("attempt"));
                }
            }
            Body::MessageUndelivered { message } => {
                let delivery = self.deliveries.get_mut(&message).ok_or_else(|| broken("undelivered"))?;
                delivery.undelivered = Some(mark);
            }
            Body::CallerHeard(heard) => {
                self.title = heard.title.clone().unwrap_or_else(|| self.title.clone());
                self.phone.as_mut().ok_or_else(|| broken("heard without a call"))?.hear(*heard);
            }
            Body::IntakeCallEnded { summary } => {
                let phone = self.phone.as_mut().ok_or_else(|| broken("end of no call"))?;
                phone.ended = Some((mark, summary));
            }
            Body::ReportWritten { .. }
            | Body::ReportApproved { .. }
            | Body::ReportReturned { .. }
            | Body::ReportDateAgreed { .. } => {
                self.apply_report(&fact.body, mark, fact.reason.clone()).ok_or_else(|| broken("report"))?;
            }
            Body::MajorDeclared { .. } | Body::MajorReviewed { .. } => {
                self.apply_major(&fact.body, mark, fact.reason.clone()).ok_or_else(|| broken("major incident"))?;
            }
            _ => return Err(broken("not of an incident")),
        }
        Ok(())
    }

    /// A denied false alarm is as if never declared: the incident stands where it stood, and its clock never stopped.
    const fn state_before_false_alarm(&self) -> State {
        match (self.judgements.is_empty(), &self.taken) {
            (false, _) => State::Judged,
            (true, Some(_)) => State::Triaging,
            (true, None) => State::Detected,
        }
    }

    fn undo_recovery(&mut self, mark: Mark) {
        if let Some(recovery) = self.recoveries.last_mut() {
            recovery.what.undone = Some(mark);
        }
        self.state = State::Notified;
    }
}
