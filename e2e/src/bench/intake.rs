//! Durable alerts a second: repeated and new keys, one and a hundred alerts a request, one and sixteen connections.

use super::Pace;
use super::table::Table;
use super::throng::{Answered, throng};
use crate::figures::Series;
use crate::house::{Ground, House, resident_kib};
use crate::sender;
use anyhow::{Context, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::alertmanager;

/// Stands in a prebuilt request where a new key needs its number.
const PLACE: &str = "n0000000000";
const BATCHES: [usize; 2] = [1, 100];
const CONNECTIONS: [usize; 2] = [1, 16];

/// A prebuilt request; a number is written into its places.
#[derive(Clone)]
struct Template {
    bytes: Arc<[u8]>,
    places: Arc<[usize]>,
}

impl Template {
    fn new(bytes: Vec<u8>) -> Self {
        let at = |(at, window): (usize, &[u8])| (window == PLACE.as_bytes()).then_some(at);
        let places = bytes.windows(PLACE.len()).enumerate().filter_map(at).collect();
        Self { bytes: bytes.into(), places }
    }

    fn number(&self, request: &mut [u8], number: u64) {
        let digits = format!("{number:010}");
        for place in self.places.iter() {
            request[place + 1..place + PLACE.len()].copy_from_slice(digits.as_bytes());
        }
    }
}

struct Case {
    keys: &'static str,
    batch: usize,
    connections: usize,
}

fn cases() -> impl Iterator<Item = Case> {
    ["repeated", "new"].into_iter().flat_map(|keys| {
        BATCHES.into_iter().flat_map(move |batch| CONNECTIONS.map(|connections| Case { keys, batch, connections }))
    })
}

/// Measures the desk.
pub(super) async fn measure(ground: &Ground, pace: Pace, table: &mut Table) -> Result<()> {
    let engine = ground.engine();
    for case in cases() {
        // A fresh desk for each, so that none pays for what another left.
        let mut house = House::open(ground, &[]).await?;
        let customer = house.add_customer("○○商事", "ACME").await?;
        let key = if case.keys == "new" { PLACE } else { "again" };
        let request = match case.batch {
            1 => sender::events_v2(&customer.intake_key, key),
            batch => sender::alertmanager_webhook(&customer.intake_key, key, batch),
        };
        run_case(&format!("{engine}: alerts/s"), &case, house.desk.port, Template::new(request), pace, table).await?;
        let memory = resident_kib(house.desk.process())? as f64 / 1024.0;
        let what =
            format!("{engine}: memory after {} keys, batch {}, {} conn.", case.keys, case.batch, case.connections);
        table.add(what, "MiB", &Series::from_iter([memory]));
    }
    Ok(())
}

/// Measures Debian's Alertmanager, which keeps alerts in memory, with the same client.
pub(super) async fn measure_alertmanager(pace: Pace, table: &mut Table) -> Result<()> {
    for case in cases() {
        let server = alertmanager::Server::start(&alertmanager::Config::default().yaml()).await?;
        let key = if case.keys == "new" { PLACE } else { "again" };
        let template = Template::new(sender::prometheus_alerts(key, case.batch));
        run_case("Alertmanager (not durable): alerts/s", &case, server.port, template, pace, table).await?;
    }
    Ok(())
}

async fn run_case(name: &str, case: &Case, port: u16, template: Template, pace: Pace, table: &mut Table) -> Result<()> {
    let next = Arc::new(AtomicU64::new(1));
    let bytes = Arc::clone(&template.bytes);
    let change = move |request: &mut [u8]| template.number(request, next.fetch_add(1, Ordering::Relaxed));
    let Answered { rates, waits_ms } =
        throng(port, case.connections, pace, &bytes, change).await.with_context(|| name.to_owned())?;
    let Case { keys, batch, connections } = case;
    let what = format!("{name}, {keys} keys, batch {batch}, {connections} conn.");
    let alerts = rates.values().map(|rate| rate * *batch as f64);
    table.add(what.clone(), "/s", &Series::from_iter(alerts));
    table.add(what.replace("alerts/s", "answer"), "ms", &waits_ms);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_into_every_place() {
        let template = Template::new(sender::prometheus_alerts(PLACE, 3));
        let mut request = template.bytes.to_vec();
        template.number(&mut request, 42);
        let text = String::from_utf8(request).unwrap();
        assert_eq!(text.matches("n0000000042").count(), 3);
        assert!(!text.contains(PLACE));
    }
}
