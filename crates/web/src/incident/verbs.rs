//! The verbs of an incident and their forms; one noun of the API and of the process each.

use super::{Impact, IncidentPage, dialling, merging, notice, owing};
use crate::form::{Choice, Field, Form, Input, field, form, head};
use crate::layout::Shell;
use crate::parts::{Reader, reader_flag};
use domain::access::Right;
use domain::words::Label;
use maud::{Markup, html};

/// What can be done to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Take it.
    Assignment,
    /// Record that it was looked at: 稼動確認.
    Check,
    /// Judge the impact, and publish where there is one.
    Judgement,
    /// Publish the notice of an incident without impact.
    Notice,
    /// Begin a call.
    Call,
    /// Somebody picked up.
    CallConnection,
    /// Say how a call ended.
    CallEnd,
    /// Record a call that was made already.
    CallRecord,
    /// A contact called us.
    CallBack,
    /// Oral consent.
    Consent,
    /// Ask somebody else.
    Escalation,
    /// Take what was asked.
    EscalationTaking,
    /// Promise something.
    Promise,
    /// Say that a promise was kept.
    PromiseKept,
    /// A case was opened at AWS.
    SupplierCase,
    /// AWS answered.
    SupplierAnswer,
    /// Give it to another person.
    HandOver,
    /// 統合: others go on in this one.
    Merge,
    /// They go on by themselves again.
    Separation,
    /// 中間報告
    InterimReport,
    /// 復旧手順
    RecoveryStep,
    /// 保守手順: a step of a runbook is done.
    RunbookStep,
    /// There will be no runbook.
    RunbookRefusal,
    /// The service is back.
    Recovery,
    /// It is not back after all.
    RecoveryWithdrawal,
    /// 復旧連絡
    RecoveryNotice,
    /// It happened again.
    Recurrence,
    /// End it.
    Closure,
    /// 誤検知
    FalseAlarm,
    /// Confirm or deny a false alarm.
    FalseAlarmReview,
    /// Judge the impact again.
    Rejudgement,
    /// A second person's word on a judgement.
    JudgementConfirmation,
    /// A note that only staff see.
    Note,
    /// A message to the customer.
    Message,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 34] = [
        Self::Assignment,
        Self::Check,
        Self::Judgement,
        Self::Notice,
        Self::Call,
        Self::CallConnection,
        Self::CallEnd,
        Self::CallRecord,
        Self::CallBack,
        Self::Consent,
        Self::Escalation,
        Self::EscalationTaking,
        Self::Promise,
        Self::PromiseKept,
        Self::SupplierCase,
        Self::SupplierAnswer,
        Self::HandOver,
        Self::Merge,
        Self::Separation,
        Self::InterimReport,
        Self::RecoveryStep,
        Self::RunbookStep,
        Self::RunbookRefusal,
        Self::Recovery,
        Self::RecoveryWithdrawal,
        Self::RecoveryNotice,
        Self::Recurrence,
        Self::Closure,
        Self::FalseAlarm,
        Self::FalseAlarmReview,
        Self::Rejudgement,
        Self::JudgementConfirmation,
        Self::Note,
        Self::Message,
    ];

    /// The route its form is posted to.
    pub const fn route(self) -> &'static str {
        match self {
            Self::Assignment => "/incidents/{key}/assignment",
            Self::Check => "/incidents/{key}/check",
            Self::Judgement => "/incidents/{key}/judgement",
            Self::Notice => "/incidents/{key}/notice",
            Self::Call => "/incidents/{key}/call",
            Self::CallConnection => "/incidents/{key}/call-connection",
            Self::CallEnd => "/incidents/{key}/call-end",
            Self::CallRecord => "/incidents/{key}/call-record",
            Self::CallBack => "/incidents/{key}/call-back",
            Self::Consent => "/incidents/{key}/consent",
            Self::Escalation => "/incidents/{key}/escalation",
            Self::EscalationTaking => "/incidents/{key}/escalation-taking",
            Self::Promise => "/incidents/{key}/promise",
            Self::PromiseKept => "/incidents/{key}/promise-kept",
            Self::SupplierCase => "/incidents/{key}/supplier-case",
            Self::SupplierAnswer => "/incidents/{key}/supplier-answer",
            Self::HandOver => "/incidents/{key}/hand-over",
            Self::Merge => "/incidents/{key}/merge",
            Self::Separation => "/incidents/{key}/separation",
            Self::InterimReport => "/incidents/{key}/interim-report",
            Self::RecoveryStep => "/incidents/{key}/recovery-step",
            Self::RunbookStep => "/incidents/{key}/runbook-step",
            Self::RunbookRefusal => "/incidents/{key}/runbook-refusal",
            Self::Recovery => "/incidents/{key}/recovery",
            Self::RecoveryWithdrawal => "/incidents/{key}/recovery-withdrawal",
            Self::RecoveryNotice => "/incidents/{key}/recovery-notice",
            Self::Recurrence => "/incidents/{key}/recurrence",
            Self::Closure => "/incidents/{key}/closure",
            Self::FalseAlarm => "/incidents/{key}/false-alarm",
            Self::FalseAlarmReview => "/incidents/{key}/false-alarm-review",
            Self::Rejudgement => "/incidents/{key}/rejudgement",
            Self::JudgementConfirmation => "/incidents/{key}/judgement-confirmation",
            Self::Note => "/incidents/{key}/note",
            Self::Message => "/incidents/{key}/message",
        }
    }

    /// The right it needs.
    pub const fn right(self) -> Right {
        match self {
            Self::FalseAlarmReview => Right::Decide,
            Self::EscalationTaking => Right::Respond,
            _ => Right::Operate,
        }
    }

    /// The noun of the route, the permission and the form.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Assignment => "assignment",
            Self::Check => "check",
            Self::Judgement => "judgement",
            Self::Notice => "notice",
            Self::Call => "call",
            Self::CallConnection => "call-connection",
            Self::CallEnd => "call-end",
            Self::CallRecord => "call-record",
            Self::CallBack => "call-back",
            Self::Consent => "consent",
            Self::Escalation => "escalation",
            Self::EscalationTaking => "escalation-taking",
            Self::Promise => "promise",
            Self::PromiseKept => "promise-kept",
            Self::SupplierCase => "supplier-case",
            Self::SupplierAnswer => "supplier-answer",
            Self::HandOver => "hand-over",
            Self::Merge => "merge",
            Self::Separation => "separation",
            Self::InterimReport => "interim-report",
            Self::RecoveryStep => "recovery-step",
            Self::RunbookStep => "runbook-step",
            Self::RunbookRefusal => "runbook-refusal",
            Self::Recovery => "recovery",
            Self::RecoveryWithdrawal => "recovery-withdrawal",
            Self::RecoveryNotice => "recovery-notice",
            Self::Recurrence => "recurrence",
            Self::Closure => "closure",
            Self::FalseAlarm => "false-alarm",
            Self::FalseAlarmReview => "false-alarm-review",
            Self::Rejudgement => "rejudgement",
            Self::JudgementConfirmation => "judgement-confirmation",
            Self::Note => "note",
            Self::Message => "message",
        }
    }

    /// Whether it fits an incident however it has moved on meanwhile.
    pub(super) const fn fits_any_version(self) -> bool {
        matches!(
            self,
            Self::Note
                | Self::Message
                | Self::CallBack
                | Self::Escalation
                | Self::EscalationTaking
                | Self::Promise
                | Self::PromiseKept
                | Self::SupplierCase
                | Self::SupplierAnswer
                | Self::HandOver
        )
    }

    /// What the button says.
    pub const fn label(self) -> Label {
        match self {
            Self::Assignment => Label::new("対応を始める", "Take it"),
            Self::Check => Label::new("稼動確認を記録", "Record the check"),
            Self::Judgement => Label::new("判定する", "Judge"),
            Self::Notice => Label::new("障害発生連絡を公開", "Publish the notice"),
            Self::Call => Label::new("架電する", "Call"),
            Self::CallConnection => Label::new("通話中にする", "Somebody picked up"),
            Self::CallEnd => Label::new("架電の結果を記録", "Record the call's result"),
            Self::CallRecord => Label::new("架電を後から記録", "Record a call made already"),
            Self::CallBack => Label::new("折り返しを記録", "Record a call back"),
            Self::Consent => Label::new("口頭同意を記録", "Record an oral consent"),
            Self::Escalation => Label::new("エスカレーションする", "Escalate"),
            Self::EscalationTaking => Label::new("受領する", "Take the escalation"),
            Self::Promise => Label::new("約束を記録", "Record a promise"),
            Self::PromiseKept => Label::new("約束を果たした", "Promise kept"),
            Self::SupplierCase => Label::new("AWSケースを記録", "Record an AWS case"),
            Self::SupplierAnswer => Label::new("AWSの回答を記録", "Record the answer of AWS"),
            Self::HandOver => Label::new("引き継ぐ", "Hand over"),
            Self::Merge => Label::new("ほかの障害を統合", "Merge others into it"),
            Self::Separation => Label::new("統合を解除", "Take out again"),
            Self::InterimReport => Label::new("中間報告を公開", "Publish the interim report"),
            Self::RecoveryStep => Label::new("復旧手順を記録", "Record a recovery step"),
            Self::RunbookStep => Label::new("実施を記録", "Record as done"),
            Self::RunbookRefusal => Label::new("保守手順を作らない", "There will be no runbook"),
            Self::Recovery => Label::new("復旧を記録", "Record the recovery"),
            Self::RecoveryWithdrawal => Label::new("復旧を取り消す", "Withdraw the recovery"),
            Self::RecoveryNotice => Label::new("復旧連絡をする", "Tell the recovery"),
            Self::Recurrence => Label::new("再発を記録", "Record a recurrence"),
            Self::Closure => Label::new("終了する", "Close"),
            Self::FalseAlarm => Label::new("誤検知とする", "Mark as false alarm"),
            Self::FalseAlarmReview => Label::new("誤検知を確認", "Review the false alarm"),
            Self::Rejudgement => Label::new("再判定する", "Judge again"),
            Self::JudgementConfirmation => Label::new("判定を確認", "Confirm the judgement"),
            Self::Note => Label::new("社内メモに残す", "Keep as internal note"),
            Self::Message => Label::new("お客様へ送る", "Send to the customer"),
        }
    }

    /// Whether the customer reads what is typed.
    const fn reader(self) -> Option<Reader> {
        match self {
            Self::Notice | Self::InterimReport | Self::RecoveryNotice | Self::Message => Some(Reader::Customer),
            Self::Note => Some(Reader::Internal),
            _ => None,
        }
    }
}

/// What the forms start with, written from the facts.
#[derive(Clone, Debug, Default)]
pub struct Prefill {
    /// How it was checked, as the last time.
    pub check_how: String,
    /// Draft of the notice with impact.
    pub occurrence: String,
    /// Draft of the interim report, naming the next one's time.
    pub interim: String,
    /// Draft of the recovery notice.
    pub recovery_notice: String,
    /// Who confirmed the recovery.
    pub confirmed_by: String,
    /// What to say on the telephone.
    pub script: String,
    /// Classes an incident can be closed with: code and name.
    pub classes: Vec<(String, String)>,
}

/// What a check can find; one key, so that the notice is not kept waiting by prose.
pub(super) const CHECK_RESULTS: [(&str, Label); 3] = [
    ("as_alerted", Label::new("アラートのとおり", "As the alert says")),
    ("partly", Label::new("一部だけ", "In part")),
    ("healthy", Label::new("動いている", "It is working")),
];

/// Radio buttons with the keys 1, 2, 3 ...
pub(super) fn radios(shell: &Shell, name: &str, label: &str, choices: &[(&str, Label)]) -> Field {
    const KEYS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let choices = choices.iter().zip(KEYS).map(|((value, label), key)| Choice {
        value: (*value).to_owned(),
        label: label.in_lang(shell.lang).to_owned(),
        key: Some(key),
    });
    Field::new(name, label, Input::Radios(choices.collect()))
}

fn fields(shell: &Shell, it: &IncidentPage, verb: Verb) -> Vec<Field> {
    let area = |name: &str, label: &str, rows| Field::new(name, label, Input::Area(rows)).required();
    let line = |name: &str, label: &str| Field::new(name, label, Input::Text).required();
    let fill = &it.prefill;
    match verb {
        // A step's form stands at the step.
        Verb::Assignment | Verb::Judgement | Verb::JudgementConfirmation | Verb::RunbookStep => vec![],
        Verb::Check => vec![
            line("how", shell.t("何を見たか", "What was looked at")).value(fill.check_how.as_str()).wide(),
            radios(shell, "result", shell.t("どうだったか", "What was found"), &CHECK_RESULTS).required(),
        ],
        Verb::Notice => {
            vec![
                area("text", shell.t("障害発生連絡", "Notice of the incident"), 9)
                    .value(it.notice.draft.as_str())
                    .hint(notice::promise(shell, it)),
            ]
        }
        Verb::Call if it.primary == Some(verb) => notice::turn_fields(shell, it),
        Verb::Call => notice::call_fields(shell, it),
        Verb::CallConnection => {
            let call = it.calling.map(|calling| calling.call.to_string()).unwrap_or_default();
            vec![Field::new("call", "", Input::Hidden).value(call)]
        }
        Verb::CallEnd => notice::end_fields(shell, it),
        Verb::CallRecord => notice::record_fields(shell, it),
        Verb::CallBack => notice::back_fields(shell),
        Verb::Consent => notice::consent_fields(shell),
        Verb::Escalation | Verb::Promise | Verb::SupplierCase | Verb::HandOver => owing::fields(shell, it, verb),
        // Their forms stand beside what they are about.
        Verb::EscalationTaking | Verb::PromiseKept | Verb::SupplierAnswer | Verb::Separation => vec![],
        Verb::Merge => merging::fields(shell),
        Verb::InterimReport => vec![
            area("text", shell.t("中間報告", "Interim report"), 8)
                .value(fill.interim.as_str())
                .hint(notice::promise(shell, it)),
        ],
        Verb::RecoveryStep => {
            vec![line("step", shell.t("手順", "Step")).wide(), area("result", shell.t("結果", "Result"), 2)]
        }
        Verb::Recovery => vec![
            Field::new("recovered_at", shell.t("復旧した時刻", "Recovered at"), Input::Moment).required(),
            Field::new("recovery_point", shell.t("データの時点", "Data as of"), Input::Moment).hint(shell.t(
                "バックアップから戻したときは必ず。空なら手順で記録した時点。",
                "Needed after a restore. Empty: as recorded with the step.",
            )),
        ],
        Verb::RunbookRefusal => vec![area("reason", shell.t("理由", "Reason"), 2)],
        Verb::RecoveryWithdrawal => vec![area("reason", shell.t("理由", "Reason"), 2)],
        Verb::RecoveryNotice => vec![
            line("method", shell.t("確認方法", "How it was confirmed")),
            line("confirmed_by", shell.t("確認者", "Confirmed by")).value(fill.confirmed_by.as_str()),
            radios(
                shell,
                "channel",
                shell.t("連絡手段", "Told by"),
                &[("ticket", Label::new("チケット", "Ticket")), ("phone", Label::new("電話", "Phone"))],
            )
            .value("ticket")
            .required(),
            area("text", shell.t("復旧連絡", "Recovery notice"), 8).value(fill.recovery_notice.as_str()),
        ],
        Verb::Recurrence => vec![area("text", shell.t("再発の内容", "What happened again"), 3)],
        Verb::Closure => vec![
            Field::new(
                "class",
                shell.t("分類", "Class"),
                Input::Menu(fill.classes.iter().map(|(code, name)| crate::form::choice(code, name.as_str())).collect()),
            )
            .required(),
            line("confirmed_by", shell.t("確認者（お客様）", "Confirmed by (customer)")),
            area("cause", shell.t("原因、または問題チケット", "Cause, or the problem's ticket"), 3),
        ],
        Verb::FalseAlarm => vec![area("grounds", shell.t("根拠", "Grounds"), 3).hint(shell.t(
            "サポートデスク責任者が1営業日以内に確認します。",
            "The head of desk confirms within one business day.",
        ))],
        Verb::FalseAlarmReview => vec![
            radios(
                shell,
                "upheld",
                shell.t("誤検知と認めるか", "A false alarm indeed?"),
                &[("yes", Label::new("認める", "Yes")), ("no", Label::new("認めない（判定に戻す）", "No, judge it"))],
            )
            .required(),
            area("reason", shell.t("理由", "Reason"), 2),
        ],
        Verb::Rejudgement => vec![
            radios(
                shell,
                "impact",
                shell.t("サービス影響", "Impact"),
                &[("yes", Impact::Yes.label()), ("no", Impact::No.label())],
            )
            .required(),
            area("reason", shell.t("理由", "Reason"), 2).hint(shell.t(
                "有から無への再判定は、別の人の確認が要ります。",
                "From affected to not affected, a second person confirms.",
            )),
            Field::new(
                "held_at_alert",
                shell.t("アラートの時点で既に影響があった", "The service was affected at the alert already"),
                Input::Tick,
            )
            .wide(),
            Field::new(
                "text",
                shell.t("障害発生連絡（影響有のとき公開）", "Notice (published where affected)"),
                Input::Area(6),
            )
            .value(fill.occurrence.as_str()),
        ],
        Verb::Note => vec![area("text", shell.t("社内メモ", "Internal note"), 3)],
        Verb::Message => vec![area("text", shell.t("お客様へのメッセージ", "Message to the customer"), 3)],
    }
}

/// What the button says on this incident: what somebody has already is taken over.
const fn label(it: &IncidentPage, verb: Verb) -> Label {
    match (verb, &it.holder) {
        (Verb::Assignment, Some(_)) => Label::new("担当を代わる", "Take it over"),
        _ => verb.label(),
    }
}

/// The verb's form.
pub(super) fn verb_form(shell: &Shell, it: &IncidentPage, verb: Verb, primary: bool) -> Markup {
    let spec = Form::new(verb.noun(), it.action(verb), label(it, verb).in_lang(shell.lang), fields(shell, it, verb))
        .version(it.version)
        .primary(primary);
    html! {
        @if primary && matches!(verb, Verb::Call | Verb::CallEnd) { (dialling::card(shell, it)) }
        @match verb.reader() {
            Some(reader) => div class={ "to-" (reader.class()) } { p.to { (reader_flag(shell, reader)) @if reader == Reader::Customer { " " (it.tenant) (shell.t(" 様", "")) } } (form(shell, &it.draft, &spec)) },
            None => (form(shell, &it.draft, &spec)),
        }
    }
}

/// A verb that needs nothing but its button.
pub(super) fn folded_button(shell: &Shell, it: &IncidentPage, verb: Verb) -> Markup {
    let spec = Form::new(verb.noun(), it.action(verb), label(it, verb).in_lang(shell.lang), fields(shell, it, verb));
    form(shell, &it.draft, &spec.version(it.version))
}

/// A verb that is not the next step: visible, quieter, its form folded away.
pub(super) fn folded(shell: &Shell, it: &IncidentPage, verb: Verb) -> Markup {
    html! {
        details.verb open[it.draft.form == verb.noun()] {
            summary { (label(it, verb).in_lang(shell.lang)) }
            (verb_form(shell, it, verb, false))
        }
    }
}

/// Where one writes to colleagues or to the customer: different frame, words, button and order of words.
pub(super) fn writing(shell: &Shell, it: &IncidentPage, verb: Verb) -> Markup {
    let internal = verb == Verb::Note;
    let reader = if internal { Reader::Internal } else { Reader::Customer };
    let spec = Form::new(verb.noun(), it.action(verb), verb.label().in_lang(shell.lang), vec![]);
    html! {
        form class={ "write to-" (reader.class()) } id=(spec.id) action=(spec.action) method="post" data-enhance {
            p.to {
                (reader_flag(shell, reader)) " "
                @if internal { (shell.t("お客様には見えません", "The customer never sees this")) } @else { strong { (it.tenant) (shell.t(" 様に届きます", " receives this")) } }
            }
            (head(&it.draft, &spec.id, None))
            @for item in fields(shell, it, verb) { (field(shell, &it.draft, &spec.id, &item)) }
            p.do { button type="submit" { (spec.submit) } }
        }
    }
}
