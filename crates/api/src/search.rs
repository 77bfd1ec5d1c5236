//! Search over what was written on tickets.

use crate::page::{Told, Window};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use desk::Desk;
use desk::search::Hit;
use domain::access::Right;
use gate::{Policy, Query, Signed};
use serde::Deserialize;
use utoipa::IntoParams;
use wire::Page;
use wire::record::Label;
use wire::search::{Found, Piece};

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct SearchQuery {
    /// Terms, parted by spaces, each of which has to be found; of any script, wide or narrow, in any case.
    q: String,
    /// Items of a page, 1 to 200; 50 where absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

pub(crate) fn routes(routes: &mut Routes) {
    routes
        .get("/api/v1/search", Policy::Somewhere(Right::ReadPublished))
        .says("search", "検索: tickets in which all terms were written, the newest text first", "search")
        .query::<SearchQuery>()
        .lists::<Found>()
        .to(search);
}

async fn search(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Query(query): Query<SearchQuery>,
) -> Told<Page<Found>> {
    let window = Window::<i64>::new(query.limit, query.cursor.as_deref())?;
    let hits = desk.search(&caller, &query.q, window.after, window.limit).await?;
    let items = hits.tickets.into_iter().map(found).collect();
    Ok(Json(Page { items, next: hits.next.as_ref().map(crate::page::write) }))
}

fn found(hit: Hit) -> Found {
    let piece = |piece: domain::search::Piece| Piece { text: piece.text, found: piece.is_found };
    Found {
        key: hit.head.key.to_string(),
        project: hit.head.project.to_string(),
        customer: hit.customer,
        process: hit.head.kind,
        title: hit.head.title,
        state: Label { ja: hit.state.ja, en: hit.state.en },
        opened: hit.head.opened.to_string(),
        ended: hit.head.ended.map(|at| at.to_string()),
        written: hit.at.to_string(),
        excerpt: hit.excerpt.into_iter().map(piece).collect(),
    }
}
