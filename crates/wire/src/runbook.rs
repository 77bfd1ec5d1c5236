//! Runbooks: as a paper, and as an incident offers them.

use crate::{answers, codes};

codes! {
    /// What a step does to the service.
    Effect {
        /// Nothing.
        None,
        /// It is interrupted: サービス中断.
        Interrupts,
        /// Data are lost, or return to an earlier state: データ喪失.
        LosesData,
    }
}

answers! {
    /// 保守手順 of a project.
    Runbooks {
        /// The runbooks, those to be preferred first; at most 100.
        runbooks: Vec<Runbook>,
        /// Consent in advance to every step of this version, and of no other; null where there is none.
        standing_consent: Option<StandingConsent>,
    }
    /// What a customer's approver agreed to in advance.
    StandingConsent {
        /// Who agreed for the customer.
        by: String,
        /// On which day.
        #[schema(format = Date)]
        on: String,
    }
    /// One runbook. Each kind of binding that it has must hold of the same alert; one without any is bound to nothing.
    Runbook {
        /// Its name in facts: small letters, digits and `-`, at most 40; `aws-` is for those that ship with the desk.
        id: String,
        /// Its name for people.
        title: String,
        /// For which hosts, as patterns such as `web*`.
        hosts: Vec<String>,
        /// For which labels: different ones all, of the same name any.
        labels: Vec<LabelPattern>,
        /// For which alerts, as patterns of their names or summaries.
        alerts: Vec<String>,
        /// The steps in their order; 1 to 50.
        steps: Vec<RunbookStep>,
    }
    /// A label that an alert carries.
    LabelPattern {
        /// Its name, such as `alertname`.
        name: String,
        /// A pattern of its value.
        value: String,
    }
    /// One step.
    RunbookStep {
        /// What to do.
        text: String,
        /// What it does to the service.
        effect: Effect,
        /// Whether it is done only with the instant as of which the data are afterwards.
        needs_recovery_point: bool,
        /// How old that instant may be, in minutes, before the desk says so; null where nothing is promised.
        recovery_point_minutes: Option<u16>,
        /// What is not promised, told before the step.
        limits: Vec<String>,
        /// What is to be seen afterwards; may be empty.
        expected: String,
    }
    /// A runbook as an incident offers it.
    OfferedRunbook {
        /// The version to send with a step.
        version: u32,
        /// Whether it is bound to the incident's alerts.
        matches: bool,
        /// Whether it ships with the desk.
        shipped: bool,
        /// The runbook.
        runbook: Runbook,
    }
}
