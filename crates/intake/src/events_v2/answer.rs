//! What PagerDuty's clients expect to hear. Their libraries match these words.

use crate::Unreadable;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

/// 202: on disk. The Python client fails without `dedup_key`.
pub(super) fn accepted(dedup_key: &str) -> Response {
    let body = json!({ "status": "success", "message": "Event processed", "dedup_key": dedup_key });
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

/// 202 for a change.
pub(super) fn changed() -> Response {
    let body = json!({ "status": "success", "message": "Change event processed" });
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

/// 400 with every fault.
pub(super) fn invalid(unreadable: &Unreadable) -> Response {
    let body = json!({ "status": "invalid event", "message": "Event object is invalid", "errors": unreadable.errors });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}
