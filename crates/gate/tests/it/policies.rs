use crate::site::Site;
use http::{Request, StatusCode};

#[tokio::test]
async fn strangers_are_led_to_the_sign_in_and_programs_are_told() {
    let site = Site::new(false).await;
    let (status, headers, _) = site.ask(Request::get("/things/a%20b?tab=2"), "").await;
    assert_eq!(
        (status, &headers["location"]),
        (StatusCode::SEE_OTHER, &"/sign-in?next=%2Fthings%2Fa%2520b%3Ftab%3D2".parse().unwrap())
    );
    let (status, headers, _) = site.ask(Request::post("/me"), "").await;
    assert_eq!((status, &headers["location"]), (StatusCode::SEE_OTHER, &"/sign-in".parse().unwrap()));
    let (status, headers, body) = site.ask(Request::get("/api/v1/me"), "").await;
    assert_eq!((status, &headers["www-authenticate"]), (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap()));
    assert_eq!(headers["content-type"], "application/problem+json");
    assert!(body.contains("/docs/problems#sign-in"), "{body}");
    assert_eq!(site.ask(Request::get("/live"), "").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(site.ask(Request::get("/hello"), "").await.2, "hello");
}

#[tokio::test]
async fn sessions_and_keys_say_who_calls() {
    let site = Site::new(false).await;
    let me = |cookie: &str| Request::get("/me").header("cookie", cookie.to_owned());
    assert_eq!(site.ask(me(&site.cookie(&site.staff)), "").await.2, "head@example.jp");
    assert_eq!(site.ask(me(&site.cookie("wrong")), "").await.0, StatusCode::SEE_OTHER);
    let api = || Request::get("/api/v1/me");
    assert_eq!(site.ask(api().header("authorization", site.bearer()), "").await.2, "ACME");
    assert_eq!(site.ask(api().header("cookie", site.cookie(&site.customer)), "").await.2, "cu@example.jp");
    // A wrong key is not made good by a cookie, and a key opens no page.
    let both = api().header("authorization", "Bearer wrong").header("cookie", site.cookie(&site.staff));
    assert_eq!(site.ask(both, "").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(site.ask(Request::get("/me").header("authorization", site.bearer()), "").await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_right_held_nowhere_is_forbidden() {
    let site = Site::new(false).await;
    let board = |token: &str| Request::get("/board").header("cookie", site.cookie(token));
    assert_eq!(site.ask(board(&site.staff), "").await.0, StatusCode::OK);
    let (status, headers, body) = site.ask(board(&site.customer), "").await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::FORBIDDEN, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert!(body.starts_with("<p>/docs/problems#forbidden "), "{body}");
    let settings = Request::get("/api/v1/settings").header("authorization", site.bearer());
    assert_eq!(site.ask(settings, "").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn other_sites_cannot_act_with_our_cookie() {
    let site = Site::new(false).await;
    let post = || Request::post("/me").header("cookie", site.cookie(&site.staff)).header("host", "desk.example");
    assert_eq!(site.ask(post().header("sec-fetch-site", "same-origin"), "").await.0, StatusCode::OK);
    let (status, _, body) = site.ask(post().header("sec-fetch-site", "cross-site"), "").await;
    assert!(status == StatusCode::FORBIDDEN && body.contains("cross-site"), "{body}");
    assert_eq!(site.ask(post().header("origin", "https://evil.example"), "").await.0, StatusCode::FORBIDDEN);
    // A wall of Basic authentication before the desk adds this to every request; the cookie still decides on pages.
    let walled = post().header("authorization", "Basic d2FsbDp3YWxs").header("sec-fetch-site", "same-site");
    assert_eq!(site.ask(walled, "").await.0, StatusCode::FORBIDDEN);
    let keyed =
        Request::post("/api/v1/numbers").header("authorization", site.bearer()).header("sec-fetch-site", "cross-site");
    let keyed = keyed.header("content-type", "application/json");
    assert_eq!(site.ask(keyed, r#"{"number":1}"#).await.0, StatusCode::OK);
}

#[tokio::test]
async fn unknown_paths_and_methods_say_so_in_the_callers_shape() {
    let site = Site::new(false).await;
    let (status, headers, body) = site.ask(Request::get("/nowhere").header("accept", "text/html"), "").await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::NOT_FOUND, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert!(body.contains("not-found"));
    let (_, headers, body) = site.ask(Request::get("/nowhere").header("accept-language", "en"), "").await;
    assert_eq!(
        (&headers["content-type"], &headers["content-language"]),
        (&"application/problem+json".parse().unwrap(), &"en".parse().unwrap())
    );
    assert!(body.contains("There is no such thing here"), "{body}");
    let (status, headers, _) = site.ask(Request::delete("/me"), "").await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    let allow = headers["allow"].to_str().unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    let nul = Request::get("/things/a%00b").header("cookie", site.cookie(&site.staff));
    assert_eq!(site.ask(nul, "").await.0, StatusCode::NOT_FOUND);
    let no_utf8 = Request::get("/things/%ff").header("cookie", site.cookie(&site.staff));
    assert_eq!(site.ask(no_utf8, "").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_script_of_a_page_is_told_in_problem_details() {
    let site = Site::new(false).await;
    let script = |request: http::request::Builder| {
        request.header("accept", "application/problem+json, text/html").header("sec-fetch-site", "same-origin")
    };
    let large = "x".repeat(gate::BODY_MAX + 1);
    for (request, body, status) in [
        // Not led to the sign-in: fetch would follow, take its page for success and forget what was typed.
        (Request::post("/me"), "", StatusCode::UNAUTHORIZED),
        (Request::post("/me").header("cookie", site.cookie("over")), "", StatusCode::UNAUTHORIZED),
        (Request::post("/nowhere"), "", StatusCode::NOT_FOUND),
        (Request::post("/form"), large.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
        (Request::get("/broken"), "", StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let request = script(request).header("content-type", "application/x-www-form-urlencoded");
        let (answered, headers, said) = site.ask(request, body.to_owned()).await;
        assert_eq!(
            (answered, &headers["content-type"]),
            (status, &"application/problem+json".parse().unwrap()),
            "{said}"
        );
    }
    site.desk.store().close().await;
    let asked = script(Request::post("/me")).header("cookie", site.cookie(&site.staff));
    let (status, headers, said) = site.ask(asked, "").await;
    assert_eq!((status, &headers["retry-after"]), (StatusCode::SERVICE_UNAVAILABLE, &"2".parse().unwrap()), "{said}");
    assert!(said.contains("\"detail\""), "{said}");
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_tls_where_there_is_tls() {
    let (over_tls, plain) = (Site::new(true).await, Site::new(false).await);
    let name = "strict-transport-security";
    assert_eq!(over_tls.ask(Request::get("/hello"), "").await.1[name], "max-age=31536000");
    assert!(!plain.ask(Request::get("/hello"), "").await.1.contains_key(name));
}

#[tokio::test]
async fn our_faults_show_a_reference_and_no_cause() {
    let site = Site::new(false).await;
    for path in ["/broken", "/bug", "/mistake"] {
        let (status, headers, body) = site.ask(Request::get(path), "").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(headers.contains_key("x-request-id") && !body.contains("secret"), "{path} {body}");
    }
    site.desk.store().close().await;
    let (status, headers, body) = site.ask(Request::get("/api/v1/me").header("authorization", site.bearer()), "").await;
    assert_eq!((status, &headers["retry-after"]), (StatusCode::SERVICE_UNAVAILABLE, &"2".parse().unwrap()));
    assert!(body.contains("\"reference\""), "{body}");
}

#[tokio::test]
async fn every_answer_carries_the_protecting_headers() {
    let site = Site::new(false).await;
    for path in ["/hello", "/nowhere", "/broken", "/api/v1/me"] {
        let (_, headers, _) = site.ask(Request::get(path), "").await;
        for name in
            ["content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"]
        {
            assert!(headers.contains_key(name), "{path} {name}");
        }
        assert_eq!(headers["cache-control"], "no-store", "{path}");
    }
}
