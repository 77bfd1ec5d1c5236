//! What the facts of one incident say, in their order and in milliseconds. No rule is in here: only who said what when.

use crate::claims::{At, word};
use domain::fact::{AttemptOutcome, Body, CallResult, Fact, NoticeKind, Origin, Reminder, Target, Voice};
use domain::fault::Priority;
use domain::incident::escalation::{Cause, Group};
use domain::incident::report::ReportKind;
use std::collections::BTreeMap;

/// Place of a fact in its chain, and its instant.
pub(crate) type Line = (u64, At);

/// An incident as its facts tell it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    pub(crate) key: String,
    pub(crate) project: String,
    pub(crate) opened: Line,
    /// When it was itself received.
    pub(crate) own_start: At,
    /// Filed by the customer as 低.
    pub(crate) filed_low: bool,
    pub(crate) filed: bool,
    /// Minutes of SLO and SLA with impact, then without.
    pub(crate) targets: [(At, Option<At>); 2],
    pub(crate) takes: Vec<(Line, String)>,
    pub(crate) checks: Vec<Line>,
    pub(crate) judged: Vec<Judged>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) calls: Vec<Call>,
    /// Calls back of people who understood.
    pub(crate) understood: Vec<Line>,
    pub(crate) known: Vec<Line>,
    pub(crate) read: Vec<Line>,
    pub(crate) reports: Vec<(Line, Option<At>)>,
    pub(crate) steps: Vec<Line>,
    pub(crate) recoveries: Vec<Recovery>,
    pub(crate) recovery_told: Vec<Line>,
    pub(crate) recurred: Vec<Line>,
    pub(crate) closed: Option<Line>,
    pub(crate) false_alarm: Option<FalseAlarm>,
    pub(crate) reminded: Vec<(At, Reminder, At)>,
    pub(crate) passed: Vec<(At, u32, Target, At)>,
    pub(crate) missed: Vec<(At, At)>,
    /// Clock, target, outcome, due, end.
    pub(crate) verdicts: Vec<(At, crate::claims::Verdict)>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) sent: Vec<Sent>,
    /// Made when, due when, kept.
    pub(crate) promises: Vec<(At, At, bool)>,
    pub(crate) cases: Vec<Line>,
    pub(crate) handed: Vec<Line>,
    pub(crate) runbook: Option<(Line, bool)>,
    /// The alert came again after the recovery was told.
    pub(crate) rejoined: Vec<Line>,
    pub(crate) phone: Option<Phone>,
    /// Versions of the reports afterwards.
    pub(crate) written: Vec<Written>,
    /// The later date agreed for the final one.
    pub(crate) agreed: Option<(Line, At)>,
    /// Since when it is a major one, and whether that was reviewed.
    pub(crate) major: Option<(Line, bool)>,
    /// The times it was merged into another one.
    pub(crate) merged: Vec<Merged>,
    /// What was merged into it.
    pub(crate) children: Vec<Child>,
    /// Its alerts, and whether each was last told as over.
    pub(crate) alerts: BTreeMap<String, bool>,
    /// A window of work left it.
    pub(crate) left_by_window: bool,
    /// Causes it was linked to: which, and whether the link was taken away.
    pub(crate) causes: Vec<(u64, bool)>,
    /// The last fact that no tool told.
    pub(crate) last_step: At,
}

#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) line: Line,
    pub(crate) impact: bool,
    pub(crate) held: bool,
    pub(crate) by: Option<String>,
    /// Since which fact it counts.
    pub(crate) counts: Option<Line>,
}

#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) line: Line,
    pub(crate) impact: bool,
    pub(crate) voice: Voice,
    /// Minutes from round to round, and for how many.
    pub(crate) rounds: (At, At),
    pub(crate) ends_by_link: bool,
    pub(crate) ends_by_reading: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) line: Line,
    pub(crate) contact: String,
    pub(crate) number: String,
    pub(crate) by: String,
    pub(crate) first: bool,
    pub(crate) begun: At,
    pub(crate) round: u32,
    pub(crate) last: bool,
    pub(crate) connected: Option<At>,
    pub(crate) ended: Option<(At, CallResult)>,
    pub(crate) voided: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Recovery {
    pub(crate) line: Line,
    pub(crate) at: At,
    pub(crate) undone: Option<At>,
}

#[derive(Clone, Debug)]
pub(crate) struct FalseAlarm {
    pub(crate) line: Line,
    pub(crate) by: Option<String>,
    pub(crate) review: Option<(At, bool)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: Line,
    pub(crate) to: Group,
    pub(crate) cause: Cause,
    pub(crate) ladder: Vec<String>,
    pub(crate) ordered: bool,
    pub(crate) pages: Vec<Page>,
    pub(crate) taken: Option<At>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) line: Line,
    pub(crate) kind: NoticeKind,
    pub(crate) contact: Option<String>,
    pub(crate) delivered: bool,
    pub(crate) undelivered: Option<Line>,
}

/// One version of a 障害報告書.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) is_final: bool,
    pub(crate) number: u32,
    pub(crate) by: Option<String>,
    /// When it was decided, and whether it was published.
    pub(crate) decided: Option<(Line, bool)>,
}

/// One time it was merged, and what is known there of the other one.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    pub(crate) line: Line,
    pub(crate) into: String,
    pub(crate) standing: Standing,
    /// When it ended with the other one.
    pub(crate) ended: Option<At>,
    pub(crate) undone: Option<At>,
    /// The fact that undid it.
    pub(crate) undone_by: u64,
}

/// How an incident stands for what is merged into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// When the first notice was complete, and whether it told of impact.
    pub(crate) told: Option<(At, bool)>,
    pub(crate) recovered: Option<At>,
    pub(crate) ended: bool,
    pub(crate) is_false_alarm: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Child {
    pub(crate) key: String,
    pub(crate) start: At,
    pub(crate) known: bool,
    pub(crate) undone: bool,
}

/// A page to one person.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) step: u32,
    pub(crate) person: String,
    /// When it was first tried to be sent.
    pub(crate) tried: Option<At>,
}

/// What is known of a call by which the fault was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phone {
    pub(crate) ended: Option<At>,
    pub(crate) company_owed: bool,
    pub(crate) project: bool,
    pub(crate) caller: bool,
    pub(crate) contact: Option<String>,
    pub(crate) called_back: bool,
    pub(crate) why: bool,
    pub(crate) content: bool,
    pub(crate) detected: bool,
    pub(crate) host: bool,
    pub(crate) business: bool,
}

impl Call {
    pub(crate) const fn under_way(&self) -> bool {
        self.ended.is_none() && !self.voided
    }
}

/// The place of what is counted from 1.
fn nth<T>(list: &mut [T], number: u32) -> Option<&mut T> {
    list.get_mut((number as usize).checked_sub(1)?)
}

impl Story {
    /// Reads one fact more; the first opens it.
    pub(crate) fn add(&mut self, fact: &Fact) {
        let line = (fact.seq, fact.instant.ms());
        let by = || fact.actor.person_id().map(ToString::to_string);
        self.hear(&fact.body);
        match &fact.body {
            Body::IncidentOpened { project, origin, targets, .. } => {
                self.key = fact.record.as_ref().map(ToString::to_string).unwrap_or_default();
                self.project = project.to_string();
                self.opened = line;
                self.own_start = line.1;
                let minutes = |t: domain::clocks::notice::Targets| {
                    (At::from(t.slo_minutes.0), t.sla_minutes.map(|sla| At::from(sla.0)))
                };
                self.targets = [minutes(targets.with_impact), minutes(targets.without_impact)];
                match origin {
                    Origin::Customer { priority, .. } => {
                        self.filed = true;
                        self.filed_low = *priority == Priority::Low;
                    }
                    Origin::Window { ended, .. } => {
                        self.own_start = ended.ms();
                        self.left_by_window = true;
                    }
                    Origin::Telephone { began, company, project_sure, .. } => {
                        self.own_start = began.ms();
                        let phone =
                            Phone { company_owed: company.is_some(), project: *project_sure, ..Phone::default() };
                        self.phone = Some(phone);
                    }
                    _ => {}
                }
            }
            Body::IncidentTaken { person } => self.takes.push((line, person.to_string())),
            Body::IncidentChecked { .. } => self.checks.push(line),
            Body::IncidentJudged { impact, needs_second, held_at_alert, .. } => {
                let counts = (!needs_second).then_some(line);
                let held = *held_at_alert == Some(true);
                self.judged.push(Judged { line, impact: *impact, held, by: by(), counts });
            }
            Body::JudgementConfirmed { judgement } => {
                let found = self.judged.iter_mut().find(|judged| judged.line.0 == *judgement);
                if let Some(judged) = found {
                    judged.counts = Some(line);
                }
            }
            Body::IncidentNotified { impact, voice, rounds, .. } => {
                let rounds = rounds.unwrap_or_default();
                self.notices.push(Notice {
                    line,
                    impact: *impact,
                    voice: voice.clone(),
                    rounds: (At::from(rounds.every_minutes), At::from(rounds.for_minutes)),
                    ends_by_link: rounds.stop_when_acknowledged,
                    ends_by_reading: rounds.stop_when_read,
                });
            }
            Body::IncidentRecovered { recovered_at, .. } => {
                self.recoveries.push(Recovery { line, at: recovered_at.ms(), undone: None });
            }
            Body::RecoveryWithdrawn {} => self.undo(line.1),
            Body::IncidentRecurred { .. } => {
                self.undo(line.1);
                self.recurred.push(line);
            }
            Body::RecoveryNotified { .. } => self.recovery_told.push(line),
            Body::InterimReported { next_due, .. } => self.reports.push((line, next_due.map(|due| due.ms()))),
            Body::RecoveryStepDone { .. } => self.steps.push(line),
            Body::IncidentClosed { .. } => self.closed = Some(line),
            Body::FalseAlarmDeclared { .. } => {
                self.false_alarm = Some(FalseAlarm { line, by: by(), review: None });
            }
            Body::FalseAlarmReviewed { upheld } => {
                if let Some(alarm) = &mut self.false_alarm {
                    alarm.review = Some((line.1, *upheld));
                }
            }
            Body::IncidentReminded { reminder, due } => self.reminded.push((line.1, *reminder, due.ms())),
            Body::TargetPassed { clock, target, due } => self.passed.push((line.1, *clock, *target, due.ms())),
            Body::SlotMissed { slot } => self.missed.push((line.1, slot.ms())),
            Body::VerdictGiven { clock, target, outcome, due, ended, .. } => {
                let (target, outcome) = (word(target), word(outcome));
                let ended = ended.map(|at| at.ms());
                let verdict = crate::claims::Verdict { clock: *clock, target, outcome, due: due.ms(), ended };
                self.verdicts.push((line.1, verdict));
            }
            Body::CauseLinked { cause } => self.causes.push((*cause, false)),
            Body::CauseUnlinked { .. } => self.causes.last_mut().into_iter().for_each(|link| link.1 = true),
            Body::AlertJoined { .. } | Body::AlertCarried { .. } | Body::ChildAlerted { .. }
                if self.state() == "recovery_notified" =>
            {
                self.rejoined.push(line);
            }
            Body::IncidentMerged { into } => {
                self.part(line);
                let (into, standing) = (into.to_string(), Standing::default());
                self.merged.push(Merged { line, into, standing, ended: None, undone: None, undone_by: 0 });
            }
            Body::ReportWritten { report, version, .. } => {
                let is_final = *report == ReportKind::Final;
                self.written.push(Written { is_final, number: *version, by: by(), decided: None });
            }
            Body::ReportApproved { report, version, .. } => self.decide(*report, *version, line, true),
            Body::ReportReturned { report, version } => self.decide(*report, *version, line, false),
            Body::ReportDateAgreed { due, .. } => self.agreed = Some((line, due.ms())),
            Body::MajorDeclared { .. } => self.major = Some((line, false)),
            Body::MajorReviewed { .. } => self.major = self.major.map(|(line, _)| (line, true)),
            Body::IncidentSeparated {} => self.part(line),
            Body::ParentMoved { standing } => {
                if let Some(merged) = self.merged.last_mut() {
                    merged.standing = Standing {
                        told: standing.told.map(|told| (told.at.ms(), told.impact)),
                        recovered: standing.recovered.map(|at| at.ms()),
                        ended: standing.ended,
                        is_false_alarm: standing.false_alarm,
                    };
                    merged.ended = standing.ended.then_some(line.1);
                }
            }
            Body::ChildMerged { child, alert_at, known } => {
                let (key, start) = (child.to_string(), alert_at.ms());
                self.children.push(Child { key, start, known: *known, undone: false });
            }
            Body::ChildSeparated { child } => {
                let own = self.children.iter_mut().filter(|it| it.key == child.as_str());
                own.for_each(|it| it.undone = true);
            }
            _ => self.add_told(fact, line),
        }
        if !matches!(
            fact.body,
            Body::AlertJoined { .. }
                | Body::AlertResolved { .. }
                | Body::AlertAcknowledged { .. }
                | Body::AlertCounted { .. }
                | Body::ChildAlerted { .. }
                | Body::AlertCarried { .. }
        ) {
            self.last_step = line.1;
        }
    }

    /// Calls, messages, and what others were asked for.
    fn add_told(&mut self, fact: &Fact, line: Line) {
        match &fact.body {
            Body::CallBegun { contact, number, first_valid, begun, round, last_of_round, .. } => {
                self.calls.push(Call {
                    line,
                    contact: contact.to_string(),
                    number: number.to_string(),
                    by: fact.actor.person_id().map(ToString::to_string).unwrap_or_default(),
                    first: *first_valid,
                    begun: begun.ms(),
                    round: *round,
                    last: *last_of_round,
                    connected: None,
                    ended: None,
                    voided: false,
                });
            }
            Body::CallConnected { call } => {
                if let Some(call) = nth(&mut self.calls, *call) {
                    call.connected = Some(line.1);
                }
            }
            Body::CallEnded { call, result, .. } => {
                if let Some(call) = nth(&mut self.calls, *call) {
                    call.ended = Some((line.1, *result));
                }
            }
            Body::CallVoided { call } => {
                if let Some(call) = nth(&mut self.calls, *call) {
                    call.voided = true;
                }
            }
            Body::CalledBack { understood: true, .. } => self.understood.push(line),
            Body::NoticeAcknowledged { .. } => self.known.push(line),
            Body::TicketRead {} => self.read.push(line),
            Body::Escalated { to, cause, ladder, ordered, .. } => self.asked.push(Asked {
                line,
                to: *to,
                cause: *cause,
                ladder: ladder.iter().map(ToString::to_string).collect(),
                ordered: *ordered,
                pages: vec![],
                taken: None,
            }),
            Body::EscalationTaken { escalation } => {
                if let Some(asked) = nth(&mut self.asked, *escalation) {
                    asked.taken = Some(line.1);
                }
            }
            Body::PageQueued { escalation, step, person, message } => {
                if let Some(asked) = nth(&mut self.asked, *escalation) {
                    let (id, person) = (message.to_string(), person.to_string());
                    asked.pages.push(Page { id, step: *step, person, tried: None });
                }
            }
            Body::Promised { due, .. } => self.promises.push((line.1, due.ms(), false)),
            Body::PromiseKept { promise, .. } => {
                if let Some(promise) = nth(&mut self.promises, *promise) {
                    promise.2 = true;
                }
            }
            Body::SupplierCaseOpened { .. } => self.cases.push(line),
            Body::HandedOver { .. } => self.handed.push(line),
            Body::RunbookMissing { .. } => self.runbook = Some((line, false)),
            Body::RunbookProvided { .. } | Body::RunbookDeclined {} => {
                if let Some(runbook) = &mut self.runbook {
                    runbook.1 = true;
                }
            }
            Body::MessageQueued { message, notice, contact, .. } => self.sent.push(Sent {
                id: message.to_string(),
                line,
                kind: *notice,
                contact: contact.as_ref().map(ToString::to_string),
                delivered: false,
                undelivered: None,
            }),
            Body::MessageAttempted { message, outcome, .. } => {
                let pages = self.asked.iter_mut().flat_map(|asked| &mut asked.pages);
                for page in pages.filter(|page| page.id == message.as_str()) {
                    page.tried = page.tried.or(Some(line.1));
                }
                let is_delivered = *outcome == AttemptOutcome::Delivered;
                if let Some(sent) = self.sent.iter_mut().find(|sent| sent.id == message.as_str()) {
                    sent.delivered |= is_delivered;
                }
            }
            Body::MessageUndelivered { message } => {
                if let Some(sent) = self.sent.iter_mut().find(|sent| sent.id == message.as_str()) {
                    sent.undelivered = Some(line);
                }
            }
            Body::CallerHeard(heard) => {
                if let Some(phone) = &mut self.phone {
                    phone.project |= heard.project_sure;
                    if heard.caller.is_some() {
                        phone.caller = true;
                        phone.contact = heard.contact.as_ref().map(ToString::to_string);
                    }
                    phone.called_back |= heard.called_back.is_some();
                    phone.why |= heard.by_phone.is_some();
                    phone.content |= heard.content.is_some();
                    phone.detected |= heard.detected_at.is_some();
                    phone.host |= heard.host.is_some();
                    phone.business |= heard.business_impact.is_some();
                }
            }
            Body::IntakeCallEnded { .. } => {
                if let Some(phone) = &mut self.phone {
                    phone.ended = Some(line.1);
                }
            }
            _ => {}
        }
    }

    fn decide(&mut self, report: ReportKind, version: u32, line: Line, is_published: bool) {
        let is_final = report == ReportKind::Final;
        let found = self.written.iter_mut().find(|it| it.is_final == is_final && it.number == version);
        found.into_iter().for_each(|it| it.decided = Some((line, is_published)));
    }

    /// It is no longer merged where it was.
    fn part(&mut self, (seq, at): Line) {
        if let Some(merged) = self.merged.last_mut().filter(|merged| merged.undone.is_none()) {
            (merged.undone, merged.undone_by) = (Some(at), seq);
        }
    }

    /// What tools say of its alerts.
    fn hear(&mut self, body: &Body) {
        match body {
            Body::IncidentOpened {
                origin: Origin::Alert { alert_key, .. } | Origin::Window { alert_key, .. }, ..
            }
            | Body::AlertJoined { alert_key, .. }
            | Body::AlertCarried { alert_key, .. } => {
                self.alerts.insert(alert_key.clone(), false);
            }
            Body::AlertResolved { alert_key, .. } => {
                self.alerts.insert(alert_key.clone(), true);
            }
            _ => {}
        }
    }

    /// Whether every alert is over, and nobody was told before.
    pub(crate) fn recovered_by_itself(&self) -> bool {
        let is_over = !self.alerts.is_empty() && self.alerts.values().all(|over| *over);
        is_over && self.notices.is_empty() && self.children.iter().all(|child| child.undone)
    }

    /// The cause it is linked to.
    pub(crate) fn cause(&self) -> Option<u64> {
        self.causes.last().filter(|link| !link.1).map(|link| link.0)
    }

    /// The merge in force.
    pub(crate) fn merging(&self) -> Option<&Merged> {
        self.merged.last().filter(|merged| merged.undone.is_none())
    }

    /// Where the first clock begins: with the earliest of its own alert and those of what is merged into it.
    pub(crate) fn start(&self) -> At {
        let merged = self.children.iter().filter(|child| !child.undone).map(|child| child.start);
        merged.fold(self.own_start, At::min)
    }

    /// What parents told that shows here, from when, and whether it told of impact.
    pub(crate) fn told_with_parent(&self) -> Vec<(At, bool)> {
        let shown = |merged: &Merged| merged.standing.told.map(|(at, impact)| (at.max(merged.line.1), impact));
        self.merged.iter().filter_map(shown).collect()
    }

    fn undo(&mut self, at: At) {
        if let Some(recovery) = self.recoveries.last_mut() {
            recovery.undone = Some(at);
        }
    }

    /// Where it stands (procedures, machine incident).
    pub(crate) fn state(&self) -> &'static str {
        if self.merging().is_some() {
            return "merged";
        }
        if self.closed.is_some() {
            return "closed";
        }
        if self.false_alarm.as_ref().is_some_and(|alarm| !matches!(alarm.review, Some((_, false)))) {
            return "false_alarm";
        }
        if self.is_recovered() {
            let recovered = self.recoveries.last().map(|recovery| recovery.line.0);
            let is_told = self.recovery_told.last().is_some_and(|told| Some(told.0) > recovered);
            return if is_told { "recovery_notified" } else { "confirming" };
        }
        match (self.notices.is_empty(), self.judged.is_empty(), self.takes.is_empty()) {
            (false, ..) => "notified",
            (_, false, _) => "judged",
            (.., false) => "triaging",
            _ => "detected",
        }
    }

    /// Whether the service is back as far as anybody said.
    pub(crate) fn is_recovered(&self) -> bool {
        self.recoveries.last().is_some_and(|recovery| recovery.undone.is_none())
    }

    /// Whether it goes on.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.state(), "closed" | "false_alarm" | "merged")
    }

    /// サービス影響 by the last judgement that counts.
    pub(crate) fn impact(&self) -> Option<bool> {
        self.judged.iter().rev().find(|judged| judged.counts.is_some()).map(|judged| judged.impact)
    }

    /// When the customer last heard of it from us, or told us.
    pub(crate) fn last_told(&self) -> At {
        let told = self.notices.iter().map(|notice| notice.line.1);
        let reported = self.reports.iter().map(|report| report.0.1);
        let over = self.recovery_told.iter().chain(&self.recurred).map(|line| line.1);
        told.chain(reported).chain(over).max().unwrap_or(self.start())
    }

    /// Whether the ticket exists for the customer.
    pub(crate) fn is_known_to_customer(&self) -> bool {
        let vouched = |phone: &Phone| !phone.company_owed && (phone.contact.is_some() || phone.called_back);
        let is_told = !self.notices.is_empty() || !self.told_with_parent().is_empty();
        is_told || self.filed || self.phone.as_ref().is_some_and(vouched)
    }
}
