//! 秘密の受け渡し: what was handed over on a request, and the page that shows it once.

pub(crate) mod handler;

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::head;
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::secret::Gone;
use domain::time::Instant;
use maud::{Markup, html};

/// The secrets of a request.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Address of the request, such as `/requests/NGS-3`.
    pub ticket: String,
    /// In the order in which they were handed over.
    pub secrets: Vec<SecretLine>,
    /// Whether the reader may hand one over and take one back.
    pub may_hand: bool,
    /// Whether the reader may read one.
    pub may_read: bool,
}

/// One secret, without itself.
#[derive(Clone, Debug)]
pub struct SecretLine {
    /// Its number.
    pub number: u64,
    /// What it is for; none where the words were erased.
    pub label: Option<String>,
    /// When it was handed over.
    pub at: Instant,
    /// Until when it can be read.
    pub until: Instant,
    /// How it went, when, and by whom where it is known.
    pub gone: Option<(Gone, Instant, String)>,
}

/// A secret on the one page that ever shows it.
#[derive(Clone)]
pub struct RevealedPage {
    /// Address of the request.
    pub ticket: String,
    /// What it is for.
    pub label: Option<String>,
    /// The secret.
    pub secret: String,
}

fn label(shell: &Shell, label: Option<&str>) -> Markup {
    html! { @match label { Some(label) => span.words { (label) }, None => span.hint { (shell.t("消去された名前", "A name that was erased")) } } }
}

fn gone(shell: &Shell, (gone, at, who): &(Gone, Instant, String)) -> Markup {
    let said = match gone {
        Gone::Read => shell.t("表示済み", "read"),
        Gone::TakenBack => shell.t("取り消し", "taken back"),
        Gone::Expired => shell.t("表示されないまま期限切れ", "nobody read it in time"),
    };
    html! { small { (said) " " (when::time(shell, *at)) @if !who.is_empty() { " " (who) } } }
}

/// The section on the page of a request; nothing where there is nothing to see or to do.
pub fn section(shell: &Shell, it: &Secrets, draft: &Draft) -> Markup {
    if it.secrets.is_empty() && !it.may_hand {
        return html! {};
    }
    html! {
        section.files id="secrets" aria-labelledby="secrets-head" {
            (head("secrets-head", shell.t("一度だけ表示する受け渡し", "Handed over, to be read once")))
            @if let Some(refused) = refused(it, draft) { p.wrong role="alert" { (refused) } }
            @if it.secrets.is_empty() { p.hint { (shell.t("まだありません。", "None yet.")) } }
            @else { ul.plain { @for secret in &it.secrets { li { (line(shell, it, secret, draft)) } } } }
            @if it.may_hand {
                details.add open[draft.form == "secret"] {
                    summary { (shell.t("初期パスワードなどを渡す", "Hand over an initial password")) }
                    (form(shell, draft, &handing(shell, it)))
                }
            }
        }
    }
}

/// What was refused of a secret that is there no more: it has no form that could say so.
fn refused<'a>(it: &Secrets, draft: &'a Draft) -> Option<&'a str> {
    let has_form = |secret: &SecretLine| secret.gone.is_none() && draft.form.ends_with(&format!("-{}", secret.number));
    let is_ours = draft.form.starts_with("secret-") && !it.secrets.iter().any(has_form);
    draft.summary.as_deref().filter(|_| is_ours)
}

fn line(shell: &Shell, it: &Secrets, secret: &SecretLine, draft: &Draft) -> Markup {
    let number = || Field::new("number", "", Input::Hidden).value(secret.number.to_string());
    let reading = format!("secret-reading-{}", secret.number);
    let taking = format!("secret-taking-{}", secret.number);
    html! {
        (label(shell, secret.label.as_deref())) " "
        @match &secret.gone {
            Some(went) => (gone(shell, went)),
            None => small { (shell.t("表示できる期限", "can be read until")) " " (when::time(shell, secret.until)) },
        }
        @if secret.gone.is_none() && it.may_read {
            (form(shell, draft, &Form::new(&reading, format!("{}/secrets/reading", it.ticket), shell.t("一度だけ表示する", "Show it, once"), vec![number()]).whole_page()))
        }
        @if secret.gone.is_none() && it.may_hand {
            details.add open[draft.form == taking] {
                summary { (shell.t("取り消す", "Take it back")) }
                @let reason = Field::new("reason", shell.t("理由", "Why"), Input::Area(2)).required();
                (form(shell, draft, &Form::new(&taking, format!("{}/secrets/taking-back", it.ticket), shell.t("取り消す", "Take it back"), vec![number(), reason])))
            }
        }
    }
}

fn handing(shell: &Shell, it: &Secrets) -> Form {
    let label =
        Field::new("label", shell.t("何のためのものか", "What it is for"), Input::Text).required().hint(shell.t(
            "例: suzuki の初期パスワード。チケットに残ります。",
            "Such as: initial password of suzuki. It stays on the ticket.",
        ));
    let secret = Field::new("secret", shell.t("渡す内容", "What to hand over"), Input::Area(2))
        .required()
        .autocomplete("off")
        .hint(shell.t(
            "記録・メール・書き出しのどれにも残りません。お客様が一度表示するか、7日たつと消えます。",
            "It stays in no record, mail or export. It is gone once the customer has read it, or after 7 days.",
        ));
    Form::new("secret", format!("{}/secrets", it.ticket), shell.t("渡す", "Hand it over"), vec![label, secret])
}

/// The one page that shows a secret.
pub fn revealed_page(shell: &Shell, it: &RevealedPage) -> Markup {
    let body = html! {
        div.reading {
            header.top { h1 { (shell.t("今だけ表示しています", "Shown only now")) } }
            p { (label(shell, it.label.as_deref())) }
            div.secret { p { strong { (shell.t("控えてから、このページを閉じてください。もう一度は表示できません。", "Copy it, then leave this page. It cannot be shown again.")) } } pre tabindex="0" { (it.secret) } }
            p.hint { (shell.t("初回のサインインで、ご自身のパスワードに変更してください。", "Change it to a password of your own at the first sign-in.")) }
            p.links { a href={ (it.ticket) "#secrets" } { (shell.t("チケットに戻る", "Back to the ticket")) } }
        }
    };
    shell_page(shell, shell.t("一度だけの表示", "Shown once"), &body)
}

/// Secrets of every kind, for the sample of a request.
pub(crate) fn sample(ticket: &str) -> Secrets {
    let secret = |number, label: Option<&str>, went: Option<Gone>, who: &str| SecretLine {
        number,
        label: label.map(str::to_owned),
        at: at(-7_200),
        until: at(7 * 86_400),
        gone: went.map(|went| (went, at(-600), who.to_owned())),
    };
    Secrets {
        ticket: ticket.to_owned(),
        secrets: vec![
            secret(30, Some("suzuki の初期パスワード"), None, ""),
            secret(31, Some(HOSTILE), Some(Gone::Read), "長谷川 亮"),
            secret(32, None, Some(Gone::TakenBack), "森 悠"),
            secret(33, Some("VPNの鍵"), Some(Gone::Expired), ""),
        ],
        may_hand: true,
        may_read: true,
    }
}

/// Samples of the page that shows a secret.
pub fn samples() -> Vec<(&'static str, RevealedPage)> {
    let page = |label: Option<&str>, secret: &str| RevealedPage {
        ticket: "/requests/NGS-21".into(),
        label: label.map(str::to_owned),
        secret: secret.into(),
    };
    vec![("password", page(Some("suzuki の初期パスワード"), "Aki-4711-kaze")), ("hostile", page(None, HOSTILE))]
}
