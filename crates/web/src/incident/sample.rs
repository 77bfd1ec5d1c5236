//! One incident in the states of a night: new, being judged, calling, recovering, told, ended, and a hostile one.

use super::*;
use crate::clock::ClockState;
use crate::form::Problem;
use crate::ledger::Segment;
use crate::parts::Reader;
use crate::sample::{HOSTILE, at};

fn mark(name: &str, state: ClockState, href: Option<&str>) -> ClockMark {
    ClockMark { name: name.into(), state, holder: Some("佐藤 恵".into()), href: href.map(str::to_owned) }
}

/// The notice as the template writes it.
pub(crate) const NOTICE: &str = "株式会社なぎさ商事 長谷川様\n\nお世話になっております。みなとマネージドです。\n下記の障害が発生しておりますので、ご連絡いたします。\n\n発生: 2026/11/22 03:12:00\n対象: web01（コーポレートサイト）\n内容: 応答なし\nサービス影響: 有\n\n原因を調査し、復旧にあたっています。次のご報告は {next_report} までにいたします。";

fn questions(answers: [Option<bool>; 3]) -> Vec<Question> {
    let texts = [
        "利用者がコーポレートサイトを開けない、または10秒以上待つ状態か",
        "受注画面からの登録ができない状態か",
        "冗長構成の切り替わりだけで、利用者への応答は続いているか",
    ];
    let ids = ["site", "order", "failover"];
    (0..3)
        .map(|i| Question { id: ids[i].into(), text: texts[i].into(), affected_if: i < 2, answer: answers[i] })
        .collect()
}

pub(crate) fn contacts(tried: u32) -> Vec<Contact> {
    let phone = |number: &str, kind: &str| Phone { number: number.into(), kind: kind.into() };
    vec![
        Contact {
            id: "c1".into(),
            rank: 1,
            name: "長谷川 亮".into(),
            reading: "はせがわ りょう".into(),
            phones: vec![phone("090-0000-1234", "携帯"), phone("03-0000-5678", "代表")],
            hours: "24時間".into(),
            reachable: true,
            waived: false,
            tried,
            turn: tried == 0,
        },
        Contact {
            id: "c2".into(),
            rank: 2,
            name: "東海林 由紀".into(),
            reading: "しょうじ ゆき".into(),
            phones: vec![phone("080-0000-4321", "携帯")],
            hours: "24時間".into(),
            reachable: true,
            waived: false,
            tried: 0,
            turn: tried > 0,
        },
        Contact {
            id: "c3".into(),
            rank: 3,
            name: "情報システム部 当番".into(),
            reading: "じょうほうしすてむぶ とうばん".into(),
            phones: vec![phone("03-0000-9000", "内線 210")],
            hours: "平日 9:00–18:00".into(),
            reachable: false,
            waived: false,
            tried: 0,
            turn: false,
        },
    ]
}

fn fact(seq: u64, seconds: i64, actor: &str, act: &str) -> Entry {
    Entry {
        seq,
        at: at(seconds),
        actor: actor.into(),
        act: act.into(),
        text: None,
        reader: None,
        delivery: None,
        stated: None,
    }
}

fn judging() -> IncidentPage {
    IncidentPage {
        key: "NGS-12".into(),
        version: 4,
        title: "web01 応答なし".into(),
        tenant: "株式会社なぎさ商事".into(),
        project: "コーポレートサイト".into(),
        state: Label::new("切り分け中", "Triage"),
        impact: Impact::Unjudged,
        holder: Some("佐藤 恵".into()),
        clocks: vec![
            mark("障害発生連絡 SLO 15分", ClockState::Running { since: at(-192), due: at(708) }, Some("#ledger-slo")),
            mark("障害発生連絡 SLA 30分", ClockState::Running { since: at(-192), due: at(1608) }, Some("#ledger-sla")),
        ],
        ledgers: vec![
            running_ledger("ledger-slo", "障害発生連絡 SLO 15分", 708),
            running_ledger("ledger-sla", "障害発生連絡 SLA 30分", 1608),
        ],
        windows: vec![("NGS-W7".into(), at(5_400))],
        frozen: vec![(2, false), (1, true)],
        alert: AlertWords {
            source: "Alertmanager 本番".into(),
            host: "web01".into(),
            summary: "probe_success == 0: https://www.nagisa.example/ が 2 分間応答していません".into(),
            severity: "critical".into(),
            received: at(-192),
            sent: Some(at(-195)),
            fields: vec![
                ("alertname".into(), "BlackboxProbeFailed".into()),
                ("instance".into(), "www.nagisa.example:443".into()),
                ("job".into(), "blackbox".into()),
                ("zone".into(), "ap-northeast-1a".into()),
            ],
            flaps: Some(6),
            count: 3,
            link: Some("https://prometheus.example/graph?g0.expr=probe_success".into()),
            raw: Some("/alerts/events/9041".into()),
            filed: false,
            owed: vec![],
            intake: None,
        },
        earlier: vec![
            Earlier {
                key: "NGS-9".into(),
                at: at(-86_400 * 13),
                lasted_ms: Some(1_380_000),
                cause: "ディスク満杯。ログを退避し nginx を再起動".into(),
            },
            Earlier {
                key: "NGS-5".into(),
                at: at(-86_400 * 41),
                lasted_ms: Some(540_000),
                cause: "証明書更新のあと再読み込み漏れ".into(),
            },
        ],
        earlier_by_host: false,
        runbooks: runbook::sample(at),
        judgement: Judgement {
            version: 3,
            agreed_by: Some("長谷川 亮".into()),
            checked: true,
            on_line: None,
            questions: questions([Some(true), None, None]),
            judged: vec![],
        },
        notice: NoticeBox { draft: NOTICE.into(), promised: Some(at(3_600)), published: vec![] },
        contacts: contacts(0),
        calls: vec![],
        calling: None,
        standing: None,
        owing: Owing::default(),
        merging: Merging::default(),
        after: After::default(),
        takes: true,
        timeline: vec![
            Entry {
                text: Some(
                    "https://www.nagisa.example/ は 504。web01 に SSH は可。nginx は起動中、php-fpm が応答しない。"
                        .into(),
                ),
                reader: Some(Reader::Internal),
                ..fact(120, -60, "佐藤 恵（監視センター）", "稼動確認")
            },
            fact(119, -100, "佐藤 恵（監視センター）", "対応を始めた"),
            fact(118, -130, "ソフトウェア", "同じアラートを束ねた（計3件）"),
            fact(117, -192, "Alertmanager 本番", "アラートを受信し、障害を起こした"),
        ],
        primary: Some(Verb::Judgement),
        others: vec![Verb::RecoveryStep, Verb::FalseAlarm],
        writes: true,
        may_erase: true,
        files: crate::attachment::sample("/incidents/NGS-12"),
        known: true,
        prefill: Prefill {
            check_how: "外形監視と SSH".into(),
            occurrence: NOTICE.into(),
            interim: NOTICE.into(),
            recovery_notice: "復旧いたしました。".into(),
            confirmed_by: "佐藤 恵".into(),
            script: "夜分に恐れ入ります。みなとマネージド監視センターです。03:11 に「web01 応答なし」を検知し、サービスに影響が出ています。".into(),
            classes: vec![
                ("hardware".into(), "機器・基盤".into()),
                ("software".into(), "ソフトウェア".into()),
                ("operation".into(), "操作・設定".into()),
            ],
        },
        draft: Draft::default(),
    }
}

pub(crate) fn running_ledger(id: &str, name: &str, due: i64) -> Ledger {
    Ledger {
        id: id.into(),
        mark: ClockMark { href: None, ..mark(name, ClockState::Running { since: at(-192), due: at(due) }, None) },
        why: "障害発生連絡の公開と、1番目の連絡先への最初の架電を待っています。".into(),
        segments: vec![Segment {
            from: at(-192),
            to: None,
            counted: true,
            rule: "暦時間。夜間も休日も止まらない".into(),
            fact: "アラートを受信".into(),
            seq: 117,
            href: Some("#timeline".into()),
        }],
        edition: "2026-1".into(),
    }
}

pub(crate) fn ended_ledger(id: &str, name: &str, due: i64) -> Ledger {
    Ledger {
        id: id.into(),
        mark: ClockMark {
            href: None,
            ..mark(name, ClockState::Met { due: at(due), at: at(-240), provisional: true }, None)
        },
        why: "03:11:02 の公開と 03:11:12 に始めた1番目の連絡先への架電のうち、遅いほうで止まりました。".into(),
        segments: vec![
            Segment {
                from: at(-900),
                to: Some(at(-250)),
                counted: true,
                rule: "暦時間。夜間も休日も止まらない".into(),
                fact: "アラートを受信".into(),
                seq: 117,
                href: Some("#timeline".into()),
            },
            Segment {
                from: at(-250),
                to: Some(at(-240)),
                counted: true,
                rule: "公開だけでは止まらない。最初の架電を待つ".into(),
                fact: "障害発生連絡を公開".into(),
                seq: 122,
                href: Some("#timeline".into()),
            },
            Segment {
                from: at(-240),
                to: Some(at(-240)),
                counted: false,
                rule: "二つの遅いほうで止まる".into(),
                fact: "1番目の連絡先へ架電を開始".into(),
                seq: 123,
                href: Some("#timeline".into()),
            },
        ],
        edition: "2026-1".into(),
    }
}

pub(crate) fn told() -> Published {
    Published {
        kind: Label::new("障害発生連絡", "Notice of the incident"),
        seq: 118,
        at: at(-250),
        by: "佐藤 恵".into(),
        text: NOTICE.replace("03:12:00", "03:00:12").replace("04:19", "04:11"),
        delivery: "メール 3通: 配信済 03:11:09".into(),
    }
}

fn calling() -> IncidentPage {
    let mut it = judging();
    // The alert came at 03:00:12 here, so that the notice lies behind us.
    it.timeline.iter_mut().for_each(|entry| entry.at = entry.at.plus_ms(-708_000));
    it.alert.received = at(-900);
    it.alert.sent = Some(at(-903));
    it.version = 7;
    it.state = Label::new("連絡済", "Notified");
    it.impact = Impact::Yes;
    it.clocks = vec![
        mark("中間報告 60分ごと", ClockState::Running { since: at(-250), due: at(3350) }, None),
        mark(
            "障害発生連絡 SLO 15分",
            ClockState::Met { due: at(0), at: at(-240), provisional: true },
            Some("#ledger-slo"),
        ),
        mark(
            "障害発生連絡 SLA 30分",
            ClockState::Met { due: at(900), at: at(-240), provisional: true },
            Some("#ledger-sla"),
        ),
    ];
    it.ledgers = vec![
        ended_ledger("ledger-slo", "障害発生連絡 SLO 15分", 0),
        ended_ledger("ledger-sla", "障害発生連絡 SLA 30分", 900),
    ];
    it.judgement.questions = questions([Some(true), Some(true), Some(false)]);
    it.judgement.judged = vec![Judged { impact: Impact::Yes, at: at(-250), by: "佐藤 恵".into(), reason: None }];
    it.notice.published = vec![told()];
    it.contacts = contacts(1);
    it.calls = vec![Call {
        who: "長谷川 亮".into(),
        number: "090-0000-1234".into(),
        begun: at(-240),
        result: Some(domain::fact::CallResult::Voicemail),
        void: false,
        evidence: domain::telephone::Evidence::Stated,
        note: String::new(),
        by: "佐藤 恵".into(),
    }];
    it.timeline.insert(
        0,
        Entry {
            reader: Some(Reader::Customer),
            delivery: Some("メール 3通: 配信済 03:11:09".into()),
            ..fact(122, -250, "佐藤 恵（監視センター）", "影響ありと判定し、障害発生連絡を公開")
        },
    );
    it.timeline.insert(0, fact(123, -240, "佐藤 恵（監視センター）", "架電 1番目 長谷川 亮: 留守番電話"));
    it.primary = Some(Verb::Call);
    it.others = vec![Verb::InterimReport, Verb::RecoveryStep, Verb::Recovery, Verb::Rejudgement];
    it
}

/// The samples of the incident.
pub fn samples() -> Vec<(&'static str, IncidentPage)> {
    let with =
        |state: Label, primary: Option<Verb>, others: Vec<Verb>| IncidentPage { state, primary, others, ..calling() };
    let mut detected = judging();
    (detected.state, detected.primary, detected.holder) =
        (Label::new("検知", "Detected"), Some(Verb::Assignment), None);
    (detected.earlier, detected.judgement.questions[0].answer) = (vec![], None);
    detected.runbooks.open = false;
    let mut consented = calling();
    consented.earlier_by_host = true;
    consented.runbooks.consents = vec![(2, "03:20 長谷川 亮 · php-fpm の再起動".into())];
    consented.runbooks.standing = Some("長谷川 亮 2026-11-02".into());
    consented.draft = Draft {
        form: "runbook-step-web-php-2".into(),
        values: vec![("consent".into(), "2".into())],
        problems: vec![Problem { field: "result".into(), text: "入力してください。".into() }],
        summary: None,
    };
    let mut checking = judging();
    checking.primary = Some(Verb::Check);
    let mut harmless = calling();
    (harmless.state, harmless.impact, harmless.primary) =
        (Label::new("判定済", "Judged"), Impact::No, Some(Verb::Notice));
    harmless.clocks = vec![
        mark("障害発生連絡 SLO 60分", ClockState::Running { since: at(-900), due: at(200) }, Some("#ledger-slo")),
        mark(crate::clock::NO_SLA.ja, ClockState::NoClock, None),
    ];
    harmless.notice.published.clear();
    let recovering = with(
        Label::new("復旧確認中", "Confirming recovery"),
        Some(Verb::RecoveryNotice),
        vec![Verb::RecoveryWithdrawal],
    );
    let recovered = with(Label::new("復旧連絡済", "Recovery told"), Some(Verb::Closure), vec![Verb::Recurrence]);
    let mut recovered = recovered;
    recovered.after = After {
        major: Some(domain::incident::major::Criterion::WholeService.label()),
        owed: vec![
            (Label::new("障害報告書（速報）", "Preliminary report"), at(-60)),
            (Label::new("障害報告書（最終）", "Final report"), at(86_400 * 8)),
        ],
    };
    let ended = with(Label::new("終了", "Closed"), None, vec![]);
    let review = with(Label::new("誤検知", "False alarm"), Some(Verb::FalseAlarmReview), vec![]);
    let reporting = with(Label::new("連絡済", "Notified"), Some(Verb::InterimReport), vec![Verb::Call, Verb::Recovery]);
    let mut refused = with(Label::new("連絡済", "Notified"), Some(Verb::Recovery), vec![Verb::Call]);
    refused.draft = Draft {
        form: "recovery".into(),
        values: vec![("recovered_at".into(), "2026-11-22T04:40:00".into())],
        problems: vec![Problem {
            field: "recovered_at".into(),
            text: "これからの時刻です。いまより前の時刻にしてください。".into(),
        }],
        summary: Some(
            "ご覧になったあと、井上 大地さんが 03:14:58 に中間報告を公開しました。確かめてからもう一度押してください。"
                .into(),
        ),
    };
    let mut hostile = judging();
    (hostile.title, hostile.tenant, hostile.notice.draft) = (HOSTILE.into(), HOSTILE.into(), HOSTILE.into());
    hostile.alert.summary = HOSTILE.repeat(9);
    hostile.alert.fields.push((HOSTILE.into(), HOSTILE.into()));
    hostile.alert.link = Some("javascript:alert(1)".into());
    hostile.judgement.questions[0].text = HOSTILE.into();
    hostile.timeline[0].text = Some(HOSTILE.into());
    let mut bare = judging();
    (bare.judgement.questions, bare.contacts, bare.earlier) = (vec![], vec![], vec![]);
    bare.runbooks =
        RunbookBox { matched: vec![], others: vec![], owed: Some(at(86_400 * 8)), may_decline: true, ..bare.runbooks };
    let kin = |number: u32, seconds: i64, stands: &str| Kin {
        key: format!("NCS-{number}"),
        title: format!("web{number:02} 応答なし"),
        received: at(seconds),
        stands: stands.into(),
    };
    let mut together = judging();
    together.merging.together = vec![kin(13, -180, "未連絡"), kin(14, -170, "未連絡"), kin(15, -120, "未連絡")];
    let mut parent = calling();
    parent.merging.children = vec![kin(13, -880, "連絡済 SLO 達成"), kin(14, -870, "連絡済 SLO 超過")];
    parent.merging.last = vec!["NCS-13".into(), "NCS-14".into()];
    let mut merged = with(Label::new("統合", "Merged"), None, vec![]);
    merged.merging.parent = Some(("NCS-12".into(), 7));
    vec![
        ("together", together),
        ("parent", parent),
        ("merged", merged),
        ("detected", detected),
        ("checking", checking),
        ("judging", judging()),
        ("harmless", harmless),
        ("calling", calling()),
        ("reporting", reporting),
        ("refused", refused),
        ("recovering", recovering),
        ("recovered", recovered),
        ("ended", ended),
        ("false-alarm", review),
        ("hostile", hostile),
        ("bare", bare),
        ("consented", consented),
    ]
}
