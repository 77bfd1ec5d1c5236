//! The third column: the notice writing itself, whom to call by rank, and what was said and tried.

use super::{IncidentPage, Verb, dialling, verbs};
use crate::form::{Field, Input, field};
use crate::layout::Shell;
use crate::parts::{Reader, head, reader_flag, tel};
use crate::when;
use domain::fact::CallResult;
use domain::telephone::Evidence;
use domain::time::Instant;
use domain::words::{Label, Lang};
use maud::{Markup, html};

/// The notice being written, and what was published before.
#[derive(Clone, Debug)]
pub struct NoticeBox {
    /// The text as it would go out now, written from the facts.
    pub draft: String,
    /// By when a text published now promises the next report; none where none is owed.
    pub promised: Option<Instant>,
    /// What the customer was told, newest first.
    pub published: Vec<Published>,
}

/// Something the customer was told.
#[derive(Clone, Debug)]
pub struct Published {
    /// 障害発生連絡, 中間報告, 復旧連絡 ...
    pub kind: Label,
    /// Its fact's place in the chain.
    pub seq: u64,
    /// When it was published.
    pub at: Instant,
    /// Who wrote it.
    pub by: String,
    /// The text in full.
    pub text: String,
    /// What became of its mails.
    pub delivery: String,
}

/// A contact of the plan, by rank.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Sent as `contact`.
    pub id: String,
    /// 順位, from 1.
    pub rank: u32,
    /// Name.
    pub name: String,
    /// 読み, how the name is pronounced.
    pub reading: String,
    /// Numbers in the order in which they are tried.
    pub phones: Vec<Phone>,
    /// When the contact may be called, in words.
    pub hours: String,
    /// Whether that is now.
    pub reachable: bool,
    /// Whether the customer signed that no voice call is wanted.
    pub waived: bool,
    /// Attempts made in this incident.
    pub tried: u32,
    /// Whether it is this contact's turn.
    pub turn: bool,
}

/// A telephone number of a contact.
#[derive(Clone, Debug)]
pub struct Phone {
    /// As the customer wrote it.
    pub number: String,
    /// 携帯, 代表 ...
    pub kind: String,
}

/// One call attempt.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who was called.
    pub who: String,
    /// The number.
    pub number: String,
    /// When it began.
    pub begun: Instant,
    /// How it ended; none while it goes on, or where nobody said.
    pub result: Option<CallResult>,
    /// Whether it is void for want of a result.
    pub void: bool,
    /// What the attempt proves: 自己申告 where a person dialled.
    pub evidence: Evidence,
    /// What was said.
    pub note: String,
    /// Who called.
    pub by: String,
}

impl Call {
    /// How it stands, in words.
    pub const fn standing(&self) -> Label {
        match (self.result, self.void) {
            (Some(result), _) => result.label(),
            (None, true) => Label::new("無効（結果なし）", "Void (no result)"),
            (None, false) => Label::new("架電中", "Calling"),
        }
    }
}

/// The column.
pub(super) fn column(shell: &Shell, it: &IncidentPage) -> Markup {
    let owed = matches!(it.primary, Some(Verb::Judgement | Verb::Assignment | Verb::Check));
    html! {
        (head("col-notice", shell.t("お客様への連絡", "Telling the customer")))
        @if owed { (draft(shell, it)) }
        h3 { (shell.t("連絡先（順位どおりに）", "Contacts, in this order")) }
        (contacts(shell, it))
        h3 { (shell.t("架電", "Calls")) }
        (dialling::standing(shell, it))
        (calls(shell, &it.calls))
        @if !it.notice.published.is_empty() {
            h3 { (shell.t("公開した連絡", "What the customer was told")) }
            (published(shell, &it.notice.published))
        }
    }
}

/// What becomes of the place that a draft leaves for the next report: the instant is known only when the text goes out.
pub(super) fn promise(shell: &Shell, it: &IncidentPage) -> String {
    let Some(at) = it.notice.promised else { return String::new() };
    let (place, at) = (domain::draft::PROMISE, when::short(shell, at));
    match shell.lang {
        Lang::Ja => format!("{place} には次の報告の時刻が入ります（いま公開すれば {at}）。"),
        Lang::En => format!("{place} becomes the time of the next report ({at} if published now)."),
    }
}

/// The notice as it would go out. While judging it belongs to the judgement's form; before, it is only shown.
fn draft(shell: &Shell, it: &IncidentPage) -> Markup {
    let judging = it.primary == Some(Verb::Judgement) && !it.judgement.questions.is_empty();
    html! {
        div.outgoing {
            p.to { (reader_flag(shell, Reader::Customer)) " " (it.tenant) (shell.t(" 様", "")) }
            @if judging {
                (field(shell, &it.draft, Verb::Judgement.noun(), &Field::new("text", shell.t("障害発生連絡", "Notice of the incident"), Input::Area(11)).value(it.notice.draft.as_str()).hint(format!("{}{}", shell.t("影響ありと判定すると、この文を公開しメールで送ります。", "Judged as affected, this text is published and mailed. "), promise(shell, it))).required().of_form(Verb::Judgement.noun())))
            } @else { p.words { (it.notice.draft) } p.hint { (shell.t("下書き。判定のときに直せます。", "A draft. It can be edited when judging. ")) (promise(shell, it)) } }
        }
    }
}

/// The contact plan. Element `contacts`.
pub fn contacts(shell: &Shell, it: &IncidentPage) -> Markup {
    html! {
        ol.contacts id="contacts" {
            @if it.contacts.is_empty() { li.none { (shell.t("連絡先がありません。公開だけで期限は止まります。", "There is no contact; publishing alone ends the clock.")) } }
            @for contact in &it.contacts {
                li.off[!contact.reachable] {
                    span.rank { (contact.rank) }
                    div {
                        p.name { strong { (contact.name) } " " small { (contact.reading) } @if contact.tried > 0 { " " span.tried { (shell.t("架電 ", "tried ")) (contact.tried) (shell.t("回", "×")) } } }
                        @if contact.waived { p.hint { (shell.t("電話を望まない（書面あり）", "Wants no calls (signed)")) } }
                        @else { p.numbers { @for phone in &contact.phones { span data-contact=(contact.id) { (tel(&phone.number)) } " " small { (phone.kind) } " " } } }
                        p.hint { (contact.hours) " " @if !contact.reachable { (shell.t("（いまは時間外）", " (not at this hour)")) } }
                    }
                }
            }
        }
    }
}

/// The attempts. Element `calls`.
pub fn calls(shell: &Shell, list: &[Call]) -> Markup {
    html! {
        ul.calls id="calls" {
            @if list.is_empty() { li.hint { (shell.t("まだ架電していません。", "No call yet.")) } }
            @for call in list {
                li { (when::time(shell, call.begun)) " " strong { (call.standing().in_lang(shell.lang)) } " " (call.who) " " span.number { (call.number) } " " span.by { (call.by) " · " (call.evidence.label().in_lang(shell.lang)) } @if !call.note.is_empty() { p.words { (call.note) } } }
            }
        }
    }
}

/// What the customer was told, in full. Shared with the customer's page.
pub fn published(shell: &Shell, list: &[Published]) -> Markup {
    html! {
        ol.published {
            @for item in list {
                li.public {
                    p { strong { (item.kind.in_lang(shell.lang)) } " " (when::time(shell, item.at)) " " span.by { (item.by) } }
                    p.words { (item.text) }
                    @if !item.delivery.is_empty() { p.hint { (item.delivery) } }
                }
            }
        }
    }
}

/// Whose turn it is.
pub(super) fn next_contact(contacts: &[Contact]) -> Option<&Contact> {
    contacts.iter().find(|contact| contact.turn && !contact.phones.is_empty())
}

fn whom(shell: &Shell, it: &IncidentPage) -> Field {
    let first = next_contact(&it.contacts);
    let nobody = first.is_none().then(|| crate::form::choice("", shell.t("選んでください", "Choose")));
    let person = |c: &Contact| {
        let off = if c.reachable { "" } else { shell.t(" いまは時間外", " not at this hour") };
        crate::form::choice(&c.id, format!("{}. {}（{}）{off}", c.rank, c.name, c.reading))
    };
    let people = nobody.into_iter().chain(it.contacts.iter().map(person)).collect();
    Field::new("contact", shell.t("相手", "Whom"), Input::Menu(people))
        .value(first.map(|c| c.id.clone()).unwrap_or_default())
        .required()
}

fn result(shell: &Shell) -> Field {
    verbs::radios(shell, "result", shell.t("結果", "Result"), &CallResult::ALL.map(|r| (r.code(), r.label())))
        .required()
}

fn said(shell: &Shell) -> Field {
    Field::new("note", shell.t("話したこと", "What was said"), Input::Area(2))
}

/// The form that begins a call to whose turn it is: nothing to fill in.
pub(super) fn turn_fields(shell: &Shell, it: &IncidentPage) -> Vec<Field> {
    let Some(contact) = next_contact(&it.contacts) else { return call_fields(shell, it) };
    let number = contact.phones.first().map(|phone| phone.number.clone()).unwrap_or_default();
    vec![
        Field::new("contact", shell.t("相手", "Whom"), Input::Hidden).value(contact.id.as_str()),
        Field::new("number", shell.t("番号", "Number"), Input::Tel).value(number).required(),
    ]
}

/// The form that begins a call to anybody of the plan.
pub(super) fn call_fields(shell: &Shell, it: &IncidentPage) -> Vec<Field> {
    vec![
        whom(shell, it),
        Field::new("number", shell.t("番号", "Number"), Input::Tel)
            .hint(shell.t("空欄ならその人の最初の番号。", "Empty: the contact's first number.")),
        Field::new("reason", shell.t("順番を変える理由", "Why out of turn"), Input::Text).wide(),
    ]
}

/// The form that ends the call under way.
pub(super) fn end_fields(shell: &Shell, it: &IncidentPage) -> Vec<Field> {
    let call = it.calling.map(|calling| calling.call.to_string()).unwrap_or_default();
    vec![Field::new("call", "", Input::Hidden).value(call), result(shell), said(shell)]
}

/// The form of a call that was made already.
pub(super) fn record_fields(shell: &Shell, it: &IncidentPage) -> Vec<Field> {
    vec![
        whom(shell, it),
        Field::new("number", shell.t("番号", "Number"), Input::Tel),
        Field::new("begun", shell.t("呼び出し開始", "Begun"), Input::Moment).required(),
        result(shell),
        said(shell),
        Field::new("reason", shell.t("後から記録する理由", "Why recorded afterwards"), Input::Text)
            .hint(
                shell
                    .t("2分を過ぎてから記録するとき、順番を変えたとき。", "After more than 2 minutes, or out of turn."),
            )
            .wide(),
    ]
}

/// The form of a contact's own call.
pub(super) fn back_fields(shell: &Shell) -> Vec<Field> {
    vec![
        Field::new("name", shell.t("お名前", "Name"), Input::Text).required(),
        Field::new("number", shell.t("番号", "Number"), Input::Tel).required(),
        Field::new("understood", shell.t("内容を伝え、理解いただいた", "Told, and understood"), Input::Tick).wide(),
        said(shell),
    ]
}

/// The form of an oral consent.
pub(super) fn consent_fields(shell: &Shell) -> Vec<Field> {
    let line = |name: &str, label: &str| Field::new(name, label, Input::Text).required();
    vec![
        line("who", shell.t("どなたが", "Who")),
        Field::new("number", shell.t("番号", "Number"), Input::Tel).required(),
        line("what", shell.t("何に同意されたか", "To what")).wide(),
        Field::new("words", shell.t("どんな言葉で", "In which words"), Input::Area(2))
            .hint(
                shell.t(
                    "お客様の画面に表示され、異議を申し立てられます。",
                    "The customer sees this and may dispute it.",
                ),
            )
            .required(),
    ]
}
