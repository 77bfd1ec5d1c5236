//! Records of a process that is only a file: 苦情 (R-5.4.1-*; Q-08, Q-23), and versions of procedures (design §4).

use crate::bench::{Bench, console, on_both, refusal};
use desk::incident::Done;
use desk::record::{NewRecord, RecordInput};
use desk::request::NewRequest;
use desk::{Caller, Grant};
use domain::access::Role;
use domain::ids::RecordKey;
use domain::process::{ProcessText, shipped};
use domain::refusal::{Refusal, RefusalKind};
use domain::time::MINUTE_MS;
use std::collections::BTreeMap;

on_both!(
    a_complaint_goes_from_filing_to_the_customers_word,
    whoever_looked_into_it_does_not_give_the_final_answer,
    after_twenty_business_days_it_goes_elsewhere,
    a_wrong_field_is_named,
    nobody_else_sees_a_complaint,
    sales_reads_and_answers_inquiries_and_nothing_else,
    a_record_keeps_the_version_it_was_opened_under,
    the_procedures_that_ship_are_recorded_once,
    a_complaint_leaves_with_the_bundle,
);

fn fields<const N: usize>(fields: [(&str, &str); N]) -> BTreeMap<String, String> {
    fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn complaint() -> NewRecord {
    let fields = fields([("title", "夜間の連絡が遅い"), ("text", "2時の障害の連絡が3時だった。")]);
    NewRecord { project: "ACME".into(), process: "complaint".into(), fields }
}

async fn filed(bench: &Bench) -> RecordKey {
    bench.desk.open_record(bench.person("cu"), &complaint()).await.unwrap().key
}

async fn act_as<const N: usize>(
    bench: &Bench,
    who: &Caller,
    key: &RecordKey,
    noun: &str,
    said: [(&str, &str); N],
) -> Result<Done, Refusal> {
    let row = bench.desk.store().tenant(&bench.tenant).record(key).await.unwrap().unwrap();
    let input = RecordInput { noun: noun.into(), version: row.version, fields: fields(said) };
    bench.desk.act_on_record(who, key, &input).await.map_err(|error| refusal::<()>(Err(error)))
}

async fn act<const N: usize>(
    bench: &Bench,
    who: &str,
    key: &RecordKey,
    noun: &str,
    said: [(&str, &str); N],
) -> Result<Done, Refusal> {
    act_as(bench, bench.person(who), key, noun, said).await
}

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

async fn a_complaint_leaves_with_the_bundle(bench: Bench) {
    let key = filed(&bench).await;
    act(&bench, "rm", &key, "review", []).await.unwrap();
    act(&bench, "rm", &key, "note", [("text", "夜勤の記録を見る")]).await.unwrap();
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("bundle.zip");
    let created = std::fs::File::create_new(&path).unwrap();
    desk::export(bench.desk.store(), &bench.tenant, desk::Words::Told, created).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let mut part = |name: &str| std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
    let line: serde_json::Value = serde_json::from_str(part("records.jsonl").trim()).unwrap();
    assert_eq!((&line["key"], &line["process"]), (&key.as_str().into(), &"complaint".into()));
    assert_eq!(line["acts"].as_array().unwrap().len(), 2);
    let sheet = part("records.csv");
    assert!(sheet.contains("夜間の連絡が遅い") && sheet.contains("苦情"), "{sheet}");
    assert!(!part("blobs.jsonl").contains("夜勤の記録"));
    assert!(part("index.html").contains("夜間の連絡が遅い"), "the page shows it among the tickets");
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify_bundle(std::fs::File::open(&path).unwrap(), &asked).await.unwrap();
}

async fn a_complaint_goes_from_filing_to_the_customers_word(bench: Bench) {
    let key = filed(&bench).await;
    assert_eq!(bench.messages(&key).await.len(), 1, "whoever complains gets a receipt");
    // The monitoring centre hands it to nobody: the procedure gives it to the account manager.
    assert_eq!(act(&bench, "mo", &key, "review", []).await.unwrap_err().kind, RefusalKind::Forbidden);
    assert_eq!(act(&bench, "rm", &key, "report", [("text", "t")]).await.unwrap_err().kind, RefusalKind::NotNow);
    act(&bench, "rm", &key, "review", []).await.unwrap();
    act(&bench, "rm", &key, "note", [("text", "夜勤の記録を見る")]).await.unwrap();
    act(&bench, "rm", &key, "treatment", [("findings", "架電が遅れた"), ("measures", "当番を増やす")]).await.unwrap();
    act(&bench, "rm", &key, "report", [("text", "当番を増やしました。")]).await.unwrap();
    assert_eq!(bench.messages(&key).await.len(), 2, "the answer is told");
    let seen = bench.desk.record(bench.person("cu"), &key).await.unwrap();
    assert!(seen.happened.iter().all(|step| !step.internal), "a note stays among ourselves");
    assert_eq!(
        seen.verbs.iter().map(|verb| verb.noun.as_str()).collect::<Vec<_>>(),
        ["escalation", "acceptance", "message"]
    );
    assert_eq!(act(&bench, "cu", &key, "acceptance", []).await.unwrap().state, "closed");
    assert_eq!(act(&bench, "cu", &key, "escalation", [("reason", "r")]).await.unwrap_err().kind, RefusalKind::NotNow);
    act(&bench, "cu", &key, "message", [("text", "ありがとう")]).await.unwrap();
    verified(&bench).await;
}

async fn whoever_looked_into_it_does_not_give_the_final_answer(bench: Bench) {
    let key = filed(&bench).await;
    act(&bench, "rm", &key, "review", []).await.unwrap();
    act(&bench, "cu", &key, "escalation", [("reason", "もう一人に")]).await.unwrap();
    let answer = [("findings", "f"), ("measures", "m"), ("text", "t")];
    // The same person with both roles is the same person.
    let mut both = bench.person("rm").clone();
    both.grants.push(Grant { tenant: bench.provider.clone(), role: Role::Mr, everywhere: true, delegated: None });
    let refused = act_as(&bench, &both, &key, "conclusion", answer).await.unwrap_err();
    assert!(refused.ja.contains("別の人"), "{refused}");
    act(&bench, "mr", &key, "conclusion", answer).await.unwrap();
    assert_eq!(act(&bench, "mr", &key, "ending", [("reason", "r")]).await.unwrap().state, "closed");
    verified(&bench).await;
}

async fn after_twenty_business_days_it_goes_elsewhere(bench: Bench) {
    let key = filed(&bench).await;
    let state = async || bench.desk.store().tenant(&bench.tenant).record(&key).await.unwrap().unwrap().state;
    let due = bench.desk.next_timer().await.unwrap().unwrap();
    let calendar = bench.desk.calendar(due).await.unwrap();
    let days = domain::calendar::BusinessDays::new(20).unwrap();
    assert_eq!(due, calendar.business_days_after(bench.desk.now().await.unwrap(), days).unwrap());
    bench.clock.set(due.plus_ms(-1));
    bench.desk.fire_due().await.unwrap();
    assert_eq!(state().await, "received");
    bench.clock.set(due);
    assert_eq!(bench.desk.fire_due().await.unwrap(), 1);
    assert_eq!(state().await, "elsewhere");
    assert_eq!(bench.messages(&key).await.len(), 2, "the customer is told");
    verified(&bench).await;
}

async fn a_wrong_field_is_named(bench: Bench) {
    let field = |refusal: Refusal| match refusal.kind {
        RefusalKind::Unfit { field } => field,
        RefusalKind::Invalid { field } => field.to_owned(),
        other => panic!("{other:?}"),
    };
    let open = async |new: NewRecord| field(refusal(bench.desk.open_record(bench.person("cu"), &new).await));
    for (said, wrong) in [
        (fields([("title", " "), ("text", "t")]), "title"),
        (fields([("title", "t")]), "text"),
        (fields([("title", "a\nb"), ("text", "t")]), "title"),
        (fields([("title", "t"), ("text", "t"), ("about", "どれか")]), "about"),
        (fields([("title", "t"), ("text", "t"), ("colour", "red")]), "colour"),
    ] {
        assert_eq!(open(NewRecord { fields: said, ..complaint() }).await, wrong);
    }
    assert_eq!(open(NewRecord { process: "weather".into(), ..complaint() }).await, "process");
    // Requests have rules and a way in of their own.
    assert_eq!(open(NewRecord { process: "request".into(), ..complaint() }).await, "process");
    assert_eq!(open(NewRecord { project: String::new(), ..complaint() }).await, "project");
    let key = filed(&bench).await;
    assert_eq!(field(act(&bench, "rm", &key, "flight", []).await.unwrap_err()), "noun");
    let unseen = RecordInput { noun: "review".into(), ..RecordInput::default() };
    assert_eq!(field(refusal(bench.desk.act_on_record(bench.person("rm"), &key, &unseen).await)), "version");
    let stale = RecordInput { version: 9, ..unseen };
    let refused = refusal(bench.desk.act_on_record(bench.person("rm"), &key, &stale).await);
    assert_eq!(refused.kind, RefusalKind::Stale { version: 1 });
}

/// R-4.3.2-6: 営業担当 has the inquiries about paid options, with what is internal of them, and no ticket beside them.
async fn sales_reads_and_answers_inquiries_and_nothing_else(bench: Bench) {
    let (sa, cu) = (bench.person("sa"), bench.person("cu"));
    let complaint = filed(&bench).await;
    let inquiry = |title: &str| NewRecord {
        process: "lead".into(),
        fields: fields([("title", title)]),
        ..NewRecord { project: "ACME".into(), ..NewRecord::default() }
    };
    let key = bench.desk.open_record(cu, &inquiry("定例会の実施")).await.unwrap().key;
    let met = bench.desk.open_record(sa, &inquiry("会議で伺った件")).await.unwrap().key;
    act(&bench, "rm", &key, "note", [("text", "予算は来期")]).await.unwrap();
    act(&bench, "sa", &key, "advice", [("text", "月額をお送りします。")]).await.unwrap();
    let listed = bench.desk.records(sa, &store::RecordQuery::default(), 10).await.unwrap();
    assert_eq!(listed.iter().map(|it| &it.row.key).collect::<Vec<_>>(), [&met, &key]);
    assert_eq!(listed[1].holder.as_deref(), Some("sa"));
    assert_eq!(bench.desk.records(sa, &store::RecordQuery::default(), 1).await.unwrap().len(), 1);
    let of = |process: &str| store::RecordQuery { process: Some(process.into()), ..store::RecordQuery::default() };
    assert!(bench.desk.records(sa, &of("complaint"), 10).await.unwrap().is_empty());
    let seen = bench.desk.record(sa, &key).await.unwrap();
    assert!(seen.happened.iter().any(|it| it.internal), "the note is theirs to read");
    assert!(!bench.desk.record(cu, &key).await.unwrap().happened.iter().any(|it| it.internal));
    assert_eq!(refusal(bench.desk.record(sa, &complaint).await).kind, RefusalKind::Forbidden);
    assert_eq!(
        act(&bench, "sa", &complaint, "message", [("text", "t")]).await.unwrap_err().kind,
        RefusalKind::Forbidden
    );
    let request = NewRequest { project: "ACME".into(), entry: "consultation".into(), ..NewRequest::default() };
    let request = NewRequest { fields: fields([("topic", "構成の相談")]), ..request };
    let request = bench.desk.file_request(cu, &request).await.unwrap().key;
    assert_eq!(refusal(bench.desk.request(sa, &request).await).kind, RefusalKind::Forbidden);
    act(&bench, "sa", &key, "contract", [("text", "C-2026-11")]).await.unwrap();
    verified(&bench).await;
}

async fn nobody_else_sees_a_complaint(bench: Bench) {
    let key = filed(&bench).await;
    let foreign = bench.person("foreign");
    let refused = |kind: RefusalKind| assert_eq!(kind, RefusalKind::NotFound);
    refused(refusal(bench.desk.record(foreign, &key).await).kind);
    refused(refusal(bench.desk.walked(foreign, &key).await).kind);
    refused(refusal(bench.desk.open_record(foreign, &complaint()).await).kind);
    refused(act(&bench, "foreign", &key, "message", [("text", "t")]).await.unwrap_err().kind);
    assert!(bench.desk.records(foreign, &store::RecordQuery::default(), 10).await.unwrap().is_empty());
    assert_eq!(bench.desk.records(bench.person("cu"), &store::RecordQuery::default(), 10).await.unwrap().len(), 1);
    // A request is none of these records, and its way is shown all the same.
    let question = [("topic".to_owned(), "q".to_owned())].into();
    let new =
        NewRequest { project: "ACME".into(), entry: "consultation".into(), fields: question, ..NewRequest::default() };
    let request = bench.desk.file_request(bench.person("cu"), &new).await.unwrap().key;
    refused(refusal(bench.desk.record(bench.person("mo"), &request).await).kind);
    assert_eq!(bench.desk.walked(bench.person("cu"), &request).await.unwrap().states, ["received"]);
}

/// The complaint's procedure with ten business days instead of twenty.
fn quicker() -> ProcessText {
    let file = shipped::FILES.into_iter().find(|file| file.code == "complaint").unwrap();
    ProcessText { ja: file.ja.replace("\"after 20\"", "\"after 10\""), en: file.en.to_owned() }
}

async fn a_record_keeps_the_version_it_was_opened_under(bench: Bench) {
    let old = filed(&bench).await;
    let denied = refusal(bench.desk.record_procedure(bench.person("dh"), &quicker()).await);
    assert_eq!(denied.kind, RefusalKind::Forbidden);
    let broken = ProcessText {
        ja: quicker().ja.replace("ways = [\"treating > reported\"]", "ways = [\"treating > gone\"]"),
        ..quicker()
    };
    let refused = refusal(bench.desk.record_procedure(&console(), &broken).await);
    assert!(refused.en.contains("no state gone") && refused.en.contains(".md:"), "{refused}");
    assert_eq!(bench.desk.record_procedure(&console(), &quicker()).await.unwrap().version, 1);
    let new = filed(&bench).await;
    let after = async |key: &RecordKey| {
        let view = bench.desk.record(bench.person("rm"), key).await.unwrap();
        (view.edition, view.process.verb("escalate").unwrap().after())
    };
    assert_eq!((after(&old).await, after(&new).await), ((None, Some(20)), (Some(1), Some(10))));
    // A procedure that nobody wrote a line of Rust for.
    let own = "# 見学 {#visit}\n```toml\nprocess = \"visit\"\nlabel = [\"見学\", \"Visit\"]\nstates = [[\"asked\", \"申込\", \"Asked\"], [\"[done]\", \"済\", \"Done\"]]\n```\n\
        ```toml\nverb = \"ask\"\nnoun = \"asking\"\nlabel = [\"申し込む\", \"Ask\"]\nways = [\"> asked\"]\nwho = [\"speak-as-customer\"]\n```\n\
        ```toml\nverb = \"visit\"\nnoun = \"visit\"\nlabel = [\"見学した\", \"Visited\"]\nways = [\"asked > done\"]\nwho = [\"operate\"]\n```\n";
    let own = ProcessText { ja: own.into(), en: String::new() };
    assert_eq!(bench.desk.record_procedure(&console(), &own).await.unwrap().process, "visit");
    let asked = NewRecord { project: "ACME".into(), process: "visit".into(), fields: BTreeMap::new() };
    let visit = bench.desk.open_record(bench.person("cu"), &asked).await.unwrap().key;
    assert_eq!(act(&bench, "mo", &visit, "visit", []).await.unwrap().state, "done");
    verified(&bench).await;
}

async fn the_procedures_that_ship_are_recorded_once(bench: Bench) {
    let numbers = async || -> Vec<Option<u32>> {
        bench.desk.procedures().await.unwrap().into_iter().map(|edition| edition.number).collect()
    };
    assert!(numbers().await.iter().all(Option::is_none));
    bench.desk.ship_procedures().await.unwrap();
    bench.desk.ship_procedures().await.unwrap();
    assert!(numbers().await.iter().all(|number| *number == Some(1)));
    // An older program beside a newer one does not bring its text back.
    bench.desk.record_procedure(&console(), &quicker()).await.unwrap();
    bench.desk.ship_procedures().await.unwrap();
    assert!(numbers().await.contains(&Some(2)));
    // What is filed from then on goes by the recorded version, timers and all.
    bench.clock.set(bench.desk.now().await.unwrap().plus_ms(MINUTE_MS));
    let question = [("topic".to_owned(), "q".to_owned())].into();
    let new =
        NewRequest { project: "ACME".into(), entry: "consultation".into(), fields: question, ..NewRequest::default() };
    let request = bench.desk.file_request(bench.person("cu"), &new).await.unwrap().key;
    assert_eq!(bench.desk.request(bench.person("su"), &request).await.unwrap().request.edition, Some(1));
    verified(&bench).await;
}
