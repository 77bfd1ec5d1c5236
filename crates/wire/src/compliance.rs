//! How service levels were kept.

use crate::answers;

answers! {
    /// The tables of appendix 5 for a period.
    Compliance {
        /// The customer's name.
        customer: String,
        /// The first day.
        #[schema(format = Date)]
        from: String,
        /// The last day.
        #[schema(format = Date)]
        to: String,
        /// As of when it was counted.
        #[schema(format = DateTime)]
        as_of: String,
        /// One line for each row of the catalogue, in its order.
        requests: Vec<ComplianceLine>,
        /// With impact, then without.
        incidents: Vec<IncidentComplianceLine>,
    }
    /// One row of requests. Each list names its tickets.
    ComplianceLine {
        /// 項目: `slight`, `possible`, `basic` or `advanced`.
        class: String,
        /// 依頼作業名
        name: String,
        /// 標準日数, in business days.
        days: u16,
        /// Tickets that were judged.
        tickets: Vec<String>,
        /// 目標未達
        missed: Vec<String>,
        /// 順守判定: `kept` ○, `missed` ×, `none` － (no ticket in the period).
        judgement: String,
        /// 特段の事情 set their due.
        excepted: Vec<String>,
        /// They were held for the customer.
        held: Vec<String>,
        /// They were met by the hold only.
        met_by_hold: Vec<String>,
        /// Called off, or no work of the desk: no verdict.
        cancelled: Vec<String>,
    }
    /// One row of incidents. Each list names its incidents.
    IncidentComplianceLine {
        /// サービス影響
        impact: bool,
        /// Incidents that were judged.
        incidents: Vec<String>,
        /// 未達, by the objective.
        missed: Vec<String>,
        /// Those that missed the agreed limit too.
        missed_sla: Vec<String>,
        /// 順守判定, as in a row of requests.
        judgement: String,
    }
}
