//! Samples of the page of what was found.

use super::{FoundTicket, SearchPage};
use crate::sample::{HOSTILE, at};
use domain::search::excerpt;
use domain::words::Words;

fn words(ja: &str, en: &str) -> Words {
    Words { ja: ja.into(), en: en.into() }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, SearchPage)> {
    let page = |question: &str, found, next: Option<&str>| SearchPage {
        question: question.into(),
        found,
        next: next.map(str::to_owned),
    };
    let ticket = |key: &str, title: &str, process, state, text: &str| FoundTicket {
        key: key.into(),
        href: format!("/requests/{key}"),
        title: title.into(),
        whose: "○○商事 NGS".into(),
        process,
        state,
        at: at(-7_200_000),
        excerpt: excerpt(text, "証明書", 40),
    };
    let found = vec![
        ticket(
            "NGS-41",
            "SSL証明書の更新",
            words("ご依頼", "Request"),
            words("作業中", "Work in progress"),
            "ロードバランサーのＳＳＬ証明書が今月末で切れるため、更新をお願いいたします。鍵はお預けしたものをお使いください。",
        ),
        ticket("NGS-12", HOSTILE, words("障害", "Incident"), words("終了", "Closed"), HOSTILE),
        ticket("NGS-3", "", words("苦情", "Complaint"), words("終了", "Closed"), ""),
    ];
    vec![
        ("some", page("証明書", found, Some("/search?q=%E8%A8%BC&before=1"))),
        ("none", page("存在しない言葉", vec![], None)),
        ("empty", page("", vec![], None)),
        ("hostile", page(HOSTILE, vec![], None)),
    ]
}
