//! A night from the alert to the closed incident (R-3.3.3-1, R-4.2.1-11, R-4.2.2-1 to -4, -16 to -20).

use crate::bench::{Bench, on_both, refusal, start};
use desk::incident::{Letter, Payload, input};
use domain::fact::{Body, NoticeKind, Outcome};
use domain::ids::RecordKey;
use domain::incident::State;
use domain::refusal::{Refusal, RefusalKind};

on_both!(
    from_alert_to_closed_incident,
    without_impact_the_hour_and_no_call,
    a_late_no_needs_a_second_person,
    a_false_alarm_denied_goes_on_and_upheld_is_void,
    what_is_stale_is_refused_with_what_happened_since,
    the_customer_sees_what_was_published_and_nothing_else,
    recurrence_and_rejudgement,
    what_a_notice_promises_is_what_its_fact_says,
    a_false_alarm_under_review_is_the_one_open_incident,
    nothing_is_said_to_a_customer_before_the_first_notice,
);

/// The mails to the owner, in order.
async fn letters(bench: &Bench, key: &RecordKey) -> Vec<Letter> {
    let messages = bench.messages(key).await.into_iter();
    let mails = messages.filter_map(|(_, payload)| match payload {
        Payload::Mail(letter) => Some(letter),
        Payload::Webhook(_) => None,
    });
    mails.filter(|letter| letter.to == "owner@acme.example.jp").collect()
}

async fn from_alert_to_closed_incident(bench: Bench) {
    let key = bench.alert().await;
    assert_eq!(key, RecordKey::new("ACME-1"));
    bench.at(2);
    bench.take(&key).await;
    bench.check(&key).await;
    bench.at(9);
    assert_eq!(bench.judge(&key, true).await.state, "notified");
    bench.at(11);
    bench.call(&key).await;
    bench.at(60);
    bench.report(&key).await;
    bench.at(80);
    bench.recover(&key).await;
    bench.at(90);
    bench.notify_recovery(&key).await;
    bench.at(100);
    assert_eq!(bench.close(&key).await.state, "closed");

    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    let outcomes: Vec<_> = view.incident.verdicts.iter().map(|verdict| verdict.what.outcome).collect();
    assert_eq!(outcomes, [Outcome::Met, Outcome::Met]);
    assert_eq!(view.incident.clocks()[0].end.as_ref().map(|end| end.at), Some(start().plus_minutes(11)));
    let row = bench.desk.store().tenant(&bench.tenant).incident(&key).await.unwrap().unwrap();
    assert_eq!(
        (row.state.as_str(), row.ended, row.duty),
        ("closed", Some(start().plus_minutes(100)), Some("write_preliminary".to_owned()))
    );
    assert_eq!(bench.desk.fire_due().await.unwrap(), 6, "nobody sends mail here: three notices to two contacts");
    assert_eq!(bench.desk.fire_due().await.unwrap(), 0);

    let letters = letters(&bench, &key).await;
    let subjects: Vec<_> = letters.iter().map(|letter| letter.subject.as_str()).collect();
    assert_eq!(
        subjects,
        [
            "[ACME-1] 【障害発生連絡】web01 応答なし",
            "[ACME-1] 【中間報告】web01 応答なし",
            "[ACME-1] 【復旧連絡】web01 応答なし",
            "[ACME-1] 【対応終了のお知らせ】web01 応答なし",
        ]
    );
    let first = &letters[0];
    assert!(first.text.starts_with("販売管理サイトに接続できません。"), "{}", first.text);
    assert!(first.text.contains("https://desk.example.jp/incidents/ACME-1"), "{}", first.text);
    assert!(first.text.contains("窓口サービス"), "{}", first.text);
    assert_eq!((first.to_name.as_str(), &first.follows), ("佐藤", &None));
    for later in &letters[1..] {
        assert_eq!(later.follows.as_ref(), Some(&first.message_id), "every mail follows the first");
    }
    let ids: std::collections::HashSet<_> = letters.iter().map(|letter| &letter.message_id).collect();
    assert_eq!(ids.len(), 4);
    let queued = bench.count(&key, |body| matches!(body, Body::MessageQueued { .. })).await;
    assert_eq!(queued, 8, "four notices to two contacts");
    let occurrence = |body: &Body| matches!(body, Body::MessageQueued { notice: NoticeKind::Occurrence, .. });
    assert_eq!(bench.count(&key, occurrence).await, 2);
}

/// R-4.2.2-8: the published notice alone, within the hour.
async fn without_impact_the_hour_and_no_call(bench: Bench) {
    let key = bench.alert().await;
    bench.take(&key).await;
    bench.check(&key).await;
    bench.at(5);
    assert_eq!(bench.judge(&key, false).await.state, "judged");
    assert_eq!(letters(&bench, &key).await.len(), 0, "nothing is told by a judgement without impact");
    bench.at(60);
    let input = input::NoticeText { version: bench.version(&key).await, text: "切り替わりました。".into() };
    assert_eq!(bench.desk.notify(bench.person("su"), &key, &input).await.unwrap().state, "notified");
    let row = bench.desk.store().tenant(&bench.tenant).incident(&key).await.unwrap().unwrap();
    assert_eq!((row.sla_due, row.notified_at), (None, Some(start().plus_minutes(60))));
    assert_eq!((row.impact.as_str(), row.duty.as_deref()), ("no", Some("recover")));
    assert_eq!(letters(&bench, &key).await.len(), 1);
}

async fn a_late_no_needs_a_second_person(bench: Bench) {
    let key = bench.alert().await;
    bench.take(&key).await;
    bench.check(&key).await;
    bench.at(16);
    bench.judge(&key, false).await;
    let input = input::JudgementConfirmation { version: bench.version(&key).await };
    let same = refusal(bench.desk.confirm_judgement(bench.person("mo"), &key, &input).await);
    assert_eq!(same.kind, RefusalKind::NotNow);
    let row = || async { bench.desk.store().tenant(&bench.tenant).incident(&key).await.unwrap().unwrap() };
    assert_eq!(row().await.impact, "unjudged");
    bench.desk.confirm_judgement(bench.person("mo2"), &key, &input).await.unwrap();
    assert_eq!((row().await.impact.as_str(), row().await.slo_due), ("no", start().plus_minutes(60)));
}

async fn a_false_alarm_denied_goes_on_and_upheld_is_void(bench: Bench) {
    let declare = async |key: &RecordKey| {
        let input = input::FalseAlarm { version: bench.version(key).await, grounds: "監視の誤設定".into() };
        bench.desk.declare_false_alarm(bench.person("mo"), key, &input).await.unwrap()
    };
    let review = async |key: &RecordKey, upheld| {
        let reason = if upheld { "" } else { "実際に停止している" };
        let input = input::FalseAlarmReview { version: bench.version(key).await, upheld, reason: reason.into() };
        bench.desk.review_false_alarm(bench.person("dh"), key, &input).await.unwrap()
    };
    let key = bench.alert().await;
    assert_eq!(declare(&key).await.state, "false_alarm");
    let board = bench.desk.board(bench.person("dh")).await.unwrap();
    assert_eq!(board[0].row.duty.as_deref(), Some("review_false_alarm"), "it stays on the board until it is reviewed");
    let head_only = input::FalseAlarmReview { version: bench.version(&key).await, upheld: true, reason: String::new() };
    let by_operator = refusal(bench.desk.review_false_alarm(bench.person("mo2"), &key, &head_only).await);
    assert_eq!(by_operator, Refusal::forbidden());
    bench.at(5);
    assert_eq!(review(&key, false).await.state, "detected");
    assert_eq!(bench.alert().await, key, "the alert joins it again");
    bench.at(6);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 1, "its clock and its timers run on");
    let second = bench.tell(domain::alerts::Action::Trigger, "db01").await.incident.unwrap();
    declare(&second).await;
    review(&second, true).await;
    let view = bench.desk.incident(bench.person("mo"), &second).await.unwrap();
    assert!(view.incident.verdicts.iter().all(|verdict| verdict.what.outcome == Outcome::Void));
    assert_eq!(bench.desk.board(bench.person("dh")).await.unwrap().len(), 1);
}

/// R-4.2.2-17: what the customer reads is the slot that is watched, whenever the page was opened; Q-04.
async fn what_a_notice_promises_is_what_its_fact_says(bench: Bench) {
    let key = bench.alert().await;
    bench.take(&key).await;
    bench.check(&key).await;
    let drafts = async || bench.desk.incident(bench.person("mo"), &key).await.unwrap().drafts;
    let promised = |minute: i64| {
        let zone = domain::calendar::Calendar::tokyo([]).zone().clone();
        let at = start().plus_minutes(minute).timestamp().to_zoned(zone);
        at.strftime("%Y年%-m月%-d日 %H:%M").to_string()
    };
    let occurrence = drafts().await.occurrence;
    assert!(occurrence.contains("{next_report}"), "{occurrence}");
    // The page was opened in minute 0, the notice is published in minute 12.
    bench.at(12);
    let judgement = input::Judgement { text: occurrence, ..bench.judgement(&key, true).await };
    bench.desk.judge(bench.person("mo"), &key, &judgement).await.unwrap();
    let report = async |text: String| {
        let input = input::InterimReport { version: bench.version(&key).await, text };
        bench.desk.report(bench.person("mo"), &key, &input).await
    };
    // Opened before the slot in minute 72 and published after it: it fills the one in minute 132.
    bench.at(71);
    let interim = drafts().await.interim;
    bench.at(73);
    report(interim).await.unwrap();
    let told = letters(&bench, &key).await;
    assert!(told[0].text.contains(&promised(72)) && !told[0].text.contains("next_report"), "{}", told[0].text);
    assert!(told[1].text.contains(&promised(192)), "{}", told[1].text);
    let next_due = bench.facts(&key).await.into_iter().filter_map(|fact| match fact.body {
        Body::IncidentNotified { next_due, .. } | Body::InterimReported { next_due, .. } => Some(next_due),
        _ => None,
    });
    assert_eq!(next_due.collect::<Vec<_>>(), [72, 192].map(|minute| Some(start().plus_minutes(minute))));

    // Judged away, one report is owed, and it promises none.
    let version = bench.version(&key).await;
    let away = input::Rejudgement { version, reason: "代替系で提供中".into(), ..input::Rejudgement::default() };
    bench.desk.rejudge(bench.person("mo"), &key, &away).await.unwrap();
    let confirm = input::JudgementConfirmation { version: bench.version(&key).await };
    bench.desk.confirm_judgement(bench.person("su"), &key, &confirm).await.unwrap();
    let owed = bench.desk.incident(bench.person("mo"), &key).await.unwrap().duties;
    let interim = owed.iter().find(|duty| duty.kind.code() == "interim").map(|duty| duty.due);
    assert_eq!(interim, Some(start().plus_minutes(192)));
    let last = drafts().await;
    assert!(!last.interim.contains("次のご報告") && last.occurrence_no_impact.contains("無"), "{}", last.interim);
    assert_eq!(refusal(report("次は {next_report} です。".into()).await).field(), Some("text"));
    report(last.interim).await.unwrap();
    assert_eq!(
        bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident.next_open_slot(start().plus_minutes(74)),
        None
    );
}

/// Q-10 and one open incident a dedup key: repeats join it until it is upheld.
async fn a_false_alarm_under_review_is_the_one_open_incident(bench: Bench) {
    let key = bench.alert().await;
    let input = input::FalseAlarm { version: bench.version(&key).await, grounds: "監視の誤設定".into() };
    bench.desk.declare_false_alarm(bench.person("mo"), &key, &input).await.unwrap();
    bench.at(5);
    assert_eq!(bench.alert().await, key, "it is not decided yet");
    // Nobody says a word on Monday, a holiday, nor on Tuesday.
    bench.clock.set(domain::time::Instant::parse("2026-11-24T19:00:00.001+09:00").unwrap());
    let late = input::FalseAlarmReview { version: bench.version(&key).await, upheld: true, reason: String::new() };
    assert_eq!(refusal(bench.desk.review_false_alarm(bench.person("dh"), &key, &late).await).kind, RefusalKind::NotNow);
    while bench.desk.fire_due().await.unwrap() > 0 {}
    let incident = bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident;
    assert_eq!((incident.state, incident.passed.len()), (State::Detected, 2), "both targets had passed meanwhile");
    let denied = |body: &Body| matches!(body, Body::FalseAlarmReviewed { upheld: false });
    assert_eq!(bench.count(&key, denied).await, 1);
    assert_eq!(bench.alert().await, key);
    // Upheld in time it is over, and the next alert is another incident.
    let second = bench.tell(domain::alerts::Action::Trigger, "db01").await.incident.unwrap();
    let input = input::FalseAlarm { version: bench.version(&second).await, grounds: "監視の誤設定".into() };
    bench.desk.declare_false_alarm(bench.person("mo"), &second, &input).await.unwrap();
    let upheld = input::FalseAlarmReview { version: bench.version(&second).await, upheld: true, reason: String::new() };
    bench.desk.review_false_alarm(bench.person("dh"), &second, &upheld).await.unwrap();
    assert_ne!(bench.tell(domain::alerts::Action::Trigger, "db01").await.incident.unwrap(), second);
}

/// R-4.2.2-21: questions and answers are messages of the incident, from the first notice on.
async fn nothing_is_said_to_a_customer_before_the_first_notice(bench: Bench) {
    let key = bench.alert().await;
    let hello = input::Message { text: "調べています".into() };
    let early = refusal(bench.desk.message(bench.person("mo"), &key, &hello).await);
    assert_eq!((early.kind, letters(&bench, &key).await.len()), (RefusalKind::NotNow, 0));
    bench.take(&key).await;
    bench.check(&key).await;
    bench.judge(&key, true).await;
    bench.desk.message(bench.person("mo"), &key, &hello).await.unwrap();
    assert_eq!(letters(&bench, &key).await.len(), 2);
}

async fn what_is_stale_is_refused_with_what_happened_since(bench: Bench) {
    let key = bench.alert().await;
    let seen = bench.version(&key).await;
    bench.take(&key).await;
    let now = bench.check(&key).await.version;
    let input = input::Check { version: seen, how: "ping".into(), result: "応答なし".into() };
    let head = bench.head().await;
    let stale = refusal(bench.desk.check(bench.person("su"), &key, &input).await);
    assert_eq!(stale.kind, RefusalKind::Stale { version: now });
    assert_eq!(bench.head().await, head);
    let view = bench.desk.incident(bench.person("su"), &key).await.unwrap();
    let since: Vec<_> = view.facts.iter().filter(|fact| fact.seq > seen).map(|fact| &fact.body).collect();
    assert!(matches!(since[..], [Body::IncidentTaken { .. }, Body::IncidentChecked { .. }]), "{since:?}");
    // What tools tell and what people note beside it makes nobody's work stale.
    bench.alert().await;
    let note = input::Note { text: "メモ".into() };
    bench.desk.note(bench.person("su"), &key, &note).await.unwrap();
    let fresh = input::Check { version: now, ..input };
    bench.desk.check(bench.person("su"), &key, &fresh).await.unwrap();
}

async fn the_customer_sees_what_was_published_and_nothing_else(bench: Bench) {
    let (cu, mo) = (bench.person("cu"), bench.person("mo"));
    let key = bench.alert().await;
    bench.take(&key).await;
    bench.check(&key).await;
    let note = input::Note { text: "社内だけのメモ".into() };
    bench.desk.note(mo, &key, &note).await.unwrap();
    let version = bench.version(&key).await;
    let step = input::RecoveryStep { version, step: "社内手順で再起動".into(), result: "社内結果".into() };
    bench.desk.step(mo, &key, &step).await.unwrap();
    let hello = input::Message { text: "どうなっていますか".into() };
    assert_eq!(refusal(bench.desk.published(cu, &key).await.map(|_| ())), Refusal::not_found());
    assert_eq!(refusal(bench.desk.message(cu, &key, &hello).await), Refusal::not_found());
    let query = store::IncidentQuery { told: true, ..store::IncidentQuery::default() };
    assert_eq!(bench.desk.incidents(cu, &query, 10).await.unwrap().len(), 0);

    bench.judge(&key, true).await;
    bench.desk.message(cu, &key, &hello).await.unwrap();
    let view = bench.desk.published(cu, &key).await.unwrap();
    let incident = &view.incident;
    assert!(incident.notes.is_empty() && incident.checks.is_empty() && incident.steps.is_empty());
    let texts = format!("{:?}", view.texts.values());
    assert!(texts.contains("販売管理サイトに接続できません。") && texts.contains("どうなっていますか"), "{texts}");
    assert!(!texts.contains("社内"), "{texts}");
    assert_eq!(view.ledgers.len(), 1);
    let listed = bench.desk.incidents(cu, &query, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].assignee, &listed[0].row.duty), (&None, &None));
    assert_eq!(refusal(bench.desk.incident(cu, &key).await.map(|_| ())), Refusal::forbidden());
}

async fn recurrence_and_rejudgement(bench: Bench) {
    let key = bench.told().await;
    bench.call(&key).await;
    bench.recover(&key).await;
    bench.notify_recovery(&key).await;
    let input = input::Recurrence { version: bench.version(&key).await, text: "また見えません".into() };
    assert_eq!(bench.desk.recur(bench.person("cu"), &key, &input).await.unwrap().state, State::Notified.code());
    let version = bench.version(&key).await;
    let away = input::Rejudgement { version, reason: "代替系で提供中".into(), ..input::Rejudgement::default() };
    bench.desk.rejudge(bench.person("mo"), &key, &away).await.unwrap();
    let confirm = input::JudgementConfirmation { version: bench.version(&key).await };
    bench.desk.confirm_judgement(bench.person("su"), &key, &confirm).await.unwrap();
    bench.at(40);
    let back = input::Rejudgement {
        version: bench.version(&key).await,
        impact: true,
        held_at_alert: false,
        text: "再び影響があります。".into(),
        reason: "代替系も停止".into(),
    };
    bench.desk.rejudge(bench.person("mo"), &key, &back).await.unwrap();
    let row = bench.desk.store().tenant(&bench.tenant).incident(&key).await.unwrap().unwrap();
    assert_eq!((row.slo_due, row.duty.as_deref()), (start().plus_minutes(55), Some("first_call")));
}
