//! What the customer's approver agrees to, and the order in which staff is paged, by forms.

use crate::app::{App, Script};
use http::StatusCode;

/// R-3.4-5, R-4.2.2-7: the approver reads criteria and contact plan and agrees; staff sees it.
#[tokio::test]
async fn the_approver_agrees_on_the_portal() {
    let app = App::at_work().await;
    let (mut ca, cu, mut ad) = (app.sign_in("sorairo").await, app.sign_in("nagisa").await, app.sign_in("ad").await);
    let plan = "name,phone\n空野 光,090-0000-0001\n空野 雪,090-0000-0002\n";
    ad.act("/settings/projects/SOR/contacts/import", &[("csv", plan)]).await;
    let page = ca.get("/terms").await.ok();
    assert!(page.contains("空野 光") && page.contains("まだ同意がありません") && page.contains("この内容に同意する"));
    let shown = cu.get("/terms").await.ok();
    assert!(shown.contains("長谷川 亮") && !shown.contains("この内容に同意する"), "a person who may not agree");
    assert!(!shown.contains("空野"), "another customer's plan");
    for (noun, version) in [("criteria", "1"), ("contact-plan", "1")] {
        let path = format!("/terms/{noun}");
        let agreed = ca.act(&path, &[("project", "SOR"), ("version", version)]).await;
        assert_eq!(agreed.to, "/terms#SOR");
        ca.act(&path, &[("project", "SOR"), ("version", version)]).await;
        let foreign = ca.post(&path, &[("project", "NGS"), ("version", "1")], Script::Off).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    }
    assert!(!ca.get("/terms").await.ok().contains("この内容に同意する"));
    let tenant = app.tenant("そらいろ運輸").await;
    let settings = ad.get(&format!("/settings/tenants/{tenant}")).await.ok();
    assert!(settings.contains("お客様の承認者がポータルで同意しました") && !settings.contains("まだ同意していません"));
}

/// the duty list is chosen on a page; each change is a version made from the one that was seen.
#[tokio::test]
async fn the_duty_list_is_set_by_form() {
    let app = App::at_work().await;
    let mut ad = app.sign_in("ad").await;
    let page = ad.get("/settings/duty-list").await.ok();
    let (before, _) = page.split_once(">su さん</option>").unwrap();
    let su = before.rsplit("value=\"").next().unwrap().trim_end_matches('"').to_owned();
    ad.act("/settings/duty-list", &[("version", "0"), ("su_1", &su), ("dh_1", "")]).await;
    let page = ad.get("/settings/duty-list").await.ok();
    assert!(page.contains(&format!("value=\"{su}\" selected")), "{page}");
    let stale = ad.post("/settings/duty-list", &[("version", "0"), ("su_1", "")], Script::Off).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    for wrong in [[("su_1", su.as_str()), ("su_2", su.as_str())], [("dh_1", su.as_str()), ("su_1", "")]] {
        let mut fields = vec![("version", "1")];
        fields.extend(wrong);
        let page = ad.post("/settings/duty-list", &fields, Script::Off).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.text.contains("役割を持つ要員を、1度ずつ"), "{}", page.text);
    }
    let dh = app.sign_in("dh").await;
    assert_eq!(dh.get("/settings/duty-list").await.status, StatusCode::FORBIDDEN);
}
