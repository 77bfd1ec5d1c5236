//! What a request tells our own people: the ladder of an urgent one at night, and the warnings before its due (R-3.3.1-3, Q-13).

use crate::bench::{Bench, on_both, start};
use desk::request::{Act, NewRequest, RequestInput};
use desk::{Attempt, Content};
use domain::ids::RecordKey;
use domain::incident::escalation::Group;
use domain::paper::{DutyList, DutyOrder};
use domain::time::Instant;

on_both!(an_urgent_one_pages_at_night_until_it_is_taken, warnings_go_to_whoever_holds_it, a_duty_list_is_climbed);

async fn file(bench: &Bench, urgent: bool) -> RecordKey {
    let fields = [("topic".to_owned(), "証明書".to_owned())];
    let new = NewRequest {
        project: "ACME".into(),
        entry: "consultation".into(),
        fields: fields.into(),
        urgent,
        ..NewRequest::default()
    };
    bench.desk.file_request(bench.person("cu"), &new).await.unwrap().key
}

async fn take(bench: &Bench, key: &RecordKey) {
    let row = bench.desk.store().tenant(&bench.tenant).request(key).await.unwrap().unwrap();
    let input = RequestInput { version: row.version, ..RequestInput::default() };
    bench.desk.act_on_request(bench.person("su"), key, Act::Take, &input).await.unwrap();
}

/// Whom the mails to staff went to that are sent now, each with what it is about; `sent` delivers them.
async fn sent(bench: &Bench) -> Vec<(String, String)> {
    bench.desk.store().system().beat("n1", "n1", start()).await.unwrap();
    let mut pages = vec![];
    for outgoing in bench.desk.claim("n1", 100, 600_000).await.unwrap() {
        let attempt = match outgoing.content {
            Content::Mail(letter) => {
                if outgoing.claim.class == "page" {
                    let (_, subject) = letter.subject.split_once('【').unwrap();
                    let about = subject.split('】').next().unwrap().to_owned();
                    pages.push((letter.to.split('@').next().unwrap().to_owned(), about));
                }
                Attempt::Delivered { detail: "250 ok".into() }
            }
            Content::Unsendable(attempt) => attempt,
            Content::Webhook(..) => panic!("no webhook is configured"),
        };
        assert!(bench.desk.finish(&outgoing.claim, &attempt).await.unwrap());
    }
    pages.sort();
    pages
}

fn one(who: &str, about: &str) -> Vec<(String, String)> {
    vec![(who.to_owned(), about.to_owned())]
}

async fn at(bench: &Bench, instant: Instant) -> Vec<(String, String)> {
    bench.clock.set(instant);
    bench.desk.fire_due().await.unwrap();
    sent(bench).await
}

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

/// R-3.3.1-3: the urgent flag at night pages, an ordinary request does not.
async fn an_urgent_one_pages_at_night_until_it_is_taken(bench: Bench) {
    file(&bench, false).await;
    assert!(sent(&bench).await.is_empty());
    let key = file(&bench, true).await;
    assert_eq!(sent(&bench).await, one("su", "緊急"));
    let minute = |minutes: i64| start().plus_minutes(minutes);
    assert!(at(&bench, minute(4)).await.is_empty());
    assert_eq!(at(&bench, minute(5)).await, one("su", "緊急"));
    assert_eq!(at(&bench, minute(10)).await, one("su", "緊急"));
    assert_eq!(at(&bench, minute(15)).await, one("dh", "緊急"), "the last step is the head of desk");
    assert!(at(&bench, minute(60)).await.is_empty(), "the ladder ends");
    // Another one, taken while its page waits: nobody is told in vain.
    let other = file(&bench, true).await;
    take(&bench, &other).await;
    assert!(sent(&bench).await.is_empty() && at(&bench, minute(120)).await.is_empty());
    // The customer reads nothing of it.
    let view = bench.desk.request(bench.person("cu"), &key).await.unwrap();
    assert!(view.facts.iter().all(|fact| fact.body.is_told_to_customer()));
    verified(&bench).await;
}

/// on the eve and the due day at 10:00 and 16:00 to whoever holds it; not taken by 15:00 and the breach to the head of desk.
async fn warnings_go_to_whoever_holds_it(bench: Bench) {
    let (free, held) = (file(&bench, false).await, file(&bench, false).await);
    take(&bench, &held).await;
    let due = bench.desk.store().tenant(&bench.tenant).request(&free).await.unwrap().unwrap().due.unwrap();
    let day = due.plus_minutes(-19 * 60);
    let before = at(&bench, day.plus_minutes(-13 * 60)).await;
    // By then the customer has heard nothing for two business days, too.
    let silent = [one("su", "2営業日ご連絡していない"), one("su", "2営業日ご連絡していない")].concat();
    assert_eq!(before, [silent, one("su", "明日が期限"), one("su", "明日が期限")].concat());
    let hours = async |hour: i64| at(&bench, day.plus_minutes(hour * 60)).await;
    let both = |about: &str| [one("su", about), one("su", about)].concat();
    assert_eq!(hours(10).await, both("今日が期限"));
    assert_eq!(hours(15).await, one("dh", "期限の日の15:00に担当者がいない"));
    assert_eq!(hours(16).await, both("期限まで3時間"));
    let missed = at(&bench, due.plus_ms(1)).await;
    assert_eq!(missed.iter().filter(|(who, _)| who == "dh").count(), 2, "{missed:?}");
    assert!(missed.iter().all(|(_, about)| about == "期限を過ぎた"), "{missed:?}");
    verified(&bench).await;
}

/// with a duty list one person after the other, then the head of desk.
async fn a_duty_list_is_climbed(bench: Bench) {
    let people = vec![bench.person("mo2").person().unwrap().clone(), bench.person("su").person().unwrap().clone()];
    let list = DutyList { groups: vec![DutyOrder { group: Group::Su, people }] };
    let provider = bench.provider.clone();
    bench.desk.record_paper(bench.person("ad"), &provider, "", &list, None).await.unwrap();
    file(&bench, true).await;
    assert_eq!(sent(&bench).await, one("mo2", "緊急"));
    assert_eq!(at(&bench, start().plus_minutes(5)).await, one("su", "緊急"));
    assert_eq!(at(&bench, start().plus_minutes(10)).await, one("dh", "緊急"), "the list has nobody left");
    verified(&bench).await;
}
