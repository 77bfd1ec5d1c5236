//! The route of search.

use super::{FoundTicket, SearchPage, page};
use crate::here::{Here, html};
use crate::layout::Place;
use axum::response::Response;
use desk::search::Hit;
use gate::{Query, Trouble};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

/// Tickets of one page.
const PAGE: u32 = 30;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    q: String,
    before: Option<i64>,
}

/// The tickets in which it stands.
pub(crate) async fn show(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Elsewhere).await?;
    let hits = here.state.desk.search(&here.caller, &asked.q, asked.before, PAGE).await?;
    let staff = !here.caller.is_customer();
    let question: String = byte_serialize(asked.q.as_bytes()).collect();
    Ok(html(page(
        &shell,
        &SearchPage {
            found: hits.tickets.into_iter().map(|hit| found(hit, staff)).collect(),
            next: hits.next.map(|before| format!("/search?q={question}&before={before}")),
            question: asked.q,
        },
    )))
}

fn found(hit: Hit, staff: bool) -> FoundTicket {
    let (key, project) = (hit.head.key.to_string(), &hit.head.project);
    let folder = match hit.head.kind.as_str() {
        "incident" => "incidents",
        "request" => "requests",
        _ => "records",
    };
    FoundTicket {
        href: format!("/{folder}/{key}"),
        key,
        title: hit.head.title,
        whose: if staff { format!("{} {project}", hit.customer) } else { project.to_string() },
        process: hit.process,
        state: hit.state,
        at: hit.at,
        excerpt: hit.excerpt,
    }
}
