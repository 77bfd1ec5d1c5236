//! The guard of a route: refuses other sites, finds the caller, asks the policy, and only then lets the handler run.

use crate::cross_site::is_cross_site;
use crate::edge::wants_problem;
use crate::language::accepted;
use crate::once::{InFlight, key_of};
use crate::session::bearer;
use crate::{Gate, Kind, Policy, Row, Surface, Trouble};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Caller;
use domain::refusal::Refusal;
use domain::words::Lang;
use futures::StreamExt;
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use std::sync::Arc;
use url::form_urlencoded::byte_serialize;

/// What extractors and the writer of errors must know of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) surface: Surface,
    pub(crate) lang: Lang,
    pub(crate) body_max: usize,
}

/// The middleware of one route.
pub(crate) async fn guard(State((gate, row)): State<(Gate, Arc<Row>)>, mut request: Request, next: Next) -> Response {
    let asked = accepted(request.headers());
    let mut visit = Visit { surface: row.surface, lang: asked.unwrap_or_default(), body_max: row.body_max };
    let mut response = match admit(&gate, &row, request.method(), request.uri(), request.headers()).await {
        Err(trouble) if trouble.kind() == Kind::SignIn && leads_to_sign_in(&row, &request) => to_sign_in(&request),
        Err(trouble) => trouble.into_response(),
        Ok((caller, _in_flight)) => {
            if let Some(caller) = caller {
                visit.lang = language(row.surface, asked, caller.lang);
                request.extensions_mut().insert(caller);
            }
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
    };
    if row.surface == Surface::Live {
        response = until_stopped(&gate, response);
    }
    response.extensions_mut().insert(visit);
    response
}

/// Whether the request may reach its handler, and who sent it.
async fn admit(
    gate: &Gate,
    row: &Row,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(Option<Caller>, Option<InFlight>), Trouble> {
    if uri.path().contains("%00") {
        return Err(Trouble::not_found());
    }
    // Elsewhere the cookie decides, whatever else a browser or a proxy adds.
    let by_key =
        row.surface == Surface::Intake || (row.surface == Surface::Api && headers.contains_key(header::AUTHORIZATION));
    if !by_key && is_cross_site(method, uri, headers) {
        let (ja, en) = ("この画面からもう一度操作してください。", "Do it again from the desk's own page.");
        return Err(Trouble::new(Kind::CrossSite, ja, en));
    }
    if matches!(row.policy, Policy::Public | Policy::IntakeKey) {
        return Ok((None, None));
    }
    let caller = caller(gate, row.surface, headers).await?.ok_or_else(Trouble::sign_in)?;
    if let Policy::Somewhere(right) = row.policy
        && !caller.may_somewhere(right)
    {
        return Err(Refusal::forbidden().into());
    }
    let once = (row.surface == Surface::Api && *method == Method::POST).then(|| key_of(headers)).transpose()?;
    let in_flight = once.flatten().map(|key| InFlight::enter(gate, &caller, key)).transpose()?;
    Ok((Some(caller), in_flight))
}

/// A key counts on the API alone, and a request that brings one is never judged by its cookie.
async fn caller(gate: &Gate, surface: Surface, headers: &HeaderMap) -> Result<Option<Caller>, Trouble> {
    if surface == Surface::Api && headers.contains_key(header::AUTHORIZATION) {
        let Some(secret) = bearer(headers) else { return Ok(None) };
        return Ok(gate.0.desk.caller_by_key(secret).await?);
    }
    let Some(token) = gate.session_token(headers) else { return Ok(None) };
    // A stream opens itself again and again: that nobody is there must not look like use.
    if surface == Surface::Live {
        return Ok(gate.0.desk.watcher_by_session(token).await?);
    }
    Ok(gate.0.desk.caller_by_session(token).await?)
}

/// People have chosen their language; programs ask for one.
fn language(surface: Surface, asked: Option<Lang>, chosen: Lang) -> Lang {
    if surface == Surface::Api { asked.unwrap_or(chosen) } else { chosen }
}

/// A person is led to the sign-in; a script is told, so that its page keeps what was typed.
fn leads_to_sign_in(row: &Row, request: &Request) -> bool {
    row.surface == Surface::Page && !wants_problem(request.headers())
}

/// The sign-in page, and back here after it where that is a page to read.
fn to_sign_in(request: &Request) -> Response {
    let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if !request.method().is_safe() || here == "/" {
        return Redirect::to("/sign-in").into_response();
    }
    Redirect::to(&format!("/sign-in?next={}", byte_serialize(here.as_bytes()).collect::<String>())).into_response()
}

/// A stream that ends when the desk stops, so that a stop need not wait for watchers.
fn until_stopped(gate: &Gate, response: Response) -> Response {
    let stop = gate.settings().stop.clone().cancelled_owned();
    let (mut parts, body) = response.into_parts();
    parts.headers.entry("x-accel-buffering").or_insert(HeaderValue::from_static("no"));
    Response::from_parts(parts, Body::from_stream(body.into_data_stream().take_until(stop)))
}
