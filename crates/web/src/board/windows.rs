//! Windows of work that run now: what fires inside opens no incident, and is seen all the same.

use crate::layout::Shell;
use crate::parts::slip;
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// A window that runs now.
#[derive(Clone, Debug)]
pub struct WindowStrip {
    /// `KEY-Wn`.
    pub key: String,
    /// The customer.
    pub tenant: String,
    /// Whose work it is.
    pub kind: Label,
    /// Patterns of hosts; none for the whole project.
    pub hosts: Vec<String>,
    /// Until when.
    pub to: Instant,
    /// Alerts that fire in it.
    pub firing: u64,
}

/// The windows that run now; empty where there is none. Element `windows`.
pub fn windows(shell: &Shell, list: &[WindowStrip]) -> Markup {
    html! {
        ul.running-windows id="windows" aria-label=(shell.t("作業中の時間帯", "Windows of work running now")) {
            @for it in list {
                li id={ "window-" (it.key) } {
                    b { (it.kind.in_lang(shell.lang)) }
                    span {
                        a href={ "/windows#" (it.key) } { (slip(&it.key)) } " " (it.tenant) " " (crate::window::hosts(shell, &it.hosts))
                        " · " (when::time(shell, it.to)) (shell.t(" まで", " is its end"))
                        " · " @if it.firing > 0 { strong { (shell.t("発生中のアラート ", "alerts firing: ")) (it.firing) } } @else { (shell.t("発生中のアラートなし", "nothing fires")) }
                    }
                }
            }
        }
    }
}
