//! The board and the page of a call back, as a signed-in person's browser asks for them.

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
    house.add_person("ad@msp.example", "ad", None).await?;
    let staff = Staff::sign_in(&house, "mo@msp.example").await?;
    Staff::sign_in(&house, "ad@msp.example").await?.plan_contacts(&customer, 3).await?;
    let mut connection = Connection::open(house.desk.port).await?;
    for n in 0..INCIDENTS {
        let reply = connection.send(&sender::events_v2(&customer.intake_key, &format!("incident-{n}"))).await?;
        if !reply.is_success() {
            bail!("the alert was answered {}", reply.status);
        }
    }
    // A call back is found by its number while the caller is still saying who they are.
    for (what, path) in [("board", "/"), ("call back by number", "/callers?number=03-0000-0000")] {
        let request = get(path, &staff.header());
        let (mut waits_ms, mut size) = (Series::default(), 0);
        let begun = Instant::now();
        while begun.elapsed() < pace.run * pace.repeats {
            let asked = Instant::now();
            let page = connection.send(&request).await?;
            waits_ms.add(asked.elapsed().as_secs_f64() * 1_000.0);
            size = page.body.len();
            if page.status != 200 || !String::from_utf8_lossy(&page.body).contains("ACME-1") {
                bail!("{path} was answered {}", page.status);
            }
        }
        let engine = ground.engine();
        table.add(format!("{engine}: {what}, {INCIDENTS} open incidents"), "ms", &waits_ms);
        table.add(format!("{engine}: {what}, size"), "KiB", &Series::from_iter([size as f64 / 1024.0]));
    }
    Ok(())
}
