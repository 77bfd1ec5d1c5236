//! The outbox: claims, fences, dead nodes.

use crate::bench::{Bench, on_both, start};
use domain::ids::{MessageId, RecordKey, TenantId};
use std::collections::HashSet;
use store::{Finish, NewMessage, Write};

/// How long claims of these tests last.
const LEASE_MS: i64 = 90_000;

fn message(write: &mut Write, id: &str, class: &str) -> NewMessage {
    NewMessage {
        id: MessageId::new(id),
        key: format!("ACME-1:{id}"),
        class: class.into(),
        channel: "mail".into(),
        record: Some(RecordKey::new("ACME-1")),
        recipient: "owner@example.jp".into(),
        payload: write.text(id),
        not_before: start(),
    }
}

async fn queue(bench: &Bench, tenant: &TenantId, ids: &[String]) {
    let mut write = bench.store.write(tenant).await.unwrap();
    let messages = ids.iter().map(|id| message(&mut write, id, "notice")).collect();
    write.queue_messages(messages).await.unwrap();
    write.commit().await.unwrap();
}

async fn two_nodes_never_claim_the_same(bench: Bench) {
    let mut expected = HashSet::new();
    for name in ["a", "b", "c"] {
        let tenant = bench.tenant(name).await;
        let ids: Vec<_> = (0..30).map(|n| format!("{name}{n}")).collect();
        queue(&bench, &tenant, &ids).await;
        expected.extend(ids);
    }
    let nodes: Vec<_> = ["n1", "n2"]
        .into_iter()
        .map(|node| {
            let store = bench.store.clone();
            tokio::spawn(async move {
                store.system().beat(node, node, start()).await.unwrap();
                let mut claimed = vec![];
                loop {
                    let batch = store.system().claim_messages(node, 4, 2, LEASE_MS).await.unwrap();
                    if batch.is_empty() {
                        return claimed;
                    }
                    claimed.extend(batch);
                }
            })
        })
        .collect();
    let mut claimed = vec![];
    for node in nodes {
        claimed.extend(node.await.unwrap());
    }
    // A node may see nothing free while the other holds what is left of a batch.
    claimed.extend(bench.store.system().claim_messages("n1", 100, 100, LEASE_MS).await.unwrap());
    assert_eq!(claimed.len(), 90);
    assert!(claimed.iter().all(|message| message.fence == 1 && message.attempts == 1));
    let ids: HashSet<_> = claimed.into_iter().map(|message| message.id.as_str().to_owned()).collect();
    assert_eq!(ids, expected);
}

async fn tenants_take_turns_and_notices_go_first(bench: Bench) {
    let (a, b) = (bench.tenant("a").await, bench.tenant("b").await);
    let mut write = bench.store.write(&a).await.unwrap();
    let mut many = vec![message(&mut write, "a-page", "page")];
    many.extend((0..9).map(|n| message(&mut write, &format!("a{n}"), "notice")));
    write.queue_messages(many).await.unwrap();
    write.commit().await.unwrap();
    queue(&bench, &b, &["b0".into()]).await;
    bench.store.system().beat("n", "n", start()).await.unwrap();

    let claim = async |limit, each| {
        let claimed = bench.store.system().claim_messages("n", limit, each, LEASE_MS).await.unwrap();
        let mut ids: Vec<_> = claimed.iter().map(|message| message.id.as_str().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(claim(2, 100).await, ["a0", "b0"], "the quiet tenant does not wait behind the loud one");
    assert_eq!(claim(100, 3).await, ["a1", "a2", "a3"]);
    assert_eq!(claim(5, 100).await, ["a4", "a5", "a6", "a7", "a8"], "the page waits");
    assert_eq!(claim(5, 100).await, ["a-page"]);
}

async fn a_dead_nodes_messages_move(bench: Bench) {
    let tenant = bench.tenant("a").await;
    queue(&bench, &tenant, &["m".into()]).await;
    let system = bench.store.system();
    system.beat("old", "old", start()).await.unwrap();
    let first = system.claim_messages("old", 9, 9, LEASE_MS).await.unwrap().remove(0);
    bench.clock.advance_ms(4_000);
    system.beat("new", "new", start()).await.unwrap();
    assert_eq!(system.claim_messages("new", 9, 9, LEASE_MS).await.unwrap(), vec![], "four seconds are still alive");
    assert_eq!(system.nodes().await.unwrap().len(), 2);
    bench.clock.advance_ms(1);
    assert_eq!(system.nodes().await.unwrap().len(), 1);
    let second = system.claim_messages("new", 9, 9, LEASE_MS).await.unwrap().remove(0);
    assert_eq!((second.id.clone(), second.key.clone()), (first.id.clone(), first.key.clone()));
    assert_eq!((first.fence, second.fence, second.attempts), (1, 2, 2));

    let mut write = bench.store.write(&tenant).await.unwrap();
    assert!(!write.finish_message(&first.id, first.fence, &Finish::Delivered).await.unwrap(), "a stale fence");
    assert!(write.finish_message(&second.id, second.fence, &Finish::Delivered).await.unwrap());
    assert!(!write.finish_message(&second.id, second.fence, &Finish::Delivered).await.unwrap(), "once is enough");
    write.commit().await.unwrap();
    let row = bench.store.tenant(&tenant).message(&first.id).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.attempts, row.ended), ("delivered", 2, Some(start().plus_ms(4_001))));

    queue(&bench, &tenant, &["left".into()]).await;
    assert_eq!(system.claim_messages("new", 9, 9, LEASE_MS).await.unwrap().len(), 1);
    system.forget_node("new").await.unwrap();
    system.beat("third", "third", start()).await.unwrap();
    assert_eq!(
        system.claim_messages("third", 9, 9, LEASE_MS).await.unwrap().len(),
        1,
        "a node that stopped leaves its messages"
    );
}

async fn a_claim_ends_with_its_lease(bench: Bench) {
    let tenant = bench.tenant("a").await;
    queue(&bench, &tenant, &["m".into()]).await;
    let system = bench.store.system();
    let claim = async || {
        system.beat("n", "n", start()).await.unwrap();
        system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap()
    };
    let first = claim().await.remove(0);
    bench.clock.advance_ms(LEASE_MS);
    assert_eq!(claim().await, vec![]);
    assert_eq!(system.overdue_claims(bench.clock.now()).await.unwrap(), 0);
    bench.clock.advance_ms(1);
    assert_eq!(system.overdue_claims(bench.clock.now()).await.unwrap(), 1);
    let second = claim().await.remove(0);
    assert_eq!(
        (second.id.clone(), second.fence),
        (first.id.clone(), 2),
        "its node lives, and nobody wrote down how it went"
    );
    let mut write = bench.store.write(&tenant).await.unwrap();
    assert!(!write.finish_message(&first.id, first.fence, &Finish::Delivered).await.unwrap());
    assert!(write.finish_message(&second.id, second.fence, &Finish::Delivered).await.unwrap());
    write.commit().await.unwrap();
    bench.clock.advance_ms(2 * LEASE_MS);
    assert_eq!(system.overdue_claims(bench.clock.now()).await.unwrap(), 0);
}

async fn a_node_does_not_take_itself_for_dead(bench: Bench) {
    let tenant = bench.tenant("a").await;
    queue(&bench, &tenant, &["m".into()]).await;
    let system = bench.store.system();
    // It has not said yet that it lives.
    assert_eq!(system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap().len(), 1);
    assert_eq!(system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap(), vec![]);
    assert_eq!(system.claim_messages("other", 9, 9, LEASE_MS).await.unwrap().len(), 1);
}

async fn a_claim_given_back_was_no_attempt(bench: Bench) {
    let tenant = bench.tenant("a").await;
    queue(&bench, &tenant, &["m".into()]).await;
    let system = bench.store.system();
    system.beat("n", "n", start()).await.unwrap();
    let first = system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap().remove(0);
    system.give_back(&first, start().plus_ms(1)).await.unwrap();
    assert_eq!(system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap(), vec![]);
    bench.clock.advance_ms(1);
    let second = system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap().remove(0);
    assert_eq!((second.attempts, second.fence), (1, 2));
    system.give_back(&first, start()).await.unwrap();
    assert_eq!(system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap(), vec![], "a stale claim gives nothing back");
}

async fn a_key_is_told_once(bench: Bench) {
    let tenant = bench.tenant("a").await;
    queue(&bench, &tenant, &["m".into()]).await;
    let mut write = bench.store.write(&tenant).await.unwrap();
    let mut again = message(&mut write, "m", "notice");
    again.id = MessageId::new("another");
    let mut fresh = again.clone();
    (fresh.id, fresh.key) = (MessageId::new("fresh"), "ACME-1:fresh".into());
    let queued = write.queue_messages(vec![again.clone(), fresh, again]).await.unwrap();
    assert_eq!(queued, HashSet::from([MessageId::new("fresh")]), "a message left out is not named");
    write.commit().await.unwrap();
    let scope = bench.store.tenant(&tenant);
    let stored = scope.messages(&RecordKey::new("ACME-1")).await.unwrap();
    assert_eq!(stored.len(), 2);
    let stored: Vec<_> = stored.into_iter().filter(|row| row.key == "ACME-1:m").collect();
    assert_eq!(stored.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["m"]);
}

async fn a_message_waits_fails_and_is_dropped(bench: Bench) {
    let tenant = bench.tenant("a").await;
    queue(&bench, &tenant, &["again".into(), "failed".into(), "dropped".into()]).await;
    let system = bench.store.system();
    let depth = system.queue_depth().await.unwrap().remove(0);
    assert_eq!((depth.class.as_str(), depth.count, depth.oldest), ("notice", 3, start()));
    let mut write = bench.store.write(&tenant).await.unwrap();
    assert!(write.drop_message(&MessageId::new("dropped"), "acknowledged").await.unwrap());
    assert!(!write.drop_message(&MessageId::new("dropped"), "acknowledged").await.unwrap());
    write.commit().await.unwrap();

    system.beat("n", "n", start()).await.unwrap();
    let claimed = system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap();
    assert_eq!(claimed.len(), 2);
    let later = start().plus_minutes(1);
    let mut write = bench.store.write(&tenant).await.unwrap();
    for message in &claimed {
        let finish = match message.id.as_str() {
            "again" => Finish::Again { not_before: later, reason: "451".into() },
            _ => Finish::Failed { reason: "550".into() },
        };
        assert!(write.finish_message(&message.id, message.fence, &finish).await.unwrap());
    }
    write.commit().await.unwrap();
    assert_eq!(system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap(), vec![]);
    assert_eq!(system.next_message().await.unwrap(), Some(later));
    bench.clock.advance_ms(60_000);
    system.beat("n", "n", start()).await.unwrap();
    let again = system.claim_messages("n", 9, 9, LEASE_MS).await.unwrap().remove(0);
    assert_eq!((again.id.as_str(), again.attempts, again.fence), ("again", 2, 2));

    let tenants = [tenant.clone()];
    let staff = bench.store.staff(&tenants);
    let named = staff.messages_named(&["failed", "again", "nothing"].map(MessageId::new)).await.unwrap();
    let told: Vec<_> = named.iter().map(|row| (row.state.as_str(), row.reason.as_deref())).collect();
    assert_eq!(told, [("sending", Some("451")), ("failed", Some("550"))]);
    assert_eq!(bench.store.staff(&[]).messages_named(&[MessageId::new("failed")]).await.unwrap(), vec![]);
    let all = bench.store.tenant(&tenant).all_messages(None, 2).await.unwrap();
    let rest = bench.store.tenant(&tenant).all_messages(Some(&all[1].id), 9).await.unwrap();
    assert_eq!((all.len(), rest.len()), (2, 1));
}

on_both!(
    two_nodes_never_claim_the_same,
    tenants_take_turns_and_notices_go_first,
    a_dead_nodes_messages_move,
    a_claim_ends_with_its_lease,
    a_node_does_not_take_itself_for_dead,
    a_claim_given_back_was_no_attempt,
    a_key_is_told_once,
    a_message_waits_fails_and_is_dropped,
);
