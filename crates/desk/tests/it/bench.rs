//! A desk with its cast: a provider, a customer with an agreed contact, another customer, and people of every role.

use desk::incident::{Done, Payload, input};
use desk::{Answer, Caller, Delivery, Desk, Error, Grant, IntakeKey, NewKey, NewPerson, Received, Settings, Who};
use domain::access::Role;
use domain::alerts::{Action, AlertEvent};
use domain::contact::{Contact, ContactPlan, Hours};
use domain::fact::{Answer as CriteriaAnswer, Body, CallResult, Fact};
use domain::ids::{ContactId, ProjectKey, RecordKey, TenantId};
use domain::incident::report::ReportKind;
use domain::refusal::Refusal;
use domain::runbook::Runbooks;
use domain::time::Instant;
use domain::words::Lang;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Clock, HandClock, MessageRow, Store};
use tempfile::TempDir;
use testkit::postgres::Server;

/// A desk of one test.
pub(crate) struct Bench {
    pub(crate) desk: Desk,
    pub(crate) clock: HandClock,
    pub(crate) provider: TenantId,
    /// The customer, ○○商事, with the project ACME.
    pub(crate) tenant: TenantId,
    pub(crate) project: ProjectKey,
    /// Another customer, with the project OTHER.
    pub(crate) other: TenantId,
    pub(crate) intake: IntakeKey,
    people: HashMap<&'static str, Caller>,
    pub(crate) url: String,
    _folder: TempDir,
    _server: Option<Arc<Server>>,
}

/// 03:12 on a Sunday in Tokyo, when every test begins.
pub(crate) fn start() -> Instant {
    Instant::parse("2026-11-22T03:12:00+09:00").unwrap()
}

/// Somebody at the machine.
pub(crate) fn console() -> Caller {
    Caller { who: Who::Console, grants: vec![], lang: Lang::Ja }
}

pub(crate) fn settings() -> Settings {
    Settings {
        base_url: "https://desk.example.jp".into(),
        message_domain: "desk.example.jp".into(),
        sealing_key: [7; 32],
    }
}

pub(crate) async fn sqlite() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/desk.db", folder.path().display());
    Bench::open(url, folder, None).await
}

pub(crate) async fn postgres() -> Bench {
    let server = Server::shared().await.unwrap();
    let url = server.create_database().await.unwrap();
    Bench::open(url, tempfile::tempdir().unwrap(), Some(server)).await
}

/// Runs stories on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name(crate::bench::sqlite().await)).await; })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name(crate::bench::postgres().await)).await; })*
        }
    };
}
pub(crate) use on_both;

/// The contact plan of the customer: the owner by telephone and mail, an office by mail.
pub(crate) fn plan() -> ContactPlan {
    let contact = |id: &str, name: &str, phone: &str| Contact {
        id: ContactId::new(id),
        name: name.into(),
        reading: String::new(),
        phone: phone.into(),
        other_phones: vec![],
        mail: format!("{id}@acme.example.jp"),
        hours: Hours::default(),
        services: vec![],
    };
    ContactPlan {
        contacts: vec![contact("owner", "佐藤", "090-0000-0000"), contact("office", "総務", "")],
        ..ContactPlan::default()
    }
}

/// The runbook of the customer, for every host.
pub(crate) const RUNBOOK: &str = "■ any どのホストでも\n対象: *\n1. 見る\n2. [中断] 再起動する\n制限: 1分止まります\n";

/// Runbooks as staff write them, without consent in advance.
pub(crate) fn runbooks(text: &str) -> Runbooks {
    Runbooks { runbooks: domain::runbook::notation::parse(text).unwrap(), standing_consent: None }
}

/// The refusal of a verb that must be refused.
#[track_caller]
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Answer<T>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

impl Bench {
    async fn open(url: String, folder: TempDir, server: Option<Arc<Server>>) -> Self {
        let clock = HandClock::at(start());
        let store = Store::open(&url, Clock::Hand(clock.clone())).await.unwrap();
        let desk = Desk::new(store, settings());
        let console = console();
        let provider = desk.ensure_provider("窓口サービス").await.unwrap();
        let tenant = desk.add_tenant(&console, "○○商事", "ACME").await.unwrap().id;
        let other = desk.add_tenant(&console, "△△物産", "OTHER").await.unwrap().id;
        let project = ProjectKey::new("ACME");
        desk.record_paper(&console, &tenant, "ACME", &plan(), None).await.unwrap();
        desk.record_paper(&console, &tenant, "ACME", &runbooks(RUNBOOK), None).await.unwrap();
        let new = NewKey { scope: "intake".into(), ..NewKey::default() };
        let secret = desk.add_key(&console, &project, &new).await.unwrap().key;
        let intake = desk.intake_key(&secret).await.unwrap().unwrap();
        let mut bench = Self {
            desk,
            clock,
            provider,
            tenant,
            project,
            other,
            intake,
            people: HashMap::new(),
            url,
            _folder: folder,
            _server: server,
        };
        for (name, role) in [
            ("mo", Role::Mo),
            ("mo2", Role::Mo),
            ("su", Role::Su),
            ("dh", Role::Dh),
            ("au", Role::Au),
            ("ad", Role::Ad),
            ("dv", Role::Dv),
            ("rm", Role::Rm),
            ("sa", Role::Sa),
            ("mr", Role::Mr),
            ("tm", Role::Tm),
            ("cu", Role::Cu),
            ("ca", Role::Ca),
        ] {
            let tenant = if role.is_customer() { bench.tenant.clone() } else { bench.provider.clone() };
            bench.cast(name, tenant, role).await;
        }
        let other = bench.other.clone();
        bench.cast("foreign", other, Role::Cu).await;
        bench
    }

    /// Adds a person without a password and keeps them as a caller.
    async fn cast(&mut self, name: &'static str, tenant: TenantId, role: Role) {
        let email = format!("{name}@example.jp");
        let new =
            NewPerson { email: email.clone(), name: name.into(), role: role.code().into(), ..NewPerson::default() };
        let id = self.desk.add_person(&console(), &tenant, &new).await.unwrap();
        let everywhere = tenant == self.provider;
        let who = Who::Person { id, name: name.into(), email, session: String::new() };
        let grants = vec![Grant { tenant, role, everywhere, delegated: None }];
        self.people.insert(name, Caller { who, grants, lang: Lang::Ja });
    }

    /// One of the cast: mo, mo2, su, dh, au, ad, cu, ca, or `foreign`, a customer of the other tenant.
    pub(crate) fn person(&self, name: &str) -> &Caller {
        &self.people[name]
    }

    /// A second desk on the same database, as a second node is.
    pub(crate) async fn second_desk(&self) -> Desk {
        let store = Store::open(&self.url, Clock::Hand(self.clock.clone())).await.unwrap();
        Desk::new(store, settings())
    }

    /// Moves the clock to so many minutes after the start.
    pub(crate) fn at(&self, minutes: i64) {
        self.clock.set(start().plus_minutes(minutes));
    }

    /// One delivery with these alerts: action, dedup key, alert key.
    pub(crate) fn delivery(&self, events: &[(Action, &str, &str)]) -> Delivery {
        let event = |(action, dedup_key, alert_key): &(Action, &str, &str)| AlertEvent {
            action: *action,
            dedup_key: (*dedup_key).into(),
            alert_key: (*alert_key).into(),
            severity: "critical".into(),
            summary: "応答なし".into(),
            source: "web01".into(),
        };
        let content = Ok(events.iter().map(event).collect());
        Delivery { key: self.intake.clone(), sender: "events_v2", body: b"{}".to_vec(), content }
    }

    pub(crate) async fn tell(&self, action: Action, dedup_key: &str) -> Received {
        let delivery = self.delivery(&[(action, dedup_key, dedup_key)]);
        self.desk.receive(delivery).await.unwrap().remove(0)
    }

    /// An alert of web01, and the incident it opens or joins.
    pub(crate) async fn alert(&self) -> RecordKey {
        self.tell(Action::Trigger, "web01").await.incident.unwrap()
    }

    pub(crate) async fn version(&self, key: &RecordKey) -> u64 {
        self.desk.incident(self.person("mo"), key).await.unwrap().incident.version
    }

    pub(crate) async fn take(&self, key: &RecordKey) -> Done {
        let input = input::Assignment { version: self.version(key).await };
        self.desk.take(self.person("mo"), key, &input).await.unwrap()
    }

    pub(crate) async fn check(&self, key: &RecordKey) -> Done {
        let version = self.version(key).await;
        let input = input::Check { version, how: "URL監視で確認".into(), result: "502".into() };
        self.desk.check(self.person("mo"), key, &input).await.unwrap()
    }

    pub(crate) async fn judge(&self, key: &RecordKey, impact: bool) -> Done {
        let input = self.judgement(key, impact).await;
        self.desk.judge(self.person("mo"), key, &input).await.unwrap()
    }

    pub(crate) async fn judgement(&self, key: &RecordKey, impact: bool) -> input::Judgement {
        let answer = |question: &str, yes| CriteriaAnswer { question: question.into(), yes };
        let answers = match impact {
            true => vec![answer("down", true)],
            false => ["down", "degraded", "data"].map(|question| answer(question, false)).to_vec(),
        };
        let text = if impact { "販売管理サイトに接続できません。" } else { "" };
        let criteria = self.desk.incident(self.person("mo"), key).await.unwrap().criteria.unwrap().0;
        input::Judgement {
            version: self.version(key).await,
            criteria,
            answers,
            text: text.into(),
            reason: String::new(),
            told_caller: false,
        }
    }

    /// Takes, checks and judges with impact: the customer is told.
    pub(crate) async fn told(&self) -> RecordKey {
        let key = self.alert().await;
        self.take(&key).await;
        self.check(&key).await;
        self.judge(&key, true).await;
        key
    }

    pub(crate) async fn call(&self, key: &RecordKey) -> Done {
        let version = self.version(key).await;
        let result = Some(CallResult::Answered);
        let input = input::Call { version, contact: "owner".into(), result, ..input::Call::default() };
        self.desk.call(self.person("mo"), key, &input).await.unwrap()
    }

    pub(crate) async fn report(&self, key: &RecordKey) -> Done {
        let input = input::InterimReport { version: self.version(key).await, text: "調査中です。".into() };
        self.desk.report(self.person("mo"), key, &input).await.unwrap()
    }

    pub(crate) async fn recover(&self, key: &RecordKey) -> Done {
        let input = input::Recovery { version: self.version(key).await, ..input::Recovery::default() };
        self.desk.recover(self.person("mo"), key, &input).await.unwrap()
    }

    pub(crate) async fn notify_recovery(&self, key: &RecordKey) -> Done {
        let input = input::RecoveryNotice {
            version: self.version(key).await,
            method: "画面で確認".into(),
            confirmed_by: "山田".into(),
            channel: None,
            text: "復旧しました。".into(),
        };
        self.desk.notify_recovery(self.person("mo"), key, &input).await.unwrap()
    }

    pub(crate) fn closure(&self, version: u64) -> input::Closure {
        input::Closure {
            version, class: "os".into(), cause: "メモリ不足".into(), confirmed_by: "佐藤様".into()
        }
    }

    pub(crate) async fn close(&self, key: &RecordKey) -> Done {
        let input = self.closure(self.version(key).await);
        self.desk.close(self.person("mo"), key, &input).await.unwrap()
    }

    /// The final report, written and published.
    pub(crate) async fn reported(&self, key: &RecordKey) {
        let words = || "記載のとおり".to_owned();
        let input = input::IncidentReport {
            report: Some(ReportKind::Final),
            follows: 0,
            language: Lang::Ja,
            occurrence: words(),
            impact: words(),
            course: "11/22 03:12　アラートを受信".into(),
            cause: words(),
            provisional: words(),
            permanent: words(),
            prevention: words(),
            reason: String::new(),
        };
        self.desk.write_report(self.person("su"), key, &input).await.unwrap();
        let decision = input::ReportDecision {
            report: Some(ReportKind::Final),
            report_version: 1,
            approved: true,
            reason: String::new(),
        };
        self.desk.decide_report(self.person("dh"), key, &decision).await.unwrap();
    }

    /// The facts of an incident.
    pub(crate) async fn facts(&self, key: &RecordKey) -> Vec<Fact> {
        self.desk.incident(self.person("mo"), key).await.unwrap().facts
    }

    /// How many facts of an incident fit.
    pub(crate) async fn count(&self, key: &RecordKey, fits: impl Fn(&Body) -> bool) -> usize {
        self.facts(key).await.iter().filter(|fact| fits(&fact.body)).count()
    }

    /// The messages about an incident with what they say, in the order they were queued.
    pub(crate) async fn messages(&self, key: &RecordKey) -> Vec<(MessageRow, Payload)> {
        let store = self.desk.store().tenant(&self.tenant);
        let mut found = vec![];
        for row in store.messages(key).await.unwrap() {
            let text = store.blob_text(&row.payload).await.unwrap().unwrap();
            found.push((row, serde_json::from_str(&text).unwrap()));
        }
        found
    }

    /// Where the customer's chain stands.
    pub(crate) async fn head(&self) -> u64 {
        self.desk.store().tenant(&self.tenant).head().await.unwrap().unwrap().seq
    }
}
