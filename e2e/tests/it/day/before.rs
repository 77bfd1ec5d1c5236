//! What happened in October, so that there is a table of last month: by the native API, the pages of this are walked elsewhere.

use super::moment;
use crate::by_hand::HandHouse;
use anyhow::{Context, Result};
use domain::ids::{RecordKey, TenantId};
use domain::words::Lang;
use serde_json::{Value, json};

const CU: &str = "cu@nagisa.example";
const SU: &str = "su@msp.example";

/// The tickets of October.
pub(super) struct History {
    /// A request that was done in time.
    pub(super) kept: String,
    /// One that was not.
    pub(super) late: String,
    /// An incident the customer was told of too late.
    pub(super) incident: RecordKey,
}

/// Two requests and an incident, all ended by the end of the month.
pub(super) async fn october(house: &HandHouse, nagisa: &TenantId, lang: Lang) -> Result<History> {
    let contacts = match lang {
        Lang::Ja => {
            [("長谷川 亮", "はせがわ りょう"), ("小野寺 薫", "おのでら かおる"), ("早乙女 翼", "さおとめ つばさ")]
        }
        Lang::En => [
            ("Ryo Hasegawa", "Ryo Hasegawa"),
            ("Kaoru Onodera", "Kaoru Onodera"),
            ("Tsubasa Saotome", "Tsubasa Saotome"),
        ],
    };
    let numbers = ["090-0000-0001", "090-0000-0002", "090-0000-0003"];
    let plan = std::array::from_fn(|it| (contacts[it].0, contacts[it].1, numbers[it]));
    house.plan(nagisa, "NGS", plan).await?;
    let cu = house.staff(CU).await?;
    let filed = async |host: &str| -> Result<String> {
        let new =
            json!({ "project": "NGS", "entry": "backup", "fields": { "work": "add", "host": host }, "pace": "middle" });
        let done = cu.post("/api/v1/requests", &new).await?;
        done["key"].as_str().map(str::to_owned).with_context(|| format!("{done}"))
    };
    let (kept, late) = (filed("web01").await?, filed("db01").await?);
    for (key, day) in [(&kept, "2026-10-06"), (&late, "2026-10-19")] {
        house.until(moment(&format!("{day}T11:00:00"))?).await?;
        act(house, SU, key, "assignment", json!({})).await?;
        act(house, SU, key, "plan", json!({ "text": lang.pick("取得して確かめる", "Take it and look at it") })).await?;
        act(house, SU, key, "start", json!({})).await?;
        act(house, SU, key, "completion", json!({ "text": lang.pick("取得しました。", "It is taken.") })).await?;
    }
    act(
        house,
        SU,
        &late,
        "explanation",
        json!({ "text": lang.pick("空き容量を待ちました。", "We waited for space.") }),
    )
    .await?;
    // The other one closed by itself after five business days.
    act(house, CU, &late, "closure", json!({})).await?;

    // The first notice 40 minutes after the alert: past the objective and past the agreement.
    house.until(moment("2026-10-20T14:00:00")?).await?;
    let incident = house.alert("NGS", "web01", lang.pick("応答なし", "No answer")).await?;
    house.until(moment("2026-10-20T14:40:00")?).await?;
    let su = house.staff(SU).await?;
    let judged = json!({
        "answers": [{ "question": "down", "yes": true }], "text": lang.pick("調べています。", "We look into it."),
        "reason": lang.pick("監視で明らか", "Plain from the monitoring"),
    });
    su.act(incident.as_str(), "assignment", json!({})).await?;
    su.act(incident.as_str(), "judgement", judged).await?;
    su.act(incident.as_str(), "call", json!({ "contact": "c1", "number": numbers[0] })).await?;
    su.act(incident.as_str(), "call-end", json!({ "call": 1, "result": "answered", "note": "" })).await?;
    house.until(moment("2026-10-20T14:50:00")?).await?;
    su.act(incident.as_str(), "recovery", json!({ "recovered_at": "2026-10-20T14:45:00+09:00" })).await?;
    let told = json!({
        "method": lang.pick("外形監視", "From outside"), "confirmed_by": lang.pick("木村 誠", "Makoto Kimura"), "channel": "ticket",
        "text": lang.pick("復旧しました。", "It works again."),
    });
    su.act(incident.as_str(), "recovery-notice", told).await?;
    Ok(History { kept, late, incident })
}

/// Somebody does a verb to a request, at the version it has now.
async fn act(house: &HandHouse, by: &str, key: &str, noun: &str, mut fields: Value) -> Result<()> {
    // A session does not last for days.
    let by = house.staff(by).await?;
    let seen = by.get(&format!("/api/v1/requests/{key}")).await?;
    fields["version"] = seen["version"].clone();
    by.post(&format!("/api/v1/requests/{key}/{noun}"), &fields).await.map(drop)
}
