//! 運用開始前の点検: what each project lacks to keep what is promised for it, what to do about it, and the start of its operation.

use super::{Section, frame};
use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::Shell;
use crate::parts::{empty, slip};
use crate::when;
use domain::contact::Flaw;
use domain::readiness::{Gap, Remedy};
use domain::time::Instant;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct ReadinessPage {
    /// By customer.
    pub projects: Vec<Readiness>,
    /// What was typed before.
    pub draft: Draft,
}

/// One project.
#[derive(Clone, Debug)]
pub struct Readiness {
    /// Whose, as in the path.
    pub tenant: String,
    /// The customer's name.
    pub customer: String,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// When its operation began; none while it is being built.
    pub started: Option<Instant>,
    /// What it lacks, what breaks a promise first.
    pub gaps: Vec<Gap>,
}

/// The page. Posts `reason` to `/settings/projects/KEY/start`.
pub fn page(shell: &Shell, it: &ReadinessPage) -> Markup {
    let label = Section::Readiness.label().in_lang(shell.lang);
    let breaking = it.projects.iter().filter(|it| it.gaps.iter().any(|gap| gap.breaks_a_promise())).count();
    let body = html! {
        p.hint { (shell.t(
            "約束を守れなくなる不足を、夜中に気づく前に挙げます。構築中のプロジェクトは、運用を開始するまでご依頼もアラートも受け付けません。",
            "What would make us break a promise, before a night finds it. A project that is being built takes no request and no alert until its operation starts.",
        )) }
        @if it.projects.is_empty() { (empty(shell.t("プロジェクトがありません。", "There is no project."), &html! { a href="/settings/tenants" { (shell.t("お客様を加える", "Add a customer")) } })) }
        div.stack { @for project in &it.projects { (one(shell, &it.draft, project)) } }
    };
    let note = html! { (shell.t("約束を守れないもの ", "Cannot keep a promise: ")) b.number { (breaking) } (shell.t(" 件", "")) };
    frame(shell, Section::Readiness, label, &note, &body)
}

fn one(shell: &Shell, draft: &Draft, it: &Readiness) -> Markup {
    html! {
        section id=(it.key) {
            h2 { (it.customer) " " (slip(&it.key)) }
            p {
                @if it.name != it.customer { (it.name) " · " }
                @match it.started {
                    Some(at) => { (shell.t("運用中 ", "In operation since ")) (when::day(shell, at)) (shell.t(" から", "")) },
                    None => strong { (shell.t("構築中（未開始）", "Being built, not started")) },
                }
            }
            @if it.gaps.is_empty() { p { (shell.t("足りないものはありません。", "Nothing is missing.")) } }
            @else { ul.gaps { @for gap in &it.gaps { (line(shell, it, *gap)) } } }
            @if it.started.is_none() { (start(shell, draft, it)) }
        }
    }
}

fn line(shell: &Shell, it: &Readiness, gap: Gap) -> Markup {
    let href = match gap.remedy() {
        Remedy::Section(id) => format!("/settings/tenants/{}?project={}#{id}", it.tenant, it.key),
        Remedy::People => "/settings/people".to_owned(),
        Remedy::Documents => "/notices#documents".to_owned(),
        Remedy::Calendar => "/settings/calendar".to_owned(),
    };
    let from = match gap {
        Gap::Plan(Flaw::Gap(at) | Flaw::OnlyOne(at)) => Some(at),
        _ => None,
    };
    html! {
        li {
            @if gap.breaks_a_promise() { b { (shell.t("約束を守れません", "Breaks a promise")) } " " }
            a href=(href) { (gap.label().in_lang(shell.lang)) }
            @if let Some(at) = from { " " (when::time(shell, at)) (shell.t(" から", " onwards")) }
            br; (gap.advice().in_lang(shell.lang))
        }
    }
}

fn start(shell: &Shell, draft: &Draft, it: &Readiness) -> Markup {
    if it.gaps.contains(&Gap::AccountManager) {
        return html! { p.hint { (shell.t("お客様担当スタッフが決まると、ここで運用を開始できます。", "Operation can be started here once there is an account manager.")) } };
    }
    let reason = Field::new(
        "reason",
        shell.t("不足があっても始める理由", "Why it starts although something is missing"),
        Input::Text,
    )
    .wide()
    .required();
    let fields = if it.gaps.is_empty() { vec![] } else { vec![reason] };
    let action = format!("/settings/projects/{}/start", it.key);
    let spec = Form::new(format!("start-{}", it.key), action, shell.t("運用を開始する", "Start operation"), fields);
    form(shell, draft, &spec)
}

/// The samples.
pub fn samples() -> Vec<(&'static str, ReadinessPage)> {
    let project = |key: &str, customer: &str, started: bool, gaps: &[Gap]| Readiness {
        tenant: "t1".into(),
        customer: customer.into(),
        key: key.into(),
        name: format!("{customer} 基幹"),
        started: started.then(|| crate::sample::at(-86_400 * 200)),
        gaps: gaps.to_vec(),
    };
    let night = Gap::Plan(Flaw::Gap(crate::sample::at(9 * 3600)));
    let projects = vec![
        project("NGS", "なぎさ商事", true, &[]),
        project("TKD", "高田電機", true, &[night, Gap::NextYear, Gap::CriteriaAgreed]),
        project("NEW", crate::sample::HOSTILE, false, &Gap::OF_NOTHING),
        project("READY", "あおば", false, &[Gap::Runbook]),
        project("GO", "みどり", false, &[]),
    ];
    let full = ReadinessPage { projects, draft: Draft::default() };
    vec![("full", full), ("empty", ReadinessPage::default())]
}
