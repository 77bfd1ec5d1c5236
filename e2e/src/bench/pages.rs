//! The board, as a signed-in person's browser asks for it.

use super::Pace;
use super::table::Table;
use crate::client::{Connection, get};
use crate::figures::Series;
use crate::house::{Ground, House};
use crate::sender;
use crate::staff::Staff;
use anyhow::{Result, bail};
use std::time::Instant;

/// Open incidents on the board: a bad night.
const INCIDENTS: usize = 50;

/// Measures the board.
pub(super) async fn measure(ground: &Ground, pace: Pace, table: &mut Table) -> Result<()> {
    let house = House::open(ground, &[]).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    house.add_person("mo@msp.example", "mo", None).await?;
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    let mut connection = Connection::open(house.desk.port).await?;
    for n in 0..INCIDENTS {
        let reply = connection.send(&sender::events_v2(&customer.intake_key, &format!("incident-{n}"))).await?;
        if !reply.is_success() {
            bail!("the alert was answered {}", reply.status);
        }
    }
    let request = get("/", &staff.header());
    let (mut waits_ms, mut size) = (Series::default(), 0);
    let begun = Instant::now();
    while begun.elapsed() < pace.run * pace.repeats {
        let asked = Instant::now();
        let page = connection.send(&request).await?;
        waits_ms.add(asked.elapsed().as_secs_f64() * 1_000.0);
        size = page.body.len();
        if page.status != 200 || !String::from_utf8_lossy(&page.body).contains("ACME-1") {
            bail!("the board was answered {}", page.status);
        }
    }
    let engine = ground.engine();
    table.add(format!("{engine}: board, {INCIDENTS} open incidents"), "ms", &waits_ms);
    table.add(format!("{engine}: board, size"), "KiB", &Series::from_iter([size as f64 / 1024.0]));
    Ok(())
}
