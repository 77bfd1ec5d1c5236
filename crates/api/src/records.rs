//! Procedures, and records of processes that are only a file: one set of routes for all of them.

use crate::page::{Told, Window as Paged};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use desk::Desk;
use desk::record::{NewRecord, RecordInput, RecordListed, RecordView};
use domain::access::Right;
use domain::ids::{ProjectKey, RecordKey};
use domain::process::{Need, ProcessText, Verb};
use domain::time::Instant;
use domain::words::Words;
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::{RecordQuery, RecordRow};
use utoipa::{IntoParams, ToSchema};
use wire::Page;
use wire::record::{
    Label, Process, ProcessNeed, ProcessRecorded, ProcessState, ProcessVerb, ProcessWay, Record, RecordDone,
    RecordField, RecordStep, RecordWhole,
};

/// Which records to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct RecordsQuery {
    /// Only of this process.
    process: Option<String>,
    /// Only of this project.
    project: Option<String>,
    /// Only open ones (`true`), or only ended ones (`false`).
    open: Option<bool>,
    /// Items of a page, 1 to 200; 50 where absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct NoQuery {}

/// The texts of a procedure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct NewProcess {
    /// The Japanese Markdown with its blocks.
    #[schema(required)]
    ja: String,
    /// The English Markdown under the same headings; empty for none.
    en: String,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/processes", Policy::SignedIn)
        .says("listProcesses", "Procedures in force: states, verbs and what each asks for", "records")
        .query::<NoQuery>()
        .lists::<Process>()
        .to(processes);
    routes
        .post("/api/v1/processes", Policy::Somewhere(Right::Administer))
        .says("recordProcess", "Records a version of a procedure; it holds for what begins from now on", "records")
        .takes::<NewProcess>()
        .answers::<ProcessRecorded>(201)
        .to(record_process);
    routes
        .get("/api/v1/records", Policy::SignedIn)
        .says("listRecords", "Records of processes that are only a file, the latest opened first", "records")
        .query::<RecordsQuery>()
        .lists::<Record>()
        .to(list);
    routes
        .post("/api/v1/records", Policy::SignedIn)
        .says("openRecord", "Opens a record of a process, such as a complaint (苦情)", "records")
        .takes::<NewRecord>()
        .answers::<RecordDone>(201)
        .to(open);
    routes
        .get("/api/v1/records/{record}", Policy::SignedIn)
        .on(&[Object::Record])
        .says("record", "One record with what happened and what can be done", "records")
        .answers::<RecordWhole>(200)
        .to(show);
    routes
        .post("/api/v1/records/{record}/act", Policy::SignedIn)
        .on(&[Object::Record])
        .says("actOnRecord", "Does a verb of the record's procedure", "records")
        .takes::<RecordInput>()
        .answers::<RecordDone>(200)
        .to(act);
}

fn label(words: &Words) -> Label {
    Label { ja: words.ja.clone(), en: words.en.clone() }
}

async fn processes(
    State(desk): State<Desk>,
    Signed(_): Signed,
    Query(NoQuery {}): Query<NoQuery>,
) -> Told<Page<Process>> {
    let need = |need: &Need| ProcessNeed {
        field: need.field.clone(),
        takes: need.takes.code().to_owned(),
        optional: need.optional,
        label: label(&need.label),
    };
    let verb = |verb: &Verb| ProcessVerb {
        code: verb.code.clone(),
        noun: verb.noun.clone(),
        label: label(&verb.label),
        ways: verb.ways.iter().map(|way| ProcessWay { from: way.from.clone(), to: way.to.clone() }).collect(),
        who: verb.who.iter().map(|who| who.code().to_owned()).collect(),
        needs: verb.needs.iter().map(need).collect(),
    };
    let mut items = vec![];
    for edition in desk.procedures().await? {
        let process = edition.process;
        let state = |state: &domain::process::State| ProcessState {
            code: state.code.clone(),
            label: label(&state.label),
            done: state.done,
        };
        items.push(Process {
            code: process.code.clone(),
            label: label(&process.label),
            edition: edition.number,
            states: process.states.iter().map(state).collect(),
            verbs: process.verbs.iter().map(verb).collect(),
        });
    }
    Ok(Json(Page { items, next: None }))
}

async fn record_process(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    asked: Asked<NewProcess>,
) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let text = ProcessText { ja: body.ja, en: body.en };
    let verb = |desk: Desk| async move { desk.record_procedure(&caller, &text).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(query): Query<RecordsQuery>,
) -> Told<Page<Record>> {
    let paged = Paged::<(i64, String)>::new(query.limit, query.cursor.as_deref())?;
    let after = paged.after.as_ref().map(|(at, key)| (Instant::from_ms(*at), RecordKey::new(key)));
    let project = query.project.map(ProjectKey::new);
    let query = RecordQuery { process: query.process, open: query.open, project, after };
    let found = desk.records(&caller, &query, paged.wanted()).await?;
    let place = |it: &RecordListed| (it.row.opened.ms(), it.row.key.to_string());
    Ok(Json(paged.page(found, place, |it| record(it.row, it.customer))))
}

async fn open(State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<NewRecord>) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.open_record(&caller, &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn act(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(key): Path<RecordKey>,
    asked: Asked<RecordInput>,
) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let verb = |desk: Desk| async move { desk.act_on_record(&caller, &key, &body).await };
    answer_once(&desk, once.as_ref(), StatusCode::OK, verb).await
}

async fn show(State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<RecordKey>) -> Told<RecordWhole> {
    let view: RecordView = desk.record(&caller, &key).await?;
    let step = |it: desk::record::Happened| RecordStep {
        seq: it.seq,
        at: it.at.to_string(),
        by: it.by,
        verb: label(&it.verb),
        to: it.to.as_ref().map(label),
        said: it.fields.into_iter().map(|(name, value)| RecordField { name: label(&name), value }).collect(),
        internal: it.internal,
    };
    let RecordView { customer, title, edition, process, record: it, happened, verbs, .. } = view;
    let record = Record {
        key: it.key.to_string(),
        project: it.opened.what.project.to_string(),
        customer,
        process: process.code.clone(),
        version: it.version,
        state: it.state,
        title,
        opened: it.opened.mark.at.to_string(),
        ended: it.ended.map(|mark| mark.at.to_string()),
    };
    let verbs = verbs.into_iter().map(|verb| verb.noun).collect();
    Ok(Json(RecordWhole { record, edition, verbs, happened: happened.into_iter().map(step).collect() }))
}

fn record(row: RecordRow, customer: String) -> Record {
    Record {
        key: row.key.to_string(),
        project: row.project.to_string(),
        customer,
        process: row.kind,
        version: row.version,
        state: row.state,
        title: row.title,
        opened: row.opened.to_string(),
        ended: row.ended.map(|at| at.to_string()),
    }
}
