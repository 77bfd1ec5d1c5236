//! 緊急のご依頼 that nobody has taken: the monitoring centre is there at all hours and takes them or rings somebody who does
//! (R-3.3.1-3, C-12, C-13).

use crate::layout::Shell;
use crate::parts::slip;
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// One of them.
#[derive(Clone, Debug)]
pub struct UrgentLine {
    /// Its key.
    pub key: String,
    /// The customer.
    pub tenant: String,
    /// What it asks for.
    pub title: String,
    /// When it was filed.
    pub filed: Instant,
}

/// The list; empty where there is none. It sounds when it grows. Element `urgent`.
pub fn urgent(shell: &Shell, list: &[UrgentLine]) -> Markup {
    html! {
        ul.running-windows id="urgent" data-rings data-say aria-label=(shell.t("未対応の緊急のご依頼", "Urgent requests that nobody has taken")) {
            @for it in list {
                li id={ "urgent-" (it.key) } {
                    b { (shell.t("緊急のご依頼", "Urgent request")) }
                    span {
                        a href={ "/requests/" (it.key) } { (slip(&it.key)) " " (it.title) } " · " (it.tenant)
                        " · " (when::time(shell, it.filed)) (shell.t(" 受付、", " filed, ")) strong { (shell.t("担当者なし", "nobody holds it")) }
                    }
                }
            }
        }
    }
}
