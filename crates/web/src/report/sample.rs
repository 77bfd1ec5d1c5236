//! Samples of both pages.

use super::{MajorLine, Printed, PrintedPage, ReportBox, ReportsPage, ReviewLine, Standing, VersionLine};
use crate::form::{Draft, Problem};
use crate::sample::{HOSTILE, at};
use domain::incident::major::Criterion;
use domain::incident::report::{Document, ReportKind};
use domain::words::{Label, Lang};

fn document() -> Document {
    Document {
        language: Lang::Ja,
        occurrence: "2026年11月22日 03:12 に監視で「web01 応答なし」を検知しました。".into(),
        impact: "サービス影響: 有\n期間: 2026年11月22日 03:12 から 2026年11月22日 04:02 まで（50分）".into(),
        course: "11/22 03:12　アラート「web01 応答なし」を受信\n11/22 03:16　サービス影響「有」と判定\n11/22 03:16　障害発生連絡を公開\n11/22 03:17　長谷川 亮 様へ架電（留守番電話）\n11/22 03:19　井上 大地 様へ架電（本人が応答）\n11/22 03:30　復旧作業: php-fpm を再起動する → 外形監視が 200 に戻った\n11/22 04:02　復旧\n11/22 04:10　復旧連絡（チケット）".into(),
        cause: String::new(),
        provisional: "・php-fpm を再起動する（11/22 03:30）".into(),
        permanent: String::new(),
        prevention: String::new(),
    }
}

fn whole() -> Document {
    Document {
        cause: "深夜の一括処理が PHP のプロセスを使い切り、通常の要求を受け付けられなくなりました。".into(),
        permanent: "一括処理を別のサーバーへ移しました。".into(),
        prevention: "プロセス数の監視を加え、上限の80%で検知します。".into(),
        ..document()
    }
}

fn line(number: u32, standing: Standing) -> VersionLine {
    VersionLine { number, written: ("佐藤 恵".into(), at(600)), reason: String::new(), standing }
}

/// The page for staff: at night, waiting for approval, published and restated, a major one, refused, nothing owed.
pub fn samples() -> Vec<(&'static str, ReportsPage)> {
    let report = |kind, due, versions: Vec<VersionLine>, document| ReportBox {
        kind,
        due,
        published: None,
        versions,
        document,
        restates: false,
        may_write: true,
        may_decide: false,
    };
    let night = ReportsPage {
        key: "NGS-12".into(),
        title: "web01 応答なし".into(),
        tenant: "株式会社なぎさ商事".into(),
        state: Label::new("復旧連絡済", "Recovery told"),
        version: 31,
        reports: vec![
            report(ReportKind::Preliminary, Some(at(2_400)), vec![], document()),
            report(ReportKind::Final, Some(at(86_400 * 8)), vec![], document()),
        ],
        agreed: None,
        may_agree: true,
        major: None,
        may_mark: true,
        reviews: vec![],
        review_due: None,
        may_review: false,
        drafted: Lang::Ja,
        draft: Draft::default(),
    };
    let mut awaiting = night.clone();
    awaiting.reports[0].versions = vec![
        line(2, Standing::Awaiting),
        line(1, Standing::Returned("責任者 花子".into(), at(-600), "影響の範囲を書いてください。".into())),
    ];
    awaiting.reports[0].may_decide = true;
    let mut published = night.clone();
    published.agreed = Some((at(86_400 * 12), "長谷川 亮 様".into()));
    for (place, box_) in published.reports.iter_mut().enumerate() {
        let done = if place == 0 { at(-60) } else { at(86_400 * 9) };
        box_.published = Some(done);
        box_.restates = true;
        box_.document = whole();
        box_.versions = vec![line(1, Standing::Approved("責任者 花子".into(), done))];
    }
    published.reports[1]
        .versions
        .insert(0, VersionLine { reason: "原因の調査が進んだため".into(), ..line(2, Standing::Replaced) });
    let mut major = awaiting.clone();
    major.major = Some(MajorLine {
        criterion: Criterion::WholeService.label(),
        at: at(-300),
        by: "佐藤 恵".into(),
        reason: "販売サイト全体が60分を超えて停止".into(),
    });
    (major.may_review, major.review_due, major.reports[0].due) = (true, Some(at(86_400 * 14)), Some(at(-100)));
    let mut reviewed = major.clone();
    reviewed.review_due = None;
    reviewed.reviews = vec![ReviewLine {
        at: at(-20),
        by: "責任者 花子".into(),
        words: vec![
            (Label::new("教訓", "Lessons"), "予備のサーバーへの切替を手順に入れる".into()),
            (Label::new("是正処置", "Corrective action"), "CAPA-7".into()),
        ],
    }];
    let mut refused = night.clone();
    refused.draft = Draft {
        form: "incident-report-final".into(),
        values: vec![("cause".into(), String::new()), ("prevention".into(), HOSTILE.into())],
        problems: vec![Problem { field: "cause".into(), text: "「原因」を入力してください。".into() }],
        summary: None,
    };
    let mut bare = night.clone();
    bare.reports.iter_mut().for_each(|it| (it.due, it.may_write) = (None, false));
    (bare.may_mark, bare.may_agree, bare.title) = (false, false, HOSTILE.into());
    vec![
        ("night", night),
        ("awaiting", awaiting),
        ("published", published),
        ("major", major),
        ("reviewed", reviewed),
        ("refused", refused),
        ("bare", bare),
    ]
}

/// The report on paper: 速報, 最終, before its approval, and none yet.
pub fn printed_samples() -> Vec<(&'static str, PrintedPage)> {
    let page = |printed| PrintedPage {
        key: "NGS-12".into(),
        title: "web01 応答なし".into(),
        customer: "株式会社なぎさ商事".into(),
        printed,
        all: vec![(ReportKind::Preliminary, 1), (ReportKind::Final, 1)],
        staff: false,
    };
    let printed =
        |kind, document| Some(Printed { kind, number: 1, published: Some(at(-60)), is_outdated: false, document });
    let mut draft = page(printed(ReportKind::Final, Document { cause: HOSTILE.into(), ..whole() }));
    draft.staff = true;
    if let Some(of) = &mut draft.printed {
        (of.published, of.is_outdated) = (None, true);
    }
    let none = PrintedPage { all: vec![], ..page(None) };
    vec![
        ("preliminary", page(printed(ReportKind::Preliminary, document()))),
        ("final", page(printed(ReportKind::Final, whole()))),
        ("draft", draft),
        ("none", none),
    ]
}
