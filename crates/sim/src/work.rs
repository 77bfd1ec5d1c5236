//! Whoever works on a system: announces it, is done early, goes on longer, or does not come.

use crate::night::Night;
use crate::senders;
use crate::windows::{self, Announcement};
use domain::access::{Actor, Role};
use domain::ids::{ProjectKey, RecordKey};
use domain::time::Instant;
use domain::window::WindowKind;

const HOSTS: [&str; 6] = ["", "web*", "web01", "db01, web02", "WEB02:9100 db*", "*1"];

/// A window is announced, or one that stands is changed.
pub(crate) fn act(night: &mut Night, tenant: usize, project: &ProjectKey) {
    let customer = &night.world.tenants[tenant];
    let of_project = customer.windows.values().filter(|work| work.window.project == *project);
    let standing: Vec<RecordKey> =
        of_project.filter(|work| work.window.ended.is_none()).map(|work| work.window.key.clone()).collect();
    let (actor, role) = if night.draw.chance(50) {
        (Actor::person(night.draw.one_of(&night.world.tenants[tenant].people).clone()), Role::Cu)
    } else {
        let (person, role) = night.draw.one_of(&night.world.staff).clone();
        (Actor::person(person), role)
    };
    let by = (&actor, Some(role));
    if standing.is_empty() || night.draw.chance(45) {
        return announce(night, tenant, project, by);
    }
    let key = night.draw.one_of(&standing).clone();
    if night.loses() {
        return;
    }
    let now = night.now;
    let changed = match night.draw.between(0, 10) {
        0..4 => {
            let to = now.plus_minutes(night.draw.between(1, 240) as i64);
            windows::change(&mut night.world, tenant, &key, Some(to), by, now)
        }
        4..8 => windows::change(&mut night.world, tenant, &key, None, by, now),
        _ => windows::cancel(&mut night.world, tenant, &key, by, now),
    };
    night.after_window(tenant, &key, changed);
}

fn announce(night: &mut Night, tenant: usize, project: &ProjectKey, by: (&Actor, Option<Role>)) {
    let now = night.now;
    let from = now.plus_minutes(*night.draw.one_of(&[0, 0, 5, 60]));
    let to = from.plus_minutes(night.draw.between(1, 150) as i64);
    let kind = if night.draw.chance(50) { WindowKind::Planned } else { WindowKind::Customer };
    let hosts = (*night.draw.one_of(&HOSTS)).to_owned();
    let new = Announcement { project: project.clone(), kind, hosts, from: night.draw.chance(80).then_some(from), to };
    if night.loses() {
        return;
    }
    let announced = windows::announce(&mut night.world, tenant, new, by, now);
    let key = project.window(0);
    night.after_window(tenant, &key, announced.map(|_| vec![]));
    for arrival in senders::set_off(&mut night.draw, tenant, project, (from, to)) {
        night.send_later(arrival);
    }
    let turns: [Instant; 4] = [from, to, to.plus_ms(-1), from.plus_ms(to.since_ms(from) / 2)];
    for _ in 0..night.draw.between(0, 3) {
        let at = (*night.draw.one_of(&turns)).max(now);
        night.work_later(at, tenant, project);
    }
}
