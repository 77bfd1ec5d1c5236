//! The shipped catalogue against the service description, typed here by hand (R-A1-1, R-A1-5, R-A5-2; T-CAT).

use super::*;
use crate::refusal::RefusalKind;

/// Appendix 5, in its order and its spelling (C-26): group, 依頼作業名, 起票, 標準日数.
const A5: [(&str, &str, &str, u16); 23] = [
    ("サービスへの影響が軽微なご依頼", "アカウント追加変更依頼", "お客様", 1),
    ("サービスへの影響が軽微なご依頼", "バックアップ作業依頼(スナップショット)", "お客様", 1),
    ("サービスへの影響が軽微なご依頼", "リストア作業依頼 (スナップショット)", "お客様", 1),
    ("サービスへの影響が軽微なご依頼", "監視設定変更依頼", "お客様", 1),
    ("サービスへの影響が軽微なご依頼", "サーバー起動 / 停止依頼", "お客様", 1),
    ("サービスへの影響が軽微なご依頼", "Security Group 設定変更依頼", "お客様", 1),
    ("サービスへの影響が発生し得るご依頼", "サーバー設定変更(OS/ ミドルウェア)", "お客様", 5),
    ("サービスへの影響が発生し得るご依頼", "各種パッチ当て (OS/ ミドルウェア)", "お客様", 5),
    ("サービスへの影響が発生し得るご依頼", "ミドルウェアバージョンアップ", "お客様", 5),
    ("サービスへの影響が発生し得るご依頼", "インスタンスタイプ変更依頼", "お客様", 5),
    ("サービスへの影響が発生し得るご依頼", "Disk 追加 / 削除 (EBS)", "お客様", 5),
    ("サービスへの影響が発生し得るご依頼", "その他の AWS 設定変更", "お客様", 5),
    ("サービスへの影響が発生し得るご依頼", "AWS サポート制限解除対応", "お客様", 5),
    ("サービスへの影響が発生し得るご依頼", "保守手順の変更", "お客様", 5),
    ("サービスへの影響が発生し得るご依頼", "技術相談", "お客様", 5),
    ("ベーシックサポート", "脆弱性情報提供 / 脆弱性管理", "cloudpack", 5),
    ("ベーシックサポート", "運用改善提案", "双方", 5),
    ("ベーシックサポート", "キャパシティプランニング", "双方", 5),
    ("アドバンスドサポート", "各種勉強会の実施", "お客様", 5),
    ("アドバンスドサポート", "定例会の実施", "お客様", 5),
    ("アドバンスドサポート", "パフォーマンス検証", "お客様", 5),
    ("アドバンスドサポート", "アプリケーションのボトルネック調査", "お客様", 5),
    ("アドバンスドサポート", "各種新機能提案", "cloudpack", 5),
];

#[test]
fn the_rows_are_those_of_the_appendices_in_their_order() {
    let rows: Vec<_> = Catalogue::shipped()
        .rows
        .iter()
        .map(|row| {
            (row.class.label().ja, row.name.as_str(), row.filer.name(Lang::Ja, "cloudpack"), row.class.days().get())
        })
        .collect();
    let expected: Vec<_> =
        A5.iter().map(|(class, name, filer, days)| (*class, *name, (*filer).to_owned(), *days)).collect();
    assert_eq!(rows, expected);
}

/// Chapter 4, heading by heading: code, 種別, N, detail fields by label with options in brackets and conditional ones marked ?.
const CHAPTER_4: [(&str, &str, &str, u16, &[&str]); 24] = [
    (
        "account",
        "アカウント管理作業のご依頼",
        "アカウント管理作業",
        1,
        &["作業の種類[追加/変更/削除]", "ユーザー名", "ホスト名?", "必要な権限?"],
    ),
    ("backup", "バックアップ作業のご依頼", "バックアップ作業", 1, &["作業の種類[追加/削除]", "ホスト名"]),
    (
        "security_group",
        "Security Group 設定作業のご依頼",
        "Security Group 設定作業",
        1,
        &["作業の種類[追加/変更/削除]", "ホスト名", "アクセスの許可 / 不許可の詳細"],
    ),
    (
        "monitoring",
        "監視設定作業のご依頼",
        "監視設定作業",
        1,
        &["作業の種類[追加/変更/削除]", "ホスト名", "監視設定の内容"],
    ),
    ("restore", "リストア作業のご依頼", "リストア作業", 1, &["ホスト名", "リストアする内容（スナップショット）"]),
    (
        "server",
        "サーバー起動 / 再起動 / 停止作業のご依頼",
        "サーバー起動 / 停止作業",
        1,
        &["作業の種類[起動/停止/再起動/削除]", "ホスト名"],
    ),
    ("software_settings", "ソフトウェア設定作業のご依頼", "ソフトウェア設定作業", 5, &["ホスト名", "変更内容の詳細"]),
    (
        "software_patch",
        "ソフトウェアパッチ当て作業のご依頼",
        "ソフトウェアパッチ当て作業",
        5,
        &["ホスト名", "パッチ当てを実施する OS/ ミドルウェア名", "対象となるパッチ"],
    ),
    (
        "software_update",
        "ソフトウェア更新作業のご依頼",
        "ソフトウェア更新作業",
        5,
        &["ホスト名", "バージョンアップを実施する OS/ ミドルウェア名", "バージョンアップ後のバージョン?"],
    ),
    (
        "disk",
        "ディスク変更作業のご依頼",
        "ディスク変更作業",
        5,
        &["作業の種類[追加/削除]", "ホスト名", "必要な容量?", "削除するディスク?"],
    ),
    (
        "instance_type",
        "インスタンスタイプ変更作業のご依頼",
        "インスタンスタイプ変更作業",
        5,
        &["ホスト名", "変更後のインスタンスタイプ"],
    ),
    (
        "aws_limit",
        "AWS サポート制限解除のご依頼",
        "AWS サポート制限解除のご依頼",
        5,
        &["緩和する必要がある制限", "緩和が必要な理由"],
    ),
    ("aws_other", "その他の設定作業のご依頼", "その他の AWS 設定作業", 5, &["変更内容の詳細"]),
    ("runbook_change", "保守手順変更のご依頼", "技術相談", 5, &["ご相談内容"]),
    ("consultation", "技術全般のご相談", "技術相談", 5, &["ご相談内容"]),
    ("advisory", "脆弱性情報提供", "脆弱性情報提供", 5, &["脆弱性の情報"]),
    ("runbook_consultation", "保守手順変更のご相談", "保守手順変更のご相談", 5, &["ご相談内容"]),
    ("capacity", "キャパシティプランニング", "キャパシティプランニング", 5, &["ご相談内容"]),
    ("improvement", "運用改善提案および構築", "運用改善提案および構築", 5, &["ご相談内容"]),
    ("meeting", "定例会の実施", "定例会の実施", 5, &["具体的な内容"]),
    ("study_session", "勉強会の実施", "勉強会の実施", 5, &["具体的な内容"]),
    ("bottleneck", "アプリケーションのボトルネック調査", "アプリケーションのボトルネック調査", 5, &["具体的な内容"]),
    ("new_features", "新機能提案", "新機能提案", 5, &["具体的な内容"]),
    ("performance", "パフォーマンス検証", "パフォーマンス検証", 5, &["具体的な内容"]),
];

/// R-4.1.3-1 to -6, R-4.1.4-1 to -9, R-4.3.1-1 to -4, R-4.3.2-1 to -5.
#[test]
fn the_entries_are_those_of_chapter_4() {
    let told = |field: &Field| {
        let options: Vec<&str> = field.options.iter().filter(|it| !it.own).map(|it| it.ja.as_str()).collect();
        let options = if options.is_empty() { String::new() } else { format!("[{}]", options.join("/")) };
        format!("{}{options}{}", field.label.ja, if field.when.is_some() { "?" } else { "" })
    };
    let catalogue = Catalogue::shipped();
    assert_eq!(catalogue.entries.len(), CHAPTER_4.len());
    for (entry, (code, heading, kind, days, fields)) in catalogue.entries.iter().zip(CHAPTER_4) {
        let own: Vec<String> = entry.fields.iter().filter(|field| !field.own).map(told).collect();
        let shown = (entry.code.as_str(), entry.heading.ja.as_str(), entry.kind.as_str(), entry.days().get());
        assert_eq!((shown, own), ((code, heading, kind, days), fields.iter().map(|it| (*it).to_owned()).collect()));
    }
    catalogue.validate().unwrap();
}

/// R-A1-5: every entry has a row, every row an entry; R-4.1.4-14: 種別 is no key.
#[test]
fn every_entry_maps_to_a_row_and_every_row_has_one() {
    let catalogue = Catalogue::shipped();
    for row in &catalogue.rows {
        assert!(catalogue.entries.iter().any(|entry| entry.report == row.name), "{}", row.name);
    }
    let technical: Vec<_> =
        catalogue.entries.iter().filter(|entry| entry.kind == "技術相談").map(|entry| entry.report.as_str()).collect();
    assert_eq!(technical, ["保守手順の変更", "技術相談"]);
    let found = |word: &str| {
        catalogue.entries.iter().filter(|it| it.is_found_by(word)).map(|it| it.code.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(found("Disk 追加"), ["disk"], "by the name of the report");
    assert_eq!(found("ディスク変更"), ["disk"], "by 種別");
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(code, value)| ((*code).to_owned(), (*value).to_owned())).collect()
}

/// Everything an entry can ask for, filled in for each choice of its options.
fn full(entry: &Entry) -> Vec<Values> {
    let mut all = vec![Values::new()];
    for field in &entry.fields {
        let can_be: Vec<&str> = match field.options.as_slice() {
            [] => vec!["web01 の設定"],
            options => options.iter().map(|it| it.code.as_str()).collect(),
        };
        all = all
            .into_iter()
            .flat_map(|it| {
                can_be.iter().map(move |value| {
                    let mut it = it.clone();
                    it.insert(field.code.clone(), (*value).to_owned());
                    it
                })
            })
            .collect();
    }
    all
}

/// T-CAT for every entry: all fields are accepted; each required one dropped is refused by its Japanese label; an option outside
/// the list is refused; a conditional field is demanded under its condition only.
#[test]
fn every_entry_asks_for_its_fields() {
    for entry in &Catalogue::shipped().entries {
        for whole in full(entry) {
            let filed = entry.filed(&whole).unwrap();
            for field in &entry.fields {
                assert_eq!(filed.contains_key(&field.code), field.is_asked(&whole), "{} {}", entry.code, field.code);
                let mut without = whole.clone();
                without.insert(field.code.clone(), "  ".into());
                let said = entry.filed(&without);
                if field.is_asked(&whole) {
                    let refusal = said.unwrap_err();
                    assert!(refusal.ja.contains(&field.label.ja), "{}: {}", entry.code, refusal.ja);
                    assert_eq!(
                        refusal.field(),
                        Some(field.code.as_str()).filter(|code| CODES.contains(code)).map(|_| field.code())
                    );
                }
                if !field.options.is_empty() {
                    let mut outside = whole.clone();
                    outside.insert(field.code.clone(), "別の作業".into());
                    assert_eq!(entry.filed(&outside).unwrap_err().kind, RefusalKind::Invalid { field: field.code() });
                }
            }
            assert!(entry.title(&filed).starts_with(&entry.kind));
        }
        let mut stray = full(entry).remove(0);
        stray.insert("period".into(), "x".into());
        assert_eq!(entry.filed(&stray).unwrap_err().field(), Some("fields"));
    }
}

/// C-06, C-07: the class sets N only; what stops the service waits for approval.
#[test]
fn work_that_interrupts_waits_for_approval_whatever_its_class() {
    let catalogue = Catalogue::shipped();
    let server = catalogue.entry("server").unwrap();
    for (work, affects) in [("start", false), ("stop", true), ("restart", true), ("remove", true)] {
        assert_eq!(server.affects_service(&values(&[("work", work), ("host", "web01")])), affects, "{work}");
    }
    let always = |code: &str| catalogue.entry(code).unwrap().affects_service(&Values::new());
    assert!(always("restore") && always("software_patch") && !always("consultation") && !always("aws_limit"));
}

#[test]
fn a_catalogue_that_cannot_be_is_refused() {
    let wrong = |change: fn(&mut Catalogue)| {
        let mut catalogue = Catalogue::default();
        change(&mut catalogue);
        catalogue.validate().unwrap_err().ja
    };
    assert!(wrong(|it| it.entries[1].code = "account".into()).contains("重複なく"));
    assert!(wrong(|it| it.entries[0].code = "Konto".into()).contains("英小文字"));
    assert!(wrong(|it| it.entries[0].report = "ない行".into()).contains("依頼作業名"));
    assert!(wrong(|it| it.entries[0].days = Some(0)).contains("1から250"));
    assert!(wrong(|it| it.entries[0].fields[0].code = "colour".into()).contains("colour"));
    assert!(wrong(|it| it.entries[5].consent.as_mut().unwrap().is.push("explode".into())).contains("選択肢"));
}

/// Every work has its steps, and no talk has; a version with a step that says nothing is refused.
#[test]
fn works_have_steps() {
    let shipped = Catalogue::shipped();
    let talks = ["consultation", "runbook_consultation"];
    for entry in &shipped.entries {
        let is_work = matches!(entry.class, Class::Slight | Class::Possible) && !talks.contains(&entry.code.as_str());
        assert_eq!(entry.steps.len() >= 4, is_work, "{}", entry.code);
    }
    let server = shipped.entry("server").unwrap();
    assert!(server.plan().starts_with("1. ") && server.plan().lines().count() == server.steps.len());
    let mut wrong = shipped.clone();
    wrong.entries[0].steps.push(" ".into());
    assert!(wrong.validate().is_err());
}
