//! Whether the OpenAPI document tells the truth about the routes.

use crate::gate::by_path;
use crate::{Policy, Row};
use http::Method;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{OpenApi, RefOr};

/// What differs between the API's routes and its document, one sentence each; nothing where they agree.
pub fn differences<'r>(rows: impl IntoIterator<Item = &'r Row>, document: &OpenApi) -> Vec<String> {
    let rows = by_path(rows);
    let mut said = Vec::new();
    for (path, rows) in &rows {
        let item = document.paths.paths.get(*path);
        for row in rows {
            match item.and_then(|item| operation(item, &row.method)) {
                None => said.push(format!("{} {path} is not documented", row.method)),
                Some(operation) => said.extend(faults(document, row, operation)),
            }
        }
    }
    for (path, item) in &document.paths.paths {
        for method in METHODS {
            let is_route = || rows.get(path.as_str()).is_some_and(|rows| rows.iter().any(|row| row.method == method));
            if operation(item, &method).is_some() && !is_route() {
                said.push(format!("{method} {path} is documented and does not exist"));
            }
        }
    }
    said
}

const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH];

fn operation<'d>(item: &'d PathItem, method: &Method) -> Option<&'d Operation> {
    match method.as_str() {
        "GET" => item.get.as_ref(),
        "POST" => item.post.as_ref(),
        "PUT" => item.put.as_ref(),
        "DELETE" => item.delete.as_ref(),
        "PATCH" => item.patch.as_ref(),
        _ => None,
    }
}

/// Parameters of the path, and whether a key is asked for exactly where the policy asks for one.
fn faults(document: &OpenApi, row: &Row, operation: &Operation) -> Vec<String> {
    let mut said = Vec::new();
    let documented: Vec<&str> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter.name.as_str()),
            RefOr::Ref(_) => None,
        })
        .collect();
    for name in row.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        if !documented.contains(&name) {
            said.push(format!("{} {}: parameter {name} is not documented", row.method, row.path));
        }
    }
    let needs = operation.security.as_ref().or(document.security.as_ref());
    let asks = needs.into_iter().flatten().any(|need| *need != SecurityRequirement::default());
    if asks == matches!(row.policy, Policy::Public) {
        said.push(format!("{} {}: policy {:?}, documented security {asks}", row.method, row.path, row.policy));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Surface, Table};
    use utoipa::OpenApi as _;

    #[utoipa::path(get, path = "/a/{key}", params(("key" = String, Path)), security(("key" = [])), responses((status = 200)))]
    async fn show() {}

    #[utoipa::path(post, path = "/b", responses((status = 200)))]
    async fn gone() {}

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(show, gone))]
    struct Document;

    #[test]
    fn what_is_missing_on_either_side_is_named() {
        let mut table = Table::<()>::new(Surface::Api);
        table.get("/a/{key}").allow(Policy::SignedIn).objects(&[crate::Object::Incident]).to(show);
        table.get("/c").allow(Policy::Public).to(show);
        let said = differences(table.rows(), &Document::openapi());
        assert_eq!(said, ["GET /c is not documented", "POST /b is documented and does not exist"]);
    }

    #[test]
    fn security_and_parameters_are_compared() {
        let mut table = Table::<()>::new(Surface::Api);
        table.get("/a/{key}").allow(Policy::Public).objects(&[crate::Object::Incident]).to(show);
        table.post("/b").allow(Policy::SignedIn).to(gone);
        let said = differences(table.rows(), &Document::openapi());
        assert_eq!(said.len(), 2, "{said:?}");
    }
}
