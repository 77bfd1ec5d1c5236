//! The papers of a year: closures in several versions, and customers with a catalogue of their own.

use super::mutants::DayMutant;
use super::world::{Tenant, World};
use domain::catalogue::Catalogue;
use domain::fact::genesis;
use domain::ids::{ProjectKey, TenantId};
use domain::time::Instant;
use jiff::civil::{Date, date};
use std::collections::BTreeSet;
use testkit::draw::Draw;

/// 00:00 of a day in Tokyo.
pub(crate) fn midnight(day: Date) -> Instant {
    let days = day.since(date(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()));
    Instant::from_ms(days * 86_400_000 - 9 * 3_600_000)
}

fn some_day(draw: &mut Draw, year: i16, month: i8) -> Date {
    date(year, month, draw.between(11, 28) as i8)
}

/// The closures of a year: what was known at its beginning, days added some days ahead, and days taken away long ahead.
fn closures(draw: &mut Draw, year: i16) -> Vec<(Instant, BTreeSet<Date>)> {
    let mut days: BTreeSet<Date> = [(1, 2), (1, 3), (12, 29), (12, 30), (12, 31)].map(|(m, d)| date(year, m, d)).into();
    days.extend([date(year + 1, 1, 4), date(year + 1, 1, 5)]);
    let gone = [some_day(draw, year, 8), some_day(draw, year, 11)];
    days.extend(gone);
    days.extend((0..3).map(|_| some_day(draw, year, 2)));
    let mut versions = vec![(midnight(date(year, 1, 1)), days.clone())];
    for (month, removed) in [(2, None), (3, None), (5, Some(gone[0])), (6, None), (8, Some(gone[1])), (10, None)] {
        let recorded = date(year, month, draw.between(1, 4) as i8);
        match removed {
            Some(day) => {
                days.remove(&day);
            }
            None => days.extend((0..3).map(|_| some_day(draw, year, month))),
        }
        versions.push((midnight(recorded).plus_minutes(draw.between(0, 1_440) as i64), days.clone()));
    }
    versions
}

/// A customer's own catalogue: some entries with other standard days.
fn own_catalogue(draw: &mut Draw, from: Instant, tenant: &mut Tenant) {
    let mut catalogue = Catalogue::shipped().clone();
    for _ in 0..6 {
        let place = draw.between(0, catalogue.entries.len() as u64) as usize;
        let days = draw.between(2, 21) as u16;
        catalogue.entries[place].days = Some(days);
    }
    tenant.own_days.retain(|(at, ..)| *at != from);
    for entry in &catalogue.entries {
        tenant.own_days.extend(entry.days.map(|days| (from, entry.code.clone(), days)));
    }
    let version = tenant.catalogues.len() as u32 + 1;
    tenant.catalogues.push((from, version, catalogue));
}

/// The world of a year that begins on the first of January.
pub(crate) fn world(draw: &mut Draw, year: i16, mutant: Option<DayMutant>) -> World {
    let begins = midnight(date(year, 1, 1));
    let tenant = |name: &str, key: &str| {
        let id = TenantId::new(name);
        let head = genesis(&id, 0);
        let project = ProjectKey::new(key);
        Tenant { id, project, facts: vec![], head, tickets: vec![], catalogues: vec![], own_days: vec![] }
    };
    let mut tenants = vec![tenant("t1", "ACME"), tenant("t2", "BETA"), tenant("t3", "CORP")];
    own_catalogue(draw, begins, &mut tenants[1]);
    for day in [16, 120, 240] {
        let from = begins.plus_minutes(day * 1_440 + draw.between(0, 1_440) as i64);
        own_catalogue(draw, from, &mut tenants[2]);
    }
    World { tenants, closures: closures(draw, year), mutant }
}
