//! What monitoring tools send in a night: single alerts, repeats, flapping, several alerts of one trouble, and what comes
//! again after the recovery was told.

use crate::papers::SERVICES;
use domain::alerts::{Action, AlertEvent};
use domain::ids::ProjectKey;
use domain::time::Instant;
use testkit::draw::Draw;

/// An event, and when it arrives where.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) at: Instant,
    pub(crate) tenant: usize,
    pub(crate) project: ProjectKey,
    pub(crate) event: AlertEvent,
}

/// Everything that one trouble sends.
pub(crate) fn trouble(
    draw: &mut Draw,
    tenant: usize,
    project: &ProjectKey,
    begins: Instant,
    number: u64,
) -> Vec<Arrival> {
    let source = *draw.one_of(&SERVICES);
    let key = format!("k{}", number % 4);
    let mut arrivals = vec![];
    // Some tools acknowledge and resolve by the key alone.
    let is_terse = draw.chance(40);
    let mut send = |at: Instant, action, alert: u64| {
        let source = if is_terse && matches!(action, Action::Resolve | Action::Acknowledge) { "" } else { source };
        let event = AlertEvent {
            action,
            dedup_key: key.clone(),
            alert_key: format!("{key}/{alert}"),
            severity: "critical".into(),
            summary: "does not answer".into(),
            source: source.to_owned(),
        };
        arrivals.push(Arrival { at, tenant, project: project.clone(), event });
    };
    let mut at = begins.plus_minutes(draw.between(0, 600) as i64).plus_ms(draw.between(0, 60_000) as i64);
    match draw.between(0, 10) {
        // Flapping.
        0 | 1 => {
            for n in 0..draw.between(3, 30) {
                send(at, if n % 2 == 0 { Action::Trigger } else { Action::Resolve }, 0);
                at = at.plus_ms(draw.between(5_000, 300_000) as i64);
            }
        }
        // Several alerts of one trouble, repeated.
        2..=4 => {
            let alerts = draw.between(1, 4);
            for _ in 0..draw.between(1, 12) {
                send(at, Action::Trigger, draw.between(0, alerts));
                at = at.plus_ms(draw.between(1_000, 240_000) as i64);
            }
            send(at, Action::Resolve, 0);
        }
        5 => {
            send(at, Action::Trigger, 0);
            at = at.plus_ms(draw.between(1_000, 600_000) as i64);
            send(at, Action::Acknowledge, 0);
            send(at.plus_minutes(30), Action::Resolve, 0);
        }
        6 => send(at, *draw.one_of(&[Action::Heartbeat, Action::Change, Action::Resolve, Action::Acknowledge]), 0),
        _ => send(at, Action::Trigger, 0),
    }
    arrivals
}

/// The same alert once more after the recovery was told, around the ten minutes in which it joins.
pub(crate) fn again(draw: &mut Draw, told: Instant) -> Instant {
    match draw.between(0, 5) {
        0 => told.plus_minutes(10),
        1 => told.plus_minutes(10).plus_ms(1),
        2 => told.plus_minutes(draw.between(11, 15) as i64),
        _ => told.plus_ms(draw.between(1, 900_000) as i64),
    }
}

/// What work sets off: alerts around the begin and the end of a window, some of them over before it.
pub(crate) fn set_off(
    draw: &mut Draw,
    tenant: usize,
    project: &ProjectKey,
    (from, to): (Instant, Instant),
) -> Vec<Arrival> {
    let mut arrivals = vec![];
    for _ in 0..draw.between(1, 4) {
        let (source, key) = (*draw.one_of(&SERVICES), format!("k{}", draw.between(0, 4)));
        let alert_key = format!("{key}/{}", draw.between(0, 3));
        let length = to.since_ms(from).max(1) as u64;
        for n in 0..draw.between(1, 6) {
            let at = match draw.between(0, 12) {
                0 => from,
                1 => to,
                2 => to.plus_ms(-1),
                3 => to.plus_ms(draw.between(1, 1_200_000) as i64),
                _ => from.plus_ms(draw.between(0, length) as i64),
            };
            let action = match draw.between(0, 10) {
                _ if n == 0 => Action::Trigger,
                0..5 => Action::Trigger,
                5..8 => Action::Resolve,
                _ => Action::Acknowledge,
            };
            let is_terse = action != Action::Trigger && draw.chance(40);
            let event = AlertEvent {
                action,
                dedup_key: key.clone(),
                alert_key: alert_key.clone(),
                severity: "critical".into(),
                summary: "does not answer".into(),
                source: if is_terse { String::new() } else { source.to_owned() },
            };
            arrivals.push(Arrival { at, tenant, project: project.clone(), event });
        }
    }
    arrivals
}
