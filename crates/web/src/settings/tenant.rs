//! One customer: projects, criteria, contact plan, agreement. Each change makes a new version; the old ones stay.

use super::runbooks::{self, RunbooksVersion};
use super::{Section, act, add, csv, frame};
use crate::form::{Draft, Field, Form, Input, choice};
use crate::incident::days_label;
use crate::layout::Shell;
use crate::parts::{Table, empty, slip, table, tel};
use crate::when;
use domain::contact::{Days, Flaw, Rounds, SelfRecovery};
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
    /// Start conditions that are missing now (R-3.4-5).
    pub missing: Vec<String>,
}

/// A version of the criteria.
#[derive(Clone, Debug)]
pub struct CriteriaVersion {
    /// 第n版
    pub version: u32,
    /// Since when it is valid.
    pub from: Instant,
    /// Who agreed for the customer on paper; none for our default.
    pub agreed_by: Option<String>,
    /// When the customer's approver agreed on the portal.
    pub agreed_on_portal: Option<Instant>,
    /// Its questions.
    pub questions: Vec<CriteriaQuestion>,
}

/// A question of the criteria.
#[derive(Clone, Debug)]
pub struct CriteriaQuestion {
    /// Its text.
    pub text: String,
    /// The same in English; may be empty.
    pub english: String,
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
    /// Telephone numbers, the first to call first.
    pub phones: Vec<String>,
    /// Mail address.
    pub mail: String,
    /// When the contact may be called.
    pub hours: String,
    /// For which services; empty for all.
    pub services: String,
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
    /// Contracted paid options, by the code of their entry.
    pub options: Vec<String>,
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
    /// The project whose criteria and contacts are shown; none where there is none yet.
    pub project: Option<String>,
    /// Versions of its criteria, newest first.
    pub criteria: Vec<CriteriaVersion>,
    /// Its contact plan valid now.
    pub contacts: Vec<ContactLine>,
    /// Who signed for the customer that no calls are wanted; none where calls are owed.
    pub waived_by: Option<String>,
    /// Who agreed to the plan for the customer on paper.
    pub plan_agreed_by: Option<String>,
    /// When the customer's approver agreed to it on the portal.
    pub plan_agreed: Option<Instant>,
    /// When calls repeat and what ends them.
    pub rounds: Rounds,
    /// How the customer is told of what recovered by itself.
    pub self_recovery: SelfRecovery,
    /// Why the plan cannot keep 15 minutes, the gravest first.
    pub flaws: Vec<Flaw>,
    /// Since when it is valid.
    pub contacts_since: Option<Instant>,
    /// Versions of the runbooks, the newest first.
    pub runbooks: Vec<RunbooksVersion>,
    /// Paid options: code and name.
    pub paid: Vec<(String, String)>,
    /// The agreement valid now.
    pub agreement: Option<Agreement>,
    /// Its newest version, valid or to come; 0 where there is none.
    pub agreement_version: u32,
    /// What was typed before.
    pub draft: Draft,
}

/// The page.
pub fn page(shell: &Shell, it: &TenantPage) -> Markup {
    let body = html! {
        div.stack {
            section id="projects" { h2 { (shell.t("プロジェクト", "Projects")) } (projects(shell, it)) }
            @if let Some(project) = &it.project {
                section id="criteria" { h2 { (shell.t("サービス影響判定基準", "Impact criteria")) " " (slip(project)) } (criteria(shell, it, project)) }
                section id="contacts" { h2 { (shell.t("連絡体制", "Contact plan")) " " (slip(project)) } (contacts(shell, it, project)) }
                section id="runbooks" { h2 { (shell.t("保守手順", "Runbooks")) " " (slip(project)) } (runbooks::section(shell, it, &of_project(project, "runbooks"))) }
            }
            section id="agreement" { h2 { (shell.t("SLO・SLA の合意", "Agreement on SLO and SLA")) } (agreement(shell, it)) }
        }
    };
    let note = html! { a href="/settings/tenants" { (shell.t("お客様の一覧", "All customers")) } };
    frame(shell, Section::Tenants, &it.name, &note, &body)
}

fn path(it: &TenantPage, noun: &str) -> String {
    format!("/settings/tenants/{}/{noun}", it.id)
}

fn of_project(project: &str, noun: &str) -> String {
    format!("/settings/projects/{project}/{noun}")
}

/// Posts `key`, `name` and `phase` to `…/projects`.
fn projects(shell: &Shell, it: &TenantPage) -> Markup {
    let heads =
        [shell.t("キー", "Key"), shell.t("名前", "Name"), shell.t("段階", "Phase"), shell.t("足りないもの", "Missing")]
            .map(str::to_owned)
            .to_vec();
    let rows = it
        .projects
        .iter()
        .map(|p| {
            vec![
                html! { a href={ "/settings/tenants/" (it.id) "?project=" (p.key) } { (slip(&p.key)) } },
                html! { (p.name) },
                html! { (p.phase.in_lang(shell.lang)) },
                html! { @for missing in &p.missing { (missing) br; } @if !p.missing.is_empty() { a href={ "/settings/readiness#" (p.key) } { (shell.t("どうするか", "What to do")) } } },
            ]
        })
        .collect();
    let fields = vec![
        Field::new("key", shell.t("キー", "Key"), Input::Text).required(),
        Field::new("name", shell.t("名前", "Name"), Input::Text).required(),
        super::tenants::phase(shell),
    ];
    html! {
        (table(&Table { id: "project-list".into(), caption: shell.t("プロジェクト", "Projects").into(), heads, rows }))
        (add(shell, &it.draft, shell.t("プロジェクトを加える", "Add a project"), &Form::new("project", path(it, "projects"), shell.t("加える", "Add"), fields)))
    }
}

/// Posts `question_N`, `english_N`, `affected_N` (yes, no), `agreed_by` to `…/criteria`; an empty question is left out.
fn criteria(shell: &Shell, it: &TenantPage, project: &str) -> Markup {
    let known = it.criteria.first().map(|c| c.questions.as_slice()).unwrap_or_default();
    let mut fields = vec![];
    for n in 1..=(known.len() + 2) {
        let question = known.get(n - 1);
        let (text, english) = question.map(|q| (q.text.clone(), q.english.clone())).unwrap_or_default();
        let affected = if question.is_none_or(|q| q.affected_if) { "yes" } else { "no" };
        let either = vec![
            choice("yes", shell.t("「はい」なら影響あり", "yes means affected")),
            choice("no", shell.t("「いいえ」なら影響あり", "no means affected")),
        ];
        fields.push(
            Field::new(format!("question_{n}"), format!("{} {n}", shell.t("問い", "Question")), Input::Text)
                .value(text)
                .wide(),
        );
        fields.push(
            Field::new(format!("english_{n}"), format!("{} {n}", shell.t("英語", "English")), Input::Text)
                .value(english),
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
    let newest = it.criteria.first().map_or(0, |newest| i64::from(newest.version));
    fields.push(Field::new("agreed_by", shell.t("書面で合意したお客様", "Who agreed on paper"), Input::Text).hint(
        shell.t(
            "空なら、お客様の承認者がポータルで同意します。",
            "Empty: the customer's approver agrees on the portal.",
        ),
    ));
    html! {
        @if it.criteria.is_empty() { (empty(shell.t("判定基準がありません。", "There are no criteria."), &html! { (shell.t("基準がないと影響を判定できず、すべて影響ありとして数えます。お客様と合意した問いを入れてください。", "Without them nothing can be judged and all counts as affected. Enter the questions agreed with the customer.")) })) }
        @for (i, version) in it.criteria.iter().enumerate() {
            details open[i == 0] {
                summary { (shell.t("第", "Version ")) (version.version) (shell.t("版 ", " ")) (when::day(shell, version.from)) (shell.t(" から ", " onwards, ")) @match (&version.agreed_by, version.agreed_on_portal) { (_, Some(at)) => { (shell.t("承認者がポータルで同意 ", "agreed on the portal ")) (when::time(shell, at)) } (Some(who), None) => { (shell.t("", "agreed by ")) (who) (shell.t(" 様 合意", "")) } (None, None) => (shell.t("未合意", "not agreed")) } }
                ol.answered { @for q in &version.questions { li { (q.text) b { (if q.affected_if { shell.t("はい → 影響あり", "yes → affected") } else { shell.t("いいえ → 影響あり", "no → affected") }) } } } }
            }
        }
        (add(shell, &it.draft, shell.t("新しい版を合意する", "Agree on a new version"), &Form::new("criteria-form", of_project(project, "criteria"), shell.t("この版を有効にする", "Put this version into force"), fields).version(newest)))
    }
}

/// Posts `rank`, `name`, `reading`, `phone`, `mail`, `days`, `from`, `to` to `…/contacts`, and the rest to `…/calling`.
fn contacts(shell: &Shell, it: &TenantPage, project: &str) -> Markup {
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
            html! { @for phone in &c.phones { (tel(phone)) " " } },
            html! { (c.mail) },
            html! { (c.hours) @if !c.services.is_empty() { " · " (c.services) } },
            act(&format!("{}/{}/removal", of_project(project, "contacts"), c.id), shell.t("外す", "Remove")),
        ]
    });
    let days = [Days::Every, Days::Business, Days::NonBusiness]
        .map(|days| choice(code_of(days), days_label(days).in_lang(shell.lang)))
        .to_vec();
    let next = it.contacts.iter().map(|c| c.rank).max().unwrap_or(0) + 1;
    let fields = vec![
        Field::new("rank", shell.t("順位", "Rank"), Input::Number(1, 99)).value(next.to_string()).required(),
        Field::new("name", shell.t("名前", "Name"), Input::Text).required(),
        Field::new("reading", shell.t("読み", "Reading"), Input::Text)
            .hint(shell.t("電話口で呼ぶとおりに、ひらがなで。", "As it is said on the phone."))
            .required(),
        Field::new("phone", shell.t("電話番号", "Telephone number"), Input::Tel),
        Field::new("other_phones", shell.t("ほかの番号", "More numbers"), Input::Text)
            .hint(shell.t("「;」で区切ります。", "With “;” between them.")),
        Field::new("mail", shell.t("メール", "Mail"), Input::Mail),
        Field::new("days", shell.t("連絡できる日", "On"), Input::Menu(days)).value("every").required(),
        Field::new("from", shell.t("何時から", "From"), Input::Text).value("0:00").required(),
        Field::new("to", shell.t("何時まで", "To"), Input::Text).value("24:00").required(),
        Field::new("services", shell.t("対象のホスト・サービス", "For hosts or services"), Input::Text)
            .hint(shell.t("web*; db01 のように。空ならすべて。", "Such as web*; db01. Empty: all.")),
    ];
    let self_recovery = vec![
        choice("phone", shell.t("電話でも連絡する", "By telephone too")),
        choice("ticket", shell.t("チケットのみ", "On the ticket only")),
    ];
    let tick =
        |name: &str, label: &str, on: bool| Field::new(name, label, Input::Tick).value(if on { "yes" } else { "" });
    let number = |name: &str, label: &str, low, high, value: u16| {
        Field::new(name, label, Input::Number(low, high)).value(value.to_string()).required()
    };
    let calling = vec![
        Field::new(
            "agreed_by",
            shell.t("書面で合意したお客様の承認者", "The customer's approver who agreed on paper"),
            Input::Text,
        )
        .value(it.plan_agreed_by.clone().unwrap_or_default())
        .hint(shell.t(
            "空なら、承認者がポータルの「取り決め」で同意します。連絡先を変えると、あらためて同意が要ります。",
            "Empty: the approver agrees on the portal. A change of contacts has to be agreed to again.",
        )),
        number("every_minutes", shell.t("巡回の間隔（分）", "A round each (min)"), 5, 60, it.rounds.every_minutes),
        number("for_minutes", shell.t("繰り返す時間（分）", "Repeated for (min)"), 0, 1440, it.rounds.for_minutes)
            .hint(shell.t("その後は中間報告のたびに。", "Afterwards with each interim report.")),
        tick(
            "stop_when_acknowledged",
            shell.t("メールのリンクでの確認で架電を止める", "The link in the mail stops the calls"),
            it.rounds.stop_when_acknowledged,
        ),
        tick(
            "stop_when_read",
            shell.t("チケットが開かれたら架電を止める", "Opening the ticket stops the calls"),
            it.rounds.stop_when_read,
        ),
        Field::new(
            "self_recovery",
            shell.t("連絡前に自然に復旧したとき", "Recovered by itself before the notice"),
            Input::Menu(self_recovery),
        )
        .value(if it.self_recovery == SelfRecovery::Ticket { "ticket" } else { "phone" })
        .required(),
        Field::new(
            "waived_by",
            shell.t("電話連絡の辞退に署名したお客様", "Who signed that no calls are wanted"),
            Input::Text,
        )
        .value(it.waived_by.clone().unwrap_or_default())
        .hint(shell.t("空にすると電話連絡に戻ります。", "Empty: calls are made again.")),
    ];
    html! {
        p.hint { @if let Some(since) = it.contacts_since { (when::time(shell, since)) (shell.t(" から有効。 ", " and later. ")) } (csv(shell, &of_project(project, "contacts"))) }
        @if let Some(at) = it.plan_agreed { p.hint { (shell.t("お客様の承認者がポータルで同意しました ", "The customer's approver agreed on the portal ")) (when::time(shell, at)) } }
        (flaws(shell, &it.flaws))
        @if it.contacts.is_empty() { (empty(shell.t("連絡先がありません。", "There is no contact."), &html! { (shell.t("電話の相手がいないと、公開だけで期限が止まります。", "With nobody to call, publishing alone ends the clock.")) })) }
        @else { (table(&Table { id: "contact-list".into(), caption: shell.t("連絡体制", "Contact plan").into(), heads, rows: rows.collect() })) }
        (add(shell, &it.draft, shell.t("連絡先を加える", "Add a contact"), &Form::new("contact", of_project(project, "contacts"), shell.t("加える", "Add"), fields)))
        @if let Some(who) = &it.waived_by { p { (shell.t("電話連絡は不要（署名: ", "No calls are wanted (signed by ")) (who) (shell.t(" 様）。公開だけで期限が止まります。", "); publishing alone ends the clock.")) } }
        (add(shell, &it.draft, shell.t("架電の取り決め・電話連絡の辞退（書面）", "How calls are made, or waived (signed)"), &Form::new("calling", of_project(project, "calling"), shell.t("記録する", "Record"), calling)))
    }
}

/// What is wrong with the plan, and what to do.
fn flaws(shell: &Shell, flaws: &[Flaw]) -> Markup {
    html! {
        @if !flaws.is_empty() {
            ul.flaws {
                @for flaw in flaws {
                    li {
                        @if flaw.breaks_the_promise() { strong { (shell.t("15分以内の電話連絡ができません。 ", "A call within 15 minutes is not possible. ")) } }
                        @match flaw {
                            Flaw::Gap(at) | Flaw::OnlyOne(at) => { (when::text(shell, *at)) (shell.t(" から: ", " onwards: ")) }
                            Flaw::NoReading(rank) => { (shell.t("順位", "Rank ")) (rank) ": " }
                            _ => {}
                        }
                        (flaw.advice().in_lang(shell.lang))
                    }
                }
            }
        }
    }
}

/// The code of the days of a contact's hours.
pub(crate) const fn code_of(days: Days) -> &'static str {
    match days {
        Days::Every => "every",
        Days::Business => "business",
        Days::NonBusiness => "non_business",
    }
}

/// Posts `slo_affected`, `sla_affected`, `slo_unaffected` (minutes), `from`, `signatory` and `option-CODE` to `…/agreement`.
fn agreement(shell: &Shell, it: &TenantPage) -> Markup {
    let minutes = |name: &str, label: &str, value: u32| {
        Field::new(name, label, Input::Number(1, 1440)).value(value.to_string()).required()
    };
    let (slo, sla) = it.agreement.as_ref().map_or((15, 30), |a| a.affected);
    let mut fields = vec![
        minutes("slo_affected", shell.t("影響あり SLO（分）", "Affected, SLO (min)"), slo),
        minutes("sla_affected", shell.t("影響あり SLA（分）", "Affected, SLA (min)"), sla),
        minutes(
            "slo_unaffected",
            shell.t("影響なし SLO（分）", "Not affected, SLO (min)"),
            it.agreement.as_ref().map_or(60, |a| a.unaffected),
        ),
        Field::new("from", shell.t("有効になる日", "Valid from"), Input::Date)
            .hint(shell.t("空なら今から。", "Empty: from now.")),
        Field::new("signatory", shell.t("署名者", "Signatory"), Input::Text).required(),
    ];
    let contracted = |code: &str| it.agreement.as_ref().is_some_and(|a| a.options.iter().any(|option| option == code));
    fields.extend(it.paid.iter().map(|(code, name)| {
        let label = format!("{}: {name}", shell.t("有償オプション", "Paid option"));
        let field = Field::new(format!("option-{code}"), label, Input::Tick);
        if contracted(code) { field.value("yes") } else { field }
    }));
    html! {
        @match &it.agreement {
            Some(a) => {
                dl.facts {
                    dt { (shell.t("影響あり", "Affected")) } dd { "SLO " (a.affected.0) (shell.t("分", " min")) " · SLA " (a.affected.1) (shell.t("分", " min")) }
                    dt { (shell.t("影響なし", "Not affected")) } dd { "SLO " (a.unaffected) (shell.t("分", " min")) " " (crate::clock::NO_SLA.in_lang(shell.lang)) }
                    @let options: Vec<&str> = it.paid.iter().filter(|(code, _)| a.options.contains(code)).map(|(_, name)| name.as_str()).collect();
                    @if !options.is_empty() { dt { (shell.t("有償オプション", "Paid options")) } dd { (options.join(shell.t("、", ", "))) } }
                    dt { (shell.t("版", "Version")) } dd { (a.version) " · " (when::day(shell, a.from)) (shell.t(" から · ", " onwards · ")) (a.signatory) }
                }
            }
            None => (empty(shell.t("合意がありません。", "There is no agreement."), &html! { (shell.t("標準の 15分・30分・60分で数えています。", "The standard 15, 30 and 60 minutes are counted.")) })),
        }
        (add(shell, &it.draft, shell.t("新しい版を合意する", "Agree on a new version"), &Form::new("agreement-form", path(it, "agreement"), shell.t("この版を有効にする", "Put this version into force"), fields).version(i64::from(it.agreement_version))))
    }
}
