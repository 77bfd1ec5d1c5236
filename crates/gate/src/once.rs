//! `Idempotency-Key`: a repeated POST does nothing twice (F6).
//!
//! The desk remembers the answer in the transaction of the effect, so that no crash can part them, and looks the key up under
//! the tenant's lock first. A twin that arrives while the first is at work on this node is told so at once; on another node
//! it waits for the lock and then gets the remembered answer.

use crate::trouble::IDEMPOTENCY_KEY;
use crate::{Gate, Kind, Trouble};
use axum::Json;
use axum::response::{IntoResponse, Response};
use desk::{Answer, Caller, Desk, Once, Who};
use domain::fact::sha256;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde::Serialize;
use std::sync::PoisonError;

/// Characters of a key.
const KEY_MAX: usize = 255;

/// What the desk remembers a request under.
pub(crate) fn once(caller: &Caller, key: &str, method: &Method, uri: &Uri, body: &[u8]) -> Once {
    Once::new(name(caller), key, request_hash(method, uri, body))
}

/// A hash over method, path, query and body: another request under the same key is refused.
fn request_hash(method: &Method, uri: &Uri, body: &[u8]) -> String {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    // Lengths first, so that no part can lend letters to its neighbour.
    let lengths = format!("{method} {} {}", target.len(), body.len());
    sha256(&[lengths.as_bytes(), target.as_bytes(), body]).to_string()
}

/// Answers a verb that may be asked for once: `verb` is given the desk to ask. What was answered before is answered again,
/// byte for byte, with the header `Idempotent-Replayed`.
///
/// # Errors
/// What the verb says.
pub async fn answer_once<T: Serialize, F: Future<Output = Answer<T>>>(
    desk: &Desk,
    once: Option<&Once>,
    status: StatusCode,
    verb: impl FnOnce(Desk) -> F,
) -> Result<Response, Trouble> {
    let Some(once) = once else { return Ok((status, Json(verb(desk.clone()).await?)).into_response()) };
    match (verb(desk.once(once)).await, once.answered()) {
        (Ok(answer), _) => Ok((status, Json(answer)).into_response()),
        (Err(_), Some(answer)) => {
            let headers = [("content-type", "application/json"), ("idempotent-replayed", "true")];
            Ok((status, headers, answer.to_owned()).into_response())
        }
        (Err(error), None) => Err(error.into()),
    }
}

fn name(caller: &Caller) -> String {
    match &caller.who {
        Who::Person { id, .. } => format!("person:{id}"),
        Who::Key { id, .. } => format!("key:{id}"),
        Who::Console => "console".to_owned(),
    }
}

/// The key of a request, where it has one: 1 to 255 visible ASCII characters.
pub(crate) fn key_of(headers: &HeaderMap) -> Result<Option<&str>, Trouble> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).into_iter();
    let Some(value) = values.next() else { return Ok(None) };
    let is_key = |key: &&str| (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = value.to_str().ok().filter(is_key).filter(|_| values.next().is_none());
    key.map(Some).ok_or_else(|| {
        let (ja, en) = (
            "空白を含まない255文字までの英数記号を、一度だけ付けてください。",
            "Send it once: 1 to 255 visible ASCII characters without blanks.",
        );
        Trouble::invalid(IDEMPOTENCY_KEY, ja, en)
    })
}

/// A caller's key at work on this node; leaves when dropped, also when the client hangs up.
pub(crate) struct InFlight {
    gate: Gate,
    at_work: (String, String),
}

impl InFlight {
    pub(crate) fn enter(gate: &Gate, caller: &Caller, key: &str) -> Result<Self, Trouble> {
        let at_work = (name(caller), key.to_owned());
        if !gate.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner).insert(at_work.clone()) {
            let (ja, en) = ("処理が終わってから、もう一度送ってください。", "Send it again once it has been answered.");
            return Err(Trouble::new(Kind::InFlight, ja, en));
        }
        Ok(Self { gate: gate.clone(), at_work })
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.gate.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.at_work);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::tests::gate;
    use domain::words::Lang;

    fn console() -> Caller {
        Caller { who: Who::Console, grants: Vec::new(), lang: Lang::Ja }
    }

    fn check(values: &[&str], expected: Result<Option<&str>, Kind>) {
        let headers = values.iter().map(|value| ("idempotency-key".parse().unwrap(), value.parse().unwrap()));
        let headers: HeaderMap = headers.collect();
        assert_eq!(key_of(&headers).map_err(|trouble| trouble.kind()), expected, "{values:?}");
    }

    #[test]
    fn a_key_is_visible_ascii() {
        check(&[], Ok(None));
        check(&["8e03978e-40d5"], Ok(Some("8e03978e-40d5")));
        check(&["a b"], Err(Kind::Invalid));
        check(&[""], Err(Kind::Invalid));
        check(&["鍵"], Err(Kind::Invalid));
        check(&["a", "a"], Err(Kind::Invalid));
        let long = "k".repeat(256);
        check(&[&long], Err(Kind::Invalid));
        check(&[&long[1..]], Ok(Some(&long[1..])));
    }

    #[test]
    fn requests_differ_by_method_path_query_and_body() {
        let hash =
            |method: Method, uri: &str, body: &str| request_hash(&method, &uri.parse().unwrap(), body.as_bytes());
        let first = hash(Method::POST, "/a?b", "c");
        assert_eq!(first, hash(Method::POST, "/a?b", "c"));
        for other in [hash(Method::PUT, "/a?b", "c"), hash(Method::POST, "/a", "?bc"), hash(Method::POST, "/a?b", "")] {
            assert_ne!(first, other);
        }
    }

    #[tokio::test]
    async fn a_twin_is_refused_until_the_first_is_answered() {
        let (gate, _folder) = gate(false).await;
        let first = InFlight::enter(&gate, &console(), "k").ok();
        assert!(first.is_some() && InFlight::enter(&gate, &console(), "k").is_err());
        assert!(InFlight::enter(&gate, &console(), "other").is_ok());
        drop(first);
        assert!(InFlight::enter(&gate, &console(), "k").is_ok());
    }
}
