//! The settings by form and by CSV.

use crate::app::{App, Script, email};
use http::StatusCode;

#[tokio::test]
async fn a_customer_is_added_and_agreed_with() {
    let app = App::at_work().await;
    let mut ad = app.sign_in("ad").await;
    let page = ad.act("/settings/tenants", &[("name", "まきしま医療器"), ("project", "MKS")]).await;
    let criteria = [
        ("question_1", "画面が開かないか"),
        ("affected_1", "yes"),
        ("question_2", ""),
        ("affected_2", "yes"),
        ("agreed_by", "牧島 進"),
    ];
    ad.act("/settings/projects/MKS/criteria", &criteria).await;
    let contact = [
        ("rank", "1"),
        ("name", "黒田 真"),
        ("reading", "くろだ"),
        ("phone", "+81-90-0000-0000"),
        ("mail", ""),
        ("days", "business"),
        ("from", "9:00"),
        ("to", "18:00"),
    ];
    ad.act("/settings/projects/MKS/contacts", &contact).await;
    let agreement = [
        ("slo_affected", "15"),
        ("sla_affected", "30"),
        ("slo_unaffected", "60"),
        ("from", ""),
        ("signatory", "牧島 進"),
    ];
    ad.act(&format!("{}/agreement", page.to), &agreement).await;
    let shown = ad.get(&page.to).await.ok();
    assert!(
        shown.contains("画面が開かないか")
            && shown.contains("黒田 真")
            && shown.contains("9:00–18:00")
            && shown.contains("SLA 30")
    );
    let again = ad.post("/settings/tenants", &[("name", "別の会社"), ("project", "MKS")], Script::Off).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.text.contains("別の会社") && again.text.contains("使われています"));
}

#[tokio::test]
async fn a_contact_plan_goes_out_as_csv_and_comes_back() {
    let app = App::at_work().await;
    let mut dh = app.sign_in("dh").await;
    let path = "/settings/projects/NGS/contacts";
    let csv = "name,phone,mail,days,from,to\n東海林 由紀,+81-80-0000-4321,,every,0:00,24:00\n森 一,,mori@nagisa.example,business,9:00,18:00\n";
    dh.act(&format!("{path}/import"), &[("csv", csv)]).await;
    let out = dh.get(&format!("{path}.csv")).await.ok();
    assert!(out.contains("'+81-80-0000-4321") && out.contains("森 一") && !out.contains("長谷川"), "{out}");
    dh.act(&format!("{path}/import"), &[("csv", &out)]).await;
    assert_eq!(dh.get(&format!("{path}.csv")).await.ok(), out, "out and in again changes nothing");
    let wrong = "name,phone,days\n森 一,090-0000-0000,sometimes\n林 二,090-0000-0001,never\n";
    let page = dh.post(&format!("{path}/import"), &[("csv", wrong)], Script::On).await;
    assert!(
        page.text.contains("2行目") && page.text.contains("3行目") && page.text.contains("\"field\":\"csv\""),
        "{}",
        page.text
    );
    assert_eq!(dh.get(&format!("{path}.csv")).await.ok(), out, "all or nothing");
}

#[tokio::test]
async fn people_come_by_form_and_by_csv() {
    let app = App::at_work().await;
    let mut ad = app.sign_in("ad").await;
    let csv = "name,email,role,tenant,password\n井上 大地,inoue@example.jp,mo,みなとマネージド,\n牧 章,maki@nagisa.example,cu,なぎさ商事,a long enough one\n";
    ad.act("/settings/people/import", &[("csv", csv)]).await;
    let page = ad.get("/settings/people").await.ok();
    assert!(page.contains("井上 大地") && page.contains("牧 章"));
    let wrong = "name,email,role,tenant\nあ,arai@example.jp,mo,みなとマネージド\nい,none,xx,どこか\n";
    let refused = ad.post("/settings/people/import", &[("csv", wrong)], Script::Off).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("3行目") && refused.text.contains("みなとマネージド"), "the text comes back");
    assert!(!ad.get("/settings/people.csv").await.ok().contains("arai@example.jp"), "all or nothing");
    let mo = app.sign_in("mo").await;
    assert_eq!(mo.get("/settings/people").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_right_is_lent_by_hours_and_a_person_shut_out() {
    let app = App::at_work().await;
    let mut ad = app.sign_in("ad").await;
    let members = app.desk.members(&crate::app::console(), &app.tenant("みなとマネージド").await).await.unwrap();
    let id = |name: &str| members.iter().find(|it| it.person.email == email(name)).unwrap().person.id.to_string();
    let (head, second) = (id("dh"), id("second"));
    let hours = [
        ("right", "decide"),
        ("from", head.as_str()),
        ("to", second.as_str()),
        ("hours_from", "19:00"),
        ("hours_to", "10:00"),
    ];
    ad.act("/settings/delegations", &hours).await;
    assert!(ad.get("/settings/people").await.ok().contains("19:00–10:00"));
    let late = [
        ("right", "decide"),
        ("from", head.as_str()),
        ("to", second.as_str()),
        ("hours_from", "25:00"),
        ("hours_to", "10:00"),
    ];
    let page = ad.post("/settings/delegations", &late, Script::On).await;
    assert!(page.text.contains("\"field\":\"hours_from\""), "{}", page.text);
    let watching = app.sign_in("second").await;
    ad.act(&format!("/settings/people/{second}/deactivation"), &[]).await;
    assert_eq!(watching.get("/").await.to, "/sign-in", "out at once");
}

#[tokio::test]
async fn a_secret_is_shown_once_and_a_key_can_be_revoked() {
    let app = App::at_work().await;
    let mut ad = app.sign_in("ad").await;
    let fields = [("name", "Alertmanager 本番"), ("project", "NGS"), ("scope", "intake"), ("heartbeat_minutes", "5")];
    let page = ad.post("/settings/keys", &fields, Script::Off).await.ok();
    let secret = page.split("routing_key&quot;:&quot;").nth(1).and_then(|rest| rest.get(..32)).unwrap().to_owned();
    assert!(app.desk.intake_key(&secret).await.unwrap().is_some());
    let page = ad.get("/settings/keys").await.ok();
    assert!(!page.contains(&secret) && page.contains("Alertmanager 本番"));
    let revoke = page
        .split("action=\"")
        .find_map(|rest| rest.split('"').next().filter(|it| it.ends_with("/revocation")))
        .unwrap();
    ad.act(revoke, &[]).await;
    assert!(app.desk.intake_key(&secret).await.unwrap().is_none());
    let page = ad.post("/settings/webhooks", &[("url", "ftp://x"), ("tenant", "")], Script::On).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.text);
}

#[tokio::test]
async fn closures_templates_and_the_name_are_papers() {
    let app = App::at_work().await;
    let nagisa = app.tenant("なぎさ商事").await;
    let mut ad = app.sign_in("ad").await;
    ad.act("/settings/calendar", &[("date", "2026-12-29")]).await;
    assert!(ad.get("/settings/calendar").await.ok().contains("/settings/calendar/2026-12-29/removal"));
    ad.act("/settings/calendar/2026-12-29/removal", &[]).await;
    assert!(!ad.get("/settings/calendar").await.ok().contains("2026-12-29"));
    let path = format!("/settings/templates/{nagisa}/interim");
    let page = ad.post(&path, &[("text", "{secret}")], Script::On).await;
    assert!(page.text.contains("\"field\":\"text\""), "{}", page.text);
    ad.act(&path, &[("text", "{customer} 中間のご報告")]).await;
    assert!(ad.get(&format!("/settings/templates?tenant={nagisa}")).await.ok().contains("{customer} 中間のご報告"));
    ad.act("/settings/mail", &[("provider", "みなとクラウド"), ("phone", "03-0000-0000")]).await;
    assert!(ad.get("/account").await.ok().contains("みなとクラウド"));
}

/// What a form sends.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Each row: where, the newest version when the page was opened, what is posted.
#[tokio::test]
async fn no_paper_is_saved_over_another_that_was_never_seen() {
    let app = App::at_work().await;
    let nagisa = app.tenant("なぎさ商事").await;
    let (mut ad, mut dh) = (app.sign_in("ad").await, app.sign_in("dh").await);
    let customer = format!("/settings/tenants/{nagisa}");
    let templates = format!("/settings/templates?tenant={nagisa}");
    let rows: [(&str, String, &str, Fields<'_>); 4] = [
        (
            &customer,
            "/settings/projects/NGS/criteria".into(),
            "1",
            &[("question_1", "画面が開かないか"), ("affected_1", "yes"), ("agreed_by", "長谷川 亮")],
        ),
        (
            &customer,
            format!("{customer}/agreement"),
            "0",
            &[
                ("slo_affected", "15"),
                ("sla_affected", "30"),
                ("slo_unaffected", "60"),
                ("from", ""),
                ("signatory", "長谷川 亮"),
            ],
        ),
        (&templates, format!("/settings/templates/{nagisa}/interim"), "0", &[("text", "中間のご報告")]),
        (
            "/settings/projects/NGS/contacts/import",
            "/settings/projects/NGS/contacts/import".into(),
            "1",
            &[("csv", "name,phone\n森 一,090-0000-0000\n")],
        ),
    ];
    for (page, path, seen, fields) in rows {
        let shown = ad.get(page).await.ok();
        let version = format!("name=\"version\" value=\"{seen}\"");
        assert!(shown.contains(&version), "{page} says which version it shows");
        let mut all = vec![("version", seen)];
        all.extend(fields);
        dh.act(&path, &all).await;
        let late = ad.post(&path, &all, Script::On).await;
        assert_eq!((late.status, late.text.contains("#stale")), (StatusCode::CONFLICT, true), "{path}: {}", late.text);
    }
}

/// A customer's own catalogue changes its standard days and no other's (R-2.3-1; own entries and values by agreement).
#[tokio::test]
async fn a_customer_has_a_catalogue_of_its_own() {
    let app = App::at_work().await;
    let (mut dh, cu, other) = (app.sign_in("dh").await, app.sign_in("nagisa").await, app.sign_in("sorairo").await);
    let nagisa = app.tenant("なぎさ商事").await;
    let page = dh.get(&format!("/settings/catalogue?tenant={nagisa}")).await.ok();
    assert!(page.contains("独自の版はありません") && page.contains("[[entry]]"));
    let text = domain::catalogue::Catalogue::shipped().write();
    let own = text.replacen("code = \"server\"\n", "code = \"server\"\ndays = 3\n", 1);
    assert_ne!(own, text);
    let send = |text: String| [("tenant", nagisa.to_string()), ("version", "0".to_owned()), ("text", text)];
    let wrong = send(own.replacen("class = \"slight\"", "class = \"small\"", 1));
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = dh.post("/settings/catalogue", &wrong, Script::Off).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("行目を直してください") && refused.text.contains("small"));
    let right = send(own);
    let right: Vec<(&str, &str)> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    dh.act("/settings/catalogue", &right).await;
    let again = dh.post("/settings/catalogue", &right, Script::Off).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "made from a version that is no longer the newest");
    let theirs = cu.get("/requests/new?project=NGS&entry=server").await.ok();
    assert!(theirs.contains("3営業日目") || theirs.contains("3 営業日"), "{theirs}");
    let others = other.get("/requests/new?project=SOR&entry=server").await.ok();
    assert!(!others.contains("3営業日目"));
    assert!(cu.get("/settings/catalogue").await.status == StatusCode::FORBIDDEN);
}
