//! The procedures of requests and incidents are those of the routes: every verb has its route under its noun, for those it is for.

use domain::access::Right;
use domain::process::{Process, Who, shipped};
use gate::Policy;

/// Verbs that are no route of their own: what opens a record, and what another record's verb does to this one.
const ELSEWHERE: [&str; 3] = ["filing", "opening", "joining"];
/// What is no verb of a procedure: a file or a secret fits wherever a message or a note does.
const BESIDE: [&str; 5] = ["erasure", "files", "secrets", "secrets/reading", "secrets/taking-back"];

fn routes(prefix: &str, parameter: &str, process: &Process) {
    let rows: Vec<_> = api::rows().into_iter().filter(|row| row.method == "POST").collect();
    let document = serde_json::to_value(api::document()).unwrap();
    let mut nouns: Vec<&str> = process.verbs.iter().map(|verb| verb.noun.as_str()).collect();
    nouns.retain(|noun| !ELSEWHERE.contains(noun));
    let under = format!("{prefix}/{parameter}/");
    let mut posted: Vec<&str> = rows.iter().filter_map(|row| row.path.strip_prefix(under.as_str())).collect();
    posted.retain(|noun| !BESIDE.contains(noun));
    nouns.sort_unstable();
    posted.sort_unstable();
    assert_eq!(nouns, posted, "{prefix}");
    for verb in process.verbs.iter().filter(|verb| !ELSEWHERE.contains(&verb.noun.as_str())) {
        let path = format!("{under}{}", verb.noun);
        let row = rows.iter().find(|row| row.path == path).unwrap();
        let who: Vec<Who> = verb.who.iter().copied().filter(|who| *who != Who::System).collect();
        match row.policy {
            // Which side may do what is looked up inside, where more than one right allows it.
            Policy::SignedIn => assert!(prefix.ends_with("requests") || who.len() > 1, "{path}"),
            Policy::In(right) => assert_eq!(who, [Who::Right(right)], "{path}"),
            ref other => panic!("{path}: {other:?}"),
        }
        assert!(who.iter().all(|who| matches!(who, Who::Right(right) if *right != Right::Audit)), "{path}");
        // What the procedure asks for is what the route takes.
        let schema = &document["paths"][&path]["post"]["requestBody"]["content"]["application/json"]["schema"];
        for need in &verb.needs {
            assert!(!schema["properties"][&need.field].is_null(), "{path} takes no {}", need.field);
        }
    }
}

#[test]
fn the_routes_of_requests_are_those_of_their_procedure() {
    routes("/api/v1/requests", "{request}", &shipped::request());
}

#[test]
fn the_routes_of_incidents_are_those_of_their_procedure() {
    routes("/api/v1/incidents", "{key}", shipped::incident());
}
