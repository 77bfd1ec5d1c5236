//! An incident with everything staff may see.

use crate::{answers, codes};

codes! {
    /// How a call attempt ended.
    CallResult {
        /// The person answered and understood.
        Answered,
        /// Somebody else answered.
        AnsweredOther,
        /// An answering machine.
        Voicemail,
        /// Busy.
        Busy,
        /// Nobody answered.
        None,
    }
    /// How the customer was told of the recovery.
    NoticeChannel {
        /// On the ticket.
        Ticket,
        /// By telephone.
        Phone,
    }
    /// 優先度, as the customer gives it.
    Priority {
        /// 高
        High,
        /// 中
        Middle,
        /// 低
        Low,
    }
    /// Why the customer telephones.
    CallReason {
        /// It is urgent.
        Urgent,
        /// The ticket tool is out of reach.
        ToolOutOfReach,
    }
    /// Where an incident stands.
    State {
        /// 検知
        Detected,
        /// 切り分け中
        Triaging,
        /// 判定済: judged without impact, not told yet.
        Judged,
        /// 連絡済
        Notified,
        /// 復旧確認中
        Confirming,
        /// 復旧連絡済
        RecoveryNotified,
        /// 終了
        Closed,
        /// 誤検知
        FalseAlarm,
        /// 統合: it goes on in another incident.
        Merged,
    }
}

answers! {
    /// One answer to a question of the criteria.
    Answer {
        /// The question's id inside the criteria version.
        question: String,
        /// Yes or no.
        yes: bool,
    }
    /// What a verb leaves behind: the record's new version, to act on next.
    Done {
        /// The record.
        key: String,
        /// Its version now.
        version: u64,
        /// Its state now.
        state: State,
    }
    /// What became of an act, incident by incident.
    ActedOn {
        /// Each incident it was for.
        incidents: Vec<Acted>,
    }
    /// What became of an act on one incident.
    Acted {
        /// The incident.
        key: String,
        /// Why it was refused, in Japanese and in English; null where it was done.
        refused: Option<(String, String)>,
    }
    /// A call that began at the desk.
    IntakeCall {
        /// Its number: the place of its fact in the provider's chain.
        call: u64,
        /// When it began, as the server saw it.
        #[schema(format = DateTime)]
        began: String,
    }
    /// One incident.
    Incident {
        /// Its name, `KEY-n`.
        key: String,
        /// Its project.
        project: String,
        /// Its tenant's id.
        tenant: String,
        /// The customer's name.
        customer: String,
        /// The version to send with the next verb.
        version: u64,
        /// Where it stands.
        state: State,
        /// Its title.
        title: String,
        /// The severity the tool gave; of what a customer filed its priority's code.
        severity: String,
        /// What the customer told us, where they did.
        filed: Option<Filed>,
        /// サービス影響; null while unjudged.
        impact: Option<bool>,
        /// Whether a judgement waits for a second person.
        awaits_second_person: bool,
        /// When the alert was received: all clocks start here.
        #[schema(format = DateTime)]
        alert_at: String,
        /// Who has it; null where nobody took it.
        assignee: Option<Person>,
        /// Version of the criteria that were judged by, or of those in force where nothing is judged; null where none are
        /// recorded. A judgement sends the version whose questions were read.
        criteria: Option<u32>,
        /// The questions of that version, in their order; empty where no criteria are recorded.
        questions: Vec<Question>,
        /// Notice clocks with their ledgers, the alert's first.
        clocks: Vec<Clock>,
        /// What is owed, nearest first.
        duties: Vec<Duty>,
        /// Alerts of this incident.
        alerts: Vec<crate::alert::Alert>,
        /// The first alert's words as they came; null where they were erased.
        raw: Option<String>,
        /// Every fact, in order.
        timeline: Vec<TimelineFact>,
        /// What was told, and what became of it.
        messages: Vec<Message>,
        /// Drafts of what may be told next.
        drafts: Drafts,
        /// Keys of the last incidents with the same dedup key, or where there are none of the same host, newest first.
        earlier: Vec<String>,
        /// 統合: the incident it goes on in; null where it goes on by itself.
        merged_into: Option<String>,
        /// Keys of the incidents that go on in this one.
        children: Vec<String>,
        /// Keys of the open incidents of the project that came within five minutes of each other, this one among them, the
        /// earliest first; empty where it came alone.
        together: Vec<String>,
        /// Runbooks: the customer's that are bound to the alerts, the customer's others, those that ship with the desk.
        runbooks: Vec<crate::runbook::OfferedRunbook>,
        /// Reports, and what a major incident asks for.
        afterwards: crate::afterwards::Afterwards,
        /// As of when.
        #[schema(format = DateTime)]
        as_of: String,
    }
    /// What the customer told us of a fault (障害ご連絡).
    Filed {
        /// `customer` (portal or API) or `telephone`.
        by: String,
        /// 優先度; null by telephone.
        priority: Option<Priority>,
        /// 検知日時; null until it is told.
        #[schema(format = DateTime)]
        detected_at: Option<String>,
        /// Milliseconds from detection to receipt; null until the detection is told.
        detection_lag_ms: Option<i64>,
        /// ホスト名; null until it is told, or erased.
        host: Option<String>,
        /// ビジネスインパクト
        business_impact: Option<String>,
        /// 障害の詳細, or ご連絡内容 by telephone.
        details: Option<String>,
        /// ご担当者様氏名, by telephone.
        caller: Option<String>,
        /// Whether the caller is a contact of the plan; null where nobody called.
        caller_matched: Option<bool>,
        /// Codes of what is still to be asked after a call, such as `host`.
        owed: Vec<String>,
    }
    /// A person by id and name.
    Person {
        /// The id.
        id: String,
        /// The name.
        name: String,
    }
    /// One question of the criteria.
    Question {
        /// Its id inside this version.
        id: String,
        /// The agreed words.
        ja: String,
        /// The same in English; empty where only the Japanese words were agreed.
        en: String,
        /// Whether it is "no" that means impact.
        impact_if_no: bool,
    }
    /// A notice clock and why it stands as it does.
    Clock {
        /// Its number in the incident, from 0.
        number: u32,
        /// Whether it runs with the targets for impact.
        impact: bool,
        /// When it started.
        #[schema(format = DateTime)]
        from: String,
        /// What it started from.
        basis: Label,
        /// Its targets: SLO and, with impact, SLA.
        targets: Vec<TargetClock>,
        /// When it was ended; null while it runs.
        #[schema(format = DateTime)]
        ended: Option<String>,
        /// Every counted stretch without gaps, with its rule and the fact behind it.
        ledger: Vec<Stretch>,
        /// Why it ended; null while it runs.
        stop: Option<Stop>,
    }
    /// One target of a clock.
    TargetClock {
        /// `slo` or `sla`.
        target: String,
        /// When it is due.
        #[schema(format = DateTime)]
        due: String,
        /// `met`, `missed`, or `open` while the due is ahead.
        verdict: String,
        /// Whether the verdict is final: it never moves again.
        is_final: bool,
    }
    /// One stretch of a clock.
    Stretch {
        /// When it began.
        #[schema(format = DateTime)]
        from: String,
        /// When it ended; null while it runs.
        #[schema(format = DateTime)]
        to: Option<String>,
        /// The rule it was counted by.
        rule: Label,
        /// The fact that began it.
        fact: u64,
    }
    /// Why a clock ended.
    Stop {
        /// The rule.
        rule: Label,
        /// The fact.
        fact: u64,
    }
    /// A sentence in both languages.
    Label {
        /// 日本語
        ja: String,
        /// English
        en: String,
    }
    /// One duty.
    Duty {
        /// Its code, such as `judge` or `interim`.
        kind: String,
        /// What to do.
        label: Label,
        /// By when.
        #[schema(format = DateTime)]
        due: String,
    }
    /// One fact of the timeline.
    TimelineFact {
        /// Its place in the tenant's chain.
        seq: u64,
        /// When.
        #[schema(format = DateTime)]
        instant: String,
        /// What happened, such as `incident.judged`; see docs/chain.md.
        kind: String,
        /// Its body as hashed; texts stand in it as the names of blobs.
        #[schema(value_type = Object)]
        body: serde_json::Value,
        /// Who did it: `person`, `key`, `system` or `console`, with the id.
        #[schema(value_type = Object)]
        actor: serde_json::Value,
        /// The person's name, where one acted.
        by: Option<String>,
        /// In which role, by code.
        role: Option<String>,
        /// Why, where a rule was overridden.
        reason: Option<String>,
        /// The words behind the blobs of this fact, by the name of the field; an erased one is missing.
        texts: std::collections::BTreeMap<String, String>,
    }
    /// One message of the outbox.
    Message {
        /// Its id.
        id: String,
        /// `mail` or `webhook`.
        channel: String,
        /// To which address.
        recipient: String,
        /// `queued`, `sending`, `delivered`, `failed` or `dropped`.
        state: String,
        /// How often it was tried.
        attempts: u32,
        /// Why it was not delivered, where it was not.
        reason: Option<String>,
        /// When it was queued.
        #[schema(format = DateTime)]
        queued: String,
        /// When it was delivered, given up or dropped.
        #[schema(format = DateTime)]
        ended: Option<String>,
    }
    /// Drafts for the operator; nothing is told until a person publishes it. `{next_report}` stands where the notice will name
    /// the next report: only the act that tells knows the instant, and puts it in.
    Drafts {
        /// 障害発生連絡 with impact.
        occurrence: String,
        /// 障害発生連絡 without impact.
        occurrence_no_impact: String,
        /// 中間報告.
        interim: String,
        /// 復旧連絡.
        recovery: String,
        /// 架電: what to say on the telephone.
        call: String,
    }
}
