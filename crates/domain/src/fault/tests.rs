//! Tables of cases of 障害ご連絡 (R-4.2.1-1 to -9, R-4.1.2-4, R-4.2-1, C-19, C-20, Q-03).

use super::*;
use crate::access::Actor;
use crate::calendar::Calendar;
use crate::clocks::notice::AgreedTargets;
use crate::contact::{Contact, Hours};
use crate::fact::{Body, Fact, NewFact, NoticeKind, Origin, Target};
use crate::ids::{MessageId, PersonId, ProjectKey, TenantId};
use crate::incident::duty::DutyKind;
use crate::incident::verbs::By;
use crate::incident::{Incident, State};
use crate::telephone::Evidence;

fn text() -> BlobId {
    BlobId::new("sha256:text")
}

fn start() -> Instant {
    Instant::parse("2026-11-22T03:12:00+09:00").unwrap()
}

/// An incident with its facts, each so many minutes after the start.
struct Story(Vec<Fact>);

impl Story {
    fn new(origin: Origin) -> Self {
        let project = ProjectKey::new("ACME");
        let body = Body::IncidentOpened {
            project,
            number: 1,
            origin,
            title: text(),
            severity: String::new(),
            targets: AgreedTargets::default(),
            agreement: None,
        };
        Self(vec![]).then(0, body)
    }

    fn filed(priority: Priority) -> Self {
        let (host, business_impact, details) = (text(), text(), text());
        let detected_at = start().plus_minutes(-7);
        Self::new(Origin::Customer { priority, detected_at, host, business_impact, details })
    }

    /// Told by a call that began four minutes before the company was known.
    fn phoned() -> Self {
        let began = start().plus_minutes(-4);
        Self::new(Origin::Telephone { call: 9, began, stated: false, company: None, project_sure: true })
    }

    fn then(mut self, minute: i64, body: Body) -> Self {
        let seq = self.0.len() as u64 + 1;
        let fact = NewFact::by_system(Some(ProjectKey::new("ACME").record(1)), body);
        self.0.push(fact.at(TenantId::new("acme"), seq, start().plus_minutes(minute)));
        self
    }

    fn judged(self, minute: i64, impact: bool, needs_second: bool) -> Self {
        let judged = Body::IncidentJudged { impact, criteria: 1, answers: vec![], needs_second, held_at_alert: None };
        self.then(0, Body::IncidentTaken { person: PersonId::new("p") }).then(minute, judged)
    }

    fn told(self, minute: i64, impact: bool, voice: Voice) -> Self {
        self.then(
            minute,
            Body::IncidentNotified { impact, text: text(), plan: None, voice, next_due: None, rounds: None },
        )
    }

    fn incident(&self) -> Incident {
        Incident::fold(&self.0).unwrap().unwrap()
    }
}

/// Minutes from the receipt to the dues of the first clock.
fn dues(incident: &Incident) -> (i64, Option<i64>) {
    let clock = &incident.clocks()[0];
    let minutes = |due: Instant| due.since_ms(incident.alert_at()) / 60_000;
    (minutes(clock.slo_due), clock.sla_due.map(minutes))
}

/// R-4.2.1-2, R-4.2.1-3, R-4.2.1-4, C-20: 高 and 中 run as impact until judged, 低 runs the hour; the first judgement decides from the receipt.
#[test]
fn the_priority_counts_until_the_judgement() {
    let (impact, none) = ((15, Some(30)), (60, None));
    for (priority, unjudged) in [(Priority::High, impact), (Priority::Middle, impact), (Priority::Low, none)] {
        assert_eq!(dues(&Story::filed(priority).incident()), unjudged, "{priority:?} unjudged");
        assert_eq!(dues(&Story::filed(priority).judged(5, true, false).incident()), impact, "{priority:?}, impact");
        assert_eq!(dues(&Story::filed(priority).judged(5, false, false).incident()), none, "{priority:?}, none");
        let awaited = Story::filed(priority).judged(20, false, true).incident();
        assert_eq!(dues(&awaited), unjudged, "{priority:?}, none, a second person awaited");
        let ledger = &Story::filed(priority).incident().ledgers()[0];
        let rule = ledger.stretches[0].rule.ja;
        assert_eq!(rule.contains("サービス影響無し"), priority == Priority::Low, "{rule}");
        assert!(ledger.basis.ja.contains("申告"), "the ledger says from what the clock runs");
    }
}

/// R-4.2.1-1, R-4.2-1, C-19: the clocks run from the receipt, the lag is a figure of its own.
#[test]
fn the_clock_starts_at_the_receipt_and_not_at_the_detection() {
    let filed = Story::filed(Priority::High).incident();
    assert_eq!((filed.alert_at(), filed.detection_lag_ms()), (start(), Some(7 * 60_000)));
    let phoned = Story::phoned();
    assert_eq!(phoned.incident().alert_at(), start().plus_minutes(-4), "the begin of the call");
    assert_eq!(dues(&phoned.incident()), (15, Some(30)), "a call counts as impact until judged");
    assert_eq!(phoned.incident().detection_lag_ms(), None, "nobody said yet when it was noticed");
    let heard = Heard { detected_at: Some(start().plus_minutes(-10)), ..Heard::default() };
    let phoned = phoned.then(1, Body::CallerHeard(Box::new(heard)));
    assert_eq!(phoned.incident().detection_lag_ms(), Some(6 * 60_000));
}

/// Design §5: it is notified by a notice of a person after judgement, not by existing, nor by its receipt or a message.
#[test]
fn existing_and_a_receipt_end_no_clock_and_owe_no_call() {
    let queued =
        |notice| Body::MessageQueued { message: MessageId::new("m1"), notice, channel: "mail".into(), contact: None };
    for (notice, watched) in [(NoticeKind::Receipt, false), (NoticeKind::Message, true)] {
        let story = Story::filed(Priority::High)
            .then(0, queued(notice))
            .then(1, Body::IncidentMessaged { text: text(), from_customer: false });
        let incident = story.incident();
        assert_eq!(incident.clocks()[0].end, None, "{notice:?}");
        let timers = incident.timers(&Calendar::tokyo([]));
        assert_eq!(timers.iter().any(|timer| timer.kind.code() == "undelivered:m1"), watched, "{notice:?}");
    }
    let told = Story::filed(Priority::Low).judged(5, false, false).told(59, false, Voice::NotOwed);
    let end = told.incident().clocks()[0].end.clone();
    assert_eq!(end.map(|end| end.at), Some(start().plus_minutes(59)));
}

/// R-4.2-2: what the customer told us exists for them at once; of a call only once we know that it is theirs.
#[test]
fn a_ticket_exists_for_the_customer_once_they_told_us() {
    assert!(Story::filed(Priority::Low).incident().is_known_to_customer());
    assert!(!Story::phoned().incident().is_known_to_customer(), "nobody knows who calls");
    let heard = |heard| Story::phoned().then(1, Body::CallerHeard(Box::new(heard))).incident().is_known_to_customer();
    let named = Heard { caller: Some(text()), ..Heard::default() };
    assert!(!heard(named.clone()), "a name on no list");
    assert!(heard(Heard { contact: Some(ContactId::new("owner")), ..named.clone() }), "a contact");
    assert!(heard(Heard { called_back: Some(text()), ..named }), "called back");
    assert!(Story::phoned().judged(1, true, false).told(1, true, Voice::NoneValid).incident().is_known_to_customer());
    let by = By { actor: Actor::person(PersonId::new("p")), role: None, now: start() };
    assert!(Story::filed(Priority::High).incident().message(&by, text(), true).is_ok());
    assert!(Story::phoned().incident().message(&by, text(), false).is_err());
    assert!(
        Story::filed(Priority::High).incident().declare_false_alarm(&by, text()).is_err(),
        "they told us: no alarm"
    );
}

/// R-4.2.1-9: what could not be asked is owed, each item until it is told.
#[test]
fn what_a_caller_did_not_say_is_owed() {
    let codes = |story: &Story| -> Vec<&'static str> {
        story.incident().phone.unwrap().owed().iter().map(|item| item.code()).collect()
    };
    let story = Story::phoned();
    let all = ["caller", "by_phone", "content", "detected_at", "host", "business_impact", "summary"];
    assert_eq!(codes(&story), all);
    let ask = |story: &Story| {
        let duties = story.incident().duties(start(), &Calendar::tokyo([]));
        duties.into_iter().find(|duty| duty.kind == DutyKind::AskCaller).map(|duty| duty.due)
    };
    assert_eq!(ask(&story), Some(start().plus_minutes(11)), "fifteen minutes after the call began");
    let story = story.then(2, Body::IntakeCallEnded { summary: text() });
    assert_eq!(ask(&story), Some(start().plus_minutes(17)), "and after it ended");
    let unknown = Heard { caller: Some(text()), ..Heard::default() };
    let story = story.then(3, Body::CallerHeard(Box::new(unknown)));
    assert_eq!(codes(&story), ["called_back", "by_phone", "content", "detected_at", "host", "business_impact"]);
    let rest = Heard {
        called_back: Some(text()),
        by_phone: Some(CallReason::Urgent),
        content: Some(text()),
        detected_at: Some(start()),
        host: Some(text()),
        business_impact: Some(text()),
        ..Heard::default()
    };
    let story = story.then(4, Body::CallerHeard(Box::new(rest)));
    assert_eq!((codes(&story), ask(&story)), (vec![], None));
    assert_eq!(story.incident().state, State::Detected, "asking is no step of the process");
    assert_eq!(story.incident().version, 1, "and makes nothing stale that an operator is typing");
    let lost = Origin::Telephone { call: 9, began: start(), stated: false, company: Some(text()), project_sure: true };
    assert_eq!(codes(&Story::new(lost))[0], "company");
    let unsure = Origin::Telephone { call: 9, began: start(), stated: false, company: None, project_sure: false };
    let story = Story::new(unsure);
    assert_eq!(codes(&story)[0], "project");
    let sure = Heard { project_sure: true, ..Heard::default() };
    assert_eq!(codes(&story.then(1, Body::CallerHeard(Box::new(sure))))[0], "caller");
}

fn contact(id: &str, phone: &str) -> Contact {
    Contact {
        id: ContactId::new(id),
        name: id.into(),
        reading: String::new(),
        phone: phone.into(),
        other_phones: vec![],
        services: vec![],
        mail: format!("{id}@example.jp"),
        hours: Hours { from_minute: 9 * 60, to_minute: 18 * 60, ..Hours::default() },
    }
}

/// "the caller's own call counts if he is in the plan" - the cases of `docs/faults.md`.
#[test]
fn the_callers_own_call_counts_where_a_contact_is_told_on_it() {
    let plan = ContactPlan {
        contacts: vec![contact("owner", "03-0000-0000"), contact("office", "")],
        ..ContactPlan::default()
    };
    let phone = |contact: Option<&str>, ended: bool| {
        let mut phone = Phone::begun(9, start(), false, None, true);
        phone.hear(Heard { caller: Some(text()), contact: contact.map(ContactId::new), ..Heard::default() });
        let mark = Mark { seq: 5, at: start(), actor: Actor::System, role: None };
        phone.ended = ended.then(|| (mark, text()));
        phone
    };
    let case = |phone: Option<Phone>, plan: Option<&ContactPlan>, counts: Option<&str>, what: &str| {
        let voice = told_on_own_call(phone.as_ref(), plan);
        let expected = counts.map(|id| Voice::OnOwnCall { contact: ContactId::new(id) });
        assert_eq!(voice.as_ref().ok(), expected.as_ref(), "{what}");
        if let Err(refusal) = voice {
            assert_eq!(refusal.field(), Some("told_caller"), "{what}");
        }
    };
    case(Some(phone(Some("owner"), false)), Some(&plan), Some("owner"), "the first contact");
    case(
        Some(phone(Some("office"), false)),
        Some(&plan),
        Some("office"),
        "any other: rank, hours, number do not matter",
    );
    case(Some(phone(None, false)), Some(&plan), None, "a caller on no list");
    case(Some(phone(Some("gone"), false)), Some(&plan), None, "a contact of an older plan");
    case(Some(phone(Some("owner"), false)), None, None, "no plan");
    case(Some(phone(Some("owner"), true)), Some(&plan), None, "the call has ended");
    case(None, Some(&plan), None, "filed on the portal, or an alert");
}

#[test]
fn a_notice_told_on_the_callers_own_call_needs_no_other_call() {
    let own = || Voice::OnOwnCall { contact: ContactId::new("owner") };
    let told = Story::phoned().judged(3, true, false).told(3, true, own()).incident();
    assert_eq!(told.clocks()[0].end.as_ref().map(|end| end.at), Some(start().plus_minutes(3)));
    assert_eq!(told.call_required(start().plus_minutes(9)), None);
    let duties = told.duties(start().plus_minutes(4), &Calendar::tokyo([]));
    assert!(duties.iter().all(|duty| duty.kind != DutyKind::FirstCall), "{duties:?}");
    assert!(told.ledgers()[0].stop.as_ref().unwrap().0.ja.contains("お電話でご本人に伝えた"));
    let required = Voice::Required { contact: ContactId::new("owner") };
    let owed = Story::phoned().judged(3, true, false).told(3, true, required);
    assert_eq!(owed.incident().clocks()[0].end, None, "not told on it: the first contact is called");
    let called = owed.then(
        5,
        Body::CallBegun {
            contact: ContactId::new("owner"),
            rank: 1,
            number: text(),
            plan: 1,
            first_valid: true,
            begun: start().plus_minutes(5),
            stated: false,
            evidence: Evidence::Stated,
            round: 1,
            last_of_round: true,
        },
    );
    assert_eq!(
        called.incident().clocks()[0].verdict(Target::Slo, start().plus_minutes(6)),
        Some(crate::clocks::Verdict::Met)
    );
}

/// R-4.2.1-5: the detection is not after the receipt.
#[test]
fn nothing_is_noticed_after_it_was_told() {
    for (ms, fine) in [(-60_000, true), (0, true), (1, false)] {
        assert_eq!(detected(start().plus_ms(ms), start()).is_ok(), fine, "{ms}");
    }
    let by = By { actor: Actor::person(PersonId::new("p")), role: None, now: start().plus_minutes(9) };
    for (minute, fine) in [(-4, true), (-3, false)] {
        let heard = Heard { detected_at: Some(start().plus_minutes(minute)), ..Heard::default() };
        assert_eq!(Story::phoned().incident().hear(&by, heard).is_ok(), fine, "the receipt is the begin of the call");
    }
    assert!(Story::filed(Priority::High).incident().hear(&by, Heard::default()).is_err(), "nobody called");
}

/// R-4.2.1-9, R-4.1.2-3: found by name, reading, key and number.
#[test]
fn a_company_is_found_however_it_is_written() {
    for (sought, held, finds_it) in [
        ("なぎさ", "株式会社なぎさ商事", true),
        ("ナギサ", "なぎさ しょうじ", true),
        ("ngs", "NGS", true),
        ("ＮＧＳ", "NGS", true),
        ("なぎさ 商事", "なぎさ商事", true),
        ("そらいろ", "なぎさ商事", false),
        ("", "なぎさ商事", false),
        ("090-0000-1234", "09000001234", true),
        ("+81 90 0000 1234", "090-0000-1234", true),
        ("0312345678", "+81-3-1234-5678", true),
        ("1234", "090-0000-1234", true),
        ("234", "090-0000-1234", false),
        ("8112", "03-0000-8112", true),
        ("0123", "03-0000-0123", true),
        ("090-0000-1234", "", false),
        ("090-0000-1234", "なぎさ商事", false),
    ] {
        assert_eq!(finds(sought, held), finds_it, "{sought} in {held}");
    }
    assert!(is_name_of("長谷川　亮", "長谷川 亮") && !is_name_of("長谷川", "長谷川 亮") && !is_name_of(" ", ""));
}

#[test]
fn a_title_is_the_host_and_the_first_line() {
    for (host, details, expected) in [
        ("web01", "開けない\n03:05 から", "web01 開けない"),
        ("web01", "web01 が開けない", "web01 が開けない"),
        ("", "開けない", "開けない"),
        ("web01", "", "web01 "),
    ] {
        assert_eq!(title(host, details).trim(), expected.trim(), "{host} {details}");
    }
    assert_eq!(title("", &"あ".repeat(81)).chars().count(), 81, "80 and an ellipsis");
}
