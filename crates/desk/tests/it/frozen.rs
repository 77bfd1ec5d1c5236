//! Tables of appendix 5 that are frozen and restated, months and promises at risk (R-A5-1 to -7; ).

use crate::bench::{Bench, console, on_both, refusal};
use desk::request::{Act, NewRequest, RequestInput};
use desk::{Freeze, Restate};
use domain::calendar::BusinessDays;
use domain::clocks::notice::AgreedTargets;
use domain::clocks::{Minutes, Verdict};
use domain::compliance::Judgement;
use domain::compliance::frozen::{Changed, checksum};
use domain::compliance::risk::Risk;
use domain::compliance::what_if::Supposed;
use domain::ids::RecordKey;
use domain::refusal::RefusalKind;
use domain::time::{HOUR_MS, Instant};

on_both!(
    a_month_is_frozen_once_it_is_over,
    a_frozen_verdict_stands_and_is_restated_by_a_second_person,
    who_changes_a_frozen_table_is_found,
    months_are_counted_and_link_their_table,
    promises_at_risk_come_by_their_due,
    what_would_have_been_changes_nothing,
);

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

async fn file(bench: &Bench, topic: &str) -> RecordKey {
    let fields = [("topic".to_owned(), topic.to_owned())];
    let new = NewRequest {
        project: "ACME".into(),
        entry: "consultation".into(),
        fields: fields.into(),
        ..NewRequest::default()
    };
    bench.desk.file_request(bench.person("cu"), &new).await.unwrap().key
}

async fn input(bench: &Bench, key: &RecordKey) -> RequestInput {
    let row = bench.desk.store().tenant(&bench.tenant).request(key).await.unwrap().unwrap();
    RequestInput { version: row.version, text: "本文".into(), reason: "理由".into(), ..RequestInput::default() }
}

async fn act(bench: &Bench, who: &str, key: &RecordKey, act: Act) {
    let input = input(bench, key).await;
    bench.desk.act_on_request(bench.person(who), key, act, &input).await.unwrap();
}

/// Taken, planned and begun.
async fn begun(bench: &Bench, topic: &str) -> RecordKey {
    let key = file(bench, topic).await;
    for step in [Act::Take, Act::Plan, Act::Begin] {
        act(bench, "su", &key, step).await;
    }
    key
}

/// November with one kept, one missed and one called off; then December.
async fn november(bench: &Bench) -> [RecordKey; 3] {
    let kept = begun(bench, "達成").await;
    let missed = begun(bench, "未達").await;
    let cancelled = file(bench, "取消").await;
    act(bench, "cu", &cancelled, Act::Cancel).await;
    // Late enough that it does not close by itself before the customer gives it back.
    bench.clock.set(at("2026-11-24T10:00:00+09:00"));
    act(bench, "su", &kept, Act::Complete).await;
    bench.clock.set(at("2026-12-01T09:00:00+09:00"));
    [kept, missed, cancelled]
}

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn a_month_is_frozen_once_it_is_over(bench: Bench) {
    let (desk, tenant) = (&bench.desk, bench.tenant.clone());
    let whole = Freeze { from: "2026-11-01".parse().ok(), to: "2026-11-30".parse().ok() };
    let early = refusal(desk.freeze_table(bench.person("dh"), &tenant, &whole).await);
    assert_eq!(early.field(), Some("to"));
    let [kept, missed, cancelled] = november(&bench).await;
    for (who, kind) in
        [("su", RefusalKind::Forbidden), ("cu", RefusalKind::Forbidden), ("foreign", RefusalKind::NotFound)]
    {
        let refused = refusal(desk.freeze_table(bench.person(who), &tenant, &Freeze::default()).await);
        assert_eq!(refused.kind, kind, "{who}");
    }
    // Without days it is the last month.
    let done = desk.freeze_table(bench.person("dh"), &tenant, &Freeze::default()).await.unwrap();
    assert_eq!(done.number, 1);
    let view = desk.frozen_table(bench.person("cu"), &tenant, 1).await.unwrap();
    assert_eq!((checksum(&view.canonical), &view.row.checksum), (done.checksum.clone(), &done.checksum));
    assert_eq!((view.row.from, view.row.before), (at("2026-11-01T00:00:00+09:00"), at("2026-12-01T00:00:00+09:00")));
    let lines = view.table.lines();
    let line = lines.iter().find(|line| line.row.name == "技術相談").unwrap();
    assert_eq!(
        (&line.tickets, &line.missed, &line.cancelled),
        (&vec![kept, missed.clone()], &vec![missed], &vec![cancelled])
    );
    assert_eq!((line.judgement(), lines.len()), (Judgement::Missed, 23));
    // Once, and no part of it again.
    for asked in [Freeze::default(), whole, Freeze { from: "2026-11-30".parse().ok(), to: "2026-11-30".parse().ok() }] {
        assert_eq!(refusal(desk.freeze_table(bench.person("dh"), &tenant, &asked).await).field(), Some("to"));
    }
    // The month before is another table; the other customer has its own numbers.
    let october = Freeze { from: "2026-10-01".parse().ok(), to: "2026-10-31".parse().ok() };
    assert_eq!(desk.freeze_table(bench.person("dh"), &tenant, &october).await.unwrap().number, 2);
    assert_eq!(desk.freeze_table(bench.person("dh"), &bench.other, &Freeze::default()).await.unwrap().number, 1);
    assert_eq!(desk.frozen_tables(bench.person("cu"), &tenant).await.unwrap().tables.len(), 2);
    let foreign = refusal(desk.frozen_table(bench.person("foreign"), &tenant, 1).await);
    assert_eq!(foreign.kind, RefusalKind::NotFound);
    assert_eq!(refusal(desk.frozen_table(bench.person("cu"), &tenant, 9).await).field(), Some("number"));
    verified(&bench).await;
}

async fn a_frozen_verdict_stands_and_is_restated_by_a_second_person(bench: Bench) {
    let (desk, tenant) = (&bench.desk, bench.tenant.clone());
    let [kept, missed, _] = november(&bench).await;
    desk.freeze_table(&console(), &tenant, &Freeze::default()).await.unwrap();
    let before = desk.frozen_table(bench.person("dh"), &tenant, 1).await.unwrap();
    // a completion stated earlier would move the verdict.
    let mut late = input(&bench, &missed).await;
    late.completed_at = Some(at("2026-11-30T23:00:00+09:00"));
    let refused = refusal(desk.act_on_request(bench.person("su"), &missed, Act::Complete, &late).await);
    assert_eq!(refused.field(), Some("completed_at"));
    act(&bench, "su", &missed, Act::Complete).await;
    let restate = |number, reason: &str| Restate { number, reason: reason.into() };
    let same = refusal(desk.restate_table(bench.person("dh"), &tenant, &restate(1, "差し戻し")).await);
    assert_eq!(same.kind, RefusalKind::NotNow, "a late completion is a miss still");
    // Given back after the freeze: the facts say that it was not done in time after all.
    act(&bench, "cu", &kept, Act::GiveBack).await;
    let by_the_same = refusal(desk.restate_table(&console(), &tenant, &restate(1, "差し戻し")).await);
    assert!(by_the_same.ja.contains("本人"), "{by_the_same}");
    assert_eq!(
        refusal(desk.restate_table(bench.person("dh"), &tenant, &restate(1, " ")).await).field(),
        Some("reason")
    );
    assert_eq!(
        refusal(desk.restate_table(bench.person("dh"), &tenant, &restate(7, "x")).await).field(),
        Some("number")
    );
    let done = desk.restate_table(bench.person("dh"), &tenant, &restate(1, "差し戻し")).await.unwrap();
    assert_eq!(done.number, 2);
    let view = desk.frozen_table(bench.person("cu"), &tenant, 2).await.unwrap();
    let changed = [Changed { record: kept.clone(), was: Some(Verdict::Met), now: Some(Verdict::Missed) }];
    assert_eq!((view.changed.as_slice(), view.reason.as_deref()), (&changed[..], Some("差し戻し")));
    // The first edition stands as it was.
    let after = desk.frozen_table(bench.person("cu"), &tenant, 1).await.unwrap();
    assert_eq!((&after.canonical, after.restated_by), (&before.canonical, Some(2)));
    assert_eq!(
        refusal(desk.restate_table(bench.person("dh"), &tenant, &restate(1, "x")).await).field(),
        Some("number")
    );
    let ticket = desk.request(bench.person("cu"), &kept).await.unwrap();
    let fixed: Vec<_> = ticket.frozen.iter().map(|it| (it.number, it.verdict.as_str())).collect();
    assert_eq!(fixed, [(2, "missed"), (1, "met")]);
    verified(&bench).await;
}

async fn who_changes_a_frozen_table_is_found(bench: Bench) {
    let tenant = bench.tenant.clone();
    let [kept, ..] = november(&bench).await;
    bench.desk.freeze_table(bench.person("dh"), &tenant, &Freeze::default()).await.unwrap();
    verified(&bench).await;
    let mut hand = testkit::tamper::Hand::on(&bench.url).await.unwrap();
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    let changes = [
        ("UPDATE frozen_tables SET missed = 0", "UPDATE frozen_tables SET missed = 1", "frozen_tables.missed"),
        (
            "UPDATE frozen_verdicts SET verdict = 'met' WHERE verdict = 'missed'",
            &format!("UPDATE frozen_verdicts SET verdict = 'missed' WHERE record <> '{kept}'"),
            "frozen_verdicts.verdict",
        ),
        ("UPDATE frozen_tables SET checksum = 'a'", "", "frozen_tables.checksum"),
    ];
    for (change, back, what) in changes {
        hand.run(change).await.unwrap();
        let fault = desk::verify(bench.desk.store(), &asked).await.unwrap_err().to_string();
        assert!(fault.contains(what), "{change}: {fault}");
        if !back.is_empty() {
            hand.run(back).await.unwrap();
            verified(&bench).await;
        }
    }
    hand.close().await.unwrap();
}

async fn months_are_counted_and_link_their_table(bench: Bench) {
    let [kept, ..] = november(&bench).await;
    let figures = async || {
        let months = bench.desk.attainment(bench.person("cu"), &bench.tenant).await.unwrap().months;
        let last = months[10].clone();
        assert_eq!((months.len(), last.month.code().as_str()), (12, "2026-11"));
        (last.counts.judged, last.counts.missed, last.counts.slo_share(), last.frozen)
    };
    assert_eq!(figures().await, (2, 1, Some(500), None));
    bench.desk.freeze_table(bench.person("dh"), &bench.tenant, &Freeze::default()).await.unwrap();
    // What moves afterwards does not move the month.
    act(&bench, "cu", &kept, Act::GiveBack).await;
    assert_eq!(figures().await, (2, 1, Some(500), Some(1)));
    let all = bench.desk.overview(bench.person("dh")).await.unwrap();
    let names: Vec<&str> = all.customers.iter().map(|it| it.customer.as_str()).collect();
    assert_eq!(names, ["△△物産", "○○商事"], "by name, the provider is no customer");
    assert_eq!(all.customers[1].months[10].counts.judgement(), Judgement::Missed);
    assert_eq!(all.customers[0].months[10].counts.judgement(), Judgement::None);
    // A customer sees no overview of others.
    assert!(bench.desk.overview(bench.person("cu")).await.unwrap().customers.is_empty());
}

async fn promises_at_risk_come_by_their_due(bench: Bench) {
    let running = begun(&bench, "作業中").await;
    let taken = file(&bench, "担当あり").await;
    act(&bench, "su", &taken, Act::Take).await;
    let untaken = file(&bench, "担当なし").await;
    let waiting = file(&bench, "保留").await;
    act(&bench, "su", &waiting, Act::Take).await;
    act(&bench, "su", &waiting, Act::Ask).await;
    // Eight days before the due nothing is at risk yet.
    assert!(bench.desk.overview(bench.person("dh")).await.unwrap().at_risk.is_empty());
    bench.clock.set(at("2026-11-25T09:00:00+09:00"));
    let risks = async || {
        let found = bench.desk.overview(bench.person("dh")).await.unwrap().at_risk;
        found.into_iter().map(|it| (it.request.row.key, it.risk)).collect::<Vec<_>>()
    };
    let expected =
        |first: &[(&RecordKey, Risk)]| first.iter().map(|(key, risk)| ((*key).clone(), *risk)).collect::<Vec<_>>();
    let quiet = [(&taken, Risk::NotBegun), (&untaken, Risk::NotTaken), (&waiting, Risk::Waiting)];
    assert_eq!(risks().await, expected(&quiet));
    let row = bench.desk.store().tenant(&bench.tenant).request(&running).await.unwrap().unwrap();
    bench.clock.set(row.due.unwrap().plus_ms(-24 * HOUR_MS));
    let soon =
        [(&running, Risk::DueSoon), (&taken, Risk::NotBegun), (&untaken, Risk::NotTaken), (&waiting, Risk::Waiting)];
    assert_eq!(risks().await, expected(&soon));
}

/// Other days, closures, minutes and calls: what came out otherwise is named, and nothing is written.
async fn what_would_have_been_changes_nothing(bench: Bench) {
    let key = bench.alert().await;
    bench.take(&key).await;
    bench.check(&key).await;
    bench.at(10);
    bench.judge(&key, true).await;
    bench.at(20);
    bench.call(&key).await;
    let [_, missed, _] = november(&bench).await;
    act(&bench, "su", &missed, Act::Complete).await;
    let before = bench.desk.store().tenant(&bench.tenant).facts(0, 10_000).await.unwrap().len();
    let period = (at("2026-11-01T00:00:00+09:00"), at("2026-12-01T00:00:00+09:00"));
    let check = async |supposed: Supposed, expected: &[(&RecordKey, Verdict, Verdict)]| {
        let seen = bench.desk.what_if(bench.person("su"), &bench.tenant, period, &supposed).await.unwrap();
        let said: Vec<_> =
            seen.differ.iter().map(|it| (&it.record, it.verdict.unwrap(), it.supposed.unwrap())).collect();
        assert_eq!(said, expected, "{supposed:?}");
        let real = seen.requests.iter().map(|line| line.missed.len()).sum::<usize>();
        assert_eq!((real, seen.incidents[0].missed.len()), (1, 1), "the real table stays");
    };
    use Verdict::{Met, Missed};
    let none = Supposed::default;
    let targets = |slo| {
        let mut targets = AgreedTargets::default();
        targets.with_impact.slo_minutes = Minutes(slo);
        Some(targets)
    };
    // Completed on the morning after its due: with ten days, or closed on the last of them, it is kept.
    let days = |days| [("技術相談".to_owned(), BusinessDays::new(days).unwrap())].into();
    check(Supposed { days: days(10), ..none() }, &[(&missed, Missed, Met)]).await;
    check(Supposed { days: days(1), ..none() }, &[]).await;
    let closures = vec!["2026-11-30".parse().unwrap()];
    check(Supposed { closures, ..none() }, &[(&missed, Missed, Met)]).await;
    check(Supposed { closures: vec!["2026-12-07".parse().unwrap()], ..none() }, &[]).await;
    // Published after 10 minutes, called after 20.
    check(Supposed { targets: targets(20), ..none() }, &[(&key, Missed, Met)]).await;
    check(Supposed { targets: targets(19), ..none() }, &[]).await;
    check(Supposed { without_calls: true, ..none() }, &[(&key, Missed, Met)]).await;
    check(Supposed { without_calls: true, targets: targets(9), ..none() }, &[]).await;
    assert_eq!(bench.desk.store().tenant(&bench.tenant).facts(0, 10_000).await.unwrap().len(), before);
    let asked = Supposed { days: [("居合".to_owned(), BusinessDays::MAX)].into(), ..none() };
    let unknown = refusal(bench.desk.what_if(bench.person("su"), &bench.tenant, period, &asked).await);
    assert_eq!(unknown.field(), Some("row"));
    for (who, kind) in [("cu", RefusalKind::Forbidden), ("foreign", RefusalKind::NotFound)] {
        let asked = Supposed { without_calls: true, ..none() };
        let refused = refusal(bench.desk.what_if(bench.person(who), &bench.tenant, period, &asked).await);
        assert_eq!(refused.kind, kind, "{who}");
    }
}
