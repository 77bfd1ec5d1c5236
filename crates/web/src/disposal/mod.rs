//! 保管と廃棄: how long a customer's words are kept, what is to go and what went; and the page that erases single words.

pub(crate) mod handler;

use crate::form::{Draft, Field, Form, Input, choice, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, facts, head, slip, table};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::time::Instant;
use domain::words::Lang;
use maud::{Markup, html};

/// What the page of a customer's retention shows.
#[derive(Clone, Debug)]
pub struct RetentionPage {
    /// Customers whose retention the reader may see: id and name.
    pub customers: Vec<(String, String)>,
    /// Whose it is, by id.
    pub tenant: String,
    /// The customer's name.
    pub customer: String,
    /// Months that words are kept.
    pub months: u32,
    /// The version of the agreement; none where nothing was agreed.
    pub version: Option<u32>,
    /// Tickets that are kept longer.
    pub kept: Vec<String>,
    /// To go now: tickets whose last fact is before this instant ...
    pub before: Instant,
    /// ... and how many there are.
    pub over: u64,
    /// Whether a disposal waits for an answer or runs.
    pub is_open: bool,
    /// The disposals, the newest first.
    pub disposals: Vec<DisposalLine>,
    /// Whether the reader may propose and answer.
    pub may: bool,
    /// Whether the reader may agree on another retention.
    pub may_agree: bool,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// One disposal.
#[derive(Clone, Debug)]
pub struct DisposalLine {
    /// Its number.
    pub number: u32,
    /// Before when the last fact of its tickets is.
    pub before: Instant,
    /// How many tickets there were when it was proposed.
    pub tickets: u64,
    /// When it was proposed, and by whom.
    pub proposed: (Instant, String),
    /// Whether it was approved, when, by whom, and why not.
    pub answered: Option<(bool, Instant, String, Option<String>)>,
    /// When it was done, tickets and words that went.
    pub ended: Option<(Instant, u64, u64)>,
}

/// The page that erases the words of one fact.
#[derive(Clone, Debug)]
pub struct ErasurePage {
    /// Address of the ticket.
    pub ticket: String,
    /// Its key.
    pub key: String,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// How long, in words: whole years where it is some.
fn months(shell: &Shell, months: u32) -> String {
    match (shell.lang, months % 12, months / 12) {
        (Lang::Ja, 0, years) => format!("{years}年"),
        (Lang::Ja, ..) => format!("{months}か月"),
        (Lang::En, 0, 1) => "1 year".to_owned(),
        (Lang::En, 0, years) => format!("{years} years"),
        (Lang::En, ..) => format!("{months} months"),
    }
}

fn tickets(shell: &Shell, count: u64) -> String {
    match (shell.lang, count) {
        (Lang::Ja, _) => format!("{count}件"),
        (Lang::En, 1) => "1 ticket".to_owned(),
        (Lang::En, _) => format!("{count} tickets"),
    }
}

/// Before an instant, which is a midnight: before its day.
fn before(shell: &Shell, at: Instant) -> Markup {
    html! { (shell.t("", "before ")) (when::day(shell, at)) (shell.t(" より前", "")) }
}

/// The page of a customer's retention.
pub fn page(shell: &Shell, it: &RetentionPage) -> Markup {
    let title = shell.t("保管と廃棄", "Retention and disposal");
    let agreed = match it.version {
        Some(version) => format!("{}{version}", shell.t("合意 第", "agreed, version ")) + shell.t("版", ""),
        None => shell.t("標準 (個別の合意なし)", "the usual one, nothing else is agreed").to_owned(),
    };
    let about = [
        (shell.t("保管期間", "Kept for"), html! { strong { (months(shell, it.months)) } " " small { (agreed) } }),
        (
            shell.t("期間を過ぎたチケット", "Tickets past it"),
            html! { strong { (tickets(shell, it.over)) } " " small { (shell.t("終了も最後の記録も ", "ended, with nothing since, ")) (before(shell, it.before)) } },
        ),
        (
            shell.t("期間後も保管", "Kept longer"),
            html! { @if it.kept.is_empty() { (shell.t("なし", "none")) } @else { @for key in &it.kept { (slip(key)) " " } } },
        ),
    ];
    let about: Vec<(String, Markup)> = about.into_iter().map(|(term, value)| (term.to_owned(), value)).collect();
    let body = html! {
        article.paper {
            header.top { h1 { (title) } }
            p.told-first { (it.customer) }
            p { (shell.t("保管期間が過ぎたチケットの文章・名前・添付ファイル・メール・アラートの本文を消去します。いつ誰が何をしたか、期限と判定、順守状況の表は残り、いつでも検証できます。",
                "Once their retention is over, the texts, names, files, mails and alert bodies of tickets are erased. Who did what and when, dues, verdicts and the table of service levels stay, and can be verified at any time.")) }
            (whose(shell, it))
            (facts(&about))
            (proposing(shell, it))
            section aria-labelledby="disposals" {
                (head("disposals", shell.t("廃棄の記録", "Disposals")))
                @if it.disposals.is_empty() { p.hint { (shell.t("まだありません。", "None yet.")) } } @else { (list(shell, it)) }
            }
            @for line in it.disposals.iter().filter(|line| it.may && line.answered.is_none()) { (answering(shell, it, line)) }
            @if it.may_agree { (agreeing(shell, it)) }
        }
    };
    shell_page(shell, title, &body)
}

/// Another customer, for those who see several.
fn whose(shell: &Shell, it: &RetentionPage) -> Markup {
    html! {
        @if it.customers.len() > 1 {
            nav aria-label=(shell.t("お客様", "Customer")) {
                @for (id, name) in &it.customers { @if *id != it.tenant { a href={ "/retention?tenant=" (id) } { (name) } " " } }
            }
        }
    }
}

fn hidden(it: &RetentionPage) -> Field {
    Field::new("tenant", "", Input::Hidden).value(it.tenant.clone())
}

fn proposing(shell: &Shell, it: &RetentionPage) -> Markup {
    html! {
        @if it.may && !it.is_open && it.over > 0 {
            section aria-labelledby="proposing" {
                (head("proposing", shell.t("廃棄を提案する", "Propose a disposal")))
                p.hint { (shell.t("別の人（トップマネジメント）が承認すると消去が始まり、取り消せません。", "The words go once another person, of top management, approves it. That cannot be undone.")) }
                (form(shell, &it.draft, &Form::new("proposal", "/retention/proposal", shell.t("廃棄を提案する", "Propose the disposal"), vec![hidden(it)])))
            }
        }
    }
}

fn list(shell: &Shell, it: &RetentionPage) -> Markup {
    let heads = [
        shell.t("番号", "Number"),
        shell.t("対象", "About"),
        shell.t("提案", "Proposed"),
        shell.t("承認", "Answered"),
        shell.t("実施", "Done"),
    ];
    let row = |line: &DisposalLine| {
        vec![
            html! { (line.number) },
            html! { (tickets(shell, line.tickets)) " " small { (before(shell, line.before)) } },
            html! { (when::time(shell, line.proposed.0)) " " (line.proposed.1) },
            html! {
                @match &line.answered {
                    None => (shell.t("承認待ち", "waits for approval")),
                    Some((approved, at, who, why)) => {
                        (if *approved { shell.t("承認", "approved") } else { shell.t("却下", "rejected") }) " " (when::time(shell, *at)) " " (who)
                        @if let Some(why) = why { p.words { (why) } }
                    }
                }
            },
            html! {
                @match &line.ended {
                    Some((at, count, words)) => { (when::time(shell, *at)) " " (tickets(shell, *count)) small { " " (shell.t("文章など ", "words: ")) (words) } }
                    None => { @if line.answered.as_ref().is_some_and(|it| it.0) { (shell.t("実施中", "under way")) } }
                }
            },
        ]
    };
    let rows = it.disposals.iter().map(row).collect();
    let caption = shell.t("廃棄の記録", "Disposals").to_owned();
    table(&Table { id: "disposal-list".into(), caption, heads: heads.map(str::to_owned).to_vec(), rows })
}

fn answering(shell: &Shell, it: &RetentionPage, line: &DisposalLine) -> Markup {
    let number = Field::new("number", "", Input::Hidden).value(line.number.to_string());
    let yes = choice("yes", shell.t("承認する（取り消せません）", "Approve it (cannot be undone)"));
    let no = choice("no", shell.t("却下する", "Reject it"));
    let answer =
        Field::new("approved", shell.t("この廃棄を", "This disposal"), Input::Radios(vec![yes, no])).required();
    let reason = Field::new("reason", shell.t("却下の理由", "Why it is rejected"), Input::Area(2));
    html! {
        section aria-labelledby="answering" {
            (head("answering", shell.t("提案に答える", "Answer the proposal")))
            p.hint { (shell.t("提案した本人は答えられません。承認はトップマネジメントが行います。", "Whoever proposed it cannot answer. Top management approves.")) }
            (form(shell, &it.draft, &Form::new("answer", "/retention/answer", shell.t("記録する", "Record it"), vec![hidden(it), number, answer, reason])))
        }
    }
}

fn agreeing(shell: &Shell, it: &RetentionPage) -> Markup {
    let version = Field::new("after", "", Input::Hidden).value(it.version.unwrap_or_default().to_string());
    let months = Field::new("months", shell.t("保管期間（月）", "Months that words are kept"), Input::Number(12, 360))
        .value(it.months.to_string())
        .required();
    let kept = Field::new("kept", shell.t("期間後も保管するチケット", "Tickets that are kept longer"), Input::Area(3))
        .value(it.kept.join("\n"))
        .hint(shell.t(
            "1行に1件、NGS-12 のように。係争中や、当局から保全を求められたものです。",
            "One a line, such as NGS-12: under dispute, or an authority asks for them.",
        ));
    html! {
        section aria-labelledby="agreeing" {
            (head("agreeing", shell.t("保管期間を合意する", "Agree on the retention")))
            (form(shell, &it.draft, &Form::new("agreement", "/retention", shell.t("新しい版として登録", "Record as a new version"), vec![hidden(it), version, months, kept])))
        }
    }
}

/// The page that erases the words of one fact.
pub fn erasure_page(shell: &Shell, it: &ErasurePage) -> Markup {
    let title = shell.t("書かれた内容を消去", "Erase what was written");
    let number = Field::new("number", shell.t("経過の番号", "Number in the history"), Input::Number(1, i64::MAX))
        .required()
        .hint(shell.t("経過に # で示された番号です。", "The number after # in the history."));
    let reason = Field::new("reason", shell.t("理由", "Why"), Input::Area(2)).required().hint(shell.t(
        "理由は残ります。消去する内容をここに書かないでください。",
        "The reason stays. Do not repeat here what is to go.",
    ));
    let body = html! {
        article.reading {
            header.top { h1 { (title) } }
            p { (slip(&it.key)) }
            p { (shell.t("パスワードなど、書いてはならないものが書かれたときに使います。その記録の文章・添付ファイル・届いたメール・送る予定のメールの文面が消えます。取り消せません。",
                "For a password or anything else that should not have been written. The words of that fact go: texts, files, the mail it came by, and the text of mails that say it. That cannot be undone.")) }
            p { (shell.t("いつ誰が書いたか、誰がなぜ消去したかは残ります。すでに届いたメールは消せません。", "Who wrote when, and who erased it and why, stays. Mails that arrived cannot be taken back.")) }
            (form(shell, &it.draft, &Form::new("erasure", format!("{}/erasure", it.ticket), shell.t("消去する（取り消せません）", "Erase it (cannot be undone)"), vec![number, reason])))
            p.links { a href=(it.ticket) { (shell.t("チケットに戻る", "Back to the ticket")) } }
        }
    };
    shell_page(shell, title, &body)
}

/// Samples of the page of a retention.
pub fn samples() -> Vec<(&'static str, RetentionPage)> {
    let line = |number, answered, ended| DisposalLine {
        number,
        before: at(-157_680_000),
        tickets: 42,
        proposed: (at(-90_000), "本田 昭".into()),
        answered,
        ended,
    };
    let none = RetentionPage {
        customers: vec![("t1".into(), "なぎさ商事".into()), ("t2".into(), "○○工業".into())],
        tenant: "t1".into(),
        customer: "なぎさ商事".into(),
        months: 60,
        version: None,
        kept: vec![],
        before: at(-157_680_000),
        over: 3,
        is_open: false,
        disposals: vec![],
        may: true,
        may_agree: true,
        draft: Draft::default(),
    };
    let rejected = Some((false, at(-80_000), "社長".to_owned(), Some(HOSTILE.to_owned())));
    let approved = Some((true, at(-70_000), "社長".to_owned(), None));
    let full = RetentionPage {
        months: 66,
        version: Some(2),
        kept: vec!["NGS-3".into(), "NGS-11".into()],
        is_open: true,
        disposals: vec![
            line(4, None, None),
            line(3, approved.clone(), None),
            line(2, approved, Some((at(-60_000), 42, 618))),
            line(1, rejected, None),
        ],
        ..none.clone()
    };
    let customer = RetentionPage {
        may: false,
        may_agree: false,
        customers: vec![],
        disposals: full.disposals.clone().split_off(2),
        ..full.clone()
    };
    vec![("none", none), ("full", full), ("customer", customer)]
}

/// Samples of the page that erases.
pub fn erasure_samples() -> Vec<(&'static str, ErasurePage)> {
    vec![("one", ErasurePage { ticket: "/requests/NGS-21".into(), key: "NGS-21".into(), draft: Draft::default() })]
}
