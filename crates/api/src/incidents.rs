//! Incidents: the board, the list, one whole, and every verb as a noun that is posted.

mod afterwards;
mod runbooks;
mod show;

use crate::page::{Told, Window};
use crate::routes::Routes;
pub(crate) use afterwards::published as published_reports;
use axum::Json;
use axum::extract::State;
use desk::Desk;
use desk::incident::BoardRow;
use desk::incident::input::*;
use desk::{CallerWords, IntakeCallEnd};
use domain::access::Right;
use domain::ids::{ProjectKey, RecordKey};
use domain::time::Instant;
use gate::{Asked, Object, Path, Policy, Query, Signed, answer_once};
use http::StatusCode;
use serde::Deserialize;
pub(crate) use show::{clock, filed, label, row, state};
use store::IncidentQuery;
use utoipa::IntoParams;
use wire::Page;
use wire::board::IncidentRow;
use wire::incident::{Done, Incident};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct NoQuery {}

/// Which incidents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Only open ones, or only ended ones.
    open: Option<bool>,
    /// Only of this project.
    project: Option<String>,
    /// Items of a page, 1 to 200; 50 where absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Declares a verb: its noun in the path, its right, and the function of the desk that does it.
macro_rules! verbs {
    ($routes:ident; $($noun:literal, $policy:expr, $id:literal, $summary:literal, $input:ident => $verb:ident;)*) => {$(
        $routes
            .post(concat!("/api/v1/incidents/{key}/", $noun), $policy)
            .on(&[Object::Incident])
            .says($id, $summary, "incidents")
            .takes::<$input>()
            .answers::<Done>(200)
            .to(|State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<String>, asked: Asked<$input>| async move {
                let (key, Asked { body, once }) = (RecordKey::new(key), asked);
                let verb = |desk: Desk| async move { desk.$verb(&caller, &key, &body).await };
                answer_once(&desk, once.as_ref(), StatusCode::OK, verb).await
            });
    )*};
}

pub(crate) fn routes(routes: &mut Routes) {
    let (read, operate) = (Policy::In(Right::ReadOperations), Policy::In(Right::Operate));
    routes
        .get("/api/v1/board", Policy::Somewhere(Right::ReadOperations))
        .says("board", "Open incidents by their nearest duty, at most 500", "incidents")
        .query::<NoQuery>()
        .lists::<IncidentRow>()
        .to(board);
    routes
        .get("/api/v1/incidents", Policy::Somewhere(Right::ReadOperations))
        .says("listIncidents", "Incidents, the latest opened first", "incidents")
        .query::<ListQuery>()
        .lists::<IncidentRow>()
        .to(list);
    routes
        .get("/api/v1/incidents/{key}", read)
        .on(&[Object::Incident])
        .says("incident", "One incident with everything staff may see", "incidents")
        .answers::<Incident>(200)
        .to(incident);
    verbs! { routes;
        "assignment", operate, "takeIncident", "担当する: whoever calls takes it", Assignment => take;
        "check", operate, "recordCheck", "稼動確認", Check => check;
        "judgement", operate, "judgeImpact", "影響判定; with impact it publishes the notice in the same act", Judgement => judge;
        "rejudgement", operate, "rejudgeImpact", "再判定", Rejudgement => rejudge;
        "judgement-confirmation", operate, "confirmJudgement", "A second person's word on a judgement", JudgementConfirmation => confirm_judgement;
        "notice", operate, "publishNotice", "障害発生連絡 after a judgement without impact", NoticeText => notify;
        "call", operate, "call", "架電: a call begins now, or with its result one that was made already", Call => call;
        "call-connection", operate, "connectCall", "通話中: somebody picked up", CallConnection => connect_call;
        "call-end", operate, "endCall", "How a call ended", CallEnd => end_call;
        "call-back", operate, "recordCallBack", "折り返し: a contact called us", CallBack => call_back;
        "consent", operate, "recordConsent", "口頭同意: heard by whoever records it", Consent => consent;
        "consent-dispute", Policy::In(Right::SpeakAsCustomer), "disputeConsent", "The customer says that a consent was not given so", ConsentDispute => dispute_consent;
        "escalation", operate, "escalate", "エスカレーション, with a reason; the giver keeps it until it is taken", Escalation => escalate;
        "escalation-taking", Policy::In(Right::Respond), "takeEscalation", "Takes an escalation", EscalationTaking => take_escalation;
        "promise", operate, "promise", "A promise with its instant", Promise => promise;
        "promise-kept", operate, "keepPromise", "A promise was kept", PromiseKept => keep_promise;
        "supplier-case", operate, "openSupplierCase", "A case was opened at AWS Support", SupplierCase => open_supplier_case;
        "supplier-answer", operate, "recordSupplierAnswer", "AWS Support answered", SupplierAnswer => answer_supplier_case;
        "hand-over", operate, "handOver", "引き継ぎ to a person, or to whoever comes next", HandOver => hand_over;
        "merge", operate, "mergeIncidents", "統合: the named incidents go on in this one", Merge => merge;
        "separation", operate, "separateIncidents", "統合の解除: the named incidents go on by themselves again", Separation => separate;
        "interim-report", operate, "publishInterimReport", "中間報告", InterimReport => report;
        "recovery-step", operate, "recordRecoveryStep", "A recovery step", RecoveryStep => step;
        "runbook-step", operate, "tickRunbookStep", "保守手順: a step of a runbook is done", RunbookStep => tick_step;
        "runbook-refusal", operate, "declineRunbook", "The support centre says why there will be no runbook", RunbookRefusal => decline_runbook;
        "recovery", operate, "recordRecovery", "復旧", Recovery => recover;
        "recovery-withdrawal", operate, "withdrawRecovery", "It was not over", RecoveryWithdrawal => withdraw_recovery;
        "recovery-notice", operate, "publishRecoveryNotice", "復旧連絡", RecoveryNotice => notify_recovery;
        "recurrence", Policy::SignedIn, "recordRecurrence", "再発, told by the desk or by the customer", Recurrence => recur;
        "closure", operate, "closeIncident", "終了", Closure => close;
        "false-alarm", operate, "declareFalseAlarm", "誤検知", FalseAlarm => declare_false_alarm;
        "false-alarm-review", Policy::In(Right::Decide), "reviewFalseAlarm", "The head of desk's word on a false alarm", FalseAlarmReview => review_false_alarm;
        "incident-report", operate, "writeIncidentReport", "障害報告書: a version is written; nothing is told yet", IncidentReport => write_report;
        "incident-report-decision", Policy::In(Right::Decide), "decideIncidentReport", "The head of desk approves a version of a report, which publishes it, or sends it back", ReportDecision => decide_report;
        "incident-report-date", operate, "agreeReportDate", "A later date for the final report that the customer agreed to", ReportDate => agree_report_date;
        "major", operate, "declareMajor", "重大な障害: the head of desk and the management representative are paged", Major => declare_major;
        "major-review", Policy::In(Right::Decide), "reviewMajor", "重大レビュー by the head of desk", MajorReview => review_major;
        "caller-words", operate, "recordCallerWords", "What a caller said, as far as it is known", CallerWords => hear;
        "intake-call-end", operate, "endIntakeCall", "The end of the call by which a fault was told", IntakeCallEnd => end_intake_call;
        "note", operate, "addNote", "内部メモ; never shown to the customer", Note => note;
        "message", Policy::SignedIn, "sendMessage", "メッセージ between desk and customer, from either side", Message => message;
    }
}

async fn board(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(NoQuery {}): Query<NoQuery>,
) -> Told<Page<IncidentRow>> {
    let rows = desk.board(&caller).await?;
    Ok(Json(Page { items: rows.into_iter().map(show::row).collect(), next: None }))
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(query): Query<ListQuery>,
) -> Told<Page<IncidentRow>> {
    let window = Window::<(i64, String)>::new(query.limit, query.cursor.as_deref())?;
    let after = window.after.as_ref().map(|(opened, key)| (Instant::from_ms(*opened), RecordKey::new(key)));
    let query = IncidentQuery { open: query.open, project: query.project.map(ProjectKey::new), told: false, after };
    let rows = desk.incidents(&caller, &query, window.wanted()).await?;
    Ok(Json(window.page(rows, place, show::row)))
}

/// Where a row stands in a list.
pub(crate) fn place(row: &BoardRow) -> (i64, String) {
    (row.row.opened.ms(), row.row.key.to_string())
}

async fn incident(State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<String>) -> Told<Incident> {
    let view = desk.incident(&caller, &RecordKey::new(key)).await?;
    Ok(Json(show::incident(view)))
}
