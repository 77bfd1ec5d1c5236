//! Server-sent events: what changed on a live page, drawn anew for this caller.
//!
//! A stream looks when the desk rings, and each second in any case, so that what other nodes wrote shows too. At each look it
//! asks whether the session still holds: a revoked one ends its streams at once. A part is sent when it would look different
//! at the same minute; the clocks in between tick in the browser.

use crate::access::{handler::arrived, test_result};
use crate::board::handler::Board;
use crate::here::Here;
use crate::layout::{Place, Shell};
use crate::{board, cause, customer, incident};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use desk::{Answer, Change};
use domain::ids::RecordKey;
use domain::time::MINUTE_MS;
use futures::stream::unfold;
use gate::{Path, Query, Trouble};
use http::{HeaderValue, header};
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often a stream looks, rung or not.
const LOOK: Duration = Duration::from_secs(1);
/// How long it waits after a ring for more to come.
const GATHER: Duration = Duration::from_millis(300);
/// Looks after which it draws even if no fact was written: what the desk knows of itself is no fact.
const DRAW_EVERY: u32 = 5;

/// Which page is watched.
enum Watched {
    Board,
    Incident(RecordKey),
    Cause(u64),
    SetUp,
}

/// Parts of a page by element id.
type Parts = Vec<(String, String)>;

struct Watch {
    here: Here,
    watched: Watched,
    ring: Receiver<Change>,
    tick: Interval,
    looks: u32,
    pulse: Option<u64>,
    sent: HashMap<String, u64>,
    queue: VecDeque<Event>,
}

/// The board's stream.
pub(crate) async fn board(here: Here) -> Response {
    stream(here, Watched::Board)
}

/// An incident's stream: staff and customer each get the parts of their own page.
pub(crate) async fn incident(here: Here, Path(key): Path<RecordKey>) -> Result<Response, Trouble> {
    // What cannot be seen is refused before the stream begins.
    if here.caller.is_customer() {
        here.state.desk.published(&here.caller, &key).await?;
    } else {
        here.state.desk.incident(&here.caller, &key).await?;
    }
    Ok(stream(here, Watched::Incident(key)))
}

/// A cause's stream.
pub(crate) async fn cause(here: Here, Query(asked): Query<cause::handler::Asked>) -> Result<Response, Trouble> {
    here.state.desk.cause(&here.caller, asked.number).await?;
    Ok(stream(here, Watched::Cause(asked.number)))
}

/// The stream of the set-up: the test alert, once it came.
pub(crate) async fn set_up(here: Here) -> Response {
    stream(here, Watched::SetUp)
}

fn stream(here: Here, watched: Watched) -> Response {
    let mut tick = interval(LOOK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ring = here.state.desk.listen();
    let (sent, queue) = (HashMap::new(), VecDeque::new());
    let watch = Watch { here, watched, ring, tick, looks: 0, pulse: None, sent, queue };
    let events =
        unfold(watch, |mut watch| async { watch.next().await.map(|event| (Ok::<_, Infallible>(event), watch)) });
    let mut response = Sse::new(events).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Watch {
    /// The next event; none once the session is over or the desk cannot be read.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            let rung = tokio::select! {
                rung = self.ring.recv() => matches!(rung, Ok(_) | Err(RecvError::Lagged(_))),
                _ = self.tick.tick() => false,
            };
            if rung {
                tokio::time::sleep(GATHER).await;
                self.ring = self.ring.resubscribe();
            }
            match self.look().await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    tracing::debug!(%error, "a live stream ends");
                    return None;
                }
            }
        }
    }

    /// Looks whether anything changed, and queues what did. False once the session is over.
    async fn look(&mut self) -> Answer<bool> {
        let desk = self.here.state.desk.clone();
        let Some(caller) = desk.watcher_by_session(&self.here.token).await? else { return Ok(false) };
        self.here.caller = caller;
        let first = self.pulse.is_none();
        let pulse = desk.pulse().await?;
        if self.looks.is_multiple_of(2) {
            self.queue.push_back(Event::default().event("heartbeat").data(desk.now().await?.ms().to_string()));
        }
        if self.pulse != Some(pulse) || self.looks.is_multiple_of(DRAW_EVERY) {
            self.draw(first).await?;
        }
        self.pulse = Some(pulse);
        self.looks = self.looks.wrapping_add(1);
        Ok(true)
    }

    async fn draw(&mut self, first: bool) -> Answer<()> {
        let shell = self.here.shell(Place::Board).await?;
        let minute = shell.now.plus_ms(-shell.now.ms().rem_euclid(MINUTE_MS));
        let still = Shell { now: minute, ..shell.clone() };
        let (parts, at_minute) = match &self.watched {
            Watched::Board => {
                let it = Board::load(&self.here).await?;
                (board_parts(&shell, &it), board_parts(&still, &it))
            }
            Watched::Incident(key) => incident_parts(&self.here, key, &shell, &still).await?,
            // What is compared is read first: what changes in between is then sent again, and not taken for sent.
            Watched::Cause(number) => {
                let then = cause::handler::context(&self.here, &still, *number).await?;
                let it = cause::handler::context(&self.here, &shell, *number).await?;
                (cause_parts(&shell, &it), cause_parts(&still, &then))
            }
            Watched::SetUp => {
                let part = || async { Ok::<_, desk::Error>(test_result(&shell, arrived(&self.here).await?.as_ref())) };
                let parts = vec![("test-result".to_owned(), part().await?.into_string())];
                (parts.clone(), parts)
            }
        };
        let mut seen = HashMap::with_capacity(parts.len());
        for ((id, html), (_, still)) in parts.into_iter().zip(at_minute) {
            let looks = hash_of(&still);
            if self.sent.get(&id) != Some(&looks) {
                self.queue.push_back(Event::default().event("fragment").data(html));
            }
            seen.insert(id, looks);
        }
        let gone = self.sent.keys().filter(|id| !seen.contains_key(*id));
        self.queue.extend(gone.map(|id| Event::default().event("gone").data(id)));
        if first && matches!(self.watched, Watched::Board) {
            // A page that lost its connection may still show what ended meanwhile.
            let rows: Vec<&String> = seen.keys().filter(|id| id.starts_with("row-")).collect();
            let rows = serde_json::to_string(&rows).unwrap_or_default();
            self.queue.push_back(Event::default().event("rows").data(rows));
        }
        self.sent = seen;
        Ok(())
    }
}

fn board_parts(shell: &Shell, it: &Board) -> Parts {
    let mut page = it.page(shell);
    page.rows.sort_by_key(|row| (row.due().is_none(), row.due(), row.key.clone()));
    let mut parts = vec![
        ("next".to_owned(), board::next(shell, page.rows.first(), page.alerts_today).into_string()),
        ("warnings".to_owned(), board::warnings(shell, &page.warnings).into_string()),
        ("urgent".to_owned(), board::urgent(shell, &page.urgent).into_string()),
        ("windows".to_owned(), board::windows(shell, &page.windows).into_string()),
        ("duty".to_owned(), board::duty(shell, &page.duty).into_string()),
    ];
    parts.extend(page.rows.iter().map(|row| (format!("row-{}", row.key), board::row(shell, row).into_string())));
    parts
}

fn cause_parts(shell: &Shell, it: &cause::CausePage) -> Parts {
    vec![
        ("cause-members".to_owned(), cause::members(shell, it).into_string()),
        ("cause-calls".to_owned(), cause::calls(shell, it).into_string()),
    ]
}

async fn incident_parts(here: &Here, key: &RecordKey, shell: &Shell, still: &Shell) -> Answer<(Parts, Parts)> {
    if here.caller.is_customer() {
        let view = here.state.desk.published(&here.caller, key).await?;
        let draw = |shell: &Shell| {
            let it = customer::handler::context(shell, &view);
            vec![("told-incident".to_owned(), customer::article(shell, &it).into_string())]
        };
        return Ok((draw(shell), draw(still)));
    }
    let view = here.state.desk.incident(&here.caller, key).await?;
    let draw = |shell: &Shell, it: &incident::IncidentPage| {
        vec![
            ("incident-head".to_owned(), incident::banner(shell, it).into_string()),
            ("timeline".to_owned(), incident::facts(shell, &it.timeline).into_string()),
            ("contacts".to_owned(), incident::contacts(shell, it).into_string()),
            ("calls".to_owned(), incident::calls(shell, &it.calls).into_string()),
        ]
    };
    let then = incident::handler::context(here, still, &view, crate::form::Draft::default()).await?;
    let now = incident::handler::context(here, shell, &view, crate::form::Draft::default()).await?;
    Ok((draw(shell, &now), draw(still, &then)))
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
