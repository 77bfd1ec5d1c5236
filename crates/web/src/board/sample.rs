//! Boards as they look: a bad night, a quiet one, and hostile senders.

use super::{BoardPage, BoardRow, LaneMark, UrgentLine, Warning, WindowStrip};
use crate::clock::{ClockMark, ClockState};
use crate::sample::{HOSTILE, at};
use domain::words::Label;

fn running(name: &str, since: i64, due: i64) -> ClockMark {
    ClockMark {
        name: name.into(),
        state: ClockState::Running { since: at(since), due: at(due) },
        holder: None,
        href: None,
    }
}

fn done(seconds: i64, what: &str) -> LaneMark {
    LaneMark { at: at(seconds), what: what.into(), done: true }
}

fn owed(seconds: i64, what: &str) -> LaneMark {
    LaneMark { at: at(seconds), what: what.into(), done: false }
}

fn fresh() -> BoardRow {
    BoardRow {
        key: "NGS-12".into(),
        tenant: "株式会社なぎさ商事".into(),
        host: "web01".into(),
        title: "応答なし".into(),
        state: Label::new("検知", "Detected"),
        duty: Label::new("判定", "Judge"),
        mark: running("SLO 15分", -192, 708),
        owner: None,
        holder: None,
        received: at(-192),
        alerts: 3,
        filed: None,
        flaps: None,
        children: 0,
        together: (13..42).map(|number| format!("NGS-{number}")).collect(),
        version: 7,
        lane: vec![done(-192, "アラート受信"), owed(708, "障害発生連絡 SLO"), owed(1608, "障害発生連絡 SLA")],
    }
}

fn late() -> BoardRow {
    BoardRow {
        key: "SOR-4".into(),
        tenant: "そらいろ運輸株式会社".into(),
        host: "db-primary".into(),
        title: "接続数の上限に到達".into(),
        state: Label::new("切り分け中", "Triage"),
        duty: Label::new("判定", "Judge"),
        mark: running("SLO 15分", -1100, -200),
        owner: None,
        holder: Some("佐藤 恵".into()),
        received: at(-1100),
        alerts: 41,
        filed: None,
        flaps: Some(12),
        children: 29,
        together: vec![],
        version: 7,
        lane: vec![done(-640, "稼動確認"), owed(-200, "障害発生連絡 SLO"), owed(700, "障害発生連絡 SLA")],
    }
}

fn calling() -> BoardRow {
    BoardRow {
        key: "MKS-7".into(),
        tenant: "まきしま医療器".into(),
        host: "api-gw".into(),
        title: "5xx 率 12%".into(),
        state: Label::new("連絡済", "Notified"),
        duty: Label::new("架電 2巡目", "Call, round 2"),
        mark: running("10分ごとの架電", -370, 230),
        owner: None,
        holder: Some("井上 大地".into()),
        received: at(-1500),
        alerts: 8,
        filed: None,
        flaps: None,
        children: 0,
        together: vec![],
        version: 7,
        lane: vec![
            done(-800, "障害発生連絡"),
            done(-780, "架電 1 不在"),
            done(-690, "架電 2 不在"),
            owed(230, "架電 2巡目"),
            owed(2800, "中間報告"),
        ],
    }
}

fn reporting() -> BoardRow {
    BoardRow {
        key: "NGS-11".into(),
        tenant: "株式会社なぎさ商事".into(),
        host: "batch-02".into(),
        title: "夜間集計が停止".into(),
        state: Label::new("連絡済", "Notified"),
        duty: Label::new("中間報告", "Interim report"),
        mark: running("中間報告 60分ごと", -900, 2700),
        owner: None,
        holder: Some("佐藤 恵".into()),
        received: at(-9000),
        alerts: 1,
        filed: None,
        flaps: None,
        children: 0,
        together: vec![],
        version: 7,
        lane: vec![done(-860, "中間報告"), owed(2700, "中間報告")],
    }
}

fn filed() -> BoardRow {
    BoardRow {
        key: "NGS-13".into(),
        host: String::new(),
        together: vec![],
        title: "web02 受注画面が真っ白になる".into(),
        received: at(-60),
        alerts: 0,
        filed: Some(Label::new("お客様の申告 優先度 高", "Filed by the customer, priority high")),
        mark: running("SLO 15分", -60, 840),
        ..fresh()
    }
}

fn window(key: &str, firing: u64) -> WindowStrip {
    WindowStrip {
        key: key.into(),
        tenant: "株式会社なぎさ商事".into(),
        kind: domain::window::WindowKind::Customer.label(),
        hosts: if firing > 0 { vec!["web*".into(), "db01".into()] } else { vec![] },
        to: at(5_400),
        firing,
    }
}

/// The samples of the board.
pub fn samples() -> Vec<(&'static str, BoardPage)> {
    let night = BoardPage {
        rows: vec![reporting(), fresh(), filed(), calling(), late()],
        warnings: vec![
            Warning::Undelivered {
                record: "MKS-7".into(),
                to: "黒田 様".into(),
                reason: "550 5.1.1 User unknown".into(),
            },
            Warning::Quarantine { count: 2 },
            Warning::PackMissing,
        ],
        urgent: vec![UrgentLine {
            key: "SOR-31".into(),
            tenant: "空色製作所".into(),
            title: "サーバー起動 / 停止作業 再起動 web01".into(),
            filed: at(-240),
        }],
        windows: vec![window("NGS-W7", 2), window("SOR-W2", 0)],
        duty: vec!["佐藤 恵".into(), "井上 大地".into()],
        alerts_today: 1_284,
        takes_calls: true,
    };
    let one = BoardPage {
        rows: vec![fresh(), reporting()],
        warnings: vec![],
        urgent: vec![],
        windows: vec![],
        duty: vec!["佐藤 恵".into()],
        alerts_today: 51,
        takes_calls: true,
    };
    let quiet = BoardPage {
        rows: vec![],
        warnings: vec![],
        urgent: vec![],
        windows: vec![],
        duty: vec![],
        alerts_today: 37,
        takes_calls: true,
    };
    let mut hostile = late();
    hostile.title = HOSTILE.repeat(4);
    hostile.host = "とても長いホスト名のサーバー.internal.example.co.jp".repeat(3);
    hostile.tenant = HOSTILE.into();
    let broken = BoardPage {
        rows: vec![hostile, fresh()],
        warnings: vec![
            Warning::SmtpFailing { since: at(-900), reason: HOSTILE.into(), waiting: 12 },
            Warning::ClockUnsynchronised { offset_ms: Some(4_210) },
            Warning::Silent { key: "Watchdog 本番".into(), since: at(-600) },
            Warning::PackLate { made: Some(at(-4_000)), reason: HOSTILE.into() },
        ],
        urgent: vec![UrgentLine {
            key: "SOR-31".into(),
            tenant: HOSTILE.into(),
            title: HOSTILE.into(),
            filed: at(-240),
        }],
        windows: vec![WindowStrip { tenant: HOSTILE.into(), hosts: vec![HOSTILE.into()], ..window("NGS-W7", 1) }],
        duty: vec![HOSTILE.into()],
        alerts_today: 0,
        takes_calls: false,
    };
    vec![("night", night), ("one", one), ("quiet", quiet), ("hostile", broken)]
}
