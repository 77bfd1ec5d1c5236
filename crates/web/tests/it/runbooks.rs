//! Runbooks on the incident's page and in the settings (R-4.2.1-10, R-4.2.2-9 to -15, Q-24).

use crate::app::{App, RUNBOOK, Script};
use http::StatusCode;

const RECORDED: &str = "/settings/projects/NGS/runbooks";

#[tokio::test]
async fn steps_are_ticked_where_they_stand() {
    let app = App::at_work().await;
    let key = app.alert("NGS", "応答なし").await;
    let mut mo = app.sign_in("mo").await;
    let path = format!("/incidents/{key}");
    let before = mo.get(&path).await.ok();
    assert!(
        before.contains("Webサーバの応答なし") && !before.contains("runbook-step-web-php-1"),
        "read before it is taken"
    );
    let version = mo.version(&key).await;
    mo.act(&format!("{path}/assignment"), &[("version", &version)]).await;
    let page = mo.get(&path).await.ok();
    assert!(page.contains("id=\"runbook-step-web-php-1\"") && !page.contains("id=\"runbook-step-web-php-2\""));
    assert!(page.find("1分止まります") < page.find("再起動する"), "limits stand before the step");
    assert!(page.contains("サービス中断・要同意") && page.contains("お客様の同意があるまで実施できません"));
    for shipped in ["aws-ec2-start", "aws-ec2-restore", "aws-rds-restore", "aws-rds-pitr"] {
        assert!(page.contains(&format!("runbook-step-{shipped}-1")), "{shipped}");
    }
    let step = async |mo: &mut crate::app::Browser<'_>, step: &str, more: &[(&str, &str)], script: Script| {
        let version = mo.version(&key).await;
        let mut all =
            vec![("version", version.as_str()), ("runbook", "web-php"), ("runbook_version", "1"), ("step", step)];
        all.extend(more);
        mo.post(&format!("{path}/runbook-step"), &all, script).await
    };
    let wrong = step(&mut mo, "1", &[("result", "")], Script::Off).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(
        wrong.text.contains("aria-describedby=\"runbook-step-web-php-1-result-about\" aria-invalid=\"true\""),
        "the refusal stands at its step"
    );
    assert_eq!(step(&mut mo, "1", &[("result", "502 を確認")], Script::Off).await.to, path);
    assert_eq!(step(&mut mo, "2", &[("result", "済み")], Script::Off).await.status, StatusCode::BAD_REQUEST);
    let version = mo.version(&key).await;
    let consent =
        [("version", version.as_str()), ("who", "長谷川"), ("number", "090"), ("words", "どうぞ"), ("what", "再起動")];
    mo.act(&format!("{path}/consent"), &consent).await;
    let page = mo.get(&path).await.ok();
    assert!(page.contains("id=\"runbook-step-web-php-2\"") && page.contains("長谷川 · 再起動"), "it is unlocked");
    assert!(page.contains("<option value=\"\" selected>選んでください"), "which consent is chosen by a person");
    assert_eq!(step(&mut mo, "2", &[("result", "再起動した"), ("consent", "1")], Script::Off).await.to, path);
    let page = mo.get(&path).await.ok();
    assert!(page.matches("☑ ").count() == 2 && page.contains("mo さん → 502 を確認") && page.contains("口頭同意 1"));
}

#[tokio::test]
async fn a_missing_runbook_is_said_and_declined_by_the_support_centre() {
    let app = App::at_work().await;
    let mut dh = app.sign_in("dh").await;
    let nothing = [("version", "1"), ("text", " "), ("consented_by", ""), ("consented_on", "")];
    let refused = dh.post(RECORDED, &nothing, Script::Off).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("空の版は登録できません"), "an empty version is refused");
    let other = "■ mail メール\n対象: mail*\n1. 見る";
    let ahead = [("version", "1"), ("text", other), ("consented_by", "佐藤"), ("consented_on", "2099-01-01")];
    let refused = dh.post(RECORDED, &ahead, Script::Off).await;
    assert!(refused.status == StatusCode::BAD_REQUEST && refused.text.contains("同意した日が先の日付です"));
    dh.act(RECORDED, &[("version", "1"), ("text", other), ("consented_by", ""), ("consented_on", "")]).await;
    let key = app.alert("NGS", "応答なし").await;
    let (mut mo, mut su) = (app.sign_in("mo").await, app.sign_in("su").await);
    let path = format!("/incidents/{key}");
    let version = mo.version(&key).await;
    mo.act(&format!("{path}/assignment"), &[("version", &version)]).await;
    let page = mo.get(&path).await.ok();
    assert!(
        page.contains("合う保守手順はありません")
            && page.contains("サポートセンターが作成します")
            && !page.contains("id=\"runbook-refusal\"")
    );
    assert!(su.get(&path).await.ok().contains("id=\"runbook-refusal\""));
    let version = su.version(&key).await;
    su.act(&format!("{path}/runbook-refusal"), &[("version", &version), ("reason", "一度きりのため")]).await;
    let page = su.get(&path).await.ok();
    assert!(page.contains("一度きりのため") && !page.contains("サポートセンターが作成します"));
}

#[tokio::test]
async fn runbooks_are_written_as_text_with_faults_by_line() {
    let app = App::at_work().await;
    let tenant = app.tenant("なぎさ商事").await;
    let mut dh = app.sign_in("dh").await;
    let shown = dh.get(&format!("/settings/tenants/{tenant}?project=NGS")).await.ok();
    assert!(shown.contains(RUNBOOK), "the text in force stands in the field");
    let text = |text: &'static str| [("version", "1"), ("text", text), ("consented_by", ""), ("consented_on", "")];
    let wrong = dh.post(RECORDED, &text("■ a b\r\n1. c\r\n[停止]\r\n"), Script::Off).await;
    assert!(wrong.status == StatusCode::BAD_REQUEST && wrong.text.contains("3行目: "), "{}", wrong.text);
    let wrong = dh.post(RECORDED, &text("■ aws-mine b\n1. c"), Script::On).await;
    assert!(wrong.text.contains("\"field\":\"text\""), "{}", wrong.text);
    let half = [("version", "1"), ("text", RUNBOOK), ("consented_by", "長谷川 亮"), ("consented_on", "")];
    assert!(dh.post(RECORDED, &half, Script::On).await.text.contains("consented_on"));
    let whole = [("version", "1"), ("text", RUNBOOK), ("consented_by", "長谷川 亮"), ("consented_on", "2026-11-20")];
    dh.act(RECORDED, &whole).await;
    let shown = dh.get(&format!("/settings/tenants/{tenant}?project=NGS")).await.ok();
    assert!(shown.contains("事前同意 長谷川 亮 2026-11-20"));
    assert!(!shown.contains("value=\"長谷川 亮\""), "nobody consents to the next version by leaving the field alone");
    assert_eq!(dh.post(RECORDED, &whole, Script::On).await.status, StatusCode::CONFLICT);
}
