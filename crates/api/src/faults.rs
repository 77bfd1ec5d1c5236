//! 障害ご連絡: faults that customers file, and calls by which they tell them.

use crate::page::Nothing;
use crate::routes::Routes;
use axum::extract::State;
use axum::response::Response;
use desk::{CallOf, Desk, NewFault};
use domain::access::Right;
use gate::{Asked, Policy, Signed, Trouble, answer_once};
use http::StatusCode;
use wire::incident::{Done, IntakeCall};

type Answered = Result<Response, Trouble>;

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .post("/api/v1/incidents", Policy::SignedIn)
        .says("fileFault", "障害ご連絡: files a fault for a project; the clocks run from its receipt", "incidents")
        .takes::<NewFault>()
        .answers::<Done>(201)
        .to(file);
    routes
        .post("/api/v1/calls", Policy::Somewhere(Right::Operate))
        .says("beginCall", "A call at the desk begins; the clocks of what comes of it run from here", "incidents")
        .takes::<Nothing>()
        .answers::<IntakeCall>(201)
        .to(begin);
    routes
        .post("/api/v1/calls/incidents", Policy::SignedIn)
        .says("openByCall", "Says whose call it is; the incident exists from here on", "incidents")
        .takes::<CallOf>()
        .answers::<Done>(201)
        .to(open);
}

async fn file(State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<NewFault>) -> Answered {
    let Asked { body, once } = asked;
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, |desk| async move { desk.file_fault(&caller, &body).await })
        .await
}

async fn begin(State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<Nothing>) -> Answered {
    let once = asked.once;
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, |desk| async move { desk.begin_intake_call(&caller).await })
        .await
}

async fn open(State(desk): State<Desk>, Signed(caller): Signed, asked: Asked<CallOf>) -> Answered {
    let Asked { body, once } = asked;
    answer_once(
        &desk,
        once.as_ref(),
        StatusCode::CREATED,
        |desk| async move { desk.open_by_call(&caller, &body).await },
    )
    .await
}
