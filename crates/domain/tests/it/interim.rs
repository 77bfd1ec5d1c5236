//! Interim reports: random nights against minutes that pass one by one.

use crate::{
    histories::{self, through_text},
    oracle,
};
use domain::{
    clocks::{Impact, interim::Interim},
    time::Instant,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(histories::config())]

    #[test]
    fn slots_reports_and_silence_are_as_the_oracle_walks_them(
        first_notice in histories::instant(),
        quarters in histories::quarters(),
        resolved_after in prop::option::of(histories::distance(40 * 60, 60)),
        as_of_after in histories::distance(40 * 60, 60),
        reports_after in prop::collection::vec(histories::distance(40 * 60, 60), 0..12),
    ) {
        let resolved = resolved_after.map(|after| first_notice + after);
        let as_of = first_notice + as_of_after;
        let reports: Vec<i64> = reports_after.iter().map(|after| first_notice + after).collect();
        let interim = Interim {
            impact: Impact::Present,
            first_notice: through_text(first_notice, quarters),
            resolved: resolved.map(|ms| through_text(ms, 0)),
            as_of: through_text(as_of, 36),
        };
        let (due, next) = oracle::interim_slots(first_notice, resolved, as_of);

        let slots: Vec<i64> = interim.slots().unwrap().into_iter().map(Instant::ms).collect();
        prop_assert_eq!(&slots, &due);
        prop_assert_eq!(interim.next_slot().map(Instant::ms), next);

        let told: Vec<_> = reports.iter().map(|ms| Instant::from_ms(*ms)).collect();
        for slot in interim.filled(&told).unwrap() {
            let fills = |report: &&i64| oracle::slot_of_report(first_notice, **report) == Some(slot.due.ms());
            prop_assert_eq!(slot.report.map(Instant::ms), reports.iter().filter(fills).min().copied());
        }
        let unfilled = |slot: &i64| !reports.iter().any(|r| oracle::slot_of_report(first_notice, *r) == Some(*slot));
        let missed: Vec<i64> = due.iter().copied().filter(|slot| *slot < as_of && unfilled(slot)).collect();
        prop_assert_eq!(interim.missed(&told).unwrap().into_iter().map(Instant::ms).collect::<Vec<_>>(), missed);

        let end = resolved.map_or(as_of, |resolved| resolved.min(as_of));
        let silence = oracle::longest_silence(first_notice, &reports, end);
        prop_assert_eq!(interim.longest_silence_ms(&told), silence);
    }

    #[test]
    fn without_impact_no_slot_is_owed(first_notice in histories::instant(), as_of_after in histories::distance(40 * 60, 60)) {
        let first_notice = Instant::from_ms(first_notice);
        let as_of = first_notice.plus_ms(as_of_after);
        let interim = Interim { impact: Impact::Absent, first_notice, resolved: None, as_of };
        prop_assert_eq!(interim.slots(), Ok(vec![]));
        prop_assert_eq!(interim.next_slot(), None);
    }
}
