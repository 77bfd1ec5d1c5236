//! Mail that comes back: what joins a ticket and what is kept for people (F41).

use crate::bench::{Bench, on_both, refusal};
use desk::incident::Payload;
use desk::record::NewRecord;
use desk::request::{Act, NewRequest, RequestInput};
use desk::{Arrived, Desk, KeptMail, MailAttachment, MailDrop, Taken};
use domain::access::Actor;
use domain::fact::{Body, Fact};
use domain::ids::{RecordKey, TenantId};
use domain::mail_in::{KEPT_BYTES, KeptLately, NoRoom, Signs, Why};
use domain::refusal::RefusalKind;

on_both!(
    a_reply_to_our_mail_is_the_customers_message,
    a_contact_without_an_account_answers_an_incident,
    a_record_of_a_file_takes_it_by_its_message,
    the_same_mail_is_one_message,
    two_mails_of_one_identifier_are_two,
    what_is_kept_has_an_end_and_what_joins_has_none,
    no_mail_of_the_corpus_joins_a_ticket,
    an_address_ends_with_its_days_and_its_owner,
    staff_puts_a_kept_mail_on_a_ticket_or_drops_it,
    only_the_providers_staff_reads_what_was_kept,
    a_changed_row_of_a_mail_is_found,
    without_a_domain_our_mails_keep_their_headers,
);

const DOMAIN: &str = "reply.example.jp";

fn receiving(bench: &Bench) -> Desk {
    bench.desk.clone().receiving_mail(DOMAIN)
}

async fn verified(bench: &Bench) {
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    desk::verify(bench.desk.store(), &asked).await.unwrap();
}

/// A mail of somebody, as a person writes it.
fn mail(id: &str, from: &str, to: &str) -> Arrived {
    Arrived {
        recipients: vec![to.to_owned()],
        is_readable: true,
        signs: Signs {
            return_path: from.to_owned(),
            message_id: Some(format!("{id}@acme.example.jp")),
            ..Signs::default()
        },
        from: vec![("差出人".to_owned(), from.to_owned())],
        subject: "Re: [ACME-1] 【受付のお知らせ】".to_owned(),
        text: "承知しました。\r\n\r\n> ご依頼を受け付けました。\r\n".to_owned(),
        raw: format!("From: {from}\r\n\r\n承知しました。").into_bytes(),
        ..Arrived::default()
    }
}

/// A request of the customer's person, and where its receipt asks to be answered.
async fn request(bench: &Bench, desk: &Desk) -> (RecordKey, String) {
    let fields = [("topic".to_owned(), "構成について".to_owned())].into();
    let new = NewRequest { project: "ACME".into(), entry: "consultation".into(), fields, ..NewRequest::default() };
    let key = desk.file_request(bench.person("cu"), &new).await.unwrap().key;
    let (_, payload) = bench.messages(&key).await.pop().unwrap();
    let Payload::Mail(letter) = payload else { panic!("{payload:?}") };
    assert_eq!(letter.to, "cu@example.jp");
    (key, letter.reply_to.unwrap())
}

async fn facts(bench: &Bench, key: &RecordKey) -> Vec<Fact> {
    bench.desk.store().tenant(&bench.tenant).record_facts(key).await.unwrap()
}

async fn text(bench: &Bench, id: &domain::ids::BlobId) -> String {
    bench.desk.store().tenant(&bench.tenant).blob_text(id).await.unwrap().unwrap()
}

async fn kept(bench: &Bench) -> Vec<KeptMail> {
    bench.desk.kept_mails(bench.person("mo")).await.unwrap()
}

async fn head(bench: &Bench, tenant: &TenantId) -> u64 {
    bench.desk.store().tenant(tenant).head().await.unwrap().unwrap().seq
}

async fn a_reply_to_our_mail_is_the_customers_message(bench: Bench) {
    let desk = receiving(&bench);
    let (key, address) = request(&bench, &desk).await;
    // A question waits: the reply is a message and never the answer, which only a person gives on the portal.
    for act in [Act::Take, Act::Ask] {
        let version = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap().version;
        let input = RequestInput { version, text: "どの構成ですか。".into(), ..RequestInput::default() };
        desk.act_on_request(bench.person("su"), &key, act, &input).await.unwrap();
    }

    let mut mail = mail("1", "CU@Example.jp", &address);
    mail.attachments = vec![("構成図.pdf".into(), 120_000)];
    let taken = desk.take_mail(&mail).await.unwrap();
    assert_eq!(taken, Taken { joined: vec![key.clone()], ..Taken::default() });
    let facts = facts(&bench, &key).await;
    let [came, said] = &facts[facts.len() - 2..] else { panic!() };
    let Body::MailJoined { from, raw, .. } = &came.body else { panic!("{came:?}") };
    let Body::RequestMessaged { text: words, from_customer: true } = &said.body else { panic!("{said:?}") };
    assert_eq!(text(&bench, words).await, "承知しました。\n\n添付ファイル (元のメールに保存):\n- 構成図.pdf (118 KB)");
    assert_eq!(text(&bench, from).await, "差出人 <CU@Example.jp>");
    assert_eq!(text(&bench, raw).await.as_bytes(), mail.raw, "the raw mail is kept whole");
    assert!(matches!(said.actor, Actor::Person { .. }), "{said:?}");
    let row = bench.desk.store().tenant(&bench.tenant).request(&key).await.unwrap().unwrap();
    assert_eq!(row.awaiting.as_deref(), Some("answer"), "the question still waits");
    assert!(kept(&bench).await.is_empty());
    verified(&bench).await;
}

async fn a_contact_without_an_account_answers_an_incident(bench: Bench) {
    let desk = receiving(&bench);
    let key = bench.alert().await;
    let address = desk.reply_to(&bench.tenant, &key, "owner@acme.example.jp", bench.desk.now().await.unwrap());
    let mail = mail("1", "owner@acme.example.jp", &address.unwrap());
    let taken = desk.take_mail(&mail).await.unwrap();
    assert_eq!(taken.kept, Some(Why::Refused), "nothing was published yet");
    bench.take(&key).await;
    bench.check(&key).await;
    let judgement = bench.judgement(&key, true).await;
    desk.judge(bench.person("mo"), &key, &judgement).await.unwrap();
    let letters: Vec<_> = bench.messages(&key).await.into_iter().map(|(_, payload)| payload).collect();
    let owners = letters.iter().find_map(|payload| match payload {
        Payload::Mail(letter) if letter.to == "owner@acme.example.jp" => letter.reply_to.clone(),
        _ => None,
    });
    let mail = Arrived { recipients: vec![owners.unwrap()], ..mail };
    assert_eq!(desk.take_mail(&mail).await.unwrap().joined, std::slice::from_ref(&key));
    let incident = bench.desk.incident(bench.person("mo"), &key).await.unwrap().incident;
    let (words, from_customer) = &incident.messages.last().unwrap().what;
    assert!(from_customer);
    assert_eq!(text(&bench, words).await, "承知しました。");
    verified(&bench).await;
}

async fn a_record_of_a_file_takes_it_by_its_message(bench: Bench) {
    let desk = receiving(&bench);
    let fields = [("title", "連絡が遅い"), ("text", "2時の連絡が3時だった。")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let new = NewRecord { project: "ACME".into(), process: "complaint".into(), fields };
    let key = desk.open_record(bench.person("cu"), &new).await.unwrap().key;
    let before = bench.messages(&key).await;
    let Payload::Mail(letter) = &before.last().unwrap().1 else { panic!() };
    let taken = desk.take_mail(&mail("1", "cu@example.jp", letter.reply_to.as_deref().unwrap())).await.unwrap();
    assert_eq!(taken.joined, std::slice::from_ref(&key));
    let facts = facts(&bench, &key).await;
    let Body::RecordActed(acted) = &facts.last().unwrap().body else { panic!() };
    assert_eq!(acted.verb, "message");
    assert!(text(&bench, acted.fields.as_ref().unwrap()).await.contains("承知しました。"));
    assert_eq!(bench.messages(&key).await.len(), before.len(), "nobody is mailed their own words");
    verified(&bench).await;
}

async fn the_same_mail_is_one_message(bench: Bench) {
    let desk = receiving(&bench);
    let ((key, address), (other, second)) = (request(&bench, &desk).await, request(&bench, &desk).await);
    let mut mail = mail("1", "cu@example.jp", &address);
    // To the same address twice, and to another ticket of the customer as well.
    mail.recipients.extend([address.to_uppercase(), second]);
    assert_eq!(desk.take_mail(&mail).await.unwrap().joined, [key.clone(), other.clone()]);
    let heads = (head(&bench, &bench.tenant).await, head(&bench, &bench.provider).await);
    mail.raw.extend_from_slice(b"\r\nReceived: again");
    assert_eq!(desk.take_mail(&mail).await.unwrap().joined, [key, other]);
    let stranger = self::mail("2", "x@evil.example", &address);
    assert_eq!(desk.take_mail(&stranger).await.unwrap().kept, Some(Why::WrongTag));
    assert_eq!(desk.take_mail(&stranger).await.unwrap().kept, Some(Why::WrongTag));
    assert_eq!(kept(&bench).await.len(), 1);
    assert_eq!((head(&bench, &bench.tenant).await, head(&bench, &bench.provider).await), (heads.0, heads.1 + 1));
    verified(&bench).await;
}

/// Machines give all their mails one identifier; none of them is lost for that.
async fn two_mails_of_one_identifier_are_two(bench: Bench) {
    let desk = receiving(&bench);
    let (key, address) = request(&bench, &desk).await;
    let first = mail("1", "cu@example.jp", &address);
    let second = Arrived { text: "やはり明日でお願いします。".into(), ..first.clone() };
    for mail in [&first, &second, &first] {
        assert_eq!(desk.take_mail(mail).await.unwrap().joined, std::slice::from_ref(&key));
    }
    let facts = facts(&bench, &key).await;
    assert_eq!(facts.iter().filter(|fact| matches!(fact.body, Body::RequestMessaged { .. })).count(), 2);
    for mail in [first, second] {
        let stranger = Arrived { recipients: vec![format!("desk@{DOMAIN}")], ..mail };
        assert_eq!(desk.take_mail(&stranger).await.unwrap().kept, Some(Why::NoTag));
    }
    assert_eq!(kept(&bench).await.len(), 2);
}

/// A flood of strangers ends, others still reach the people, and whoever is known reaches their ticket.
async fn what_is_kept_has_an_end_and_what_joins_has_none(bench: Bench) {
    let desk = receiving(&bench);
    let (key, address) = request(&bench, &desk).await;
    let flood = |id: usize| mail(&format!("flood.{id}"), "flood@evil.example", &format!("desk@{DOMAIN}"));
    let refused = |no_room: NoRoom| Taken { refused: Some(no_room), ..Taken::default() };
    for id in 0..50 {
        assert_eq!(desk.take_mail(&flood(id)).await.unwrap().kept, Some(Why::NoTag));
    }
    let before = head(&bench, &bench.provider).await;
    assert_eq!(desk.take_mail(&flood(50)).await.unwrap(), refused(NoRoom::OfSender));
    let large = |to: &str| Arrived {
        raw: vec![b'x'; usize::try_from(KEPT_BYTES).unwrap() + 1],
        ..mail("large", "cu@example.jp", to)
    };
    assert_eq!(desk.take_mail(&large(&format!("desk@{DOMAIN}"))).await.unwrap(), refused(NoRoom::TooLarge));
    assert_eq!(head(&bench, &bench.provider).await, before, "what was refused is nowhere");
    assert_eq!(desk.take_mail(&flood(0)).await.unwrap().kept, Some(Why::NoTag), "what is there already is taken");
    let other = mail("other", "other@evil.example", &format!("desk@{DOMAIN}"));
    assert_eq!(desk.take_mail(&other).await.unwrap().kept, Some(Why::NoTag));
    assert_eq!(desk.take_mail(&large(&address)).await.unwrap().joined, std::slice::from_ref(&key));
    let counted = bench.desk.store().tenant(&bench.provider);
    let now = bench.desk.now().await.unwrap();
    let lately = counted.kept_since(now.plus_minutes(-1), "差出人 <flood@evil.example>").await.unwrap();
    let bytes = 50 * flood(0).raw.len() as u64 + other.raw.len() as u64;
    assert_eq!(lately, KeptLately { mails: 51, bytes, of_sender: 50 });
    // A day later it begins anew.
    bench.at(25 * 60);
    assert_eq!(desk.take_mail(&flood(51)).await.unwrap().kept, Some(Why::NoTag));
    verified(&bench).await;
}

/// What makes a mail of the corpus out of a good one.
type Put<'a> = Box<dyn Fn(&mut Arrived) + 'a>;

fn put<'a>(change: impl Fn(&mut Arrived) + 'a) -> Put<'a> {
    Box::new(change)
}

/// F41: 0 joins, 0 people made, all kept, nothing answered.
async fn no_mail_of_the_corpus_joins_a_ticket(bench: Bench) {
    let desk = receiving(&bench);
    let (key, address) = request(&bench, &desk).await;
    let now = bench.desk.now().await.unwrap();
    let (local, tag) = address.split_once('@').unwrap().0.split_at(address.find('.').unwrap() + 5);
    let cu = "cu@example.jp";
    let of = |tenant: &TenantId, key: &RecordKey, to: &str| desk.reply_to(tenant, key, to, now).unwrap();
    let to = |address: String| -> Put<'_> { put(move |it| it.recipients = vec![address.clone()]) };
    let from = |writer: &'static str| -> Put<'_> { put(move |it| it.from[0].1 = writer.to_owned()) };
    let sign = |change: fn(&mut Arrived)| -> Put<'_> { put(change) };
    let later = desk.reply_to(&bench.tenant, &key, cu, now.plus_minutes(3 * 24 * 60)).unwrap();
    let corpus: Vec<(&str, Why, Put<'_>)> = vec![
        ("spoofed: another writer with a stolen address", Why::WrongTag, from("thief@evil.example")),
        ("a colleague who was given a copy", Why::WrongTag, from("ca@example.jp")),
        ("a contact who was given a copy", Why::WrongTag, from("owner@acme.example.jp")),
        ("lookalike domain", Why::WrongTag, from("cu@examp1e.jp")),
        ("lookalike letter", Why::WrongTag, from("сu@example.jp")),
        (
            "a display name that is an address",
            Why::WrongTag,
            put(|it| {
                it.from = vec![(cu.to_owned(), "thief@evil.example".to_owned())];
            }),
        ),
        ("spoofed From without a tag", Why::NoTag, to(format!("desk@{DOMAIN}"))),
        (
            "forged In-Reply-To",
            Why::NoTag,
            put(|it| {
                it.recipients = vec![format!("desk@{DOMAIN}")];
                it.follows = vec![format!("{key}.0.{}@desk.example.jp", bench.tenant).to_lowercase()];
            }),
        ),
        ("a tag cut short", Why::NoTag, to(format!("{local}{}@{DOMAIN}", &tag[1..]))),
        ("a made-up tag", Why::WrongTag, to(format!("{local}{}@{DOMAIN}", "a".repeat(20)))),
        ("the day moved", Why::WrongTag, to(address.replacen(&local[local.len() - 4..], "ffff", 1))),
        ("a tag of tomorrow's clock", Why::Expired, to(later)),
        ("a tag of another ticket", Why::WrongTag, to(address.replace(&key.to_string().to_lowercase(), "acme-2"))),
        ("a ticket of nobody", Why::WrongTag, to(of(&bench.tenant, &RecordKey::new("NONE-1"), cu))),
        ("another tenant's tag", Why::WrongTag, to(of(&bench.other, &key, cu))),
        ("a tag of the other tenant's ticket", Why::Stranger, to(of(&bench.other, &RecordKey::new("OTHER-1"), cu))),
        (
            "staff of the provider",
            Why::Stranger,
            put(|it| {
                it.recipients = vec![of(&bench.tenant, &key, "mo@example.jp")];
                it.from[0].1 = "mo@example.jp".to_owned();
            }),
        ),
        (
            "another customer's person",
            Why::Stranger,
            put(|it| {
                it.recipients = vec![of(&bench.tenant, &key, "foreign@example.jp")];
                it.from[0].1 = "foreign@example.jp".to_owned();
            }),
        ),
        ("a ticket that is not there", Why::Refused, to(of(&bench.tenant, &RecordKey::new("ACME-99"), cu))),
        ("two writers", Why::Sender, sign(|it| it.from.push((String::new(), "thief@evil.example".to_owned())))),
        ("no writer", Why::Sender, sign(|it| it.from.clear())),
        ("DMARC failed", Why::Forged, sign(|it| it.is_forged = true)),
        ("out of office", Why::Automatic, sign(|it| it.signs.auto_submitted = Some("auto-replied".to_owned()))),
        ("a list", Why::Automatic, sign(|it| it.signs.is_listed = true)),
        ("bulk", Why::Automatic, sign(|it| it.signs.precedence = Some("bulk".to_owned()))),
        ("a bounce", Why::Automatic, sign(|it| it.signs.return_path.clear())),
        (
            "our own mail in a loop",
            Why::Automatic,
            sign(|it| {
                it.signs.message_id = Some("acme-1.0.x@desk.example.jp".to_owned());
            }),
        ),
        ("no mail at all", Why::Unreadable, sign(|it| it.is_readable = false)),
    ];
    let before = (head(&bench, &bench.tenant).await, head(&bench, &bench.other).await);
    let queued = bench.messages(&key).await.len();
    let people = bench.desk.store().system().people_count().await.unwrap();
    for (place, (name, why, change)) in corpus.iter().enumerate() {
        let mut it = mail(&format!("f41.{place}"), cu, &address);
        change(&mut it);
        let taken = desk.take_mail(&it).await.unwrap();
        assert_eq!(taken, Taken { kept: Some(*why), ..Taken::default() }, "{name}");
    }
    assert_eq!((head(&bench, &bench.tenant).await, head(&bench, &bench.other).await), before, "0 joins");
    assert_eq!(bench.desk.store().system().people_count().await.unwrap(), people, "0 people made");
    assert_eq!(bench.messages(&key).await.len(), queued, "nothing is answered");
    let listed = kept(&bench).await;
    // The loop has an identifier of its own; all the others are told apart by theirs.
    assert_eq!(listed.len(), corpus.len(), "all kept");
    let forged = listed.iter().find(|it| it.why == Why::NoTag && it.guess.is_some()).unwrap();
    assert_eq!((forged.guess.as_ref().map(RecordKey::as_str), forged.settled), (Some("ACME-1"), None));
    verified(&bench).await;
}

async fn an_address_ends_with_its_days_and_its_owner(bench: Bench) {
    let desk = receiving(&bench);
    let (key, address) = request(&bench, &desk).await;
    bench.at(90 * 24 * 60);
    assert_eq!(desk.take_mail(&mail("1", "cu@example.jp", &address)).await.unwrap().joined, std::slice::from_ref(&key));
    bench.at(91 * 24 * 60);
    assert_eq!(desk.take_mail(&mail("2", "cu@example.jp", &address)).await.unwrap().kept, Some(Why::Expired));
    // A contact who left the plan writes no more, however new the address is.
    let now = bench.desk.now().await.unwrap();
    let office = desk.reply_to(&bench.tenant, &key, "office@acme.example.jp", now).unwrap();
    let by_office = |id: &str| mail(id, "office@acme.example.jp", &office);
    assert_eq!(desk.take_mail(&by_office("3")).await.unwrap().joined, [key]);
    let mut plan = crate::bench::plan();
    plan.contacts.truncate(1);
    desk.record_paper(&crate::bench::console(), &bench.tenant, "ACME", &plan, None).await.unwrap();
    assert_eq!(desk.take_mail(&by_office("4")).await.unwrap().kept, Some(Why::Stranger));
}

async fn staff_puts_a_kept_mail_on_a_ticket_or_drops_it(bench: Bench) {
    let desk = receiving(&bench);
    let (key, _) = request(&bench, &desk).await;
    for id in ["1", "2"] {
        desk.take_mail(&mail(id, "cu@example.jp", &format!("desk@{DOMAIN}"))).await.unwrap();
    }
    let numbers: Vec<u64> = kept(&bench).await.iter().map(|it| it.number).collect();
    let waiting = async |who: &'static str| bench.desk.mails_waiting(bench.person(who)).await.unwrap();
    assert_eq!((waiting("mo").await, waiting("cu").await), (2, 0));
    let attach =
        |mail: u64, ticket: &str, reason: &str| MailAttachment { mail, ticket: ticket.into(), reason: reason.into() };
    let mo = bench.person("mo");
    let wrong = async |input: MailAttachment| refusal(desk.attach_mail(mo, &input).await);
    assert_eq!(wrong(attach(numbers[0], key.as_str(), " ")).await.field(), Some("reason"));
    assert_eq!(wrong(attach(numbers[0], "ACME", "電話で確認")).await.field(), Some("ticket"));
    assert_eq!(wrong(attach(numbers[0], "ACME-99", "電話で確認")).await.kind, RefusalKind::NotFound);
    assert_eq!(wrong(attach(1, key.as_str(), "電話で確認")).await.field(), Some("mail"));
    let input = attach(numbers[0], &key.as_str().to_lowercase(), "電話で本人に確認");
    desk.attach_mail(mo, &input).await.unwrap();
    assert_eq!(wrong(input).await.field(), Some("mail"), "it was dealt with");
    let facts = facts(&bench, &key).await;
    let [came, said] = &facts[facts.len() - 2..] else { panic!() };
    assert!(matches!(came.body, Body::MailJoined { .. }), "{came:?}");
    assert_eq!(came.actor.person_id(), mo.person(), "whoever brought it stands for it");
    assert_eq!(text(&bench, came.reason.as_ref().unwrap()).await, "電話で本人に確認");
    assert!(matches!(said.body, Body::RequestMessaged { from_customer: true, .. }), "{said:?}");
    desk.drop_mail(mo, &MailDrop { mail: numbers[1], reason: "重複".into() }).await.unwrap();
    assert_eq!(waiting("mo").await, 0);
    let listed = kept(&bench).await;
    let fates: Vec<_> = numbers.iter().map(|it| listed.iter().find(|row| row.number == *it).unwrap()).collect();
    assert_eq!((fates[0].attached.as_ref(), fates[0].settled.is_some()), (Some(&key), true));
    assert_eq!((fates[1].attached.as_ref(), fates[1].settled.is_some()), (None, true));
    verified(&bench).await;
}

async fn only_the_providers_staff_reads_what_was_kept(bench: Bench) {
    let desk = receiving(&bench);
    desk.take_mail(&mail("1", "cu@example.jp", &format!("desk@{DOMAIN}"))).await.unwrap();
    let number = kept(&bench).await[0].number;
    assert_eq!(desk.raw_mail(bench.person("au"), number).await.unwrap(), mail("1", "cu@example.jp", "").raw);
    for who in ["cu", "ca", "foreign", "ad"] {
        let caller = bench.person(who);
        assert_eq!(refusal(desk.kept_mails(caller).await).kind, RefusalKind::Forbidden, "{who}");
        assert_eq!(refusal(desk.kept_mail(caller, number).await).kind, RefusalKind::Forbidden, "{who}");
        assert_eq!(refusal(desk.raw_mail(caller, number).await).kind, RefusalKind::Forbidden, "{who}");
        let input = MailDrop { mail: number, reason: "r".into() };
        assert_eq!(refusal(desk.drop_mail(caller, &input).await).kind, RefusalKind::Forbidden, "{who}");
    }
    let input = MailDrop { mail: number, reason: "r".into() };
    assert_eq!(refusal(desk.drop_mail(bench.person("au"), &input).await).kind, RefusalKind::Forbidden);
}

async fn a_changed_row_of_a_mail_is_found(bench: Bench) {
    let desk = receiving(&bench);
    let (_, address) = request(&bench, &desk).await;
    desk.take_mail(&mail("1", "cu@example.jp", &address)).await.unwrap();
    desk.take_mail(&mail("2", "cu@example.jp", &format!("desk@{DOMAIN}"))).await.unwrap();
    verified(&bench).await;
    let asked = desk::Verify { checkpoint_keys: vec![], outside: None };
    let mut hand = testkit::tamper::Hand::on(&bench.url).await.unwrap();
    for (change, back, column) in [
        ("settled = 5", "settled = NULL", "settled"),
        ("attached = 'ACME-1'", "attached = NULL", "attached"),
        ("why = 'automatic'", "why = 'no_tag'", "why"),
        ("received = received + 1", "received = received - 1", "received"),
        ("mail = mail || 'x'", "mail = substr(mail, 1, length(mail) - 1)", "mail"),
    ] {
        hand.run(&format!("UPDATE mails SET {change} WHERE why IS NOT NULL")).await.unwrap();
        let fault = desk::verify(bench.desk.store(), &asked).await.unwrap_err().to_string();
        assert!(fault.contains(&format!("mails.{column}")), "{fault}");
        hand.run(&format!("UPDATE mails SET {back} WHERE why IS NOT NULL")).await.unwrap();
    }
    verified(&bench).await;
    hand.run("DELETE FROM mails WHERE why IS NULL").await.unwrap();
    hand.close().await.unwrap();
    let fault = desk::verify(bench.desk.store(), &asked).await.unwrap_err().to_string();
    assert!(fault.contains("of mails is missing"), "{fault}");
}

async fn without_a_domain_our_mails_keep_their_headers(bench: Bench) {
    let key = bench.told().await;
    for (_, payload) in bench.messages(&key).await {
        let Payload::Mail(letter) = payload else { continue };
        assert_eq!(letter.reply_to, None);
        assert!(!serde_json::to_string(&letter).unwrap().contains("reply_to"));
    }
    // A mail that finds its way nevertheless is kept.
    let taken = bench.desk.take_mail(&mail("1", "owner@acme.example.jp", "reply@example.jp")).await.unwrap();
    assert_eq!(taken.kept, Some(Why::NoTag));
}
