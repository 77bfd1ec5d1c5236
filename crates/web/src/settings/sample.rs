//! Samples of the settings: in use, empty, hostile.

use super::*;
use crate::form::{Problem, choice};
use crate::incident::SAMPLE_RUNBOOK;
use crate::sample::{HOSTILE, at};
use domain::contact::{Flaw, Rounds, SelfRecovery};

/// Customers.
pub fn tenants_samples() -> Vec<(&'static str, TenantsPage)> {
    let line = |id: &str, name: &str, key: &str, missing: &[&str]| TenantLine {
        id: id.into(),
        name: name.into(),
        projects: vec![key.into()],
        missing: missing.iter().map(|m| (*m).to_owned()).collect(),
    };
    let full = vec![
        line("2", "株式会社なぎさ商事", "NGS", &[]),
        line("3", "そらいろ運輸株式会社", "SOR", &["判定基準"]),
        line("4", "まきしま医療器", "MKS", &["連絡先", "合意"]),
        line("5", HOSTILE, "HST", &[]),
    ];
    vec![
        ("full", TenantsPage { tenants: full, draft: Draft::default() }),
        ("empty", TenantsPage { tenants: vec![], draft: Draft::default() }),
    ]
}

/// One customer.
pub fn tenant_samples() -> Vec<(&'static str, TenantPage)> {
    let question =
        |text: &str, affected_if| CriteriaQuestion { text: text.into(), english: String::new(), affected_if };
    let version = |n, questions| CriteriaVersion {
        version: n,
        from: at(-86_400 * 120),
        agreed_by: Some("長谷川 亮".into()),
        agreed_on_portal: None,
        questions,
    };
    let contact = |rank: u32, name: &str, reading: &str, phone: &str| ContactLine {
        id: rank.to_string(),
        rank,
        name: name.into(),
        reading: reading.into(),
        phones: [phone].into_iter().filter(|phone| !phone.is_empty()).map(str::to_owned).collect(),
        mail: "it@nagisa.example".into(),
        hours: "毎日 終日".into(),
        services: String::new(),
    };
    let full = TenantPage {
        id: "2".into(),
        name: "株式会社なぎさ商事".into(),
        projects: vec![ProjectLine {
            key: "NGS".into(),
            name: "コーポレートサイト".into(),
            phase: Label::new("運用", "operation"),
            missing: vec!["保守手順が未提出".into(), "復旧試験が未実施".into()],
        }],
        project: Some("NGS".into()),
        criteria: vec![
            version(
                3,
                vec![
                    question("利用者がコーポレートサイトを開けない、または10秒以上待つ状態か", true),
                    question("冗長構成の切り替わりだけで、利用者への応答は続いているか", false),
                ],
            ),
            version(2, vec![question("サイトが開けないか", true)]),
        ],
        contacts: vec![
            contact(1, "長谷川 亮", "はせがわ りょう", "090-0000-1234"),
            contact(2, "東海林 由紀", "しょうじ ゆき", "080-0000-4321"),
            contact(3, HOSTILE, "ほすたいる", ""),
        ],
        waived_by: None,
        plan_agreed_by: None,
        plan_agreed: Some(at(-7200)),
        rounds: Rounds::default(),
        self_recovery: SelfRecovery::default(),
        flaws: vec![Flaw::Gap(at(86_400)), Flaw::NoReading(3), Flaw::NotAgreed],
        contacts_since: Some(at(-86_400 * 30)),
        runbooks: vec![
            RunbooksVersion {
                version: 4,
                from: at(-86_400 * 3),
                standing: Some("長谷川 亮 2026-11-02".into()),
                text: SAMPLE_RUNBOOK.into(),
            },
            RunbooksVersion { version: 3, from: at(-86_400 * 90), standing: None, text: "■ a b\n1. c\n".into() },
        ],
        agreement: Some(Agreement {
            version: 2,
            affected: (15, 30),
            unaffected: 60,
            from: at(-86_400 * 200),
            signatory: "長谷川 亮".into(),
            options: vec!["meeting".into()],
        }),
        paid: vec![("meeting".into(), "定例会の実施".into()), ("study_session".into(), "勉強会の実施".into())],
        agreement_version: 2,
        draft: Draft::default(),
    };
    let empty = TenantPage {
        criteria: vec![],
        contacts: vec![],
        runbooks: vec![],
        contacts_since: None,
        agreement: None,
        ..full.clone()
    };
    let draft = Draft {
        form: "contact".into(),
        values: vec![("name".into(), HOSTILE.into()), ("phone".into(), "電話".into())],
        problems: vec![Problem {
            field: "phone".into(),
            text: "数字とハイフンで入れてください（例: 03-0000-5678）。".into(),
        }],
        summary: None,
    };
    let refused = TenantPage { draft, ..full.clone() };
    vec![("full", full), ("empty", empty), ("refused", refused)]
}

/// People.
pub fn people_samples() -> Vec<(&'static str, PeoplePage)> {
    let centre = Label::new("監視センター", "Monitoring centre");
    let head = Label::new("サポートデスク責任者", "Head of desk");
    let person = |id: &str, name: &str, role, active: bool| Person {
        id: id.into(),
        name: name.into(),
        email: format!("p{id}@minato.example"),
        memberships: vec![Membership {
            end: format!("/settings/memberships/1/{id}/end"),
            tenant: "みなとマネージド".into(),
            role,
            last_day: None,
        }],
        seen: active.then(|| at(-3600)),
        active,
    };
    let full = PeoplePage {
        people: vec![
            person("1", "佐藤 恵", centre, true),
            person("2", "井上 大地", centre, true),
            person("3", "森本 さくら", head, true),
            person("4", HOSTILE, centre, false),
        ],
        delegations: vec![Delegation {
            end: "/settings/delegations/1/1/end".into(),
            right: "誤検知の確認".into(),
            from: "森本 さくら".into(),
            to: "井上 大地".into(),
            hours: "19:00–10:00".into(),
        }],
        roles: vec![("mo".into(), centre), ("dh".into(), head)],
        tenants: vec![choice("1", "みなとマネージド"), choice("2", "株式会社なぎさ商事")],
        rights: vec![choice("false-alarm-review", "誤検知の確認")],
        draft: Draft::default(),
    };
    vec![("empty", PeoplePage { people: vec![], delegations: vec![], ..full.clone() }), ("full", full)]
}

/// Keys.
pub fn keys_samples() -> Vec<(&'static str, KeysPage)> {
    let key = |id: &str, name: &str, beat| IntakeKey {
        revocation: format!("/settings/keys/2/{id}/revocation"),
        name: name.into(),
        scope: Label::new("受信", "intake"),
        project: "NGS".into(),
        used: Some(at(-130)),
        heartbeat_minutes: beat,
    };
    let made = MadeKey {
        secret: "R3KX9Q7D2MZT4W8HB5NVC6YJ1PFLGS0A".into(),
        line: Some("curl -sS https://desk.minato.example/v2/enqueue -d @alert.json".into()),
    };
    let full = KeysPage {
        keys: vec![key("1", "Alertmanager 本番", Some(5)), key("2", HOSTILE, None)],
        made: Some(made),
        projects: vec![choice("NGS", "NGS コーポレートサイト")],
        draft: Draft::default(),
    };
    vec![("empty", KeysPage { keys: vec![], made: None, ..full.clone() }), ("full", full)]
}

/// Templates.
pub fn templates_samples() -> Vec<(&'static str, TemplatesPage)> {
    let template =
        |code: &str, ja, en, text: &str| Template { code: code.into(), kind: Label::new(ja, en), text: text.into() };
    let templates = vec![
        template("first", "障害発生連絡（影響あり）", "Notice, affected", crate::incident::sample_notice()),
        template("interim", "中間報告", "Interim report", HOSTILE),
    ];
    vec![(
        "full",
        TemplatesPage {
            tenants: vec![choice("1", "みなとマネージド"), choice("2", HOSTILE)],
            tenant: "1".into(),
            templates,
            version: 2,
            placeholders: vec![
                ("{対象}".into(), Label::new("構成品目の名前", "name of the host")),
                ("{次回}".into(), Label::new("次の報告の時刻", "time of the next report")),
            ],
            draft: Draft::default(),
        },
    )]
}

/// Mail.
pub fn mail_samples() -> Vec<(&'static str, MailPage)> {
    vec![(
        "full",
        MailPage {
            provider: "みなとマネージド".into(),
            phone: "03-0000-0000".into(),
            from: "desk@minato.example".into(),
            server: "smtp.minato.example:587 STARTTLS".into(),
            last: HOSTILE.into(),
            draft: Draft::default(),
        },
    )]
}

/// Webhooks.
pub fn webhooks_samples() -> Vec<(&'static str, WebhooksPage)> {
    let hook = |url: &str| Webhook {
        removal: "/settings/webhooks/2/1/removal".into(),
        url: url.into(),
        tenant: HOSTILE.into(),
        since: at(-86_400),
    };
    let full = WebhooksPage {
        hooks: vec![hook("https://hooks.nagisa.example/desk"), hook(HOSTILE)],
        made: Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()),
        tenants: vec![choice("", "すべて")],
        draft: Draft::default(),
    };
    vec![("empty", WebhooksPage { hooks: vec![], made: None, ..full.clone() }), ("full", full)]
}

/// Closures.
pub fn calendar_samples() -> Vec<(&'static str, CalendarPage)> {
    let closure = |date: &str, day: &str| Closure { date: date.into(), day: day.into() };
    let full = CalendarPage {
        version: 4,
        closures: vec![closure("2026-12-29", "12/29（火）"), closure("2026-12-30", "12/30（水）")],
        holidays: vec![("11/23（月）".into(), "勤労感謝の日".into()), ("1/1（金）".into(), "元日".into())],
        draft: Draft::default(),
    };
    vec![("empty", CalendarPage { closures: vec![], ..full.clone() }), ("full", full)]
}

/// Import.
pub fn import_samples() -> Vec<(&'static str, ImportPage)> {
    let draft = Draft {
        form: "import".into(),
        values: vec![("csv".into(), HOSTILE.into())],
        problems: vec![Problem { field: "csv".into(), text: format!("2行目: {HOSTILE}") }],
        summary: None,
    };
    let page = |draft| ImportPage {
        section: Section::People,
        path: "/settings/people".into(),
        columns: &["name", "email"],
        version: None,
        draft,
    };
    vec![("plain", page(Draft::default())), ("refused", page(draft))]
}
