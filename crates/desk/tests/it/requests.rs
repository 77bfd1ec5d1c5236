//! Requests from filing to closing (R-4.1-1 to R-4.1.1-13, R-5.3-2 to -12; ).

use crate::bench::{Bench, on_both, refusal};
use desk::incident::Done;
use desk::request::{Act, NewRequest, RequestInput};
use domain::catalogue::Catalogue;
use domain::ids::RecordKey;
use domain::paper::Agreement;
use domain::refusal::{Refusal, RefusalKind};
use domain::request::{Pace, State};
use domain::time::MINUTE_MS;

on_both!(
    an_urgent_one_stands_on_the_board_until_somebody_takes_it,
    a_request_goes_from_filing_to_closing,
    every_entry_can_be_filed_by_its_side,
    a_hold_is_shown_and_moves_the_due,
    the_timers_warn_and_name_the_miss,
    what_is_due_is_said_before_anybody_acts,
    the_right_entry_is_missed_by_its_own_due,
    a_request_closes_by_itself,
    nobody_else_sees_or_touches_it,
    the_due_is_told_before_filing,
    a_customer_has_its_own_catalogue,
    a_paid_option_is_an_inquiry_until_it_is_contracted,
    a_named_person_takes_an_arrangement,
    the_development_team_has_it_and_gives_it_back,
    a_part_keeps_the_receipt_of_the_whole,
    a_link_stands_on_both_tickets,
    an_agreed_work_stands_at_its_hours,
);

/// A request to restart a server, as its customer files it.
fn restart() -> NewRequest {
    let fields = [("work", "restart"), ("host", "web01")].map(|(code, value)| (code.to_owned(), value.to_owned()));
    NewRequest { project: "ACME".into(), entry: "server".into(), fields: fields.into(), ..NewRequest::default() }
}

fn question(topic: &str) -> NewRequest {
    let fields = [("topic".to_owned(), topic.to_owned())];
    NewRequest { project: "ACME".into(), entry: "consultation".into(), fields: fields.into(), ..NewRequest::default() }
}

async fn file(bench: &Bench, who: &str, new: &NewRequest) -> RecordKey {
    bench.desk.file_request(bench.person(who), new).await.unwrap().key
}

async fn input(bench: &Bench, key: &RecordKey) -> RequestInput {
    let row = bench.desk.store().tenant(&bench.tenant).request(key).await.unwrap().unwrap();
    RequestInput { version: row.version, text: "本文".into(), reason: "理由".into(), ..RequestInput::default() }
}

async fn try_act(
    bench: &Bench,
    who: &str,
    key: &RecordKey,
    act: Act,
    change: impl FnOnce(&mut RequestInput),
) -> Result<Done, Refusal> {
    let mut input = input(bench, key).await;
    change(&mut input);
    let done = bench.desk.act_on_request(bench.person(who), key, act, &input).await;
    done.map_err(|error| refusal::<()>(Err(error)))
}

async fn act(bench: &Bench, who: &str, key: &RecordKey, act: Act) -> Done {
    try_act(bench, who, key, act, |_| ()).await.unwrap_or_else(|refusal| panic!("{act:?}: {refusal}"))
}

/// Whatever happened is proven by its facts.
async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

/// R-3.3-1: a target stands on the ticket from its receipt.
async fn a_request_goes_from_filing_to_closing(bench: Bench) {
    let key = file(&bench, "ca", &restart()).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!(
        (row.kind.as_str(), row.report.as_str(), row.days),
        ("サーバー起動 / 停止作業", "サーバー起動 / 停止依頼", 1)
    );
    assert_eq!(
        (row.title.as_str(), row.state.as_str(), row.channel.as_str()),
        ("サーバー起動 / 停止作業 再起動 web01", "received", "ticket")
    );
    assert_eq!((row.owed.as_deref(), row.owed_due), (Some("take"), row.due));
    act(&bench, "su", &key, Act::Take).await;
    // The work restarts a server: its plan says so, and both sides approve it first.
    let plan = try_act(&bench, "su", &key, Act::Plan, |_| ()).await.unwrap_err();
    assert_eq!(plan.field(), Some("affects"));
    try_act(&bench, "su", &key, Act::Plan, |it| it.affects = true).await.unwrap();
    assert_eq!(try_act(&bench, "cu", &key, Act::Approve, |_| ()).await.unwrap_err().kind, RefusalKind::Forbidden);
    act(&bench, "dh", &key, Act::Approve).await;
    assert!(try_act(&bench, "su", &key, Act::Begin, |_| ()).await.unwrap_err().ja.contains("お客様の承認"));
    act(&bench, "ca", &key, Act::Approve).await;
    act(&bench, "su", &key, Act::Begin).await;
    assert_eq!(
        try_act(&bench, "su", &key, Act::Complete, |it| it.text = " ".into()).await.unwrap_err().field(),
        Some("text")
    );
    // What affects the service leaves its states, and another person checks it.
    assert!(try_act(&bench, "su", &key, Act::Complete, |_| ()).await.unwrap_err().ja.contains("作業前と作業後"));
    act(&bench, "su", &key, Act::Before).await;
    assert!(try_act(&bench, "mo", &key, Act::Check, |_| ()).await.unwrap_err().ja.contains("作業後の状態"));
    act(&bench, "su", &key, Act::After).await;
    assert!(try_act(&bench, "su", &key, Act::Check, |_| ()).await.unwrap_err().ja.contains("本人"));
    act(&bench, "mo", &key, Act::Check).await;
    act(&bench, "su", &key, Act::Complete).await;
    act(&bench, "cu", &key, Act::GiveBack).await;
    let again = try_act(&bench, "su", &key, Act::Complete, |_| ()).await.unwrap_err();
    assert_eq!(again.kind, RefusalKind::NotNow, "what was given back is checked anew");
    act(&bench, "su", &key, Act::After).await;
    act(&bench, "mo", &key, Act::Check).await;
    act(&bench, "su", &key, Act::Complete).await;
    let done = act(&bench, "cu", &key, Act::Close).await;
    assert_eq!(done.state, State::Closed.code());
    let stale = RequestInput { version: 1, text: "x".into(), ..RequestInput::default() };
    let refused = refusal(bench.desk.act_on_request(bench.person("su"), &key, Act::Complete, &stale).await);
    assert!(matches!(refused.kind, RefusalKind::Stale { .. }));
    // A message fits in every state.
    act(&bench, "cu", &key, Act::Message).await;
    verified(&bench).await;
}

/// R-A1-2, R-4.1.1-1, R-4.3.2-6: each entry is filed by its side; the other side says why; a paid one that is not contracted
/// becomes an inquiry.
async fn every_entry_can_be_filed_by_its_side(bench: Bench) {
    for entry in &Catalogue::shipped().entries {
        let mut new = NewRequest { project: "ACME".into(), entry: entry.code.clone(), ..NewRequest::default() };
        for field in &entry.fields {
            let value = field.options.first().map_or("web01", |choice| choice.code.as_str());
            new.fields.insert(field.code.clone(), value.to_owned());
        }
        for (who, by_customer) in [("cu", true), ("su", false)] {
            let filed = bench.desk.file_request(bench.person(who), &new).await;
            let ordinary = entry.filer.is_ordinary(by_customer);
            match filed {
                Ok(done) => {
                    let store = bench.desk.store().tenant(&bench.tenant);
                    let is_request = store.request(&done.key).await.unwrap().is_some();
                    assert!(ordinary && is_request != entry.class.is_paid(), "{} by {who}", entry.code);
                }
                Err(error) => {
                    let refused = refusal::<()>(Err(error));
                    assert_eq!(refused.field() == Some("reason"), !ordinary, "{} by {who}: {refused}", entry.code);
                    assert!(!ordinary, "{} by {who}: {refused}", entry.code);
                }
            }
        }
    }
    let absent = NewRequest { entry: "teleport".into(), ..restart() };
    assert_eq!(refusal(bench.desk.file_request(bench.person("cu"), &absent).await).field(), Some("entry"));
    let missing = NewRequest { fields: [("host".to_owned(), "web01".to_owned())].into(), ..restart() };
    assert_eq!(refusal(bench.desk.file_request(bench.person("cu"), &missing).await).field(), Some("work"));
    // R-4.1.2-*: by telephone staff files what customers file, with the caller's name.
    let by_phone = NewRequest { caller: "山田".into(), ..restart() };
    let key = file(&bench, "mo", &by_phone).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!((row.channel.as_str(), row.title.contains("山田")), ("telephone", true));
    verified(&bench).await;
}

async fn a_hold_is_shown_and_moves_the_due(bench: Bench) {
    let key = file(&bench, "cu", &question("容量の見直し")).await;
    let filed = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    act(&bench, "su", &key, Act::Take).await;
    act(&bench, "su", &key, Act::Ask).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!((row.awaiting.as_deref(), row.owed.as_deref()), (Some("answer"), Some("customer")));
    assert!(try_act(&bench, "su", &key, Act::Ask, |_| ()).await.unwrap_err().ja.contains("待っている質問"));
    bench.clock.set(filed.due.unwrap().plus_ms(-24 * 60 * MINUTE_MS));
    act(&bench, "cu", &key, Act::Answer).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert!(row.held > 0 && row.due > filed.due && row.raw_due == filed.due, "{row:?}");
    verified(&bench).await;
}

/// each warning once, the miss by itself; the customer is told, and the request is not closed without a word on why.
async fn the_timers_warn_and_name_the_miss(bench: Bench) {
    let key = file(&bench, "cu", &question("証明書")).await;
    let due = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap().due.unwrap();
    while let Some(next) = bench.desk.next_timer().await.unwrap().filter(|next| *next <= due.plus_ms(1)) {
        bench.clock.set(next);
        bench.desk.fire_due().await.unwrap();
    }
    let facts = bench.desk.store().tenant(&bench.tenant).record_facts(&key).await.unwrap();
    let said: Vec<String> = facts
        .iter()
        .map(|fact| serde_json::to_value(&fact.body).unwrap())
        .map(|body| {
            let timer = body["body"]["timer"].as_str().map(|timer| format!(":{timer}")).unwrap_or_default();
            format!("{}{timer}", body["kind"].as_str().unwrap())
        })
        .filter(|kind| !kind.starts_with("message") && !kind.starts_with("request.paged"))
        .collect();
    assert_eq!(
        said,
        [
            "request.filed",
            "request.reminded:silent",
            "request.reminded:eve",
            "request.reminded:morning",
            "request.reminded:not_taken",
            "request.reminded:afternoon",
            "request.due_passed",
        ]
    );
    act(&bench, "su", &key, Act::Take).await;
    act(&bench, "su", &key, Act::Plan).await;
    act(&bench, "su", &key, Act::Begin).await;
    act(&bench, "su", &key, Act::Complete).await;
    assert!(try_act(&bench, "cu", &key, Act::Close, |_| ()).await.unwrap_err().ja.contains("期限を過ぎて"));
    act(&bench, "su", &key, Act::Explain).await;
    act(&bench, "cu", &key, Act::Close).await;
    verified(&bench).await;
}

/// What the facts of a request say, without mails.
async fn kinds(bench: &Bench, key: &RecordKey) -> Vec<String> {
    let facts = bench.desk.store().tenant(&bench.tenant).record_facts(key).await.unwrap();
    let kinds = facts.iter().map(|fact| serde_json::to_value(&fact.body).unwrap());
    let kinds = kinds.map(|body| body["kind"].as_str().unwrap().to_owned());
    kinds.filter(|kind| !kind.starts_with("message") && kind != "request.paged").collect()
}

/// whoever acts between the instant of a warning and its firing loses none of them.
async fn what_is_due_is_said_before_anybody_acts(bench: Bench) {
    let key = file(&bench, "cu", &question("証明書")).await;
    let due = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap().due.unwrap();
    bench.clock.set(due.plus_ms(1));
    act(&bench, "su", &key, Act::Take).await;
    let mut expected = vec!["request.filed"];
    expected.extend(["request.reminded"; 5]);
    expected.extend(["request.due_passed", "request.taken"]);
    assert_eq!(kinds(&bench, &key).await, expected);
    bench.desk.fire_due().await.unwrap();
    assert_eq!(kinds(&bench, &key).await, expected, "none is said twice");
    verified(&bench).await;
}

/// Q-17, R-5.3-12: the miss of the wrong entry is none; that of the right one is named though its due lies before the other.
async fn the_right_entry_is_missed_by_its_own_due(bench: Bench) {
    let key = file(&bench, "cu", &question("証明書")).await;
    let row = async || bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    let wrong = row().await.due.unwrap();
    bench.clock.set(wrong.plus_ms(1));
    bench.desk.fire_due().await.unwrap();
    assert_eq!(row().await.breached, 1);
    let done = try_act(&bench, "su", &key, Act::Reclassify, |input| input.entry = "account".into()).await;
    done.unwrap();
    let right = row().await;
    assert!(right.breached == 0 && right.due.unwrap() < wrong, "{right:?}");
    bench.desk.fire_due().await.unwrap();
    assert_eq!((row().await.breached, row().await.owed.as_deref()), (1, Some("explain")));
    verified(&bench).await;
}

async fn a_request_closes_by_itself(bench: Bench) {
    let key = file(&bench, "cu", &question("ログの保管")).await;
    for step in [Act::Take, Act::Plan, Act::Begin, Act::Complete] {
        act(&bench, "su", &key, step).await;
    }
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    bench.clock.set(row.owed_due.unwrap().plus_ms(-1));
    bench.desk.fire_due().await.unwrap();
    let state = async || bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap().state;
    assert_eq!(state().await, "completed");
    bench.clock.set(row.owed_due.unwrap());
    bench.desk.fire_due().await.unwrap();
    assert_eq!(state().await, "closed");
    verified(&bench).await;
}

async fn nobody_else_sees_or_touches_it(bench: Bench) {
    let key = file(&bench, "cu", &restart()).await;
    let foreign = bench.person("foreign");
    let absent = RecordKey::new("ACME-99");
    assert_eq!(
        refusal(bench.desk.request(foreign, &key).await.map(|_| ())),
        refusal(bench.desk.request(foreign, &absent).await.map(|_| ()))
    );
    for verb in Act::ALL {
        let input = input(&bench, &key).await;
        let refused = refusal(bench.desk.act_on_request(foreign, &key, verb, &input).await);
        assert_eq!(refused.kind, RefusalKind::NotFound, "{verb:?}");
        let reading = refusal(bench.desk.act_on_request(bench.person("au"), &key, verb, &input).await);
        assert_eq!(reading.kind, RefusalKind::Forbidden, "an auditor writes nothing: {verb:?}");
    }
    act(&bench, "su", &key, Act::Note).await;
    act(&bench, "su", &key, Act::Take).await;
    let seen = bench.desk.request(bench.person("cu"), &key).await.unwrap();
    assert!(seen.request.messages.is_empty(), "notes are ours");
    assert!(!seen.people.values().any(|name| name == "su"), "the customer reads that the desk acted, not who");
    assert_eq!(bench.desk.request(bench.person("mo"), &key).await.unwrap().request.messages.len(), 1);
    // To the routes of an incident a request is none.
    assert_eq!(refusal(bench.desk.incident(bench.person("mo"), &key).await.map(|_| ())).kind, RefusalKind::NotFound);
}

/// R-4.1.1-8, -12: the form shows N and the due with each day's reason, and refuses a wished day that is too early for 中.
async fn the_due_is_told_before_filing(bench: Bench) {
    let promise = bench.desk.due_if_filed(bench.person("cu"), "ACME", "consultation", Pace::Middle).await.unwrap();
    let numbers: Vec<Option<u16>> = promise.days.iter().map(|day| day.number).collect();
    assert_eq!(numbers.first(), Some(&None), "the day of receipt is day 0");
    assert_eq!(numbers.iter().flatten().count(), 5);
    let key = file(&bench, "cu", &question("x")).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!(row.due, promise.due);
    let early = NewRequest { wished: Some(promise.days[1].date), ..question("x") };
    assert_eq!(refusal(bench.desk.file_request(bench.person("cu"), &early).await).field(), Some("wished"));
    let sooner = NewRequest { pace: Some(Pace::High), ..early };
    let key = file(&bench, "cu", &sooner).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!(row.due, promise.due, "a wish moves no target");
    let undated = NewRequest { pace: Some(Pace::Low), ..question("x") };
    let key = file(&bench, "cu", &undated).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!((row.due, row.standard_due), (None, None));
    assert!(bench.desk.due_if_filed(bench.person("foreign"), "ACME", "server", Pace::Middle).await.is_err());
}

async fn a_customer_has_its_own_catalogue(bench: Bench) {
    let mut own = Catalogue::default();
    own.entries.iter_mut().find(|entry| entry.code == "consultation").unwrap().days = Some(3);
    let dh = bench.person("dh");
    bench.desk.record_paper(dh, &bench.tenant, "", &own, None).await.unwrap();
    let key = file(&bench, "cu", &question("x")).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!(row.days, 3);
    own.entries[0].report = "ない行".into();
    assert_eq!(refusal(bench.desk.record_paper(dh, &bench.tenant, "", &own, None).await).field(), Some("entry"));
    verified(&bench).await;
}

/// R-3.3.1-3, C-12: the monitoring centre sees an urgent request at once, whatever the hour, until somebody holds it.
async fn an_urgent_one_stands_on_the_board_until_somebody_takes_it(bench: Bench) {
    let urgent = async |who: &str| {
        let listed = bench.desk.urgent_requests(bench.person(who)).await.unwrap();
        listed.into_iter().map(|it| it.row.key).collect::<Vec<_>>()
    };
    file(&bench, "cu", &question("急がない")).await;
    let key = file(&bench, "cu", &NewRequest { urgent: true, ..question("急ぎ") }).await;
    assert_eq!(urgent("mo").await, std::slice::from_ref(&key));
    assert!(urgent("cu").await.is_empty() && urgent("foreign").await.is_empty(), "customers have no board");
    act(&bench, "su", &key, Act::Take).await;
    assert!(urgent("mo").await.is_empty());
}

/// R-4.3.2-6: a customer without the option gets an inquiry and no clock; with it, a request.
async fn a_paid_option_is_an_inquiry_until_it_is_contracted(bench: Bench) {
    let fields = [("content".to_owned(), "四半期の振り返り".to_owned())];
    let meeting =
        NewRequest { project: "ACME".into(), entry: "meeting".into(), fields: fields.into(), ..NewRequest::default() };
    let promise = bench.desk.due_if_filed(bench.person("cu"), "ACME", "meeting", Pace::Middle).await.unwrap();
    assert!(promise.lead && promise.due.is_none());
    let key = file(&bench, "cu", &meeting).await;
    let view = bench.desk.record(bench.person("rm"), &key).await.unwrap();
    assert_eq!((view.process.code.as_str(), view.title.as_str()), ("lead", "定例会の実施"));
    assert!(view.happened[0].fields.iter().any(|(_, value)| value.contains("四半期の振り返り")));
    assert!(bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().is_none(), "it has no clock");
    let agreement = Agreement { options: vec!["meeting".into()], signatory: "佐藤".into(), ..Agreement::default() };
    bench.desk.record_paper(bench.person("dh"), &bench.tenant, "", &agreement, None).await.unwrap();
    let promise = bench.desk.due_if_filed(bench.person("cu"), "ACME", "meeting", Pace::Middle).await.unwrap();
    assert!(!promise.lead && promise.due.is_some());
    let key = file(&bench, "cu", &meeting).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!((row.class.as_str(), row.due), ("advanced", promise.due));
    verified(&bench).await;
}

/// R-4.1.1-2, -3: 担当者 is MSP, the group, unless a person is named by an arrangement; all of the desk see it either way.
async fn a_named_person_takes_an_arrangement(bench: Bench) {
    for group in ["", "MSP", " msp "] {
        let key = file(&bench, "cu", &NewRequest { assignee: group.into(), ..restart() }).await;
        let view = bench.desk.request(bench.person("su"), &key).await.unwrap();
        assert_eq!(view.request.meant_for, None, "{group:?}");
    }
    let named = NewRequest { assignee: "鈴木".into(), ..restart() };
    let refused = refusal(bench.desk.file_request(bench.person("cu"), &named).await);
    assert_eq!(refused.field(), Some("arrangement"));
    let key = file(&bench, "cu", &NewRequest { arrangement: "4月の定例会".into(), ..named }).await;
    let view = bench.desk.request(bench.person("cu"), &key).await.unwrap();
    let (name, arranged) = view.request.meant_for.unwrap();
    assert_eq!((view.texts[&name].as_str(), view.texts[&arranged.unwrap()].as_str()), ("鈴木", "4月の定例会"));
    let owed = bench.desk.requests_owed(bench.person("mo"), 10).await.unwrap();
    assert!(owed.iter().any(|it| it.row.key == key), "it stands in everybody's queue");
    verified(&bench).await;
}

/// R-3.1-2: handed to an internal group and back; the customer sees no break, and the due stays.
async fn the_development_team_has_it_and_gives_it_back(bench: Bench) {
    let key = file(&bench, "cu", &question("脆弱性の調査")).await;
    assert_eq!(try_act(&bench, "su", &key, Act::Hand, |_| ()).await.unwrap_err().kind, RefusalKind::NotNow);
    act(&bench, "su", &key, Act::Take).await;
    let due = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap().due;
    assert_eq!(try_act(&bench, "su", &key, Act::HandBack, |_| ()).await.unwrap_err().kind, RefusalKind::NotNow);
    act(&bench, "su", &key, Act::Hand).await;
    assert_eq!(try_act(&bench, "su", &key, Act::Hand, |_| ()).await.unwrap_err().kind, RefusalKind::NotNow);
    let seen = bench.desk.request(bench.person("cu"), &key).await.unwrap();
    assert_eq!((seen.facts.len(), seen.request.handed.len()), (2, 0), "filed and taken, no more");
    assert!(bench.desk.request(bench.person("dh"), &key).await.unwrap().request.is_handed());
    act(&bench, "su", &key, Act::HandBack).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!((row.due, row.state.as_str()), (due, "reviewing"));
    verified(&bench).await;
}

/// What both sides agreed to stands at its hours until it is completed, and who has it is known in the list.
async fn an_agreed_work_stands_at_its_hours(bench: Bench) {
    let key = file(&bench, "cu", &restart()).await;
    act(&bench, "su", &key, Act::Take).await;
    let listed = async || {
        let mut rows = bench.desk.requests_owed(bench.person("su"), 9).await.unwrap();
        rows.remove(0).row
    };
    let (from, to) = (bench.clock.now().plus_minutes(120), bench.clock.now().plus_minutes(240));
    let offer = |it: &mut RequestInput| (it.from, it.to) = (Some(from), Some(to));
    try_act(&bench, "su", &key, Act::Offer, offer).await.unwrap();
    assert_eq!(listed().await.work_from, None, "offered only");
    try_act(&bench, "ca", &key, Act::Reply, |it| it.agreed = true).await.unwrap();
    let row = listed().await;
    assert_eq!((row.work_from, row.work_to, row.handed), (Some(from), Some(to), 0));
    act(&bench, "su", &key, Act::Hand).await;
    assert_eq!(listed().await.handed, 1);
    // The team itself returns it.
    act(&bench, "dv", &key, Act::HandBack).await;
    act(&bench, "cu", &key, Act::Cancel).await;
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!((row.work_from, row.work_to, row.handed), (None, None, 0));
    verified(&bench).await;
}

/// several works in one ticket are split, each part keeps the instant of the receipt.
async fn a_part_keeps_the_receipt_of_the_whole(bench: Bench) {
    let key = file(&bench, "cu", &question("容量と再起動")).await;
    let whole = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    bench.clock.set(whole.received.plus_minutes(60));
    act(&bench, "su", &key, Act::Take).await;
    assert_eq!(try_act(&bench, "su", &key, Act::Split, |_| ()).await.unwrap_err().field(), Some("entry"));
    let empty = |it: &mut RequestInput| (it.entry, it.text) = ("server".into(), String::new());
    assert_eq!(try_act(&bench, "su", &key, Act::Split, empty).await.unwrap_err().field(), Some("text"));
    let done = try_act(&bench, "su", &key, Act::Split, |it| it.entry = "server".into()).await.unwrap();
    let part = bench.desk.request(bench.person("ca"), &done.key).await.unwrap();
    assert_eq!((part.request.received, part.request.filing.days), (whole.received, 1));
    assert_eq!(part.request.split_from.as_ref(), Some(&key));
    assert!(part.clock.unwrap().due < whole.due, "one business day from the receipt");
    let seen = bench.desk.request(bench.person("ca"), &key).await.unwrap();
    assert_eq!(seen.request.parts.iter().map(|it| &it.what).collect::<Vec<_>>(), [&done.key]);
    let told = bench.messages(&done.key).await;
    assert!(told.iter().any(|(row, _)| row.class == "notice"), "the customer is told of the part and its due");
    verified(&bench).await;
}

/// A link stands on both tickets, among ourselves, once; nothing of another customer can be named.
async fn a_link_stands_on_both_tickets(bench: Bench) {
    let (one, two) = (file(&bench, "cu", &question("一")).await, file(&bench, "cu", &question("二")).await);
    let incident = bench.alert().await;
    let link = async |to: &str| {
        let to = to.to_owned();
        try_act(&bench, "su", &one, Act::Link, |it| it.record = to).await
    };
    for nothing in ["", "ACME-999", "OTHER-1", one.as_str()] {
        assert_eq!(link(nothing).await.unwrap_err().field(), Some("record"), "{nothing:?}");
    }
    link(two.as_str()).await.unwrap();
    assert_eq!(link(two.as_str()).await.unwrap_err().field(), Some("record"), "linked already");
    link(incident.as_str()).await.unwrap();
    let links = async |who: &str, key: &RecordKey| {
        let view = bench.desk.request(bench.person(who), key).await.unwrap();
        view.request.links.iter().map(|it| it.what.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(links("su", &one).await, [two.to_string(), incident.to_string()]);
    assert_eq!(links("su", &two).await, [one.to_string()]);
    assert!(links("cu", &two).await.is_empty());
    verified(&bench).await;
}
