//! A night as it is read in the morning, and figures over a stretch of time.

use crate::answers;
use crate::incident::{Label, State};

answers! {
    /// A stretch of time with the incidents that were open in it.
    Night {
        /// Its first instant.
        #[schema(format = DateTime)]
        from: String,
        /// The first instant after it.
        #[schema(format = DateTime)]
        to: String,
        /// The incidents, the earliest first; at most 500.
        incidents: Vec<NightIncident>,
        /// Keys of incidents that cannot be read.
        damaged: Vec<String>,
    }
    /// An incident in short: what failed, how long, when it was told, how it stands, what must be decided.
    NightIncident {
        /// Its name, `KEY-n`.
        key: String,
        /// Its project.
        project: String,
        /// The customer's name.
        customer: String,
        /// What failed.
        title: String,
        /// Where it stands.
        state: State,
        /// サービス影響; null while unjudged.
        impact: Option<bool>,
        /// When the alert was received.
        #[schema(format = DateTime)]
        alert_at: String,
        /// When the service was back; null while it is not.
        #[schema(format = DateTime)]
        recovered: Option<String>,
        /// When the customer was told first; null where they were not.
        #[schema(format = DateTime)]
        told: Option<String>,
        /// How it stands, in a sentence.
        standing: Label,
        /// What the customer must decide; null where nothing.
        decide: Option<Label>,
        /// Whether it is a major incident.
        is_major: bool,
    }
    /// Figures of the incidents whose alert came in a stretch.
    FigureReport {
        /// Its first instant.
        #[schema(format = DateTime)]
        from: String,
        /// The first instant after it.
        #[schema(format = DateTime)]
        to: String,
        /// The measures in short.
        sums: Vec<Sum>,
        /// Interim slots that came due.
        slots: u32,
        /// Those that passed without a report.
        missed_slots: u32,
        /// Incidents that were judged without impact later than 15 minutes after the alert.
        none_late: u32,
        /// Each incident with its figures, the earliest first; at most 500.
        incidents: Vec<FiguresOf>,
        /// Whether there were more, which are counted nowhere here: ask for a shorter stretch.
        more: bool,
    }
    /// One measure in short, over the incidents in which it ended.
    Sum {
        /// `to_judge`, `to_tell`, `to_reach` or `longest_silence`.
        measure: String,
        /// How many there are.
        count: u32,
        /// The middle one, in milliseconds; null where there are none.
        median_ms: Option<i64>,
        /// The longest, in milliseconds; null where there are none.
        max_ms: Option<i64>,
    }
    /// The figures of one incident.
    FiguresOf {
        /// Its name, `KEY-n`.
        key: String,
        /// What failed.
        title: String,
        /// The customer's name.
        customer: String,
        /// When the alert was received.
        #[schema(format = DateTime)]
        alert_at: String,
        /// The figures; null for a false alarm.
        figures: Option<Figures>,
    }
    /// Figures with the facts behind them.
    Figures {
        /// From the alert to the first judgement that counts.
        to_judge: Option<Measure>,
        /// From the alert to the first notice.
        to_tell: Option<Measure>,
        /// From the alert to the first time that one of the customer's people surely knew; null without impact.
        to_reach: Option<Measure>,
        /// The longest time without a word, from the first notice with impact on; null without impact.
        longest_silence: Option<Measure>,
        /// Interim slots that came due.
        slots: u32,
        /// Those that passed without a report, each by the fact that named it.
        missed_slots: Vec<u64>,
        /// The fact of the first judgement, where it was 無 and came later than 15 minutes after the alert.
        none_late: Option<u64>,
    }
    /// A stretch with the facts at its ends.
    Measure {
        /// How long, in milliseconds; up to now while it runs.
        ms: i64,
        /// The fact it begins with.
        from: u64,
        /// The fact it ends with; null where that has not happened.
        to: Option<u64>,
        /// Whether it still runs; without an end that means it never came.
        runs: bool,
    }
}
