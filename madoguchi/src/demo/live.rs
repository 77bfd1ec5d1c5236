//! What is going on right now, at each start: one incident some six minutes old that nobody has taken, and one that was told
//! to the customer half an hour ago and owes its first interim report.
//!
//! What is *left over* is an incident of an earlier start that is still open two hours after its alert. It is brought to its
//! end first; a younger one is left as it is, because somebody may be working on it.

use super::alarm::Alarm;
use super::people::Who;
use super::people::Who::{Hikari, Kengo, Tool as Monitor};
use super::stage::Stage;
use super::story::Act::{Call, Check, Close, Confirm, Fires, Judge, Recover, Step, Take, Tell, TellRecovery};
use super::story::Whom::First;
use super::story::{Act, Scene, Tale, after};
use super::{haisha, portal, shop, stock};
use anyhow::Context;
use desk::Caller;
use domain::access::Actor;
use domain::fact::{CallResult, Origin};
use domain::ids::RecordKey;
use domain::incident::{Incident, Joins, State};
use domain::time::{HOUR_MS, Instant, MINUTE_MS};
use store::{Clock, Store};

/// Age of the fresh incident.
const FRESH_MS: i64 = 6 * MINUTE_MS;
/// An untaken incident this young is fresh enough for another start.
const STILL_FRESH_MS: i64 = 8 * MINUTE_MS;
/// Age of the one that is being worked on.
const RUNNING_MS: i64 = 40 * MINUTE_MS;
/// Age at which an open incident of an earlier start is left over.
const LEFT_OVER_MS: i64 = 2 * HOUR_MS;

/// The fresh incidents, each start takes the first that is not open already: project, alarm, and a second alarm that joins.
static FRESH: [(&str, &Alarm, Option<&Alarm>); 4] = [
    ("SHOP", &shop::WEB01_DOWN, Some(&shop::WEB02_DOWN)),
    ("HAISHA", &haisha::DATABASE_DOWN, None),
    ("PORTAL", &portal::LOGIN_FAILS, None),
    ("STOCK", &stock::QUEUE_LONG, None),
];

/// The incident that is being worked on.
static RUNNING: (&str, &Alarm) = ("EDI", &haisha::EDI_SILENT);

/// An open incident that a start of the demo made.
struct Open {
    project: &'static str,
    alarm: &'static Alarm,
    tale: Incident,
}

/// Sees to it that something is going on.
///
/// # Errors
/// The database is not a filled demo's, or cannot be written.
pub(crate) async fn live(url: &str, settings: desk::Settings) -> anyhow::Result<()> {
    let real = Store::open(url, Clock::Real).await?;
    let now = real.now().await?;
    real.close().await;
    Box::pin(as_of(url, settings, now)).await
}

/// The same as of an instant.
pub(super) async fn as_of(url: &str, settings: desk::Settings, now: Instant) -> anyhow::Result<()> {
    let stage = Stage::open(url, settings, now).await?;
    // No chain may be written before its head.
    let earliest = stage.latest().await?.unwrap_or(now);
    let at = |age_ms: i64| now.plus_ms(-age_ms).max(earliest);
    stage.clock.set(at(RUNNING_MS + MINUTE_MS));
    // Names what passed while the desk was down.
    stage.desk.fire_due().await?;
    let (left_over, mut open): (Vec<Open>, Vec<Open>) =
        stage.open_incidents(now).await?.into_iter().partition(|one| one.is_left_over(now));
    for one in &left_over {
        Box::pin(stage.end(one)).await?;
    }
    let mut scenes = vec![];
    if !open.iter().any(|one| one.is_fresh(now)) {
        let free = FRESH.iter().find(|(_, alarm, _)| !open.iter().any(|one| one.holds(alarm)));
        let (project, alarm, second) = free.unwrap_or(&FRESH[0]);
        // Where all are open, the first comes again, and so is ended before.
        for one in open.extract_if(.., |one| one.holds(alarm)) {
            Box::pin(stage.end(&one)).await?;
        }
        scenes.push(Scene { start: at(FRESH_MS), tale: fresh(project, alarm, *second) });
    }
    let has_time = earliest <= now.plus_ms(-RUNNING_MS);
    if has_time && !open.iter().any(|one| one.holds(RUNNING.1)) {
        scenes.push(Scene { start: at(RUNNING_MS), tale: running() });
    }
    Box::pin(stage.play(&scenes, now)).await?;
    stage.until(now).await?;
    stage.close().await;
    Ok(())
}

fn fresh(project: &'static str, alarm: &'static Alarm, second: Option<&'static Alarm>) -> Tale {
    let mut beats = vec![after(1, 0, Monitor, Fires(alarm)), after(3, 0, Monitor, Fires(alarm))];
    beats.extend(second.map(|second| after(2, 10, Monitor, Fires(second))));
    Tale { project, opening: Fires(alarm), beats }
}

fn running() -> Tale {
    let (project, alarm) = RUNNING;
    Tale {
        project,
        opening: Fires(alarm),
        beats: vec![
            after(1, 20, Kengo, Take),
            after(
                4,
                10,
                Kengo,
                Check {
                    how: "受信サーバーのログと、取引先との接続を確認",
                    found: "取引先3社のうち2社からの受信が止まっている。残る1社は正常",
                },
            ),
            after(
                7,
                30,
                Kengo,
                Judge {
                    answers: &[true],
                    says: "取引先3社のうち2社からの EDI の受信が止まっております。受信サーバー edi01 と通信経路を確認しております。",
                },
            ),
            after(
                8,
                20,
                Kengo,
                Call {
                    whom: First,
                    result: CallResult::Answered,
                    note: "2社からの受信が止まっていること、通信経路を調査中であることをお伝えした",
                },
            ),
            after(
                21,
                0,
                Kengo,
                Step {
                    step: "保守手順 EDI-01 に従い、受信プロセスを再起動",
                    result: "再起動後も2社からの受信は再開しない",
                },
            ),
            after(
                29,
                0,
                Kengo,
                Step {
                    step: "VPN装置の接続状態を確認",
                    result: "2社向けのトンネルが切断されている。回線事業者へ問い合わせ中",
                },
            ),
        ],
    }
}

impl Open {
    fn holds(&self, alarm: &Alarm) -> bool {
        std::ptr::eq(self.alarm, alarm)
    }

    fn is_left_over(&self, now: Instant) -> bool {
        now.since_ms(self.tale.alert_at()) > LEFT_OVER_MS
    }

    fn is_fresh(&self, now: Instant) -> bool {
        self.tale.state == State::Detected && now.since_ms(self.tale.alert_at()) <= STILL_FRESH_MS
    }
}

impl Stage {
    /// The incidents that starts of the demo made and that the same alarm would still join.
    async fn open_incidents(&self, now: Instant) -> anyhow::Result<Vec<Open>> {
        let mut open = vec![];
        for row in self.desk.board(self.caller(Hikari)?).await? {
            let tale = self.incident(&row.row.key).await?;
            let Origin::Alert { dedup_key, .. } = &tale.origin else { continue };
            let known = FRESH.iter().map(|(project, alarm, _)| (*project, *alarm)).chain([RUNNING]);
            let alarm = known.into_iter().find(|(project, alarm)| alarm.dedup_key(project) == *dedup_key);
            let joins = !matches!(tale.joins_until(), Joins::Until(until) if until < now.plus_ms(-RUNNING_MS));
            if let Some((project, alarm)) = alarm.filter(|_| joins) {
                open.push(Open { project, alarm, tale });
            }
        }
        Ok(open)
    }

    async fn incident(&self, key: &RecordKey) -> anyhow::Result<Incident> {
        Ok(self.desk.incident(self.caller(Hikari)?, key).await?.incident)
    }

    /// Brings a left-over incident to its end, step by step, at one instant.
    async fn end(&self, one: &Open) -> anyhow::Result<()> {
        let key = &one.tale.key;
        loop {
            let tale = self.incident(key).await?;
            let (who, act) = match (tale.state, tale.awaiting_second()) {
                // What is merged ends with its parent.
                (State::Closed | State::FalseAlarm | State::Merged, _) => return Ok(()),
                (_, Some(judgement)) => (other_than(&judgement.mark.actor, self.caller(Hikari)?), Confirm),
                (state, None) => (Hikari, next_step(state, &tale, one.project)),
            };
            self.act(one.project, Some(key), who, &act).await.context("ending what was left over")?;
        }
    }
}

/// Whoever may confirm what somebody judged.
fn other_than(actor: &Actor, hikari: &Caller) -> Who {
    if actor.person_id() == hikari.person() { Kengo } else { Hikari }
}

fn next_step(state: State, tale: &Incident, project: &str) -> Act {
    match state {
        State::Detected => Take,
        State::Triaging if tale.checks.is_empty() => Check {
            how: "監視の値と画面の応答を確認",
            found: "正常に応答している。アラートの発生時から対応の記録がない",
        },
        State::Triaging => Judge { answers: harmless(project), says: "" },
        State::Judged => {
            Tell("検知した事象は解消しており、現在は正常に稼動しております。ご連絡が遅くなり、申し訳ございません。")
        }
        State::Notified => Recover { minutes_ago: 0, data_minutes_ago: None },
        State::Confirming => TellRecovery {
            method: "監視の値と画面の応答を確認",
            says: "正常に稼動していることを確認いたしました。",
        },
        State::RecoveryNotified | State::Closed | State::FalseAlarm | State::Merged => Close {
            class: "unknown",
            cause: "事象は解消しておりますが、原因は確認できておりません。再発した場合は改めて調査いたします。",
            confirmed_by: "監視センター（お客様からのご回答なし）",
        },
    }
}

/// The answers by which the criteria of a project find no impact.
fn harmless(project: &str) -> &'static [bool] {
    match project {
        "HAISHA" => &[false, false, true, false],
        "PORTAL" => &[true, false, false],
        _ => &[false, false, false],
    }
}
