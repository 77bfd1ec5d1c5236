//! Notice boards and the documents to confirm at contract (R-5.2-1 to -5, -8, R-5.4.1-3).

use crate::bench::{Bench, console, on_both, refusal};
use desk::{DocumentConfirmation, NewPost, TakenDown, Verify};
use domain::document::{Document, DocumentKind};
use domain::ids::ProjectKey;
use domain::readiness::Gap;
use domain::refusal::RefusalKind;

on_both!(a_notice_is_read_by_its_project_and_no_other, a_document_is_confirmed_version_by_version);

async fn titles(bench: &Bench, who: &str) -> Vec<(String, Vec<String>)> {
    let boards = bench.desk.notice_boards(bench.person(who)).await.unwrap();
    let title = |(_, post): &(u32, domain::notice_board::Post)| post.title.clone();
    boards.iter().map(|it| (it.project.key.to_string(), it.posts.iter().map(title).collect())).collect()
}

async fn verified(bench: &Bench) {
    desk::verify(bench.desk.store(), &Verify { checkpoint_keys: vec![], outside: None }).await.unwrap();
}

async fn a_notice_is_read_by_its_project_and_no_other(bench: Bench) {
    let (desk, acme) = (&bench.desk, ProjectKey::new("ACME"));
    let post = |title: &str, until: Option<&str>| NewPost {
        title: title.into(),
        text: "本文".into(),
        until: until.map(|day| day.parse().unwrap()),
    };
    desk.post_notice(bench.person("su"), &acme, &post("定期作業", Some("2026-11-23"))).await.unwrap();
    let second = desk.post_notice(bench.person("dh"), &acme, &post("年末年始", None)).await.unwrap();
    assert_eq!(titles(&bench, "cu").await, [("ACME".to_owned(), vec!["年末年始".to_owned(), "定期作業".to_owned()])]);
    assert!(titles(&bench, "foreign").await.iter().all(|(project, _)| project != "ACME"));

    let by_customer = desk.post_notice(bench.person("cu"), &acme, &post("x", None)).await;
    assert_eq!(refusal(by_customer).kind, RefusalKind::Forbidden);
    let by_foreign = desk.post_notice(bench.person("foreign"), &acme, &post("x", None)).await;
    assert_eq!(refusal(by_foreign).kind, RefusalKind::NotFound);
    let over = desk.post_notice(bench.person("su"), &acme, &post("x", Some("2026-11-21"))).await;
    assert_eq!(refusal(over).field(), Some("until"));

    // The place is one on the board that was seen; an older board is refused.
    let down = |place, version| TakenDown { place, version };
    let old = desk.take_down_notice(bench.person("su"), &acme, down(1, second.version - 1)).await;
    assert_eq!(refusal(old).field(), Some("version"));
    for place in [0, 3] {
        let absent = desk.take_down_notice(bench.person("su"), &acme, down(place, second.version)).await;
        assert_eq!(refusal(absent).field(), Some("version"), "{place}");
    }
    desk.take_down_notice(bench.person("su"), &acme, down(1, second.version)).await.unwrap();
    assert_eq!(titles(&bench, "cu").await[0].1, ["定期作業"]);
    bench.at(2 * 24 * 60);
    assert_eq!(titles(&bench, "cu").await[0].1, Vec::<String>::new(), "its last day is over");
    verified(&bench).await;
}

async fn a_document_is_confirmed_version_by_version(bench: Bench) {
    let (desk, acme) = (&bench.desk, ProjectKey::new("ACME"));
    let document = |text: &str| Document { text: text.into(), reference: String::new() };
    let confirmation = |version| DocumentConfirmation { document: "complaint".into(), version };
    let lacks = async || desk.gaps(&bench.tenant, &acme).await.unwrap().contains(&Gap::Documents);
    assert!(!lacks().await, "what was not published is not asked for");

    let by_customer = desk.publish_document(bench.person("ca"), "complaint", &document("第1版")).await;
    assert!(matches!(refusal(by_customer).kind, RefusalKind::Forbidden | RefusalKind::NotFound));
    let absent = desk.publish_document(bench.person("dh"), "other", &document("第1版")).await;
    assert_eq!(refusal(absent).field(), Some("document"));
    assert_eq!(desk.publish_document(bench.person("dh"), "complaint", &document("第1版")).await.unwrap().version, 1);
    assert!(lacks().await);

    for who in ["cu", "mo", "dh", "ad"] {
        let refused = refusal(desk.confirm_document(bench.person(who), &bench.tenant, &confirmation(1)).await);
        assert_eq!(refused.kind, RefusalKind::Forbidden, "{who}");
    }
    let foreign = desk.confirm_document(bench.person("foreign"), &bench.tenant, &confirmation(1)).await;
    assert_eq!(refusal(foreign).kind, RefusalKind::NotFound);
    assert_eq!(
        refusal(desk.confirm_document(&console(), &bench.tenant, &confirmation(1)).await).kind,
        RefusalKind::NotNow
    );
    let ca = bench.person("ca");
    for other in [0, 2] {
        let refused = desk.confirm_document(ca, &bench.tenant, &confirmation(other)).await;
        assert_eq!(refusal(refused).field(), Some("version"));
    }
    desk.confirm_document(ca, &bench.tenant, &confirmation(1)).await.unwrap();
    let facts = async || desk.store().tenant(&bench.tenant).facts(0, 1_000).await.unwrap().len();
    let before = facts().await;
    desk.confirm_document(ca, &bench.tenant, &confirmation(1)).await.unwrap();
    assert_eq!(facts().await, before, "confirming twice is confirming once");
    assert!(!lacks().await);

    // A new version is asked for again; the word on the old one stays.
    desk.publish_document(bench.person("dh"), "complaint", &document("第2版")).await.unwrap();
    assert!(lacks().await);
    let views = desk.documents(bench.person("cu")).await.unwrap();
    let view = views.iter().find(|view| view.kind == DocumentKind::Complaint).unwrap();
    assert_eq!(view.newest.as_ref().unwrap().paper.text, "第2版");
    assert_eq!(view.customers.len(), 1);
    assert_eq!(view.customers[0].confirmed.as_ref().unwrap().0, 1);
    desk.confirm_document(ca, &bench.tenant, &confirmation(2)).await.unwrap();
    assert!(!lacks().await);
    verified(&bench).await;
}
