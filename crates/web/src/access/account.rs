//! One's own account: where one is signed in, the password, the language.

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, table};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::time::Instant;
use domain::words::Lang;
use maud::{Markup, html};

/// One session.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// Its id; revoking posts to `/account/sessions/{id}/revocation`.
    pub id: String,
    /// Browser and address, as seen.
    pub from: String,
    /// Since when.
    pub since: Instant,
    /// Last use.
    pub seen: Instant,
    /// Whether it is this one.
    pub current: bool,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// Name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// What the person is, where: roles by tenant, in the reader's language.
    pub roles: Vec<String>,
    /// Sessions, this one first.
    pub sessions: Vec<SessionLine>,
    /// What was typed before.
    pub draft: Draft,
}

/// The page. Posts `old`, `password` to `/account/password`, and `lang` to `/language`.
pub fn page(shell: &Shell, it: &AccountPage) -> Markup {
    let title = shell.t("アカウント", "Account");
    let fields =
        vec![
            Field::new("old", shell.t("いまのパスワード", "Current password"), Input::Password).required().wide(),
            Field::new("password", shell.t("新しいパスワード", "New password"), Input::NewPassword)
                .hint(shell.t(
                    "8文字以上。ほかのサインインはすべて終わります。",
                    "8 characters or more. All other sessions end.",
                ))
                .required()
                .wide(),
        ];
    let heads = [shell.t("どこから", "From"), shell.t("開始", "Since"), shell.t("最後の利用", "Last use"), ""]
        .map(str::to_owned)
        .to_vec();
    let rows = it.sessions.iter().map(|s| row(shell, s)).collect();
    let body = html! {
        header.top { h1 { (it.name) } p { (it.email) " · " (it.roles.join(shell.t("、", ", "))) } }
        div.pair {
            section { h2 { (shell.t("サインイン中の端末", "Where you are signed in")) } (table(&Table { id: "sessions".into(), caption: title.into(), heads, rows })) }
            div.stack {
                section { h2 { (shell.t("パスワード", "Password")) } (form(shell, &it.draft, &Form::new("password", "/account/password", shell.t("変える", "Change"), fields))) }
                section { h2 { (shell.t("言語", "Language")) }
                    form action="/language" method="post" { input type="hidden" name="back" value="/account";
                        @for (lang, name) in [(Lang::Ja, "日本語"), (Lang::En, "English")] { button name="lang" value=(lang.tag()) lang=(lang.tag()) disabled[shell.lang == lang] { (name) } " " }
                    }
                }
            }
        }
    };
    shell_page(shell, title, &body)
}

fn row(shell: &Shell, it: &SessionLine) -> Vec<Markup> {
    let end = html! {
        @if it.current { strong { (shell.t("この端末", "this one")) } }
        @else { form action={ "/account/sessions/" (it.id) "/revocation" } method="post" data-enhance { p.wrong data-summary hidden role="alert" {} button { (shell.t("終わらせる", "End it")) } } }
    };
    vec![html! { (it.from) }, when::time(shell, it.since), when::time(shell, it.seen), end]
}

/// The samples.
pub fn samples() -> Vec<(&'static str, AccountPage)> {
    let session = |id: &str, from: &str, current| SessionLine {
        id: id.into(),
        from: from.into(),
        since: at(-40_000),
        seen: at(-20),
        current,
    };
    let sessions = vec![
        session("1", "Firefox 144 / Windows, 203.0.113.4", true),
        session("2", "Safari / iPhone, 198.51.100.7", false),
        session("3", HOSTILE, false),
    ];
    vec![(
        "plain",
        AccountPage {
            name: "佐藤 恵".into(),
            email: "sato@minato.example".into(),
            roles: vec!["監視センター".into(), "サポートデスク責任者（代理 19:00–10:00）".into()],
            sessions,
            draft: Draft::default(),
        },
    )]
}
