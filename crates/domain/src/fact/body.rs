//! What a fact can say. One variant a kind; free text, names, numbers and raw bytes are blobs named by id.

use crate::access::Role;
use crate::attachment::Attachment;
use crate::clocks::notice::AgreedTargets;
use crate::compliance::frozen::Changed;
use crate::contact::Rounds;
use crate::fault::{Heard, Priority};
use crate::ids::{
    BlobId, ContactId, DelegationId, KeyId, MembershipId, MessageId, PersonId, ProjectKey, RecordKey, WebhookId,
};
use crate::incident::escalation::{Cause, Group};
use crate::incident::major::Criterion;
use crate::incident::promise::PromiseKind;
use crate::incident::report::ReportKind;
use crate::mail_in::Why;
use crate::process;
use crate::request;
use crate::telephone::Evidence;
use crate::time::Instant;
use crate::window::{Left, WindowKind};
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Where an incident came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// An alert from a sender.
    Alert {
        /// The accepted event's number in its tenant.
        event: u64,
        /// What joins later events to this incident.
        dedup_key: String,
        /// Which alert of the incident came first.
        alert_key: String,
    },
    /// The silence of a key that had promised a heartbeat.
    Heartbeat {
        /// The silent key.
        key: KeyId,
    },
    /// The customer, on the portal or by the API (障害ご連絡, R-4.2.1-1).
    Customer {
        /// 優先度
        priority: Priority,
        /// 検知日時
        detected_at: Instant,
        /// ホスト名
        host: BlobId,
        /// ビジネスインパクト
        business_impact: BlobId,
        /// 障害の詳細
        details: BlobId,
    },
    /// The customer, by telephone (R-4.2.1-9).
    Telephone {
        /// The fact `intake_call.begun` of the provider's chain.
        call: u64,
        /// When the call began: the clocks run from here (C-19).
        began: Instant,
        /// Whether that is a stated, earlier begin.
        stated: bool,
        /// The company as the caller says it, where it was not found and the incident is the provider's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        company: Option<BlobId>,
        /// Whether the project is sure.
        project_sure: bool,
    },
    /// An alert that still fired when a window of work ended.
    Window {
        /// The window.
        window: RecordKey,
        /// When it ended: the clocks run from here.
        ended: Instant,
        /// The last event that said something new of the alert.
        event: u64,
        /// What joins later events to this incident.
        dedup_key: String,
        /// Which alert.
        alert_key: String,
    },
}

/// One answer to a question of the criteria.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question's id inside the criteria version.
    pub question: String,
    /// Yes or no.
    pub yes: bool,
}

/// Whether a publication alone ends the notice clock, as it stood at that minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "voice", rename_all = "snake_case")]
pub enum Voice {
    /// A call to this contact must begin too.
    Required {
        /// The first contact of the plan valid at that minute.
        contact: ContactId,
    },
    /// No contact with a telephone is valid at that minute.
    NoneValid,
    /// The customer waived calls in writing.
    Waived,
    /// It had recovered by itself before anybody was told, and the plan asks for the ticket only then.
    SelfRecovered,
    /// No impact: no call is owed (R-4.2.2-8).
    NotOwed,
    /// The caller is a contact of the plan and was told on the call by which the fault was told to us.
    OnOwnCall {
        /// That contact.
        contact: ContactId,
    },
}

/// How a call attempt ended (R-4.2.2-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// 本人が応答し、内容を理解した
    Answered,
    /// 別の人が応答した
    AnsweredOther,
    /// 留守番電話
    Voicemail,
    /// 話し中
    Busy,
    /// 応答なし
    None,
}

impl CallResult {
    /// All, in the order of their keys 1 to 5.
    pub const ALL: [Self; 5] = [Self::Answered, Self::AnsweredOther, Self::Voicemail, Self::Busy, Self::None];

    /// As facts and forms write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::AnsweredOther => "answered_other",
            Self::Voicemail => "voicemail",
            Self::Busy => "busy",
            Self::None => "none",
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Answered => Label::new("本人が応答", "Answered"),
            Self::AnsweredOther => Label::new("別の人が応答", "Somebody else answered"),
            Self::Voicemail => Label::new("留守番電話", "Voicemail"),
            Self::Busy => Label::new("話し中", "Busy"),
            Self::None => Label::new("応答なし", "No answer"),
        }
    }
}

/// Which step of which runbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbookStep {
    /// The runbook's id.
    pub id: String,
    /// The version of the project's runbooks, or the edition of the shipped ones.
    pub version: u32,
    /// The step's number, from 1.
    pub step: u32,
}

/// By which consent a step that interrupts or loses data was done (R-4.2.2-13, Q-24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ConsentRef {
    /// In advance, to the version of the runbooks that the step names.
    Standing {},
    /// To this incident.
    Given {
        /// Which consent of the incident, from 1.
        consent: u32,
    },
}

/// How an incident stands for those merged into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentStanding {
    /// What ended its first notice clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<ParentTold>,
    /// When its recovery notice in force was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Instant>,
    /// Whether it has ended.
    pub ended: bool,
    /// Whether it ended as a false alarm that the head of desk upheld.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub false_alarm: bool,
}

/// What an incident told the customer that counts for those merged into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentTold {
    /// When the telling was complete: published, and called where a call was owed.
    pub at: Instant,
    /// Whether it told of impact.
    pub impact: bool,
    /// The fact of the publication.
    pub published: u64,
}

/// By which way the customer was told of the recovery (R-4.2.2-20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeChannel {
    /// On the ticket.
    Ticket,
    /// By telephone.
    Phone,
}

/// Which of the two targets of a notice clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// サービスレベル目標
    Slo,
    /// サービスレベル合意
    Sla,
}

/// How a target stands in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Told in time.
    Met,
    /// Told late, or not at all.
    Missed,
    /// Not judged: a false alarm that stands.
    Void,
}

/// What the desk was reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// 5 minutes without judgement.
    Unjudged,
    /// 10 minutes without judgement: the head of desk is told.
    UnjudgedLong,
    /// 10 minutes before an interim slot.
    InterimSoon,
    /// 50 minutes since the last report.
    LongSilence,
}

/// What a message tells the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// 障害発生連絡
    Occurrence,
    /// 中間報告
    Interim,
    /// 復旧連絡
    Recovery,
    /// お客様へのメッセージ
    Message,
    /// 終了のお知らせ
    Closure,
    /// 受付のお知らせ, to whoever filed a fault: no notice of Q-03, it ends no clock and owes no call.
    Receipt,
    /// 障害報告書
    Report,
}

/// How one attempt to deliver a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// Taken over by the customer's side.
    Delivered,
    /// Not now; it will be tried again.
    Deferred,
    /// Never this way; it is not tried again.
    Refused,
}

/// What happened. Serialises to `kind` and `body`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
#[expect(missing_docs, reason = "the fields are named as the API and docs/chain.md name them")]
pub enum Body {
    // What the tenant is.
    #[serde(rename = "tenant.added")]
    TenantAdded { name: BlobId },
    #[serde(rename = "tenant.renamed")]
    TenantRenamed { name: BlobId },
    #[serde(rename = "project.added")]
    ProjectAdded { project: ProjectKey, name: BlobId },
    /// The operation phase began; what R-3.4-* asks for and is missing stands as a listed exception.
    #[serde(rename = "project.started")]
    ProjectStarted { project: ProjectKey, exceptions: Vec<String> },
    #[serde(rename = "version.recorded")]
    VersionRecorded { paper: String, subject: String, version: u32, valid_from: Instant, document: BlobId },
    /// The customer's approver agreed to a version, signed in.
    #[serde(rename = "version.agreed")]
    VersionAgreed { paper: String, subject: String, version: u32 },
    #[serde(rename = "membership.granted")]
    MembershipGranted { membership: MembershipId, person: PersonId, role: Role, until: Option<Instant> },
    #[serde(rename = "membership.ended")]
    MembershipEnded { membership: MembershipId },
    #[serde(rename = "delegation.granted")]
    DelegationGranted {
        delegation: DelegationId,
        giver: PersonId,
        taker: PersonId,
        right: String,
        minute_from: u32,
        minute_to: u32,
        until: Option<Instant>,
    },
    #[serde(rename = "delegation.ended")]
    DelegationEnded { delegation: DelegationId },
    #[serde(rename = "key.added")]
    KeyAdded { key: KeyId, project: ProjectKey, scope: String, role: Role, heartbeat_minutes: Option<u32> },
    #[serde(rename = "key.revoked")]
    KeyRevoked { key: KeyId },
    #[serde(rename = "webhook.added")]
    WebhookAdded { webhook: WebhookId, url: BlobId },
    #[serde(rename = "webhook.disabled")]
    WebhookDisabled { webhook: WebhookId },
    /// The mail of a morning went out: what happened to which incidents `since` and `until`, in which words, by which messages.
    #[serde(rename = "tenant.morning_told")]
    MorningTold { since: Instant, until: Instant, incidents: Vec<RecordKey>, text: BlobId, messages: Vec<MessageId> },
    /// The table of appendix 5 of a period as it stood then: the document is its canonical JSON, the checksum the SHA-256 over it.
    #[serde(rename = "table.frozen")]
    TableFrozen { number: u32, from: Instant, before: Instant, checksum: String, document: BlobId },
    /// A later edition of table `restates`, and whose verdict came out otherwise; the reason stands beside it.
    #[serde(rename = "table.restated")]
    TableRestated { number: u32, restates: u32, checksum: String, document: BlobId, changed: Vec<Changed> },
    /// A mail was taken in and joined no ticket: it is kept for people to look at. `mail` tells one mail from another, `guess` is
    /// the ticket it seems to be about. Its number is the place of this fact in the provider's chain.
    #[serde(rename = "mail.kept")]
    MailKept {
        mail: String,
        why: Why,
        guess: Option<RecordKey>,
        from: BlobId,
        subject: BlobId,
        text: BlobId,
        raw: BlobId,
    },
    /// Somebody dealt with a kept mail: it was put on a ticket, or dropped.
    #[serde(rename = "mail.settled")]
    MailSettled { number: u64, attached: Option<RecordKey> },
    /// The words of the next fact of this record came by mail.
    #[serde(rename = "mail.joined")]
    MailJoined { mail: String, from: BlobId, raw: BlobId },
    /// Somebody asks for the words of all tickets to go to which nothing happened at `before` or later.
    #[serde(rename = "disposal.proposed")]
    DisposalProposed { number: u32, before: Instant, tickets: u64 },
    /// Another person approved or rejected it; why not, stands as the reason.
    #[serde(rename = "disposal.answered")]
    DisposalAnswered { number: u32, approved: bool },
    /// The words of its tickets are gone.
    #[serde(rename = "disposal.ended")]
    DisposalEnded { number: u32, tickets: u64, words: u64 },
    /// The clock went back by more than two seconds since the fact before.
    #[serde(rename = "clock.stepped")]
    ClockStepped { back_ms: i64 },

    // What happened to an incident.
    #[serde(rename = "incident.opened")]
    IncidentOpened {
        project: ProjectKey,
        number: u64,
        origin: Origin,
        title: BlobId,
        severity: String,
        targets: AgreedTargets,
        agreement: Option<u32>,
    },
    #[serde(rename = "incident.taken")]
    IncidentTaken { person: PersonId },
    #[serde(rename = "incident.checked")]
    IncidentChecked { how: BlobId, result: BlobId },
    /// `held_at_alert` stands on a re-judgement to impact: whether the criteria held at the alert already.
    #[serde(rename = "incident.judged")]
    IncidentJudged {
        impact: bool,
        criteria: u32,
        answers: Vec<Answer>,
        needs_second: bool,
        held_at_alert: Option<bool>,
    },
    #[serde(rename = "incident.judgement_confirmed")]
    JudgementConfirmed { judgement: u64 },
    /// `next_due` stands where the notice promised a first report by then.
    #[serde(rename = "incident.notified")]
    IncidentNotified {
        impact: bool,
        text: BlobId,
        plan: Option<u32>,
        voice: Voice,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_due: Option<Instant>,
        /// When calls repeat and what ends them, where a call is owed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rounds: Option<Rounds>,
    },
    /// A call to a contact begins. `round` counts from 1; `last_of_round` stands where the plan named nobody after this contact
    /// at that minute.
    #[serde(rename = "incident.call_begun")]
    CallBegun {
        contact: ContactId,
        rank: u32,
        number: BlobId,
        plan: u32,
        first_valid: bool,
        begun: Instant,
        stated: bool,
        #[serde(default, skip_serializing_if = "Evidence::is_stated")]
        evidence: Evidence,
        round: u32,
        last_of_round: bool,
    },
    /// Somebody picked up and the talk goes on. `call` counts the calls of the incident from 1.
    #[serde(rename = "incident.call_connected")]
    CallConnected { call: u32 },
    #[serde(rename = "incident.call_ended")]
    CallEnded { call: u32, result: CallResult, note: Option<BlobId> },
    /// No result was recorded in time: the call counts for nothing.
    #[serde(rename = "incident.call_voided")]
    CallVoided { call: u32 },
    /// A contact called back.
    #[serde(rename = "incident.called_back")]
    CalledBack { contact: Option<ContactId>, number: BlobId, name: BlobId, understood: bool, note: Option<BlobId> },
    /// Somebody opened the link of a notice's mail and said that they know.
    #[serde(rename = "incident.acknowledged")]
    NoticeAcknowledged { message: MessageId },
    /// One of the customer's people opened the ticket after it was told of.
    #[serde(rename = "incident.read")]
    TicketRead {},
    /// Oral consent: who gave it, from which number, in which words, to what; whoever acts heard it.
    #[serde(rename = "incident.consented")]
    ConsentHeard { who: BlobId, number: BlobId, words: BlobId, what: BlobId },
    /// The customer says that a consent was not given so. `consent` counts the consents of the incident from 1.
    #[serde(rename = "incident.consent_disputed")]
    ConsentDisputed { consent: u32, text: BlobId },
    /// Somebody else must know: `ladder` are the people paged for it, one after the other where `ordered`.
    #[serde(rename = "incident.escalated")]
    Escalated { to: Group, cause: Cause, text: Option<BlobId>, ladder: Vec<PersonId>, ordered: bool },
    /// `escalation` counts the escalations of the incident from 1.
    #[serde(rename = "incident.escalation_taken")]
    EscalationTaken { escalation: u32 },
    #[serde(rename = "page.queued")]
    PageQueued { message: MessageId, escalation: u32, step: u32, person: PersonId },
    #[serde(rename = "incident.promised")]
    Promised { promise: PromiseKind, due: Instant, text: BlobId },
    /// `promise` counts the promises of the incident from 1.
    #[serde(rename = "incident.promise_kept")]
    PromiseKept { promise: u32, text: Option<BlobId> },
    #[serde(rename = "incident.case_opened")]
    SupplierCaseOpened { number: BlobId, severity: String, opened: Instant },
    /// `case` counts the supplier's cases of the incident from 1.
    #[serde(rename = "incident.case_answered")]
    SupplierCaseAnswered { case: u32, at: Instant, text: BlobId },
    #[serde(rename = "incident.handed_over")]
    HandedOver { to: Option<PersonId>, text: BlobId },
    // Causes common to several customers (共通原因).
    /// Of the provider's chain; its place there is the cause's number.
    #[serde(rename = "cause.opened")]
    CauseOpened { title: BlobId },
    #[serde(rename = "cause.closed")]
    CauseClosed { cause: u64 },
    #[serde(rename = "incident.cause_linked")]
    CauseLinked { cause: u64 },
    #[serde(rename = "incident.cause_unlinked")]
    CauseUnlinked { cause: u64 },
    // Merging (統合).
    /// It goes on in another incident of the project.
    #[serde(rename = "incident.merged")]
    IncidentMerged { into: RecordKey },
    /// It goes on by itself again.
    #[serde(rename = "incident.separated")]
    IncidentSeparated {},
    /// How the incident it is merged into stands from now on.
    #[serde(rename = "incident.parent_moved")]
    ParentMoved { standing: ParentStanding },
    #[serde(rename = "incident.child_merged")]
    ChildMerged { child: RecordKey, alert_at: Instant, known: bool },
    #[serde(rename = "incident.child_separated")]
    ChildSeparated { child: RecordKey },
    /// An alert of a child came again after the recovery notice of this one.
    #[serde(rename = "incident.child_alerted")]
    ChildAlerted { child: RecordKey, event: u64 },
    #[serde(rename = "incident.reported")]
    InterimReported { text: BlobId, next_due: Option<Instant> },
    #[serde(rename = "incident.step_done")]
    RecoveryStepDone {
        step: BlobId,
        result: BlobId,
        /// The step of a runbook that was done; none where it was free.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        runbook: Option<RunbookStep>,
        /// The data are as of this instant afterwards.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recovery_point: Option<Instant>,
        /// By which consent of the customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consent: Option<ConsentRef>,
    },
    // Runbooks.
    /// No runbook of that version, 0 where there was none, is bound to the alerts: the support centre owes one.
    #[serde(rename = "incident.runbook_missing")]
    RunbookMissing { version: u32 },
    /// A version was recorded with a runbook for the alerts.
    #[serde(rename = "incident.runbook_provided")]
    RunbookProvided { version: u32 },
    /// The support centre says why there will be none; the reason stands beside it.
    #[serde(rename = "incident.runbook_declined")]
    RunbookDeclined {},
    #[serde(rename = "incident.recovered")]
    IncidentRecovered { recovered_at: Instant, recovery_point: Option<Instant> },
    #[serde(rename = "incident.recovery_withdrawn")]
    RecoveryWithdrawn {},
    #[serde(rename = "incident.recovery_notified")]
    RecoveryNotified { method: BlobId, confirmed_by: BlobId, channel: NoticeChannel, text: BlobId },
    #[serde(rename = "incident.recurred")]
    IncidentRecurred { text: BlobId },
    #[serde(rename = "incident.closed")]
    IncidentClosed { class: String, cause: BlobId, confirmed_by: Option<BlobId>, automatic: bool },
    #[serde(rename = "incident.false_alarm")]
    FalseAlarmDeclared { grounds: BlobId },
    #[serde(rename = "incident.false_alarm_reviewed")]
    FalseAlarmReviewed { upheld: bool },
    /// Internal: never shown to the customer.
    #[serde(rename = "incident.noted")]
    IncidentNoted { text: BlobId },
    /// Between the desk and the customer.
    #[serde(rename = "incident.messaged")]
    IncidentMessaged { text: BlobId, from_customer: bool },
    #[serde(rename = "incident.reminded")]
    IncidentReminded { reminder: Reminder, due: Instant },
    /// A target passed without a notice; provisional until the verdict.
    #[serde(rename = "incident.target_passed")]
    TargetPassed { clock: u32, target: Target, due: Instant },
    #[serde(rename = "incident.slot_missed")]
    SlotMissed { slot: Instant },
    /// Final: it never moves again.
    #[serde(rename = "incident.verdict")]
    VerdictGiven { clock: u32, target: Target, outcome: Outcome, due: Instant, ended: Option<Instant>, rules: u32 },

    // Afterwards: reports (障害報告書), and what a major incident asks for.
    /// `version` counts the versions of that report from 1; the reason says why it replaces a published one.
    #[serde(rename = "incident.report_written")]
    ReportWritten { report: ReportKind, version: u32, document: BlobId },
    /// Published with these words.
    #[serde(rename = "incident.report_approved")]
    ReportApproved { report: ReportKind, version: u32, text: BlobId },
    #[serde(rename = "incident.report_returned")]
    ReportReturned { report: ReportKind, version: u32 },
    /// A later date for the final report.
    #[serde(rename = "incident.report_date_agreed")]
    ReportDateAgreed { due: Instant, agreed_by: BlobId },
    #[serde(rename = "incident.major")]
    MajorDeclared { criterion: Criterion },
    /// `action` says where the corrective action is found.
    #[serde(rename = "incident.major_reviewed")]
    MajorReviewed { timeline: BlobId, cause: BlobId, lessons: BlobId, action: BlobId },

    // Faults told by telephone (障害ご連絡).
    /// A call began at the desk; of the provider's chain, since nobody knows yet whose it is.
    #[serde(rename = "intake_call.begun")]
    IntakeCallBegun {},
    #[serde(rename = "incident.heard")]
    CallerHeard(Box<Heard>),
    #[serde(rename = "incident.intake_call_ended")]
    IntakeCallEnded { summary: BlobId },

    // A request and what people do to it.
    #[serde(rename = "request.filed")]
    RequestFiled(Box<request::Filed>),
    #[serde(rename = "request.taken")]
    RequestTaken { person: PersonId },
    #[serde(rename = "request.planned")]
    RequestPlanned { plan: BlobId, affects: bool },
    /// One side's approval of work that affects the service.
    #[serde(rename = "request.approved")]
    WorkApproved { by_customer: bool },
    #[serde(rename = "request.begun")]
    RequestBegun {},
    #[serde(rename = "request.completed")]
    RequestCompleted { result: BlobId, at: Instant, stated: bool },
    #[serde(rename = "request.returned")]
    RequestReturned {},
    #[serde(rename = "request.closed")]
    RequestClosed { automatic: bool },
    #[serde(rename = "request.declined")]
    RequestDeclined { guidance: BlobId },
    #[serde(rename = "request.cancelled")]
    RequestCancelled {},
    #[serde(rename = "request.asked")]
    RequestAsked { text: BlobId },
    #[serde(rename = "request.answered")]
    RequestAnswered { text: BlobId },
    #[serde(rename = "request.date_offered")]
    DateOffered {
        from: Instant,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Instant>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<BlobId>,
    },
    #[serde(rename = "request.date_replied")]
    DateReplied { agreed: bool },
    /// 特段の事情
    #[serde(rename = "request.excepted")]
    RequestExcepted { due: Instant, text: BlobId },
    #[serde(rename = "request.urgent")]
    RequestMadeUrgent {},
    #[serde(rename = "request.reclassified")]
    RequestReclassified {
        filing: request::Filing,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Instant>,
    },
    #[serde(rename = "request.messaged")]
    RequestMessaged { text: BlobId, from_customer: bool },
    #[serde(rename = "request.noted")]
    RequestNoted { text: BlobId },
    /// The due passed without a completion.
    #[serde(rename = "request.due_passed")]
    RequestDuePassed { due: Instant },
    /// Why the due was missed and what is done about it, as the customer was told.
    #[serde(rename = "request.miss_explained")]
    MissExplained { text: BlobId },
    #[serde(rename = "request.reminded")]
    RequestReminded { timer: request::duty::RequestTimer },
    /// How things stood before or after the work; among ourselves.
    #[serde(rename = "request.evidenced")]
    RequestEvidenced { after: bool, text: BlobId },
    /// A second person checked the work; among ourselves.
    #[serde(rename = "request.work_checked")]
    WorkChecked { text: BlobId },
    /// To the development team, or back from it; among ourselves.
    #[serde(rename = "request.handed_over")]
    RequestHandedOver { back: bool, text: BlobId },
    /// A part of it goes on as a ticket of its own.
    #[serde(rename = "request.split")]
    RequestSplit { child: RecordKey },
    /// Another ticket belongs to it; among ourselves. The reason says how.
    #[serde(rename = "request.linked")]
    RequestLinked { to: RecordKey },
    /// Staff is paged about it.
    #[serde(rename = "request.paged")]
    RequestPaged { message: MessageId, timer: request::duty::RequestTimer, step: u32, person: PersonId },

    // A record of a process that is only a file.
    #[serde(rename = "record.opened")]
    RecordOpened(Box<process::record::Opened>),
    #[serde(rename = "record.acted")]
    RecordActed(Box<process::record::Acted>),

    // What tools told about it.
    #[serde(rename = "alert.joined")]
    AlertJoined { event: u64, alert_key: String },
    #[serde(rename = "alert.resolved")]
    AlertResolved { event: u64, alert_key: String },
    #[serde(rename = "alert.acknowledged")]
    AlertAcknowledged { event: u64, alert_key: String },
    /// Repeats since the last such fact: how many, up to which event.
    #[serde(rename = "alert.counted")]
    AlertCounted { alert_key: String, count: u64, total: u64 },

    /// It still fired when a window of work ended, and belongs here from then on.
    #[serde(rename = "alert.carried")]
    AlertCarried { window: RecordKey, event: u64, alert_key: String },

    // Windows of work.
    /// `hosts` holds patterns, one a line, and no text for the whole project.
    #[serde(rename = "window.announced")]
    WindowAnnounced {
        project: ProjectKey,
        number: u64,
        of: WindowKind,
        hosts: BlobId,
        work: BlobId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<BlobId>,
        from: Instant,
        to: Instant,
    },
    /// It ends at that instant instead.
    #[serde(rename = "window.changed")]
    WindowChanged { to: Instant },
    /// It ended, and each alert that still fired went somewhere.
    #[serde(rename = "window.ended")]
    WindowEnded { at: Instant, left: Vec<Left> },
    #[serde(rename = "window.cancelled")]
    WindowCancelled { left: Vec<Left> },
    /// `from` names the window that passed it on at its own end; then `event` was counted there.
    #[serde(rename = "window.kept")]
    WindowKept {
        event: u64,
        dedup_key: String,
        alert_key: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<RecordKey>,
    },
    #[serde(rename = "window.resolved")]
    WindowResolved { event: u64, dedup_key: String, alert_key: String },
    /// Repeats since the last fact: how many, up to which total.
    #[serde(rename = "window.counted")]
    WindowCounted { dedup_key: String, alert_key: String, count: u64, total: u64 },

    // A file that either side added to a ticket.
    #[serde(rename = "file.attached")]
    FileAttached(Attachment),

    // Words that are gone; the facts that named them stay.
    /// All of this record, at the end of its retention.
    #[serde(rename = "record.disposed")]
    RecordDisposed { disposal: u32, words: u64 },
    /// Those of fact `of` of this record, such as a password that somebody wrote there. The reason says why.
    #[serde(rename = "words.erased")]
    WordsErased { of: u64, words: u64 },

    // A secret that the customer reads once; the secret itself stands in no fact.
    #[serde(rename = "secret.handed")]
    SecretHanded { label: BlobId, until: Instant },
    /// `number` is the fact that handed it over.
    #[serde(rename = "secret.read")]
    SecretRead { number: u64 },
    #[serde(rename = "secret.taken_back")]
    SecretTakenBack { number: u64 },
    /// Nobody read it in time.
    #[serde(rename = "secret.expired")]
    SecretExpired { number: u64 },

    // What became of what we told.
    #[serde(rename = "message.queued")]
    MessageQueued { message: MessageId, notice: NoticeKind, channel: String, contact: Option<ContactId> },
    #[serde(rename = "message.attempted")]
    MessageAttempted { message: MessageId, attempt: u32, outcome: AttemptOutcome, detail: BlobId },
    /// Five minutes without delivery: a call task.
    #[serde(rename = "message.undelivered")]
    MessageUndelivered { message: MessageId },
}

impl Body {
    /// Whether a person acting on a record must have seen this before acting on it. Repeats, deliveries and reminders
    /// arrive on their own and do not make what an operator is typing stale.
    pub fn moves_version(&self) -> bool {
        if let Self::RecordActed(acted) = self {
            return !acted.adds;
        }
        !matches!(
            self,
            Self::AlertJoined { .. }
                | Self::AlertResolved { .. }
                | Self::AlertAcknowledged { .. }
                | Self::AlertCounted { .. }
                | Self::AlertCarried { .. }
                | Self::MessageQueued { .. }
                | Self::MessageAttempted { .. }
                | Self::MessageUndelivered { .. }
                | Self::IncidentReminded { .. }
                | Self::TargetPassed { .. }
                | Self::SlotMissed { .. }
                | Self::IncidentNoted { .. }
                | Self::IncidentMessaged { .. }
                | Self::MailJoined { .. }
                | Self::RequestMessaged { .. }
                | Self::RequestNoted { .. }
                | Self::FileAttached(_)
                | Self::SecretHanded { .. }
                | Self::SecretRead { .. }
                | Self::SecretTakenBack { .. }
                | Self::SecretExpired { .. }
                | Self::RecordDisposed { .. }
                | Self::WordsErased { .. }
                | Self::RequestReminded { .. }
                | Self::RequestPaged { .. }
                | Self::RequestLinked { .. }
                | Self::RequestDuePassed { .. }
                | Self::RunbookMissing { .. }
                | Self::RunbookProvided { .. }
                | Self::CallVoided { .. }
                | Self::CalledBack { .. }
                | Self::NoticeAcknowledged { .. }
                | Self::TicketRead {}
                | Self::ConsentDisputed { .. }
                | Self::CallerHeard(_)
                | Self::IntakeCallEnded { .. }
                | Self::Escalated { .. }
                | Self::EscalationTaken { .. }
                | Self::PageQueued { .. }
                | Self::ParentMoved { .. }
                | Self::CauseLinked { .. }
                | Self::CauseUnlinked { .. }
                | Self::ChildAlerted { .. }
                | Self::ReportWritten { .. }
                | Self::ReportApproved { .. }
                | Self::ReportReturned { .. }
                | Self::ReportDateAgreed { .. }
                | Self::MajorReviewed { .. }
        )
    }

    /// Whether the customer reads it on the page of the record.
    pub fn is_told_to_customer(&self) -> bool {
        match self {
            Self::RecordActed(acted) => return !acted.internal,
            Self::FileAttached(file) => return !file.internal,
            _ => {}
        }
        !matches!(
            self,
            Self::MailJoined { .. }
                | Self::RequestNoted { .. }
                | Self::RequestReminded { .. }
                | Self::RequestPaged { .. }
                | Self::RequestEvidenced { .. }
                | Self::WorkChecked { .. }
                | Self::RequestHandedOver { .. }
                | Self::RequestLinked { .. }
                | Self::MessageQueued { .. }
                | Self::MessageAttempted { .. }
                | Self::MessageUndelivered { .. }
        )
    }

    /// Whether it is only about words that are gone: nothing happened to the record, so that no clock and no row of it moves.
    pub const fn is_about_words(&self) -> bool {
        matches!(self, Self::RecordDisposed { .. } | Self::WordsErased { .. })
    }

    /// Whether a tool said it about an alert. Tools move no clock, so such facts come without a new header, but for a return
    /// of the alert after the recovery notice, which owes a word.
    pub const fn is_told_by_tool(&self) -> bool {
        matches!(
            self,
            Self::AlertJoined { .. }
                | Self::AlertResolved { .. }
                | Self::AlertAcknowledged { .. }
                | Self::AlertCounted { .. }
                | Self::ChildAlerted { .. }
                | Self::AlertCarried { .. }
        )
    }
}
