//! The request's machine and clocks as tables (R-3.3.2-*, R-4.1.1-*, R-4.1.3-7, R-5.3-11, -12,
//!

use super::duty::{Owed, RequestTimer};
use super::{Channel, Filed, Filing, Pace, Request, State};
use crate::access::{Actor, Role};
use crate::calendar::Calendar;
use crate::catalogue::Class;
use crate::clocks::Verdict;
use crate::fact::{Body, Fact, NewFact};
use crate::ids::{BlobId, PersonId, ProjectKey, TenantId};
use crate::incident::verbs::By;
use crate::refusal::Refusal;
use crate::time::Instant;

/// A Tuesday at 10:00; the holiday of the week lies behind.
const START: &str = "2026-11-24T10:00:00+09:00";

fn at(text: &str) -> Instant {
    // `25 19:00` is a day of November 2026 in Tokyo; December's days are written `12-01 19:00`.
    let (day, hour) = text.split_once(' ').unwrap();
    let day = if day.contains('-') { day.to_owned() } else { format!("11-{day}") };
    Instant::parse(&format!("2026-{day}T{hour}:00+09:00")).unwrap()
}

fn text() -> BlobId {
    BlobId::new("b")
}

/// One request, walked through its verbs.
struct Story {
    facts: Vec<Fact>,
    request: Request,
    now: Instant,
    calendar: Calendar,
}

fn by(who: &str, now: Instant) -> By {
    let role = match who {
        "dh" | "dh2" => Role::Dh,
        "ca" => Role::Ca,
        _ => Role::Su,
    };
    By { actor: Actor::person(PersonId::new(who)), role: Some(role), now }
}

impl Story {
    fn filed(pace: Pace, days: u16, affects: bool) -> Self {
        let received = Instant::parse(START).unwrap();
        let calendar = Calendar::tokyo([]);
        let class = if days == 1 { Class::Slight } else { Class::Possible };
        let filing = Filing {
            entry: "server".into(),
            kind: "サーバー起動 / 停止作業".into(),
            report: "サーバー起動 / 停止依頼".into(),
            class,
            days,
            catalogue: 0,
            affects,
        };
        let due = (pace != Pace::Low).then(|| calendar.business_days_after(received, class.days()).unwrap());
        let project = ProjectKey::new("ACME");
        let filed = Filed {
            project: project.clone(),
            number: 7,
            received,
            channel: Channel::Ticket,
            title: text(),
            details: text(),
            filing,
            pace,
            wished: None,
            due,
            urgent: false,
            assignee: None,
            arrangement: None,
            split_from: None,
            edition: None,
        };
        let body = Body::RequestFiled(Box::new(filed));
        let new = NewFact {
            record: Some(project.record(7)),
            body,
            actor: by("ca", received).actor,
            role: None,
            reason: None,
        };
        let facts = vec![new.at(TenantId::new("t"), 1, received)];
        let request = Request::fold(&facts).unwrap().unwrap();
        Self { facts, request, now: received, calendar }
    }

    fn at(mut self, when: &str) -> Self {
        self.now = at(when);
        self
    }

    fn add(&mut self, facts: Vec<NewFact>) {
        for new in facts {
            let fact = new.at(TenantId::new("t"), self.facts.len() as u64 + 1, self.now);
            self.request.apply(&fact).unwrap();
            self.facts.push(fact);
        }
    }

    fn act(mut self, who: &str, verb: impl FnOnce(&Request, &By) -> Result<Vec<NewFact>, Refusal>) -> Self {
        let facts = verb(&self.request, &by(who, self.now)).unwrap_or_else(|refusal| panic!("{who}: {refusal}"));
        self.add(facts);
        assert_eq!(
            Request::fold(&self.facts).unwrap().as_ref(),
            Some(&self.request),
            "the fold of all facts is the same"
        );
        self
    }

    fn refused(&self, who: &str, verb: impl FnOnce(&Request, &By) -> Result<Vec<NewFact>, Refusal>) -> Refusal {
        verb(&self.request, &by(who, self.now)).unwrap_err()
    }

    fn taken(self) -> Self {
        self.act("su", |it, by| it.take(by, PersonId::new("su")))
    }

    fn planned(self, affects: bool) -> Self {
        self.act("su", |it, by| it.plan(by, text(), affects, affects))
    }

    fn working(self) -> Self {
        self.taken().planned(false).act("su", Request::begin)
    }

    fn completed(self) -> Self {
        let calendar = self.calendar.clone();
        self.act("su", |it, by| it.complete(by, text(), None, None, &calendar))
    }

    fn asked(self) -> Self {
        self.act("su", |it, by| it.ask(by, text()))
    }

    fn answered(self) -> Self {
        self.act("ca", |it, by| it.answer(by, text()))
    }

    fn offered(self, from: &str, to: Option<&str>) -> Self {
        let (from, to) = (at(from), to.map(at));
        let calendar = self.calendar.clone();
        self.act("su", |it, by| it.offer(by, from, to, None, &calendar))
    }

    fn replied(self, agreed: bool) -> Self {
        let calendar = self.calendar.clone();
        self.act("ca", |it, by| it.reply(by, agreed, None, &calendar))
    }

    fn due(&self) -> Option<Instant> {
        self.request.clock(&self.calendar, self.now).unwrap().due
    }

    fn verdicts(&self) -> (Verdict, Verdict) {
        let clock = self.request.clock(&self.calendar, self.now).unwrap();
        (clock.verdict(self.now), clock.raw_verdict(self.now))
    }

    fn timers(&self) -> Vec<(RequestTimer, Instant)> {
        let mut timers = self.request.timers(&self.calendar);
        timers.sort_by_key(|(_, at)| *at);
        timers
    }

    fn fire(mut self, timer: RequestTimer) -> Self {
        if timer == RequestTimer::Due {
            self.now = self.now.plus_ms(1);
        }
        let body = self.request.fire(timer, self.now, &self.calendar).unwrap();
        let key = self.request.key.clone();
        self.add(vec![NewFact::by_system(Some(key), body)]);
        self
    }
}

/// R-3.3.2-1, -2, -4: completion stops the clock, an answer does not; within includes the instant.
#[test]
fn a_request_is_due_on_its_day_and_completion_meets_it() {
    for (days, due) in [(1, "25 19:00"), (5, "12-01 19:00")] {
        let story = Story::filed(Pace::Middle, days, false);
        assert_eq!(story.due(), Some(at(due)));
        let done = story.working().at(due).completed();
        assert_eq!(done.verdicts(), (Verdict::Met, Verdict::Met));
        let mut late = Story::filed(Pace::Middle, days, false).working();
        late.now = at(due).plus_ms(1);
        assert_eq!(late.completed().verdicts().0, Verdict::Missed);
    }
}

/// The machine: each verb in each state of a straight way, whether it is allowed.
#[test]
fn verbs_fit_their_states_only() {
    use State::*;
    let stories = || {
        let filed = || Story::filed(Pace::Middle, 1, false);
        [
            filed(),
            filed().taken(),
            filed().taken().planned(false),
            filed().working(),
            filed().working().completed(),
            filed().working().completed().act("ca", |it, by| it.close(by, false)),
            filed().taken().act("dh", |it, by| it.decline(by, text(), text())),
            filed().act("ca", |it, by| it.cancel(by, text())),
        ]
    };
    type Verb = fn(&Request, &By) -> Result<Vec<NewFact>, Refusal>;
    let verbs: [(&str, Verb, &[State]); 10] = [
        ("take", |it, by| it.take(by, PersonId::new("su2")), &[Received, Reviewing, Planned, Working, Completed]),
        ("plan", |it, by| it.plan(by, text(), false, false), &[Reviewing, Planned]),
        ("begin", Request::begin, &[Planned]),
        ("complete", |it, by| it.complete(by, text(), None, None, &Calendar::tokyo([])), &[Working]),
        ("give back", |it, by| it.give_back(by, text()), &[Completed]),
        ("close", |it, by| it.close(by, false), &[Completed]),
        ("decline", |it, by| it.decline(by, text(), text()), &[Reviewing]),
        ("cancel", |it, by| it.cancel(by, text()), &[Received, Reviewing, Planned]),
        ("ask", |it, by| it.ask(by, text()), &[Reviewing, Planned, Working]),
        ("urgent", |it, by| it.make_urgent(by, text()), &[Received, Reviewing, Planned, Working]),
    ];
    for story in stories() {
        for (name, verb, allowed) in verbs {
            let said = verb(&story.request, &by("su", story.now));
            assert_eq!(said.is_ok(), allowed.contains(&story.request.state), "{name} in {:?}", story.request.state);
        }
    }
    let states: Vec<State> = stories().iter().map(|story| story.request.state).collect();
    assert_eq!(states, State::ALL, "every state is reached");
}

/// Q-24, R-5.3.1.2-3: work that affects the service waits for both, and nobody approves what they planned.
#[test]
fn both_sides_approve_work_that_affects_the_service() {
    let planned = Story::filed(Pace::Middle, 1, true).taken().planned(true);
    assert!(planned.refused("su", Request::begin).ja.contains("お客様の承認"));
    assert!(planned.refused("su", |it, by| it.approve(by, false)).ja.contains("計画した本人"));
    let ours = planned.act("dh", |it, by| it.approve(by, false));
    assert!(ours.refused("dh2", |it, by| it.approve(by, false)).ja.contains("済んで"));
    assert!(ours.refused("su", Request::begin).ja.contains("お客様の承認"));
    let both = ours.act("ca", |it, by| it.approve(by, true));
    assert!(both.request.begin(&by("su", both.now)).is_ok());
    // What is planned anew is approved anew.
    let anew = both.planned(true);
    assert!(anew.refused("su", Request::begin).ja.contains("承認"));
    assert_eq!(anew.refused("su", |it, by| it.plan(by, text(), false, true)).field(), Some("affects"));
    let free = Story::filed(Pace::Middle, 1, false).taken().planned(false);
    assert!(free.refused("ca", |it, by| it.approve(by, true)).ja.contains("要りません"));
}

/// each row is what was asked and answered when, and the due and the verdicts that follow from a completion then.
#[test]
fn a_hold_moves_the_due_by_whole_business_days() {
    let held = |asked: &str, answered: &str, completed: &str| {
        let story = Story::filed(Pace::Middle, 1, false).working().at(asked).asked();
        assert!(
            story.request.timers(&story.calendar).iter().all(|(kind, _)| *kind != RequestTimer::Due),
            "nothing is due"
        );
        let story = story.at(answered).answered();
        let due = story.due();
        (due, story.at(completed).completed().verdicts())
    };
    use Verdict::{Met, Missed};
    // Asked and answered on one day takes nothing out.
    assert_eq!(held("24 11:00", "24 18:00", "25 19:00"), (Some(at("25 19:00")), (Met, Met)));
    assert_eq!(held("24 11:00", "25 09:00", "26 19:00"), (Some(at("26 19:00")), (Met, Missed)));
    assert_eq!(held("24 11:00", "27 09:00", "30 19:00"), (Some(at("30 19:00")), (Met, Missed)));
    // A weekend is no business day.
    assert_eq!(held("25 11:00", "29 23:00", "27 19:00").0, Some(at("27 19:00")));
    assert_eq!(held("24 11:00", "25 09:00", "27 10:00").1, (Missed, Missed));
}

#[test]
fn holds_that_overlap_count_a_day_once_and_end_with_the_record() {
    let story = Story::filed(Pace::Middle, 1, false).taken().at("24 11:00").asked().offered("27 10:00", None);
    let story = story.at("26 12:00").answered().replied(false);
    assert_eq!(story.due(), Some(at("27 19:00")), "26th and 25th, each once");
    // An offer that a newer one replaced waits for nobody.
    let story =
        Story::filed(Pace::Middle, 1, false).taken().offered("27 10:00", None).at("25 10:00").offered("30 10:00", None);
    let holds = story.request.holds();
    assert_eq!(holds[0].answered.as_ref().map(|mark| mark.at), Some(at("25 10:00")));
    // Consent is waited for once our own side has approved.
    let story = Story::filed(Pace::Middle, 1, true).taken().planned(true);
    assert_eq!(story.request.on_hold(), None);
    let story = story.act("dh", |it, by| it.approve(by, false));
    assert_eq!(story.request.awaits(), Some(super::clock::Awaited::Consent));
    let story = story.at("26 09:00").act("ca", |it, by| it.approve(by, true));
    assert_eq!(story.due(), Some(at("27 19:00")));
}

/// R-4.1.1-6, -7, -13; C-09, C-11; Q-25: agreed dates.
#[test]
fn an_agreed_later_date_governs_and_an_earlier_one_stands_beside() {
    let later = Story::filed(Pace::Middle, 1, false).taken().offered("12-03 10:00", None).replied(true);
    let clock = later.request.clock(&later.calendar, later.now).unwrap();
    assert_eq!(
        (clock.standard, clock.agreed, clock.due),
        (Some(at("25 19:00")), Some(at("12-03 19:00")), Some(at("12-03 19:00")))
    );
    let window = Story::filed(Pace::Middle, 1, false).taken().offered("12-03 22:00", Some("12-04 02:00")).replied(true);
    assert_eq!(window.due(), Some(at("12-04 02:00")), "a window ends when it ends");
    let refused = Story::filed(Pace::Middle, 1, false).taken().offered("12-03 10:00", None).replied(false);
    assert_eq!(refused.due(), Some(at("25 19:00")), "a refused date leaves the standard due");
    let sooner = Story::filed(Pace::High, 5, false).taken().offered("25 10:00", None).replied(true);
    let clock = sooner.request.clock(&sooner.calendar, sooner.now).unwrap();
    assert_eq!((clock.earlier, clock.due), (Some(at("25 19:00")), Some(at("12-01 19:00"))), "a second target");
    let undated = Story::filed(Pace::Low, 1, false);
    assert_eq!((undated.due(), undated.verdicts().0), (None, Verdict::Open));
    assert_eq!(undated.taken().offered("12-03 10:00", None).replied(true).due(), Some(at("12-03 19:00")));
}

/// R-4.1.3-7: 特段の事情, before the due only; counted apart.
#[test]
fn an_exception_is_recorded_before_the_due() {
    let story = Story::filed(Pace::Middle, 1, false).working();
    let calendar = story.calendar.clone();
    let except = |due: Instant| {
        let calendar = calendar.clone();
        move |it: &Request, by: &By| it.except(by, due, text(), text(), &calendar)
    };
    assert_eq!(story.refused("dh", except(at("25 12:00"))).field(), Some("due"));
    let mut late = Story::filed(Pace::Middle, 1, false).working();
    late.now = at("25 19:00").plus_ms(1);
    assert!(late.refused("dh", except(at("12-03 19:00"))).ja.contains("過ぎてから"));
    let story = story.at("25 19:00").act("dh", except(at("12-03 19:00")));
    let clock = story.request.clock(&story.calendar, story.now).unwrap();
    assert_eq!((clock.excepted, clock.standard, clock.due), (true, Some(at("25 19:00")), Some(at("12-03 19:00"))));
}

/// R-4.1.3-7, Q-02: what was asked within an earlier exception holds, whatever exception follows.
#[test]
fn each_exception_stands_for_its_time() {
    let story = Story::filed(Pace::Middle, 1, false).working();
    let calendar = story.calendar.clone();
    let except = |due: Instant| {
        let calendar = calendar.clone();
        move |it: &Request, by: &By| it.except(by, due, text(), text(), &calendar)
    };
    let story = story.act("dh", except(at("12-03 19:00"))).at("26 10:00").asked();
    let story = story.at("27 10:00").act("dh", except(at("12-10 19:00"))).at("30 10:00").answered();
    assert_eq!(story.due(), Some(at("12-11 19:00")));
}

/// a row that fired stands again under another entry, also where its due lies earlier; else it never stands twice.
#[test]
fn another_entry_arms_its_timers_anew() {
    let story = Story::filed(Pace::Middle, 5, false).taken();
    let fired = story.request.generation(at("12-01 19:00"));
    let other = Filing { entry: "account".into(), class: Class::Slight, days: 1, ..story.request.filing.clone() };
    let story = story.act("su", |it, by| it.reclassify(by, other, Some(at("25 19:00")), text()));
    let armed = story.request.generation(at("25 19:00"));
    assert!(armed > fired && armed < story.request.generation(at("25 19:00").plus_ms(1)));
}

/// a closure added later moves the due later, one taken away moves it no earlier.
#[test]
fn a_due_never_moves_earlier_because_a_calendar_changed() {
    let mut story = Story::filed(Pace::Middle, 1, false);
    story.calendar = Calendar::tokyo(["2026-11-25".parse().unwrap()]);
    assert_eq!(story.due(), Some(at("26 19:00")));
    let mut facts = story.facts.clone();
    let Body::RequestFiled(filed) = &mut facts[0].body else { panic!() };
    filed.due = Some(at("27 19:00"));
    story.request = Request::fold(&facts).unwrap().unwrap();
    story.calendar = Calendar::tokyo([]);
    assert_eq!(story.due(), Some(at("27 19:00")));
}

/// the timers of an ordinary request, and what each firing says.
#[test]
fn it_warns_on_the_eve_and_on_the_due_day() {
    use RequestTimer::*;
    let story = Story::filed(Pace::Middle, 5, false);
    let expected = [
        (Silent, at("26 19:00")),
        (Eve, at("30 10:00")),
        (Morning, at("12-01 10:00")),
        (NotTaken, at("12-01 15:00")),
        (Afternoon, at("12-01 16:00")),
        (Due, at("12-01 19:00").plus_ms(1)),
    ];
    assert_eq!(story.timers(), expected);
    let taken = Story::filed(Pace::Middle, 5, false).taken();
    assert!(taken.timers().iter().all(|(kind, _)| *kind != NotTaken));
    // Two business days count from the last word to the customer.
    let spoken =
        Story::filed(Pace::Middle, 5, false).taken().at("25 10:00").act("su", |it, by| it.message(by, text(), false));
    assert!(spoken.timers().contains(&(Silent, at("27 19:00"))));
    // What lies before the filing of a one-day request reminds of nothing.
    assert!(Story::filed(Pace::Middle, 1, false).timers().iter().all(|(kind, _)| *kind != Eve));
    let early = Story::filed(Pace::Middle, 5, false);
    assert_eq!(early.request.fire(Due, at("12-01 19:00"), &early.calendar), None, "the due itself is within");
    let passed = Story::filed(Pace::Middle, 5, false).at("12-01 19:00").fire(Due);
    assert!(passed.request.breached.is_some() && passed.timers().iter().all(|(kind, _)| *kind == Silent));
}

/// R-5.3-12, Q-08: a miss is explained before it closes; then it closes by itself five business days after the completion.
#[test]
fn a_miss_is_not_closable_without_a_reason() {
    let story = Story::filed(Pace::Middle, 1, false).working().at("25 19:00").fire(RequestTimer::Due);
    assert_eq!(story.request.owed(&story.calendar).map(|(owed, _)| owed), Some(Owed::Explain));
    let story = story.at("26 12:00").completed();
    assert!(story.refused("ca", |it, by| it.close(by, false)).ja.contains("期限を過ぎて"));
    assert_eq!(story.timers(), [], "nor by itself");
    let story = story.act("su", |it, by| it.explain(by, text()));
    assert_eq!(story.timers(), [(RequestTimer::AutoClose, at("12-03 19:00"))]);
    let story = story.at("12-03 19:00").fire(RequestTimer::AutoClose);
    assert_eq!((story.request.state, story.verdicts().0), (State::Closed, Verdict::Missed));
    let fine = Story::filed(Pace::Middle, 1, false);
    assert!(fine.refused("su", |it, by| it.explain(by, text())).ja.contains("過ぎていません"));
}

/// A completion after the due names the miss even where the timer has not fired; one stated in time is none.
#[test]
fn a_late_completion_is_a_miss_whoever_is_faster() {
    let late = Story::filed(Pace::Middle, 1, false).working().at("26 10:00").completed();
    assert!(late.request.is_missed() && late.refused("ca", |it, by| it.close(by, false)).ja.contains("期限を過ぎて"));
    let story = Story::filed(Pace::Middle, 1, false).working().at("25 19:00").fire(RequestTimer::Due).at("25 19:30");
    let calendar = story.calendar.clone();
    let story = story.act("su", |it, by| it.complete(by, text(), Some(at("25 18:50")), Some(text()), &calendar));
    assert!(!story.request.is_missed() && story.verdicts().0 == Verdict::Met);
    assert!(story.request.close(&by("ca", story.now), false).is_ok());
    // A date offered once the due has passed rescues nothing.
    let rescued =
        Story::filed(Pace::Middle, 1, false).working().at("26 10:00").offered("12-03 10:00", None).replied(true);
    assert_eq!(rescued.due(), Some(at("25 19:00")));
}

/// R-5.3-11: somebody is reminded once for each silence.
#[test]
fn a_silence_reminds_once() {
    let story = Story::filed(Pace::Middle, 5, false).taken().at("26 19:00").fire(RequestTimer::Silent);
    assert!(story.timers().iter().all(|(kind, _)| *kind != RequestTimer::Silent));
    let story = story.at("27 10:00").act("su", |it, by| it.message(by, text(), false));
    assert!(story.timers().contains(&(RequestTimer::Silent, at("12-01 19:00"))));
}

/// given back, it is in work again, and its last completion counts.
#[test]
fn the_last_completion_counts() {
    let story = Story::filed(Pace::Middle, 1, false).working().completed();
    let story = story.at("25 10:00").act("ca", |it, by| it.give_back(by, text()));
    assert_eq!((story.request.state, story.verdicts().0), (State::Working, Verdict::Open));
    assert_eq!(story.at("26 10:00").completed().verdicts().0, Verdict::Missed);
}

/// another entry, the receipt stands.
#[test]
fn another_entry_keeps_the_receipt() {
    let story = Story::filed(Pace::Middle, 1, false).taken().at("25 10:00");
    let other = Filing { entry: "disk".into(), class: Class::Possible, days: 5, ..story.request.filing.clone() };
    let due = Some(at("12-01 19:00"));
    let story = story.act("su", |it, by| it.reclassify(by, other, due, text()));
    assert_eq!((story.request.received, story.due()), (Instant::parse(START).unwrap(), due));
    let same = story.request.filing.clone();
    assert_eq!(story.refused("su", |it, by| it.reclassify(by, same, due, text())).field(), Some("entry"));
}

/// a completion may be stated up to 24 hours back, with a reason, never before the work began.
#[test]
fn a_completion_is_stated_within_a_day() {
    let story = Story::filed(Pace::Middle, 5, false).working().at("25 10:00");
    let complete = |when: &str, reason: bool| {
        let (when, reason) = (at(when), reason.then(text));
        story
            .request
            .complete(&by("su", story.now), text(), Some(when), reason, &story.calendar)
            .map_err(|refusal| refusal.field())
    };
    assert!(complete("25 09:00", true).is_ok());
    assert_eq!(complete("25 09:00", false), Err(Some("reason")));
    assert_eq!(complete("25 11:00", true), Err(Some("completed_at")));
    assert_eq!(complete("24 09:59", true), Err(Some("completed_at")));
}

/// what was waited for before the work was planned anew stays waited for.
#[test]
fn a_new_plan_forgets_no_hold() {
    let story = Story::filed(Pace::Middle, 1, true).taken().planned(true).act("dh", |it, by| it.approve(by, false));
    let story = story.at("26 11:00").planned(true);
    assert_eq!((story.request.awaits(), story.due()), (None, Some(at("27 19:00"))), "the 25th and the 26th");
}

/// a hold does not begin once the due has passed: it moves nothing and hides no miss.
#[test]
fn what_is_asked_after_the_due_holds_nothing() {
    let story = Story::filed(Pace::Middle, 1, false).working().at("25 19:30").asked();
    assert_eq!(story.verdicts().0, Verdict::Missed);
    assert!(story.timers().iter().any(|(kind, _)| *kind == RequestTimer::Due), "the miss is still to be named");
    let story = story.at("26 10:00").answered();
    assert_eq!(story.due(), Some(at("25 19:00")));
    assert_eq!(story.at("26 12:00").completed().verdicts().0, Verdict::Missed);
}

/// R-4.1.1-13: a date agreed before the due, as holds have moved it, governs and is the date that was told; what is held after
/// that moves it, what was held before does not. An exception likewise, and a later date agreed after it.
#[test]
fn an_agreed_date_is_due_when_it_was_said() {
    let story = Story::filed(Pace::Middle, 1, false).taken().at("24 11:00").asked().at("26 10:00").answered();
    let story = story.at("27 10:00").offered("12-03 10:00", None).at("30 10:00").replied(true);
    assert_eq!(story.due(), Some(at("12-03 19:00")));
    let story = story.asked().at("12-01 10:00").answered();
    assert_eq!(story.due(), Some(at("12-04 19:00")));
    let calendar = story.calendar.clone();
    let story = story.act("dh", |it, by| it.except(by, at("12-08 19:00"), text(), text(), &calendar));
    assert_eq!(story.due(), Some(at("12-08 19:00")));
    assert_eq!(story.offered("12-10 10:00", None).replied(true).due(), Some(at("12-10 19:00")));
    // Nobody agrees to a day that lies back, and none that lies before the due as it was held moves it earlier.
    let asked = Story::filed(Pace::Middle, 1, false).taken().offered("26 10:00", None);
    let late = asked.at("27 10:00");
    assert_eq!(late.refused("ca", |it, by| it.reply(by, true, None, &late.calendar)).field(), Some("agreed"));
    let story = Story::filed(Pace::Middle, 1, false).taken().asked().offered("26 10:00", None).at("26 11:00");
    let story = story.answered().replied(true);
    assert_eq!(story.due(), Some(at("27 19:00")));
}

/// Q-19, R-5.3-12: the miss is judged by the due that the stated completion leaves; what was given back was not done before.
#[test]
fn a_stated_completion_is_judged_by_its_own_instant() {
    let story = Story::filed(Pace::Middle, 1, false).working().at("25 11:00").asked().at("26 11:00");
    let calendar = story.calendar.clone();
    let story = story.act("su", |it, by| it.complete(by, text(), Some(at("25 20:00")), Some(text()), &calendar));
    assert!(story.verdicts().0 == Verdict::Missed && story.request.is_missed());
    let back = Story::filed(Pace::Middle, 1, false).working().at("25 18:00").completed().at("25 18:30");
    let back = back.act("ca", |it, by| it.give_back(by, text())).at("26 10:00");
    let stated = back.request.complete(&by("su", back.now), text(), Some(at("25 18:10")), Some(text()), &back.calendar);
    assert_eq!(stated.unwrap_err().field(), Some("completed_at"));
}

/// the miss of the wrong entry's due is none, that of the right one's is named; what was planned as work that
/// affects the service still waits for both.
#[test]
fn another_entry_is_judged_by_its_own_due_and_keeps_the_approval() {
    let story = Story::filed(Pace::Middle, 1, false).taken().planned(true).at("25 19:00").fire(RequestTimer::Due);
    let other = Filing { entry: "disk".into(), class: Class::Possible, days: 5, ..story.request.filing.clone() };
    let other = Filing { affects: false, ..other };
    let due = Some(at("12-01 19:00"));
    let story = story.at("26 10:00").act("su", |it, by| it.reclassify(by, other, due, text()));
    assert!(!story.request.is_missed() && story.verdicts().0 == Verdict::Open);
    assert!(story.refused("su", Request::begin).ja.contains("承認"));
    assert!(story.at("12-01 19:00").fire(RequestTimer::Due).request.is_missed());
}

/// R-4.1.1-13: the completion ends all waiting. What is agreed to or answered after it moves nothing, also where the
/// work is given back: a miss that was named stays one.
#[test]
fn the_completion_ends_all_waiting() {
    let late = Story::filed(Pace::Middle, 1, false).working().at("25 10:00").offered("12-03 10:00", None);
    let late = late.at("25 21:00").completed().at("26 10:00").replied(true);
    let back = late.at("27 10:00").act("ca", |it, by| it.give_back(by, text()));
    assert_eq!((back.due(), back.verdicts().0), (Some(at("25 19:00")), Verdict::Missed));
    assert!(back.request.is_missed() && back.request.awaits().is_none());
    let asked = Story::filed(Pace::Middle, 1, false).working().at("25 10:00").asked().at("25 12:00").completed();
    let back = asked.at("26 10:00").act("ca", |it, by| it.give_back(by, text())).at("27 10:00").answered();
    assert_eq!(back.due(), Some(at("25 19:00")));
}
