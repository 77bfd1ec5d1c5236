//! Q-11 in the desk: an outage of thirty alerts is one incident by one act, and back by another; every verdict is proved.

use crate::bench::{Bench, console, on_both, refusal, start};
use desk::incident::input;
use desk::{Delivery, NewKey};
use domain::alerts::Action;
use domain::fact::Outcome;
use domain::ids::{ProjectKey, RecordKey};
use domain::incident::State;

on_both!(
    thirty_alerts_of_one_outage_are_told_as_one,
    a_merge_is_undone_and_what_was_merged_before_is_carried_over,
    an_alert_after_the_recovery_is_heard_by_the_parent,
    what_is_not_of_this_customer_is_not_merged,
);

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn alert(bench: &Bench, name: &str) -> RecordKey {
    bench.tell(Action::Trigger, name).await.incident.unwrap()
}

async fn merge(bench: &Bench, parent: &RecordKey, children: &[RecordKey]) {
    let version = bench.version(parent).await;
    let children = children.iter().map(ToString::to_string).collect();
    bench.desk.merge(bench.person("mo"), parent, &input::Merge { version, children }).await.unwrap();
}

async fn separate(bench: &Bench, parent: &RecordKey, children: &[&RecordKey]) {
    let version = bench.version(parent).await;
    let children = children.iter().map(ToString::to_string).collect();
    bench.desk.separate(bench.person("mo"), parent, &input::Separation { version, children }).await.unwrap();
}

/// Takes, checks, judges with impact and calls: the customer is told.
async fn told(bench: &Bench, key: &RecordKey) {
    bench.take(key).await;
    bench.check(key).await;
    bench.judge(key, true).await;
    bench.call(key).await;
}

async fn into(bench: &Bench, key: &RecordKey) -> Option<String> {
    let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
    view.incident.merged_into().map(ToString::to_string)
}

async fn thirty_alerts_of_one_outage_are_told_as_one(bench: Bench) {
    let parent = alert(&bench, "k0").await;
    let mut children = vec![];
    for number in 1..30 {
        bench.clock.set(start().plus_ms(number * 10_000));
        children.push(alert(&bench, &format!("k{number}")).await);
    }
    let view = bench.desk.incident(bench.person("mo"), &parent).await.unwrap();
    assert_eq!(view.together.len(), 30);
    assert_eq!(view.together[0].key, parent);
    merge(&bench, &parent, &children).await;
    let board = bench.desk.board(bench.person("mo")).await.unwrap();
    assert_eq!(board.iter().map(|row| &row.row.key).collect::<Vec<_>>(), [&parent]);
    assert_eq!(board[0].row.children, 29);
    bench.at(6);
    told(&bench, &parent).await;
    let messages = bench.messages(&parent).await.len();
    for child in &children {
        assert_eq!(bench.messages(child).await.len(), 0, "told with the parent");
        let view = bench.desk.published(bench.person("cu"), child).await.unwrap();
        assert!(view.incident.clocks()[0].end.as_ref().is_some_and(|end| end.with_parent));
    }
    assert!(messages > 0);
    verified(&bench).await;
    bench.recover(&parent).await;
    bench.notify_recovery(&parent).await;
    bench.close(&parent).await;
    for child in &children {
        let view = bench.desk.incident(bench.person("mo"), child).await.unwrap();
        let outcomes: Vec<Outcome> = view.incident.verdicts.iter().map(|verdict| verdict.what.outcome).collect();
        assert_eq!(outcomes, [Outcome::Met, Outcome::Met]);
    }
    verified(&bench).await;
    let after = alert(&bench, "k3").await;
    assert!(!children.contains(&after), "what comes after the end is new");
}

async fn a_merge_is_undone_and_what_was_merged_before_is_carried_over(bench: Bench) {
    let (a, b, c) = (alert(&bench, "a").await, alert(&bench, "b").await, alert(&bench, "c").await);
    merge(&bench, &b, std::slice::from_ref(&c)).await;
    merge(&bench, &a, std::slice::from_ref(&b)).await;
    assert_eq!((into(&bench, &b).await, into(&bench, &c).await), (Some(a.to_string()), Some(a.to_string())));
    verified(&bench).await;
    separate(&bench, &a, &[&b, &c]).await;
    assert_eq!((into(&bench, &b).await, into(&bench, &c).await), (None, None));
    assert_eq!(bench.desk.board(bench.person("mo")).await.unwrap().len(), 3);
    verified(&bench).await;
    bench.at(16);
    bench.desk.fire_due().await.unwrap();
    let view = bench.desk.incident(bench.person("mo"), &c).await.unwrap();
    assert_eq!((view.incident.state, view.incident.passed.len()), (State::Detected, 1), "its own clock ran on");
    verified(&bench).await;
    let version = bench.version(&a).await;
    for children in [vec![], vec!["ACME-99".to_owned()], vec![a.to_string()]] {
        let input = input::Merge { version, children };
        let refused = refusal(bench.desk.merge(bench.person("mo"), &a, &input).await.map(drop));
        assert_eq!(refused.field(), Some("children"));
    }
}

async fn an_alert_after_the_recovery_is_heard_by_the_parent(bench: Bench) {
    let (a, b) = (alert(&bench, "a").await, alert(&bench, "b").await);
    merge(&bench, &a, std::slice::from_ref(&b)).await;
    told(&bench, &a).await;
    bench.recover(&a).await;
    bench.notify_recovery(&a).await;
    bench.tell(Action::Resolve, "b").await;
    assert_eq!(bench.tell(Action::Trigger, "b").await.incident.as_ref(), Some(&b));
    let board = bench.desk.board(bench.person("mo")).await.unwrap();
    assert_eq!((board[0].row.key.clone(), board[0].row.duty.as_deref()), (a.clone(), Some("rejoined")));
    verified(&bench).await;
    bench.at(11);
    assert_ne!(
        bench.tell(Action::Trigger, "b").await.incident.as_ref(),
        Some(&b),
        "ten minutes after the recovery notice it is new"
    );
    verified(&bench).await;
}

async fn what_is_not_of_this_customer_is_not_merged(bench: Bench) {
    let a = alert(&bench, "a").await;
    let new = NewKey { scope: "intake".into(), ..NewKey::default() };
    let secret = bench.desk.add_key(&console(), &ProjectKey::new("OTHER"), &new).await.unwrap().key;
    let key = bench.desk.intake_key(&secret).await.unwrap().unwrap();
    let delivery = Delivery { key, ..bench.delivery(&[(Action::Trigger, "x", "x")]) };
    let other = bench.desk.receive(delivery).await.unwrap().remove(0).incident.unwrap();
    let version = bench.version(&a).await;
    let input = input::Merge { version, children: vec![other.to_string()] };
    let refused = refusal(bench.desk.merge(bench.person("mo"), &a, &input).await.map(drop));
    assert_eq!(refused.field(), Some("children"));
}
