//! Facts as people read them: one sentence a kind of fact, in the reader's language.

use crate::layout::Shell;
use crate::parts::Reader;
use crate::timeline::Entry;
use crate::when;
use domain::access::Actor;
use domain::disposal::{DISPOSED, ERASED};
use domain::fact::{
    AttemptOutcome, Body, ConsentRef, Fact, NoticeChannel, NoticeKind, Origin, Outcome, Reminder, Target,
};
use domain::ids::{BlobId, KeyId, MessageId, PersonId};
use domain::incident::Incident;
use domain::incident::report::ReportKind;
use domain::time::Instant;
use domain::words::{Label, Lang};
use std::collections::HashMap;

/// What the sentences are filled from.
pub(crate) struct Told<'a> {
    pub(crate) shell: &'a Shell,
    pub(crate) texts: &'a HashMap<BlobId, String>,
    pub(crate) people: &'a HashMap<PersonId, String>,
    pub(crate) contacts: &'a HashMap<String, String>,
    /// Names of keys: the tools that alert.
    pub(crate) sources: &'a HashMap<KeyId, String>,
    pub(crate) incident: &'a Incident,
}

/// A sentence with what belongs to it.
struct Line {
    act: String,
    text: Option<String>,
    reader: Option<Reader>,
    stated: Option<Instant>,
}

impl Line {
    fn new(act: impl Into<String>) -> Self {
        Self { act: act.into(), text: None, reader: None, stated: None }
    }

    fn with(self, text: String) -> Self {
        Self { text: Some(text).filter(|text| !text.is_empty()), ..self }
    }

    fn to(self, reader: Reader) -> Self {
        Self { reader: Some(reader), ..self }
    }
}

impl Told<'_> {
    /// One fact as an entry of the timeline.
    pub(crate) fn entry(&self, fact: &Fact) -> Entry {
        let Line { act, text, reader, stated } = self.line(&fact.body);
        let reason =
            fact.reason.as_ref().map(|reason| format!("{}{}", self.t("理由: ", "Reason: "), self.text(reason)));
        let text = [text, reason].into_iter().flatten().collect::<Vec<_>>().join("\n");
        Entry {
            seq: fact.seq,
            at: fact.instant,
            actor: self.actor(&fact.actor, fact.role.map(domain::access::Role::label)),
            act,
            text: Some(text).filter(|text| !text.is_empty()),
            reader,
            delivery: None,
            stated,
        }
    }

    /// Who did it: a person with role, 代理 where delegated, or the software.
    pub(crate) fn actor(&self, actor: &Actor, role: Option<Label>) -> String {
        let name = |id: &PersonId| self.people.get(id).cloned().unwrap_or_else(|| id.to_string());
        let role = role.map(|role| format!("{}{}{}", self.t("（", " ("), role.in_lang(self.lang()), self.t("）", ")")));
        match actor {
            Actor::Person { id, for_person: None } => format!("{}{}", name(id), role.unwrap_or_default()),
            Actor::Person { id, for_person: Some(giver) } => {
                let acting = self.t("代理", "acting for");
                match self.lang() {
                    Lang::Ja => format!("{}（{}の{acting}）", name(id), name(giver)),
                    Lang::En => format!("{} ({acting} {})", name(id), name(giver)),
                }
            }
            Actor::Key { id } => {
                self.sources.get(id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| format!("API {id}"))
            }
            Actor::System => self.t("窓口（自動）", "Madoguchi (automatic)").to_owned(),
            Actor::Console => self.t("管理コマンド", "admin command").to_owned(),
        }
    }

    const fn lang(&self) -> Lang {
        self.shell.lang
    }

    const fn t(&self, ja: &'static str, en: &'static str) -> &'static str {
        self.lang().pick(ja, en)
    }

    pub(crate) fn text(&self, blob: &BlobId) -> String {
        self.texts.get(blob).cloned().unwrap_or_else(|| self.t("（消去済み）", "(erased)").to_owned())
    }

    fn contact(&self, id: &str) -> String {
        self.contacts.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn impact(&self, impact: bool) -> &'static str {
        if impact {
            self.t("サービス影響 有", "service affected")
        } else {
            self.t("サービス影響 無", "service not affected")
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm a kind of fact, and no kind can be forgotten")]
    fn line(&self, body: &Body) -> Line {
        let say = |ja: &'static str, en: &'static str| Line::new(self.t(ja, en));
        match body {
            Body::IncidentOpened { title, origin, .. } => {
                let line = match origin {
                    Origin::Customer { .. } => say("お客様が障害を申告", "The customer filed the fault"),
                    Origin::Telephone { .. } => {
                        say("お客様からのお電話で障害を開始", "The customer's call opened the incident")
                    }
                    Origin::Window { window, ended, .. } => Line::new(match self.lang() {
                        Lang::Ja => format!(
                            "作業時間帯 {window} の終了（{}）で鳴り続けていたアラートから障害を開始",
                            when::text(self.shell, *ended)
                        ),
                        Lang::En => format!(
                            "An alert that still fired at the end of the window {window} ({}) opened the incident",
                            when::text(self.shell, *ended)
                        ),
                    }),
                    Origin::Alert { .. } | Origin::Heartbeat { .. } => {
                        say("アラートを受信し、障害を開始", "An alert opened the incident")
                    }
                };
                line.with(self.text(title))
            }
            Body::ReportWritten { report, version, .. } => self
                .report(*report, *version, "を作成し、承認を依頼", "written, waits for approval")
                .to(Reader::Internal),
            Body::ReportApproved { report, version, text } => self
                .report(*report, *version, "を承認・公開", "approved and published")
                .with(self.text(text))
                .to(Reader::Customer),
            Body::ReportReturned { report, version } => {
                self.report(*report, *version, "を差戻し", "sent back").to(Reader::Internal)
            }
            Body::ReportDateAgreed { due, agreed_by } => {
                let due = when::text(self.shell, *due);
                Line::new(format!(
                    "{}{due}",
                    self.t("最終報告の期限をお客様と合意: ", "The final report's date agreed: ")
                ))
                .with(self.text(agreed_by))
            }
            Body::MajorDeclared { criterion } => {
                let by = criterion.label().in_lang(self.lang());
                Line::new(format!("{}{by}", self.t("重大な障害とした: ", "Marked as a major incident: ")))
            }
            Body::MajorReviewed { timeline, cause, lessons, action } => {
                let words = [timeline, cause, lessons, action].map(|blob| self.text(blob)).join("\n");
                say("重大レビュー", "Review of the major incident").with(words).to(Reader::Internal)
            }
            Body::CallerHeard(heard) => self.heard(heard),
            Body::IntakeCallEnded { summary } => {
                say("お客様との通話を終了", "The customer's call ended").with(self.text(summary)).to(Reader::Internal)
            }
            Body::IntakeCallBegun {} => say("お電話の受付を開始", "A call began"),
            Body::IncidentTaken { person } => {
                let name = self.people.get(person).cloned().unwrap_or_default();
                say("担当を開始", "Taken").with(name)
            }
            Body::IncidentChecked { how, result } => {
                let found = check_result(self.lang(), &self.text(result));
                say("稼動確認", "Running state checked")
                    .with(format!("{} → {found}", self.text(how)))
                    .to(Reader::Internal)
            }
            Body::IncidentJudged { impact, needs_second, .. } => {
                let second = if *needs_second {
                    self.t("（別の人の確認待ち）", " (a second person confirms)")
                } else {
                    ""
                };
                Line::new(format!("{}{}{second}", self.t("判定: ", "Judged: "), self.impact(*impact)))
            }
            Body::JudgementConfirmed { .. } => say("別の人が判定を確認", "Judgement confirmed by a second person"),
            Body::IncidentNotified { impact, text, .. } => {
                let act = format!(
                    "{}{}{}",
                    self.t("障害発生連絡を公開（", "Notice published ("),
                    self.impact(*impact),
                    self.t("）", ")")
                );
                Line::new(act).with(self.text(text)).to(Reader::Customer)
            }
            Body::CallBegun { contact, rank, number, begun, stated, evidence, round, .. } => {
                let who = self.contact(contact.as_str());
                let act = match self.lang() {
                    Lang::Ja => format!("架電 {round}巡目 順位{rank} {who}（{}）", evidence.label().ja),
                    Lang::En => format!("Called rank {rank}, {who} (round {round}, {})", evidence.label().en),
                };
                Line { stated: stated.then_some(*begun), ..Line::new(act).with(self.text(number)) }
            }
            Body::CallConnected { .. } => say("通話中", "Somebody picked up"),
            Body::CallEnded { result, note, .. } => {
                let note = note.as_ref().map(|note| self.text(note)).unwrap_or_default();
                let how = result.label().in_lang(self.lang());
                Line::new(format!("{}{how}", self.t("架電の結果: ", "The call's result: "))).with(note)
            }
            Body::CallVoided { .. } => {
                say("架電の結果が記録されず無効", "The call is void: no result was recorded in time")
            }
            Body::CalledBack { number, name, understood, note, .. } => {
                let act = if *understood {
                    self.t("折り返しがあり、内容をご理解", "Called back and understood")
                } else {
                    self.t("折り返しがあった", "Called back")
                };
                let note = note.as_ref().map(|note| format!("\n{}", self.text(note))).unwrap_or_default();
                Line::new(act).with(format!("{} {}{note}", self.text(name), self.text(number)))
            }
            Body::NoticeAcknowledged { message } => {
                say("お客様がメールのリンクから確認", "Acknowledged by the mail's link").with(self.message(message))
            }
            Body::TicketRead {} => say("お客様がチケットを開いた", "The customer opened the ticket"),
            Body::ConsentHeard { who, number, words, what } => say("口頭同意", "Oral consent")
                .with(format!("{} {}「{}」 → {}", self.text(who), self.text(number), self.text(words), self.text(what)))
                .to(Reader::Customer),
            Body::ConsentDisputed { text, .. } => say("お客様が口頭同意に異議", "The customer disputes the consent")
                .with(self.text(text))
                .to(Reader::Customer),
            Body::Escalated { to, cause, text, ladder, .. } => {
                let (to, why) = (to.label().in_lang(self.lang()), cause.label().in_lang(self.lang()));
                let names: Vec<String> =
                    ladder.iter().map(|id| self.people.get(id).cloned().unwrap_or_else(|| id.to_string())).collect();
                let words = text.as_ref().map(|text| format!("\n{}", self.text(text))).unwrap_or_default();
                Line::new(format!("{} → {to}: {why}", self.t("エスカレーション", "Escalation")))
                    .with(format!("{}{words}", names.join(self.t("、", ", "))))
                    .to(Reader::Internal)
            }
            Body::EscalationTaken { .. } => say("エスカレーションを受領", "Escalation taken").to(Reader::Internal),
            Body::PageQueued { person, .. } => say("呼び出しを送信待ちに", "Page queued")
                .with(self.people.get(person).cloned().unwrap_or_default())
                .to(Reader::Internal),
            Body::Promised { promise, due, text } => {
                let what = promise.label().in_lang(self.lang());
                Line::new(format!("{}{what} {}", self.t("約束: ", "Promised: "), when::text(self.shell, *due)))
                    .with(self.text(text))
                    .to(Reader::Internal)
            }
            Body::PromiseKept { text, .. } => say("約束を果たした", "Promise kept")
                .with(text.as_ref().map(|text| self.text(text)).unwrap_or_default())
                .to(Reader::Internal),
            Body::SupplierCaseOpened { number, severity, opened } => {
                let line = say("AWSケースを起票", "AWS case opened");
                let line = line.with(format!("{} / {severity}", self.text(number))).to(Reader::Internal);
                Line { stated: Some(*opened), ..line }
            }
            Body::SupplierCaseAnswered { at, text, .. } => {
                let line = say("AWSサポートの回答", "AWS Support answered").with(self.text(text)).to(Reader::Internal);
                Line { stated: Some(*at), ..line }
            }
            Body::HandedOver { to, text } => {
                let to = to.as_ref().and_then(|id| self.people.get(id)).cloned();
                let to = to.unwrap_or_else(|| self.t("次の担当者", "whoever comes next").to_owned());
                Line::new(format!("{}{to}", self.t("引き継ぎ → ", "Handed over to ")))
                    .with(self.text(text))
                    .to(Reader::Internal)
            }
            Body::CauseLinked { .. } => say("共通原因に結び付けた", "Linked to a common cause").to(Reader::Internal),
            Body::CauseUnlinked { .. } => {
                say("共通原因から外した", "Taken away from a common cause").to(Reader::Internal)
            }
            Body::IncidentMerged { into } => say("統合 → ", "Merged into ").with(into.to_string()).to(Reader::Customer),
            Body::IncidentSeparated {} => say("統合を解除", "Taken out again").to(Reader::Customer),
            Body::ParentMoved { standing } => {
                let act = match standing {
                    _ if standing.ended => self.t("統合先の障害が終了", "The incident it was merged into has ended"),
                    _ if standing.recovered.is_some() => {
                        self.t("統合先の障害で復旧を連絡", "Recovery told with the incident it was merged into")
                    }
                    _ if standing.told.is_some() => {
                        self.t("統合先の障害で連絡", "Told with the incident it was merged into")
                    }
                    _ => self.t("統合先の障害が再び未連絡に", "Not told any more by the incident it was merged into"),
                };
                Line::new(act).to(Reader::Customer)
            }
            Body::ChildMerged { child, .. } => say("統合した障害", "Merged into this one").with(child.to_string()),
            Body::ChildSeparated { child } => {
                say("統合から外した障害", "Taken out of this one").with(child.to_string())
            }
            Body::ChildAlerted { child, .. } => {
                say("統合した障害のアラートが再び届いた", "An alert of a merged incident came again")
                    .with(child.to_string())
                    .to(Reader::Internal)
            }
            Body::InterimReported { text, next_due } => {
                let next =
                    next_due.map(|due| format!("{}{}", self.t("、次は ", ", next at "), when::short(self.shell, due)));
                let act =
                    format!("{}{}", self.t("中間報告を公開", "Interim report published"), next.unwrap_or_default());
                Line::new(act).with(self.text(text)).to(Reader::Customer)
            }
            Body::RecoveryStepDone { step, result, runbook, recovery_point, consent } => {
                let act = match runbook {
                    Some(at) => format!("{} {}-{}", self.t("保守手順", "Runbook"), at.id, at.step),
                    None => self.t("復旧手順", "Recovery step").to_owned(),
                };
                let point = recovery_point
                    .map(|at| format!("{}{}", self.t("\n回復時点: ", "\nData as of: "), when::text(self.shell, at)));
                let consent = consent.map(|by| match by {
                    ConsentRef::Standing {} => self.t("\n事前同意による", "\nBy consent in advance").to_owned(),
                    ConsentRef::Given { consent } => {
                        format!("{}{consent}", self.t("\n口頭同意 ", "\nBy oral consent "))
                    }
                });
                let done = format!("{} → {}", self.text(step), self.text(result));
                Line::new(act)
                    .with(format!("{done}{}{}", point.unwrap_or_default(), consent.unwrap_or_default()))
                    .to(Reader::Internal)
            }
            Body::RunbookMissing { .. } => say(
                "合う保守手順がなく、サポートセンターに作成を依頼",
                "No runbook was found; the support centre was asked for one",
            )
            .to(Reader::Internal),
            Body::RunbookProvided { version } => Line::new(format!(
                "{}{version}",
                self.t("保守手順が登録された: 版 ", "A runbook was recorded: version ")
            ))
            .to(Reader::Internal),
            Body::RunbookDeclined {} => {
                say("保守手順を作らないと決定", "It was decided that there will be no runbook").to(Reader::Internal)
            }
            Body::IncidentRecovered { recovered_at, recovery_point } => {
                let data = recovery_point
                    .map(|at| format!("{}{}", self.t("データの時点: ", "Data as of: "), when::text(self.shell, at)));
                let line = say("復旧を記録", "Recovery recorded").with(data.unwrap_or_default());
                Line { stated: Some(*recovered_at), ..line }
            }
            Body::RecoveryWithdrawn {} => say("復旧を取り消し", "Recovery withdrawn"),
            Body::RecoveryNotified { method, confirmed_by, channel, text } => {
                let by = match channel {
                    NoticeChannel::Ticket => self.t("チケット", "ticket"),
                    NoticeChannel::Phone => self.t("電話", "phone"),
                };
                let act = format!("{}{by}{}", self.t("復旧連絡（", "Recovery told ("), self.t("）", ")"));
                let how =
                    format!("{}: {} / {}", self.t("確認", "Confirmed"), self.text(method), self.text(confirmed_by));
                Line::new(act).with(format!("{how}\n{}", self.text(text))).to(Reader::Customer)
            }
            Body::IncidentRecurred { text } => say("再発", "It happened again").with(self.text(text)),
            Body::IncidentClosed { class, cause, confirmed_by, automatic } => {
                let name = desk::Desk::class_label(class).map_or(class.as_str(), |label| label.in_lang(self.lang()));
                let auto = if *automatic { self.t("（自動）", " (automatic)") } else { "" };
                let by = confirmed_by
                    .as_ref()
                    .map(|by| format!("\n{}{}", self.t("確認者: ", "Confirmed by: "), self.text(by)));
                let act = format!("{}{name}{auto}", self.t("終了: ", "Closed: "));
                Line::new(act).with(format!("{}{}", self.text(cause), by.unwrap_or_default())).to(Reader::Customer)
            }
            Body::FalseAlarmDeclared { grounds } => {
                say("誤検知とした", "Declared a false alarm").with(self.text(grounds))
            }
            Body::FalseAlarmReviewed { upheld: true } => {
                say("責任者が誤検知と認めた", "The head of desk upheld the false alarm")
            }
            Body::FalseAlarmReviewed { upheld: false } => {
                say("責任者が誤検知と認めず、判定に戻した", "The head of desk denied the false alarm")
            }
            Body::IncidentNoted { text } => say("社内メモ", "Internal note").with(self.text(text)).to(Reader::Internal),
            Body::FileAttached(file) => {
                let reader = if file.internal { Reader::Internal } else { Reader::Customer };
                say("ファイルを添付", "File added").with(self.text(&file.name)).to(reader)
            }
            Body::IncidentMessaged { text, from_customer: true } => {
                say("お客様からのメッセージ", "Message from the customer").with(self.text(text)).to(Reader::Customer)
            }
            Body::IncidentMessaged { text, from_customer: false } => {
                say("お客様へのメッセージ", "Message to the customer").with(self.text(text)).to(Reader::Customer)
            }
            Body::IncidentReminded { reminder, due } => {
                let what = match reminder {
                    Reminder::Unjudged => self.t("督促: 5分たっても判定がない", "Reminder: not judged after 5 minutes"),
                    Reminder::UnjudgedLong => self.t(
                        "督促: 10分たっても判定がない（責任者へ）",
                        "Reminder: not judged after 10 minutes (head of desk)",
                    ),
                    Reminder::InterimSoon => {
                        self.t("督促: 中間報告まで10分", "Reminder: interim report due in 10 minutes")
                    }
                    Reminder::LongSilence => {
                        self.t("督促: 前の報告から50分", "Reminder: 50 minutes since the last report")
                    }
                };
                Line::new(format!("{what} {}{}", self.t("期限 ", "due "), when::short(self.shell, *due)))
            }
            Body::TargetPassed { target, due, .. } => Line::new(format!(
                "{} {} {}",
                target_name(*target),
                self.t("の期限を過ぎた", "has passed"),
                when::text(self.shell, *due)
            )),
            Body::SlotMissed { slot } => Line::new(format!(
                "{}{}",
                self.t("中間報告がないまま過ぎた: ", "Interim report missed: "),
                when::text(self.shell, *slot)
            )),
            Body::VerdictGiven { target, outcome, due, .. } => {
                let outcome = match outcome {
                    Outcome::Met => self.t("達成", "met"),
                    Outcome::Missed => self.t("未達", "missed"),
                    Outcome::Void => self.t("対象外", "not judged"),
                };
                Line::new(format!("{}{} {outcome}", self.t("確定した判定: ", "Final verdict: "), target_name(*target)))
                    .with(format!("{}{}", self.t("期限 ", "due "), when::text(self.shell, *due)))
            }
            Body::AlertCarried { window, alert_key, .. } => Line::new(format!(
                "{}{window}",
                self.t("終了時も鳴り続けていたアラートが合流: 作業時間帯 ", "Still fired at the end of the window ")
            ))
            .with(alert_key.clone()),
            Body::AlertJoined { event, alert_key } => {
                Line::new(format!("{} #{event}", self.t("アラートが合流", "An alert joined"))).with(alert_key.clone())
            }
            Body::AlertResolved { event, alert_key } => {
                Line::new(format!("{} #{event}", self.t("監視元が解消を通知", "The source says it is over")))
                    .with(alert_key.clone())
            }
            Body::AlertAcknowledged { event, alert_key } => {
                Line::new(format!("{} #{event}", self.t("監視元で確認済み", "Acknowledged at the source")))
                    .with(alert_key.clone())
            }
            Body::AlertCounted { count, total, .. } => match self.lang() {
                Lang::Ja => Line::new(format!("同じアラートがさらに {count} 件（計 {total} 件）")),
                Lang::En => Line::new(format!("The same alert {count} more times ({total} in all)")),
            },
            Body::MessageQueued { notice, channel, contact, .. } => {
                let to = contact.as_ref().map(|contact| self.contact(contact.as_str())).unwrap_or_default();
                Line::new(format!(
                    "{} {} {to}",
                    notice_name(*notice).in_lang(self.lang()),
                    self.channel(channel, "を送信待ちに", "queued for")
                ))
            }
            Body::MessageAttempted { message, attempt, outcome, detail } => {
                let how = match outcome {
                    AttemptOutcome::Delivered => self.t("引き渡し済み", "delivered"),
                    AttemptOutcome::Deferred => self.t("いまは送れない（再試行する）", "not now (tried again)"),
                    AttemptOutcome::Refused => self.t("送れない（再試行しない）", "refused (not tried again)"),
                };
                let again = if *attempt > 1 { format!(" ({attempt})") } else { String::new() };
                Line::new(format!("{} {how}{again}", self.message(message))).with(self.text(detail))
            }
            Body::MessageUndelivered { message } => {
                say("5分たっても届いていない: 電話で伝える", "Not delivered after 5 minutes: call instead")
                    .with(self.message(message))
            }
            // What belongs to a window of work.
            Body::WindowAnnounced { work, .. } => say("作業時間帯を登録", "Window announced").with(self.text(work)),
            Body::WindowChanged { to } => {
                say("作業時間帯の終了を変更", "Window's end changed").with(when::text(self.shell, *to))
            }
            Body::WindowEnded { .. } => say("作業時間帯が終了", "Window ended"),
            Body::WindowCancelled { .. } => say("作業時間帯を取り消し", "Window cancelled"),
            Body::WindowKept { alert_key, .. } => {
                say("作業時間帯にアラートを受信", "Alert kept in the window").with(alert_key.clone())
            }
            Body::WindowResolved { alert_key, .. } => {
                say("作業時間帯のアラートが解消", "Alert resolved in the window").with(alert_key.clone())
            }
            Body::WindowCounted { count, .. } => {
                say("作業時間帯の同じアラート", "The same alert in the window").with(format!("{count}"))
            }
            // What belongs to a request is told on its own page.
            Body::RequestFiled(_)
            | Body::RequestTaken { .. }
            | Body::RequestPlanned { .. }
            | Body::WorkApproved { .. }
            | Body::RequestBegun {}
            | Body::RequestCompleted { .. }
            | Body::RequestReturned {}
            | Body::RequestClosed { .. }
            | Body::RequestDeclined { .. }
            | Body::RequestCancelled {}
            | Body::RequestAsked { .. }
            | Body::RequestAnswered { .. }
            | Body::DateOffered { .. }
            | Body::DateReplied { .. }
            | Body::RequestExcepted { .. }
            | Body::RequestMadeUrgent {}
            | Body::RequestReclassified { .. }
            | Body::RequestMessaged { .. }
            | Body::RequestNoted { .. }
            | Body::RequestDuePassed { .. }
            | Body::MissExplained { .. }
            | Body::RequestReminded { .. }
            | Body::RequestPaged { .. }
            | Body::RequestEvidenced { .. }
            | Body::WorkChecked { .. }
            | Body::RequestHandedOver { .. }
            | Body::RequestSplit { .. }
            | Body::RequestLinked { .. }
            | Body::SecretHanded { .. }
            | Body::SecretRead { .. }
            | Body::SecretTakenBack { .. }
            | Body::SecretExpired { .. } => say("ご依頼", "Request"),
            Body::RecordDisposed { .. } => say(DISPOSED.ja, DISPOSED.en).to(Reader::Customer),
            Body::WordsErased { of, .. } => say(ERASED.ja, ERASED.en).with(format!("#{of}")).to(Reader::Customer),
            Body::RecordOpened(_) | Body::RecordActed(_) => say("ほかの記録", "Another record"),
            // What belongs to a tenant and never to a record.
            Body::CauseOpened { title } => say("共通原因を開いた", "Common cause opened").with(self.text(title)),
            Body::CauseClosed { .. } => say("共通原因を終えた", "Common cause closed"),
            Body::TableFrozen { number, .. } => {
                say("順守状況の表を凍結", "Table of service levels frozen").with(number.to_string())
            }
            Body::TableRestated { number, .. } => {
                say("順守状況の表を訂正", "Table of service levels restated").with(number.to_string())
            }
            Body::MailKept { .. } => say("メールを保管", "Mail kept"),
            Body::MailSettled { .. } => say("保管したメールを処理", "Kept mail dealt with"),
            Body::MailJoined { from, .. } => say("次の発言はメールで届いた", "The next words came by mail")
                .with(self.text(from))
                .to(Reader::Internal),
            Body::DisposalProposed { .. } => say("廃棄を提案", "Disposal proposed"),
            Body::DisposalAnswered { approved: true, .. } => say("廃棄を承認", "Disposal approved"),
            Body::DisposalAnswered { approved: false, .. } => say("廃棄を却下", "Disposal rejected"),
            Body::DisposalEnded { .. } => say("廃棄を完了", "Disposal done"),
            Body::MorningTold { .. } => say("朝のお知らせを送信", "The morning was told"),
            Body::TenantAdded { .. } => say("お客様を追加", "Customer added"),
            Body::TenantRenamed { name } => say("お客様の名称を変更", "Customer renamed").with(self.text(name)),
            Body::ProjectAdded { project, .. } => say("プロジェクトを追加", "Project added").with(project.to_string()),
            Body::ProjectStarted { project, .. } => say("運用を開始", "Operation started").with(project.to_string()),
            Body::VersionRecorded { paper, version, .. } => {
                say("版を登録", "Version recorded").with(format!("{paper} {version}"))
            }
            Body::VersionAgreed { paper, version, .. } => {
                say("お客様の承認者が版に同意", "The customer's approver agreed to a version")
                    .with(format!("{paper} {version}"))
            }
            Body::MembershipGranted { .. } => say("役割を付与", "Role given"),
            Body::MembershipEnded { .. } => say("役割を終了", "Role ended"),
            Body::DelegationGranted { .. } => say("代理を設定", "Right delegated"),
            Body::DelegationEnded { .. } => say("代理を終了", "Delegation ended"),
            Body::KeyAdded { .. } => say("キーを作成", "Key made"),
            Body::KeyRevoked { .. } => say("キーを無効化", "Key revoked"),
            Body::WebhookAdded { .. } => say("Webhook を追加", "Webhook added"),
            Body::WebhookDisabled { .. } => say("Webhook を停止", "Webhook disabled"),
            Body::ClockStepped { back_ms } => {
                say("サーバーの時計が戻った", "The server's clock went back").with(format!("{back_ms} ms"))
            }
        }
    }

    /// A version of a report, and what became of it.
    fn report(&self, kind: ReportKind, version: u32, ja: &'static str, en: &'static str) -> Line {
        let name = kind.label().in_lang(self.lang());
        Line::new(match self.lang() {
            Lang::Ja => format!("障害報告書（{name}）第{version}版{ja}"),
            Lang::En => format!("{name}, version {version}, {en}"),
        })
    }

    /// What a caller said, item by item.
    fn heard(&self, heard: &domain::fault::Heard) -> Line {
        use domain::fault::Item;
        let text = |blob: &Option<BlobId>| blob.as_ref().map(|blob| self.text(blob));
        let caller = text(&heard.caller).map(|name| match &heard.contact {
            Some(_) => format!("{name} {}", self.t("（連絡体制にある方）", "(a contact of the plan)")),
            None => {
                format!("{name} {}", self.t("（連絡体制にない方: 折り返しで確認）", "(not in the plan: call back)"))
            }
        });
        let said = [
            (Item::Project, heard.project_sure.then(|| self.t("確認済み", "confirmed").to_owned())),
            (Item::Caller, caller),
            (Item::CallBack, text(&heard.called_back)),
            (Item::Reason, heard.by_phone.map(|why| why.label().in_lang(self.lang()).to_owned())),
            (Item::DetectedAt, heard.detected_at.map(|at| when::text(self.shell, at))),
            (Item::Host, text(&heard.host)),
            (Item::BusinessImpact, text(&heard.business_impact)),
            (Item::Content, text(&heard.content)),
        ];
        let line =
            |(item, said): (Item, Option<String>)| Some(format!("{}: {}", item.label().in_lang(self.lang()), said?));
        let lines: Vec<String> = said.into_iter().filter_map(line).collect();
        Line::new(self.t("お電話で伺った", "Told by telephone")).with(lines.join("\n"))
    }

    /// A message by what it tells and to whom.
    fn message(&self, id: &MessageId) -> String {
        let Some(delivery) = self.incident.deliveries.get(id) else { return id.to_string() };
        let notice = notice_name(delivery.notice).in_lang(self.lang());
        let to = delivery
            .contact
            .as_ref()
            .map_or_else(|| self.nobody(delivery.notice).to_owned(), |it| self.contact(it.as_str()));
        format!("{notice} → {to}:")
    }

    /// To whom a message goes that is for no contact.
    const fn nobody(&self, notice: NoticeKind) -> &'static str {
        match notice {
            NoticeKind::Receipt => self.t("申告された方", "whoever filed it"),
            _ => "Webhook",
        }
    }

    fn channel(&self, channel: &str, ja: &'static str, en: &'static str) -> String {
        let name = if channel == "mail" { self.t("メール", "mail") } else { "Webhook" };
        match self.lang() {
            Lang::Ja => format!("{name}{ja}"),
            Lang::En => format!("{en} {name}"),
        }
    }
}

/// The name of a target.
pub(crate) const fn target_name(target: Target) -> &'static str {
    match target {
        Target::Slo => "SLO",
        Target::Sla => "SLA",
    }
}

/// The name of what a message tells.
pub(crate) const fn notice_name(kind: NoticeKind) -> Label {
    match kind {
        NoticeKind::Occurrence => Label::new("障害発生連絡", "Notice of the incident"),
        NoticeKind::Interim => Label::new("中間報告", "Interim report"),
        NoticeKind::Recovery => Label::new("復旧連絡", "Recovery notice"),
        NoticeKind::Message => Label::new("ご連絡", "Message"),
        NoticeKind::Closure => Label::new("対応終了のお知らせ", "End of the incident"),
        NoticeKind::Receipt => Label::new("受付のお知らせ", "Receipt"),
        NoticeKind::Report => Label::new("障害報告書", "Incident report"),
    }
}

/// What a check found; older or foreign words are shown as they are.
fn check_result(lang: Lang, code: &str) -> String {
    let known = super::verbs::CHECK_RESULTS.iter().find(|(known, _)| *known == code);
    known.map_or_else(|| code.to_owned(), |(_, label)| label.in_lang(lang).to_owned())
}
