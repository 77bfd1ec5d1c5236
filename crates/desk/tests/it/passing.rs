//! What is only good for a while is forgotten (F6).

use crate::bench::{Bench, on_both, start};
use store::SessionRow;

on_both!(answers_and_sessions_are_forgotten_in_their_time);

async fn answers_and_sessions_are_forgotten_in_their_time(bench: Bench) {
    let store = bench.desk.store();
    let session = SessionRow {
        id: "hash".into(),
        person: bench.person("mo").person().unwrap().clone(),
        created: start(),
        last_seen: start(),
        expires: start().plus_minutes(60),
        agent: String::new(),
        address: String::new(),
    };
    store.system().add_session(&session).await.unwrap();
    let mut write = store.write(&bench.tenant).await.unwrap();
    write.remember("mo", "key", "request", 201, b"{}").await.unwrap();
    write.commit().await.unwrap();
    bench.at(60);
    assert_eq!(bench.desk.forget_passing().await.unwrap(), 0);
    bench.at(61);
    assert_eq!(bench.desk.forget_passing().await.unwrap(), 1, "the session");
    bench.at(72 * 60);
    assert_eq!(bench.desk.forget_passing().await.unwrap(), 0, "an answer is remembered for 72 hours");
    bench.clock.advance_ms(1);
    assert_eq!(bench.desk.forget_passing().await.unwrap(), 1);
    assert_eq!(store.tenant(&bench.tenant).recall("mo", "key").await.unwrap(), None);
}
