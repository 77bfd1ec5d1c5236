//! The clock of the notice: random histories against minutes counted one by one.

use crate::{
    histories::{self, through_text},
    oracle::MINUTE,
};
use domain::clocks::{
    Clock, Impact,
    notice::{AgreedTargets, Notice},
};
use proptest::prelude::*;

fn minutes_after(alert: i64, minutes: u32) -> i64 {
    (0..minutes).fold(alert, |now, _| now + MINUTE)
}

/// The rule as a sentence: true at or before the due, false after it, and for a missing notice false only past the due.
fn met(due: i64, first_notice: Option<i64>, as_of: Option<i64>) -> Option<bool> {
    if let Some(notice) = first_notice {
        return Some(notice <= due);
    }
    if as_of? > due { Some(false) } else { None }
}

proptest! {
    #![proptest_config(histories::config())]

    #[test]
    fn dues_and_verdicts_are_as_counted(
        alert in histories::instant(),
        quarters in histories::quarters(),
        impact in prop::sample::select(vec![Impact::Present, Impact::Absent, Impact::Unjudged]),
        notice_after in prop::option::of(histories::distance(90, 15)),
        as_of_after in prop::option::of(histories::distance(90, 15)),
    ) {
        let first_notice = notice_after.map(|after| alert + after);
        let as_of = as_of_after.map(|after| alert + after);
        let notice = Notice {
            alert: through_text(alert, quarters),
            first_notice: first_notice.map(|ms| through_text(ms, -quarters.min(48))),
            as_of: as_of.map(|ms| through_text(ms, 0)),
        };
        let judged = notice.judge(AgreedTargets::default().of(impact));
        let counted = |minutes| {
            let due = minutes_after(alert, minutes);
            (due, met(due, first_notice, as_of))
        };
        let told = |clock: Clock| (clock.due.ms(), clock.verdict.met());
        let (slo, sla) = if impact == Impact::Absent { (60, None) } else { (15, Some(30)) };
        prop_assert_eq!(told(judged.slo), counted(slo));
        prop_assert_eq!(judged.sla.map(told), sla.map(counted));
    }
}
