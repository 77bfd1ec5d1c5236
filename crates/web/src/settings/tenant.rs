//! One customer: projects, criteria, contact plan, agreement. Each change makes a new version; the old ones stay.

use super::{Section, act, add, csv, frame};
use crate::form::{Draft, Field, Form, Input, choice};
use crate::layout::Shell;
use crate::parts::{Table, empty, slip, table, tel};
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// A project.
#[derive(Clone, Debug)]
pub struct ProjectLine {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// 構築 or 運用.
    pub phase: Label,
    /// Start conditions that were missing when it went into operation (R-3.4-5).
    pub exceptions: Vec<String>,
}

/// A version of the criteria.
#[derive(Clone, Debug)]
pub struct CriteriaVersion {
    /// 第n版
    pub version: u32,
    /// Who agreed for the customer; none while it is a draft.
    pub agreed: Option<(String, Instant)>,
    /// Its questions.
    pub questions: Vec<CriteriaQuestion>,
}

/// A question of the criteria.
#[derive(Clone, Debug)]
pub struct CriteriaQuestion {
    /// Its text.
    pub text: String,
    /// Whether yes means affected.
    pub affected_if: bool,
}

/// A line of the contact plan.
#[derive(Clone, Debug)]
pub struct ContactLine {
    /// Its id, as in the path.
    pub id: String,
    /// 順位
    pub rank: u32,
    /// Name.
    pub name: String,
    /// 読み
    pub reading: String,
    /// Numbers in order.
    pub phones: Vec<String>,
    /// Mail address.
    pub mail: String,
    /// When the contact may be called.
    pub hours: String,
    /// Whether the customer signed that no call is wanted.
    pub waived: bool,
}

/// The agreement on service levels.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// 第n版
    pub version: u32,
    /// Minutes to the notice with impact: SLO, SLA.
    pub affected: (u32, u32),
    /// Minutes to the notice without impact: SLO.
    pub unaffected: u32,
    /// Valid from.
    pub from: Instant,
    /// Who signed.
    pub signatory: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct TenantPage {
    /// Its id, as in the path.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Projects by key.
    pub projects: Vec<ProjectLine>,
    /// Versions of the criteria, newest first.
    pub criteria: Vec<CriteriaVersion>,
    /// The contact plan valid now.
    pub contacts: Vec<ContactLine>,
    /// Since when it is valid.
    pub contacts_since: Option<Instant>,
    /// The agreement valid now.
    pub agreement: Option<Agreement>,
    /// What was typed before.
    pub draft: Draft,
}

/// The page.
pub fn page(shell: &Shell, it: &TenantPage) -> Markup {
    let body = html! {
        div.stack {
            section id="projects" { h2 { (shell.t("プロジェクト", "Projects")) } (projects(shell, it)) }
            section id="criteria" { h2 { (shell.t("サービス影響判定基準", "Impact criteria")) } (criteria(shell, it)) }
            section id="contacts" { h2 { (shell.t("連絡体制", "Contact plan")) } (contacts(shell, it)) }
            section id="agreement" { h2 { (shell.t("SLO・SLA の合意", "Agreement on SLO and SLA")) } (agreement(shell, it)) }
        }
    };
    let note = html! { a href="/settings/tenants" { (shell.t("お客様の一覧", "All customers")) } };
    frame(shell, Section::Tenants, &it.name, &note, &body)
}

fn path(it: &TenantPage, noun: &str) -> String {
    format!("/settings/tenants/{}/{noun}", it.id)
}

/// Posts `key`, `name`, `phase` (build, operation) to `…/projects`.
fn projects(shell: &Shell, it: &TenantPage) -> Markup {
    let heads = [
        shell.t("キー", "Key"),
        shell.t("名前", "Name"),
        shell.t("段階", "Phase"),
        shell.t("開始時の例外", "Exceptions at the start"),
    ]
    .map(str::to_owned)
    .to_vec();
    let rows = it
        .projects
        .iter()
        .map(|p| {
            vec![
                slip(&p.key),
                html! { (p.name) },
                html! { (p.phase.in_lang(shell.lang)) },
                html! { @for missing in &p.exceptions { (missing) br; } },
            ]
        })
        .collect();
    let fields = vec![
        Field::new("key", shell.t("キー", "Key"), Input::Text).required(),
        Field::new("name", shell.t("名前", "Name"), Input::Text).required(),
        Field::new(
            "phase",
            shell.t("段階", "Phase"),
            Input::Menu(vec![
                choice("operation", shell.t("運用", "operation")),
                choice("build", shell.t("構築", "build")),
            ]),
        )
        .required(),
    ];
    html! {
        (table(&Table { id: "project-list".into(), caption: shell.t("プロジェクト", "Projects").into(), heads, rows }))
        (add(shell, &it.draft, shell.t("プロジェクトを加える", "Add a project"), &Form::new("project", path(it, "projects"), shell.t("加える", "Add"), fields)))
    }
}

/// Posts `question_N`, `affected_N` (yes, no), `agreed_by`, `agreed_on` to `…/criteria`; an empty question is left out.
fn criteria(shell: &Shell, it: &TenantPage) -> Markup {
    let known = it.criteria.first().map(|c| c.questions.as_slice()).unwrap_or_default();
    let mut fields = vec![];
    for n in 1..=(known.len() + 2) {
        let question = known.get(n - 1);
        let text = question.map(|q| q.text.clone()).unwrap_or_default();
        let affected = if question.is_none_or(|q| q.affected_if) { "yes" } else { "no" };
        let either = vec![
            choice("yes", shell.t("「はい」なら影響あり", "yes means affected")),
            choice("no", shell.t("「いいえ」なら影響あり", "no means affected")),
        ];
        fields.push(
            Field::new(format!("question_{n}"), format!("{} {n}", shell.t("問い", "Question")), Input::Text)
                .value(text),
        );
        fields.push(
            Field::new(
                format!("affected_{n}"),
                format!("{} {n}", shell.t("答えの意味", "Meaning")),
                Input::Menu(either),
            )
            .value(affected)
            .required(),
        );
    }
    fields.push(Field::new("agreed_by", shell.t("合意したお客様", "Agreed by"), Input::Text).required());
    fields.push(Field::new("agreed_on", shell.t("合意した日", "Agreed on"), Input::Date).required());
    html! {
        @if it.criteria.is_empty() { (empty(shell.t("判定基準がありません。", "There are no criteria."), &html! { (shell.t("基準がないと影響を判定できず、すべて影響ありとして数えます。お客様と合意した問いを入れてください。", "Without them nothing can be judged and all counts as affected. Enter the questions agreed with the customer.")) })) }
        @for (i, version) in it.criteria.iter().enumerate() {
            details open[i == 0] {
                summary { (shell.t("第", "Version ")) (version.version) (shell.t("版 ", " ")) @match &version.agreed { Some((who, at)) => { (who) (shell.t(" 様 ", ", ")) (when::day(shell, *at)) (shell.t(" 合意", "")) } None => (shell.t("未合意", "not agreed")) } }
                ol.answered { @for q in &version.questions { li { (q.text) b { (if q.affected_if { shell.t("はい → 影響あり", "yes → affected") } else { shell.t("いいえ → 影響あり", "no → affected") }) } } } }
            }
        }
        (add(shell, &it.draft, shell.t("新しい版を合意する", "Agree on a new version"), &Form::new("criteria-form", path(it, "criteria"), shell.t("この版を有効にする", "Put this version into force"), fields)))
    }
}

/// Posts `rank`, `name`, `reading`, `phones` (one a line), `mail`, `hours`, `waived` to `…/contacts`.
fn contacts(shell: &Shell, it: &TenantPage) -> Markup {
    let heads = [
        shell.t("順位", "Rank"),
        shell.t("名前", "Name"),
        shell.t("電話", "Phone"),
        shell.t("メール", "Mail"),
        shell.t("時間", "Hours"),
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    let rows = it.contacts.iter().map(|c| {
        vec![
            html! { span.rank { (c.rank) } },
            html! { strong { (c.name) } " " small { (c.reading) } },
            html! { @if c.waived { small { (shell.t("電話を望まない（書面あり）", "wants no calls (signed)")) } } @for phone in &c.phones { (tel(phone)) br; } },
            html! { (c.mail) },
            html! { (c.hours) },
            act(&format!("{}/{}/removal", path(it, "contacts"), c.id), shell.t("外す", "Remove")),
        ]
    });
    let next = it.contacts.iter().map(|c| c.rank).max().unwrap_or(0) + 1;
    let fields = vec![
        Field::new("rank", shell.t("順位", "Rank"), Input::Number(1, 99)).value(next.to_string()).required(),
        Field::new("name", shell.t("名前", "Name"), Input::Text).required(),
        Field::new("reading", shell.t("読み", "Reading"), Input::Text)
            .hint(shell.t("電話口で呼ぶとおりに、ひらがなで。", "As it is said on the phone."))
            .required(),
        Field::new(
            "phones",
            shell.t("電話番号（1行に一つ、かける順）", "Numbers, one a line, in order"),
            Input::Area(2),
        ),
        Field::new("mail", shell.t("メール", "Mail"), Input::Mail),
        Field::new("hours", shell.t("連絡できる時間", "Hours"), Input::Text)
            .value(shell.t("24時間", "24 hours"))
            .required(),
        Field::new(
            "waived",
            shell.t("電話を望まない（署名した書面がある）", "Wants no calls (there is a signed paper)"),
            Input::Tick,
        )
        .wide(),
    ];
    html! {
        p.hint { @if let Some(since) = it.contacts_since { (when::time(shell, since)) (shell.t(" から有効。 ", " and later. ")) } (csv(shell, &path(it, "contacts"))) }
        @if it.contacts.is_empty() { (empty(shell.t("連絡先がありません。", "There is no contact."), &html! { (shell.t("電話の相手がいないと、公開だけで期限が止まります。", "With nobody to call, publishing alone ends the clock.")) })) }
        @else { (table(&Table { id: "contact-list".into(), caption: shell.t("連絡体制", "Contact plan").into(), heads, rows: rows.collect() })) }
        (add(shell, &it.draft, shell.t("連絡先を加える", "Add a contact"), &Form::new("contact", path(it, "contacts"), shell.t("加える", "Add"), fields)))
    }
}

/// Posts `slo_affected`, `sla_affected`, `slo_unaffected` (minutes), `from`, `signatory` to `…/agreement`.
fn agreement(shell: &Shell, it: &TenantPage) -> Markup {
    let minutes = |name: &str, label: &str, value: u32| {
        Field::new(name, label, Input::Number(1, 1440)).value(value.to_string()).required()
    };
    let (slo, sla) = it.agreement.as_ref().map_or((15, 30), |a| a.affected);
    let fields = vec![
        minutes("slo_affected", shell.t("影響あり SLO（分）", "Affected, SLO (min)"), slo),
        minutes("sla_affected", shell.t("影響あり SLA（分）", "Affected, SLA (min)"), sla),
        minutes(
            "slo_unaffected",
            shell.t("影響なし SLO（分）", "Not affected, SLO (min)"),
            it.agreement.as_ref().map_or(60, |a| a.unaffected),
        ),
        Field::new("from", shell.t("有効になる日", "Valid from"), Input::Date).required(),
        Field::new("signatory", shell.t("署名者", "Signatory"), Input::Text).required(),
    ];
    html! {
        @match &it.agreement {
            Some(a) => {
                dl.facts {
                    dt { (shell.t("影響あり", "Affected")) } dd { "SLO " (a.affected.0) (shell.t("分", " min")) " · SLA " (a.affected.1) (shell.t("分", " min")) }
                    dt { (shell.t("影響なし", "Not affected")) } dd { "SLO " (a.unaffected) (shell.t("分", " min")) " " (crate::clock::NO_SLA.in_lang(shell.lang)) }
                    dt { (shell.t("版", "Version")) } dd { (a.version) " · " (when::day(shell, a.from)) (shell.t(" から · ", " onwards · ")) (a.signatory) }
                }
            }
            None => (empty(shell.t("合意がありません。", "There is no agreement."), &html! { (shell.t("標準の 15分・30分・60分で数えています。", "The standard 15, 30 and 60 minutes are counted.")) })),
        }
        (add(shell, &it.draft, shell.t("新しい版を合意する", "Agree on a new version"), &Form::new("agreement-form", path(it, "agreement"), shell.t("この版を有効にする", "Put this version into force"), fields)))
    }
}
