//! 取り決め: the criteria and the contact plan of the reader's projects, and the approver's agreement to them.

pub(crate) mod handler;

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, empty, slip, table, tel};
use crate::sample::{HOSTILE, at};
use crate::settings::ContactLine;
use crate::when;
use domain::time::Instant;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct TermsPage {
    /// One for each project.
    pub projects: Vec<ProjectTerms>,
    /// What was pressed before and refused.
    pub draft: Draft,
}

/// What is agreed about one project.
#[derive(Clone, Debug)]
pub struct ProjectTerms {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Whether the reader may agree in the customer's name.
    pub may_agree: bool,
    /// The criteria, and each question with whether yes means affected.
    pub criteria: Option<(Standing, Vec<(String, bool)>)>,
    /// The contact plan.
    pub plan: Option<(Standing, PlanLines)>,
}

/// A version and who agreed to it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// 第n版
    pub version: u32,
    /// From when it holds.
    pub from: Instant,
    /// The approver who agreed and, where that was on the portal, when.
    pub agreed: Option<(String, Option<Instant>)>,
}

/// A contact plan as its customer reads it.
#[derive(Clone, Debug)]
pub struct PlanLines {
    /// By rank.
    pub contacts: Vec<ContactLine>,
    /// Minutes from one round of calls to the next, and for how many minutes they repeat.
    pub rounds: (u16, u16),
    /// Whether what recovered by itself is told by ticket only.
    pub ticket_only: bool,
    /// Who signed that no calls are wanted.
    pub waived_by: Option<String>,
}

/// The page.
pub fn page(shell: &Shell, it: &TermsPage) -> Markup {
    let title = shell.t("取り決め", "What we agreed");
    let body = html! {
        header.top { h1 { (title) } }
        @if it.projects.is_empty() { (empty(shell.t("プロジェクトがありません。", "There is no project."), &html! { (shell.t("担当者にお問い合わせください。", "Please ask us.")) })) }
        div.stack { @for project in &it.projects { (of_project(shell, it, project)) } }
    };
    shell_page(shell, title, &body)
}

fn of_project(shell: &Shell, it: &TermsPage, project: &ProjectTerms) -> Markup {
    html! {
        section id=(project.key) {
            h2 { (project.name) " " (slip(&project.key)) }
            h3 { (shell.t("サービス影響判定基準", "When your service counts as affected")) }
            @match &project.criteria {
                Some((standing, questions)) => {
                    ol.answered { @for (text, affected_if) in questions { li { (text) b { (if *affected_if { shell.t("はい → 影響あり", "yes → affected") } else { shell.t("いいえ → 影響あり", "no → affected") }) } } } }
                    (agreement(shell, it, project, "criteria", standing))
                }
                None => (empty(shell.t("判定基準がありません。", "There are no criteria."), &html! { (shell.t("決まるまでは、すべて影響ありとして連絡します。", "Until there are, everything is told as affecting you.")) })),
            }
            h3 { (shell.t("連絡体制", "Whom we tell, in which order")) }
            @match &project.plan {
                Some((standing, plan)) => {
                    (contacts(shell, project, plan))
                    (agreement(shell, it, project, "contact-plan", standing))
                }
                None => (empty(shell.t("連絡先がありません。", "There is no contact."), &html! { (shell.t("障害時にお電話する方と順番を、担当者にお知らせください。", "Tell us whom to call, and in which order.")) })),
            }
        }
    }
}

fn contacts(shell: &Shell, project: &ProjectTerms, plan: &PlanLines) -> Markup {
    let heads = [
        shell.t("順位", "Rank"),
        shell.t("名前", "Name"),
        shell.t("電話", "Phone"),
        shell.t("メール", "Mail"),
        shell.t("時間", "Hours"),
    ];
    let row = |c: &ContactLine| {
        vec![
            html! { span.rank { (c.rank) } },
            html! { strong { (c.name) } " " small { (c.reading) } },
            html! { @for phone in &c.phones { (tel(phone)) " " } },
            html! { (c.mail) },
            html! { (c.hours) @if !c.services.is_empty() { " · " (c.services) } },
        ]
    };
    let (every, long) = plan.rounds;
    html! {
        (table(&Table { id: format!("contacts-{}", project.key), caption: shell.t("連絡体制", "Contact plan").into(), heads: heads.map(str::to_owned).to_vec(), rows: plan.contacts.iter().map(row).collect() }))
        @if let Some(who) = &plan.waived_by {
            p { (shell.t("電話連絡は不要（署名: ", "No calls are wanted (signed by ")) (who) (shell.t(" 様）。", ").")) }
        } @else {
            p.hint { (match shell.lang {
                domain::words::Lang::Ja => format!("順位の順にお電話します。どなたも出られないときは{every}分ごとに{long}分間、その後は中間報告のたびにおかけします。"),
                domain::words::Lang::En => format!("We call in this order. If nobody answers, again each {every} minutes for {long} minutes, then with each interim report."),
            }) }
        }
        @if plan.ticket_only { p.hint { (shell.t("ご連絡の前に自然に復旧したときは、チケットだけでお知らせします。", "What recovers by itself before we told you is told on the ticket only.")) } }
    }
}

/// Who agreed; where nobody did, the approver's button. Posts `project`, `version` to `/terms/NOUN`.
fn agreement(shell: &Shell, it: &TermsPage, project: &ProjectTerms, noun: &str, standing: &Standing) -> Markup {
    let fields = vec![Field::new("project", "", Input::Hidden).value(project.key.clone())];
    let id = format!("{noun}-{}", project.key);
    let submit = shell.t("この内容に同意する", "Agree to this");
    html! {
        p {
            (shell.t("第", "Version ")) (standing.version) (shell.t("版 ", ", ")) (when::day(shell, standing.from)) (shell.t(" から · ", " onwards · "))
            @match &standing.agreed {
                Some((who, Some(at))) => { (who) (shell.t(" 様が同意 ", " agreed ")) (when::time(shell, *at)) }
                Some((who, None)) => { (who) (shell.t(" 様が書面で同意", " agreed on paper")) }
                None => strong { (shell.t("まだ同意がありません", "not agreed yet")) },
            }
        }
        @if standing.agreed.is_none() {
            @if project.may_agree { (form(shell, &it.draft, &Form::new(id, format!("/terms/{noun}"), submit, fields).version(i64::from(standing.version)))) }
            @else { p.hint { (shell.t("システムオーナーの方がこの画面で同意します。", "Your system owner agrees on this page.")) } }
        }
    }
}

/// The samples.
pub fn samples() -> Vec<(&'static str, TermsPage)> {
    let contact = |rank, name: &str, reading: &str| ContactLine {
        id: format!("c{rank}"),
        rank,
        name: name.into(),
        reading: reading.into(),
        phones: vec!["03-0000-0001".into()],
        mail: "aki@shop.example.jp".into(),
        hours: "毎日 0:00–24:00".into(),
        services: String::new(),
    };
    let plan = |waived_by| PlanLines {
        contacts: vec![contact(1, "菅野 亜紀", "かんの あき"), contact(2, HOSTILE, "")],
        rounds: (10, 60),
        ticket_only: true,
        waived_by,
    };
    let standing = |agreed| Standing { version: 3, from: at(-86_400), agreed };
    let questions = vec![("画面が開かない状態ですか".to_owned(), true), ("予備系で処理が続いていますか".into(), false)];
    let project = |may_agree, agreed: Option<(String, Option<Instant>)>, waived| ProjectTerms {
        key: "NGS".into(),
        name: "コーポレートサイト".into(),
        may_agree,
        criteria: Some((standing(agreed.clone()), questions.clone())),
        plan: Some((standing(agreed), plan(waived))),
    };
    let who = || "菅野 亜紀".to_owned();
    let bare = ProjectTerms { criteria: None, plan: None, ..project(true, None, None) };
    let page = |projects| TermsPage { projects, draft: Draft::default() };
    vec![
        ("to-agree", page(vec![project(true, None, None)])),
        ("agreed", page(vec![project(true, Some((who(), Some(at(-3600)))), Some(who()))])),
        ("reader", page(vec![project(false, None, None)])),
        ("on-paper", page(vec![project(false, Some((who(), None)), None)])),
        ("bare", page(vec![bare])),
        ("empty", page(vec![])),
    ]
}
