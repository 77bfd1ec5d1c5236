//! The board of the monitoring centre: one sentence and one key, the rows by nearest duty, and the next 60 minutes.
//!
//! Each part is a function of its own and an element with an id, so that the event stream can replace it alone.

pub(crate) mod handler;
mod row;
mod sample;
mod strip;
mod urgent;
mod windows;

pub use row::{BoardRow, row};
pub use sample::samples;
pub use strip::{LaneMark, lane, scale};
pub use urgent::{UrgentLine, urgent};
pub use windows::{WindowStrip, windows};

use crate::clock::clock_mark;
use crate::layout::{Shell, page as shell_page};
use crate::parts::empty;
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// What the board shows.
#[derive(Clone, Debug)]
pub struct BoardPage {
    /// Open incidents; [`page`] sorts them by nearest duty.
    pub rows: Vec<BoardRow>,
    /// What is wrong with the desk itself.
    pub warnings: Vec<Warning>,
    /// Urgent requests that nobody has taken.
    pub urgent: Vec<UrgentLine>,
    /// Windows of work that run now.
    pub windows: Vec<WindowStrip>,
    /// Who is on duty now.
    pub duty: Vec<String>,
    /// Accepted alerts since midnight, for the empty board.
    pub alerts_today: u64,
    /// Whether the reader takes calls.
    pub takes_calls: bool,
}

/// Something wrong with the desk itself, and where to act.
#[derive(Clone, Debug)]
pub enum Warning {
    /// Mail cannot be handed over.
    SmtpFailing {
        /// Since when.
        since: Instant,
        /// What the server said.
        reason: String,
        /// Messages waiting.
        waiting: u64,
    },
    /// No mail server is configured.
    SmtpMissing {
        /// Messages waiting.
        waiting: u64,
    },
    /// What the auditor found at its last sweep.
    Auditor {
        /// Timers nobody fired.
        overdue_timers: u64,
        /// Messages that are claimed and not sent.
        overdue_claims: u64,
        /// Open incidents that owe nothing any more.
        stuck: u64,
    },
    /// The node's clock is not synchronised; the offset in milliseconds where known.
    ClockUnsynchronised {
        /// Offset to true time in milliseconds.
        offset_ms: Option<i64>,
    },
    /// Alerts that could not be read.
    Quarantine {
        /// How many wait to be looked at.
        count: u64,
    },
    /// A notice not delivered within 5 minutes: it has become a call task.
    Undelivered {
        /// The incident, such as `NCS-12`.
        record: String,
        /// To whom it should have gone.
        to: String,
        /// Why not.
        reason: String,
    },
    /// The facts of an incident cannot be read.
    Damaged {
        /// The incident, such as `NCS-12`.
        record: String,
    },
    /// No packs are made: no passphrase or no second place is set.
    PackMissing,
    /// The last pack is old or could not be written.
    PackLate {
        /// As of when the last one is, if there was one.
        made: Option<Instant>,
        /// Why; empty where nothing was said.
        reason: String,
    },
    /// A promised heartbeat is missing.
    Silent {
        /// Name of the intake key.
        key: String,
        /// The last one.
        since: Instant,
    },
}

/// The board.
pub fn page(shell: &Shell, it: &BoardPage) -> Markup {
    let mut rows: Vec<&BoardRow> = it.rows.iter().collect();
    rows.sort_by_key(|row| (row.due().is_none(), row.due(), row.key.clone()));
    let body = html! {
        div.board data-live="/live/board" {
            h1.away { (shell.t("監視ボード", "Board")) }
            (next(shell, rows.first().copied(), it.alerts_today))
            (warnings(shell, &it.warnings))
            (urgent(shell, &it.urgent))
            (windows(shell, &it.windows))
            @if !rows.is_empty() {
                div.rows role="table" aria-label=(shell.t("対応中の障害", "Open incidents")) {
                    div.row.heads role="row" {
                        span role="columnheader" { (shell.t("期限", "Clock")) }
                        span role="columnheader" { (shell.t("次の一手", "Next")) }
                        span role="columnheader" { (shell.t("何が", "What")) }
                        span role="columnheader" { (shell.t("担当", "Held by")) }
                        span.lane role="columnheader" { span.away { (shell.t("これからの60分", "The next 60 minutes")) } (scale(shell)) }
                    }
                    div id="rows" role="rowgroup" data-rows data-sorted { @for item in &rows { (row(shell, item)) } }
                }
                p.legend { (strip::legend(shell)) }
            } @else { div id="rows" data-rows data-sorted {} }
            (foot(shell, it))
        }
    };
    shell_page(shell, shell.t("監視ボード", "Board"), &body)
}

/// The sentence and its key: what is the nearest duty, and how long is left. Element `next`.
pub fn next(shell: &Shell, row: Option<&BoardRow>, alerts_today: u64) -> Markup {
    html! {
        section.next id="next" {
            @if let Some(row) = row {
                p.sentence data-say {
                    span.whose { (row.tenant) }
                    a href=(row.href()) data-primary { strong { (row.what()) } span.arrow aria-hidden="true" { "→" } b { (row.duty.in_lang(shell.lang)) } kbd { "Enter" } }
                }
                (clock_mark(shell, &row.held()))
            } @else {
                p.sentence data-say { strong { (shell.t("いま、やることはありません。", "Nothing is owed right now.")) } }
                p.hint {
                    (shell.t("きょう受けたアラート ", "Alerts accepted today: ")) b.number { (alerts_today) } (shell.t(" 件。 ", ". "))
                    a href="/alerts" { (shell.t("行き先を見る", "See where they went")) } (shell.t(" ／ 届くはずのものが無ければ ", " – if something should have arrived, ")) a href="/settings/keys" { (shell.t("試験アラートを送る", "send a test alert")) }
                }
            }
        }
    }
}

/// The bar of warnings; empty when all is well. Element `warnings`.
pub fn warnings(shell: &Shell, list: &[Warning]) -> Markup {
    html! {
        ul.warnings id="warnings" data-say {
            @for warning in list { li { b { (shell.t("注意", "Warning")) } span { (said(shell, warning)) } } }
        }
    }
}

fn said(shell: &Shell, warning: &Warning) -> Markup {
    match warning {
        Warning::SmtpFailing { since, reason, waiting } => html! {
            (shell.t("メールを渡せていません（", "Mail is not getting out (since ")) (when::text(shell, *since)) (shell.t(" から、待ち ", ", waiting: ")) (waiting) (shell.t(" 通）: ", "): ")) q { (reason) } " "
            a href="/settings/mail" { (shell.t("設定を確かめる", "Check the settings")) }
        },
        Warning::SmtpMissing { waiting } => html! {
            (shell.t("メールサーバーが設定されていません。連絡はメールで届きません（待ち ", "No mail server is configured: notices are not mailed (waiting: ")) (waiting) (shell.t(" 通）。", ").")) " "
            a href="/settings/mail" { (shell.t("設定を確かめる", "Check the settings")) }
        },
        Warning::Auditor { overdue_timers, overdue_claims, stuck } => html! {
            (shell.t("自己点検: 遅れている予定 ", "Self-check: overdue timers ")) (overdue_timers) (shell.t(" 件、送信されないままの通知 ", ", messages claimed and not sent ")) (overdue_claims) (shell.t(" 件、次の一手のない障害 ", ", incidents without a next step ")) (stuck) (shell.t(" 件。管理者に連絡してください。", ". Tell your administrator."))
        },
        Warning::ClockUnsynchronised { offset_ms } => html! {
            (shell.t("サーバーの時計が同期していません", "The server's clock is not synchronised"))
            @if let Some(ms) = offset_ms { (shell.t("（ずれ ", " (off by ")) (ms) " ms" (shell.t("）", ")")) }
            (shell.t("。期限の判定に響きます。NTP を直してください。", ". Clocks are judged by it: repair NTP."))
        },
        Warning::Quarantine { count } => html! {
            (shell.t("読めなかったアラートが ", "Alerts that could not be read: ")) b.number { (count) } (shell.t(" 件あります。", ". ")) a href="/alerts/quarantine" { (shell.t("中身を見る", "Look at them")) }
        },
        Warning::Undelivered { record, to, reason } => html! {
            (shell.t("連絡が届いていません。電話してください: ", "A notice was not delivered. Call: ")) a href={ "/incidents/" (record) "#calls" } { (record) } " " (to) (shell.t("（", " (")) (reason) (shell.t("）", ")"))
        },
        Warning::Damaged { record } => html! {
            b { (record) } (shell.t(" の記録を読めません。管理者に連絡してください（madoguchi verify）。", " cannot be read. Tell your administrator (madoguchi verify)."))
        },
        Warning::PackMissing => html! {
            (shell.t("停止時の控え（パック）が作られていません。pack.passphrase と、pack.dir か pack.url を設定してください。", "No outage packs are made. Set pack.passphrase, and pack.dir or pack.url."))
        },
        Warning::PackLate { made, reason } => html! {
            (shell.t("停止時の控え（パック）を書けていません（最後の控え: ", "The outage pack is not being written (last one: "))
            @if let Some(made) = made { (when::text(shell, *made)) } @else { (shell.t("なし", "none")) }
            (shell.t("）", ")")) @if !reason.is_empty() { ": " q { (reason) } }
        },
        Warning::Silent { key, since } => html! {
            (shell.t("監視元「", "The source “")) (key) (shell.t("」からの定期信号が ", "” has been silent since ")) (when::text(shell, *since)) (shell.t(" から途絶えています。", "."))
        },
    }
}

/// The foot: how old the connection is, whether sound is on, who is on duty. The names are the element `duty`.
fn foot(shell: &Shell, it: &BoardPage) -> Markup {
    html! {
        footer.foot {
            span.age data-age=(shell.t("最終更新 {s} 秒前", "last update {s} s ago")) { (shell.t("最新にするには再読み込み", "reload to update")) }
            button.plain type="button" data-sound data-on=(shell.t("音 入", "Sound on")) data-off=(shell.t("音 切", "Sound off")) data-silent=(shell.t("音 まだ鳴りません（押すと鳴ります）", "Still silent: press for sound")) aria-pressed="false" hidden { (shell.t("音 切", "Sound off")) }
            (duty(shell, &it.duty))
            @if it.takes_calls {
                form action="/calls" method="post" { button type="submit" data-key="c" { (shell.t("電話を受ける", "Take a call")) " " kbd { "C" } } }
            }
            span.tip { kbd { "?" } " " (shell.t("キー操作", "keys")) }
        }
    }
}

/// Who is on duty. Element `duty`.
pub fn duty(shell: &Shell, on_duty: &[String]) -> Markup {
    html! {
        span id="duty" {
            (shell.t("当番 ", "On duty: "))
            @if on_duty.is_empty() { strong { (shell.t("誰もいません", "nobody")) } }
            @else { strong { (on_duty.join(shell.t("、", ", "))) } }
        }
    }
}

/// The list of open incidents of the desk, where there is none.
pub fn none_open(shell: &Shell) -> Markup {
    empty(
        shell.t("対応中の障害はありません。", "No incident is open."),
        &html! { a href="/alerts" { (shell.t("きょうのアラートを見る", "See today's alerts")) } },
    )
}
