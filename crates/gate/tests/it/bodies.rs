use crate::site::Site;
use http::request::Builder;
use http::{Request, StatusCode};
use wire::problem::Problem;

fn post(site: &Site, path: &str) -> Builder {
    Request::post(path).header("authorization", site.bearer()).header("accept-language", "en")
}

async fn problem(site: &Site, request: Builder, body: impl Into<axum::body::Body>) -> Problem {
    let (status, headers, text) = site.ask(request, body).await;
    assert_eq!(headers["content-type"], "application/problem+json", "{text}");
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!(problem.status, status.as_u16());
    problem
}

#[tokio::test]
async fn json_is_read_strictly() {
    let site = Site::new(false).await;
    let json = || post(&site, "/api/v1/numbers").header("content-type", "application/json; charset=utf-8");
    assert_eq!(site.ask(json(), r#"{"number":7}"#).await.2, "7");
    for (body, field) in [
        ("", "number"),
        ("{}", "number"),
        (r#"{"number":-1}"#, "number"),
        (r#"{"number":1,"x":2}"#, "x"),
        ("{", "body"),
    ] {
        let said = problem(&site, json(), body).await;
        assert_eq!((said.status, said.field.as_deref()), (400, Some(field)), "{body}");
    }
    assert_eq!(problem(&site, json(), vec![b' '; 101]).await.kind, "/docs/problems#too-large");
    let text = post(&site, "/api/v1/numbers").header("content-type", "text/plain");
    assert_eq!(problem(&site, text, "7").await.status, 415);
    let bare = post(&site, "/api/v1/numbers").header("content-length", "12");
    assert_eq!(problem(&site, bare, r#"{"number":7}"#).await.status, 415);
}

#[tokio::test]
async fn forms_and_queries_are_read_strictly() {
    let site = Site::new(false).await;
    let form = || Request::post("/form").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(site.ask(form(), "number=7").await.2, "7");
    let (status, _, page) = site.ask(form(), "number=x").await;
    assert!(status == StatusCode::BAD_REQUEST && page.starts_with("<p>/docs/problems#invalid number"), "{page}");
    assert_eq!(site.ask(Request::get("/query?number=7"), "").await.2, "7");
    for wrong in ["/query", "/query?number=7&number=8", "/query?number=7&x=%ff", "/query?number=7&y=1"] {
        assert_eq!(site.ask(Request::get(wrong), "").await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_verb_asked_for_twice_is_done_once() {
    let site = Site::new(false).await;
    let ask = |key: &'static str| {
        let request = Request::post("/api/v1/keys").header("cookie", site.cookie(&site.staff));
        request.header("content-type", "application/json").header("idempotency-key", key)
    };
    let body = r#"{"label":"probe"}"#;
    let (status, headers, first) = site.ask(ask("k-1"), body).await;
    assert_eq!((status, headers.get("idempotent-replayed")), (StatusCode::CREATED, None), "{first}");
    let (status, headers, again) = site.ask(ask("k-1"), body).await;
    assert_eq!(
        (status, &headers["idempotent-replayed"], &again),
        (StatusCode::CREATED, &"true".parse().unwrap(), &first)
    );
    assert_eq!(headers["content-type"], "application/json");
    assert_ne!(site.ask(ask("k-2"), body).await.2, first);
    let reused = problem(&site, ask("k-1"), r#"{"label":"another"}"#).await;
    assert_eq!((reused.status, reused.kind.as_str()), (422, "/docs/problems#idempotency-key-reused"));
    let wrong = problem(&site, ask("k 1"), body).await;
    assert_eq!((wrong.status, wrong.field.as_deref()), (400, Some("Idempotency-Key")));
}
