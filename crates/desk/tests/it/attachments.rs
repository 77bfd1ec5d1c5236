//! 添付ファイル: added by either side to a request and to an incident, seen by whom they are for (R-4.1-1, R-4.2-2).

use crate::bench::{Bench, on_both, refusal};
use desk::request::NewRequest;
use desk::{NewFile, Words};
use domain::attachment::{MAX_BYTES, MAX_FILES};
use domain::ids::RecordKey;
use domain::refusal::RefusalKind;

on_both!(a_file_is_seen_by_whom_it_is_for, what_does_not_do_is_refused, a_file_of_an_incident);

fn file(name: &str, bytes: &[u8], internal: bool) -> NewFile {
    NewFile { name: name.into(), media_type: "text/plain".into(), bytes: bytes.to_vec(), internal }
}

async fn request(bench: &Bench) -> RecordKey {
    let fields = [("topic".to_owned(), "容量".to_owned())];
    let new = NewRequest {
        project: "ACME".into(),
        entry: "consultation".into(),
        fields: fields.into(),
        ..NewRequest::default()
    };
    bench.desk.file_request(bench.person("cu"), &new).await.unwrap().key
}

async fn names(bench: &Bench, who: &str, key: &RecordKey) -> Vec<String> {
    let files = bench.desk.files(bench.person(who), key).await.unwrap();
    files.into_iter().map(|file| file.name.unwrap()).collect()
}

async fn a_file_is_seen_by_whom_it_is_for(bench: Bench) {
    let key = request(&bench).await;
    let desk = &bench.desk;
    let seen = desk.request(bench.person("su"), &key).await.unwrap().request.version;
    desk.attach_to_request(bench.person("cu"), &key, &file("/tmp/画面.txt", b"error", false)).await.unwrap();
    desk.attach_to_request(bench.person("su"), &key, &file("手順.txt", b"steps", false)).await.unwrap();
    desk.attach_to_request(bench.person("su"), &key, &file("社内.txt", b"\xff\x00secret", true)).await.unwrap();
    let view = desk.request(bench.person("su"), &key).await.unwrap();
    assert_eq!(view.request.version, seen, "what somebody types is not made stale by a file");
    assert_eq!(names(&bench, "su", &key).await, ["画面.txt", "手順.txt", "社内.txt"]);
    assert_eq!(names(&bench, "ca", &key).await, ["画面.txt", "手順.txt"]);
    let files = desk.files(bench.person("su"), &key).await.unwrap();
    assert_eq!(files.iter().map(|it| it.from_customer).collect::<Vec<_>>(), [true, false, false]);
    let given = desk.file(bench.person("ca"), &key, files[1].number).await.unwrap();
    assert_eq!((given.name.as_str(), given.bytes.as_slice()), ("手順.txt", &b"steps"[..]));
    let internal = files[2].number;
    assert_eq!(refusal(desk.file(bench.person("ca"), &key, internal).await).kind, RefusalKind::NotFound);
    assert_eq!(desk.file(bench.person("mo"), &key, internal).await.unwrap().bytes, b"\xff\x00secret");
    let other = bench.person("foreign");
    assert_eq!(refusal(desk.files(other, &key).await).kind, RefusalKind::NotFound);
    assert_eq!(refusal(desk.attach_to_request(other, &key, &file("a", b"a", false)).await).kind, RefusalKind::NotFound);
    let customer = desk.request(bench.person("ca"), &key).await.unwrap();
    assert_eq!(customer.request.files.len(), 2, "the customer's fold holds nothing internal");
    // The customer is told of ours by mail, and not of their own.
    let told = bench.messages(&key).await;
    assert_eq!(told.iter().filter(|(_, payload)| format!("{payload:?}").contains("添付ファイル")).count(), 1);
    // What is told leaves with the bundle, what is internal only by its name.
    let out = tempfile::tempdir().unwrap();
    for (words, has) in [(Words::Told, false), (Words::All, true)] {
        let path = out.path().join(format!("{words:?}.zip"));
        desk::export(desk.store(), &bench.tenant, words, std::fs::File::create_new(&path).unwrap()).await.unwrap();
        let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        let blobs = std::io::read_to_string(zip.by_name("blobs.jsonl").unwrap()).unwrap();
        assert!(blobs.contains("画面.txt"), "{words:?}");
        let files: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let is_there = |name: &str| files.iter().any(|file| file.ends_with(name));
        assert!(is_there("-画面.txt") && is_there("-手順.txt"), "{files:?}");
        assert_eq!((blobs.contains("社内.txt"), is_there("-社内.txt")), (has, has), "{words:?}");
    }
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(desk.store(), &asked).await.unwrap();
}

async fn what_does_not_do_is_refused(bench: Bench) {
    let key = request(&bench).await;
    let head = bench.head().await;
    let refused =
        async |who: &str, file: NewFile| refusal(bench.desk.attach_to_request(bench.person(who), &key, &file).await);
    assert_eq!(refused("cu", file("", b"x", false)).await.field(), Some("file"));
    assert_eq!(refused("cu", file("a", b"", false)).await.field(), Some("file"));
    assert_eq!(refused("cu", file("a", &vec![7; MAX_BYTES + 1], false)).await.field(), Some("file"));
    assert_eq!(refused("cu", file("a", b"x", true)).await.field(), Some("internal"));
    assert_eq!(refused("au", file("a", b"x", false)).await.kind, RefusalKind::Forbidden);
    assert_eq!(bench.head().await, head, "nothing was kept of what was refused");
    bench.desk.attach_to_request(bench.person("cu"), &key, &file("largest", &vec![7; MAX_BYTES], false)).await.unwrap();
    for _ in 1..MAX_FILES {
        bench.desk.attach_to_request(bench.person("cu"), &key, &file("a", b"x", false)).await.unwrap();
    }
    assert_eq!(refused("su", file("a", b"x", false)).await.kind, RefusalKind::NotNow);
}

async fn a_file_of_an_incident(bench: Bench) {
    let key = bench.alert().await;
    let desk = &bench.desk;
    // The customer knows nothing of it yet: a file for them has no reader, an internal one has.
    let attach = async |who: &str, name: &str, internal| {
        desk.attach_to_incident(bench.person(who), &key, &file(name, b"log", internal)).await
    };
    assert_eq!(refusal(attach("mo", "a.log", false).await).kind, RefusalKind::NotNow);
    assert_eq!(refusal(attach("cu", "a.log", false).await).kind, RefusalKind::NotFound);
    attach("mo", "internal.log", true).await.unwrap();
    assert_eq!(refusal(desk.files(bench.person("cu"), &key).await).kind, RefusalKind::NotFound);
    bench.take(&key).await;
    bench.check(&key).await;
    bench.judge(&key, true).await;
    attach("mo", "told.log", false).await.unwrap();
    attach("cu", "theirs.log", false).await.unwrap();
    assert_eq!(names(&bench, "mo", &key).await, ["internal.log", "told.log", "theirs.log"]);
    assert_eq!(names(&bench, "cu", &key).await, ["told.log", "theirs.log"]);
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(desk.store(), &asked).await.unwrap();
}
