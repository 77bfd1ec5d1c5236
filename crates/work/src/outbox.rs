//! The outbox: claims messages, sends them beside each other, writes down what became of each. No lock is held during a
//! send; a result counts only while its claim holds.

use desk::health::Mail as MailHealth;
use desk::incident::{Hook, Letter};
use desk::{Answer, Attempt, Content, Desk, Outgoing};
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
/// What a claim lasts beyond the longest send: for writing down how it went while the database comes back.
const MARGIN: Duration = Duration::from_secs(60);
/// Waits between tries to write down how a send went; together well within [`MARGIN`].
const WRITE_WAITS: [Duration; 4] =
    [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(9)];

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

impl Channels {
    /// How long a claim lasts: the longest send and a margin.
    fn lease_ms(&self) -> i64 {
        let mail = if let Post::Smtp(mailer) = &self.post { mailer.limit() } else { Duration::ZERO };
        let lease = mail.max(notify::webhook::LIMIT) + MARGIN;
        i64::try_from(lease.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Runs until the desk stops and sends have ended. The node must be known to live before this begins and until it ends:
/// others take over what a dead one has claimed.
pub(crate) async fn run(desk: Desk, node: String, channels: Arc<Channels>, stop: CancellationToken) {
    // From the beginning, so that the first refusal is seen as a rise.
    for (channel, outcome) in CHANNELS.into_iter().flat_map(|channel| OUTCOMES.map(|outcome| (channel, outcome))) {
        count(channel, outcome, 0);
    }
    let mut changes = desk.listen();
    let mut sends: JoinSet<()> = JoinSet::new();
    let lease_ms = channels.lease_ms();
    while !stop.is_cancelled() {
        while let Some(ended) = sends.try_join_next() {
            tell_of_panic(ended);
        }
        let room = AT_ONCE - sends.len();
        let claimed = if room == 0 { Ok(vec![]) } else { desk.claim(&node, room as u32, lease_ms).await };
        let claimed = claimed.unwrap_or_else(|error| {
            tracing::warn!(%error, "the outbox could not be read; messages wait, the longest for the end of a lease");
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
            Some(ended) = sends.join_next(), if room == 0 => tell_of_panic(ended),
            () = crate::act(&mut changes), if room > 0 => {}
        }
    }
    let drained = async {
        while let Some(ended) = sends.join_next().await {
            tell_of_panic(ended);
        }
    };
    if tokio::time::timeout(GRACE, drained).await.is_err() {
        tracing::warn!(
            unfinished = sends.len(),
            "stopped during sends; another node or the next start sends them again"
        );
    }
}

/// Channels as the outbox names them.
const CHANNELS: [&str; 2] = ["mail", "webhook"];
/// How a try may end.
const OUTCOMES: [&str; 3] = ["delivered", "deferred", "refused"];

fn count(channel: &str, outcome: &'static str, tries: u64) {
    metrics::counter!("madoguchi_messages_total", "channel" => channel.to_owned(), "outcome" => outcome)
        .increment(tries);
}

async fn deliver(desk: Desk, channels: Arc<Channels>, outgoing: Outgoing) {
    let claim = &outgoing.claim;
    let attempt = attempt(&desk, &channels, &outgoing).await;
    let [delivered, deferred, refused] = OUTCOMES;
    let outcome = match &attempt {
        Attempt::Delivered { .. } => delivered,
        Attempt::Deferred { .. } => deferred,
        Attempt::Refused { .. } => refused,
    };
    count(&claim.channel, outcome, 1);
    let finished = again_and_again(&WRITE_WAITS, || desk.finish(claim, &attempt)).await;
    match finished {
        Ok(true) => {}
        Ok(false) => tracing::warn!(message = %claim.id, "another node took this message over"),
        Err(error) => {
            tracing::warn!(message = %claim.id, %error, "the outcome of a send could not be written down; it is sent again when its lease ends");
        }
    }
}

/// Tries, and tries again after each wait until it works. Being refused does not change by waiting.
async fn again_and_again<T, R>(waits: &[Duration], attempt: impl Fn() -> R) -> Answer<T>
where
    R: Future<Output = Answer<T>>,
{
    for wait in waits {
        match attempt().await {
            Err(desk::Error::Failed(error)) => {
                tracing::warn!(%error, "the outcome of a send is not written down yet; trying again");
                tokio::time::sleep(*wait).await;
            }
            answer => return answer,
        }
    }
    attempt().await
}

fn tell_of_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a send ended in a fault; its message is sent again when its lease ends");
    }
}

async fn attempt(desk: &Desk, channels: &Channels, outgoing: &Outgoing) -> Attempt {
    let result = match &outgoing.content {
        Content::Unsendable(attempt) => return attempt.clone(),
        Content::Mail(letter) => post(desk, &channels.post, outgoing, letter).await,
        Content::Webhook(hook, secret) => match secret.parse() {
            Ok(secret) => call(desk, &channels.egress, outgoing, hook, secret).await,
            Err(error) => {
                let detail = format!("Webhookの秘密を読めません / the secret of the webhook cannot be read: {error}");
                return Attempt::Deferred { detail };
            }
        },
    };
    match result {
        Ok(delivered) => Attempt::Delivered { detail: delivered.reply },
        Err(Undelivered { kind: Kind::Transient, reason, .. }) => Attempt::Deferred { detail: reason },
        Err(Undelivered { kind: Kind::Permanent, reason, .. }) => Attempt::Refused { detail: reason },
    }
}

async fn call(
    desk: &Desk,
    egress: &Egress,
    outgoing: &Outgoing,
    hook: &Hook,
    secret: Secret,
) -> Result<notify::Delivered, Undelivered> {
    let webhook = Webhook {
        url: outgoing.claim.recipient.clone(),
        id: outgoing.claim.id.to_string(),
        at: desk.now().await.unwrap_or(outgoing.claim.created),
        body: hook.body.clone(),
        secrets: vec![secret],
    };
    notify::webhook::send(egress, &webhook).await
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
            _ => Err(Undelivered::on_the_way("メールサーバーが設定されていません / no mail server is configured")),
        };
    };
    let mail = Mail {
        message_id: letter.message_id.clone(),
        in_reply_to: letter.follows.clone(),
        reply_to: letter.reply_to.clone(),
        references: letter.follows.iter().cloned().collect(),
        to: Mailbox { name: letter.to_name.clone(), address: letter.to.clone() },
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        headers: vec![],
        date: desk.now().await.unwrap_or(outgoing.claim.created),
    };
    let result = mailer.send(&mail).await;
    // What the relay says of one mail tells nothing of the others.
    match &result {
        Ok(_) => tell_health(desk, None).await,
        Err(fault) if fault.on_the_way => tell_health(desk, Some(fault)).await,
        Err(_) => {}
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use store::Failure;

    async fn tried(failures: usize, refused: bool) -> (usize, bool) {
        let tries = AtomicUsize::new(0);
        let attempt = || {
            std::future::ready(match tries.fetch_add(1, Ordering::SeqCst) {
                n if n < failures && refused => Err(domain::refusal::Refusal::not_found().into()),
                n if n < failures => Err(Failure::Away("gone".into()).into()),
                _ => Ok(()),
            })
        };
        let answer = again_and_again(&[Duration::ZERO; 4], attempt).await;
        (tries.into_inner(), answer.is_ok())
    }

    #[tokio::test]
    async fn an_outcome_is_written_down_once_the_database_is_back() {
        assert_eq!(tried(0, false).await, (1, true));
        assert_eq!(tried(4, false).await, (5, true));
        assert_eq!(tried(9, false).await, (5, false));
        assert_eq!(tried(9, true).await, (1, false));
    }

    #[test]
    fn the_tries_to_write_down_fit_into_the_lease() {
        assert!(WRITE_WAITS.iter().sum::<Duration>() < MARGIN / 2);
    }
}
