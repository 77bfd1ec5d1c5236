//! Search by the key `/`: staff finds what is among ourselves, the customer what they were told and nothing else.

use super::Day;
use anyhow::Result;

pub(super) async fn what_was_written(day: &Day<'_>, key: &str) -> Result<()> {
    while day.house.desk.index_words().await? {}
    let link = format!("ol.found a[href='/requests/{key}']");
    let mut su = day.sits_down("su@msp.example").await?;
    su.goto("/today").await?;
    // Of the question to the customer, and of the state before the work, which is among ourselves.
    for (question, excerpt) in [(su.t("以降", "18:00"), su.t("18時以降", "after 18:00")), ("128m", "128M")] {
        su.search(question).await?;
        su.sees(&[key, excerpt]).await?;
        su.picture("6-found").await?;
    }
    su.follow(&link).await?;
    su.sees(&["memory_limit = 128M"]).await?;

    let mut cu = day.sits_down("cu@nagisa.example").await?;
    cu.goto("/requests").await?;
    cu.search("128m").await?;
    cu.sees(&[cu.t("見つかりません。", "Nothing was found.")]).await?;
    cu.picture("6-not-found").await?;
    cu.search(cu.t("以降", "18:00")).await?;
    cu.picture("7-found").await?;
    cu.follow(&link).await?;
    cu.sees(&[cu.t("18時以降", "after 18:00")]).await?;
    Ok(())
}
