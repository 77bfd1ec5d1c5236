//! The first start: who the provider is, who the first administrator is, and an alert to see that it works.

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::slip;
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// Which step is open.
#[derive(Clone, Debug)]
pub enum SetUpStep {
    /// Nobody exists yet.
    Administrator,
    /// The administrator exists; an alert is to be sent.
    TestAlert {
        /// The intake key, shown this once.
        key: String,
        /// One line for a shell that sends an alert.
        line: String,
        /// What arrived; none yet.
        result: Option<TestResult>,
    },
}

/// The test alert that arrived.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// When.
    pub at: Instant,
    /// The sender's sentence.
    pub summary: String,
    /// The incident it opened.
    pub record: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct SetUpPage {
    /// Which step is open.
    pub step: SetUpStep,
    /// What was typed before.
    pub draft: Draft,
}

/// The page. Posts `provider`, `name`, `email`, `password` to `/set-up`.
pub fn page(shell: &Shell, it: &SetUpPage) -> Markup {
    let title = shell.t("はじめに", "Set-up");
    let first = matches!(it.step, SetUpStep::Administrator);
    let body = html! {
        div.reading data-live=[(!first).then_some("/live/set-up")] {
            header.top { h1 { (title) } p { (shell.t("2分で終わります。", "It takes two minutes.")) } }
            ol.steps {
                li { div {
                    h2 { (shell.t("名前と最初の管理者", "Your name and the first administrator")) }
                    @if first { (administrator(shell, &it.draft)) } @else { p { (shell.t("済みました。", "Done.")) } }
                } }
                li.later[first] { div {
                    h2 { (shell.t("試験アラート", "A test alert")) }
                    @if let SetUpStep::TestAlert { key, line, result } = &it.step { (test_alert(shell, key, line, result.as_ref())) }
                    @else { p { (shell.t("受信キーを渡し、アラートが届くところまで確かめます。", "You get an intake key, and see an alert arrive.")) } }
                } }
            }
        }
    };
    shell_page(shell, title, &body)
}

fn administrator(shell: &Shell, draft: &Draft) -> Markup {
    let fields = vec![
        Field::new("provider", shell.t("会社の名前", "Name of your company"), Input::Text)
            .hint(shell.t("お客様への連絡と画面の上に出ます。", "Shown in notices and at the top of every page."))
            .autocomplete("organization")
            .required()
            .wide(),
        Field::new("name", shell.t("あなたの名前", "Your name"), Input::Text).autocomplete("name").required(),
        Field::new("email", shell.t("メールアドレス", "Mail address"), Input::Mail).autocomplete("username").required(),
        Field::new("password", shell.t("パスワード", "Password"), Input::NewPassword)
            .hint(shell.t("8文字以上。長い文がよい。", "8 characters or more; a sentence is best."))
            .required()
            .wide(),
    ];
    form(
        shell,
        draft,
        &Form::new("set-up", "/set-up", shell.t("管理者を作る", "Make the administrator"), fields)
            .primary(true)
            .whole_page(),
    )
}

fn test_alert(shell: &Shell, key: &str, line: &str, result: Option<&TestResult>) -> Markup {
    html! {
        p { (shell.t("受信キー（いまだけ表示します）: ", "Intake key, shown only now: ")) code { (key) } }
        p { (shell.t("端末に貼り付けてください:", "Paste this into a terminal:")) }
        pre tabindex="0" { (line) }
        (test_result(shell, result))
    }
}

/// What arrived. Element `test-result`.
pub fn test_result(shell: &Shell, result: Option<&TestResult>) -> Markup {
    html! {
        p.told-first id="test-result" role="status" {
            @match result {
                None => (shell.t("アラートを待っています。届くとここに出ます。", "Waiting for the alert. It shows up here.")),
                Some(got) => {
                    (when::time(shell, got.at)) (shell.t(" に届きました: ", " it arrived: ")) strong { (got.summary) } " "
                    a.button href={ "/incidents/" (got.record) } data-primary { (slip(&got.record)) (shell.t(" を開く ", " open ")) kbd { "Enter" } }
                }
            }
        }
    }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, SetUpPage)> {
    let line = "curl -sS https://desk.minato.example/v2/enqueue -H 'content-type: application/json' -d '{\"routing_key\":\"R3KX…\",\"event_action\":\"trigger\",\"payload\":{\"summary\":\"試験アラート\",\"source\":\"test01\",\"severity\":\"critical\"}}'";
    let test = |result| SetUpPage {
        step: SetUpStep::TestAlert { key: "R3KX9Q7D2MZT4W8HB5NVC6YJ1PFLGS0A".into(), line: line.into(), result },
        draft: Draft::default(),
    };
    let got = TestResult { at: crate::sample::at(-3), summary: crate::sample::HOSTILE.into(), record: "DESK-1".into() };
    vec![
        ("start", SetUpPage { step: SetUpStep::Administrator, draft: Draft::default() }),
        ("waiting", test(None)),
        ("arrived", test(Some(got))),
    ]
}
