//! A desk with some days behind it: every kind of row, on a clock that is moved by hand.

use super::key;
use desk::incident::input;
use desk::{Attempt, Caller, Checkpoint, Delivery, Desk, IntakeKey, NewDelegation, NewKey, NewPerson, Settings, Who};
use domain::access::Role;
use domain::alerts::{Action, AlertEvent};
use domain::contact::{Contact, ContactPlan, Hours};
use domain::fact::{Answer, CallResult, NoticeChannel};
use domain::ids::{BlobId, ContactId, ProjectKey, RecordKey, TenantId};
use domain::paper::{Agreement, Closures};
use domain::time::{Instant, MINUTE_MS};
use domain::words::Lang;
use std::sync::Arc;
use store::{Clock, HandClock, Store};
use tempfile::TempDir;
use testkit::postgres::Server;

/// Where databases of one test are made.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    server: Option<Arc<Server>>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None }
    }

    pub(crate) async fn postgres() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: Some(Server::shared().await.unwrap()) }
    }

    /// The other engine, with a folder of its own.
    pub(crate) async fn other(&self) -> Self {
        if self.server.is_some() { Self::sqlite() } else { Self::postgres().await }
    }

    /// The address of a database that is empty.
    pub(crate) async fn url(&self, name: &str) -> String {
        match &self.server {
            None => format!("sqlite://{}/{name}.db", self.folder.path().display()),
            Some(server) => server.create_database().await.unwrap(),
        }
    }
}

/// A desk and what a test needs of it.
pub(crate) struct History {
    pub(crate) url: String,
    pub(crate) store: Store,
    pub(crate) desk: Desk,
    pub(crate) clock: HandClock,
    pub(crate) acme: TenantId,
    pub(crate) intake: IntakeKey,
    /// Checkpoints as they were kept outside.
    pub(crate) outside: Vec<Checkpoint>,
    operator: Caller,
}

pub(crate) fn console() -> Caller {
    Caller { who: Who::Console, grants: vec![], lang: Lang::Ja }
}

fn event(action: Action, host: &str) -> AlertEvent {
    AlertEvent {
        action,
        dedup_key: format!("{host}/http"),
        alert_key: format!("{host}/http"),
        severity: "critical".into(),
        summary: format!("{host} 応答なし"),
        source: host.into(),
    }
}

fn delivery(key: &IntakeKey, content: Result<Vec<AlertEvent>, String>) -> Delivery {
    Delivery { key: key.clone(), sender: "events_v2", body: br#"{"routing_key":"..."}"#.to_vec(), content }
}

pub(crate) fn trigger(key: &IntakeKey, host: &str) -> Delivery {
    delivery(key, Ok(vec![event(Action::Trigger, host)]))
}

fn contact(id: &str, phone: &str, mail: &str) -> Contact {
    Contact {
        id: ContactId::new(id),
        name: "山田 太郎".into(),
        reading: "やまだ たろう".into(),
        phone: phone.into(),
        other_phones: vec![],
        mail: mail.into(),
        hours: Hours::default(),
        services: vec![],
    }
}

/// Opens a desk on a store whose clock stands on a Thursday night in Tokyo.
pub(crate) async fn open(url: &str) -> (Store, Desk, HandClock) {
    let clock = HandClock::at(Instant::parse("2026-11-19T03:12:00+09:00").unwrap());
    let store = Store::open(url, Clock::Hand(clock.clone())).await.unwrap();
    let settings =
        Settings { base_url: "https://desk.test".into(), message_domain: "desk.test".into(), sealing_key: [1; 32] };
    (store.clone(), Desk::new(store, settings).receiving_mail("reply.test"), clock)
}

/// Writes the history.
pub(crate) async fn write(place: &Place) -> History {
    let url = place.url("desk").await;
    let (store, desk, clock) = open(&url).await;
    let person = NewPerson {
        email: "head@msp.test".into(),
        name: "高橋".into(),
        password: "long enough 1".into(),
        ..NewPerson::default()
    };
    let begun = desk.set_up("MSP株式会社", &person, "test", "127.0.0.1").await.unwrap();
    let head = desk.caller_by_session(&begun.token).await.unwrap().unwrap();
    let provider = store.system().provider().await.unwrap().unwrap().id;
    let person = NewPerson {
        email: "op@msp.test".into(),
        role: "mo".into(),
        password: "long enough 2".into(),
        ..NewPerson::default()
    };
    desk.add_person(&console(), &provider, &person).await.unwrap();
    let begun = desk.sign_in("op@msp.test", "long enough 2", "test", "127.0.0.1").await.unwrap();
    let operator = desk.caller_by_session(&begun.token).await.unwrap().unwrap();
    let (acme, intake) = customers(&desk, &provider, &head, &operator).await;
    let mut history = History { url, store, desk, clock, acme, intake, outside: vec![], operator };
    history.checkpoint().await;
    history.night().await;
    history.no_impact().await;
    history.mails().await;
    history.false_alarm(&head).await;
    history.repeats().await;
    history.windows().await;
    history.checkpoint().await;
    history
}

async fn customers(desk: &Desk, provider: &TenantId, head: &Caller, operator: &Caller) -> (TenantId, IntakeKey) {
    let acme = desk.add_tenant(&console(), "○○商事", "ACME").await.unwrap().id;
    let beta = desk.add_tenant(&console(), "△△工業", "BETA").await.unwrap().id;
    desk.rename_tenant(&console(), &beta, "△△重工").await.unwrap();
    desk.add_project(&console(), &acme, "ACME_WEB", "通販サイト").await.unwrap();
    let contacts = vec![contact("yamada", "03-0000-0001", "yamada@acme.test"), contact("sato", "", "sato@acme.test")];
    let plan = ContactPlan { contacts, ..ContactPlan::default() };
    desk.record_paper(&console(), &acme, "ACME", &plan, None).await.unwrap();
    let agreement = Agreement { signatory: "山田 太郎".into(), ..Agreement::default() };
    desk.record_paper(&console(), &acme, "", &agreement, None).await.unwrap();
    let (head, operator) = (head.person().unwrap(), operator.person().unwrap());
    let lent = NewDelegation {
        giver: head.to_string(),
        taker: operator.to_string(),
        right: "decide".into(),
        minute_from: 1140,
        minute_to: 600,
        until: None,
    };
    let lent = desk.delegate(&console(), provider, &lent).await.unwrap();
    desk.end_delegation(&console(), provider, &lent).await.unwrap();
    let membership = desk.grant(&console(), &acme, operator, Role::Su, None).await.unwrap();
    desk.end_membership(&console(), &acme, &membership).await.unwrap();
    let project = ProjectKey::new("ACME");
    let new = NewKey { scope: "intake".into(), heartbeat_minutes: Some(30), ..NewKey::default() };
    let added = desk.add_key(&console(), &project, &new).await.unwrap();
    let revoked =
        desk.add_key(&console(), &project, &NewKey { scope: "api".into(), ..NewKey::default() }).await.unwrap();
    desk.revoke_key(&console(), &acme, &revoked.id).await.unwrap();
    desk.add_webhook(&console(), &acme, "https://acme.test/hook").await.unwrap();
    let (webhook, _) = desk.add_webhook(&console(), &acme, "https://acme.test/old").await.unwrap();
    desk.disable_webhook(&console(), &acme, &webhook).await.unwrap();
    (acme, desk.intake_key(&added.key).await.unwrap().unwrap())
}

impl History {
    async fn receive(&self, action: Action, host: &str) -> Option<RecordKey> {
        let delivery = delivery(&self.intake, Ok(vec![event(action, host)]));
        self.desk.receive(delivery).await.unwrap().pop().unwrap().incident
    }

    async fn version(&self, key: &RecordKey) -> u64 {
        self.store.tenant(&self.acme).incident(key).await.unwrap().unwrap().version
    }

    /// One window of work that is over, and one that runs and keeps an alert which goes on.
    async fn windows(&self) {
        for host in ["batch01", "batch02"] {
            let new = desk::NewWindow {
                project: "ACME".into(),
                kind: Some(domain::window::WindowKind::Planned),
                hosts: host.into(),
                to: Some(self.store.now().await.unwrap().plus_minutes(3)),
                work: "集計の作業".into(),
                ..desk::NewWindow::default()
            };
            self.desk.announce_window(&console(), &new).await.unwrap();
            assert_eq!(self.receive(Action::Trigger, host).await, None, "kept");
            self.receive(Action::Trigger, host).await;
            if host == "batch01" {
                self.receive(Action::Resolve, host).await;
                self.minutes(4).await;
            }
        }
        self.desk.count_repeats().await.unwrap();
        self.receive(Action::Trigger, "batch02").await;
    }

    /// Some minutes go by, and what falls due is done.
    async fn minutes(&self, minutes: i64) {
        for _ in 0..minutes {
            self.clock.advance_ms(60_000);
            self.desk.fire_due().await.unwrap();
        }
    }

    /// Sends what waits: by turns it arrives, is put off and is refused; one stays under way.
    async fn send(&self, attempts: &[Attempt]) {
        let now = self.store.now().await.unwrap();
        self.store.system().beat("node", "node", now).await.unwrap();
        let outgoing = self.desk.claim("node", 50, MINUTE_MS).await.unwrap();
        for (outgoing, attempt) in outgoing.iter().zip(attempts) {
            assert!(self.desk.finish(&outgoing.claim, attempt).await.unwrap());
        }
    }

    pub(crate) async fn checkpoint(&mut self) {
        self.clock.advance_ms(desk::CHECKPOINT_MS);
        let signed = self.desk.sign_heads(&key()).await.unwrap();
        assert!(!signed.is_empty());
        self.desk.keep_checkpoints(&signed).await.unwrap();
        self.outside.extend(signed);
    }

    /// A note about the first incident.
    pub(crate) async fn a_note(&self) -> BlobId {
        let key = RecordKey::new("ACME-1");
        let note = input::Note { text: "password=hunter2".into() };
        self.desk.note(&self.operator, &key, &note).await.unwrap();
        let facts = self.store.tenant(&self.acme).record_facts(&key).await.unwrap();
        facts.last().unwrap().blobs().next().unwrap().clone()
    }

    async fn take(&self, host: &str) -> RecordKey {
        let key = self.receive(Action::Trigger, host).await.unwrap();
        self.minutes(2).await;
        let version = self.version(&key).await;
        self.desk.take(&self.operator, &key, &input::Assignment { version }).await.unwrap();
        let version = self.version(&key).await;
        let check = input::Check { version, how: "ping".into(), result: "応答なし".into() };
        self.desk.check(&self.operator, &key, &check).await.unwrap();
        key
    }

    /// From alert to closed incident, told late, with a report too few and a recovery that was none.
    async fn night(&self) {
        let (desk, operator) = (&self.desk, &self.operator);
        let key = self.take("web01").await;
        self.minutes(16).await;
        let version = self.version(&key).await;
        let answers = vec![Answer { question: "down".into(), yes: true }];
        let judgement = input::Judgement {
            version,
            criteria: 1,
            answers,
            text: "停止しています。".into(),
            ..input::Judgement::default()
        };
        desk.judge(operator, &key, &judgement).await.unwrap();
        let (delivered, refused) =
            (|| Attempt::Delivered { detail: "250".into() }, || Attempt::Refused { detail: "550".into() });
        self.send(&[Attempt::Deferred { detail: "451 後で".into() }, delivered(), refused()]).await;
        let version = self.version(&key).await;
        let call = input::Call {
            version,
            contact: "yamada".into(),
            result: Some(CallResult::Answered),
            ..input::Call::default()
        };
        desk.call(operator, &key, &call).await.unwrap();
        self.minutes(55).await;
        self.send(&[delivered()]).await;
        let version = self.version(&key).await;
        desk.report(operator, &key, &input::InterimReport { version, text: "調査中です。".into() }).await.unwrap();
        self.minutes(70).await;
        let version = self.version(&key).await;
        let step = input::RecoveryStep { version, step: "再起動".into(), result: "起動した".into() };
        desk.step(operator, &key, &step).await.unwrap();
        let version = self.version(&key).await;
        desk.recover(operator, &key, &input::Recovery { version, ..input::Recovery::default() }).await.unwrap();
        let version = self.version(&key).await;
        let withdrawal = input::RecoveryWithdrawal { version, reason: "また落ちた".into() };
        desk.withdraw_recovery(operator, &key, &withdrawal).await.unwrap();
        let version = self.version(&key).await;
        desk.recover(operator, &key, &input::Recovery { version, ..input::Recovery::default() }).await.unwrap();
        self.tell_recovery(&key).await;
        // The calendar changes while the incident waits for its end, and the alert comes back once.
        let provider = self.store.system().provider().await.unwrap().unwrap().id;
        let closures = Closures { days: vec!["2026-11-20".parse().unwrap(), "2026-11-25".parse().unwrap()] };
        desk.record_paper(&console(), &provider, "", &closures, None).await.unwrap();
        self.minutes(3).await;
        assert_eq!(self.receive(Action::Trigger, "web01").await.as_ref(), Some(&key));
        self.receive(Action::Resolve, "web01").await;
        self.minutes(3).await;
        let version = self.version(&key).await;
        let closure = input::Closure {
            version,
            class: "hardware".into(),
            cause: "電源故障".into(),
            confirmed_by: "山田様".into(),
        };
        desk.close(operator, &key, &closure).await.unwrap();
        self.send(&[]).await;
    }

    async fn tell_recovery(&self, key: &RecordKey) {
        let notice = input::RecoveryNotice {
            version: self.version(key).await,
            method: "画面で確認".into(),
            confirmed_by: "監視センター".into(),
            channel: Some(NoticeChannel::Ticket),
            text: "復旧しました。".into(),
        };
        self.desk.notify_recovery(&self.operator, key, &notice).await.unwrap();
    }

    /// Judged without impact, told, recovered; it waits for its end by the changed calendar.
    async fn no_impact(&self) {
        let key = self.take("db01").await;
        let answers =
            ["down", "degraded", "data"].map(|question| Answer { question: question.into(), yes: false }).to_vec();
        let version = self.version(&key).await;
        let judgement = input::Judgement { version, criteria: 1, answers, ..input::Judgement::default() };
        self.desk.judge(&self.operator, &key, &judgement).await.unwrap();
        let version = self.version(&key).await;
        let notice = input::NoticeText { version, text: "影響はありません。".into() };
        self.desk.notify(&self.operator, &key, &notice).await.unwrap();
        let version = self.version(&key).await;
        self.desk
            .recover(&self.operator, &key, &input::Recovery { version, ..input::Recovery::default() })
            .await
            .unwrap();
        self.tell_recovery(&key).await;
        let message = input::Message { text: "ご確認ください。".into() };
        self.desk.message(&self.operator, &key, &message).await.unwrap();
        for (name, internal) in [("手順.txt", false), ("社内/控え.txt", true)] {
            let bytes = format!("steps of {name}").into_bytes();
            let file = desk::NewFile { name: name.into(), media_type: "text/plain".into(), bytes, internal };
            self.desk.attach_to_incident(&self.operator, &key, &file).await.unwrap();
        }
    }

    /// A reply that joined its incident, and mails that were kept: one put on it by hand, one dropped, one that waits.
    async fn mails(&self) {
        let (desk, key, writer) = (&self.desk, RecordKey::new("ACME-2"), "yamada@acme.test");
        let address = desk.reply_to(&self.acme, &key, writer, self.store.now().await.unwrap()).unwrap();
        let mail = |id: &str, to: &str| desk::Arrived {
            recipients: vec![to.into()],
            is_readable: true,
            signs: domain::mail_in::Signs {
                return_path: writer.into(),
                message_id: Some(format!("{id}@acme.test")),
                ..domain::mail_in::Signs::default()
            },
            from: vec![("山田 太郎".into(), writer.into())],
            subject: format!("Re: [{key}]"),
            text: "承知しました。".into(),
            raw: format!("Message-ID: <{id}@acme.test>\r\n\r\n承知しました。").into_bytes(),
            ..desk::Arrived::default()
        };
        assert_eq!(desk.take_mail(&mail("1", &address)).await.unwrap().joined, std::slice::from_ref(&key));
        for id in ["2", "3", "4"] {
            assert!(desk.take_mail(&mail(id, "desk@reply.test")).await.unwrap().kept.is_some());
        }
        let kept: Vec<u64> = desk.kept_mails(&self.operator).await.unwrap().iter().map(|it| it.number).collect();
        let (ticket, reason) = (key.to_string(), "電話で確認".to_owned());
        let attachment = desk::MailAttachment { mail: kept[0], ticket, reason: reason.clone() };
        desk.attach_mail(&self.operator, &attachment).await.unwrap();
        desk.drop_mail(&self.operator, &desk::MailDrop { mail: kept[1], reason }).await.unwrap();
    }

    async fn false_alarm(&self, head: &Caller) {
        let key = self.take("lab01").await;
        let version = self.version(&key).await;
        let alarm = input::FalseAlarm { version, grounds: "試験機".into() };
        self.desk.declare_false_alarm(&self.operator, &key, &alarm).await.unwrap();
        let version = self.version(&key).await;
        let review = input::FalseAlarmReview { version, upheld: true, reason: String::new() };
        self.desk.review_false_alarm(head, &key, &review).await.unwrap();
    }

    /// An incident nobody looks at, told often, some of it counted; what cannot be read; and the silence of the sender.
    async fn repeats(&self) {
        for host in ["app01", "app01", "app01"] {
            self.receive(Action::Trigger, host).await;
        }
        self.receive(Action::Acknowledge, "app01").await;
        assert!(self.desk.count_repeats().await.unwrap() > 0);
        self.receive(Action::Trigger, "app01").await;
        self.receive(Action::Resolve, "nowhere").await;
        self.receive(Action::Heartbeat, "sender").await;
        self.desk.receive(delivery(&self.intake, Err("no JSON".into()))).await.unwrap();
        self.minutes(31).await;
        assert_eq!(self.desk.watch_heartbeats().await.unwrap(), 1);
        self.clock.advance_ms(-5_000);
        self.receive(Action::Trigger, "app01").await;
    }
}
