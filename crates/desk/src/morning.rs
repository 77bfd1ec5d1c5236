//! The mail at 09:00: what happened since the last one, to each customer with news, once a day.
//!
//! Which mornings were told stands in facts. A look asks for the morning of today: whatever was down at 09:00 sends it late on
//! the same day, and nobody sends it twice, since a tenant's chain is written by one at a time.

use crate::desk::read_paper;
use crate::incident::{Letter, Payload, calendar_as_of};
use crate::{Answer, Change, Desk};
use domain::access::Role;
use domain::contact::ContactPlan;
use domain::fact::{Body, Fact, NewFact};
use domain::ids::{MessageId, RecordKey, TenantId};
use domain::incident::Incident;
use domain::paper::{Paper, Provider};
use domain::time::{HOUR_MS, Instant};
use std::collections::BTreeMap;
use store::{NewMessage, Write};

/// The class of these messages: no notice of an incident, and nobody is called where one does not arrive. Classes are sent in
/// their alphabetical order, so this one comes last.
pub(crate) const MORNING: &str = "summary";
/// How far back the first mail looks.
const FIRST_MS: i64 = 24 * HOUR_MS;

/// How telling the morning went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mornings {
    /// Customers who were told now.
    pub told: usize,
    /// The morning that is done with: nobody has to look again before the next one.
    pub done: Option<Instant>,
}

/// An incident with news, and its title.
type News = Vec<(String, Incident)>;

impl Desk {
    /// Tells the morning of today to each customer with news that was not told it yet, unless `done` names it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tell_mornings(&self, done: Option<Instant>) -> Answer<Mornings> {
        let now = self.now().await?;
        let until = domain::night::morning(now, &self.calendar(now).await?);
        let Some(until) = until.filter(|until| done.is_none_or(|done| done < *until)) else {
            return Ok(Mornings { told: 0, done });
        };
        let mut mornings = Mornings { told: 0, done: Some(until) };
        for tenant in self.store.system().tenants().await?.into_iter().filter(|tenant| !tenant.is_provider()) {
            match self.tell_morning(&tenant.id, &tenant.name, until).await {
                Ok(was_told) => mornings.told += usize::from(was_told),
                Err(crate::Error::Failed(failure)) if failure.is_unavailable() => return Err(failure.into()),
                Err(error) => {
                    tracing::error!(tenant = %tenant.id, %error, "the morning could not be told; it is tried again");
                    mornings.done = done;
                }
            }
        }
        Ok(mornings)
    }

    /// Whatever was told since the last mail is in this one; whether one goes at all is decided by what was told until nine.
    async fn tell_morning(&self, tenant: &TenantId, name: &str, until: Instant) -> Answer<bool> {
        // Asked without the chain's lock first: mostly there is nothing to tell.
        let last = self.store.tenant(tenant).last_morning().await?;
        if self.news(tenant, last.as_ref(), until).await?.is_none() {
            return Ok(false);
        }
        let mut write = self.store.write(tenant).await?;
        let last = write.last_morning().await?;
        let Some(news) = self.news(tenant, last.as_ref(), until).await? else { return Ok(false) };
        let since = told_until(last.as_ref()).unwrap_or(until.plus_ms(-FIRST_MS));
        let calendar = {
            let now = write.now();
            calendar_as_of(&mut write, now).await?
        };
        let now = write.now();
        let mut briefs = vec![];
        for (title, incident) in &news {
            let link = format!("{}/incidents/{}", self.settings().base_url, incident.key);
            briefs.push(format!("■ {}\n{link}", incident.brief(title, name, now, &calendar)));
        }
        let date = calendar.date_of(until);
        let provider = write.provider_version_at(Provider::KIND, now).await?;
        let provider = provider.map(|row| read_paper::<Provider>(&row)).transpose()?.map(|(_, provider)| provider);
        let provider = provider.unwrap_or_default();
        let text = format!(
            "{name} ご担当者様\n\n{} から {} までのお知らせです。\n\n{}\n\n──\nこの夜の一覧: {}/night\n{}{}\n",
            shown(since, &calendar),
            shown(now, &calendar),
            briefs.join("\n\n"),
            self.settings().base_url,
            provider.name,
            if provider.phone.is_empty() { String::new() } else { format!(" {}", provider.phone) },
        );
        let subject = format!("【朝のお知らせ】{} 障害 {}件", date.strftime("%-m月%-d日"), news.len());
        let (mut messages, mut ids) = (vec![], vec![]);
        for (mail, to_name) in self.morning_recipients(&mut write, &news, now).await? {
            let id = MessageId::new(store::random::letters::<16>());
            let letter = Letter {
                to_name,
                to: mail.clone(),
                subject: subject.clone(),
                text: text.clone(),
                message_id: format!("morning.{date}.{id}.{tenant}@{}", self.settings().message_domain).to_lowercase(),
                follows: None,
                reply_to: None,
            };
            let payload = serde_json::to_vec(&Payload::Mail(letter))
                .map_err(|error| store::Failure::Corrupt(format!("a letter: {error}")))?;
            messages.push(NewMessage {
                id: id.clone(),
                // Once a day and address, whatever else goes wrong.
                key: format!("morning:{date}:{mail}"),
                class: MORNING.to_owned(),
                channel: "mail".to_owned(),
                record: None,
                recipient: mail,
                payload: write.blob("application/json", &payload),
                not_before: now,
            });
            ids.push(id);
        }
        write.queue_messages(messages).await?;
        let text = write.text(&text);
        let incidents: Vec<RecordKey> = news.iter().map(|(_, incident)| incident.key.clone()).collect();
        let body = Body::MorningTold { since, until, incidents, text, messages: ids };
        write.append(NewFact::by_system(None, body));
        write.commit().await?;
        self.ring(Change::Act);
        Ok(true)
    }

    /// The incidents of a tenant with news since its last morning; none where this morning was told, or nothing was until nine.
    async fn news(&self, tenant: &TenantId, last: Option<&Fact>, until: Instant) -> Answer<Option<News>> {
        if told_until(last).is_some_and(|told| told >= until) {
            return Ok(None);
        }
        // By place and not by instant: a fact that reached the disk late is told the next time.
        let (seq, after) = last.map_or((0, until.plus_ms(-FIRST_MS)), |last| (last.seq, Instant::from_ms(0)));
        let store = self.store.tenant(tenant);
        let (mut found, mut is_due) = (vec![], false);
        for key in store.records_told_since(seq, after).await? {
            let Some(incident) = Incident::fold(&store.record_facts(&key).await?)? else { continue };
            let news: Vec<Instant> =
                incident.news().filter(|mark| mark.seq > seq && mark.at > after).map(|mark| mark.at).collect();
            if news.is_empty() {
                continue;
            }
            is_due |= news.iter().any(|at| *at <= until);
            let title = store.blob_text(&incident.title).await?.unwrap_or_default();
            found.push((title, incident));
        }
        found.sort_by_key(|(_, incident)| incident.alert_at());
        Ok(is_due.then_some(found))
    }

    /// Addresses with names: the contacts of the projects with news that have a mail, and where there are none the customer's
    /// own people.
    async fn morning_recipients(
        &self,
        write: &mut Write,
        news: &News,
        now: Instant,
    ) -> Answer<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        let mut projects: Vec<&str> = news.iter().map(|(_, incident)| incident.project.as_str()).collect();
        projects.sort_unstable();
        projects.dedup();
        for project in projects {
            let plan = write.version_at(ContactPlan::KIND, project, now).await?;
            let Some((_, plan)) = plan.map(|row| read_paper::<ContactPlan>(&row)).transpose()? else { continue };
            let with_mail = plan.contacts.into_iter().filter(|contact| !contact.mail.is_empty());
            found.extend(with_mail.map(|contact| (contact.mail, contact.name)));
        }
        if found.is_empty() {
            for role in [Role::Ca, Role::Cu] {
                let people = self.store.tenant(write.tenant()).holders(role, now).await?;
                found.extend(people.into_iter().map(|person| (person.email, person.name)));
            }
        }
        Ok(found)
    }
}

/// Until when the last mail told.
fn told_until(last: Option<&Fact>) -> Option<Instant> {
    match last.map(|fact| &fact.body) {
        Some(Body::MorningTold { until, .. }) => Some(*until),
        _ => None,
    }
}

fn shown(at: Instant, calendar: &domain::calendar::Calendar) -> String {
    at.timestamp().to_zoned(calendar.zone().clone()).strftime("%-m月%-d日 %H:%M").to_string()
}
