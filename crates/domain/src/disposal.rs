//! 保管と廃棄: how long the words of tickets are kept after their end, and how they go (R-5.4.4.3-6, -7; procedures §4).
//!
//! Facts stay for ever: they hold codes, instants and numbers, and the chain, the verdicts and the table of appendix 5 are
//! computed from them. What goes are the words: texts, names, files, mails and the bodies of alerts. One person proposes it for
//! all tickets that are old enough, another one of top management approves it, and each ticket then gets a fact that says so.

use crate::access::{Actor, Role};
use crate::calendar::Calendar;
use crate::compliance::months::midnight;
use crate::fact::{Body, Fact};
use crate::ids::{BlobId, RecordKey};
use crate::incident::verbs::is_second_person;
use crate::incident::{Broken, Mark, Marked};
use crate::paper::Paper;
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::words::Label;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

/// Months that words are kept where nothing else is agreed: five years.
pub const USUAL_MONTHS: u32 = 60;

/// What a ticket says once all its words are gone.
pub const DISPOSED: Label = Label::new(
    "保管期間が過ぎたため、書かれた内容を廃棄",
    "What was written was disposed of at the end of its retention",
);
/// What it says of single words that are gone.
pub const ERASED: Label = Label::new("書かれた内容を消去", "What was written was erased");

/// 保管期間: how long the words of a customer's tickets are kept after the last thing that happened to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Whole months, 12 to 360.
    pub months: u32,
    /// Tickets that are kept longer: under dispute, or asked for by an authority.
    #[serde(default)]
    pub kept: Vec<RecordKey>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { months: USUAL_MONTHS, kept: vec![] }
    }
}

impl Retention {
    /// Before which instant something must have happened last to be disposed of at `now`: a midnight of the desk's zone.
    pub fn before(&self, now: Instant, calendar: &Calendar) -> Instant {
        midnight(calendar.date_of(now).saturating_sub(i64::from(self.months).months()), calendar)
    }
}

impl Paper for Retention {
    const KIND: &'static str = "retention";
    const LABEL: Label = Label::new("保管期間", "Retention");

    fn validate(&self) -> Result<(), Refusal> {
        if !(12..=360).contains(&self.months) {
            return Err(Refusal::invalid("months", "12か月から360か月で入力してください。", "12 to 360 months."));
        }
        if self.kept.len() > 1_000 {
            return Err(Refusal::invalid("kept", "1000件までです。", "At most 1,000 tickets."));
        }
        Ok(())
    }
}

/// A disposal as its facts tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposal {
    /// Its number in the tenant, from 1 without gaps.
    pub number: u32,
    /// It is about tickets to which nothing happened at this instant or later.
    pub before: Instant,
    /// How many there were when it was proposed.
    pub tickets: u64,
    /// Who proposed it, and when.
    pub proposed: Mark,
    /// Whether it was approved.
    pub answered: Option<Marked<bool>>,
    /// Once all of it is done: tickets and words that went.
    pub ended: Option<Marked<(u64, u64)>>,
}

impl Disposal {
    /// Folds the facts about disposals of a tenant, in their order; facts of other kinds are passed over.
    ///
    /// # Errors
    /// One does not fit: it names none, answers or ends twice, is answered by whoever proposed it or outside top management.
    pub fn fold<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Result<Vec<Self>, Broken> {
        let mut disposals = vec![];
        for fact in facts {
            Self::apply(&mut disposals, fact).ok_or(Broken { seq: fact.seq, kind: "disposal" })?;
        }
        Ok(disposals)
    }

    /// Adds the next fact; none where it does not fit.
    pub fn apply(disposals: &mut Vec<Self>, fact: &Fact) -> Option<()> {
        let mark = || Mark::of(fact);
        match &fact.body {
            Body::DisposalProposed { number, before, tickets } => {
                let is_next = u32::try_from(disposals.len()).is_ok_and(|known| *number == known + 1);
                if !is_next || open(disposals).is_some() || fact.instant <= *before {
                    return None;
                }
                let (number, before, tickets, proposed) = (*number, *before, *tickets, mark());
                disposals.push(Self { number, before, tickets, proposed, answered: None, ended: None });
            }
            Body::DisposalAnswered { number, approved } => {
                let it = disposals.last_mut().filter(|it| it.number == *number && it.answered.is_none())?;
                may_answer(it, &fact.actor, fact.role, *approved).ok()?;
                it.answered = Some(Marked { mark: mark(), what: *approved });
            }
            Body::RecordDisposed { disposal, .. } => {
                disposals.last().filter(|it| it.number == *disposal && it.runs())?;
            }
            Body::DisposalEnded { number, tickets, words } => {
                let it = disposals.last_mut().filter(|it| it.number == *number && it.runs())?;
                it.ended = Some(Marked { mark: mark(), what: (*tickets, *words) });
            }
            _ => {}
        }
        Some(())
    }

    /// Whether it was approved and is not done yet.
    pub fn runs(&self) -> bool {
        self.ended.is_none() && self.answered.as_ref().is_some_and(|answer| answer.what)
    }

    /// Whether it waits for somebody's answer.
    pub const fn waits(&self) -> bool {
        self.answered.is_none()
    }
}

/// The one that waits for an answer or is not done yet.
pub fn open(disposals: &[Disposal]) -> Option<&Disposal> {
    disposals.last().filter(|it| it.waits() || it.runs())
}

/// Whether a disposal can be proposed.
///
/// # Errors
/// One is open already, or there is nothing to dispose of.
pub fn may_propose(disposals: &[Disposal], tickets: u64) -> Result<(), Refusal> {
    if let Some(open) = open(disposals) {
        let number = open.number;
        return Err(Refusal::not_now(
            format!("廃棄 第{number}号がまだ終わっていません。先にその承認または却下を待ってください。"),
            format!("Disposal {number} is not over yet. Wait until it is approved or rejected."),
        ));
    }
    if tickets == 0 {
        return Err(Refusal::not_now(
            "保管期間が過ぎたチケットはありません。",
            "No ticket is older than the agreed retention.",
        ));
    }
    Ok(())
}

/// Whether somebody may answer a disposal: another person than the one who proposed it, and top management where it is approved.
///
/// # Errors
/// They proposed it, or do not hold that role.
pub fn may_answer(disposal: &Disposal, by: &Actor, role: Option<Role>, approved: bool) -> Result<(), Refusal> {
    if !is_second_person(by, &disposal.proposed.actor) {
        return Err(Refusal::not_now(
            "提案した本人は承認も却下もできません。別の人が行ってください。",
            "Whoever proposed it neither approves nor rejects it. Another person has to.",
        ));
    }
    if approved && role != Some(Role::Tm) {
        return Err(Refusal::not_now(
            "廃棄を承認できるのはトップマネジメントです。",
            "Only top management approves a disposal.",
        ));
    }
    Ok(())
}

/// The facts of a record whose words go when those of fact `of` are erased: itself, and the mail that it came by. None where the
/// record has no such fact.
pub fn erased_with(facts: &[Fact], of: u64) -> Option<&[Fact]> {
    let place = facts.iter().position(|fact| fact.seq == of)?;
    let by_mail = place.checked_sub(1).filter(|before| matches!(facts[*before].body, Body::MailJoined { .. }));
    facts.get(by_mail.unwrap_or(place)..=place)
}

/// Whether the words of a fact can be erased.
///
/// # Errors
/// The record has no such fact, or it has no words.
pub fn words_of(facts: &[Fact], of: u64) -> Result<Vec<BlobId>, Refusal> {
    let erased = erased_with(facts, of).ok_or_else(|| {
        Refusal::invalid(
            "number",
            "この番号の記録はこのチケットにありません。",
            "This ticket has no fact of that number.",
        )
    })?;
    let words: Vec<BlobId> = erased.iter().flat_map(Fact::blobs).cloned().collect();
    if words.is_empty() {
        return Err(Refusal::invalid(
            "number",
            "この記録には消去する文章がありません。",
            "That fact has no words to erase.",
        ));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use crate::fact::NewFact;
    use crate::ids::{PersonId, TenantId};
    use Role::{Mr, Tm};

    fn fact(seq: u64, ms: i64, who: &str, role: Role, body: Body) -> Fact {
        let actor = Actor::person(PersonId::new(who));
        let new = NewFact { record: None, body, actor, role: Some(role), reason: None };
        new.at(TenantId::new("t"), seq, Instant::from_ms(ms))
    }

    fn proposed(seq: u64, number: u32) -> Fact {
        let before = Instant::from_ms(10);
        fact(seq, 100, "mr", Mr, Body::DisposalProposed { number, before, tickets: 2 })
    }

    fn answered(seq: u64, who: &str, role: Role, approved: bool) -> Fact {
        fact(seq, 200, who, role, Body::DisposalAnswered { number: 1, approved })
    }

    fn ended(seq: u64, number: u32) -> Fact {
        fact(seq, 300, "x", Tm, Body::DisposalEnded { number, tickets: 2, words: 9 })
    }

    fn disposed(seq: u64, disposal: u32) -> Fact {
        fact(seq, 250, "x", Tm, Body::RecordDisposed { disposal, words: 4 })
    }

    #[test]
    fn a_disposal_is_proposed_by_one_and_approved_by_another() {
        let yes = |seq| answered(seq, "tm", Tm, true);
        let no = |seq| answered(seq, "mr2", Mr, false);
        let cases: Vec<(&str, Vec<Fact>, bool)> = vec![
            ("whole", vec![proposed(1, 1), yes(2), disposed(3, 1), disposed(4, 1), ended(5, 1)], true),
            ("rejected by anybody else", vec![proposed(1, 1), no(2), proposed(3, 2)], true),
            ("waits", vec![proposed(1, 1)], true),
            ("by oneself", vec![proposed(1, 1), answered(2, "mr", Tm, true)], false),
            ("rejected by oneself", vec![proposed(1, 1), answered(2, "mr", Mr, false)], false),
            ("approved outside top management", vec![proposed(1, 1), answered(2, "mr2", Mr, true)], false),
            ("answered twice", vec![proposed(1, 1), no(2), yes(3)], false),
            ("two at once", vec![proposed(1, 1), proposed(2, 2)], false),
            ("a gap", vec![proposed(1, 2)], false),
            ("not approved", vec![proposed(1, 1), disposed(2, 1)], false),
            ("rejected, yet done", vec![proposed(1, 1), no(2), disposed(3, 1)], false),
            ("of another number", vec![proposed(1, 1), yes(2), disposed(3, 2)], false),
            ("after its end", vec![proposed(1, 1), yes(2), ended(3, 1), disposed(4, 1)], false),
            ("ended twice", vec![proposed(1, 1), yes(2), ended(3, 1), ended(4, 1)], false),
        ];
        for (what, facts, holds) in cases {
            assert_eq!(Disposal::fold(&facts).is_ok(), holds, "{what}");
        }
    }

    #[test]
    fn nothing_is_proposed_where_there_is_nothing_or_one_is_open() {
        let fold = |facts: &[Fact]| Disposal::fold(facts).unwrap();
        let [waits, runs, over] = [
            fold(&[proposed(1, 1)]),
            fold(&[proposed(1, 1), answered(2, "tm", Tm, true)]),
            fold(&[proposed(1, 1), answered(2, "tm", Tm, true), ended(3, 1)]),
        ];
        for (known, tickets, may) in [(&vec![], 1, true), (&vec![], 0, false), (&waits, 1, false), (&runs, 1, false)] {
            assert_eq!(may_propose(known, tickets).is_ok(), may, "{known:?} {tickets}");
        }
        assert!(may_propose(&over, 1).is_ok());
    }

    #[test]
    fn words_are_kept_whole_months_to_a_midnight_of_the_desk() {
        let calendar = Calendar::default();
        let at = |text: &str| text.parse::<jiff::Timestamp>().map(|it| Instant::from_ms(it.as_millisecond())).unwrap();
        // 09:30 in Tokyo on the last day of a February, and just after a midnight there.
        for (now, months, before) in [
            ("2028-02-29T00:30:00Z", 12, "2027-02-27T15:00:00Z"),
            ("2026-11-22T15:00:00Z", 60, "2021-11-22T15:00:00Z"),
            ("2026-11-22T14:59:59Z", 60, "2021-11-21T15:00:00Z"),
        ] {
            let retention = Retention { months, kept: vec![] };
            assert_eq!(retention.before(at(now), &calendar), at(before), "{now} {months}");
        }
    }

    #[test]
    fn a_retention_is_a_year_to_thirty() {
        for (months, valid) in [(11, false), (12, true), (60, true), (360, true), (361, false)] {
            assert_eq!(Retention { months, kept: vec![] }.validate().is_ok(), valid, "{months}");
        }
        let key = |n: usize| RecordKey::new(format!("NGS-{n}"));
        for (kept, valid) in [(1_000, true), (1_001, false)] {
            assert_eq!(Retention { months: 60, kept: (0..kept).map(key).collect() }.validate().is_ok(), valid);
        }
    }

    #[test]
    fn the_mail_that_words_came_by_goes_with_them() {
        let blob = BlobId::new;
        let message = |seq| {
            let text = blob("text");
            fact(seq, 1, "cu", Role::Cu, Body::RequestMessaged { text, from_customer: true })
        };
        let mail =
            fact(2, 1, "cu", Role::Cu, Body::MailJoined { mail: "m".into(), from: blob("from"), raw: blob("raw") });
        let facts = [message(1), mail, message(3), fact(4, 1, "su", Role::Su, Body::RequestBegun {})];
        let words = |of| words_of(&facts, of).map(|words| words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(words(1).unwrap(), ["text"]);
        assert_eq!(words(3).unwrap(), ["from", "raw", "text"]);
        assert!(words(4).is_err() && words(5).is_err());
    }
}
