//! Bodies: read whole under a cap and within a time, then parsed.

use super::{form, json};
use crate::guard::Visit;
use crate::once::{key_of, once};
use crate::{BODY_MAX, Kind, Trouble};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use desk::{Caller, Once};
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Seconds a body may take.
const READ_S: u64 = 30;

/// The bytes of a body, under the route's cap.
#[derive(Clone, Debug)]
pub struct RawBody(pub Bytes);

/// A JSON body.
#[derive(Clone, Copy, Debug)]
pub struct JsonBody<T>(pub T);

/// The body of a form.
#[derive(Clone, Copy, Debug)]
pub struct FormBody<T>(pub T);

/// A JSON body and, where the caller wants the verb done once, its `Idempotency-Key`: what every POST of the API takes.
#[derive(Clone, Debug)]
pub struct Asked<T> {
    /// The body.
    pub body: T,
    /// What the desk remembers its answer under; hand both to [`crate::answer_once`].
    pub once: Option<Once>,
}

impl<S: Sync> FromRequest<S> for RawBody {
    type Rejection = Trouble;

    async fn from_request(request: Request, _: &S) -> Result<Self, Trouble> {
        let max = request.extensions().get::<Visit>().map_or(BODY_MAX, |visit| visit.body_max);
        read(request.into_body(), max).await.map(Self)
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let is_json =
            |kind: &str| kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json");
        wants(request.headers(), is_json, "application/json")?;
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        json::read(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for FormBody<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let expected = "application/x-www-form-urlencoded";
        wants(request.headers(), |kind| kind == expected, expected)?;
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        form::read(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Asked<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let key = key_of(request.headers())?.map(str::to_owned);
        let caller = request.extensions().get::<Caller>().cloned();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        wants(request.headers(), |kind| kind == "application/json", "application/json")?;
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        let once = key.zip(caller).map(|(key, caller)| once(&caller, &key, &method, &uri, &bytes));
        Ok(Self { body: json::read(&bytes)?, once })
    }
}

/// Refuses a body of another media type. A request that names none and has no body is fine.
fn wants(headers: &HeaderMap, is_right: impl Fn(&str) -> bool, expected: &str) -> Result<(), Trouble> {
    let has_body = headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or("?"));
    let essence = kind.and_then(|kind| kind.split(';').next()).map(|kind| kind.trim().to_ascii_lowercase());
    match essence {
        Some(kind) if is_right(&kind) => Ok(()),
        None if !has_body => Ok(()),
        _ => {
            let ja = format!("Content-Type: {expected} で送ってください。");
            Err(Trouble::new(Kind::WrongType, ja, format!("Send it as Content-Type: {expected}.")))
        }
    }
}

async fn read(body: Body, max: usize) -> Result<Bytes, Trouble> {
    let collected = tokio::time::timeout(Duration::from_secs(READ_S), Limited::new(body, max).collect()).await;
    match collected {
        Ok(Ok(bytes)) => Ok(bytes.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let ja = format!("本文は {max} バイトまでです。");
            Err(Trouble::new(Kind::TooLarge, ja, format!("A body may have at most {max} bytes here.")))
        }
        Ok(Err(_)) => Err(Trouble::invalid("body", "本文が途中で切れました。", "The body broke off.")),
        Err(_) => {
            let ja = format!("本文を {READ_S} 秒以内に送ってください。");
            Err(Trouble::new(Kind::TooSlow, ja, format!("Send the body within {READ_S} s.")))
        }
    }
}
