//! 秘密の受け渡し: read once by the customer, and nowhere before or after.

use crate::bench::{Bench, on_both, refusal};
use desk::request::NewRequest;
use desk::{NewSecret, SecretBack, Words};
use domain::ids::RecordKey;
use domain::refusal::RefusalKind;
use domain::secret::{Gone, MAX_BYTES};

on_both!(
    a_secret_is_read_once,
    nobody_else_reads_it,
    one_that_nobody_reads_is_gone_in_time,
    a_secret_taken_away_by_hand_is_named
);

const SECRET: &str = "Aki-4711-kaze";

async fn request(bench: &Bench) -> RecordKey {
    let fields = [("topic".to_owned(), "アカウント".to_owned())];
    let new = NewRequest {
        project: "ACME".into(),
        entry: "consultation".into(),
        fields: fields.into(),
        ..NewRequest::default()
    };
    bench.desk.file_request(bench.person("cu"), &new).await.unwrap().key
}

fn secret(label: &str, secret: &str) -> NewSecret {
    NewSecret { label: label.into(), secret: secret.into() }
}

/// Hands one over; its number.
async fn hand(bench: &Bench, key: &RecordKey, label: &str) -> u64 {
    bench.desk.hand_secret(bench.person("su"), key, &secret(label, SECRET)).await.unwrap();
    bench.desk.request(bench.person("su"), key).await.unwrap().request.secrets.last().unwrap().mark.seq
}

async fn gone(bench: &Bench, key: &RecordKey) -> Vec<Option<Gone>> {
    let view = bench.desk.request(bench.person("ca"), key).await.unwrap();
    view.request.secrets.iter().map(|it| it.what.gone.as_ref().map(|gone| gone.what)).collect()
}

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn a_secret_is_read_once(bench: Bench) {
    let key = request(&bench).await;
    let seen = bench.desk.request(bench.person("su"), &key).await.unwrap().request.version;
    let number = hand(&bench, &key, "suzuki の初期パスワード").await;
    let view = bench.desk.request(bench.person("su"), &key).await.unwrap();
    assert_eq!(view.request.version, seen, "what somebody types is not made stale");
    verified(&bench).await;
    // The customer is told that there is something, and not what.
    let told = format!("{:?}", bench.messages(&key).await);
    assert!(told.contains("受け渡しのお知らせ") && !told.contains(SECRET));
    let read = bench.desk.read_secret(bench.person("cu"), &key, number).await.unwrap();
    assert_eq!((read.secret.as_str(), read.label.as_deref()), (SECRET, Some("suzuki の初期パスワード")));
    assert!(!format!("{read:?}").contains(SECRET), "no log can hold it");
    assert_eq!(gone(&bench, &key).await, [Some(Gone::Read)]);
    let again = refusal(bench.desk.read_secret(bench.person("cu"), &key, number).await);
    assert!(again.kind != RefusalKind::NotFound && again.en.contains("read already"), "{again:?}");
    verified(&bench).await;
    // It is in nothing that leaves.
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("bundle.zip");
    let file = std::fs::File::create_new(&path).unwrap();
    desk::export(bench.desk.store(), &bench.tenant, Words::All, file).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    for part in 0..zip.len() {
        let text = std::io::read_to_string(zip.by_index(part).unwrap()).unwrap();
        assert!(!text.contains(SECRET));
    }
}

async fn nobody_else_reads_it(bench: Bench) {
    let key = request(&bench).await;
    let number = hand(&bench, &key, "初期パスワード").await;
    for (who, kind) in [("su", RefusalKind::Forbidden), ("foreign", RefusalKind::NotFound)] {
        let refused = refusal(bench.desk.read_secret(bench.person(who), &key, number).await);
        assert_eq!(refused.kind, kind, "{who}");
    }
    let absent = refusal(bench.desk.read_secret(bench.person("cu"), &key, 99_999).await);
    assert_eq!(absent.field(), Some("number"));
    let hers = bench.desk.hand_secret(bench.person("cu"), &key, &secret("a", "b")).await;
    assert_eq!(refusal(hers).kind, RefusalKind::Forbidden);
    for (new, field) in
        [(secret("", "b"), "label"), (secret("a", " "), "secret"), (secret("a", &"x".repeat(MAX_BYTES + 1)), "secret")]
    {
        let refused = refusal(bench.desk.hand_secret(bench.person("su"), &key, &new).await);
        assert_eq!(refused.field(), Some(field));
    }
    // We take it back, with a reason; then nobody reads it.
    let without = SecretBack { number, reason: String::new() };
    let refused = refusal(bench.desk.take_secret_back(bench.person("su"), &key, &without).await);
    assert_eq!(refused.field(), Some("reason"));
    let back = SecretBack { number, reason: "宛先違い".into() };
    let hers = bench.desk.take_secret_back(bench.person("cu"), &key, &back).await;
    assert_eq!(refusal(hers).kind, RefusalKind::Forbidden);
    bench.desk.take_secret_back(bench.person("su"), &key, &back).await.unwrap();
    assert_eq!(gone(&bench, &key).await, [Some(Gone::TakenBack)]);
    assert!(refusal(bench.desk.read_secret(bench.person("cu"), &key, number).await).en.contains("taken back"));
    verified(&bench).await;
}

async fn one_that_nobody_reads_is_gone_in_time(bench: Bench) {
    let key = request(&bench).await;
    let first = hand(&bench, &key, "一つ目").await;
    let second = hand(&bench, &key, "二つ目").await;
    let until = bench.desk.request(bench.person("cu"), &key).await.unwrap().request.secrets[0].what.until;
    bench.clock.set(until);
    // Late is late, also where the timer has not fired yet.
    assert!(refusal(bench.desk.read_secret(bench.person("cu"), &key, first).await).en.contains("has passed"));
    bench.clock.set(until.plus_ms(1_000));
    while bench.desk.fire_due().await.unwrap() > 0 {}
    assert_eq!(gone(&bench, &key).await, [Some(Gone::Expired), Some(Gone::Expired)]);
    assert!(refusal(bench.desk.read_secret(bench.person("cu"), &key, second).await).en.contains("has passed"));
    verified(&bench).await;
}

async fn a_secret_taken_away_by_hand_is_named(bench: Bench) {
    let key = request(&bench).await;
    let number = hand(&bench, &key, "初期パスワード").await;
    verified(&bench).await;
    let mut write = bench.desk.store().write(&bench.tenant).await.unwrap();
    assert!(write.take_secret(number).await.unwrap().is_some());
    write.commit().await.unwrap();
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    let fault = desk::verify(bench.desk.store(), &asked).await.unwrap_err().to_string();
    assert!(fault.contains("secrets") && fault.contains(key.as_str()), "{fault}");
}
