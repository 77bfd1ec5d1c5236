//! What went wrong, and what to do about it.

use crate::layout::{Place, Shell, page as shell_page};
use crate::sample::HOSTILE;
use crate::timeline::{Entry, timeline};
use domain::time::Instant;
use domain::words::Lang;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use wire::problem::Problem;

/// A page instead of the one asked for.
#[derive(Clone, Debug)]
pub enum FailurePage {
    /// 404: absent, or not to be seen; the two look the same.
    NotFound,
    /// 403: inside one's own tenants, but the right is missing.
    Forbidden {
        /// Who can do it or grant it, such as サポートデスク責任者.
        ask: String,
    },
    /// 409: somebody was faster.
    Conflict {
        /// The record's page.
        record: String,
        /// What happened since the version that the person saw, newest first.
        since: Vec<Entry>,
        /// What the person had typed, so that nothing is lost.
        typed: Vec<(String, String)>,
    },
    /// 422 without a form to come back to.
    Refused {
        /// A sentence that says what to do.
        reason: String,
    },
    /// 500: a failure or a bug.
    Broken {
        /// What to quote to the administrator; also in the log.
        trace: String,
    },
}

impl FailurePage {
    /// The status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Forbidden { .. } => 403,
            Self::Conflict { .. } => 409,
            Self::Refused { .. } => 422,
            Self::Broken { .. } => 500,
        }
    }
}

/// What the gate shows of a problem to whoever reads pages. It knows nobody: no name, no navigation.
pub fn error_page(problem: &Problem, lang: Lang) -> String {
    let shell = Shell {
        lang,
        provider: lang.pick("窓口", "Madoguchi").to_owned(),
        now: Instant::from_ms(0),
        zone: TimeZone::UTC,
        viewer: None,
        place: Place::Elsewhere,
        path: "/".to_owned(),
        banner: None,
    };
    let body = html! {
        div.reading {
            p.code { (problem.status) }
            h1 { (problem.title) }
            p.told-first { (problem.detail) }
            @if let Some(reference) = &problem.reference { p { (shell.t("番号: ", "Reference: ")) code { (reference) } } }
            p.links { a href="/" { (shell.t("最初の画面へ", "Go to the first page")) } }
        }
    };
    shell_page(&shell, &problem.title, &body).into_string()
}

/// The page.
pub fn page(shell: &Shell, it: &FailurePage) -> Markup {
    let (title, what) = match it {
        FailurePage::NotFound => (
            shell.t("ページがありません", "There is no such page"),
            html! { (shell.t("番号か住所が違うか、あなたに見える範囲にありません。", "The number or the address is wrong, or it is not among what you can see. ")) a href="/" { (shell.t("最初の画面へ", "Go to the first page")) } },
        ),
        FailurePage::Forbidden { ask } => (
            shell.t("この操作の権限がありません", "You do not have the right to do this"),
            html! { (shell.t("何も変わっていません。できる人: ", "Nothing was changed. Who can: ")) strong { (ask) } (shell.t("。代理が要るときはその人に頼んでください。", ". Ask them, or ask for a delegation.")) },
        ),
        FailurePage::Conflict { record, .. } => (
            shell.t("先に変わっていました", "Somebody was faster"),
            html! { (shell.t("ご覧になったあとに下のことがありました。何も上書きしていません。", "What is below happened after you looked. Nothing was overwritten. ")) a.button href=(record) data-primary { (shell.t("いまの状態を見る", "See how it stands now")) " " kbd { "Enter" } } },
        ),
        FailurePage::Refused { reason } => (shell.t("受け付けられません", "This cannot be done"), html! { (reason) }),
        FailurePage::Broken { trace } => (
            shell.t("こちらの不具合です", "Something broke on our side"),
            html! { (shell.t("操作が済んだかどうかは、元の画面の経過で確かめてください。続くときは管理者に次の番号を伝えてください: ", "Look at the timeline to see whether it was done. If it happens again, give this number to your administrator: ")) code { (trace) } },
        ),
    };
    let body = html! {
        div.reading {
            p.code { (it.status()) }
            h1 { (title) }
            p.told-first { (what) }
            @if let FailurePage::Conflict { since, typed, .. } = it {
                h2 { (shell.t("そのあとにあったこと", "What happened since")) }
                (timeline(shell, since))
                @if !typed.is_empty() { h2 { (shell.t("入力された内容", "What you had typed")) } @for (name, text) in typed { h3 { (name) } pre { (text) } } }
            }
        }
    };
    shell_page(shell, title, &body)
}

/// The samples.
pub fn samples() -> Vec<(&'static str, FailurePage)> {
    let entry = Entry {
        seq: 128,
        at: crate::sample::at(-14),
        actor: "井上 大地（監視センター）".into(),
        act: "中間報告を公開".into(),
        text: Some(HOSTILE.into()),
        reader: Some(crate::parts::Reader::Customer),
        delivery: None,
        stated: None,
    };
    vec![
        ("404", FailurePage::NotFound),
        ("403", FailurePage::Forbidden { ask: "サポートデスク責任者".into() }),
        (
            "409",
            FailurePage::Conflict {
                record: "/incidents/NGS-12".into(),
                since: vec![entry],
                typed: vec![("text".into(), HOSTILE.into())],
            },
        ),
        ("422", FailurePage::Refused { reason: HOSTILE.into() }),
        ("500", FailurePage::Broken { trace: "01JD8K3".into() }),
    ]
}
