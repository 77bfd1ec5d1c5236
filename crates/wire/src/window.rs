//! Windows of work.

use crate::{answers, codes};

codes! {
    /// Whose work it is.
    WindowKind {
        /// 計画作業: planned and announced by the desk.
        Planned,
        /// お客様作業連絡: the customer's own.
        Customer,
    }
    /// Where a window stands.
    WindowState {
        /// It has not begun.
        Coming,
        /// Alerts are kept in it.
        Running,
        /// It has ended.
        Over,
        /// It was cancelled.
        Cancelled,
    }
}

answers! {
    /// What a verb on a window leaves behind.
    WindowDone {
        /// Its name, `KEY-Wn`.
        window: String,
        /// Where it stands now.
        state: WindowState,
        /// Its begin.
        #[schema(format = DateTime)]
        from: String,
        /// Its end; the instant itself is outside.
        #[schema(format = DateTime)]
        to: String,
    }
    /// A window with what was kept in it.
    Window {
        /// Its name, `KEY-Wn`.
        window: String,
        /// Its project.
        project: String,
        /// The customer's name.
        customer: String,
        /// Whose work it is.
        kind: WindowKind,
        /// Where it stands now.
        state: WindowState,
        /// Patterns of hosts; none means the whole project.
        hosts: Vec<String>,
        /// What is done.
        work: String,
        /// Who told it by telephone.
        caller: Option<String>,
        /// Its begin.
        #[schema(format = DateTime)]
        from: String,
        /// Its end; the instant itself is outside.
        #[schema(format = DateTime)]
        to: String,
        /// When it was announced.
        #[schema(format = DateTime)]
        announced: String,
        /// When it ended or was cancelled; null while it stands.
        #[schema(format = DateTime)]
        ended: Option<String>,
        /// The alerts kept in it, those that fire first.
        alerts: Vec<WindowAlert>,
    }
    /// One alert kept in a window.
    WindowAlert {
        /// What joins its events.
        dedup_key: String,
        /// Which alert.
        alert_key: String,
        /// `firing` or `resolved`, as it stood in the window.
        status: String,
        /// The severity as the sender says it.
        severity: String,
        /// One line about what is wrong.
        summary: String,
        /// What it is about, such as a host.
        source: String,
        /// When it was first kept here.
        #[schema(format = DateTime)]
        first_received: String,
        /// When it was last told here.
        #[schema(format = DateTime)]
        last_received: String,
        /// How often it was told here.
        count: u64,
        /// Where it went when the window ended and it still fired: an incident, or a window that ran on. Staff only.
        led_to: Option<String>,
    }
}
