//! Many connections that post alerts and remember what they were told.

use crate::client::Connection;
use crate::draw::Draw;
use crate::house::Customer;
use crate::ledger::AlertId;
use crate::sender;
use std::collections::BTreeMap;
use std::sync::mpsc::Sender;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What was tried, beside what the ledger says was acknowledged.
#[derive(Debug, Default)]
pub struct Tried {
    /// How often each alert was sent, answered or not.
    pub sent: BTreeMap<AlertId, u64>,
    /// Answers that were no 2xx, by status.
    pub refused: BTreeMap<u16, u64>,
}

/// A running load.
pub struct Load {
    connections: JoinSet<Tried>,
    stop: CancellationToken,
}

/// Alerts of a webhook, at most.
const GROUP_MAX: u64 = 5;

impl Load {
    /// Posts on that many connections until the desk dies or [`Load::end`] is called. Half of the events bring keys of their
    /// own, the rest repeat a few or come as Alertmanager's groups. All keys begin with `name`.
    pub fn start(
        port: u16,
        customer: &Customer,
        name: &str,
        connections: u64,
        draw: &Draw,
        pen: &Sender<Vec<AlertId>>,
    ) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        for number in 0..connections {
            let sender = Poster {
                customer: customer.clone(),
                name: name.to_owned(),
                number,
                draw: draw.part(number),
                pen: pen.clone(),
                tried: Tried::default(),
            };
            let stop = stop.clone();
            tasks.spawn(sender.run(port, stop));
        }
        Self { connections: tasks, stop }
    }

    /// Ends the load and says what was tried. A request under way is waited for.
    pub async fn end(self) -> Tried {
        self.stop.cancel();
        let mut all = Tried::default();
        for tried in self.connections.join_all().await {
            for (id, count) in tried.sent {
                *all.sent.entry(id).or_default() += count;
            }
            for (status, count) in tried.refused {
                *all.refused.entry(status).or_default() += count;
            }
        }
        all
    }
}

struct Poster {
    customer: Customer,
    name: String,
    number: u64,
    draw: Draw,
    pen: Sender<Vec<AlertId>>,
    tried: Tried,
}

impl Poster {
    async fn run(mut self, port: u16, stop: CancellationToken) -> Tried {
        // A desk that is dead before the first connection took nothing.
        let Ok(mut connection) = Connection::open(port).await else { return self.tried };
        let mut n = 0;
        while !stop.is_cancelled() {
            let (request, ids) = self.next(n);
            n += 1;
            for id in &ids {
                *self.tried.sent.entry(id.clone()).or_default() += 1;
            }
            match connection.send(&request).await {
                Ok(reply) if reply.is_success() => {
                    if self.pen.send(ids).is_err() {
                        break;
                    }
                }
                Ok(reply) => *self.tried.refused.entry(reply.status).or_default() += 1,
                Err(_killed) => break,
            }
        }
        self.tried
    }

    fn next(&mut self, n: u64) -> (Vec<u8>, Vec<AlertId>) {
        let Self { customer, name, number, draw, .. } = self;
        let single = |key: String| {
            let request = sender::events_v2(&customer.intake_key, &key);
            (request, vec![AlertId { dedup_key: key.clone(), alert_key: key }])
        };
        match draw.between(0, 10) {
            0..5 => single(format!("{name}-{number}-{n}")),
            5..8 => single(format!("{name}-again-{}", draw.between(0, 8))),
            _ => {
                let group = format!("{name}-{number}-group-{}", draw.between(0, 4));
                let alerts = draw.between(1, GROUP_MAX + 1) as usize;
                let request = sender::alertmanager_webhook(&customer.intake_key, &group, alerts);
                let id = |n| AlertId { dedup_key: group.clone(), alert_key: sender::fingerprint(&group, n) };
                (request, (0..alerts).map(id).collect())
            }
        }
    }
}
