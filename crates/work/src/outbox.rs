//! The outbox: claims messages, sends them beside each other, writes down what became of each. No lock is held during a
//! send; a result counts only while its claim holds.

use desk::health::Mail as MailHealth;
use desk::incident::{Letter, Payload};
use desk::{Attempt, Desk, Outgoing};
use notify::egress::Egress;
use notify::mail::{Mail, Mailbox, Mailer};
use notify::webhook::{Secret, Webhook};
use notify::{Kind, Undelivered};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Sends of one node beside each other.
const AT_ONCE: usize = 32;
/// How often the outbox is looked at without a bell.
const POLL: Duration = Duration::from_millis(100);
/// How long a send may still take once the desk stops.
const GRACE: Duration = Duration::from_secs(8);

/// Where mail goes.
pub enum Post {
    /// To a server.
    Smtp(Box<Mailer>),
    /// Into the built-in outbox page only: the demo.
    BuiltIn,
    /// Nowhere: no server is configured, and the board says so.
    Nowhere,
}

/// How messages leave.
pub struct Channels {
    /// Mail.
    pub post: Post,
    /// Webhooks.
    pub egress: Egress,
}

pub(crate) async fn run(desk: Desk, node: String, channels: Arc<Channels>, stop: CancellationToken) {
    let mut changes = desk.listen();
    let mut sends: JoinSet<()> = JoinSet::new();
    while !stop.is_cancelled() {
        while sends.try_join_next().is_some() {}
        let room = AT_ONCE - sends.len();
        let claimed = if room == 0 { Ok(vec![]) } else { desk.claim(&node, room as u32).await };
        let claimed = claimed.unwrap_or_else(|error| {
            tracing::warn!(%error, "the outbox could not be read; messages wait");
            vec![]
        });
        if !claimed.is_empty() {
            for outgoing in claimed {
                sends.spawn(deliver(desk.clone(), Arc::clone(&channels), outgoing));
            }
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
            Some(_sent) = sends.join_next(), if room == 0 => {}
            _rang = changes.recv(), if room > 0 => {}
        }
    }
    let drained = async { while sends.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, drained).await.is_err() {
        tracing::warn!(
            unfinished = sends.len(),
            "stopped during sends; another node or the next start sends them again"
        );
    }
}

async fn deliver(desk: Desk, channels: Arc<Channels>, outgoing: Outgoing) {
    let claim = &outgoing.claim;
    let attempt = attempt(&desk, &channels, &outgoing).await;
    let outcome = match &attempt {
        Attempt::Delivered { .. } => "delivered",
        Attempt::Deferred { .. } => "deferred",
        Attempt::Refused { .. } => "refused",
    };
    metrics::counter!("madoguchi_messages_total", "channel" => claim.channel.clone(), "outcome" => outcome)
        .increment(1);
    match desk.finish(claim, &attempt).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!(message = %claim.id, "another node took this message over"),
        Err(error) => tracing::warn!(message = %claim.id, %error, "the outcome of a send could not be written down"),
    }
}

async fn attempt(desk: &Desk, channels: &Channels, outgoing: &Outgoing) -> Attempt {
    let result = match &outgoing.payload {
        None => return Attempt::Refused { detail: "本文は消去されました / the words were erased".into() },
        Some(Payload::Mail(letter)) => post(desk, &channels.post, outgoing, letter).await,
        Some(Payload::Webhook(hook)) => {
            let secrets: Vec<Secret> = outgoing.secrets.iter().filter_map(|secret| secret.parse().ok()).collect();
            if secrets.is_empty() {
                return Attempt::Refused { detail: "Webhookは無効です / the webhook is disabled".into() };
            }
            let at = desk.now().await.unwrap_or(outgoing.claim.created);
            let (url, id, body) = (outgoing.claim.recipient.clone(), outgoing.claim.id.to_string(), hook.body.clone());
            notify::webhook::send(&channels.egress, &Webhook { url, id, at, body, secrets }).await
        }
    };
    match result {
        Ok(delivered) => Attempt::Delivered { detail: delivered.reply },
        Err(Undelivered { kind: Kind::Transient, reason }) => Attempt::Deferred { detail: reason },
        Err(Undelivered { kind: Kind::Permanent, reason }) => Attempt::Refused { detail: reason },
    }
}

async fn post(
    desk: &Desk,
    post: &Post,
    outgoing: &Outgoing,
    letter: &Letter,
) -> Result<notify::Delivered, Undelivered> {
    let Post::Smtp(mailer) = post else {
        return match post {
            Post::BuiltIn => Ok(notify::Delivered { reply: "送信箱 / built-in outbox".into() }),
            _ => Err(Undelivered {
                kind: Kind::Transient,
                reason: "メールサーバーが設定されていません / no mail server is configured".into(),
            }),
        };
    };
    let mail = Mail {
        message_id: letter.message_id.clone(),
        in_reply_to: letter.follows.clone(),
        references: letter.follows.iter().cloned().collect(),
        to: Mailbox { name: letter.to_name.clone(), address: letter.to.clone() },
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        headers: vec![],
        date: desk.now().await.unwrap_or(outgoing.claim.created),
    };
    let result = mailer.send(&mail).await;
    tell_health(desk, result.as_ref().err().filter(|e| e.kind == Kind::Transient)).await;
    result
}

/// Whether the mail server can be reached, also while nothing is to be sent.
pub(crate) async fn probe(desk: Desk, channels: Arc<Channels>) -> anyhow::Result<()> {
    match &channels.post {
        Post::Smtp(mailer) => tell_health(&desk, mailer.probe().await.as_ref().err()).await,
        Post::BuiltIn => desk.health().update(|state| state.mail = MailHealth::BuiltIn),
        Post::Nowhere => desk.health().update(|state| state.mail = MailHealth::NotConfigured),
    }
    Ok(())
}

async fn tell_health(desk: &Desk, fault: Option<&Undelivered>) {
    let now = desk.now().await.unwrap_or_default();
    desk.health().update(|state| {
        state.mail = match (fault, &state.mail) {
            (None, _) => MailHealth::Works,
            (Some(fault), MailHealth::Fails { since, .. }) => {
                MailHealth::Fails { since: *since, reason: fault.reason.clone() }
            }
            (Some(fault), _) => MailHealth::Fails { since: now, reason: fault.reason.clone() },
        };
    });
}
