//! The door.

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct SignInPage {
    /// Where to go afterwards; a path of this server.
    pub back: String,
    /// Logins of the demo: what the person is, address, password.
    pub demo: Vec<(String, String, String)>,
    /// What was typed before; the summary never says which of the two was wrong.
    pub draft: Draft,
}

/// The page. Posts `email`, `password` and `back` to `/sign-in`.
pub fn page(shell: &Shell, it: &SignInPage) -> Markup {
    let fields = vec![
        Field::new("email", shell.t("メールアドレス", "Mail address"), Input::Mail)
            .autocomplete("username")
            .required()
            .wide(),
        Field::new("password", shell.t("パスワード", "Password"), Input::Password).required().wide(),
        Field::new("back", "", Input::Hidden).value(it.back.as_str()),
    ];
    let title = shell.t("サインイン", "Sign in");
    let body = html! {
        div.narrow {
            header.top { h1 { (shell.provider) " " (title) } }
            (form(shell, &it.draft, &Form::new("sign-in", "/sign-in", title, fields).primary(true)))
            p.hint { (shell.t("パスワードを忘れたときは、管理者に再発行を頼んでください。", "If you forgot your password, ask your administrator for a new one.")) }
            @if !it.demo.is_empty() {
                h2 { (shell.t("デモのログイン", "Logins of the demo")) }
                dl.facts { @for (who, email, password) in &it.demo { dt { (who) } dd { code { (email) } " / " code { (password) } } } }
            }
        }
    };
    shell_page(shell, title, &body)
}

/// The samples.
pub fn samples() -> Vec<(&'static str, SignInPage)> {
    let demo = vec![
        ("監視センター".into(), "sato@minato.example".into(), "minato-demo".into()),
        ("お客様".into(), "hasegawa@nagisa.example".into(), "nagisa-demo".into()),
    ];
    let draft = Draft {
        form: "sign-in".into(),
        values: vec![("email".into(), crate::sample::HOSTILE.into())],
        problems: vec![],
        summary: Some("メールアドレスかパスワードが違います。もう一度入れてください。".into()),
    };
    vec![
        ("demo", SignInPage { back: "/".into(), demo, draft: Draft::default() }),
        ("refused", SignInPage { back: "/incidents/NGS-12".into(), demo: vec![], draft }),
    ]
}
