//! One incident told step by step: who does what in which minute after the alert.

use crate::access::{Actor, Role};
use crate::calendar::Calendar;
use crate::clocks::notice::AgreedTargets;
use crate::contact::Rounds;
use crate::criteria::Criteria;
use crate::fact::{Answer, Body, CallResult, Fact, NewFact, NoticeChannel, Origin, Voice};
use crate::ids::{BlobId, ContactId, MessageId, PersonId, ProjectKey, TenantId};
use crate::incident::CallEnd;
use crate::incident::escalation::Cause;
use crate::incident::timer::TimerKind;
use crate::incident::verbs::{By, Closing, Dial, Judging, Notice, Rejudging, Turn};
use crate::incident::{Incident, State};
use crate::refusal::Refusal;
use crate::time::Instant;

/// Everything people can do, the review of a false alarm in both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Take,
    Check,
    JudgeYes,
    JudgeNo,
    RejudgeYes,
    RejudgeHeld,
    RejudgeNo,
    Confirm,
    Notify,
    Call,
    Report,
    Step,
    Recover,
    Withdraw,
    NotifyRecovery,
    Recur,
    Close,
    FalseAlarm,
    Uphold,
    Deny,
    Note,
    Message,
}

impl Verb {
    pub(super) const ALL: [Self; 22] = [
        Self::Take,
        Self::Check,
        Self::JudgeYes,
        Self::JudgeNo,
        Self::RejudgeYes,
        Self::RejudgeHeld,
        Self::RejudgeNo,
        Self::Confirm,
        Self::Notify,
        Self::Call,
        Self::Report,
        Self::Step,
        Self::Recover,
        Self::Withdraw,
        Self::NotifyRecovery,
        Self::Recur,
        Self::Close,
        Self::FalseAlarm,
        Self::Uphold,
        Self::Deny,
        Self::Note,
        Self::Message,
    ];
}

/// An incident with its facts and the present instant.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) facts: Vec<Fact>,
    pub(super) incident: Incident,
    pub(super) now: Instant,
    /// What the contact plan says about calls when something is published.
    pub(super) voice: Voice,
    pub(super) calendar: Calendar,
}

/// 03:12 on a Sunday in Tokyo.
pub(super) fn alert_at() -> Instant {
    Instant::parse("2026-11-22T03:12:00+09:00").unwrap()
}

/// So many minutes after the alert.
pub(super) fn at(minutes: i64) -> Instant {
    alert_at().plus_minutes(minutes)
}

pub(super) fn text() -> BlobId {
    BlobId::new("sha256:text")
}

pub(super) fn person(name: &str) -> Actor {
    Actor::person(PersonId::new(name))
}

fn answers(yes: bool) -> Vec<Answer> {
    let answer = |question: &str, yes| Answer { question: question.into(), yes };
    if yes { vec![answer("down", true)] } else { ["down", "degraded", "data"].map(|q| answer(q, false)).to_vec() }
}

impl Story {
    /// An alert just came, for a customer whose first contact has a telephone.
    pub(super) fn new() -> Self {
        Self::opened(1, 0)
    }

    /// Another incident of the same project, so many minutes after the first.
    pub(super) fn opened(number: u64, minutes: i64) -> Self {
        let project = ProjectKey::new("ACME");
        let origin = Origin::Alert { event: 1, dedup_key: "web01".into(), alert_key: "web01".into() };
        let body = Body::IncidentOpened {
            project: project.clone(),
            number,
            origin,
            title: text(),
            severity: "critical".into(),
            targets: AgreedTargets::default(),
            agreement: Some(1),
        };
        let opened = NewFact::by_system(Some(project.record(number)), body).at(TenantId::new("acme"), 7, at(minutes));
        let incident = Incident::fold(std::slice::from_ref(&opened)).unwrap().unwrap();
        let voice = Voice::Required { contact: ContactId::new("owner") };
        Self { facts: vec![opened], incident, now: at(minutes), voice, calendar: Calendar::tokyo([]) }
    }

    /// An incident in a state, reached the shortest way with impact, or without for 判定済.
    pub(super) fn in_state(state: State) -> Self {
        let mut story = Self::new();
        let way: &[Verb] = match state {
            State::Detected => &[],
            State::Triaging => &[Verb::Take, Verb::Check],
            State::Judged => &[Verb::Take, Verb::Check, Verb::JudgeNo],
            State::FalseAlarm => &[Verb::FalseAlarm],
            State::Notified => &[Verb::Take, Verb::Check, Verb::JudgeYes],
            State::Confirming => &[Verb::Take, Verb::Check, Verb::JudgeYes, Verb::Recover],
            State::RecoveryNotified => &[Verb::Take, Verb::Check, Verb::JudgeYes, Verb::Recover, Verb::NotifyRecovery],
            State::Merged => &[],
            State::Closed => {
                &[Verb::Take, Verb::Check, Verb::JudgeYes, Verb::Recover, Verb::NotifyRecovery, Verb::Close]
            }
        };
        for verb in way {
            story.act(*verb);
        }
        if state == State::Merged {
            story.hear(Body::IncidentMerged { into: ProjectKey::new("ACME").record(2) });
        }
        assert_eq!(story.incident.state, state);
        story
    }

    /// Moves to a minute after the alert.
    pub(super) fn at(&mut self, minutes: i64) -> &mut Self {
        self.now = at(minutes);
        self
    }

    /// What a verb of a person would say now.
    pub(super) fn attempt(&self, verb: Verb, actor: &Actor) -> Result<Vec<NewFact>, Refusal> {
        let by = By { actor: actor.clone(), role: Some(Role::Mo), now: self.now };
        let (by, incident) = (&by, &self.incident);
        let notice =
            || Some(Notice { text: text(), plan: Some(1), voice: self.voice.clone(), rounds: Rounds::default() });
        let judging = |yes| Judging {
            criteria: &CRITERIA,
            version: 1,
            read: 1,
            answers: answers(yes),
            notice: notice(),
            reason: None,
        };
        let rejudging = |impact, held_at_alert| Rejudging {
            version: 1,
            impact,
            held_at_alert,
            notice: notice(),
            reason: Some(text()),
        };
        static CRITERIA: std::sync::LazyLock<Criteria> = std::sync::LazyLock::new(Criteria::default);
        match verb {
            Verb::Take => incident.take(by, PersonId::new("yamada")),
            Verb::Check => incident.check(by, text(), text()),
            Verb::JudgeYes => incident.judge(by, judging(true)),
            Verb::JudgeNo => incident.judge(by, judging(false)),
            Verb::RejudgeYes => incident.rejudge(by, rejudging(true, false)),
            Verb::RejudgeHeld => incident.rejudge(by, rejudging(true, true)),
            Verb::RejudgeNo => incident.rejudge(by, rejudging(false, false)),
            Verb::Confirm => incident.confirm_judgement(by),
            Verb::Notify => incident.notify(by, notice()),
            Verb::Call => incident.dial(by, self.call_begun(self.now), None),
            Verb::Report => incident.report(by, text()),
            Verb::Step => incident.step(by, text(), text()),
            Verb::Recover => incident.recover(by, self.now, None),
            Verb::Withdraw => incident.withdraw_recovery(by, Some(text())),
            Verb::NotifyRecovery => incident.notify_recovery(by, text(), text(), NoticeChannel::Ticket, text()),
            Verb::Recur => incident.recur(by, text()),
            Verb::Close => incident.close(by, self.closing(false)),
            Verb::FalseAlarm => incident.declare_false_alarm(by, text()),
            Verb::Uphold => incident.review_false_alarm(by, true, None, &self.calendar),
            Verb::Deny => incident.review_false_alarm(by, false, Some(text()), &self.calendar),
            Verb::Note => incident.note(by, text()),
            Verb::Message => incident.message(by, text(), false),
        }
    }

    /// A verb of the operator on duty, or of the second person where one is needed.
    pub(super) fn act(&mut self, verb: Verb) -> &mut Self {
        let second = matches!(verb, Verb::Confirm | Verb::Uphold | Verb::Deny);
        let facts = self.attempt(verb, &person(if second { "suzuki" } else { "yamada" }));
        self.add(facts.unwrap_or_else(|refusal| panic!("{verb:?} in {:?}: {refusal}", self.incident.state)));
        self
    }

    /// A call to the owner that was answered.
    pub(super) fn call_begun(&self, begun: Instant) -> Dial {
        Dial {
            contact: ContactId::new("owner"),
            rank: 1,
            number: text(),
            evidence: crate::telephone::Evidence::Stated,
            plan: 1,
            first_valid: true,
            begun: Some(begun),
            turn: Turn { before: None, is_last: true },
            end: Some(CallEnd { result: CallResult::Answered, note: None }),
        }
    }

    /// A call as it is recorded now.
    pub(super) fn call(&mut self, dial: Dial, reason: Option<BlobId>) -> Result<(), Refusal> {
        let facts = self.incident.dial(&self.by(), dial, reason)?;
        self.add(facts);
        Ok(())
    }

    /// The operator on duty, now.
    pub(super) fn by(&self) -> By {
        By { actor: person("yamada"), role: Some(Role::Mo), now: self.now }
    }

    pub(super) fn closing(&self, automatic: bool) -> Closing {
        Closing { class: "os".into(), cause: text(), confirmed_by: (!automatic).then(text), automatic }
    }

    /// A fact of the desk itself, such as an alert that joined.
    pub(super) fn hear(&mut self, body: Body) -> &mut Self {
        self.add(vec![NewFact::by_system(Some(self.incident.key.clone()), body)]);
        self
    }

    pub(super) fn queue_mail(&mut self, id: &str) -> &mut Self {
        self.hear(Body::MessageQueued {
            message: MessageId::new(id),
            notice: crate::fact::NoticeKind::Occurrence,
            channel: "mail".into(),
            contact: Some(ContactId::new("owner")),
        })
    }

    /// Puts facts at the end of the chain and applies them.
    pub(super) fn add(&mut self, facts: Vec<NewFact>) {
        for new in facts {
            let seq = self.incident.last_seq + 1;
            let fact = new.at(TenantId::new("acme"), seq, self.now);
            self.incident.apply(&fact).unwrap();
            self.facts.push(fact);
        }
    }

    /// Whether a reminder of a slot comes after it: then the slot is named as missed instead.
    fn is_moot(&self, timer: &crate::incident::timer::Timer) -> bool {
        let is_reminder = matches!(timer.kind, TimerKind::InterimSoon | TimerKind::LongSilence);
        let said = self.incident.fire(&timer.kind.code(), self.now, &self.calendar);
        is_reminder && matches!(said, Some((_, None)))
    }

    /// Fires every timer that is due now until none is, as the worker does; returns the kinds that said something.
    pub(super) fn fire(&mut self) -> Vec<String> {
        let mut fired = vec![];
        loop {
            let due = self.incident.timers(&self.calendar).into_iter().filter(|timer| timer.due <= self.now);
            // What has nothing to say any more is over with its firing.
            let Some(timer) = due.into_iter().find(|timer| !self.is_moot(timer)) else { return fired };
            let code = timer.kind.code();
            assert!(fired.len() < 1_000, "{code} fires for ever");
            let said = self.incident.fire(&code, self.now, &self.calendar);
            // Whom it is told to has its own tests; the desk tells them, and what is told once is not told again.
            if let Some((TimerKind::Unrecovered(to), None)) = said {
                let (cause, text) = (Cause::Unrecovered, None);
                self.hear(Body::Escalated { to, cause, text, ladder: vec![], ordered: false });
                continue;
            }
            match said {
                Some((_, Some(body))) => drop(self.hear(body)),
                Some((crate::incident::timer::TimerKind::AutoClose, None)) => {
                    let by = By { actor: Actor::System, role: None, now: self.now };
                    let facts = self.incident.close(&by, self.closing(true)).unwrap();
                    self.add(facts);
                }
                other => panic!("{code}: {other:?}"),
            }
            fired.push(code);
        }
    }

    /// How the targets of the alert's own clock stand now: SLO, then SLA.
    pub(super) fn verdicts(&self, clock: usize) -> (Option<bool>, Option<Option<bool>>) {
        use crate::fact::Target;
        let clock = &self.incident.clocks()[clock];
        let met = |target| clock.verdict(target, self.now).map(|verdict| verdict.met());
        (met(Target::Slo).flatten(), met(Target::Sla))
    }

    /// When a clock ended, in minutes after the alert.
    pub(super) fn ended(&self, clock: usize) -> Option<i64> {
        self.incident.clocks()[clock].end.as_ref().map(|end| end.at.since_ms(alert_at()) / 60_000)
    }
}
