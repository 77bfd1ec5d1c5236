//! The auditor: reads the table, what stands behind its figures, the minutes of a clock and the proof, and writes nothing.

use super::Day;
use super::before::History;
use crate::keyboard::Keyboard;
use anyhow::{Result, ensure};
use desk::request::Act;
use serde_json::Value;

pub(super) async fn by_the_auditor(day: &Day<'_>, key: &str, history: &History) -> Result<()> {
    let mut au = day.sits_down("au@msp.example").await?;
    au.goto("/compliance").await?;
    let frozen = au.t("凍結済み: 第1号", "Frozen: table 1");
    au.sees(&[frozen]).await?;
    au.picture("1-table").await?;

    // A figure opens its tickets: the request that was late.
    let cell = format!("#requests-kept details:has(a[href='/requests/{}'])", history.late);
    au.unfold(&format!("{cell} > summary")).await?;
    au.picture("2-cell").await?;
    au.follow(&format!("{cell} a[href='/requests/{}']", history.late)).await?;
    au.sees(&[au.t("期限とその理由", "When it is due, and why"), au.t("凍結済み", "frozen")]).await?;
    only_reads(&au).await?;
    au.read(&format!("/requests/{}", history.kept)).await?;

    // And the incident of which the customer was told too late, with every minute of its clock.
    au.goto("/compliance").await?;
    let cell = format!("#incidents-kept details:has(a[href='/incidents/{}'])", history.incident);
    au.unfold(&format!("{cell} > summary")).await?;
    au.follow(&format!("{cell} a[href='/incidents/{}']", history.incident)).await?;
    au.follow_within("a[href^='#ledger-']").await?;
    au.browser.until_there(".ledger .minutes").await?;
    au.sees(&[au.t("この期限はなぜ止まったか", "Why did this clock stop?"), au.t("根拠の記録", "Fact behind it")])
        .await?;
    au.picture("3-ledger").await?;
    only_reads(&au).await?;

    // The frozen table, the complaint and the day's request as they stand, and the proof.
    au.goto("/compliance").await?;
    au.follow("a[href^='/compliance/frozen?'][href*='number=1']").await?;
    au.sees(&["SHA-256"]).await?;
    only_reads(&au).await?;
    au.goto("/proof").await?;
    au.sees(&["madoguchi verify --bundle", au.t("最後の記録", "Last fact")]).await?;
    au.picture("4-proof").await?;
    only_reads(&au).await?;
    for page in ["/today", "/requests", "/records?process=complaint", "/procedures"] {
        au.goto(page).await?;
        only_reads(&au).await?;
    }
    au.goto(&format!("/requests/{key}")).await?;
    only_reads(&au).await?;

    // Nor does anything happen where the forms of others are sent.
    let version = day.fold(key).await?.version;
    let form = format!("version={version}&text=x&reason=x&agreed=yes&escalation=1&project=NGS&process=complaint");
    let head = head_of(&mut au).await?;
    let mut doors: Vec<String> = Act::ALL.iter().map(|act| format!("/requests/{key}/{}", act.noun())).collect();
    let taking = format!("/incidents/{}/escalation-taking", history.incident);
    doors.extend(
        [taking.as_str(), "/requests", "/records", "/compliance/freeze", "/compliance/restate", "/notices"]
            .map(str::to_owned),
    );
    for door in doors {
        let status = au.answered(&door, &form).await?;
        ensure!(matches!(status, 403 | 404), "{door} answers an auditor {status}");
    }
    ensure!(head_of(&mut au).await? == head, "an auditor added to the chain");
    Ok(())
}

/// The end of the customer's chain, as the page of proof says it.
async fn head_of(au: &mut Keyboard<'_>) -> Result<Value> {
    au.goto("/proof").await?;
    let head = au.browser.ask("return document.getElementById('head').textContent").await?;
    ensure!(head.as_str().is_some_and(|it| it.len() == 64), "{head} is no hash");
    Ok(head)
}

/// Nothing on the page can be sent but the language, the way out and what is searched for.
async fn only_reads(au: &Keyboard<'_>) -> Result<()> {
    let forms = "return [...document.forms].filter((it) => it.method === 'post').map((it) => it.getAttribute('action')).join(' ')";
    let forms = au.browser.ask(forms).await?;
    ensure!(forms == "/language /sign-out", "{}: an auditor is shown {forms}", au.browser.path().await?);
    Ok(())
}
