//! Every page for those who may see it, in both languages; signing in and out; what other sites may not do.

use crate::app::{App, PASSWORD, Script, email};
use axum::body::Body;
use gate::{Policy, Surface};
use http::{Method, Request, StatusCode};

/// Pages without parameters, from the route table itself.
fn plain_pages() -> Vec<&'static str> {
    let rows: Vec<_> = web::tables().iter().flat_map(|table| table.rows().cloned().collect::<Vec<_>>()).collect();
    let plain =
        rows.iter().filter(|row| row.method == Method::GET && row.surface == Surface::Page && row.objects.is_empty());
    // The outbox is the demo's own; a mail that is kept is named in the query.
    let elsewhere = ["/outbox", "/mail-in/file", "/mail-in/source"];
    plain.filter(|row| row.policy != Policy::Public && !elsewhere.contains(&row.path)).map(|row| row.path).collect()
}

#[tokio::test]
async fn every_page_answers_in_both_languages_to_those_it_is_for() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "</script><b>応答なし").await;
    let nagisa = app.tenant("なぎさ商事").await;
    let mut paths: Vec<String> = plain_pages().into_iter().map(str::to_owned).collect();
    assert!(paths.len() > 12, "{paths:?}");
    paths.extend([
        format!("/incidents/{key}"),
        format!("/settings/tenants/{nagisa}"),
        format!("/settings/tenants/{nagisa}?project=NGS"),
        format!("/settings/templates?tenant={nagisa}"),
        format!("/alerts/events/{nagisa}/1"),
        "/alerts?date=2026-11-21".to_owned(),
        "/settings/projects/NGS/contacts.csv".to_owned(),
        "/settings/projects/NGS/contacts/import".to_owned(),
    ]);
    let (mut shown, all) = (vec![], ["mo", "dh", "ad", "au", "nagisa"]);
    for who in all {
        let mut browser = app.sign_in(who).await;
        for lang in ["ja", "en"] {
            browser.act("/language", &[("lang", lang), ("back", "/account")]).await;
            for path in &paths {
                let page = browser.get(path).await;
                let allowed = [StatusCode::OK, StatusCode::SEE_OTHER, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
                assert!(allowed.contains(&page.status), "{who} {path}: {} {}", page.status, page.text);
                if page.kind.starts_with("text/html") {
                    // What the gate refuses before a handler runs is told in the browser's language.
                    let told =
                        page.status == StatusCode::FORBIDDEN || page.text.contains(&format!("<html lang=\"{lang}\""));
                    assert!(told, "{who} {path} in {lang}");
                    assert!(
                        !page.text.contains(" style=") && !page.text.contains("<script>"),
                        "{path}: inline style or script"
                    );
                    assert!(!page.text.contains("</script><b>"), "{path}: a sender's words became markup");
                }
                if page.status == StatusCode::OK {
                    shown.push((path.clone(), lang));
                }
            }
        }
    }
    for path in paths.iter().filter(|path| *path != "/settings") {
        for lang in ["ja", "en"] {
            assert!(shown.contains(&(path.clone(), lang)), "nobody can see {path} in {lang}");
        }
    }
}

#[tokio::test]
async fn signing_in_leads_back_and_signing_out_ends_it() {
    let app = App::at_work().await;
    let mut browser = app.browser();
    let away = browser.get("/alerts?date=2026-11-21").await;
    assert_eq!(away.to, "/sign-in?next=%2Falerts%3Fdate%3D2026-11-21");
    let door = browser.get(&away.to).await.ok();
    assert!(door.contains("value=\"/alerts?date=2026-11-21\""));
    let wrong = [("email", email("mo")), ("password", "a wrong password".to_owned()), ("back", "/alerts".to_owned())];
    let fields: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.post("/sign-in", &fields, Script::Off).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("mo@example.jp") && !page.text.contains("a wrong password"));
    let mail = email("mo");
    let page = browser
        .post("/sign-in", &[("email", &mail), ("password", PASSWORD), ("back", "//evil.example")], Script::On)
        .await;
    assert_eq!((page.status, page.to.as_str()), (StatusCode::SEE_OTHER, "/"), "never to another site");
    let kept = browser.cookie.clone();
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    assert_eq!(browser.post("/sign-out", &[], Script::Off).await.to, "/sign-in");
    browser.cookie = kept;
    assert_eq!(browser.get("/").await.to, "/sign-in", "the session ended on the server");
}

#[tokio::test]
async fn guessing_at_one_address_is_slowed_down() {
    let app = App::at_work().await;
    let mut browser = app.browser();
    let (mail, mut last) = (email("mo"), StatusCode::OK);
    for _ in 0..40 {
        let fields = [("email", mail.as_str()), ("password", "x"), ("back", "/")];
        last = browser.post("/sign-in", &fields, Script::On).await.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let browser = app.sign_in("mo").await;
    let request = Request::post(format!("/incidents/{key}/note")).header("cookie", &browser.cookie);
    let request =
        request.header("sec-fetch-site", "cross-site").header("content-type", "application/x-www-form-urlencoded");
    let answer = app.send(request.body(Body::from("text=x")).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(!browser.get(&format!("/incidents/{key}")).await.ok().contains("社内メモ</strong>"));
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let app = App::at_work().await;
    let (mut one, other) = (app.sign_in("mo").await, app.sign_in("mo").await);
    let fields = [("old", "not this one"), ("password", "another long sentence")];
    let page = one.post("/account/password", &fields, Script::On).await;
    assert!(page.text.contains("\"field\":\"old\""), "{}", page.text);
    one.act("/account/password", &[("old", PASSWORD), ("password", "another long sentence")]).await;
    assert_eq!(one.get("/account").await.status, StatusCode::OK);
    assert_eq!(other.get("/account").await.status, StatusCode::SEE_OTHER, "all other sessions ended");
}

#[tokio::test]
async fn files_are_kept_for_ever_and_pages_never() {
    let app = App::at_work().await;
    let browser = app.sign_in("mo").await;
    let file = browser.open("/assets/face.css").await;
    assert_eq!(file.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(browser.open("/account").await.headers()["cache-control"], "no-store");
    assert_eq!(browser.open("/assets/none").await.status(), StatusCode::NOT_FOUND);
}
