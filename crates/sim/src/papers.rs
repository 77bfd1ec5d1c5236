//! What a history begins with: customers, people, plans, agreements, the calendar. All drawn.

use crate::shell::record_paper;
use crate::world::{Document, Tenant, Version, World};
use domain::access::{Actor, Role};
use domain::clocks::Minutes;
use domain::clocks::notice::{AgreedTargets, Targets};
use domain::contact::{Contact, ContactPlan, Days, Hours, Rounds, SelfRecovery};
use domain::fact::{Body, NewFact, link};
use domain::ids::{ContactId, PersonId, ProjectKey, TenantId, WebhookId};
use domain::incident::escalation::Group;
use domain::paper::Agreement;
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::BTreeMap;
use testkit::draw::Draw;

/// Services of every project.
pub(crate) const SERVICES: [&str; 4] = ["web01", "web02", "db01", ""];

/// Draws what a history begins with.
pub(crate) fn world(draw: &mut Draw, begins: Instant, mutant: Option<crate::Mutant>) -> World {
    let mut staff = vec![];
    for (role, most) in [(Role::Mo, 3), (Role::Su, 2), (Role::Dh, 2), (Role::Rm, 2), (Role::Mr, 1), (Role::Tm, 1)] {
        let at_least = u64::from(matches!(role, Role::Mo));
        for n in 0..draw.between(at_least, most + 1) {
            staff.push((PersonId::new(format!("{}{n}", role.code())), role));
        }
    }
    let people: Vec<PersonId> = staff.iter().map(|(person, _)| person.clone()).collect();
    let mut duty_list = vec![];
    for group in [Group::Dh, Group::Su, Group::Mr] {
        if draw.chance(40) {
            let order = (0..draw.between(1, 4)).map(|_| draw.one_of(&people).clone()).collect::<Vec<_>>();
            let mut once: Vec<PersonId> = vec![];
            order.into_iter().for_each(|person| {
                if !once.contains(&person) {
                    once.push(person);
                }
            });
            duty_list.push((group, once));
        }
    }
    let mut world = World {
        tenants: vec![],
        staff,
        duty_list,
        closures: closures(draw, begins),
        let_out: BTreeMap::new(),
        causes: vec![],
        common: vec![],
        held: BTreeMap::new(),
        engaged: vec![],
        mutant,
    };
    for n in 0..draw.between(1, 4) as usize {
        customer(draw, &mut world, n, begins);
    }
    world
}

/// Closures as known from the beginning, and perhaps others from some hour of the night on.
fn closures(draw: &mut Draw, begins: Instant) -> Vec<(Instant, Vec<Date>)> {
    let day = domain::calendar::Calendar::default().date_of(begins);
    let days = |draw: &mut Draw| {
        let some = (0..draw.between(0, 4)).filter_map(|_| {
            let ahead = jiff::Span::new().days(draw.between(0, 12) as i64);
            day.checked_add(ahead).ok()
        });
        some.collect::<Vec<_>>()
    };
    let mut versions = vec![(Instant::from_ms(0), days(draw))];
    if draw.chance(15) {
        versions.push((begins.plus_minutes(draw.between(30, 1_500) as i64), days(draw)));
    }
    versions
}

fn customer(draw: &mut Draw, world: &mut World, number: usize, begins: Instant) {
    let mut tenant = Tenant::new(TenantId::new(format!("t{number}")));
    for n in 0..draw.between(1, 3) {
        tenant.projects.push(ProjectKey::new(format!("T{number}P{n}")));
    }
    for n in 0..2 {
        tenant.people.push(PersonId::new(format!("{}:p{n}", tenant.id)));
    }
    let before = begins.plus_minutes(-60 * 24);
    tenant.has_webhook = draw.chance(20);
    if tenant.has_webhook {
        let body = Body::WebhookAdded { webhook: WebhookId::new(format!("{}:w", tenant.id)), url: tenant.blob("url") };
        let new = NewFact { record: None, body, actor: Actor::Console, role: None, reason: None };
        let fact = new.at(tenant.id.clone(), 1, before);
        tenant.head = link(&tenant.head, &fact.canonical());
        tenant.facts.push(fact);
    }
    let projects = tenant.projects.clone();
    world.tenants.push(tenant);
    if draw.chance(75) {
        let document = Document::Agreement(agreement(draw));
        record_paper(world, number, Version { project: None, version: 1, valid_from: before, document }, before);
    }
    for project in projects {
        if draw.chance(94) {
            let document = Document::Plan(plan(draw, &format!("t{number}")));
            let version = Version { project: Some(project), version: 1, valid_from: before, document };
            record_paper(world, number, version, before);
        }
    }
}

fn agreement(draw: &mut Draw) -> Agreement {
    let mut targets = AgreedTargets::default();
    if draw.chance(30) {
        let slo = draw.between(5, 40) as u32;
        let sla = draw.chance(80).then(|| Minutes(slo + draw.between(0, 30) as u32));
        targets.with_impact = Targets { slo_minutes: Minutes(slo), sla_minutes: sla };
    }
    Agreement { targets, signatory: "customer".into(), options: vec![] }
}

/// One version of a contact plan.
pub(crate) fn plan(draw: &mut Draw, tenant: &str) -> ContactPlan {
    let contacts = (1..=draw.between(0, 5)).map(|n| contact(draw, tenant, n)).collect();
    let rounds = Rounds {
        every_minutes: if draw.chance(70) { 10 } else { draw.between(5, 61) as u16 },
        for_minutes: if draw.chance(70) { 60 } else { draw.between(0, 200) as u16 },
        stop_when_acknowledged: draw.chance(80),
        stop_when_read: draw.chance(80),
    };
    ContactPlan {
        contacts,
        waived_by: draw.chance(8).then(|| "owner".into()),
        agreed_by: None,
        rounds,
        self_recovery: if draw.chance(45) { SelfRecovery::Ticket } else { SelfRecovery::Phone },
    }
}

/// The same numbers at every customer, as people write them.
fn phone(draw: &mut Draw, number: u64) -> String {
    match draw.between(0, 3) {
        0 => format!("+81-3-0000-000{number}"),
        1 => format!("030000000{number}"),
        _ => format!("03-0000-000{number}"),
    }
}

fn contact(draw: &mut Draw, tenant: &str, number: u64) -> Contact {
    let has_mail = draw.chance(80);
    let days = *draw.one_of(&[Days::Every, Days::Every, Days::Business, Days::NonBusiness]);
    let hours = match draw.between(0, 10) {
        0 => Hours { days, from_minute: 540, to_minute: 1080 },
        1 => Hours { days, from_minute: 1080, to_minute: 540 },
        2 => Hours { days, from_minute: draw.between(0, 1440) as u16, to_minute: draw.between(0, 1441) as u16 },
        _ => Hours::default(),
    };
    Contact {
        id: ContactId::new(format!("{tenant}:c{number}")),
        name: format!("contact {number}"),
        reading: String::new(),
        phone: if !has_mail || draw.chance(85) { phone(draw, number) } else { String::new() },
        other_phones: vec![],
        mail: if has_mail { format!("c{number}@example.jp") } else { String::new() },
        hours,
        services: if draw.chance(15) { vec![(*draw.one_of(&["web*", "db01"])).to_owned()] } else { vec![] },
    }
}
