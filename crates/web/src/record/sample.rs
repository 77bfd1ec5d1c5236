//! Samples of the pages of records.

use super::{Listed, NewRecordPage, RecordListPage, RecordPage};
use crate::form::{Draft, Field, Form, Input, choice};
use crate::request::{Happened, VerbForm};
use crate::sample::{HOSTILE, at};
use domain::words::Words;

fn words(ja: &str, en: &str) -> Words {
    Words { ja: ja.into(), en: en.into() }
}

/// The list.
pub fn list_samples() -> Vec<(&'static str, RecordListPage)> {
    let listed = |key: &str, title: &str, state, ended, holder: Option<&str>| Listed {
        key: key.into(),
        title: title.into(),
        whose: "NGS".into(),
        state,
        holder: holder.map(str::to_owned),
        opened: at(-90_000),
        ended,
    };
    let page = |records, begin, next: Option<&str>| RecordListPage {
        process: words("苦情", "Complaint"),
        procedure: "/procedures?process=complaint".into(),
        begin,
        records,
        next: next.map(str::to_owned),
    };
    let begin = Some((words("苦情を申し出る", "Make a complaint"), "/records/new?process=complaint".to_owned()));
    let records = vec![
        listed("NGS-31", "夜間の連絡が遅い", words("調査中", "Looked into"), false, Some("高橋 健")),
        listed("NGS-12", HOSTILE, words("終了", "Closed"), true, None),
    ];
    vec![
        ("some", page(records, begin.clone(), Some("/records?process=complaint&opened=1&key=NGS-12"))),
        ("none", page(vec![], begin, None)),
        ("reader", page(vec![], None, None)),
    ]
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("project", "プロジェクト", Input::Menu(vec![choice("NGS", "基幹系")])).required(),
        Field::new("title", "件名", Input::Text).required().wide(),
        Field::new("text", "内容", Input::Area(4)).required(),
        Field::new("about", "関係するチケット", Input::Text),
    ]
}

/// The form.
pub fn new_samples() -> Vec<(&'static str, NewRecordPage)> {
    let page = |form| NewRecordPage {
        process: words("苦情", "Complaint"),
        procedure: "/procedures?process=complaint".into(),
        definition: Some((
            words("サービスに対する苦情の定義", "What counts as a complaint"),
            "提供するサービスについてお客様がご不満を申し出られ、回答または対応を求められるもの。".into(),
        )),
        form,
        draft: Draft::default(),
    };
    let form = Form::new("record", "/records", "苦情を申し出る", fields());
    vec![("open", page(Some(form))), ("nowhere", page(None))]
}

/// One record.
pub fn samples() -> Vec<(&'static str, RecordPage)> {
    let verb = |noun: &str, name: &str, fields, next| VerbForm {
        name: name.into(),
        form: Form::new(format!("verb-{noun}"), "/records/NGS-31/act", name, fields).version(3),
        next,
    };
    let step = |seq, what: &str, words: &str, internal| Happened {
        seq,
        at: at(-3_600 + i64::try_from(seq).unwrap_or(0)),
        by: "高橋 健".into(),
        what: what.into(),
        words: words.into(),
        reason: String::new(),
        internal,
    };
    let page = |verbs, happened| RecordPage {
        key: "NGS-31".into(),
        title: "夜間の連絡が遅い".into(),
        whose: "日本商事 NGS".into(),
        process: words("苦情", "Complaint"),
        code: "complaint".into(),
        state: words("調査中", "Looked into"),
        about: vec![("担当".into(), "高橋 健".into()), ("手続きの版".into(), "第1版".into())],
        verbs,
        may_erase: true,
        happened,
        draft: Draft::default(),
    };
    let findings = vec![
        Field::new("findings", "所見", Input::Area(4)).required(),
        Field::new("measures", "処置", Input::Area(4)).required(),
    ];
    let note = vec![Field::new("text", "内部メモ", Input::Area(4)).required()];
    let happened = vec![
        step(9, "内部メモ", HOSTILE, true),
        step(8, "調査を始める → 調査中", "", false),
        step(7, "苦情を申し出る → 受付", "件名: 夜間の連絡が遅い\n内容: 2時に起きた障害の連絡が3時だった。", false),
    ];
    let verbs = vec![verb("treatment", "処置を決める", findings, true), verb("note", "内部メモ", note, false)];
    vec![("open", page(verbs, happened.clone())), ("ended", page(vec![], happened))]
}
