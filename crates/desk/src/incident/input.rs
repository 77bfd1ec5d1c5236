//! Inputs of the verbs: the same struct for the API's JSON and the page's form. `version` is the record version the caller
//! saw; a stale one is refused.

pub use super::report::{IncidentReport, Major, MajorReview, ReportDate, ReportDecision};
pub use super::runbook::{RunbookRefusal, RunbookStep};
use domain::fact::{Answer as CriteriaAnswer, CallResult, NoticeChannel};
use domain::incident::escalation::Group;
use domain::incident::promise::PromiseKind;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$fdoc])* pub $field: $kind,)* }
    )*};
}

inputs! {
    /// 担当する
    Assignment {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
    }
    /// 稼動確認
    Check {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// How the running state was checked.
        #[schema(required)]
        how: String,
        /// What was found.
        #[schema(required)]
        result: String,
    }
    /// 影響判定; with impact it publishes the notice.
    Judgement {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// The version of the criteria whose questions were read: the incident's `criteria`. Another one in force by now is
        /// refused with 409.
        #[schema(required, minimum = 1)]
        criteria: u32,
        /// Answers to the criteria, in their order.
        #[schema(required, value_type = Vec<wire::incident::Answer>)]
        answers: Vec<CriteriaAnswer>,
        /// The notice to the customer; needed with impact.
        text: String,
        /// Why without a check of the running state.
        reason: String,
        /// With impact: the caller, a contact of the plan, was told on the call by which the fault was told to us, which still
        /// runs. Then no other call is owed.
        told_caller: bool,
    }
    /// 再判定
    Rejudgement {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// サービス影響 有 or 無 now.
        #[schema(required)]
        impact: bool,
        /// Whether the criteria held at the alert already.
        #[schema(required)]
        held_at_alert: bool,
        /// The notice to the customer; needed with impact.
        text: String,
        /// Why it is judged anew.
        reason: String,
    }
    /// A second person's word on a judgement.
    JudgementConfirmation {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
    }
    /// 障害発生連絡 without impact
    NoticeText {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// The notice to the customer.
        #[schema(required)]
        text: String,
    }
    /// 架電: a call that begins now; with a result one that was made already.
    Call {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Which contact of the plan.
        #[schema(required)]
        contact: String,
        /// The number dialled; empty means the contact's first.
        number: String,
        /// When it began, for a call that was made already; none means now.
        #[schema(value_type = Option<String>, format = DateTime)]
        begun: Option<Instant>,
        /// How it ended; none while it goes on.
        #[schema(value_type = Option<wire::incident::CallResult>)]
        result: Option<CallResult>,
        /// What was said.
        note: String,
        /// Why out of turn, or why recorded so late.
        reason: String,
    }
    /// 通話中: somebody picked up.
    CallConnection {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Which call of the incident, from 1.
        #[schema(required, minimum = 1)]
        call: u32,
    }
    /// How a call ended.
    CallEnd {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Which call of the incident, from 1.
        #[schema(required, minimum = 1)]
        call: u32,
        /// How it ended.
        #[schema(required, value_type = wire::incident::CallResult)]
        result: Option<CallResult>,
        /// What was said.
        note: String,
    }
    /// 折り返し: a contact called us.
    CallBack {
        /// The number they called from.
        #[schema(required)]
        number: String,
        /// Who spoke.
        #[schema(required)]
        name: String,
        /// Whether they were told of the fault and understood.
        #[schema(required)]
        understood: bool,
        /// What was said.
        note: String,
    }
    /// 口頭同意: heard by whoever records it.
    Consent {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Who gave it.
        #[schema(required)]
        who: String,
        /// From or to which number.
        #[schema(required)]
        number: String,
        /// In which words.
        #[schema(required)]
        words: String,
        /// To what.
        #[schema(required)]
        what: String,
    }
    /// The customer says that a consent was not given so.
    ConsentDispute {
        /// Which consent of the incident, from 1.
        #[schema(required, minimum = 1)]
        consent: u32,
        /// What was different.
        #[schema(required)]
        text: String,
    }
    /// エスカレーション
    Escalation {
        /// To whom.
        #[schema(required, value_type = wire::paper::Group)]
        to: Option<Group>,
        /// Why, and what is asked.
        #[schema(required)]
        reason: String,
    }
    /// Takes an escalation.
    EscalationTaking {
        /// Which escalation of the incident, from 1.
        #[schema(required, minimum = 1)]
        escalation: u32,
    }
    /// A promise with its instant.
    Promise {
        /// What.
        #[schema(required, value_type = wire::paper::PromiseKind)]
        kind: Option<PromiseKind>,
        /// Until when.
        #[schema(required, value_type = String, format = DateTime)]
        due: Option<Instant>,
        /// In which words.
        #[schema(required)]
        text: String,
    }
    /// A promise was kept.
    PromiseKept {
        /// Which promise of the incident, from 1.
        #[schema(required, minimum = 1)]
        promise: u32,
        /// What came of it.
        text: String,
    }
    /// A case was opened at the supplier.
    SupplierCase {
        /// The supplier's number of it.
        #[schema(required)]
        number: String,
        /// The severity it was opened with.
        #[schema(required)]
        severity: String,
        /// When it was opened there; none means now.
        #[schema(value_type = Option<String>, format = DateTime)]
        opened: Option<Instant>,
    }
    /// The supplier answered.
    SupplierAnswer {
        /// Which case of the incident, from 1.
        #[schema(required, minimum = 1)]
        case: u32,
        /// When it came; none means now.
        #[schema(value_type = Option<String>, format = DateTime)]
        at: Option<Instant>,
        /// What it said.
        #[schema(required)]
        text: String,
    }
    /// 引き継ぎ
    HandOver {
        /// Id of the person; empty means whoever comes next.
        to: String,
        /// What the taker must know.
        #[schema(required)]
        text: String,
    }
    /// 統合: what goes on in this incident from now on.
    Merge {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Keys of the incidents to merge into this one, 1 to 100.
        #[schema(required)]
        children: Vec<String>,
    }
    /// 統合の解除: what goes on by itself again.
    Separation {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Keys of the incidents to take out, 1 to 100.
        #[schema(required)]
        children: Vec<String>,
    }
    /// 中間報告
    InterimReport {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// The report.
        #[schema(required)]
        text: String,
    }
    /// A recovery step
    RecoveryStep {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// What was done.
        #[schema(required)]
        step: String,
        /// With what result.
        #[schema(required)]
        result: String,
    }
    /// 復旧
    Recovery {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// When the service was back; none means now.
        #[schema(value_type = Option<String>, format = DateTime)]
        recovered_at: Option<Instant>,
        /// Data are as of this instant, where something was restored.
        #[schema(value_type = Option<String>, format = DateTime)]
        recovery_point: Option<Instant>,
    }
    /// It was not over
    RecoveryWithdrawal {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Why.
        reason: String,
    }
    /// 復旧連絡
    RecoveryNotice {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// How the recovery was confirmed.
        #[schema(required)]
        method: String,
        /// By whom.
        #[schema(required)]
        confirmed_by: String,
        /// How the customer is told; none means on the ticket.
        #[schema(value_type = Option<wire::incident::NoticeChannel>)]
        channel: Option<NoticeChannel>,
        /// The notice to the customer.
        #[schema(required)]
        text: String,
    }
    /// 再発
    Recurrence {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// What happened again.
        #[schema(required)]
        text: String,
    }
    /// 終了
    Closure {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Its class, such as `hardware`.
        #[schema(required)]
        class: String,
        /// The cause, or the problem that looks for it.
        #[schema(required)]
        cause: String,
        /// Who confirmed.
        #[schema(required)]
        confirmed_by: String,
    }
    /// 誤検知
    FalseAlarm {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Why it is none.
        #[schema(required)]
        grounds: String,
    }
    /// The head of desk's word on a false alarm
    FalseAlarmReview {
        /// Record version seen.
        #[schema(required, minimum = 1)]
        version: u64,
        /// Whether it stands.
        #[schema(required)]
        upheld: bool,
        /// Why not, where it does not.
        reason: String,
    }
    /// 内部メモ
    Note {
        /// The note; never shown to the customer.
        #[schema(required)]
        text: String,
    }
    /// メッセージ
    Message {
        /// The message.
        #[schema(required)]
        text: String,
    }
}
