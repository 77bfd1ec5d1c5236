//! Samples of the night.

use super::{Night, NightLine, NightPage};
use crate::board::LaneMark;
use crate::customer::incident_samples;
use crate::form::{Draft, Problem};
use crate::sample::at;

/// A night for its customer, for staff, an empty one, and one asked for wrongly.
pub fn samples() -> Vec<(&'static str, NightPage)> {
    let mark = |seconds: i64, what: &str, done: bool| LaneMark { at: at(seconds), what: what.into(), done };
    let marks = vec![
        mark(-900, "受信", true),
        mark(-250, "障害発生連絡", true),
        mark(-240, "お電話", true),
        mark(-100, "中間報告なし", false),
        mark(3_350, "中間報告", false),
    ];
    let line = |told| NightLine {
        customer: "株式会社なぎさ商事".into(), told, marks: marks.clone(), is_major: false
    };
    let incidents = incident_samples().into_iter().map(|(_, told)| line(told)).collect();
    let full = NightPage {
        night: Night { from: at(-29_712), to: at(20_688) },
        asked: ("2026-11-21T19:00:00".into(), "2026-11-22T09:00:00".into()),
        incidents,
        damaged: vec![],
        staff: false,
        draft: Draft::default(),
    };
    let mut staff = full.clone();
    (staff.staff, staff.damaged) = (true, vec!["NGS-99".into()]);
    staff.incidents.truncate(2);
    staff.incidents[0].is_major = true;
    let empty = NightPage { incidents: vec![], ..full.clone() };
    let mut refused = empty.clone();
    refused.draft = Draft {
        form: "night".into(),
        values: vec![("from".into(), "2026-11-22T03:00:00".into()), ("to".into(), "2026-11-22T02:00:00".into())],
        problems: vec![Problem {
            field: "to".into(),
            text: "終わりは始まりより後、7日以内で入力してください。".into(),
        }],
        summary: None,
    };
    vec![("full", full), ("staff", staff), ("empty", empty), ("refused", refused)]
}
