//! Pages: by mail and by a call, in both languages. One way that works is enough.

use super::ask::{Heard, egress};
use super::settings::{Settings, Webhook};
use anyhow::{Context, bail};
use domain::calendar::Calendar;
use domain::time::Instant;
use domain::watch::Say;
use futures::future::join_all;
use notify::egress::Egress;
use notify::mail::{Mail, Mailbox, Mailer};
use notify::{plain, webhook};
use serde_json::json;

/// Pages people.
pub(super) struct Pager {
    mailer: Option<Mailer>,
    mail_to: Vec<String>,
    webhook: Option<Webhook>,
    egress: Egress,
}

/// What a page says.
struct Words {
    subject: String,
    text: String,
    kind: &'static str,
    silent_s: u64,
}

impl Pager {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let mailer = settings.mail.clone().map(Mailer::new).transpose().context("mail")?;
        let egress = egress(settings, settings.webhook.iter().map(|webhook| &webhook.url)).context("webhook")?;
        if let Some(webhook) = &settings.webhook {
            egress.check_url(&webhook.url).context("webhook.url")?;
            if let Some(secret) = &webhook.secret {
                secret.0.parse::<webhook::Secret>().context("webhook.secret")?;
            }
        }
        Ok(Self { mailer, mail_to: settings.mail_to.clone(), webhook: settings.webhook.clone(), egress })
    }

    /// Whether anybody could be paged, as far as can be known without paging. A receiver of calls is not tried.
    pub(super) async fn probe(&self) -> anyhow::Result<()> {
        let Some(mailer) = &self.mailer else { return Ok(()) };
        match mailer.probe().await {
            Ok(_) => Ok(()),
            Err(fault) if self.webhook.is_some() => {
                tracing::warn!(%fault, "mail would not get out; only calls would");
                Ok(())
            }
            Err(fault) => bail!("{fault}"),
        }
    }

    /// Tells everybody by every way; whether anybody took it.
    pub(super) async fn tell(&self, say: Say, heard: &[Heard]) -> bool {
        let now = store::clock::process_now();
        let Some(words) = words(say, heard, now) else { return true };
        tracing::warn!(silent_s = words.silent_s, kind = words.kind, "paging");
        let id = store::random::letters::<16>();
        let (mailed, called) = tokio::join!(self.mail(&words, &id, now), self.call(&words, &id, heard, now));
        mailed || called
    }

    async fn mail(&self, words: &Words, id: &str, date: Instant) -> bool {
        let Some(mailer) = &self.mailer else { return false };
        let sent = self.mail_to.iter().enumerate().map(async |(place, to)| {
            let mail = Mail {
                message_id: mailer.message_id(&format!("watch.{id}.{place}")),
                in_reply_to: None,
                reply_to: None,
                references: vec![],
                to: Mailbox { name: String::new(), address: to.clone() },
                subject: words.subject.clone(),
                text: words.text.clone(),
                headers: vec![],
                date,
            };
            let sent = mailer.send(&mail).await;
            sent.inspect_err(|fault| tracing::error!(%to, %fault, "a page could not be mailed")).is_ok()
        });
        join_all(sent).await.contains(&true)
    }

    async fn call(&self, words: &Words, id: &str, heard: &[Heard], at: Instant) -> bool {
        let Some(Webhook { url, secret }) = &self.webhook else { return false };
        let nodes: Vec<_> =
            heard.iter().map(|node| json!({ "node": node.url, "ready": node.ready, "said": node.said })).collect();
        let body = json!({
            "type": words.kind, "timestamp": at, "silent_seconds": words.silent_s, "nodes": nodes,
            "text": format!("{}\n{}", words.subject, words.text),
        });
        // A secret that is none was refused at the start.
        let secret = secret.as_ref().and_then(|secret| secret.0.parse().ok());
        let called = match secret {
            Some(secret) => {
                let (url, id, body) = (url.clone(), format!("watch_{id}"), body.to_string());
                webhook::send(&self.egress, &webhook::Webhook { url, id, at, body, secrets: vec![secret] }).await
            }
            None => plain::post(&self.egress, url, body.to_string()).await,
        };
        called.inspect_err(|fault| tracing::error!(%fault, "a page could not be called out")).is_ok()
    }
}

fn words(say: Say, heard: &[Heard], now: Instant) -> Option<Words> {
    let nodes: String = heard.iter().map(|node| format!("  {}: {}\n", node.url, node.said)).collect();
    let zone = Calendar::tokyo([]).zone().clone();
    let since = |silent_ms: u64| now.plus_ms(-i64::try_from(silent_ms).unwrap_or(i64::MAX)).in_zone(&zone);
    Some(match say {
        Say::Nothing => return None,
        Say::Down { silent_ms } => Words {
            subject: format!("【窓口 停止】{}秒間どのノードも記録できません / Madoguchi is down", silent_ms / 1_000),
            text: format!(
                "{since} から、どのノードも記録できません。受け付けたアラートの期限は進んでいます。\n\
                 停止時の控え（パック）を開き、期限の近いものから電話で続けてください。かけた電話は紙に書き、\n\
                 窓口が戻ったら24時間以内に、その時刻と理由を付けて記録します。\n\n{nodes}\n\
                 No node has committed since {since}. Dues go on running: open the newest outage pack and go on by\n\
                 telephone, nearest due first; write calls down and record them within 24 hours, with time and reason.\n",
                since = since(silent_ms),
            ),
            kind: "desk.down",
            silent_s: silent_ms / 1_000,
        },
        Say::Back { silent_ms } => Words {
            subject: format!("【窓口 復旧】{}秒ぶりに記録できます / Madoguchi is back", silent_ms / 1_000),
            text: format!(
                "窓口が戻りました（{since} から停止）。紙に書いた電話を24時間以内に記録してください。\n\n{nodes}\n\
                 The desk is back (down since {since}). Record within 24 hours the calls that were written down.\n",
                since = since(silent_ms),
            ),
            kind: "desk.back",
            silent_s: silent_ms / 1_000,
        },
    })
}
