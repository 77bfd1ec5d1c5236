//! 保守手順 on the incident: a checklist with what has to be known before each step, and what was done by whom (R-4.2.2-9 to
//! -15, Q-24).

use super::IncidentPage;
use super::Verb;
use super::telling::Told;
use super::verbs;
use crate::form::{Field, Form, Input, choice, form};
use crate::layout::Shell;
use crate::parts::slip;
use crate::when;
use desk::incident::{IncidentView, Offered};
use domain::incident::duty::DutyKind;
use domain::incident::{Marked, StepDone};
use domain::runbook::{Effect, Runbook, Step, shipped};
use domain::time::Instant;
use maud::{Markup, html};

/// The runbooks of an incident.
#[derive(Clone, Debug, Default)]
pub struct RunbookBox {
    /// The customer's that are bound to the alerts, the one to be preferred first.
    pub matched: Vec<Sheet>,
    /// The customer's others.
    pub others: Vec<Sheet>,
    /// Those that ship with the desk.
    pub shipped: Vec<Sheet>,
    /// By when the support centre owes one.
    pub owed: Option<Instant>,
    /// Whether the reader may say that there will be none.
    pub may_decline: bool,
    /// Who consented to this version in advance, and when.
    pub standing: Option<String>,
    /// Consents of this incident that stand: their number, and what they say.
    pub consents: Vec<(u32, String)>,
    /// Whether steps can be done now.
    pub open: bool,
}

/// A runbook as a checklist.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its id.
    pub id: String,
    /// The version it is of.
    pub version: u32,
    /// Its name.
    pub title: String,
    /// Whether it is the customer's own: their standing consent covers it.
    pub own: bool,
    /// Its steps.
    pub steps: Vec<Line>,
}

/// A step of a checklist.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: u32,
    /// The step.
    pub step: Step,
    /// How often it was done.
    pub done: Vec<Done>,
}

/// A step that was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// With what result.
    pub result: String,
    /// As of when the data are.
    pub point: Option<Instant>,
    /// How many minutes older they are than promised, in all.
    pub old: Option<i64>,
}

/// What the page shows of the runbooks.
pub(super) fn runbooks_of(shell: &Shell, view: &IncidentView, told: &Told<'_>) -> RunbookBox {
    let offered = &view.runbooks;
    let own = |runbook: &Runbook| sheet(runbook, runbook, offered.version, true, view, told);
    let shipped = shipped::runbooks(shell.lang).iter().map(|shown| {
        // What was done is told apart by its Japanese words, as facts keep them.
        sheet(shown, shipped::runbook(&shown.id).unwrap_or(shown), shipped::EDITION, false, view, told)
    });
    let consent = |(number, consent): (u32, &Marked<domain::incident::Consent>)| {
        let it = &consent.what;
        let said = format!("{} {} · {}", when::short(shell, consent.mark.at), told.text(&it.who), told.text(&it.what));
        it.disputed.is_none().then_some((number, said))
    };
    let standing = offered.own.standing_consent.as_ref().map(|it| format!("{} {}", it.by, it.on));
    RunbookBox {
        matched: offered.matched().map(own).collect(),
        others: offered.others().map(own).collect(),
        shipped: shipped.collect(),
        owed: view.duties.iter().find(|duty| duty.kind == DutyKind::WriteRunbook).map(|duty| duty.due),
        may_decline: false,
        standing,
        consents: (1..).zip(&view.incident.consents).filter_map(consent).collect(),
        open: !view.incident.state.is_final() && view.incident.state != domain::incident::State::Detected,
    }
}

fn sheet(shown: &Runbook, kept: &Runbook, version: u32, own: bool, view: &IncidentView, told: &Told<'_>) -> Sheet {
    let line = |((number, step), said): ((u32, &Step), &Step)| Line {
        number,
        step: step.clone(),
        done: view.incident.steps.iter().filter_map(|done| tick(&kept.id, said, done, &view.runbooks, told)).collect(),
    };
    let steps = (1..).zip(&shown.steps).zip(&kept.steps).map(line).collect();
    Sheet { id: shown.id.clone(), version, title: shown.title.clone(), own, steps }
}

/// A step that was done, where it is this one: by its words, so that a newer version keeps what was done by the one before.
fn tick(id: &str, said: &Step, done: &Marked<StepDone>, offered: &Offered, told: &Told<'_>) -> Option<Done> {
    let then = offered.done.get(&done.mark.seq)?;
    let is_it = done.what.runbook.as_ref().is_some_and(|at| at.id == id) && then.text == said.text;
    is_it.then(|| Done {
        by: told.actor(&done.mark.actor, None),
        at: done.mark.at,
        result: told.text(&done.what.result),
        point: done.what.recovery_point,
        old: done.older_than_promised(then),
    })
}

/// The id of the form of a step.
pub(super) fn form_id(runbook: &str, step: &str) -> String {
    format!("runbook-step-{runbook}-{step}")
}

/// The section of the first column.
pub(super) fn section(shell: &Shell, it: &IncidentPage) -> Markup {
    let all = &it.runbooks;
    html! {
        h3 id="runbooks" { (shell.t("保守手順", "Runbook")) }
        @if all.matched.is_empty() {
            p.hint { (shell.t("このアラートに合う保守手順はありません。", "No runbook is bound to this alert.")) " "
                @if let Some(due) = all.owed { (shell.t("サポートセンターが作成します。期限 ", "The support centre writes one by ")) (when::time(shell, due)) }
            }
        }
        @for (place, sheet) in all.matched.iter().enumerate() { (checklist(shell, it, sheet, place == 0)) }
        @if all.owed.is_some() && all.may_decline { (verbs::folded(shell, it, Verb::RunbookRefusal)) }
        (group(shell, it, shell.t("お客様のほかの保守手順", "The customer's other runbooks"), &all.others))
        (group(shell, it, shell.t("標準の手順（EC2・RDS）", "Shipped procedures (EC2, RDS)"), &all.shipped))
    }
}

fn group(shell: &Shell, it: &IncidentPage, title: &str, sheets: &[Sheet]) -> Markup {
    let was_used = |sheet: &Sheet| {
        let is_refused = it.draft.form.starts_with(&form_id(&sheet.id, ""));
        is_refused || sheet.steps.iter().any(|line| !line.done.is_empty())
    };
    html! {
        @if !sheets.is_empty() {
            details.verb open[sheets.iter().any(was_used)] {
                summary { (title) " " small { (sheets.len()) } }
                @for sheet in sheets {
                    details.verb open[was_used(sheet)] { summary { (sheet.title) } (steps(shell, it, sheet, false)) }
                }
            }
        }
    }
}

fn checklist(shell: &Shell, it: &IncidentPage, sheet: &Sheet, is_first: bool) -> Markup {
    html! {
        section.runbook aria-label=(sheet.title) {
            p { strong { (sheet.title) } " " small { (slip(&sheet.id)) " " (shell.t("第", "version ")) (sheet.version) (shell.t("版", "")) } }
            (steps(shell, it, sheet, is_first))
        }
    }
}

fn steps(shell: &Shell, it: &IncidentPage, sheet: &Sheet, opens: bool) -> Markup {
    let next = sheet.steps.iter().find(|line| line.done.is_empty()).map(|line| line.number).filter(|_| opens);
    html! {
        ol.checklist { @for line in &sheet.steps {
            li id={ "step-" (sheet.id) "-" (line.number) } {
                @for limit in &line.step.limits { p.limit { b { (shell.t("制限 ", "Limit ")) } (limit) } }
                p { span aria-hidden="true" { (if line.done.is_empty() { "□ " } else { "☑ " }) }
                    @if let Some(effect) = line.step.effect.label() { strong.effect { "［" (effect.in_lang(shell.lang)) (shell.t("・要同意", ", needs consent")) "］ " } }
                    (line.step.text) }
                @if !line.step.expected.is_empty() { p.hint { (shell.t("期待: ", "Expect: ")) (line.step.expected) } }
                @for done in &line.done { (was_done(shell, done, &line.step)) }
                @if it.writes && it.runbooks.open { (tick_form(shell, it, sheet, line, next == Some(line.number))) }
            }
        } }
    }
}

fn was_done(shell: &Shell, done: &Done, step: &Step) -> Markup {
    html! {
        p.done {
            (shell.t("済 ", "Done ")) (when::time(shell, done.at)) " " (done.by) " → " (done.result)
            @if let Some(point) = done.point { br; (shell.t("回復時点 ", "Data as of ")) (when::time(shell, point)) }
            @if let (Some(old), Some(promised)) = (done.old, step.recovery_point_minutes) {
                br; strong { (shell.t("注意: 回復時点が実施の", "Note: the data are ")) (old) (shell.t("分前です（約束は", " minutes old (promised: ")) (promised) (shell.t("分以内）。復旧連絡で説明してください。", " at most). Say why in the recovery notice.")) }
            }
        }
    }
}

fn tick_form(shell: &Shell, it: &IncidentPage, sheet: &Sheet, line: &Line, is_next: bool) -> Markup {
    let id = form_id(&sheet.id, &line.number.to_string());
    let needs_consent = line.step.effect != Effect::None;
    let consents = consents(shell, it, sheet);
    if needs_consent && consents.is_empty() {
        return html! {
            p.locked { (shell.t("お客様の同意があるまで実施できません。電話で同意を得て、", "Not before the customer consents. Get consent by telephone, then ")) a href="#consent" { (Verb::Consent.label().in_lang(shell.lang)) } (shell.t("してください。返事がないことは同意ではありません。", ". Silence is no consent.")) }
        };
    }
    let hidden = |name: &str, value: String| Field::new(name, "", Input::Hidden).value(value);
    let mut fields = vec![
        hidden("runbook", sheet.id.clone()),
        hidden("runbook_version", sheet.version.to_string()),
        hidden("step", line.number.to_string()),
        Field::new("result", shell.t("結果", "Result"), Input::Text).required().wide(),
    ];
    if line.step.needs_recovery_point {
        let hint = shell.t("データがいつの時点のものになるか。", "As of when the data will be.");
        fields.push(
            Field::new("recovery_point", shell.t("回復時点", "Recovery point"), Input::Moment).required().hint(hint),
        );
    }
    if needs_consent {
        // Which consent it is done by is chosen, not left as it stands.
        let mut choices = vec![choice("", shell.t("選んでください", "Choose one"))];
        choices.extend(consents);
        fields.push(
            Field::new("consent", shell.t("お客様の同意", "The customer's consent"), Input::Menu(choices)).required(),
        );
    }
    let submit = shell.t("実施を記録", "Record as done");
    let spec = Form::new(id.as_str(), it.action(Verb::RunbookStep), submit, fields).version(it.version);
    html! {
        details.verb open[is_next || it.draft.form == id] {
            summary { (submit) }
            (form(shell, &it.draft, &spec))
        }
    }
}

/// The consents by which a step of this runbook may be done.
fn consents(shell: &Shell, it: &IncidentPage, sheet: &Sheet) -> Vec<crate::form::Choice> {
    let standing = it.runbooks.standing.as_ref().filter(|_| sheet.own);
    let standing = standing.map(|who| choice("standing", format!("{} {who}", shell.t("事前同意", "In advance:"))));
    let given =
        it.runbooks.consents.iter().map(|(number, said)| choice(&number.to_string(), format!("{number}. {said}")));
    standing.into_iter().chain(given).collect()
}

/// Samples: the customer's own runbook in the middle of being done, others, and the shipped ones.
pub(super) fn sample(at: impl Fn(i64) -> Instant) -> RunbookBox {
    let read = |text: &str, own: bool, version: u32| -> Vec<Sheet> {
        let sheet = |runbook: Runbook| Sheet {
            id: runbook.id,
            version,
            title: runbook.title,
            own,
            steps: (1..).zip(runbook.steps).map(|(number, step)| Line { number, step, done: vec![] }).collect(),
        };
        domain::runbook::notation::parse(text).unwrap_or_default().into_iter().map(sheet).collect()
    };
    let mut matched = read(SAMPLE, true, 4);
    if let Some(line) = matched.first_mut().and_then(|sheet| sheet.steps.first_mut()) {
        let (by, result) = ("佐藤 恵".to_owned(), "504。php-fpm が応答しない".to_owned());
        line.done.push(Done { by, at: at(-40), result, point: None, old: None });
    }
    let shipped = domain::runbook::notation::render(shipped::runbooks(domain::words::Lang::Ja));
    let mut shipped = read(&shipped, false, shipped::EDITION);
    if let Some(line) = shipped.last_mut().and_then(|sheet| sheet.steps.get_mut(1)) {
        let (by, result) = ("井上 大地".to_owned(), "db02 を作成".to_owned());
        line.done.push(Done { by, at: at(-10), result, point: Some(at(-370)), old: Some(6) });
    }
    RunbookBox {
        matched,
        others: read("■ db-disk DB のディスク満杯\n1. 古いログを退避する", true, 4),
        shipped,
        owed: None,
        may_decline: false,
        standing: None,
        consents: vec![],
        open: true,
    }
}

/// The runbook of the samples.
pub(crate) const SAMPLE: &str = "■ web-php Webサーバの応答なし\n対象: web*\nラベル: alertname=BlackboxProbeFailed\n1. 外形監視と php-fpm の状態を確認する\n   期待: どの要求が詰まっているか分かる\n2. [中断] php-fpm を再起動する\n   制限: 再起動の間（約10秒）、すべての画面が開けません。\n   期待: 外形監視が 200 に戻る\n3. 30分、応答時間を見守る\n";
