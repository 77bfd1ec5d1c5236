//! The native REST API and its OpenAPI document (L4): `/api/v1`.
//!
//! Each noun is a file with its routes and handlers. A route is declared once, by [`routes::Routes`]: the server, the document
//! and the isolation matrix all read that row. Handlers only translate: path, query and body into one call of the desk, and
//! what it says into a type of `wire`.

mod alerts;
mod attachments;
mod causes;
mod compliance;
mod disposals;
mod faults;
mod frozen;
mod incidents;
mod keys;
mod mails;
mod me;
mod nights;
mod notices;
mod page;
mod papers;
mod people;
mod proof;
mod published;
mod records;
mod requests;
mod routes;
mod search;
mod secrets;
mod tenants;
mod what_if;
mod windows;

use axum::Router;
use axum::response::IntoResponse;
use desk::Desk;
use gate::{Gate, Policy, Row, Surface, Table};
use http::header;
use routes::Routes;
use std::sync::LazyLock;
use utoipa::openapi::OpenApi;

/// The API of a desk, each route behind its guard.
pub fn router(gate: &Gate, desk: Desk) -> Router {
    gate.router(table(), desk)
}

/// Every route, for the isolation matrix.
pub fn rows() -> Vec<Row> {
    table().rows().cloned().collect()
}

/// The OpenAPI document, made from the same rows that the server is made from.
pub fn document() -> OpenApi {
    all().document()
}

fn table() -> Table<Desk> {
    all().table
}

fn all() -> Routes {
    let mut routes = Routes::new(Table::new(Surface::Api));
    me::routes(&mut routes);
    incidents::routes(&mut routes);
    attachments::routes(&mut routes);
    secrets::routes(&mut routes);
    faults::routes(&mut routes);
    requests::routes(&mut routes);
    records::routes(&mut routes);
    search::routes(&mut routes);
    compliance::routes(&mut routes);
    proof::routes(&mut routes);
    disposals::routes(&mut routes);
    frozen::routes(&mut routes);
    what_if::routes(&mut routes);
    causes::routes(&mut routes);
    mails::routes(&mut routes);
    published::routes(&mut routes);
    nights::routes(&mut routes);
    alerts::routes(&mut routes);
    windows::routes(&mut routes);
    tenants::routes(&mut routes);
    notices::routes(&mut routes);
    papers::routes(&mut routes);
    people::routes(&mut routes);
    keys::routes(&mut routes);
    routes
        .get("/api/v1/openapi.json", Policy::Public)
        .says("document", "This document", "desk")
        .answers_json()
        .to(openapi);
    routes
}

async fn openapi() -> impl IntoResponse {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_json().unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}
