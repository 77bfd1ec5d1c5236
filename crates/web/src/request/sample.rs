//! Samples of the pages of requests.

use super::bar::{Day, DayKind};
use super::filing::{EntryLine, FilingPage, OpenEntry};
use super::one::{Happened, RequestPage, VerbForm};
use super::{Listed, OwedByIncident, RequestListPage, Work};
use crate::attachment::Files;
use crate::clock::{ClockMark, ClockState};
use crate::form::{Draft, Field, Form, Input};
use crate::sample::{HOSTILE, at};
use crate::secret::Secrets;
use domain::catalogue::Catalogue;
use domain::words::Label;
use jiff::civil::date;

fn mark(state: ClockState) -> ClockMark {
    ClockMark { name: "完了 SLO 5営業日".into(), state, holder: Some("佐藤 恵".into()), href: None }
}

fn days() -> Vec<Day> {
    use DayKind::*;
    let kinds = [Receipt, Held, Holiday("勤労感謝の日"), Counted(1), Counted(2), Weekend, Weekend, Closed, Counted(3)];
    let day = |(n, kind): (i8, DayKind)| Day { date: date(2026, 11, 19 + n), kind, past: n < 3 };
    (0..).zip(kinds).map(day).collect()
}

/// The list.
pub fn list_samples() -> Vec<(&'static str, RequestListPage)> {
    let listed = |key: &str, title: &str, state: Label, owed: Option<Label>, urgent, clock| Listed {
        key: key.into(),
        title: title.into(),
        whose: "NGS".into(),
        state,
        owed,
        handed: urgent,
        urgent,
        filed: at(-90_000),
        mark: mark(clock),
    };
    let requests = vec![
        listed(
            "NGS-21",
            "サーバー起動 / 停止作業 再起動 web01",
            Label::new("作業中", "In work"),
            Some(Label::new("作業を完了する", "Complete the work")),
            true,
            ClockState::Running { since: at(-90_000), due: at(7_200) },
        ),
        listed(
            "NGS-20",
            HOSTILE,
            Label::new("確認中", "Under review"),
            Some(Label::new("お客様待ち", "Waiting for the customer")),
            false,
            ClockState::Held { why: "ご回答待ち".into() },
        ),
        listed(
            "NGS-18",
            "技術相談",
            Label::new("終了", "Closed"),
            None,
            false,
            ClockState::Missed { due: at(-80_000), at: Some(at(-70_000)), provisional: false },
        ),
    ];
    let title = Label::new("ご依頼", "Requests");
    let page = |requests, files, next: Option<&str>| RequestListPage {
        title,
        requests,
        files,
        staff: false,
        works: vec![],
        owed: vec![],
        mails: 0,
        next: next.map(str::to_owned),
    };
    vec![
        ("full", page(requests, true, Some("/requests?opened=1&key=NGS-18"))),
        ("empty", page(vec![], true, None)),
        ("nothing-owed", RequestListPage { mails: 2, ..page(vec![], false, None) }),
        ("works", RequestListPage { works: works(), owed: owed(), ..page(vec![], true, None) }),
    ]
}

fn owed() -> Vec<OwedByIncident> {
    let line = |name: Label, due: i64, words: Option<&str>, title: &str| OwedByIncident {
        key: "NGS-7".into(),
        title: title.into(),
        whose: "なぎさ商事".into(),
        words: words.map(str::to_owned),
        mark: ClockMark {
            name: name.ja.into(),
            state: ClockState::Running { since: at(-900), due: at(due) },
            holder: Some("佐藤 恵".into()),
            href: None,
        },
    };
    vec![
        line(
            Label::new("お約束", "Promise"),
            -60,
            Some("再起動の結果を 16:00 までに電話でお伝えする"),
            "web01 応答なし",
        ),
        line(Label::new("引き継ぎの受領", "Take it over"), 1_800, Some(HOSTILE), HOSTILE),
        line(Label::new("障害報告書の作成", "Write the report"), 90_000, None, "db01 ディスク 95%"),
    ]
}

/// Filing: the catalogue, one entry's form, and none.
pub fn filing_samples() -> Vec<(&'static str, FilingPage)> {
    let catalogue = Catalogue::shipped();
    let line = |entry: &domain::catalogue::Entry| EntryLine {
        code: entry.code.clone(),
        heading: entry.heading.ja.clone(),
        kind: entry.kind.clone(),
        class: entry.class,
        days: entry.days().get(),
        paid: entry.class.is_paid(),
    };
    let page = |open: Option<OpenEntry>, staff| FilingPage {
        projects: vec![("NGS".into(), "コーポレートサイト".into()), ("NGX".into(), HOSTILE.into())],
        project: "NGS".into(),
        search: String::new(),
        entries: catalogue.entries.iter().map(line).collect(),
        open,
        staff,
        phone: "03-0000-0000".into(),
        draft: Draft::default(),
    };
    let open = |code: &str| {
        catalogue.entry(code).map(|entry| OpenEntry {
            entry: entry.clone(),
            lead: entry.class.is_paid(),
            days: days(),
            due: "いま依頼すると、11/27（金） 19:00 までに完了します。".into(),
            earliest: "2026-11-27".into(),
        })
    };
    let nothing = FilingPage { search: "宇宙".into(), entries: vec![], ..page(None, false) };
    vec![
        ("catalogue", page(None, false)),
        ("not-found", nothing),
        ("account", page(open("account"), false)),
        ("by-staff", page(open("server"), true)),
        ("paid", page(open("meeting"), false)),
        ("no-project", FilingPage { projects: vec![], ..page(None, false) }),
    ]
}

/// One request.
pub fn request_samples() -> Vec<(&'static str, RequestPage)> {
    let happened = |seq, seconds, what: &str, words: &str, internal| Happened {
        seq,
        at: at(seconds),
        by: "佐藤 恵".into(),
        what: what.into(),
        words: words.into(),
        reason: if internal { "日程の都合".into() } else { String::new() },
        internal,
    };
    let verb = |noun: &str, name: &str, next| VerbForm {
        name: name.into(),
        form: Form::new(
            format!("verb-{noun}"),
            format!("/requests/NGS-21/{noun}"),
            name,
            vec![Field::new("text", "本文", Input::Area(3)).required()],
        )
        .version(4)
        .primary(next),
        next,
    };
    let full = RequestPage {
        key: "NGS-21".into(),
        title: "サーバー起動 / 停止作業 再起動 web01".into(),
        whose: "なぎさ商事 NGS".into(),
        state: Label::new("作業中", "In work"),
        mark: mark(ClockState::Running { since: at(-90_000), due: at(7_200) }),
        days: days(),
        due: vec!["受付 11/19（木） 10:02 を0日目として1営業日目の19:00が標準の期限です。".into()],
        awaiting: Some(Label::new("ご回答待ち", "waiting for your answer")),
        urgent: true,
        filled: vec![("作業の種類".into(), "再起動".into()), ("ホスト名".into(), HOSTILE.into())],
        about: vec![("種別".into(), "サーバー起動 / 停止作業".into()), ("優先度".into(), "中".into())],
        files: crate::attachment::sample("/requests/NGS-21"),
        secrets: crate::secret::sample("/requests/NGS-21"),
        verbs: vec![verb("completion", "完了する", true), verb("message", "メッセージを送る", false)],
        may_erase: true,
        happened: vec![
            happened(12, -600, "内部メモ", HOSTILE, true),
            happened(9, -7_200, "お客様に確認を依頼", "再起動してよい時間帯を教えてください。", false),
            happened(8, -90_000, "依頼を受付", "", false),
        ],
        draft: Draft::default(),
    };
    let over = RequestPage {
        days: vec![],
        due: vec![],
        awaiting: None,
        urgent: false,
        verbs: vec![],
        files: Files { ticket: "/requests/NGS-21".into(), ..Files::default() },
        secrets: Secrets::default(),
        mark: mark(ClockState::NoClock),
        ..full.clone()
    };
    vec![("full", full), ("over", over)]
}

fn works() -> Vec<Work> {
    let work = |key: &str, title: &str, from: i64, who: Option<&str>, beside: Option<&str>| Work {
        key: key.into(),
        title: title.into(),
        whose: "なぎさ商事 NGS".into(),
        from: at(from),
        to: at(from + 7_200),
        who: who.map(str::to_owned),
        beside: beside.map(str::to_owned),
    };
    vec![
        work("NGS-21", "サーバー起動 / 停止作業 再起動 web01", 3_600, Some("森 悠"), Some("NGS-22")),
        work("NGS-22", HOSTILE, 7_200, Some("森 悠"), Some("NGS-21")),
        work("SOR-4", "Disk 追加 / 削除 (EBS)", 90_000, None, None),
    ]
}
