//! What customers see: incidents they were told of.

use crate::incidents::{clock, filed, place, state};
use crate::page::{Paging, Told as Answer, Window};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::Desk;
use desk::incident::{BoardRow, PublishedView};
use domain::access::Right;
use domain::fact::CallResult as Result;
use domain::ids::{BlobId, RecordKey};
use domain::incident::Mark;
use domain::incident::report::Decision;
use domain::telephone::Evidence;
use domain::time::Instant;
use gate::{Object, Path, Policy, Query, Signed};
use store::IncidentQuery;
use wire::Page;
use wire::incident::CallResult;
use wire::published::{CallMade, Published, PublishedRow, Told};

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/published", Policy::Somewhere(Right::ReadPublished))
        .says("listPublished", "Incidents that were told to the customer, the latest first", "published")
        .query::<Paging>()
        .lists::<PublishedRow>()
        .to(list);
    routes
        .get("/api/v1/published/{key}", Policy::In(Right::ReadPublished))
        .on(&[Object::Incident])
        .says("published", "What was told of one incident, and how its clocks stand", "published")
        .answers::<Published>(200)
        .to(published);
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(paging): Query<Paging>,
) -> Answer<Page<PublishedRow>> {
    let window = Window::<(i64, String)>::new(paging.limit, paging.cursor.as_deref())?;
    let after = window.after.as_ref().map(|(opened, key)| (Instant::from_ms(*opened), RecordKey::new(key)));
    let query = IncidentQuery { told: true, after, ..IncidentQuery::default() };
    let rows = desk.incidents(&caller, &query, window.wanted()).await?;
    let show = |BoardRow { row, .. }: BoardRow| PublishedRow {
        key: row.key.to_string(),
        project: row.project.to_string(),
        // The header is written from a fold, so its code is always known.
        state: state(domain::incident::State::from_code(&row.state).unwrap_or(domain::incident::State::Notified)),
        title: row.title,
        alert_at: row.alert_at.to_string(),
        ended: row.ended.map(|at| at.to_string()),
    };
    Ok(Json(window.page(rows, place, show)))
}

async fn published(State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<String>) -> Answer<Published> {
    let view = desk.published(&caller, &RecordKey::new(key)).await?;
    let it = &view.incident;
    Ok(Json(Published {
        key: it.key.to_string(),
        project: it.project.to_string(),
        customer: view.customer.clone(),
        version: it.version,
        state: state(it.state),
        title: view.texts.get(&it.title).cloned().unwrap_or_default(),
        filed: filed(it, &view.texts),
        impact: it.publications.last().map(|publication| publication.what.impact),
        alert_at: it.alert_at().to_string(),
        clocks: view.ledgers.iter().map(|ledger| clock(it, ledger, view.now)).collect(),
        told: told(&view),
        calls: calls(&view),
        reports: crate::incidents::published_reports(&view),
        is_major: it.is_major(),
        next_report: view.next_report.map(|at| at.to_string()),
        as_of: view.now.to_string(),
    }))
}

/// Everything said between desk and customer, in the order of the facts.
fn told(view: &PublishedView) -> Vec<Told> {
    let it = &view.incident;
    let say = |kind: &str, mark: &Mark, text: &BlobId| Told {
        kind: kind.to_owned(),
        at: mark.at.to_string(),
        text: view.texts.get(text).cloned(),
        fact: mark.seq,
    };
    let mut told: Vec<Told> = vec![];
    told.extend(it.publications.iter().map(|p| say("notice", &p.mark, &p.what.text)));
    told.extend(it.reports.iter().map(|r| say("interim_report", &r.mark, &r.what.text)));
    told.extend(it.recovery_notices.iter().map(|n| say("recovery_notice", &n.mark, &n.what.text)));
    told.extend(it.recurrences.iter().map(|r| say("recurrence", &r.mark, &r.what)));
    told.extend(it.after.reports.iter().filter_map(|version| {
        let decision = version.what.decision.as_ref()?;
        let Decision::Approved { text } = &decision.what else { return None };
        Some(say("report", &decision.mark, text))
    }));
    told.extend(it.closure.iter().map(|c| say("closure", &c.mark, &c.what.cause)));
    told.extend(it.messages.iter().map(|message| {
        let (text, from_customer) = &message.what;
        say(if *from_customer { "message_from_customer" } else { "message" }, &message.mark, text)
    }));
    told.sort_by_key(|told| told.fact);
    told
}

fn calls(view: &PublishedView) -> Vec<CallMade> {
    let made = view.incident.calls.iter().map(|call| CallMade {
        contact: view.contact_names.get(call.what.contact.as_str()).cloned().unwrap_or_default(),
        rank: call.what.rank,
        begun: call.what.begun.to_string(),
        result: call.what.result().map(|result| match result {
            Result::Answered => CallResult::Answered,
            Result::AnsweredOther => CallResult::AnsweredOther,
            Result::Voicemail => CallResult::Voicemail,
            Result::Busy => CallResult::Busy,
            Result::None => CallResult::None,
        }),
        evidence: match call.what.evidence {
            Evidence::Stated => "stated",
            Evidence::Measured => "measured",
        }
        .to_owned(),
        fact: call.mark.seq,
    });
    made.collect()
}
