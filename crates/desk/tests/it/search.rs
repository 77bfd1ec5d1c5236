//! Search over what was written on tickets (R-5.3-10, R-5.4.4.3-5): who finds what, and what is no longer found.

use crate::bench::{Bench, console, on_both};
use desk::Erasure;
use desk::request::{Act, NewRequest, RequestInput};
use desk::search::Hits;
use domain::ids::RecordKey;
use std::collections::BTreeMap;

on_both!(
    a_question_finds_both_widths_and_any_part_of_a_word,
    a_customer_finds_nothing_internal_and_nobody_elses,
    pages_follow_each_other_newest_first,
    what_is_erased_is_not_found_any_more,
    an_incident_is_found_by_its_customer_once_they_were_told,
    the_index_is_made_anew_from_the_chain,
);

async fn filed(bench: &Bench, who: &str, topic: &str) -> RecordKey {
    let fields: BTreeMap<String, String> = [("topic".to_owned(), topic.to_owned())].into();
    let entry = "consultation".to_owned();
    let new = NewRequest { project: "ACME".into(), entry, fields, ..NewRequest::default() };
    bench.desk.file_request(bench.person(who), &new).await.unwrap().key
}

async fn act(bench: &Bench, who: &str, key: &RecordKey, act: Act, text: &str) {
    let row = bench.desk.store().tenant(&bench.tenant).record(key).await.unwrap();
    let version = match row {
        Some(row) => row.version,
        None => bench.desk.request(bench.person(who), key).await.unwrap().request.version,
    };
    let input = RequestInput { version, text: text.into(), ..RequestInput::default() };
    bench.desk.act_on_request(bench.person(who), key, act, &input).await.unwrap();
}

async fn follow(bench: &Bench) {
    while bench.desk.index_words().await.unwrap() {}
}

async fn hits(bench: &Bench, who: &str, question: &str) -> Hits {
    bench.desk.search(bench.person(who), question, None, 10).await.unwrap()
}

/// The keys of what somebody finds, the newest text first.
async fn found(bench: &Bench, who: &str, question: &str) -> Vec<RecordKey> {
    hits(bench, who, question).await.tickets.into_iter().map(|hit| hit.head.key).collect()
}

async fn a_question_finds_both_widths_and_any_part_of_a_word(bench: Bench) {
    let key = filed(&bench, "cu", "ＳＳＬ証明書の更新とｻｰﾊﾞｰの再起動について").await;
    let other = filed(&bench, "cu", "バックアップの世代数").await;
    assert!(found(&bench, "su", "証明書").await.is_empty(), "the index follows");
    follow(&bench).await;
    for question in ["証明書", "証明", "証", "書の", "ssl", "SSL証", "サーバー", "更新　再起動", "acme-1", "て"]
    {
        assert_eq!(found(&bench, "su", question).await, std::slice::from_ref(&key), "{question}");
        assert_eq!(found(&bench, "cu", question).await, std::slice::from_ref(&key), "{question}");
    }
    for question in ["証書", "証明書 世代", "", " 、。", "'; DROP TABLE facts --", "\"証明", "NEAR(", "a:b OR c*"]
    {
        let expected: &[RecordKey] = if question == "\"証明" { std::slice::from_ref(&key) } else { &[] };
        assert_eq!(found(&bench, "su", question).await, expected, "{question}");
    }
    assert_eq!(found(&bench, "su", "の").await, [other, key.clone()]);
    let hit = hits(&bench, "su", "ssl").await.tickets.remove(0);
    let marked: Vec<_> = hit.excerpt.iter().filter(|piece| piece.is_found).map(|piece| piece.text.as_str()).collect();
    assert_eq!((marked, hit.head.kind.as_str(), hit.customer.is_empty()), (vec!["ＳＳＬ"], "request", false));
    // What was written later is found later, too, and the ticket stands once.
    act(&bench, "su", &key, Act::Take, "").await;
    act(&bench, "cu", &key, Act::Message, "証明書の期限は来月です").await;
    follow(&bench).await;
    assert_eq!(found(&bench, "su", "証明書").await, std::slice::from_ref(&key));
    assert_eq!(found(&bench, "su", "来月").await, [key]);
}

async fn a_customer_finds_nothing_internal_and_nobody_elses(bench: Bench) {
    let key = filed(&bench, "cu", "構成の相談").await;
    act(&bench, "su", &key, Act::Note, "構成図は極秘の棚").await;
    follow(&bench).await;
    assert_eq!(found(&bench, "su", "極秘").await, std::slice::from_ref(&key));
    assert_eq!(found(&bench, "cu", "構成").await, std::slice::from_ref(&key));
    for (who, question) in
        [("cu", "極秘"), ("ca", "極秘"), ("foreign", "構成"), ("foreign", "極秘"), ("sa", "構成"), ("ad", "構成")]
    {
        assert!(found(&bench, who, question).await.is_empty(), "{who}: {question}");
    }
    assert_eq!(bench.desk.search(&console(), "極秘", None, 10).await.unwrap().tickets.len(), 1);
}

async fn pages_follow_each_other_newest_first(bench: Bench) {
    let mut keys = vec![];
    for n in 0..7 {
        keys.push(filed(&bench, "cu", &format!("{n}件目の相談")).await);
        bench.clock.advance_ms(1_000);
    }
    follow(&bench).await;
    keys.reverse();
    let (mut seen, mut before) = (vec![], None);
    loop {
        let page = bench.desk.search(bench.person("su"), "件目", before, 3).await.unwrap();
        assert!(page.tickets.len() <= 3);
        seen.extend(page.tickets.into_iter().map(|hit| hit.head.key));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, keys);
}

async fn what_is_erased_is_not_found_any_more(bench: Bench) {
    let key = filed(&bench, "cu", "初期設定の相談").await;
    act(&bench, "cu", &key, Act::Message, "パスワードは zk7Qx9 です").await;
    follow(&bench).await;
    assert_eq!(found(&bench, "su", "zk7qx9").await, std::slice::from_ref(&key));
    let facts = bench.desk.store().tenant(&bench.tenant).record_facts(&key).await.unwrap();
    let seq = facts.last().unwrap().seq;
    let erasure = Erasure { number: seq, reason: "パスワードが書かれていた".into() };
    bench.desk.erase_words(bench.person("dh"), &key, &erasure).await.unwrap();
    follow(&bench).await;
    assert!(found(&bench, "su", "zk7qx9").await.is_empty());
    assert_eq!(found(&bench, "su", "初期設定").await, [key]);
}

async fn an_incident_is_found_by_its_customer_once_they_were_told(bench: Bench) {
    let key = bench.alert().await;
    follow(&bench).await;
    let title = bench.desk.store().tenant(&bench.tenant).ticket_heads(std::slice::from_ref(&key)).await.unwrap();
    let title = title[0].title.clone();
    assert_eq!(found(&bench, "mo", &title).await, std::slice::from_ref(&key));
    assert!(found(&bench, "cu", &title).await.is_empty());
    let told = bench.told().await;
    follow(&bench).await;
    assert!(found(&bench, "cu", &title).await.contains(&told));
    assert!(found(&bench, "foreign", &title).await.is_empty());
}

async fn the_index_is_made_anew_from_the_chain(bench: Bench) {
    let key = filed(&bench, "cu", "世代数の相談").await;
    follow(&bench).await;
    let store = bench.desk.store().clone();
    let load = store.load_tenant(&bench.tenant).await.unwrap();
    // Given up: nothing of it happened, the index is as it was.
    drop(load);
    assert_eq!(found(&bench, "su", "世代数").await, [key]);
    assert!(!bench.desk.index_words().await.unwrap(), "nothing is ahead of it");
}
