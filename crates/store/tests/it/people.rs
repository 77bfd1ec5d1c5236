//! People, their sessions, what they may where.

use crate::bench::{Bench, on_both, start};
use domain::access::Role;
use domain::ids::{DelegationId, MembershipId, PersonId, TenantId};
use domain::words::Lang;
use store::{DelegationRow, Failure, MembershipRow, SessionRow};

async fn a_person_is_found_by_address_in_any_case(bench: Bench) {
    let system = bench.store.system();
    assert_eq!(system.people_count().await.unwrap(), 0);
    let id = bench.person("tanaka").await;
    let found = system.person_by_email("TANAKA@example.jp").await.unwrap().unwrap();
    assert_eq!((found.id.clone(), found.email.as_str()), (id.clone(), "tanaka@example.jp"));
    let taken = system.add_person(&store::PersonRow { id: PersonId::new("other"), ..found }).await;
    assert!(matches!(taken, Err(Failure::Conflict(_))), "{taken:?}");

    system.set_password(&id, Some("$argon2id$")).await.unwrap();
    system.set_lang(&id, Lang::En).await.unwrap();
    let person = system.person(&id).await.unwrap().unwrap();
    assert_eq!((person.password.as_deref(), person.lang), (Some("$argon2id$"), Lang::En));
    let people = system.people_of(&[id.clone(), PersonId::new("nobody"), id.clone()]).await.unwrap();
    assert_eq!(people.keys().collect::<Vec<_>>(), [&id]);
    assert_eq!((system.people_count().await.unwrap(), system.people().await.unwrap().len()), (1, 1));
}

async fn a_session_lives_until_it_is_ended(bench: Bench) {
    let person = bench.person("tanaka").await;
    let system = bench.store.system();
    let session = |id: &str, minutes| SessionRow {
        id: id.into(),
        person: person.clone(),
        created: start(),
        last_seen: start(),
        expires: start().plus_minutes(minutes),
        agent: "Firefox".into(),
        address: "192.0.2.1".into(),
    };
    for (id, minutes) in [("one", 1), ("two", 2), ("three", 3), ("four", 4)] {
        system.add_session(&session(id, minutes)).await.unwrap();
    }
    let later = start().plus_ms(30);
    system.touch_session("two", later).await.unwrap();
    let (found, owner) = system.session("two").await.unwrap().unwrap();
    assert_eq!((found, owner.id), (SessionRow { last_seen: later, ..session("two", 2) }, person.clone()));
    assert_eq!(system.sessions_of(&person).await.unwrap()[0].id, "two");
    assert_eq!(system.forget_sessions(start().plus_minutes(2)).await.unwrap(), 1);
    system.delete_session("three").await.unwrap();
    assert_eq!(system.delete_sessions_of(&person, Some("four")).await.unwrap(), 1);
    assert!(system.session("two").await.unwrap().is_none());
    assert!(system.session("four").await.unwrap().is_some());
    system.disable_person(&person, Some(start())).await.unwrap();
    assert!(system.session("four").await.unwrap().is_none());
    assert_eq!(system.person(&person).await.unwrap().unwrap().disabled, Some(start()));
    assert_eq!(system.delete_sessions_of(&person, None).await.unwrap(), 0);
}

async fn a_role_is_held_from_its_first_instant_to_before_its_last(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let (tanaka, sato) = (bench.person("tanaka").await, bench.person("sato").await);
    let row = |id: &str, person: &PersonId, role| MembershipRow {
        tenant: tenant.clone(),
        id: MembershipId::new(id),
        person: person.clone(),
        role,
        valid_from: start(),
        valid_to: None,
    };
    let mut write = bench.store.write(&tenant).await.unwrap();
    write.add_membership(&row("1", &tanaka, Role::Mo)).await.unwrap();
    write.add_membership(&row("2", &tanaka, Role::Dh)).await.unwrap();
    write.add_membership(&row("3", &sato, Role::Mo)).await.unwrap();
    let end = start().plus_minutes(1);
    assert!(write.end_membership(&MembershipId::new("1"), end).await.unwrap());
    assert!(!write.end_membership(&MembershipId::new("1"), end).await.unwrap());
    write.commit().await.unwrap();

    let scope = bench.store.tenant(&tenant);
    let of_tanaka = async |at| -> Vec<Role> {
        let rows = bench.store.system().memberships_of(&tanaka, at).await.unwrap();
        rows.into_iter().map(|row| row.role).collect()
    };
    assert_eq!(of_tanaka(start().plus_ms(-1)).await, []);
    assert_eq!(of_tanaka(start()).await, [Role::Dh, Role::Mo]);
    assert_eq!(of_tanaka(end.plus_ms(-1)).await, [Role::Dh, Role::Mo]);
    assert_eq!(of_tanaka(end).await, [Role::Dh]);
    assert_eq!(scope.memberships(start()).await.unwrap().len(), 3);
    assert_eq!(scope.membership(&MembershipId::new("1")).await.unwrap().unwrap().valid_to, Some(end));
    let centre = async |at| -> Vec<PersonId> {
        scope.holders(Role::Mo, at).await.unwrap().into_iter().map(|person| person.id).collect()
    };
    assert_eq!(centre(start()).await, [sato.clone(), tanaka.clone()]);
    assert_eq!(centre(end).await, std::slice::from_ref(&sato));
    bench.store.system().disable_person(&sato, Some(end)).await.unwrap();
    assert_eq!(centre(end).await, []);
    let elsewhere = TenantId::new("b");
    assert_eq!(bench.store.tenant(&elsewhere).memberships(start()).await.unwrap(), vec![]);

    let mut write = scope.write().await.unwrap();
    let unknown = write.add_membership(&row("4", &PersonId::new("nobody"), Role::Mo)).await;
    assert!(matches!(unknown, Err(Failure::Corrupt(_))), "{unknown:?}");
}

async fn a_right_is_delegated_and_taken_back(bench: Bench) {
    let tenant = bench.tenant("a").await;
    let row = DelegationRow {
        tenant: tenant.clone(),
        id: DelegationId::new("d"),
        giver: bench.person("head").await,
        taker: bench.person("leader").await,
        right_code: "decide".into(),
        minute_from: 19 * 60,
        minute_to: 10 * 60,
        valid_from: start(),
        valid_to: None,
    };
    let mut write = bench.store.write(&tenant).await.unwrap();
    write.add_delegation(&row).await.unwrap();
    write.commit().await.unwrap();
    let system = bench.store.system();
    assert_eq!(system.delegations_to(&row.taker, start()).await.unwrap(), vec![row.clone()]);
    assert_eq!(system.delegations_to(&row.giver, start()).await.unwrap(), vec![]);
    let scope = bench.store.tenant(&tenant);
    assert_eq!(scope.delegations(start()).await.unwrap(), vec![row.clone()]);
    let mut write = scope.write().await.unwrap();
    assert!(write.end_delegation(&row.id, start().plus_ms(1)).await.unwrap());
    write.commit().await.unwrap();
    assert_eq!(scope.delegations(start()).await.unwrap().len(), 1);
    assert_eq!(scope.delegations(start().plus_ms(1)).await.unwrap(), vec![]);
}

on_both!(
    a_person_is_found_by_address_in_any_case,
    a_session_lives_until_it_is_ended,
    a_role_is_held_from_its_first_instant_to_before_its_last,
    a_right_is_delegated_and_taken_back,
);
