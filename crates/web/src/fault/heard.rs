//! What a caller says, on one screen that saves itself as it is filled in; without script there is a button.

use crate::clock::{ClockMark, clock_mark};
use crate::form::{Draft, Field, Form, Input, button, choice, field, form, head as form_head};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{head, slip};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::fault::{CallReason, Item};
use domain::time::Instant;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct HeardPage {
    /// `KEY-n`.
    pub key: String,
    /// Its title.
    pub title: String,
    /// The customer.
    pub tenant: String,
    /// When the call began.
    pub began: Instant,
    /// When it ended, with its summary.
    pub ended: Option<(Instant, String)>,
    /// The clock that runs.
    pub clocks: Vec<ClockMark>,
    /// What is still to be asked.
    pub owed: Vec<Item>,
    /// Contacts of the plan: id and what is shown.
    pub contacts: Vec<(String, String)>,
    /// What is known so far.
    pub said: Said,
    /// Whether more may be said: the incident has not ended.
    pub open: bool,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// What is known so far, as it stands in the fields.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The caller's own name.
    pub caller: String,
    /// Which contact that is, by id.
    pub contact: String,
    /// How an unknown caller was confirmed.
    pub called_back: String,
    /// Why by telephone, by code.
    pub by_phone: String,
    /// What it is about.
    pub content: String,
    /// When it was noticed, local time of the zone.
    pub detected_at: String,
    /// Which host.
    pub host: String,
    /// What it does to the business.
    pub business_impact: String,
}

/// The page.
pub fn page(shell: &Shell, it: &HeardPage) -> Markup {
    let body = html! {
        article.narrow-form {
            header.record {
                div {
                    p.path { (slip(&it.key)) " " (it.tenant) }
                    h1 { (it.title) }
                    p.state { (shell.t("通話 ", "Call ")) (when::time(shell, it.began)) " – " @match &it.ended { Some((at, _)) => (when::time(shell, *at)), None => strong { (shell.t("通話中", "running")) } } }
                }
                div.clocks { @for mark in &it.clocks { (clock_mark(shell, mark)) } }
            }
            p.links { a href={ "/incidents/" (it.key) } { (shell.t("障害の画面へ（判定・連絡）", "To the incident: judge and tell")) } }
            (owed(shell, &it.owed))
            @if it.open { (asking(shell, it)) }
            (ending(shell, it))
        }
    };
    shell_page(shell, &format!("{} {}", it.key, shell.t("お電話の聞き取り", "What the caller says")), &body)
}

/// What is still to be asked. Element `owed`, which an automatic save replaces.
fn owed(shell: &Shell, owed: &[Item]) -> Markup {
    html! {
        p id="owed" role="status" {
            @if owed.is_empty() { (shell.t("聞き取りは済んでいます。", "Nothing is left to be asked.")) }
            @else {
                strong { (shell.t("これから伺うこと: ", "Still to be asked: ")) }
                (owed.iter().map(|item| item.label().in_lang(shell.lang)).collect::<Vec<_>>().join(shell.t("、", ", ")))
            }
        }
    }
}

fn asking(shell: &Shell, it: &HeardPage) -> Markup {
    let said = &it.said;
    let mut fields = vec![];
    if it.owed.contains(&Item::Project) {
        let label = shell.t("このプロジェクトで間違いないと伺った", "The caller confirmed this project");
        let hint = shell.t(
            "違うときは、受付の画面に戻って別のプロジェクトを選んでください。",
            "If it is another one, go back to the call and choose that project.",
        );
        fields.push(Field::new("project_sure", label, Input::Tick).hint(hint).wide());
    }
    let reason = |why: CallReason| choice(why.code(), why.label().in_lang(shell.lang));
    let nobody =
        choice("", shell.t("氏名で照合（いなければ折り返し）", "match by name (call back where there is none)"));
    let contacts = std::iter::once(nobody).chain(it.contacts.iter().map(|(id, name)| choice(id, name))).collect();
    let caller = shell.t("ご担当者様氏名 (電話をお掛けになっているご本人様)", "Caller's own name (ご担当者様氏名)");
    fields.extend([
        Field::new("caller", caller, Input::Text).value(said.caller.as_str()).required(),
        Field::new("contact", shell.t("連絡体制での照合", "In the contact plan"), Input::Menu(contacts))
            .value(said.contact.as_str()),
    ]);
    if it.owed.contains(&Item::CallBack) || !said.called_back.is_empty() {
        let hint = shell.t(
            "連絡体制にない方です。登録の番号へ折り返し、どなたに確かめたかを書いてください。それまで作業の指示は受けられません。",
            "The caller stands on no list. Call a registered number back and write who confirmed it; until then no work is ordered.",
        );
        let label = shell.t("折り返しでの本人確認", "Confirmed by a call back");
        fields.push(
            Field::new("called_back", label, Input::Text).value(said.called_back.as_str()).hint(hint).required().wide(),
        );
    }
    let why = Input::Radios(CallReason::ALL.map(reason).into());
    fields.extend([
        Field::new("content", shell.t("ご連絡内容", "What it is about (ご連絡内容)"), Input::Area(4))
            .value(said.content.as_str())
            .required(),
        Field::new("host", shell.t("ホスト名", "Host (ホスト名)"), Input::Text).value(said.host.as_str()).required(),
        Field::new("detected_at", shell.t("検知日時", "Noticed at (検知日時)"), Input::Moment)
            .value(said.detected_at.as_str())
            .required(),
        Field::new(
            "business_impact",
            shell.t("ビジネスインパクト", "Business impact (ビジネスインパクト)"),
            Input::Area(2),
        )
        .value(said.business_impact.as_str())
        .required(),
        Field::new("by_phone", shell.t("お電話の理由", "Why by telephone"), why)
            .value(said.by_phone.as_str())
            .required(),
    ]);
    html! {
        // What is missing may be missing: the server takes each part as it comes.
        form.sheet id="heard" action={ "/incidents/" (it.key) "/intake" } method="post" novalidate data-enhance data-autosave {
            (form_head(&it.draft, "heard", None))
            @for item in &fields { (field(shell, &it.draft, "heard", item)) }
            p.do { (button(shell.t("保存", "Save"), false)) }
        }
    }
}

fn ending(shell: &Shell, it: &HeardPage) -> Markup {
    html! {
        section aria-labelledby="call-end" {
            (head("call-end", shell.t("通話の終わり", "The end of the call")))
            @match &it.ended {
                Some((at, summary)) => p { (when::time(shell, *at)) " " (summary) },
                None => (form(shell, &it.draft, &Form::new("call-ended", format!("/incidents/{}/intake/end", it.key), shell.t("通話が終わった・切れた", "The call has ended, or dropped"), vec![
                    Field::new("summary", shell.t("通話の要約", "Summary of the call"), Input::Text).required().wide(),
                ]))),
            }
        }
    }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, HeardPage)> {
    let all = vec![
        Item::Project,
        Item::Caller,
        Item::Reason,
        Item::Content,
        Item::DetectedAt,
        Item::Host,
        Item::BusinessImpact,
        Item::Summary,
    ];
    let clock = |seconds| ClockMark {
        name: "障害発生連絡 SLO 15分".into(),
        state: crate::clock::ClockState::Running { since: at(seconds), due: at(seconds + 900) },
        holder: None,
        href: None,
    };
    let fresh = HeardPage {
        key: "NGS-13".into(),
        title: "お電話での障害ご連絡（株式会社なぎさ商事）".into(),
        tenant: "株式会社なぎさ商事".into(),
        began: at(-40),
        ended: None,
        clocks: vec![clock(-40)],
        owed: all,
        contacts: vec![("c1".into(), "長谷川 亮（はせがわ りょう） 090-0000-1234".into())],
        said: Said::default(),
        open: true,
        draft: Draft::default(),
    };
    let mut dropped = fresh.clone();
    dropped.ended = Some((at(-10), "社名を伺ったところで切れた。".into()));
    dropped.owed.retain(|item| *item != Item::Summary);
    let mut unknown = fresh.clone();
    unknown.owed = vec![Item::CallBack, Item::Summary];
    unknown.said = Said {
        caller: HOSTILE.into(),
        content: HOSTILE.into(),
        host: "web01".into(),
        by_phone: "urgent".into(),
        detected_at: "2026-11-22T03:05:00".into(),
        business_impact: "受注ができない".into(),
        ..Said::default()
    };
    let mut done = fresh.clone();
    (done.owed, done.open, done.title) = (vec![], false, HOSTILE.into());
    done.ended = Some((at(-10), HOSTILE.into()));
    vec![("fresh", fresh), ("dropped", dropped), ("unknown", unknown), ("done", done)]
}
