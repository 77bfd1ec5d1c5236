//! Pages to staff: who of a group is told, in which order, and that nobody is told in vain (Q-13; design §6).
//!
//! A page is a message of the class `page`: looked at again when it is sent, so that who took the escalation meanwhile is
//! left alone, and how many a person gets is limited. Notices to customers are never held up by any of this.

use super::case::Case;
use super::outgoing::{Letter, Payload, one_line};
use crate::desk::read_paper;
use crate::{Answer, Attempt, Desk};
use domain::fact::{Body, NewFact};
use domain::ids::{BlobId, MessageId, PersonId, RecordKey, TenantId};
use domain::incident::Incident;
use domain::incident::escalation::{Cause, Group};
use domain::paging::{GAP_MINUTES, Way, digest_order, way};
use domain::paper::{DutyList, Paper};
use domain::request::Request;
use domain::time::{Instant, SECOND_MS};
use domain::words::Lang;
use store::{ClaimedMessage, NewMessage, WaitingPage, Write};

/// Who of a group is paged, and whether one after the other: the duty list of the group where there is one, else everybody who
/// holds its role; where nobody does, the head of desk.
pub(crate) async fn ladder(write: &mut Write, group: Group) -> Answer<(Vec<PersonId>, bool)> {
    let now = write.now();
    let list = write.provider_version_at(DutyList::KIND, now).await?;
    let list = list.map(|row| read_paper::<DutyList>(&row)).transpose()?.map(|(_, list)| list).unwrap_or_default();
    if let Some(order) = list.groups.into_iter().find(|order| order.group == group && !order.people.is_empty()) {
        return Ok((order.people, true));
    }
    for group in [group, Group::Dh] {
        let Some(role) = group.role() else { return Ok((vec![], false)) };
        let people = write.staff(role, now).await?;
        if !people.is_empty() {
            return Ok((people.into_iter().map(|person| person.id).collect(), false));
        }
    }
    Ok((vec![], false))
}

impl Case<'_> {
    /// The facts by which the software escalates.
    pub(crate) async fn raise(&mut self, groups: &[Group], cause: Cause) -> Answer<Vec<NewFact>> {
        let mut facts = vec![];
        for to in groups {
            let (ladder, ordered) = ladder(&mut self.write, *to).await?;
            let body = Body::Escalated { to: *to, cause, text: None, ladder, ordered };
            facts.push(NewFact::by_system(Some(self.incident.key.clone()), body));
        }
        Ok(facts)
    }

    /// Pages the people of a step of an escalation, and returns the facts that say so.
    #[expect(clippy::expect_used, reason = "a payload is texts only: nothing JSON cannot say")]
    pub(crate) async fn page(&mut self, number: u32, step: u32) -> Answer<Vec<NewFact>> {
        let Some(escalation) = self.incident.escalation(number) else { return Ok(vec![]) };
        let (cause, words, people) =
            (escalation.what.cause, escalation.what.text.clone(), escalation.what.at_step(step).to_vec());
        let title = self.write.blob_text(&self.incident.title).await?.unwrap_or_default();
        let words = match words {
            Some(words) => self.write.blob_text(&words).await?.unwrap_or_default(),
            None => String::new(),
        };
        let key = self.incident.key.clone();
        let link = format!("{}/incidents/{key}#escalations", self.desk.settings().base_url);
        let domain = &self.desk.settings().message_domain;
        let (mut messages, mut facts) = (vec![], vec![]);
        for person in self.write.people(&people).await?.into_iter().filter(|person| person.disabled.is_none()) {
            let id = MessageId::new(store::random::letters::<16>());
            let why = cause.label().in_lang(person.lang);
            let take = person.lang.pick(
                "受領する（受領まで5分ごとに次の人へ連絡します）",
                "Take it (the next is paged each five minutes until somebody does)",
            );
            let letter = Letter {
                reply_to: None,
                to_name: person.name.clone(),
                to: person.email.clone(),
                subject: format!(
                    "[{key}] 【{}】{why}: {}",
                    person.lang.pick("エスカレーション", "Escalation"),
                    one_line(&title)
                ),
                text: [why, words.as_str(), &format!("{take}: {link}")]
                    .into_iter()
                    .filter(|line| !line.is_empty())
                    .collect::<Vec<_>>()
                    .join("\n")
                    + "\n",
                message_id: format!("{key}.page.{number}.{step}.{}@{domain}", person.id).to_lowercase(),
                follows: None,
            };
            let bytes = serde_json::to_vec(&Payload::Mail(letter)).expect("a payload is JSON");
            messages.push(NewMessage {
                id: id.clone(),
                key: format!("{key}:page:{number}:{step}:{}", person.id),
                class: PAGE.to_owned(),
                channel: "mail".to_owned(),
                record: Some(key.clone()),
                recipient: person.email,
                payload: self.write.blob("application/json", &bytes),
                not_before: self.by.now,
            });
            let body = Body::PageQueued { message: id, escalation: number, step, person: person.id };
            facts.push(NewFact::by_system(Some(key.clone()), body));
        }
        let queued = self.write.queue_messages(messages).await?;
        let is_queued =
            |fact: &NewFact| matches!(&fact.body, Body::PageQueued { message, .. } if queued.contains(message));
        Ok(facts.into_iter().filter(is_queued).collect())
    }
}

/// The class of messages to staff.
pub(crate) const PAGE: &str = "page";

/// How a claimed page goes on.
pub(crate) enum Paged {
    /// As it was written.
    Alone,
    /// As a digest with everything that waits for the same person.
    Together(Letter),
    /// It went out with another one, or is of no use any more.
    Over(Attempt),
    /// Not before that instant.
    Later(Instant),
}

/// How long a page waits for the digest that it goes out with to be sent.
const DIGEST_WAIT_MS: i64 = 5 * SECOND_MS;
/// A digest tells so many pages in full and counts the rest.
const TOLD_MAX: usize = 100;

/// A page of a digest: how urgent it is, and what it says.
struct Told {
    critical: bool,
    queued: Instant,
    letter: Letter,
}

impl Desk {
    /// Whether a page is still of use, and how it goes out: by itself, with others, or later (see [`domain::paging`]).
    pub(crate) async fn paged(&self, claim: &ClaimedMessage) -> Answer<Paged> {
        let Some(own) =
            self.told_by(&claim.tenant, &claim.id, claim.record.as_ref(), &claim.payload, claim.created).await?
        else {
            let detail = "受領済みか終了のため、送りません / taken already or over: not sent".to_owned();
            return Ok(Paged::Over(Attempt::Refused { detail }));
        };
        let system = self.store.system();
        let Some(standing) = system.page_standing(claim).await? else { return Ok(Paged::Alone) };
        let gap = self.now().await?.plus_minutes(-GAP_MINUTES);
        let is_on_its_way = standing.let_out.is_some_and(|at| at >= gap);
        match (&standing.digest, standing.carrier.as_deref()) {
            (Some(carrier), Some("delivered")) if *carrier != claim.id => {
                let detail = format!("まとめて送信しました / sent together with others: {carrier}");
                return Ok(Paged::Over(Attempt::Delivered { detail }));
            }
            (Some(carrier), Some("queued" | "sending")) if *carrier != claim.id => {
                return Ok(Paged::Later(self.now().await?.plus_ms(DIGEST_WAIT_MS)));
            }
            // Let out a moment ago, and tried again. What was let out before a gap is looked at anew.
            (Some(_), _) if is_on_its_way => {
                let others = system.pages_with(claim).await?;
                return self.digest(claim, own, &others).await;
            }
            (None, _) if is_on_its_way => return Ok(Paged::Alone),
            _ => {}
        }
        let waiting = system.waiting_pages(claim).await?;
        let queued: Vec<Instant> = waiting.iter().map(|page| page.created).collect();
        let pager = system.pager(claim).await?;
        if pager.digest != standing.digest {
            // Another node put it into a digest meanwhile.
            return Ok(Paged::Later(pager.now.plus_ms(DIGEST_WAIT_MS)));
        }
        match way(&pager.let_out, &queued, pager.now) {
            Way::Single => {
                pager.let_out(claim, false, &[]).await?;
                Ok(Paged::Alone)
            }
            Way::Digest => {
                pager.let_out(claim, true, &waiting).await?;
                self.digest(claim, own, &waiting).await
            }
            Way::Wait(until) => Ok(Paged::Later(until)),
        }
    }

    /// The digest of a page and what goes out with it; the page itself where nothing else is of use any more.
    async fn digest(&self, claim: &ClaimedMessage, own: Told, others: &[WaitingPage]) -> Answer<Paged> {
        let message_id = own.letter.message_id.clone();
        let mut told = vec![own];
        for page in others.iter().filter(|page| page.id != claim.id) {
            told.extend(self.told_by(&page.tenant, &page.id, page.record.as_ref(), &page.payload, page.created).await?);
        }
        told.sort_by_key(|page| digest_order(page.critical, page.queued));
        let person = self.store.system().person_by_email(&claim.recipient).await?;
        let lang = person.map_or(Lang::Ja, |person| person.lang);
        let count = told.len();
        let Some(first) = told.first().filter(|_| count > 1) else { return Ok(Paged::Alone) };
        let subject = match lang {
            Lang::Ja => format!("【まとめ {count}件】{}", first.letter.subject),
            Lang::En => format!("{count} escalations: {}", first.letter.subject),
        };
        let intro = lang.pick(
            "お知らせが続いたため、まとめてお送りします。緊急のもの、新しいものから順に並べています。",
            "There were many, so they come together: the critical first, of those the newest.",
        );
        let mut text = format!("{intro}\n");
        for page in told.iter().take(TOLD_MAX) {
            text.push_str(&format!("\n■ {}\n{}", page.letter.subject, page.letter.text));
        }
        if count > TOLD_MAX {
            let more = count - TOLD_MAX;
            text.push_str(&format!("\n{}: {more}\n", lang.pick("このほかの件数", "More")));
        }
        let Letter { to_name, to, .. } = first.letter.clone();
        Ok(Paged::Together(Letter { to_name, to, subject, text, message_id, follows: None, reply_to: None }))
    }

    /// What a page says, while it is of use: nobody took the escalation, and the incident goes on; or the warning of a request holds.
    async fn told_by(
        &self,
        tenant: &TenantId,
        id: &MessageId,
        record: Option<&RecordKey>,
        payload: &BlobId,
        queued: Instant,
    ) -> Answer<Option<Told>> {
        let Some(record) = record else { return Ok(None) };
        let scope = self.store.tenant(tenant);
        let facts = scope.record_facts(record).await?;
        let critical = if matches!(facts.first().map(|fact| &fact.body), Some(Body::RequestFiled(_))) {
            let Some(request) = Request::fold(&facts)?.filter(|request| request.wants_page(id)) else {
                return Ok(None);
            };
            request.urgent.is_some()
        } else {
            let Some(incident) = Incident::fold(&facts)? else { return Ok(None) };
            if !incident.pages.get(id).is_some_and(|page| incident.pages_for(page.escalation)) {
                return Ok(None);
            }
            incident.severity == "critical"
        };
        let words = scope.blob_text(payload).await?.unwrap_or_default();
        let Ok(Payload::Mail(letter)) = serde_json::from_str(&words) else { return Ok(None) };
        Ok(Some(Told { critical, queued, letter }))
    }
}
