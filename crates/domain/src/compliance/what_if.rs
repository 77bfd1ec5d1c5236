//! 仮定: the same history under another 標準日数, other closures, other minutes or without calls, as a report that changes nothing.
//!
//! The facts stay as they are; only the papers by which they are judged change. Dates that people agreed to, 特段の事情 and holds
//! stay what they were. The tickets are those of the real table; one whose due would lie in another period is judged all the same.

use crate::calendar::{BusinessDays, Calendar};
use crate::clocks::Verdict;
use crate::clocks::notice::AgreedTargets;
use crate::fact::Voice;
use crate::ids::RecordKey;
use crate::incident::Incident;
use crate::paper::Closures;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::time::Instant;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The most closures that can be tried at once.
const CLOSURES_MAX: usize = 100;

/// What is supposed; what is absent stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supposed {
    /// 標準日数 of a row of the table of requests, by its name.
    pub days: BTreeMap<String, BusinessDays>,
    /// Days on which the desk would have been closed beside those on which it was.
    pub closures: Vec<Date>,
    /// The targets of every first notice.
    pub targets: Option<AgreedTargets>,
    /// Whether the contact plan would have asked for no call: the notice alone ends the clock.
    pub without_calls: bool,
}

/// How a ticket comes out really and as supposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differs {
    /// The ticket.
    pub record: RecordKey,
    /// Whether it is an incident.
    pub incident: bool,
    /// Its real due.
    pub due: Instant,
    /// Its real verdict; none where it has none.
    pub verdict: Option<Verdict>,
    /// The due as supposed.
    pub supposed_due: Instant,
    /// The verdict as supposed.
    pub supposed: Option<Verdict>,
}

impl Supposed {
    /// Whether what is supposed can be counted.
    ///
    /// # Errors
    /// Nothing is supposed, there are too many closures, or minutes are none, more than a day, or an agreement stricter than its
    /// objective.
    pub fn validate(&self) -> Result<(), Refusal> {
        if self == &Self::default() {
            return Err(Refusal::invalid("days", "仮定を一つ以上入力してください。", "Suppose something."));
        }
        if self.closures.len() > CLOSURES_MAX {
            return Err(Refusal::invalid("closures", "休業日は100日までです。", "At most 100 closures."));
        }
        let Some(targets) = &self.targets else { return Ok(()) };
        let minutes = [
            ("slo", Some(targets.with_impact.slo_minutes)),
            ("sla", targets.with_impact.sla_minutes),
            ("slo_without", Some(targets.without_impact.slo_minutes)),
        ];
        for (field, minutes) in minutes {
            if minutes.is_some_and(|minutes| !(1..=1440).contains(&minutes.0)) {
                let (ja, en) = ("1から1440までの分で入力してください。", "Give 1 to 1,440 minutes.");
                return Err(Refusal::invalid(field, ja, en));
            }
        }
        if targets.with_impact.sla_minutes.is_some_and(|sla| sla < targets.with_impact.slo_minutes) {
            let (ja, en) = ("SLA は SLO 以上の分にしてください。", "An agreement is no stricter than its objective.");
            return Err(Refusal::invalid("sla", ja, en));
        }
        Ok(())
    }

    /// The calendar as supposed, from the closures that were known.
    pub fn calendar(&self, known: &Closures) -> Calendar {
        Calendar::tokyo(known.days.iter().chain(&self.closures).copied())
    }

    /// The request as supposed. Where its days or the calendar are others, what was promised at its filing is counted anew.
    #[must_use]
    pub fn request(&self, mut request: Request) -> Request {
        let days = self.days.get(&request.filing.report);
        if let Some(days) = days {
            request.filing.days = days.get();
        }
        if days.is_some() || !self.closures.is_empty() {
            request.promised = None;
        }
        request
    }

    /// The incident as supposed.
    #[must_use]
    pub fn incident(&self, mut incident: Incident) -> Incident {
        incident.targets = self.targets.unwrap_or(incident.targets);
        if self.without_calls {
            for publication in &mut incident.publications {
                if matches!(publication.what.voice, Voice::Required { .. }) {
                    publication.what.voice = Voice::Waived;
                }
            }
        }
        incident
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clocks::Minutes;

    #[test]
    fn something_is_supposed_and_can_be_counted() {
        let check = |change: fn(&mut Supposed), field: Option<&str>| {
            let mut supposed = Supposed::default();
            change(&mut supposed);
            let refused = supposed.validate().err();
            assert_eq!(refused.as_ref().and_then(Refusal::field), field, "{supposed:?}");
            assert_eq!(refused.is_some(), field.is_some());
        };
        let targets = |slo: u32, sla: u32| {
            let mut targets = AgreedTargets::default();
            (targets.with_impact.slo_minutes, targets.with_impact.sla_minutes) = (Minutes(slo), Some(Minutes(sla)));
            Some(targets)
        };
        check(|_| (), Some("days"));
        check(|it| it.without_calls = true, None);
        check(|it| it.closures = vec![Date::constant(2026, 11, 24)], None);
        check(|it| it.closures = vec![Date::constant(2026, 11, 24); 101], Some("closures"));
        for (slo, sla, field) in [(0, 30, Some("slo")), (10, 9, Some("sla")), (10, 1441, Some("sla")), (10, 10, None)] {
            let refused = Supposed { targets: targets(slo, sla), ..Supposed::default() }.validate().err();
            assert_eq!(refused.as_ref().and_then(Refusal::field), field, "{slo} {sla}");
        }
    }
}
