//! 保管と廃棄: retention, disposals, and the erasing of single words (R-5.4.4.3-6, -7).

use crate::page::{Nothing, Told};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::{Desk, DisposalAnswer, Erased, Erasure};
use domain::access::Right;
use domain::disposal::Disposal;
use domain::ids::{RecordKey, TenantId};
use gate::{Asked, Object, Path, Policy, Signed, answer_once};
use http::StatusCode;
use wire::disposal::{Retained, RetainedDisposal};

pub(crate) fn routes(routes: &mut Routes) {
    let tenant = &[Object::Tenant];
    routes
        .get("/api/v1/tenants/{tenant}/disposals", Policy::In(Right::ReadPublished))
        .on(tenant)
        .says("disposals", "How long words are kept, what is over, and what went", "disposals")
        .answers::<Retained>(200)
        .to(list);
    routes
        .post("/api/v1/tenants/{tenant}/disposals", Policy::In(Right::Dispose))
        .on(tenant)
        .says(
            "proposeDisposal",
            "廃棄の提案: asks for the words of all tickets to go whose retention is over",
            "disposals",
        )
        .takes::<Nothing>()
        .answers::<Erased>(201)
        .to(|State(desk): State<Desk>, Signed(caller): Signed, Path(tenant): Path<String>, asked| async move {
            let Asked { body: Nothing {}, once } = asked;
            let tenant = TenantId::new(tenant);
            let act = |desk: Desk| async move { desk.propose_disposal(&caller, &tenant).await };
            answer_once(&desk, once.as_ref(), StatusCode::CREATED, act).await
        });
    routes
        .post("/api/v1/tenants/{tenant}/disposals/answer", Policy::In(Right::Dispose))
        .on(tenant)
        .says(
            "answerDisposal",
            "廃棄の承認または却下: another person than the one who proposed it; only top management approves, and then the \
             words go",
            "disposals",
        )
        .takes::<DisposalAnswer>()
        .answers::<Erased>(200)
        .to(|State(desk): State<Desk>, Signed(caller): Signed, Path(tenant): Path<String>, asked| async move {
            let Asked { body, once }: Asked<DisposalAnswer> = asked;
            let tenant = TenantId::new(tenant);
            let act = |desk: Desk| async move { desk.answer_disposal(&caller, &tenant, &body).await };
            answer_once(&desk, once.as_ref(), StatusCode::OK, act).await
        });
    for (path, object, id) in [
        ("/api/v1/requests/{request}/erasure", &[Object::Request], "eraseOfRequest"),
        ("/api/v1/incidents/{key}/erasure", &[Object::Incident], "eraseOfIncident"),
        ("/api/v1/records/{record}/erasure", &[Object::Record], "eraseOfRecord"),
    ] {
        routes
            .post(path, Policy::In(Right::Decide))
            .on(object)
            .says(id, "書かれた内容の消去: erases the words of one fact of a ticket, such as a password", "disposals")
            .takes::<Erasure>()
            .answers::<Erased>(200)
            .to(|State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<RecordKey>, asked| async move {
                let Asked { body, once }: Asked<Erasure> = asked;
                let act = |desk: Desk| async move { desk.erase_words(&caller, &key, &body).await };
                answer_once(&desk, once.as_ref(), StatusCode::OK, act).await
            });
    }
}

async fn list(State(desk): State<Desk>, Signed(caller): Signed, Path(tenant): Path<String>) -> Told<Retained> {
    let view = desk.disposals(&caller, &TenantId::new(tenant)).await?;
    Ok(Json(Retained {
        months: view.retention.months,
        version: view.version,
        kept: view.retention.kept.iter().map(ToString::to_string).collect(),
        before: view.before.to_string(),
        over: view.over,
        disposals: view.disposals.iter().map(|(it, ..)| told(it)).collect(),
    }))
}

fn told(it: &Disposal) -> RetainedDisposal {
    let (answered, ended) = (it.answered.as_ref(), it.ended.as_ref());
    RetainedDisposal {
        number: it.number,
        before: it.before.to_string(),
        tickets: it.tickets,
        proposed_at: it.proposed.at.to_string(),
        approved: answered.map(|answer| answer.what),
        answered_at: answered.map(|answer| answer.mark.at.to_string()),
        ended_at: ended.map(|ended| ended.mark.at.to_string()),
        disposed: ended.map(|ended| ended.what.0),
        words: ended.map(|ended| ended.what.1),
    }
}
