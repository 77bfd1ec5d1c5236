//! 保管と廃棄: words go when two people agree to it, or one by one with a reason; facts stay, and nothing goes unseen (R-5.4.4.3-6, -7).

use crate::bench::{Bench, console, on_both, refusal};
use desk::request::{Act, NewRequest, RequestInput};
use desk::{DisposalAnswer, Erasure, NewFile, Verify, Words};
use domain::disposal::Retention;
use domain::fact::{Body, NewFact};
use domain::ids::{BlobId, RecordKey};
use domain::refusal::RefusalKind;
use domain::time::Instant;

on_both!(
    words_go_once_two_people_agreed,
    a_rejected_disposal_takes_nothing,
    a_kept_ticket_keeps_its_words,
    a_disposal_that_broke_off_goes_on,
    a_password_on_a_ticket_is_erased,
    words_that_went_by_hand_are_named,
    words_that_came_back_are_named,
);

const TOPIC: &str = "朝顔という名の依頼";
const PASSWORD: &str = "Aki-4711-kaze";

fn inside() -> Verify {
    Verify { checkpoint_keys: vec![], outside: None }
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

async fn act(bench: &Bench, who: &str, key: &RecordKey, act: Act, text: &str) {
    let row = bench.desk.store().tenant(&bench.tenant).request(key).await.unwrap().unwrap();
    let input =
        RequestInput { version: row.version, text: text.into(), reason: text.into(), ..RequestInput::default() };
    bench.desk.act_on_request(bench.person(who), key, act, &input).await.unwrap();
}

/// A request with a message and a file that its customer called off.
async fn over(bench: &Bench) -> RecordKey {
    let key = file(bench, TOPIC).await;
    act(bench, "su", &key, Act::Message, TOPIC).await;
    let attached =
        NewFile { name: TOPIC.into(), media_type: "text/plain".into(), bytes: TOPIC.into(), internal: false };
    bench.desk.attach_to_request(bench.person("cu"), &key, &attached).await.unwrap();
    act(bench, "cu", &key, Act::Cancel, TOPIC).await;
    key
}

/// Five years and three months after the tests begin.
fn years_later(bench: &Bench) {
    bench.clock.set(Instant::parse("2032-02-24T03:00:00Z").unwrap());
}

fn answer(number: u64, approved: bool) -> DisposalAnswer {
    let reason = if approved { "" } else { "係争の見込み" };
    DisposalAnswer { number: u32::try_from(number).unwrap(), approved, reason: reason.into() }
}

async fn propose(bench: &Bench) -> u64 {
    bench.desk.propose_disposal(bench.person("mr"), &bench.tenant).await.unwrap().number
}

/// Everything a database and a bundle hold of the customer, as text.
async fn all_words(bench: &Bench) -> String {
    let mut snapshot = bench.desk.store().snapshot().await.unwrap();
    let mut words = String::new();
    for table in snapshot.tables().to_vec() {
        if table.columns.iter().any(|(column, _)| column == "tenant") {
            for row in snapshot.rows(table.name, &bench.tenant).await.unwrap() {
                words += &format!("{row:?}");
            }
        }
    }
    let blobs = snapshot.blobs(&bench.tenant, "", 10_000).await.unwrap();
    for bytes in blobs.into_iter().filter_map(|blob| blob.bytes) {
        words += &String::from_utf8_lossy(&bytes);
    }
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("bundle.zip");
    let created = std::fs::File::create_new(&path).unwrap();
    desk::export(bench.desk.store(), &bench.tenant, Words::All, created).await.unwrap();
    desk::verify_bundle(std::fs::File::open(&path).unwrap(), &inside()).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    for part in 0..zip.len() {
        words += &std::io::read_to_string(zip.by_index(part).unwrap()).unwrap();
    }
    words
}

async fn words_go_once_two_people_agreed(bench: Bench) {
    let gone = over(&bench).await;
    let incident = bench.told().await;
    bench.call(&incident).await;
    bench.recover(&incident).await;
    bench.notify_recovery(&incident).await;
    bench.close(&incident).await;
    let stays = file(&bench, "まだ終わっていない依頼").await;
    let early = bench.desk.propose_disposal(bench.person("mr"), &bench.tenant).await;
    assert!(refusal(early).en.contains("No ticket is older"));
    // Reminders of reports that nobody writes come for some weeks.
    for days in [1, 7, 60] {
        bench.at(days * 24 * 60);
        while bench.desk.fire_due().await.unwrap() > 0 {}
    }
    years_later(&bench);
    let before = desk::verify(bench.desk.store(), &inside()).await.unwrap();
    assert!(all_words(&bench).await.contains(TOPIC));
    // Who may not, and who may not alone.
    for (who, kind) in
        [("dh", RefusalKind::Forbidden), ("au", RefusalKind::Forbidden), ("foreign", RefusalKind::NotFound)]
    {
        let refused = refusal(bench.desk.propose_disposal(bench.person(who), &bench.tenant).await);
        assert_eq!(refused.kind, kind, "{who}");
    }
    let view = bench.desk.disposals(bench.person("ca"), &bench.tenant).await.unwrap();
    assert_eq!((view.over, view.may, view.version), (2, false, None));
    let number = propose(&bench).await;
    assert!(refusal(bench.desk.propose_disposal(bench.person("tm"), &bench.tenant).await).en.contains("not over yet"));
    let alone = bench.desk.answer_disposal(bench.person("mr"), &bench.tenant, &answer(number, true)).await;
    assert!(refusal(alone).en.contains("Another person"));
    let done = bench.desk.answer_disposal(bench.person("tm"), &bench.tenant, &answer(number, true)).await.unwrap();
    assert!(done.words > 10, "{done:?}");
    let again = bench.desk.answer_disposal(bench.person("tm"), &bench.tenant, &answer(number, true)).await;
    assert!(refusal(again).en.contains("does not wait"));

    // The words are nowhere; what happened is still known, and so is that they went.
    let words = all_words(&bench).await;
    assert!(!words.contains(TOPIC) && !words.contains("販売管理サイト"), "words that went");
    assert!(words.contains("まだ終わっていない依頼"));
    let after = desk::verify(bench.desk.store(), &inside()).await.unwrap();
    assert_eq!((after.records, after.verdicts), (before.records, before.verdicts));
    assert_eq!(after.erased, done.words);
    let view = bench.desk.request(bench.person("su"), &gone).await.unwrap();
    assert!(matches!(view.facts.last().unwrap().body, Body::RecordDisposed { disposal: 1, .. }));
    assert!(view.texts.is_empty());
    let attached = bench.desk.file(bench.person("su"), &gone, view.request.files[0].mark.seq).await;
    assert!(refusal(attached).en.contains("was erased"));
    assert!(matches!(bench.facts(&incident).await.last().unwrap().body, Body::RecordDisposed { disposal: 1, .. }));
    assert!(!bench.desk.request(bench.person("su"), &stays).await.unwrap().texts.is_empty());
    let view = bench.desk.disposals(bench.person("mr"), &bench.tenant).await.unwrap();
    let (disposal, proposer, answerer, _) = &view.disposals[0];
    assert_eq!(disposal.ended.as_ref().map(|it| it.what), Some((2, done.words)));
    assert_eq!((proposer.as_str(), answerer.as_deref()), ("mr", Some("tm")));
    let hers = bench.desk.disposals(bench.person("ca"), &bench.tenant).await.unwrap();
    assert_eq!(hers.disposals[0].1, "", "the customer reads none of our names");
    assert_eq!(bench.desk.dispose().await.unwrap(), 0, "nothing is left to go");
}

async fn a_rejected_disposal_takes_nothing(bench: Bench) {
    over(&bench).await;
    years_later(&bench);
    let number = propose(&bench).await;
    let without = DisposalAnswer { reason: String::new(), ..answer(number, false) };
    let refused = bench.desk.answer_disposal(bench.person("tm"), &bench.tenant, &without).await;
    assert_eq!(refusal(refused).field(), Some("reason"));
    bench.desk.answer_disposal(bench.person("tm"), &bench.tenant, &answer(number, false)).await.unwrap();
    assert_eq!(bench.desk.dispose().await.unwrap(), 0);
    assert!(all_words(&bench).await.contains(TOPIC));
    assert_eq!(desk::verify(bench.desk.store(), &inside()).await.unwrap().erased, 0);
    let view = bench.desk.disposals(bench.person("mr"), &bench.tenant).await.unwrap();
    assert_eq!(view.disposals[0].3.as_deref(), Some("係争の見込み"));
    assert_eq!(propose(&bench).await, number + 1);
}

async fn a_kept_ticket_keeps_its_words(bench: Bench) {
    let (kept, gone) = (over(&bench).await, over(&bench).await);
    years_later(&bench);
    let number = propose(&bench).await;
    // Asked for by an authority after the proposal: it is not too late.
    let retention = Retention { kept: vec![kept.clone()], ..Retention::default() };
    bench.desk.record_paper(&console(), &bench.tenant, "", &retention, None).await.unwrap();
    bench.desk.answer_disposal(bench.person("tm"), &bench.tenant, &answer(number, true)).await.unwrap();
    let texts = async |key| bench.desk.request(bench.person("su"), key).await.unwrap().texts;
    assert!(!texts(&kept).await.is_empty() && texts(&gone).await.is_empty());
    desk::verify(bench.desk.store(), &inside()).await.unwrap();
    let view = bench.desk.disposals(bench.person("mr"), &bench.tenant).await.unwrap();
    assert_eq!((view.over, view.version), (0, Some(1)));
}

async fn a_disposal_that_broke_off_goes_on(bench: Bench) {
    over(&bench).await;
    years_later(&bench);
    let number = u32::try_from(propose(&bench).await).unwrap();
    // Approved, and the desk fell before the first word went.
    let mut write = bench.desk.store().write(&bench.tenant).await.unwrap();
    let scope = bench.person("tm").enter(&bench.tenant, domain::access::Right::Dispose).unwrap();
    let body = Body::DisposalAnswered { number, approved: true };
    write.append(NewFact { record: None, body, actor: scope.actor, role: scope.role, reason: None });
    write.commit().await.unwrap();
    desk::verify(bench.desk.store(), &inside()).await.unwrap();
    assert!(bench.desk.dispose().await.unwrap() > 0);
    assert!(!all_words(&bench).await.contains(TOPIC));
    desk::verify(bench.desk.store(), &inside()).await.unwrap();
}

async fn a_password_on_a_ticket_is_erased(bench: Bench) {
    let key = file(&bench, TOPIC).await;
    bench.at(1);
    act(&bench, "su", &key, Act::Message, PASSWORD).await;
    let facts = bench.desk.request(bench.person("su"), &key).await.unwrap().facts;
    let is_message = |body: &Body| matches!(body, Body::RequestMessaged { .. });
    let number = facts.iter().find(|fact| is_message(&fact.body)).unwrap().seq;
    let erasure = |number| Erasure { number, reason: "パスワードが書かれたため".into() };
    for who in ["su", "cu", "au"] {
        let refused = refusal(bench.desk.erase_words(bench.person(who), &key, &erasure(number)).await);
        assert_eq!(refused.kind, RefusalKind::Forbidden, "{who}");
    }
    assert_eq!(
        refusal(bench.desk.erase_words(bench.person("foreign"), &key, &erasure(number)).await).kind,
        RefusalKind::NotFound
    );
    let dh = bench.person("dh");
    let without = Erasure { number, reason: " ".into() };
    assert_eq!(refusal(bench.desk.erase_words(dh, &key, &without).await).field(), Some("reason"));
    assert_eq!(refusal(bench.desk.erase_words(dh, &key, &erasure(9_999)).await).field(), Some("number"));
    let seen = bench.desk.request(dh, &key).await.unwrap().request.version;
    let mails = bench.messages(&key).await;
    let told = mails.iter().filter(|(_, payload)| format!("{payload:?}").contains(PASSWORD)).count() as u64;
    let done = bench.desk.erase_words(dh, &key, &erasure(number)).await.unwrap();
    // The message, and the mails that told the customer of it.
    assert_eq!(done.words, 1 + told);
    assert_eq!(bench.desk.request(dh, &key).await.unwrap().request.version, seen, "nothing typed is made stale");
    assert_eq!(refusal(bench.desk.erase_words(dh, &key, &erasure(number)).await).field(), Some("number"));
    let words = all_words(&bench).await;
    assert!(!words.contains(PASSWORD) && words.contains(TOPIC));
    let report = desk::verify(bench.desk.store(), &inside()).await.unwrap();
    assert_eq!(report.erased, done.words);
    // The title goes from the row, too.
    bench.desk.erase_words(dh, &key, &erasure(facts[0].seq)).await.unwrap();
    assert!(!all_words(&bench).await.contains(TOPIC));
    desk::verify(bench.desk.store(), &inside()).await.unwrap();
}

/// A blob of a request's title.
async fn title(bench: &Bench, key: &RecordKey) -> BlobId {
    bench.desk.request(bench.person("su"), key).await.unwrap().request.title
}

async fn words_that_went_by_hand_are_named(bench: Bench) {
    let key = over(&bench).await;
    let title = title(&bench, &key).await;
    let mut write = bench.desk.store().write(&bench.tenant).await.unwrap();
    assert!(write.erase_blob(&title).await.unwrap());
    write.erase_title(&key).await.unwrap();
    write.commit().await.unwrap();
    let fault = desk::verify(bench.desk.store(), &inside()).await.unwrap_err().to_string();
    assert!(fault.contains("of which no fact tells") && fault.contains(title.as_str()), "{fault}");
}

async fn words_that_came_back_are_named(bench: Bench) {
    let key = over(&bench).await;
    let blobs = bench.desk.store().snapshot().await.unwrap().blobs(&bench.tenant, "", 10_000).await.unwrap();
    years_later(&bench);
    // The facts say that the words went, but somebody left them there.
    let number = u32::try_from(propose(&bench).await).unwrap();
    let mut write = bench.desk.store().write(&bench.tenant).await.unwrap();
    let scope = bench.person("tm").enter(&bench.tenant, domain::access::Right::Dispose).unwrap();
    for (record, body) in [
        (None, Body::DisposalAnswered { number, approved: true }),
        (Some(key.clone()), Body::RecordDisposed { disposal: number, words: blobs.len() as u64 }),
    ] {
        write.append(NewFact { record, body, actor: scope.actor.clone(), role: scope.role, reason: None });
    }
    write.commit().await.unwrap();
    let fault = desk::verify(bench.desk.store(), &inside()).await.unwrap_err().to_string();
    assert!(fault.contains("but its words are there") && fault.contains(key.as_str()), "{fault}");
}
