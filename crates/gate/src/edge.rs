//! The outermost layer: an id for each request, errors in the reader's words, headers that protect, one line in the log.

use crate::guard::Visit;
use crate::language::accepted;
use crate::{Gate, Kind, Surface, Trouble};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::words::Lang;
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::time::Instant;
use wire::problem;

/// Headers of every answer that does not set its own. Scripts and styles come from our files alone; nobody frames us.
const PROTECTION: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    // What a person sees is personal; assets say otherwise themselves.
    (header::CACHE_CONTROL, "no-store"),
];

/// Where the desk is reached over TLS, browsers never ask it without for a year.
const TLS_ONLY: (HeaderName, &str) = (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");

/// What is kept of a request for the answer and the log: its route, never its path, which may hold a key.
struct Asked {
    method: Method,
    route: Option<MatchedPath>,
    lang: Option<Lang>,
    wants_page: bool,
    wants_problem: bool,
}

/// The middleware of the whole site.
pub(crate) async fn edge(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let asked = Asked {
        method: request.method().clone(),
        route: request.extensions().get().cloned(),
        lang: accepted(request.headers()),
        wants_page: accepts(request.headers(), "text/html"),
        wants_problem: wants_problem(request.headers()),
    };
    let reference = format!("{}-{}", gate.0.prefix, gate.0.requests.fetch_add(1, Ordering::Relaxed));
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answer.unwrap_or_else(|panic| Trouble::failed(said(&*panic)).into_response());
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        response = written(&gate, &asked, &reference, &trouble, response);
    }
    let over_tls = gate.settings().https.then_some(TLS_ONLY);
    for (name, value) in PROTECTION.into_iter().chain(over_tls) {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::try_from(&reference) {
        response.headers_mut().insert("x-request-id", id);
    }
    log(&asked, &reference, response.status(), began);
    response
}

/// An answer with the trouble's words, in the shape and language of its reader.
fn written(gate: &Gate, asked: &Asked, reference: &str, trouble: &Trouble, empty: Response) -> Response {
    if let Some(cause) = trouble.cause() {
        tracing::error!(reference, cause, kind = trouble.kind().code(), "a request failed");
    }
    let (parts, _no_body) = empty.into_parts();
    let visit = parts.extensions.get::<Visit>().copied();
    let lang = visit.map(|visit| visit.lang).or(asked.lang).unwrap_or_default();
    let problem = trouble.problem(lang, reference);
    // A script of a page reads problems, as programs do.
    let is_page = !asked.wants_problem && visit.map_or(asked.wants_page, |visit| visit.surface == Surface::Page);
    let (media_type, body) = if is_page {
        ("text/html; charset=utf-8", (gate.settings().error_page)(&problem, lang))
    } else {
        // A struct of texts and numbers always becomes JSON.
        (problem::MEDIA_TYPE, serde_json::to_string(&problem).unwrap_or_default())
    };
    let mut response = (parts.status, parts.headers, body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-language, cookie"));
    if let Some(after_s) = trouble.retry_after_s() {
        headers.insert(header::RETRY_AFTER, after_s.into());
    }
    if trouble.kind() == Kind::SignIn {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// One line a request. Routine ones are for debugging: an alert storm must not become a storm of lines.
fn log(asked: &Asked, reference: &str, status: StatusCode, began: Instant) {
    let route = asked.route.as_ref().map_or("(none)", MatchedPath::as_str);
    let (method, status, ms) = (asked.method.as_str(), status.as_u16(), began.elapsed().as_millis());
    if status >= 500 {
        tracing::warn!(reference, method, route, status, ms, "answered");
    } else {
        tracing::debug!(reference, method, route, status, ms, "answered");
    }
}

/// Whether the sender reads problem details, as programs and the scripts of our own pages do.
pub fn wants_problem(headers: &HeaderMap) -> bool {
    accepts(headers, problem::MEDIA_TYPE)
}

fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains(media_type))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_default())
}

/// Unknown paths.
pub(crate) async fn nowhere() -> Trouble {
    Trouble::not_found()
}

/// Known paths, unknown methods; axum adds `Allow`.
pub(crate) async fn no_such_method() -> Trouble {
    let (ja, en) = ("使える方法は Allow ヘッダーにあります。", "The Allow header lists the methods of this path.");
    Trouble::new(Kind::MethodNotAllowed, ja, en)
}
