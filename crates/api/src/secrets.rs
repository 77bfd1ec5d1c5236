//! Secrets of requests: handed over, read once, taken back.

use crate::page::{Paging, Told, cut};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::{Desk, NewSecret, Revealed, SecretBack};
use domain::access::Right;
use domain::ids::RecordKey;
use gate::{Asked, Object, Path, Policy, Query, Signed, answer_once};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::Page;
use wire::incident::Done;
use wire::secret::HandedSecret;

/// Which secret.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecretReading {
    /// Its number.
    number: u64,
}

pub(crate) fn routes(routes: &mut Routes) {
    let object = &[Object::Request];
    routes
        .get("/api/v1/requests/{request}/secrets", Policy::In(Right::ReadPublished))
        .on(object)
        .says("requestSecrets", "What was handed over on a request to be read once, without the secrets", "secrets")
        .query::<Paging>()
        .lists::<HandedSecret>()
        .to(list);
    routes
        .post("/api/v1/requests/{request}/secrets", Policy::SignedIn)
        .on(object)
        .says("handSecret", "秘密を渡す: hands over what the customer reads once, within 7 days; staff only", "secrets")
        .takes::<NewSecret>()
        .answers::<Done>(201)
        .to(|State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<RecordKey>, asked| async move {
            let Asked { body, once }: Asked<NewSecret> = asked;
            let act = |desk: Desk| async move { desk.hand_secret(&caller, &key, &body).await };
            answer_once(&desk, once.as_ref(), StatusCode::CREATED, act).await
        });
    routes
        .post("/api/v1/requests/{request}/secrets/reading", Policy::SignedIn)
        .on(object)
        .says("readSecret", "一度だけ表示する: answers the secret and forgets it; the customer only", "secrets")
        .takes::<SecretReading>()
        .answers::<Revealed>(200)
        .to(|State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<RecordKey>, asked| async move {
            let Asked { body, once }: Asked<SecretReading> = asked;
            let act = |desk: Desk| async move { desk.read_secret(&caller, &key, body.number).await };
            answer_once(&desk, once.as_ref(), StatusCode::OK, act).await
        });
    routes
        .post("/api/v1/requests/{request}/secrets/taking-back", Policy::SignedIn)
        .on(object)
        .says("takeSecretBack", "取り消す: takes back what nobody has read; staff only", "secrets")
        .takes::<SecretBack>()
        .answers::<Done>(200)
        .to(|State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<RecordKey>, asked| async move {
            let Asked { body, once }: Asked<SecretBack> = asked;
            let act = |desk: Desk| async move { desk.take_secret_back(&caller, &key, &body).await };
            answer_once(&desk, once.as_ref(), StatusCode::OK, act).await
        });
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(key): Path<RecordKey>,
    Query(paging): Query<Paging>,
) -> Told<Page<HandedSecret>> {
    let view = desk.request(&caller, &key).await?;
    let secrets = view.request.secrets.iter().map(|it| HandedSecret {
        number: it.mark.seq,
        label: view.texts.get(&it.what.label).cloned(),
        at: it.mark.at.to_string(),
        until: it.what.until.to_string(),
        gone: it.what.gone.as_ref().map(|gone| gone.what.code().to_owned()),
        gone_at: it.what.gone.as_ref().map(|gone| gone.mark.at.to_string()),
    });
    Ok(Json(cut(&paging, secrets.collect(), |it: &HandedSecret| it.number.to_string())?))
}
