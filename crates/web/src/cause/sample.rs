//! Causes as they look: a zone down under three customers, and hostile words.

use super::{CallLine, CauseLine, CausePage, CausesPage, MemberLine, OtherLine};
use crate::clock::{ClockMark, ClockState};
use crate::form::Draft;
use crate::sample::{HOSTILE, at};
use domain::words::Label;

fn line() -> CauseLine {
    CauseLine { number: 41, title: "ap-northeast-1a の電源障害".into(), opened: at(-240), closed: None }
}

fn member(key: &str, customer: &str, due: i64, told: bool) -> MemberLine {
    let questions = vec![
        ("down".to_owned(), "サービスが停止していますか".to_owned()),
        ("slow".to_owned(), "応答が遅くなっていますか".to_owned()),
    ];
    MemberLine {
        key: key.into(),
        version: 4,
        customer: customer.into(),
        title: "web01 応答なし".into(),
        state: if told { Label::new("連絡済", "Customer told") } else { Label::new("検知", "Detected") },
        duty: Some(if told {
            Label::new("最初の架電", "First call")
        } else {
            Label::new("判定", "Judge impact")
        }),
        mark: Some(ClockMark {
            name: "障害発生連絡 SLO 15分".into(),
            state: ClockState::Running { since: at(-300), due: at(due) },
            holder: told.then(|| "佐藤 恵".to_owned()),
            href: None,
        }),
        holder: told.then(|| "佐藤 恵".to_owned()),
        questions: (!told).then_some((2, questions)),
    }
}

fn cause() -> CausePage {
    let call = |number: &str, name: &str, customer: &str, due: i64| CallLine {
        number: number.into(),
        whose: vec![(name.into(), "はせがわ りょう".into(), customer.into())],
        incidents: vec!["NGS-12".into()],
        due: at(due),
        under_way: None,
        held_by: None,
    };
    let talking = CallLine {
        under_way: Some(true),
        held_by: Some("井上 大地".into()),
        incidents: vec!["SOR-4".into(), "SOR-5".into()],
        ..call("03-0000-4321", "大谷 葵", "そらいろ運輸株式会社", 610)
    };
    CausePage {
        line: line(),
        members: vec![
            member("NGS-12", "株式会社なぎさ商事", 600, true),
            member("SOR-4", "そらいろ運輸株式会社", 610, true),
            member("MKS-7", "まきしま医療器", 700, false),
        ],
        calls: vec![call("090-0000-1234", "長谷川 亮", "株式会社なぎさ商事", 600), talking],
        others: vec![OtherLine {
            key: "KTB-2".into(),
            customer: "北浜銀行".into(),
            title: "batch02 遅延".into(),
            received: at(-90),
        }],
        notice: "{customer} 様\n\n障害を検知しました。".into(),
        writes: true,
        refused: vec![],
        draft: Draft::default(),
    }
}

/// The samples of one cause.
pub fn samples() -> Vec<(&'static str, CausePage)> {
    let fresh = CausePage { members: vec![], calls: vec![], ..cause() };
    let closed = CausePage { line: CauseLine { closed: Some(at(-10)), ..line() }, ..cause() };
    let mut hostile = cause();
    (hostile.line.title, hostile.notice) = (HOSTILE.into(), HOSTILE.into());
    (hostile.members[2].customer, hostile.others[0].title) = (HOSTILE.into(), HOSTILE.into());
    hostile.calls[0].whose[0].0 = HOSTILE.into();
    hostile.refused = vec![("SOR-4".into(), HOSTILE.into())];
    vec![("telling", cause()), ("fresh", fresh), ("closed", closed), ("hostile", hostile)]
}

/// The samples of the list.
pub fn list_samples() -> Vec<(&'static str, CausesPage)> {
    let closed =
        CauseLine {
            number: 12, title: "回線事業者の障害".into(), opened: at(-90_000), closed: Some(at(-80_000))
        };
    let some = CausesPage { causes: vec![line(), closed], writes: true, draft: Draft::default() };
    vec![("some", some), ("none", CausesPage { writes: true, ..CausesPage::default() })]
}
