//! One window with the alerts kept in it and what may still be done to it.

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::Shell;
use crate::parts::{Table, slip, table};
use crate::when;
use domain::time::Instant;
use domain::window::{WindowKind, WindowState};
use maud::{Markup, html};

/// A window as a page shows it.
#[derive(Clone, Debug)]
pub struct WindowLine {
    /// `KEY-Wn`.
    pub key: String,
    /// The customer.
    pub tenant: String,
    /// Whose work it is.
    pub kind: WindowKind,
    /// Where it stands.
    pub state: WindowState,
    /// Patterns of hosts; none for the whole project.
    pub hosts: Vec<String>,
    /// What is done.
    pub work: String,
    /// Who told it by telephone.
    pub caller: Option<String>,
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// Whether the reader may change it.
    pub writes: bool,
    /// What was kept in it.
    pub alerts: Vec<KeptLine>,
}

/// One alert kept in a window.
#[derive(Clone, Debug)]
pub struct KeptLine {
    /// The host.
    pub source: String,
    /// The sender's sentence.
    pub summary: String,
    /// Whether it fired when it was told last.
    pub firing: bool,
    /// How often it was told.
    pub count: u64,
    /// When it was told last.
    pub last: Instant,
    /// The incident or the window it went to.
    pub led_to: Option<String>,
}

/// The hosts as one text.
pub(crate) fn hosts(shell: &Shell, hosts: &[String]) -> String {
    if hosts.is_empty() {
        shell.t("プロジェクト全体", "the whole project").to_owned()
    } else {
        hosts.join(shell.t("、", ", "))
    }
}

/// Draws a window.
pub(super) fn window(shell: &Shell, draft: &Draft, it: &WindowLine, staff: bool) -> Markup {
    let stands = matches!(it.state, WindowState::Coming | WindowState::Running);
    html! {
        section.window id=(it.key) aria-labelledby={ "name-" (it.key) } {
            h3 id={ "name-" (it.key) } { (slip(&it.key)) " " (it.kind.label().in_lang(shell.lang)) " · " (it.state.label().in_lang(shell.lang)) }
            p { @if staff { (it.tenant) " · " } strong { (hosts(shell, &it.hosts)) } }
            p { (when::time(shell, it.from)) (shell.t(" から ", " to ")) (when::time(shell, it.to)) @if shell.lang == domain::words::Lang::Ja { " まで" } }
            p.words { (it.work) }
            @if let Some(caller) = &it.caller { p.hint { (shell.t("お電話: ", "Told by telephone: ")) (caller) } }
            (kept(shell, it))
            @if it.writes && stands { div.verbs { (verbs(shell, draft, it)) } }
        }
    }
}

fn kept(shell: &Shell, it: &WindowLine) -> Markup {
    if it.alerts.is_empty() {
        return html! { @if it.state == WindowState::Running { p.hint { (shell.t("届いたアラートはまだありません。", "No alert came so far.")) } } };
    }
    let caption = shell.t("記録したアラート", "Alerts kept");
    let heads = [
        caption,
        shell.t("ホスト", "Host"),
        shell.t("状態", "State"),
        shell.t("最後", "Last"),
        shell.t("回数", "Times"),
    ];
    let row = |alert: &KeptLine| {
        let state = match (alert.firing, it.state) {
            (false, _) => shell.t("解消", "resolved"),
            (true, WindowState::Coming | WindowState::Running) => shell.t("発生中", "firing"),
            (true, WindowState::Over | WindowState::Cancelled) => shell.t("終了時も発生中", "still fired at the end"),
        };
        vec![
            html! { (alert.summary) },
            html! { (alert.source) },
            html! { (state) @if let Some(to) = &alert.led_to { " → " (place(to)) } },
            when::time(shell, alert.last),
            html! { (alert.count) },
        ]
    };
    let rows = it.alerts.iter().map(row).collect();
    table(&Table {
        id: format!("kept-{}", it.key),
        caption: format!("{caption} {}", it.key),
        heads: heads.map(str::to_owned).to_vec(),
        rows,
    })
}

/// Where an alert went: an incident has a page, a window a place on this one.
pub(crate) fn place(key: &str) -> Markup {
    let is_window = domain::window::project_of(&domain::ids::RecordKey::new(key)).is_some();
    html! { @if is_window { a href={ "/windows#" (key) } { (slip(key)) } } @else { a href={ "/incidents/" (key) } { (slip(key)) } } }
}

fn verbs(shell: &Shell, draft: &Draft, it: &WindowLine) -> Markup {
    let (end, change, cancel) = (format!("end-{}", it.key), format!("change-{}", it.key), format!("cancel-{}", it.key));
    let action = format!("/windows/{}/end", it.key);
    let to = Field::new("to", shell.t("新しい終了", "New end"), Input::Moment).required().ahead();
    let moved = Form::new(change.as_str(), action.as_str(), shell.t("変更する", "Move it"), vec![to]);
    html! {
        @if it.state == WindowState::Running {
            (form(shell, draft, &Form::new(end, action.as_str(), shell.t("作業を終了する", "The work is done"), vec![])))
        } @else {
            (form(shell, draft, &Form::new(cancel, format!("/windows/{}/cancellation", it.key), shell.t("取り消す", "Cancel it"), vec![])))
        }
        details open[draft.form == change] {
            summary { (shell.t("終了の日時を変える", "Move the end")) }
            (form(shell, draft, &moved))
        }
    }
}
