//! Requests.

use crate::answers;

answers! {
    /// A request.
    Request {
        /// Its name, `KEY-n`.
        key: String,
        /// Its project.
        project: String,
        /// The customer's name.
        customer: String,
        /// The version to send with the next verb.
        version: u64,
        /// `received`, `reviewing`, `planned`, `working`, `completed`, `closed`, `out_of_scope` or `cancelled`.
        state: String,
        /// Its title.
        title: String,
        /// Code of its catalogue entry.
        entry: String,
        /// 種別
        kind: String,
        /// 標準日数, in business days.
        days: u32,
        /// 優先度: `high`, `middle` or `low`.
        pace: String,
        /// `ticket`, `telephone` or `provider`.
        channel: String,
        /// From when its clock runs.
        #[schema(format = DateTime)]
        received: String,
        /// The standard due; null for 低 without an agreed date.
        #[schema(format = DateTime)]
        standard_due: Option<String>,
        /// The due that governs, with agreed dates, exceptions and holds.
        #[schema(format = DateTime)]
        due: Option<String>,
        /// Business days that holds took out.
        held_days: u32,
        /// What the customer is waited for: `answer`, `date` or `consent`; null for nothing.
        awaiting: Option<String>,
        /// Whether 特段の事情 set the due.
        excepted: bool,
        /// When the work was completed.
        #[schema(format = DateTime)]
        completed: Option<String>,
        /// Whether its due passed without a completion.
        missed: bool,
        /// Whether it is urgent.
        urgent: bool,
        /// What is owed next; null once it has ended.
        owed: Option<String>,
        /// Until when that is owed.
        #[schema(format = DateTime)]
        owed_due: Option<String>,
        /// When it ended.
        #[schema(format = DateTime)]
        ended: Option<String>,
    }
    /// What a verb on a request leaves behind.
    RequestDone {
        /// Its name, `KEY-n`.
        key: String,
        /// Its version now.
        version: u64,
        /// Its state now.
        state: String,
    }
    /// When a request filed now would be due, and why.
    DuePromise {
        /// The due; null for 低.
        #[schema(format = DateTime)]
        due: Option<String>,
        /// Each day from the day of receipt, which is day 0.
        days: Vec<CountedDay>,
    }
    /// One day on the way to a due.
    CountedDay {
        /// The day.
        #[schema(format = Date)]
        date: String,
        /// Which business day it is, from 1; null where it does not count.
        number: Option<u16>,
        /// Japanese name of the public holiday it is.
        holiday: Option<String>,
        /// Whether the desk is closed on it by its own calendar.
        closure: bool,
    }
}
