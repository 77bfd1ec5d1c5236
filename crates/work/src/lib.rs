//! Background tasks (L4): each takes no input, looks at what is and what ought to be, and does the difference. Woken by a
//! signal, correct without it; bounded, idempotent, and able to run beside the same task on another node.

mod audit;
mod checkpoints;
mod clock;
mod heartbeats;
mod janitor;
mod mornings;
mod node;
mod outbox;
mod packs;
mod repeats;
mod search;
mod timers;

pub use clock::wall_clock;
pub use outbox::{Channels, Post};
pub use packs::{Folder, NotAFolder, PackSettings, Packs, Upload};

use desk::{Change, CheckpointKey, Desk};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often a node says that it is alive.
const BEAT: Duration = Duration::from_secs(1);

/// What the tasks are told at their start.
#[derive(Clone)]
pub struct Settings {
    /// A name for this process, unique while it runs; its leases carry it.
    pub node: String,
    /// The name people see, such as the listening address.
    pub node_name: String,
    /// How messages leave.
    pub channels: Arc<Channels>,
    /// The key checkpoints are signed with.
    pub checkpoint_key: CheckpointKey,
    /// The file checkpoints are appended to, outside the database.
    pub checkpoint_file: PathBuf,
    /// Where packs go.
    pub packs: Packs,
}

/// The running tasks.
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
    desk: Desk,
    node: String,
    beat: JoinHandle<()>,
    /// Stops the heartbeat: only once nothing is being sent any more.
    drained: CancellationToken,
}

impl Tasks {
    /// Starts every task.
    pub fn start(desk: &Desk, settings: &Settings, stop: &CancellationToken) -> Self {
        let (tracker, drained, alive) = (TaskTracker::new(), CancellationToken::new(), CancellationToken::new());
        let (node, name, begun) = (settings.node.clone(), settings.node_name.clone(), alive.clone());
        let beat = tokio::spawn(each(desk.clone(), drained.clone(), BEAT, "node", move |desk| {
            let (node, name, begun) = (node.clone(), name.clone(), begun.clone());
            async move {
                node::beat(desk, node, name).await?;
                begun.cancel();
                Ok(())
            }
        }));
        let node = settings.node.clone();
        let tasks = Self { tracker, stop: stop.clone(), desk: desk.clone(), node: node.clone(), beat, drained };
        tasks.tracker.spawn(timers::run(desk.clone(), stop.clone()));
        let (desk, channels, stopped) = (desk.clone(), Arc::clone(&settings.channels), stop.clone());
        tasks.tracker.spawn(async move {
            // Others take the claims of a node they never saw for a dead one's.
            if stopped.run_until_cancelled(alive.cancelled()).await.is_some() {
                outbox::run(desk, node, channels, stopped).await;
            }
        });
        let channels = Arc::clone(&settings.channels);
        tasks.each(Duration::from_secs(60), "mail", move |desk| outbox::probe(desk, Arc::clone(&channels)));
        tasks.each(Duration::from_secs(30), "repeats", repeats::count);
        tasks.each(Duration::from_secs(10), "heartbeats", heartbeats::watch);
        let teller = Arc::<mornings::Teller>::default();
        tasks.each(Duration::from_secs(20), "mornings", move |desk| {
            let teller = Arc::clone(&teller);
            async move { teller.tell(desk).await }
        });
        tasks.each(Duration::from_secs(30), "audit", audit::sweep);
        tasks.each(Duration::from_secs(60), "clock", clock::look);
        tasks.each(Duration::from_secs(60 * 60), "janitor", janitor::sweep);
        tasks.each(Duration::from_secs(1), "search", search::follow);
        tasks.each(Duration::from_millis(500), "log", async |desk| Ok(desk.store().fold_log().await?));
        let (key, file) = (settings.checkpoint_key.clone(), settings.checkpoint_file.clone());
        tasks.whole(Duration::from_secs(5), "checkpoints", move |desk| {
            checkpoints::sign(desk, key.clone(), file.clone())
        });
        let packs =
            Arc::new(packs::Maker::new(&settings.node, settings.packs.clone(), settings.channels.egress.clone()));
        tasks.each(packs.period(), "packs", move |desk| {
            let packs = Arc::clone(&packs);
            async move { Box::pin(packs.look(desk)).await }
        });
        tasks.tracker.close();
        tasks
    }

    /// Runs a task now and then each `period`, until the desk stops. What it is at by then is given up: its transaction is
    /// rolled back, and another node or the next start does it.
    fn each<F, R>(&self, period: Duration, name: &'static str, task: F)
    where
        F: Fn(Desk) -> R + Send + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let stop = self.stop.clone();
        self.whole(period, name, move |desk| {
            let (stop, task) = (stop.clone(), task(desk));
            async move { stop.run_until_cancelled(task).await.unwrap_or(Ok(())) }
        });
    }

    /// The same for a task that is not left half done: the stop waits for it.
    fn whole<F, R>(&self, period: Duration, name: &'static str, task: F)
    where
        F: Fn(Desk) -> R + Send + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.tracker.spawn(each(self.desk.clone(), self.stop.clone(), period, name, task));
    }

    /// Waits for the tasks after the stop was called, then lets this node be known as gone: what it still has claimed is free.
    pub async fn finish(self) {
        self.tracker.wait().await;
        self.drained.cancel();
        if let Err(error) = self.beat.await {
            tracing::warn!(%error, "the heartbeat ended in a fault");
        }
        if let Err(error) = self.desk.store().system().forget_node(&self.node).await {
            tracing::warn!(%error, "this node's row stays until it is taken for dead");
        }
    }
}

/// Waits for a change after which something may have to be sent or fired; having missed some counts as one.
async fn act(changes: &mut Receiver<Change>) {
    while changes.recv().await == Ok(Change::Alerts) {}
}

/// Runs a task now and then each `period`, until `stop`. A failure is logged and tried again.
async fn each<F, R>(desk: Desk, stop: CancellationToken, period: Duration, name: &'static str, task: F)
where
    F: Fn(Desk) -> R,
    R: Future<Output = anyhow::Result<()>>,
{
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = task(desk.clone()).await {
            tracing::warn!(
                task = name,
                error = format!("{error:#}"),
                "a background task failed; it will be tried again"
            );
        }
    }
}
