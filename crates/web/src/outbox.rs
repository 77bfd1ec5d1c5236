//! The outbox of the demo: the mails that would have gone out.

pub(crate) mod handler;

use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, facts, table};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// One mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Path of its page.
    pub href: String,
    /// Whom it is for.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// When it was queued.
    pub at: Instant,
    /// What became of it, in the reader's language.
    pub state: String,
}

/// The list.
#[derive(Clone, Debug)]
pub struct OutboxPage {
    /// Newest first.
    pub mails: Vec<Mail>,
}

/// One mail as text.
#[derive(Clone, Debug)]
pub struct MailPage {
    /// The mail.
    pub mail: Mail,
    /// Its headers in order.
    pub headers: Vec<(String, String)>,
    /// Its text.
    pub text: String,
}

/// The list of mails.
pub fn page(shell: &Shell, it: &OutboxPage) -> Markup {
    let rows = it
        .mails
        .iter()
        .map(|m| {
            vec![
                html! { (when::time(shell, m.at)) },
                html! { (m.to) },
                html! { a href=(m.href) { (m.subject) } },
                html! { (m.state) },
            ]
        })
        .collect();
    let heads = [shell.t("時刻", "When"), shell.t("宛先", "To"), shell.t("件名", "Subject"), shell.t("状態", "State")]
        .map(str::to_owned)
        .to_vec();
    let title = shell.t("送信箱", "Outbox");
    let body = html! {
        header.top { h1 { (title) } p { (shell.t("デモのメールは外へ出ません。", "The demo's mail never leaves this machine.")) } }
        @if it.mails.is_empty() { (empty(shell.t("まだ一通もありません。", "No mail yet."), &html! { a href="/" { (shell.t("監視ボードで障害を判定すると、ここに届きます。", "Judge an incident on the board and it arrives here.")) } })) }
        @else { (table(&Table { id: "mails".into(), caption: title.into(), heads, rows })) }
    };
    shell_page(shell, title, &body)
}

/// One mail.
pub fn mail_page(shell: &Shell, it: &MailPage) -> Markup {
    let headers: Vec<(String, Markup)> =
        it.headers.iter().map(|(name, value)| (name.clone(), html! { code { (value) } })).collect();
    let body = html! {
        div.reading {
            header.top { h1 { (it.mail.subject) } p { (when::time(shell, it.mail.at)) " " (it.mail.state) } }
            (facts(&headers))
            h2 { (shell.t("本文", "Text")) }
            pre { (it.text) }
            p.links { a href="/outbox" { (shell.t("送信箱へ戻る", "Back to the outbox")) } }
        }
    };
    shell_page(shell, &it.mail.subject, &body)
}

fn mail(subject: &str, seconds: i64) -> Mail {
    Mail {
        href: "/outbox/1".into(),
        to: "hasegawa@nagisa.example".into(),
        subject: subject.into(),
        at: at(seconds),
        state: "配信済".into(),
    }
}

/// Samples of the list.
pub fn samples() -> Vec<(&'static str, OutboxPage)> {
    vec![
        (
            "full",
            OutboxPage {
                mails: vec![
                    mail("【障害発生】NGS-12 web01 応答なし", -250),
                    mail(HOSTILE, -400),
                    mail("【復旧】NGS-9 web01 応答なし", -86_400),
                ],
            },
        ),
        ("empty", OutboxPage { mails: vec![] }),
    ]
}

/// Samples of one mail.
pub fn mail_samples() -> Vec<(&'static str, MailPage)> {
    let headers = vec![
        ("From".into(), "みなとマネージド <desk@minato.example>".into()),
        ("To".into(), "長谷川 亮 <hasegawa@nagisa.example>".into()),
        ("Message-ID".into(), "<NGS-12.1@minato.example>".into()),
    ];
    vec![
        (
            "notice",
            MailPage {
                mail: mail("【障害発生】NGS-12 web01 応答なし", -250),
                headers: headers.clone(),
                text: crate::incident::sample_notice().into(),
            },
        ),
        ("hostile", MailPage { mail: mail(HOSTILE, 0), headers, text: HOSTILE.into() }),
    ]
}
