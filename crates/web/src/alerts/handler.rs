//! A day's alerts, the unreadable ones, and any event as it was received.

use super::{AlertLine, AlertsPage, QuarantinePage, Quarantined, RawEventPage, day_page, quarantine_page, raw_page};
use crate::here::{Here, html};
use crate::layout::Place;
use crate::when::midnight;
use axum::response::Response;
use desk::{Answer, EventView};
use domain::access::Right;
use domain::alerts::Fate;
use domain::ids::{KeyId, RecordKey, TenantId};
use domain::refusal::Refusal;
use domain::time::HOUR_MS;
use gate::{Path, Query, Trouble};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::EventFilter;

/// Events of one page.
const EVENTS_MAX: u32 = 500;
/// How long an unreadable event is listed.
const QUARANTINE_MS: i64 = 30 * 24 * HOUR_MS;

/// Which day.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Day {
    date: Option<Date>,
}

/// One day.
pub(crate) async fn day(here: Here, Query(asked): Query<Day>) -> Result<Response, Trouble> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let shell = here.shell(Place::Alerts).await?;
    let today = shell.now.timestamp().to_zoned(shell.zone.clone()).date();
    let date = asked.date.unwrap_or(today);
    let after = date.tomorrow().map_err(|_| Trouble::not_found())?;
    let (from, to) = (midnight(date, &shell.zone), midnight(after, &shell.zone));
    let fates = desk.fates(caller, from, to).await?;
    let filter = EventFilter { from, to, fate: None, after: None };
    let names = Sources::load(&here).await?;
    let events = desk.events(caller, &filter, None, EVENTS_MAX).await?;
    let words = words_of(&here, &events).await?;
    let link = |day: Date| format!("/alerts?date={day}");
    let it = AlertsPage {
        day: from,
        before: date.yesterday().ok().map(link),
        after: (date < today).then(|| link(after)),
        accepted: fates.total,
        fates: fates.counts,
        lines: events.iter().map(|view| line(view, &names, &words)).collect(),
    };
    Ok(html(day_page(&shell, &it)))
}

fn fate_of(code: &str) -> Option<Fate> {
    Fate::ALL.into_iter().find(|fate| fate.code() == code)
}

/// What tools said, by incident and alert.
type Words = HashMap<(RecordKey, String), String>;

/// The words of the incidents that these events belong to.
async fn words_of(here: &Here, events: &[EventView]) -> Answer<Words> {
    let mut incidents: BTreeMap<&TenantId, BTreeSet<&RecordKey>> = BTreeMap::new();
    for view in events {
        incidents.entry(&view.tenant).or_default().extend(&view.event.incident);
    }
    let mut words = Words::new();
    for (tenant, keys) in incidents {
        let keys: Vec<RecordKey> = keys.into_iter().cloned().collect();
        words.extend(here.state.desk.alert_words(&here.caller, tenant, &keys).await?);
    }
    Ok(words)
}

fn line(view: &EventView, names: &Sources, words: &Words) -> AlertLine {
    let event = &view.event;
    let place = event.incident.clone().zip(event.alert_key.clone());
    let said = place.and_then(|place| words.get(&place).cloned());
    let said =
        said.or_else(|| event.note.clone()).or_else(|| event.dedup_key.clone()).unwrap_or_else(|| event.action.clone());
    AlertLine {
        at: event.received,
        source: names.of(&view.tenant, &event.api_key),
        summary: said,
        fate: fate_of(&event.fate).unwrap_or(Fate::Unmatched),
        record: event.incident.as_ref().map(ToString::to_string),
        window: event.kept_in.as_ref().map(ToString::to_string),
        raw: format!("/alerts/events/{}/{}", view.tenant, event.id),
    }
}

/// Names of keys by tenant and id.
struct Sources(HashMap<(TenantId, KeyId), String>);

impl Sources {
    async fn load(here: &Here) -> Answer<Self> {
        let mut names = HashMap::new();
        for tenant in here.state.desk.tenants_with(&here.caller, Right::ReadOperations).await? {
            for (key, name) in here.state.desk.sources(&here.caller, &tenant).await? {
                names.insert((tenant.clone(), key), name);
            }
        }
        Ok(Self(names))
    }

    fn of(&self, tenant: &TenantId, key: &KeyId) -> String {
        self.0.get(&(tenant.clone(), key.clone())).cloned().unwrap_or_default()
    }
}

/// The unreadable ones of the last 30 days.
pub(crate) async fn quarantine(here: Here) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Alerts).await?;
    let (from, to) = (shell.now.plus_ms(-QUARANTINE_MS), shell.now.plus_ms(1));
    let filter = EventFilter { from, to, fate: Some(Fate::Unreadable.code().to_owned()), after: None };
    let names = Sources::load(&here).await?;
    let views = here.state.desk.events(&here.caller, &filter, None, EVENTS_MAX).await?;
    let event = |view: &EventView| Quarantined {
        at: view.event.received,
        source: names.of(&view.tenant, &view.event.api_key),
        reason: view.event.note.clone().unwrap_or_default(),
        sender: view.event.sender.clone(),
        href: format!("/alerts/events/{}/{}", view.tenant, view.event.id),
    };
    Ok(html(quarantine_page(&shell, &QuarantinePage { events: views.iter().map(event).collect() })))
}

/// One event as it was received.
pub(crate) async fn raw(here: Here, Path((tenant, id)): Path<(TenantId, u64)>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Alerts).await?;
    let (event, bytes) = here.state.desk.event(&here.caller, &tenant, id).await?;
    let mut names = here.state.desk.sources(&here.caller, &tenant).await?;
    let fate = fate_of(&event.fate).ok_or_else(Refusal::not_found)?;
    let it = RawEventPage {
        at: event.received,
        source: names.remove(&event.api_key).unwrap_or_default(),
        sender: event.sender,
        project: event.project.to_string(),
        fate: fate.label().in_lang(shell.lang).to_owned(),
        record: event.incident.map(|key| key.to_string()),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    Ok(html(raw_page(&shell, &it)))
}
