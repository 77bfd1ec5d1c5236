//! The OpenAPI document tells the truth about the routes.

use gate::Policy;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_document_and_the_routes_agree() {
    let rows = api::rows();
    assert_eq!(gate::differences(&rows, &api::document()), Vec::<String>::new());
}

#[test]
fn every_operation_has_its_errors_a_summary_and_an_id_of_its_own() {
    let document = serde_json::to_value(api::document()).unwrap();
    let mut ids = BTreeSet::new();
    for row in api::rows() {
        let operation = &document["paths"][row.path][row.method.as_str().to_lowercase()];
        let responses = operation["responses"].as_object().unwrap();
        let expected: &[&str] = match (row.policy, row.method.as_str(), row.objects.len()) {
            (Policy::Public, ..) => &[],
            (_, "POST", 0) => &["400", "401", "403", "409", "413", "415", "422", "503"],
            (_, "POST", _) => &["400", "401", "403", "404", "409", "413", "415", "422", "503"],
            (_, _, 0) => &["401", "403", "503"],
            _ => &["401", "403", "404", "503"],
        };
        for status in expected {
            assert!(responses.contains_key(*status), "{} {}: {status}", row.method, row.path);
        }
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{}", row.path);
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{}", row.path);
    }
}

/// Every `$ref` of a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| match field {
            Value::String(target) if name == "$ref" => drop(found.insert(target.clone())),
            _ => references(field, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_schema_that_is_named_is_there() {
    let document = serde_json::to_value(api::document()).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for target in found {
        assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target}");
    }
}

#[tokio::test]
async fn everybody_may_read_it() {
    let site = crate::site::sqlite().await;
    let reply = site.send("GET", "/api/v1/openapi.json", &[], "").await;
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(reply.with(200), serde_json::to_value(api::document()).unwrap());
}
