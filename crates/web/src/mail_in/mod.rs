//! 保管メール: mails that came in and joined no ticket, why, and what to do about each.

pub(crate) mod handler;
mod source;

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, facts, slip, table};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::mail_in::Why;
use domain::time::Instant;
use maud::{Markup, html};

/// The list.
#[derive(Clone, Debug, Default)]
pub struct MailsPage {
    /// Those that wait first, then the latest.
    pub mails: Vec<KeptLine>,
}

/// A ticket, and its page where the reader reaches it.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Its key.
    pub key: String,
    /// Its page.
    pub href: Option<String>,
}

/// A kept mail.
#[derive(Clone, Debug)]
pub struct KeptLine {
    /// Its number.
    pub number: u64,
    /// When it came.
    pub received: Instant,
    /// Why it joined no ticket.
    pub why: Why,
    /// The ticket it seems to be about.
    pub guess: Option<Ticket>,
    /// Who wrote it, as it says.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// When somebody dealt with it.
    pub settled: Option<Instant>,
    /// The ticket it was put on.
    pub attached: Option<Ticket>,
}

/// One mail.
#[derive(Clone, Debug)]
pub struct MailPage {
    /// The mail.
    pub line: KeptLine,
    /// Its text without the mail it answers.
    pub text: String,
    /// Whether the reader may deal with it.
    pub writes: bool,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// Where a mail has its page.
pub fn href(number: u64) -> String {
    format!("/mail-in?number={number}")
}

/// The key of a ticket, which leads to it where it can.
fn named(ticket: &Ticket) -> Markup {
    html! { @match &ticket.href { Some(href) => a href=(href) { (slip(&ticket.key)) }, None => (slip(&ticket.key)) } }
}

/// What became of it.
fn fate(shell: &Shell, line: &KeptLine) -> Markup {
    html! {
        @match (&line.attached, line.settled) {
            (Some(ticket), _) => { (shell.t("チケットに追加: ", "Put on ")) (named(ticket)) },
            (None, Some(_)) => { (shell.t("破棄", "Dropped")) },
            (None, None) => { strong { (shell.t("未処理", "Waits")) } },
        }
        @if let Some(at) = line.settled { " " (when::time(shell, at)) }
    }
}

/// What staff had better know before believing such a mail.
fn advice(shell: &Shell, why: Why) -> &'static str {
    match why {
        Why::Unreadable => {
            shell.t("ファイルを保存せず、まず原文を読んでください。", "Read the source before you save the file.")
        }
        Why::Automatic => shell.t(
            "多くは不在通知や配信エラーです。通知が届いていないという知らせなら、電話で連絡してください。",
            "Mostly an absence or a bounce. If it says that a notice did not arrive, call the customer.",
        ),
        Why::Forged => shell.t(
            "差出人はほかの者です。リンクと添付ファイルを開かないでください。",
            "Somebody else wrote it. Open neither its links nor its attachments.",
        ),
        Why::Sender | Why::NoTag | Why::WrongTag | Why::Stranger => shell.t(
            "差出人の名前とアドレスは誰でも書けます。連絡先に登録された電話番号で本人に確かめてください。",
            "Anybody can write any name and address. Ask the customer by a number of the contact plan.",
        ),
        Why::Expired => shell.t(
            "90日より前のメールへの返信です。差出人を電話で確かめるか、新しい依頼として受けてください。",
            "It answers a mail of more than 90 days ago. Ask the writer by telephone, or take it as a new request.",
        ),
        Why::Refused => shell.t(
            "差出人は確かめられています。チケットが終わっているなら、新しい依頼として受けてください。",
            "The writer is proven. If the ticket is at its end, take it as a new request.",
        ),
    }
}

fn title_of(shell: &Shell, line: &KeptLine) -> String {
    if line.subject.is_empty() { shell.t("(件名なし)", "(no subject)").to_owned() } else { line.subject.clone() }
}

/// The list.
pub fn page(shell: &Shell, it: &MailsPage) -> Markup {
    let title = shell.t("保管メール", "Kept mail");
    let row = |line: &KeptLine| {
        vec![
            when::time(shell, line.received),
            html! { (line.from) },
            html! { a href=(href(line.number)) { (title_of(shell, line)) } },
            html! { (line.why.label().in_lang(shell.lang)) },
            fate(shell, line),
        ]
    };
    let heads = [
        shell.t("受信", "Received"),
        shell.t("差出人 (自称)", "From (as it says)"),
        shell.t("件名", "Subject"),
        shell.t("理由", "Why"),
        shell.t("状態", "State"),
    ];
    let body = html! {
        header.top { h1 { (title) } p { (shell.t("どのチケットにも載らなかったメールです。返信はしていません。", "Mail that joined no ticket. Nothing was answered.")) } }
        @if it.mails.is_empty() { (empty(shell.t("保管しているメールはありません。", "No mail is kept."), &html! { (shell.t("することはありません。", "There is nothing to do.")) })) }
        @else { (table(&Table { id: "mails".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows: it.mails.iter().map(row).collect() })) }
    };
    shell_page(shell, title, &body)
}

/// One mail.
pub fn mail_page(shell: &Shell, it: &MailPage) -> Markup {
    let title = title_of(shell, &it.line);
    let line = &it.line;
    let items = [
        (shell.t("受信", "Received"), when::time(shell, line.received)),
        (shell.t("差出人 (自称)", "From (as it says)"), html! { (line.from) }),
        (shell.t("載らなかった理由", "Why it joined no ticket"), html! { (line.why.label().in_lang(shell.lang)) }),
        (
            shell.t("関係しそうなチケット", "Ticket it seems to be about"),
            html! { @match &line.guess { Some(ticket) => (named(ticket)), None => (shell.t("不明", "unknown")) } },
        ),
        (shell.t("状態", "State"), fate(shell, line)),
    ];
    let items = items.map(|(term, value)| (term.to_owned(), value));
    let body = html! {
        div.reading {
            header.top { h1 { (title) } p { a href="/mail-in" { (shell.t("保管メール", "Kept mail")) } } }
            (facts(&items))
            @if line.settled.is_none() { p.hint { (advice(shell, line.why)) } }
            h2 { (shell.t("本文", "Text")) }
            pre tabindex="0" { (it.text) }
            p.links {
                a href={ "/mail-in/source?number=" (line.number) } { (shell.t("原文を読む", "Read the source")) }
                a href={ "/mail-in/file?number=" (line.number) } { (shell.t("ファイルに保存 (.eml)", "Save as a file (.eml)")) }
            }
            @if it.writes && line.settled.is_none() { (forms(shell, it)) }
        }
    };
    shell_page(shell, &title, &body)
}

fn forms(shell: &Shell, it: &MailPage) -> Markup {
    let number = || Field::new("mail", "", Input::Hidden).value(it.line.number.to_string());
    let reason =
        |hint: &'static str| Field::new("reason", shell.t("理由", "Why"), Input::Area(2)).required().hint(hint);
    let ticket = Field::new("ticket", shell.t("チケット番号", "Key of the ticket"), Input::Text)
        .required()
        .value(it.line.guess.as_ref().map(|ticket| ticket.key.clone()).unwrap_or_default());
    let sure = shell.t(
        "お客様本人のものと確かめた方法を書いてください。お客様のメッセージとして公開されます。",
        "Say how you know that it is the customer's. It becomes their message on the ticket.",
    );
    let gone = shell.t("メールは記録に残ります。", "The mail stays in the record.");
    let attach = Form::new(
        "mail-attachment",
        "/mail-in/attachment",
        shell.t("チケットに追加する", "Put on the ticket"),
        vec![number(), ticket, reason(sure)],
    );
    let dropping = Form::new("mail-drop", "/mail-in/drop", shell.t("破棄する", "Drop"), vec![number(), reason(gone)]);
    html! {
        h2 { (shell.t("チケットに追加する", "Put on a ticket")) }
        (form(shell, &it.draft, &attach))
        h2 { (shell.t("破棄する", "Drop")) }
        (form(shell, &it.draft, &dropping))
    }
}

fn ticket(key: &str) -> Ticket {
    Ticket { key: key.into(), href: Some(format!("/requests/{key}")) }
}

fn line(number: u64, why: Why, subject: &str, from: &str) -> KeptLine {
    KeptLine {
        number,
        received: at(-600),
        why,
        guess: Some(ticket("NGS-12")),
        from: from.into(),
        subject: subject.into(),
        settled: None,
        attached: None,
    }
}

/// Samples of the list.
pub fn samples() -> Vec<(&'static str, MailsPage)> {
    let owner = "長谷川 亮 <hasegawa@nagisa.example>";
    let attached = KeptLine {
        settled: Some(at(-60)),
        attached: Some(ticket("NGS-9")),
        ..line(3, Why::Expired, "Re: [NGS-9] 【ご連絡】", owner)
    };
    let dropped =
        KeptLine { settled: Some(at(-60)), guess: None, ..line(4, Why::Automatic, "不在のお知らせ", owner) };
    let waiting = line(1, Why::WrongTag, "Re: [NGS-12] 【ご確認のお願い】", owner);
    vec![
        ("full", MailsPage { mails: vec![waiting, line(2, Why::Stranger, HOSTILE, HOSTILE), attached, dropped] }),
        ("empty", MailsPage::default()),
    ]
}

/// Samples of one mail.
pub fn mail_samples() -> Vec<(&'static str, MailPage)> {
    let line = line(1, Why::WrongTag, "Re: [NGS-12] 【ご確認のお願い】", "長谷川 亮 <hasegawa@nagisa.example>");
    let text = "承知しました。再起動をお願いします。\n\n添付ファイル (元のメールに保存):\n- 構成図.pdf (120 KB)";
    let waiting = MailPage { line: line.clone(), text: text.into(), writes: true, draft: Draft::default() };
    let settled = KeptLine { settled: Some(at(-60)), attached: Some(ticket("NGS-12")), ..line };
    vec![
        ("waiting", waiting.clone()),
        ("hostile", MailPage { text: HOSTILE.into(), ..waiting.clone() }),
        ("settled", MailPage { line: settled, ..waiting }),
    ]
}
