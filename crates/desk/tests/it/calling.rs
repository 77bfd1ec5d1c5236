//! Calls in the order of the plan, calls back, the mail's link, and consent (R-4.2.2-5 to -7, Q-06).

use crate::bench::{Bench, on_both, refusal, start};
use desk::incident::{Payload, input};
use domain::alerts::Action;
use domain::contact::{Contact, ContactPlan, SelfRecovery};
use domain::fact::CallResult;
use domain::ids::{MessageId, RecordKey};
use domain::incident::{Calling, Reached};
use domain::refusal::{Refusal, RefusalKind};

on_both!(
    ranks_go_in_order_over_rounds,
    a_contact_for_one_host_is_called_about_that_host,
    a_number_finds_the_contact_and_what_is_open,
    the_links_of_a_mail_stop_the_calls,
    the_customer_opening_the_ticket_stops_the_calls,
    a_consent_is_seen_and_disputed_by_the_customer,
    what_recovered_by_itself_is_told_as_the_plan_says,
);

/// A plan of the owner and a deputy, both by telephone at any hour.
async fn two(bench: &Bench, deputy: impl FnOnce(&mut Contact)) {
    let mut plan = crate::bench::plan();
    plan.contacts[1].phone = "+81 3-0000-0002".into();
    plan.contacts[1].reading = "そうむ".into();
    deputy(&mut plan.contacts[1]);
    bench.desk.record_paper::<ContactPlan>(bench.person("dh"), &bench.tenant, "ACME", &plan, None).await.unwrap();
}

/// Whatever happened is proven by its facts.
async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn dial(bench: &Bench, key: &RecordKey, contact: &str, reason: &str) -> Result<u32, Refusal> {
    let version = bench.version(key).await;
    let input = input::Call { version, contact: contact.into(), reason: reason.into(), ..input::Call::default() };
    let done = bench.desk.call(bench.person("mo"), key, &input).await;
    done.map_err(|error| refusal::<()>(Err(error)))?;
    Ok(bench.desk.incident(bench.person("mo"), key).await.unwrap().incident.calls.len() as u32)
}

async fn end(bench: &Bench, key: &RecordKey, call: u32, result: CallResult) {
    let version = bench.version(key).await;
    let input = input::CallEnd { version, call, result: Some(result), note: String::new() };
    bench.desk.end_call(bench.person("mo"), key, &input).await.unwrap();
}

async fn calling(bench: &Bench, key: &RecordKey) -> (Calling, Option<String>) {
    let view = bench.desk.incident(bench.person("mo"), key).await.unwrap();
    (view.incident.calling(), view.turn.map(|contact| contact.to_string()))
}

/// R-4.2.2-7: contacts and their order are those of the plan valid then.
/// R-3.2-9: an order is overridden with a reason, which stays.
async fn ranks_go_in_order_over_rounds(bench: Bench) {
    two(&bench, |_| ()).await;
    let key = bench.told().await;
    assert_eq!(calling(&bench, &key).await.1.as_deref(), Some("owner"));
    let refused = dial(&bench, &key, "office", "").await.unwrap_err();
    assert_eq!(refused.kind, RefusalKind::Invalid { field: "reason" });
    let told_at = bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident.publications[0].mark.at;
    let call = dial(&bench, &key, "owner", "").await.unwrap();
    assert_eq!(
        refusal(
            bench
                .desk
                .call(
                    bench.person("mo"),
                    &key,
                    &input::Call {
                        version: bench.version(&key).await,
                        contact: "office".into(),
                        ..input::Call::default()
                    }
                )
                .await
                .map(|_| ())
        )
        .kind,
        RefusalKind::NotNow
    );
    end(&bench, &key, call, CallResult::Voicemail).await;
    assert_eq!(
        calling(&bench, &key).await,
        (Calling::NextRank { due: told_at.plus_minutes(1) }, Some("office".into()))
    );
    let call = dial(&bench, &key, "office", "").await.unwrap();
    end(&bench, &key, call, CallResult::None).await;
    let (standing, turn) = calling(&bench, &key).await;
    assert_eq!((standing, turn.as_deref()), (Calling::NewRound { due: told_at.plus_minutes(10) }, Some("owner")));
    // Another order takes a reason; an unanswered one in between does not end the rounds.
    dial(&bench, &key, "office", "総務が折り返し待ちのため").await.unwrap();
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!(view.incident.calls.last().map(|call| call.what.round), Some(2));
    verified(&bench).await;
}

async fn a_contact_for_one_host_is_called_about_that_host(bench: Bench) {
    two(&bench, |deputy| deputy.services = vec!["db*".into()]).await;
    let key = bench.told().await;
    let call = dial(&bench, &key, "owner", "").await.unwrap();
    end(&bench, &key, call, CallResult::Busy).await;
    let (standing, _) = calling(&bench, &key).await;
    assert!(matches!(standing, Calling::NewRound { .. }), "nobody else is for web01: {standing:?}");
}

async fn a_number_finds_the_contact_and_what_is_open(bench: Bench) {
    two(&bench, |deputy| deputy.other_phones = vec!["080-0000-0009".into()]).await;
    let key = bench.told().await;
    let mo = bench.person("mo");
    for (number, found) in [("03-0000-0002", 1), ("+81300000002", 1), ("0009", 1), ("080-0000-0008", 0)] {
        let known = bench.desk.who_calls(mo, number).await.unwrap();
        assert_eq!(known.len(), found, "{number}");
        if let Some(known) = known.first() {
            assert_eq!((known.contact.name.as_str(), known.rank), ("総務", 2));
            let keys: Vec<_> = known.incidents.iter().map(|row| row.key.as_str()).collect();
            assert_eq!(keys, [key.as_str()]);
        }
    }
    assert_eq!(refusal(bench.desk.who_calls(mo, "12").await).kind, RefusalKind::Invalid { field: "number" });
    let back = input::CallBack {
        number: "080-0000-0009".into(),
        name: "総務 田中".into(),
        understood: true,
        note: String::new(),
    };
    bench.desk.call_back(mo, &key, &back).await.unwrap();
    let view = bench.desk.incident(mo, &key).await.unwrap();
    assert_eq!(view.incident.call_backs[0].what.contact.as_ref().map(|id| id.as_str()), Some("office"));
    assert_eq!(view.incident.calling(), Calling::Stopped(Reached::CalledBack));
    verified(&bench).await;
}

/// The acknowledge-only link of the first mail: tenant, message and signature.
async fn link(bench: &Bench, key: &RecordKey) -> (MessageId, String) {
    let messages = bench.messages(key).await;
    let (row, letter) = messages
        .into_iter()
        .find_map(|(row, payload)| match payload {
            Payload::Mail(letter) => Some((row, letter)),
            Payload::Webhook(_) => None,
        })
        .unwrap();
    let path = letter.text.split_whitespace().find(|word| word.contains("/ack/")).unwrap();
    let mut parts = path.rsplit('/');
    let signature = parts.next().unwrap().to_owned();
    assert_eq!(parts.next(), Some(row.id.as_str()));
    assert_eq!(parts.next(), Some(bench.tenant.as_str()));
    (row.id, signature)
}

async fn the_links_of_a_mail_stop_the_calls(bench: Bench) {
    let key = bench.told().await;
    let (message, signature) = link(&bench, &key).await;
    let head = bench.head().await;
    for (message, signature) in [(&message, "forged"), (&MessageId::new("other"), signature.as_str())] {
        bench.desk.acknowledge(&bench.tenant, message, signature).await.unwrap();
    }
    assert_eq!(bench.head().await, head, "a link that nobody signed says nothing");
    for _ in 0..2 {
        bench.desk.acknowledge(&bench.tenant, &message, &signature).await.unwrap();
    }
    assert_eq!(calling(&bench, &key).await.0, Calling::Stopped(Reached::Acknowledged));
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert_eq!((view.incident.acknowledgements.len(), view.incident.clocks()[0].end.is_none()), (1, true));
    verified(&bench).await;
}

async fn the_customer_opening_the_ticket_stops_the_calls(bench: Bench) {
    let key = bench.told().await;
    let cu = bench.person("cu");
    for _ in 0..2 {
        bench.desk.read_ticket(cu, &key).await.unwrap();
    }
    assert_eq!(calling(&bench, &key).await.0, Calling::Stopped(Reached::Read));
    assert_eq!(bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident.reads.len(), 1);
    let foreign = refusal(bench.desk.read_ticket(bench.person("foreign"), &key).await);
    assert_eq!(foreign, Refusal::not_found());
}

async fn a_consent_is_seen_and_disputed_by_the_customer(bench: Bench) {
    let key = bench.told().await;
    let mut consent = input::Consent {
        version: bench.version(&key).await,
        who: "佐藤 様".into(),
        number: "090-0000-0000".into(),
        words: "再起動してください".into(),
        what: String::new(),
    };
    let refused = refusal(bench.desk.consent(bench.person("mo"), &key, &consent).await.map(|_| ()));
    assert_eq!(refused.field(), Some("what"));
    consent.what = "web01 の再起動".into();
    bench.desk.consent(bench.person("mo"), &key, &consent).await.unwrap();
    let seen = bench.desk.published(bench.person("cu"), &key).await.unwrap();
    let words = seen.texts.get(&seen.incident.consents[0].what.words).cloned();
    assert_eq!(words.as_deref(), Some("再起動してください"));
    let dispute = input::ConsentDispute { consent: 1, text: "そのような同意はしていません".into() };
    bench.desk.dispute_consent(bench.person("cu"), &key, &dispute).await.unwrap();
    let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
    assert!(view.incident.consents[0].what.disputed.is_some());
    assert!(view.incident.consents[0].mark.at >= start());
    verified(&bench).await;
}

/// what recovered by itself is told all the same; by the ticket alone only where the plan says so.
async fn what_recovered_by_itself_is_told_as_the_plan_says(bench: Bench) {
    for (said, over, ends) in
        [(SelfRecovery::Phone, true, false), (SelfRecovery::Ticket, true, true), (SelfRecovery::Ticket, false, false)]
    {
        let plan = ContactPlan { self_recovery: said, ..crate::bench::plan() };
        bench.desk.record_paper(&crate::bench::console(), &bench.tenant, "ACME", &plan, None).await.unwrap();
        let name = format!("{said:?}-{over}");
        let key = bench.tell(Action::Trigger, &name).await.incident.unwrap();
        if over {
            bench.tell(Action::Resolve, &name).await;
        }
        bench.take(&key).await;
        bench.check(&key).await;
        bench.judge(&key, true).await;
        let view = bench.desk.incident(bench.person("mo"), &key).await.unwrap();
        assert_eq!(view.incident.clocks()[0].end.is_some(), ends, "{name}");
        assert_eq!(view.incident.publications.len(), 1, "it is told");
    }
}
