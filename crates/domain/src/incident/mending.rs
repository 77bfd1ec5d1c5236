//! Mending: recovery steps, free or of a runbook, and the runbook that was missing (R-4.2.2-9 to -15, Q-24).
//!
//! Telling and mending run side by side, so steps may be recorded from 切り分け中 on.

use super::verbs::{By, Facts, missing_reason, wrong_state};
use super::{Incident, Mark, Marked, State};
use crate::access::Role;
use crate::calendar::{BusinessDays, Calendar};
use crate::fact::{Body, ConsentRef, NewFact, RunbookStep};
use crate::ids::BlobId;
use crate::incident::duty::{Duty, DutyKind};
use crate::refusal::Refusal;
use crate::runbook::{StandingConsent, Step};
use crate::time::{Instant, MINUTE_MS};

/// Business days in which the support centre writes a runbook that was missing.
const RUNBOOK_DAYS: u64 = 5;

/// A recovery step that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDone {
    /// What was done.
    pub step: BlobId,
    /// With what result.
    pub result: BlobId,
    /// The step of a runbook; none where it was free.
    pub runbook: Option<RunbookStep>,
    /// The data are as of this instant afterwards.
    pub recovery_point: Option<Instant>,
    /// By which consent.
    pub consent: Option<ConsentRef>,
}

/// A runbook that was missing when the incident was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunbookTask {
    /// The version of the project's runbooks in which there was none; 0 where there was no version.
    pub looked_at: u32,
    /// The fact that settled it, and the version that has one; none where it was declined.
    pub settled: Option<(Mark, Option<u32>)>,
}

/// A step of a runbook as it is ticked.
#[derive(Clone, Debug)]
pub struct Tick<'a> {
    /// Which step.
    pub at: RunbookStep,
    /// The step as its runbook says it.
    pub step: &'a Step,
    /// Its words.
    pub text: BlobId,
    /// The standing consent of the version that the step is of.
    pub standing: Option<&'a StandingConsent>,
    /// With what result.
    pub result: BlobId,
    /// The data are as of this instant afterwards.
    pub recovery_point: Option<Instant>,
    /// By which consent.
    pub consent: Option<ConsentRef>,
}

impl Incident {
    /// A free recovery step.
    ///
    /// # Errors
    /// Nobody has taken the incident, or it has ended.
    pub fn step(&self, by: &By, step: BlobId, result: BlobId) -> Facts {
        self.guarded("step", by)?;
        let body = Body::RecoveryStepDone { step, result, runbook: None, recovery_point: None, consent: None };
        Ok(vec![self.fact(by, body)])
    }

    /// A step of a runbook: one that interrupts or loses data is done only by a consent, and one that restores only with its
    /// recovery point.
    ///
    /// # Errors
    /// Nobody has taken the incident, or it has ended; the recovery point is missing or lies ahead; the consent is missing,
    /// unknown or disputed.
    pub fn tick(&self, by: &By, tick: Tick<'_>) -> Facts {
        self.guarded("tick", by)?;
        let Tick { at, step, text, standing, result, recovery_point, consent } = tick;
        match recovery_point {
            None if step.needs_recovery_point => {
                return Err(Refusal::invalid(
                    "recovery_point",
                    "このステップには回復時点が必要です。いつの時点のデータに戻すかを確認して入力してください。",
                    "This step needs its recovery point. Find out as of when the data will be, and enter it.",
                ));
            }
            Some(point) if point > by.now => {
                return Err(Refusal::invalid(
                    "recovery_point",
                    "回復時点は今より前の時刻で入力してください。",
                    "The recovery point lies in the past. Check the time.",
                ));
            }
            _ => {}
        }
        match consent {
            None if step.effect.needs_consent() => {
                return Err(Refusal::invalid(
                    "consent",
                    "このステップにはお客様の同意が必要です。電話で同意を得て「口頭同意を記録」に入力し、その同意を選んでください。返事がないことは同意ではありません。",
                    "This step needs the customer's consent. Get it by telephone, record it as an oral consent and choose it here. Silence is no consent.",
                ));
            }
            Some(consent) => self.refuse_no_consent(consent, standing)?,
            None => {}
        }
        let body = Body::RecoveryStepDone { step: text, result, runbook: Some(at), recovery_point, consent };
        Ok(vec![self.fact(by, body)])
    }

    /// Whether a step that needs a consent may be done by this one.
    fn refuse_no_consent(&self, consent: ConsentRef, standing: Option<&StandingConsent>) -> Result<(), Refusal> {
        let ConsentRef::Given { consent } = consent else {
            return standing.map(|_| ()).ok_or_else(|| {
                Refusal::invalid(
                    "consent",
                    "この版の保守手順には事前同意がありません。電話で同意を得て「口頭同意を記録」に入力してください。",
                    "Nobody consented to this version in advance. Get consent by telephone and record it as an oral consent.",
                )
            });
        };
        let place = usize::try_from(consent).ok().and_then(|place| place.checked_sub(1));
        match place.and_then(|place| self.consents.get(place)) {
            None => Err(Refusal::invalid(
                "consent",
                format!("同意{consent}はこの障害に記録されていません。一覧から選んでください。"),
                format!("Consent {consent} is not recorded on this incident. Choose one of the list."),
            )),
            Some(found) if found.what.disputed.is_some() => Err(Refusal::invalid(
                "consent",
                format!("同意{consent}にはお客様が異議を出しています。あらためて同意を得て記録してください。"),
                format!("The customer disputes consent {consent}. Ask again, and record what they say."),
            )),
            Some(_) => Ok(()),
        }
    }

    /// As of when the data are, by the last step that restored something.
    pub fn recovery_point(&self) -> Option<Instant> {
        self.steps.iter().rev().find_map(|step| step.what.recovery_point)
    }

    /// What is said when the incident is taken first and no runbook of a version, 0 for none, is bound to its alerts.
    pub fn miss_runbook(&self, version: u32) -> Option<NewFact> {
        let is_first = self.state == State::Detected && self.runbook_task.is_none();
        is_first.then(|| NewFact::by_system(Some(self.key.clone()), Body::RunbookMissing { version }))
    }

    /// A version was recorded with a runbook for these alerts.
    pub fn provide_runbook(&self, by: &By, version: u32) -> Option<NewFact> {
        self.owes_runbook().then(|| self.fact(by, Body::RunbookProvided { version }))
    }

    /// The support centre says why there will be no runbook; also after the end.
    ///
    /// # Errors
    /// None is owed, the reason is missing, or somebody else than the support centre or the head of desk says so.
    pub fn decline_runbook(&self, by: &By, reason: Option<BlobId>) -> Facts {
        if !self.owes_runbook() {
            return Err(wrong_state(self));
        }
        if !matches!(by.role, Some(Role::Su | Role::Dh)) {
            return Err(Refusal::not_now(
                "保守手順を作らないと決められるのはサポートセンターです。サポートセンターに依頼してください。",
                "Only the support centre decides that there will be no runbook. Ask them.",
            ));
        }
        Ok(vec![self.fact_because(by, Body::RunbookDeclined {}, Some(reason.ok_or_else(missing_reason)?))])
    }

    /// Whether the support centre owes a runbook. A false alarm needs none.
    pub fn owes_runbook(&self) -> bool {
        self.state != State::FalseAlarm && self.runbook_task.as_ref().is_some_and(|task| task.what.settled.is_none())
    }

    /// By when the support centre writes a runbook, while it owes one.
    pub(super) fn runbook_duty(&self, calendar: &Calendar) -> Option<Duty> {
        let task = self.runbook_task.as_ref().filter(|_| self.owes_runbook())?;
        let due = calendar.business_days_after(task.mark.at, BusinessDays::new(RUNBOOK_DAYS).ok()?).ok()?;
        Some(Duty { kind: DutyKind::WriteRunbook, due })
    }

    /// Adds a fact about mending; none where it names what is not there.
    pub(super) fn apply_mending(&mut self, body: &Body, mark: Mark) -> Option<()> {
        match body.clone() {
            Body::RecoveryStepDone { step, result, runbook, recovery_point, consent } => {
                if let Some(ConsentRef::Given { consent }) = consent {
                    self.consents.get(usize::try_from(consent).ok()?.checked_sub(1)?)?;
                }
                let what = StepDone { step, result, runbook, recovery_point, consent };
                self.steps.push(Marked { mark, what });
            }
            Body::RunbookMissing { version } => {
                let what = RunbookTask { looked_at: version, settled: None };
                self.runbook_task = Some(Marked { mark, what });
            }
            Body::RunbookProvided { version } => self.runbook_task.as_mut()?.what.settled = Some((mark, Some(version))),
            Body::RunbookDeclined {} => self.runbook_task.as_mut()?.what.settled = Some((mark, None)),
            _ => return None,
        }
        Some(())
    }
}

impl Marked<StepDone> {
    /// How many minutes before the step the data stood still, where that is more than the step promises (R-4.2.2-15).
    pub fn older_than_promised(&self, step: &Step) -> Option<i64> {
        let promised = i64::from(step.recovery_point_minutes?) * MINUTE_MS;
        let age = self.mark.at.since_ms(self.what.recovery_point?);
        (age > promised).then_some(age / MINUTE_MS)
    }
}
