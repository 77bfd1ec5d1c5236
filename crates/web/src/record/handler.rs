//! The routes of records.

use super::{Listed, NewRecordPage, RecordListPage, RecordPage, list_page, new_page, page};
use crate::form::{Draft, Field, Form, Input, choice};
use crate::here::{Here, html};
use crate::layout::{Place, Shell};
use crate::need::{field, values};
use crate::parts::title as named;
use crate::request::{Happened, VerbForm};
use crate::sent::{Sent, Typed};
use crate::when;
use axum::response::Response;
use desk::Answer;
use desk::record::{NewRecord, RecordInput, RecordView};
use domain::access::Right;
use domain::document::DocumentKind;
use domain::ids::RecordKey;
use domain::process::Verb;
use domain::refusal::Refusal;
use domain::time::Instant;
use domain::words::{Lang, Words};
use gate::{Path, Query, Trouble};
use maud::Markup;
use serde::Deserialize;
use store::RecordQuery;

/// Records of one page of a list.
const PAGE: u32 = 50;

/// Which records are listed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    /// Of one process only; of all where absent.
    process: Option<String>,
    opened: Option<i64>,
    key: Option<RecordKey>,
}

/// What is to be opened.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Chosen {
    process: String,
    about: Option<String>,
}

/// Records stand among the procedures; sales finds its inquiries where nothing else is.
fn place(here: &Here) -> Place {
    if here.caller.may_somewhere(Right::ReadPublished) { Place::Procedures } else { Place::Leads }
}

fn procedure(code: &str) -> String {
    format!("/procedures?process={code}")
}

/// The records of a process within the reader's reach.
pub(crate) async fn list(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let shell = here.shell(place(&here)).await?;
    let (desk, caller) = (&here.state.desk, &here.caller);
    let code = asked.process.filter(|code| !code.is_empty());
    let process = match &code {
        Some(code) => Some(desk.procedure(code).await?.ok_or_else(Refusal::not_found)?.process),
        None => None,
    };
    let after = asked.opened.map(Instant::from_ms).zip(asked.key);
    let query = RecordQuery { process: code.clone(), after, ..RecordQuery::default() };
    let found = desk.records(caller, &query, PAGE).await?;
    let full = found.len() == PAGE as usize;
    let next = found.last().filter(|_| full);
    let of = code.as_deref().unwrap_or_default();
    let next = next.map(|it| format!("/records?process={of}&opened={}&key={}", it.row.opened.ms(), it.row.key));
    let staff = !caller.is_customer();
    let listed = |it: desk::record::RecordListed| Listed {
        key: it.row.key.to_string(),
        title: it.row.title,
        whose: if staff { format!("{} {}", it.customer, it.row.project) } else { it.row.project.to_string() },
        state: it.state,
        holder: it.holder,
        opened: it.row.opened,
        ended: it.row.ended.is_some(),
    };
    let form = match &code {
        Some(code) => desk.record_form(caller, code).await?,
        None => None,
    };
    let all = Words { ja: "ほかの記録".to_owned(), en: "Other records".to_owned() };
    Ok(html(list_page(
        &shell,
        &RecordListPage {
            process: process.map_or(all, |process| process.label.clone()),
            procedure: code.as_deref().map_or_else(|| "/procedures".to_owned(), procedure),
            begin: form.map(|form| (form.verb.label, format!("/records/new?process={of}"))),
            records: found.into_iter().map(listed).collect(),
            next,
        },
    )))
}

/// The form that opens one.
pub(crate) async fn new(here: Here, Query(chosen): Query<Chosen>) -> Result<Response, Trouble> {
    if chosen.process.is_empty() {
        return crate::procedure::handler::show(here, Query(crate::procedure::handler::Chosen::default())).await;
    }
    Ok(html(opening(&here, &chosen, Draft::default()).await?))
}

async fn opening(here: &Here, chosen: &Chosen, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(place(here)).await?;
    let (desk, caller) = (&here.state.desk, &here.caller);
    let form = desk.record_form(caller, &chosen.process).await?.ok_or_else(Refusal::not_found)?;
    let staff = !caller.is_customer();
    let mut projects = vec![];
    let rights = [Right::ReadPublished].into_iter().chain(form.verb.rights());
    let right = rights.into_iter().find(|right| caller.may_somewhere(*right)).unwrap_or(Right::ReadPublished);
    for view in desk.tenants(caller, right).await?.into_iter().filter(|it| !it.tenant.is_provider()) {
        let customer = if staff { format!("{} ", view.tenant.name) } else { String::new() };
        let named = |project: store::ProjectRow| choice(project.key.as_str(), format!("{customer}{}", project.name));
        projects.extend(view.projects.into_iter().map(named));
    }
    let spec = (!projects.is_empty()).then(|| {
        let mut fields = vec![
            Field::new("process", "", Input::Hidden).value(chosen.process.as_str()),
            Field::new("project", shell.t("プロジェクト", "Project"), Input::Menu(projects)).required(),
        ];
        fields.extend(form.verb.needs.iter().map(|need| match (need.field.as_str(), &chosen.about) {
            ("about", Some(about)) => field(&shell, need).value(about.as_str()),
            _ => field(&shell, need),
        }));
        let mut spec = Form::new("record", "/records", form.verb.label.in_lang(shell.lang), fields);
        spec.primary = true;
        spec
    });
    let process = &form.edition.process;
    Ok(new_page(
        &shell,
        &NewRecordPage {
            process: process.label.clone(),
            procedure: procedure(&process.code),
            definition: definition(here, &process.code).await?,
            form: spec,
            draft,
        },
    ))
}

/// What the provider says counts as a record of a process: the document whose code is the process's (R-5.2-4).
async fn definition(here: &Here, process: &str) -> Answer<Option<(Words, String)>> {
    let Some(kind) = DocumentKind::from_code(process) else { return Ok(None) };
    let views = here.state.desk.documents(&here.caller).await?;
    let newest = views.into_iter().find(|view| view.kind == kind).and_then(|view| view.newest);
    let label = kind.label();
    Ok(newest.map(|version| (Words { ja: label.ja.to_owned(), en: label.en.to_owned() }, version.paper.text)))
}

/// Opens a record.
pub(crate) async fn open(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let opened = open_typed(&here, &sent.typed).await;
    let chosen = Chosen { process: sent.typed.text("process"), about: None };
    let here = here.at(format!("/records/new?process={}", chosen.process));
    sent.answer(here.lang(), "record", opened, async |draft| opening(&here, &chosen, draft).await).await
}

async fn open_typed(here: &Here, typed: &Typed) -> Answer<String> {
    let desk = &here.state.desk;
    let process = typed.text("process");
    let form = desk.record_form(&here.caller, &process).await?.ok_or_else(Refusal::not_found)?;
    let fields = values(here, &form.verb, typed).await?;
    let new = NewRecord { project: typed.text("project"), process, fields };
    let done = desk.open_record(&here.caller, &new).await?;
    Ok(format!("/records/{}", done.key))
}

/// One record.
pub(crate) async fn show(here: Here, Path(key): Path<RecordKey>) -> Result<Response, Trouble> {
    Ok(html(shown(&here, &key, Draft::default()).await?))
}

async fn shown(here: &Here, key: &RecordKey, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(place(here)).await?;
    let view = here.state.desk.record(&here.caller, key).await?;
    let may_erase = here.caller.enter(&view.tenant, Right::Decide).is_ok();
    Ok(page(&shell, &RecordPage { may_erase, ..page_of(&shell, view, draft) }))
}

fn page_of(shell: &Shell, view: RecordView, draft: Draft) -> RecordPage {
    let key = view.record.key.to_string();
    let version = i64::try_from(view.record.version).unwrap_or(i64::MAX);
    let form = |verb: &Verb| {
        let mut fields = vec![Field::new("noun", "", Input::Hidden).value(verb.noun.as_str())];
        fields.extend(verb.needs.iter().map(|need| field(shell, need)));
        let id = format!("verb-{}", verb.noun);
        Form::new(id, format!("/records/{key}/act"), verb.label.in_lang(shell.lang), fields).version(version)
    };
    // What moves the record comes first; the first of them is the page's one primary action.
    let moves = |verb: &Verb| verb.leads(&view.record.state).is_some_and(|to| to != view.record.state);
    let mut ordered: Vec<&Verb> = view.verbs.iter().collect();
    ordered.sort_by_key(|verb| !moves(verb));
    let mut verbs: Vec<VerbForm> = ordered
        .into_iter()
        .enumerate()
        .map(|(place, verb)| VerbForm {
            name: verb.label.in_lang(shell.lang).to_owned(),
            form: form(verb),
            next: place == 0 && moves(verb),
        })
        .collect();
    if let Some(first) = verbs.first_mut().filter(|verb| verb.next) {
        first.form.primary = true;
    }
    let happened = view.happened.iter().rev().map(|it| {
        let verb = it.verb.in_lang(shell.lang);
        let what = it.to.as_ref().map_or_else(|| verb.to_owned(), |to| format!("{verb} → {}", to.in_lang(shell.lang)));
        let said = |(name, value): &(domain::words::Words, String)| format!("{}: {value}", name.in_lang(shell.lang));
        let by = match (&it.by, it.by_itself) {
            (Some(name), _) => name.clone(),
            (None, true) => shell.t("自動", "by itself").to_owned(),
            (None, false) => shell.provider.clone(),
        };
        Happened {
            seq: it.seq,
            at: it.at,
            by,
            what,
            words: it.fields.iter().map(said).collect::<Vec<_>>().join("\n"),
            reason: String::new(),
            internal: it.internal,
        }
    });
    let happened = happened.collect();
    let state = view.process.state(&view.record.state).map(|state| state.label.clone()).unwrap_or_default();
    let edition = match (view.edition, shell.lang) {
        (Some(number), Lang::Ja) => format!("第{number}版"),
        (Some(number), Lang::En) => format!("version {number}"),
        (None, _) => shell.t("製品の版", "as shipped").to_owned(),
    };
    let mut about = vec![
        (shell.t("起票", "Opened").to_owned(), when::text(shell, view.record.opened.mark.at)),
        (shell.t("この状態になったとき", "In this state since").to_owned(), when::text(shell, view.record.since)),
        (shell.t("手続きの版", "Procedure").to_owned(), edition),
    ];
    about.extend(view.holder.map(|name| (shell.t("担当", "Held by").to_owned(), name)));
    RecordPage {
        key,
        title: named(shell, &view.title).to_owned(),
        whose: format!("{} {}", view.customer, view.record.opened.what.project),
        process: view.process.label.clone(),
        code: view.process.code.clone(),
        state,
        about,
        verbs,
        may_erase: false,
        happened,
        draft,
    }
}

/// Does a verb of a record.
pub(crate) async fn act(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let done = act_typed(&here, &key, &sent.typed).await;
    let form = format!("verb-{}", sent.typed.text("noun"));
    let here = here.at(format!("/records/{key}"));
    sent.answer(here.lang(), &form, done, async |draft| shown(&here, &key, draft).await).await
}

async fn act_typed(here: &Here, key: &RecordKey, typed: &Typed) -> Answer<String> {
    let desk = &here.state.desk;
    let view = desk.record(&here.caller, key).await?;
    let noun = typed.text("noun");
    let fields = match view.process.verb_of(&noun) {
        Some(verb) => values(here, verb, typed).await?,
        None => std::collections::BTreeMap::new(),
    };
    let input = RecordInput { noun, version: typed.number("version")?.unwrap_or_default(), fields };
    let done = desk.act_on_record(&here.caller, key, &input).await?;
    Ok(format!("/records/{}", done.key))
}
