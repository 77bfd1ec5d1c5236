//! 共通原因: one cause behind incidents of several customers, on one page for several operators.

pub(crate) mod handler;
mod sample;

pub use sample::{list_samples, samples};

use crate::clock::{ClockMark, clock_mark};
use crate::form::{Draft, Field, Form, Input, button, choice, field, form, head as form_head};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{empty, head, slip, tel};
use crate::when;
use domain::fact::CallResult;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// The list of causes.
#[derive(Clone, Debug, Default)]
pub struct CausesPage {
    /// Open ones first.
    pub causes: Vec<CauseLine>,
    /// Whether the reader may open one.
    pub writes: bool,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// One cause of the list.
#[derive(Clone, Debug)]
pub struct CauseLine {
    /// Its number.
    pub number: u64,
    /// What is wrong.
    pub title: String,
    /// When it was opened.
    pub opened: Instant,
    /// When it was closed.
    pub closed: Option<Instant>,
}

/// One cause.
#[derive(Clone, Debug)]
pub struct CausePage {
    /// The cause.
    pub line: CauseLine,
    /// Its incidents, the nearest duty first.
    pub members: Vec<MemberLine>,
    /// Whom to call, the nearest due first.
    pub calls: Vec<CallLine>,
    /// Open incidents that may be linked.
    pub others: Vec<OtherLine>,
    /// The text that is published to all.
    pub notice: String,
    /// Whether the reader may act.
    pub writes: bool,
    /// What the last act could not do: incident and why.
    pub refused: Vec<(String, String)>,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// One incident of a cause.
#[derive(Clone, Debug)]
pub struct MemberLine {
    /// `KEY-n`.
    pub key: String,
    /// Its version.
    pub version: u64,
    /// The customer.
    pub customer: String,
    /// What is wrong.
    pub title: String,
    /// Where it stands.
    pub state: Label,
    /// The nearest duty.
    pub duty: Option<Label>,
    /// Its clock.
    pub mark: Option<ClockMark>,
    /// Who holds it.
    pub holder: Option<String>,
    /// Where it is not told yet: the criteria's version and questions by which the service is affected, id and words.
    pub questions: Option<(u32, Vec<(String, String)>)>,
}

/// One number of the call list.
#[derive(Clone, Debug)]
pub struct CallLine {
    /// The number.
    pub number: String,
    /// Whose: name, reading and customer.
    pub whose: Vec<(String, String, String)>,
    /// For which incidents.
    pub incidents: Vec<String>,
    /// By when.
    pub due: Instant,
    /// Whether it is being called, and whether somebody picked up.
    pub under_way: Option<bool>,
    /// Who calls.
    pub held_by: Option<String>,
}

/// An incident that may be linked.
#[derive(Clone, Debug)]
pub struct OtherLine {
    /// `KEY-n`.
    pub key: String,
    /// The customer.
    pub customer: String,
    /// What is wrong.
    pub title: String,
    /// When its alert was received.
    pub received: Instant,
}

/// Where a cause has its page.
pub fn href(number: u64) -> String {
    format!("/causes?number={number}")
}

/// The list.
pub fn list_page(shell: &Shell, it: &CausesPage) -> Markup {
    let title = shell.t("共通原因", "Common causes");
    let fields = vec![Field::new("title", shell.t("何が起きているか", "What is wrong"), Input::Text).required().wide()];
    let body = html! {
        header.top { h1 { (title) } }
        @if it.causes.is_empty() {
            (empty(shell.t("共通原因はまだありません。", "There is no common cause yet."), &html! { (shell.t("複数のお客様の障害が同じ原因のとき、ここで一つにまとめ、一つの架電一覧と一つの文面で連絡します。", "Where incidents of several customers share one cause, they are told from here with one call list and one text.")) }))
        }
        ul.plain {
            @for line in &it.causes {
                li { a href=(href(line.number)) { strong { (line.title) } } " " small { (when::time(shell, line.opened)) @if let Some(closed) = line.closed { " · " (shell.t("終了 ", "closed ")) (when::time(shell, closed)) } } }
            }
        }
        @if it.writes {
            (head("new", shell.t("新しい共通原因", "A new one")))
            (form(shell, &it.draft, &Form::new("cause", "/causes", shell.t("開く", "Open"), fields).primary(true)))
        }
    };
    shell_page(shell, title, &body)
}

/// One cause.
pub fn page(shell: &Shell, it: &CausePage) -> Markup {
    let open = it.line.closed.is_none() && it.writes;
    let untold: Vec<&MemberLine> = it.members.iter().filter(|member| member.questions.is_some()).collect();
    let body = html! {
        article.cause data-live={ "/live/cause?number=" (it.line.number) } {
            header.record {
                div {
                    p.path { a href="/causes" { (shell.t("共通原因", "Common causes")) } " · " (when::time(shell, it.line.opened)) @if let Some(closed) = it.line.closed { " · " (shell.t("終了 ", "closed ")) (when::time(shell, closed)) } }
                    h1 { (it.line.title) }
                }
            }
            @if !it.refused.is_empty() {
                div.wrong role="alert" { p { (shell.t("次の障害には行えませんでした。", "This could not be done to:")) } ul { @for (key, why) in &it.refused { li { (slip(key)) " " (why) } } } }
            }
            div.pair {
                section aria-labelledby="cause-incidents" {
                    (head("cause-incidents", shell.t("お客様ごとの障害", "Incidents, customer by customer")))
                    (members(shell, it))
                    @if open && !untold.is_empty() { (telling(shell, it, &untold)) }
                }
                aside aria-labelledby="cause-list" {
                    (head("cause-list", shell.t("架電一覧", "Call list")))
                    (calls(shell, it))
                }
            }
            @if open { (linking(shell, it)) }
        }
    };
    shell_page(shell, &it.line.title, &body)
}

/// The incidents as they stand. Element `cause-members`.
pub fn members(shell: &Shell, it: &CausePage) -> Markup {
    html! {
        ul.plain.members id="cause-members" {
            @if it.members.is_empty() { li.hint { (shell.t("まだ結び付いた障害はありません。下から選んでください。", "No incident is linked yet. Choose below.")) } }
            @for member in &it.members {
                li {
                    span { @if let Some(mark) = &member.mark { (clock_mark(shell, mark)) } }
                    span { a href={ "/incidents/" (member.key) } { (slip(&member.key)) " " strong { (member.customer) } " " (member.title) }
                    " " small { (member.state.in_lang(shell.lang)) @if let Some(duty) = member.duty { " · " (duty.in_lang(shell.lang)) }@if member.mark.is_none() { " · " (member.holder.as_deref().unwrap_or(shell.t("担当なし", "nobody"))) } } }
                }
            }
        }
    }
}

/// Whom to call. Element `cause-calls`.
pub fn calls(shell: &Shell, it: &CausePage) -> Markup {
    html! {
        ol.plain.callees id="cause-calls" {
            @if it.calls.is_empty() { li.hint { (shell.t("いま架電する相手はいません。", "Nobody has to be called now.")) } }
            @for line in &it.calls { li { (callee(shell, it, line)) } }
        }
    }
}

fn callee(shell: &Shell, it: &CausePage, line: &CallLine) -> Markup {
    let open = it.line.closed.is_none() && it.writes;
    let digits: String = line.number.chars().filter(char::is_ascii_digit).collect();
    let hidden = html! {
        input type="hidden" name="cause" value=(it.line.number);
        input type="hidden" name="number" value=(line.number);
    };
    html! {
        div.callee id={ "callee-" (digits) } {
            @for (name, reading, customer) in &line.whose { p.who { strong { (name) (shell.t(" 様", "")) } " " small { (reading) } " · " (customer) } }
            p.line { (tel(&line.number)) " " small { (shell.t("期限 ", "by ")) (when::time(shell, line.due)) " · " @for key in &line.incidents { a href={ "/incidents/" (key) } { (slip(key)) } " " } } }
            @match line.under_way {
                None if open => form action="/cause/call" method="post" data-enhance { (form_head(&it.draft, &format!("call-{digits}"), None)) (hidden) p.do { button type="submit" { (shell.t("架電する", "Call")) } } },
                None => {}
                Some(connected) => {
                    p { b { (line.held_by.as_deref().unwrap_or_default()) } " " @if connected { (shell.t("が通話中", "is talking")) } @else { (shell.t("が呼び出し中", "is calling")) } }
                    @if open {
                        @if !connected { form action="/cause/call-connection" method="post" data-enhance { (form_head(&it.draft, &format!("connection-{digits}"), None)) (hidden) p.do { button type="submit" { (shell.t("通話中にする", "Somebody picked up")) } } } }
                        form action="/cause/call-end" method="post" data-enhance {
                            (form_head(&it.draft, &format!("end-{digits}"), None)) (hidden)
                            label for={ "result-" (digits) } { (shell.t("結果 ", "Result ")) select id={ "result-" (digits) } name="result" required { option value="" {} @for result in CallResult::ALL { option value=(result.code()) { (result.label().in_lang(shell.lang)) } } } }
                            " " label for={ "note-" (digits) } { (shell.t("メモ ", "Note ")) input id={ "note-" (digits) } name="note"; }
                            p.do { button type="submit" { (shell.t("結果を記録", "Record the result")) } }
                        }
                    }
                }
            }
        }
    }
}

/// One text for all that are not told yet, each judged by its own criteria.
fn telling(shell: &Shell, it: &CausePage, untold: &[&MemberLine]) -> Markup {
    const ID: &str = "cause-notice";
    let none = shell.t("今回は連絡しない", "not now");
    let words = [
        Field::new("how", shell.t("稼動確認: 何を見たか", "Check: what was looked at"), Input::Text).required().wide(),
        Field::new("result", shell.t("どうだったか", "What was found"), Input::Text).required().wide(),
        Field::new("text", shell.t("障害発生連絡（全員に同じ文面）", "The notice, one text for all"), Input::Area(8))
            .required()
            .value(it.notice.as_str())
            .hint(shell.t(
                "{customer}・{key}・{title} はお客様ごとに置き換わります。",
                "{customer}, {key} and {title} become each customer's own.",
            )),
    ];
    html! {
        (head("tell", shell.t("まとめて判定し、連絡する", "Judge and tell them together")))
        form.sheet id=(ID) action="/cause/notice" method="post" data-enhance {
            (form_head(&it.draft, ID, None))
            input type="hidden" name="cause" value=(it.line.number);
            @for member in untold {
                @if let Some((criteria, questions)) = &member.questions {
                    @let name = format!("member:{}:{}:{criteria}", member.key, member.version);
                    @let asked = questions.iter().map(|(id, words)| choice(id, words.as_str()));
                    @let choices = std::iter::once(choice("", none)).chain(asked).collect();
                    (field(shell, &it.draft, ID, &Field::new(name, format!("{} {}", member.key, member.customer), Input::Menu(choices)).value(questions.first().map_or("", |(id, _)| id.as_str())).wide()))
                }
            }
            @for item in &words { (field(shell, &it.draft, ID, item)) }
            p.do { (button(shell.t("判定して公開する", "Judge and publish"), false)) }
        }
    }
}

/// What else belongs to it, what does not any more, and its end.
fn linking(shell: &Shell, it: &CausePage) -> Markup {
    let hidden = html! { input type="hidden" name="cause" value=(it.line.number); };
    html! {
        section.wide {
            (head("link", shell.t("ほかの障害を結び付ける", "Link other incidents")))
            @if it.others.is_empty() { p.hint { (shell.t("結び付けられる障害はありません。", "No other incident is open.")) } }
            @else {
                form id="cause-link" action="/cause/incidents" method="post" data-enhance {
                    (form_head(&it.draft, "cause-link", None)) (hidden)
                    ul.plain { @for other in &it.others { li { label for={ "link-" (other.key) } { input id={ "link-" (other.key) } type="checkbox" name={ "child:" (other.key) } value="yes"; " " (slip(&other.key)) " " strong { (other.customer) } " " (other.title) " " small { (when::time(shell, other.received)) } } } } }
                    p.do { button type="submit" { (shell.t("選んだ障害を結び付ける", "Link the chosen ones")) } }
                }
            }
            @if !it.members.is_empty() {
                details {
                    summary { (shell.t("結び付きを外す", "Take some away")) }
                    form id="cause-release" action="/cause/release" method="post" data-enhance {
                        (form_head(&it.draft, "cause-release", None)) (hidden)
                        ul.plain { @for member in &it.members { li { label for={ "release-" (member.key) } { input id={ "release-" (member.key) } type="checkbox" name={ "child:" (member.key) } value="yes"; " " (slip(&member.key)) " " (member.customer) } } } }
                        p.do { button type="submit" { (shell.t("選んだ障害を外す", "Take the chosen ones away")) } }
                    }
                }
            }
            form id="cause-closure" action="/cause/closure" method="post" data-enhance {
                (form_head(&it.draft, "cause-closure", None)) (hidden)
                p.do { button type="submit" { (shell.t("この共通原因を終える（障害はそれぞれ続きます）", "Close this cause (its incidents go on)")) } }
            }
        }
    }
}
