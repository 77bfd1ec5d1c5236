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
    /// A frozen table, without what it says: that is its canonical JSON.
    FrozenTableHead {
        /// Its number, from 1 without gaps.
        number: u32,
        /// From when its period runs.
        #[schema(format = DateTime)]
        from: String,
        /// Before when it ends.
        #[schema(format = DateTime)]
        before: String,
        /// When it was frozen.
        #[schema(format = DateTime)]
        frozen_at: String,
        /// SHA-256 over its canonical JSON, in hexadecimal digits.
        checksum: String,
        /// The table that it restates.
        restates: Option<u32>,
        /// How it counts as a whole.
        counts: ComplianceCounts,
    }
    /// How a table counts as a whole.
    ComplianceCounts {
        /// Requests and incidents judged by their objective.
        judged: u32,
        /// Those that missed it.
        missed: u32,
        /// Incidents judged by an agreed limit.
        sla_judged: u32,
        /// Those that missed it.
        sla_missed: u32,
    }
    /// A month of a customer. The goals of a month are 95 % of objectives and 100 % of agreed limits.
    AttainedMonth {
        /// As `2026-10`.
        month: String,
        /// What was kept and missed: by the frozen table where there is one.
        counts: ComplianceCounts,
        /// 順守判定: `kept` ○, `missed` ×, `none` －.
        judgement: String,
        /// The frozen table; null while the month is provisional.
        frozen: Option<u32>,
    }
    /// Twelve months of a customer, the earliest first.
    Attainment {
        /// The customer's id.
        tenant: String,
        /// Its name.
        customer: String,
        /// The months.
        months: Vec<AttainedMonth>,
    }
    /// A promise of the next seven days that is at risk.
    PromiseAtRisk {
        /// The request.
        request: String,
        /// The customer.
        customer: String,
        /// What is asked for.
        title: String,
        /// When it is due.
        #[schema(format = DateTime)]
        due: String,
        /// `overdue`, `not_taken`, `not_begun`, `due_soon` (under way, due within 24 hours) or `waiting` (for the customer).
        risk: String,
    }
    /// All customers at a glance.
    ComplianceOverview {
        /// As of when.
        #[schema(format = DateTime)]
        as_of: String,
        /// The customers by name.
        customers: Vec<Attainment>,
        /// Promises at risk, the nearest due first.
        at_risk: Vec<PromiseAtRisk>,
    }
    /// The tables of a period as they are and as supposed. Nothing was changed.
    ComplianceWhatIf {
        /// The customer's name.
        customer: String,
        /// As of when both are judged.
        #[schema(format = DateTime)]
        as_of: String,
        /// The rows of requests as they are.
        requests: Vec<ComplianceLine>,
        /// The same rows as supposed; `days` stays that of the row.
        supposed_requests: Vec<ComplianceLine>,
        /// The rows of incidents as they are.
        incidents: Vec<IncidentComplianceLine>,
        /// The same rows as supposed.
        supposed_incidents: Vec<IncidentComplianceLine>,
        /// Tickets that come out otherwise, by name.
        differ: Vec<SupposedTicket>,
    }
    /// A ticket that comes out otherwise.
    SupposedTicket {
        /// The ticket.
        record: String,
        /// Whether it is an incident.
        incident: bool,
        /// Its real due.
        #[schema(format = DateTime)]
        due: String,
        /// Its real verdict: `met`, `missed` or `open`; null where it has none.
        verdict: Option<String>,
        /// The due as supposed.
        #[schema(format = DateTime)]
        supposed_due: String,
        /// The verdict as supposed.
        supposed: Option<String>,
    }
}
