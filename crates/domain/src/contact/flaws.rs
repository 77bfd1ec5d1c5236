//! Why a contact plan cannot keep 15 minutes, and what to do about it: seen by day, so that nobody finds it out at 03:12.

use super::{ContactPlan, Occasion};
use crate::calendar::Calendar;
use crate::time::{Instant, MINUTE_MS};
use crate::words::Label;
use std::collections::BTreeSet;

/// How far ahead plans are looked at: every kind of day lies within.
const DAYS_AHEAD: i64 = 14;

/// What is wrong with a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nobody is named, and nothing is waived.
    Nobody,
    /// Nobody has a telephone, and calls are not waived.
    NoTelephone,
    /// From this instant on nobody may be called; the next such gap.
    Gap(Instant),
    /// From this instant on one contact only may be called.
    OnlyOne(Instant),
    /// Calls are waived and nobody has a mail address either.
    NoMail,
    /// The reading of a name is missing; its rank.
    NoReading(u32),
    /// The customer's approver has not agreed.
    NotAgreed,
}

impl Flaw {
    /// What is wrong and what to do.
    pub const fn advice(self) -> Label {
        match self {
            Self::Nobody => Label::new(
                "連絡先がありません。お客様に連絡先と順番を指定していただいてください。",
                "There is no contact. Ask the customer to name contacts and their order.",
            ),
            Self::NoTelephone => Label::new(
                "電話番号がないため、障害時に架電できません。番号を登録するか、システムオーナーの電話不要の同意を記録してください。",
                "Nobody can be telephoned. Add a number, or record the system owner's waiver of calls.",
            ),
            Self::Gap(_) => Label::new(
                "電話できる連絡先がいない時間帯があります。その時間帯の連絡先を追加してください。",
                "There are hours in which nobody may be called. Add a contact for them.",
            ),
            Self::OnlyOne(_) => Label::new(
                "電話できる連絡先が1人だけの時間帯があります。出られないときの連絡先を追加してください。",
                "There are hours with a single contact. Add one for when that person does not answer.",
            ),
            Self::NoMail => Label::new(
                "電話不要ですがメールアドレスもありません。通知を受け取るアドレスを登録してください。",
                "Calls are waived and there is no mail address. Add one that takes the notices.",
            ),
            Self::NoReading(_) => Label::new(
                "氏名の読みがありません。深夜に名前を呼べるよう、カナで登録してください。",
                "The reading of a name is missing. Add it in kana, so that it can be said on the telephone.",
            ),
            Self::NotAgreed => Label::new(
                "お客様の承認者がまだ同意していません。ポータルの「取り決め」で同意していただくか、書面で同意した方の氏名を記録してください。",
                "The customer's approver has not agreed. Have it agreed on the portal's page “What we agreed”, or record who signed it on paper.",
            ),
        }
    }

    /// Whether with this flaw a notice of impact cannot be called in 15 minutes.
    pub const fn breaks_the_promise(self) -> bool {
        matches!(self, Self::Nobody | Self::NoTelephone | Self::Gap(_) | Self::NoMail)
    }
}

impl ContactPlan {
    /// What is wrong with this plan as seen from an instant; the gravest first. `agreed`: the customer's approver agreed to
    /// this version on the portal.
    pub fn flaws(&self, now: Instant, calendar: &Calendar, agreed: bool) -> Vec<Flaw> {
        let mut flaws = vec![];
        let has_mail = self.contacts.iter().any(|contact| !contact.mail.is_empty());
        if self.waived_by.is_some() {
            if !has_mail {
                flaws.push(Flaw::NoMail);
            }
        } else if self.contacts.is_empty() {
            flaws.push(Flaw::Nobody);
        } else if self.contacts.iter().all(|contact| contact.phone.is_empty()) {
            flaws.push(Flaw::NoTelephone);
        } else {
            let callable = |at: Instant| self.callable(&Occasion { at, calendar, service: None }).count();
            let counts: Vec<(Instant, usize)> = self.edges(now, calendar).map(|at| (at, callable(at))).collect();
            flaws.extend(counts.iter().find(|(_, count)| *count == 0).map(|(at, _)| Flaw::Gap(*at)));
            flaws.extend(counts.iter().find(|(_, count)| *count == 1).map(|(at, _)| Flaw::OnlyOne(*at)));
        }
        let nameless = (1..).zip(&self.contacts).filter(|(_, contact)| !contact.phone.is_empty());
        flaws.extend(nameless.filter(|(_, contact)| contact.reading.is_empty()).map(|(rank, _)| Flaw::NoReading(rank)));
        if !agreed && self.agreed_by.is_none() && !self.contacts.is_empty() {
            flaws.push(Flaw::NotAgreed);
        }
        flaws
    }

    /// The instants of the next days at which somebody's hours may begin or end, and now.
    fn edges(&self, now: Instant, calendar: &Calendar) -> impl Iterator<Item = Instant> {
        let minutes: BTreeSet<u16> = self
            .contacts
            .iter()
            .flat_map(|c| [0, c.hours.from_minute, c.hours.to_minute % super::DAY_MINUTES])
            .collect();
        let midnight = now.timestamp().to_zoned(calendar.zone().clone()).start_of_day();
        let midnight = midnight.map_or(now, |midnight| Instant::from_ms(midnight.timestamp().as_millisecond()));
        let edges = (0..DAYS_AHEAD).flat_map(move |day| {
            let minutes: Vec<u16> = minutes.iter().copied().collect();
            minutes.into_iter().map(move |minute| {
                midnight.plus_ms((day * i64::from(super::DAY_MINUTES) + i64::from(minute)) * MINUTE_MS)
            })
        });
        std::iter::once(now).chain(edges.filter(move |at| *at > now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::tests::contact;
    use crate::contact::{Contact, Days, Hours};

    const OFFICE: Hours = Hours { days: Days::Business, from_minute: 540, to_minute: 1080 };
    const NIGHT: Hours = Hours { days: Days::Every, from_minute: 1080, to_minute: 540 };

    /// Plans as of a Tuesday at 10:00, before the holiday-free rest of the week.
    #[test]
    fn a_plan_that_cannot_keep_the_promise_says_so() {
        let now = Instant::parse("2026-11-24T10:00:00+09:00").unwrap();
        let at = |text: &str| Instant::parse(text).unwrap();
        let at_hours = |id: &str, hours| Contact { hours, reading: "カナ".into(), ..contact(id, "03-0000-0000") };
        let plan =
            |contacts: Vec<Contact>| ContactPlan {
                contacts, agreed_by: Some("佐藤".into()), ..ContactPlan::default()
            };
        let always = || at_hours("always", Hours::default());
        let second = || at_hours("second", Hours::default());
        let check = |plan: ContactPlan, flaws: &[Flaw]| {
            assert_eq!(plan.flaws(now, &Calendar::tokyo([]), false), flaws, "{plan:?}");
        };

        check(plan(vec![]), &[Flaw::Nobody]);
        check(plan(vec![always(), second()]), &[]);
        check(plan(vec![always()]), &[Flaw::OnlyOne(now)]);
        check(plan(vec![contact("mail", "")]), &[Flaw::NoTelephone]);
        // By day an office, by night somebody else: at weekends nobody by day.
        let gap = Flaw::Gap(at("2026-11-28T09:00:00+09:00"));
        check(plan(vec![at_hours("office", OFFICE), at_hours("night", NIGHT)]), &[gap, Flaw::OnlyOne(now)]);
        let weekend = Hours { days: Days::NonBusiness, ..Hours::default() };
        check(
            plan(vec![at_hours("office", OFFICE), at_hours("night", NIGHT), at_hours("weekend", weekend)]),
            &[Flaw::OnlyOne(now)],
        );
        check(plan(vec![always(), Contact { reading: String::new(), ..second() }]), &[Flaw::NoReading(2)]);
        check(ContactPlan { agreed_by: None, ..plan(vec![always(), second()]) }, &[Flaw::NotAgreed]);
        let on_the_portal = ContactPlan { agreed_by: None, ..plan(vec![always(), second()]) };
        assert_eq!(on_the_portal.flaws(now, &Calendar::tokyo([]), true), []);
        let waived = |contacts| ContactPlan { waived_by: Some("佐藤".into()), ..plan(contacts) };
        check(waived(vec![]), &[Flaw::NoMail]);
        check(waived(vec![contact("mail", "")]), &[]);
        assert!(gap.breaks_the_promise() && !Flaw::OnlyOne(now).breaks_the_promise());
    }
}
