//! Pages to staff: who of a group is told, in which order, and that nobody is told in vain (Q-13; design §6).
//!
//! A page is a message of the class `page`: looked at again when it is sent, so that who took the escalation meanwhile is
//! left alone. Notices to customers are never held up by any of this.

use super::case::Case;
use super::outgoing::{Letter, Payload, one_line};
use crate::desk::read_paper;
use crate::{Answer, Desk};
use domain::fact::{Body, NewFact};
use domain::ids::{MessageId, PersonId};
use domain::incident::escalation::{Cause, Group};
use domain::paper::{DutyList, Paper};
use store::{ClaimedMessage, NewMessage};

impl Case<'_> {
    /// Who of a group is paged, and whether one after the other: the duty list of the group where there is one, else everybody
    /// who holds its role; where nobody does, the head of desk.
    pub(super) async fn ladder(&mut self, group: Group) -> Answer<(Vec<PersonId>, bool)> {
        let now = self.by.now;
        let list = self.write.provider_version_at(DutyList::KIND, now).await?;
        let list = list.map(|row| read_paper::<DutyList>(&row)).transpose()?.map(|(_, list)| list).unwrap_or_default();
        if let Some(order) = list.groups.into_iter().find(|order| order.group == group && !order.people.is_empty()) {
            return Ok((order.people, true));
        }
        for group in [group, Group::Dh] {
            let Some(role) = group.role() else { return Ok((vec![], false)) };
            let people = self.write.staff(role, now).await?;
            if !people.is_empty() {
                return Ok((people.into_iter().map(|person| person.id).collect(), false));
            }
        }
        Ok((vec![], false))
    }

    /// The facts by which the software escalates.
    pub(crate) async fn raise(&mut self, groups: &[Group], cause: Cause) -> Answer<Vec<NewFact>> {
        let mut facts = vec![];
        for to in groups {
            let (ladder, ordered) = self.ladder(*to).await?;
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

impl Desk {
    /// Whether a page is still of use: nobody took the escalation, and the incident goes on.
    pub(crate) async fn is_page_of_use(&self, claim: &ClaimedMessage) -> Answer<bool> {
        let Some(record) = &claim.record else { return Ok(true) };
        let facts = self.store.tenant(&claim.tenant).record_facts(record).await?;
        let Some(incident) = domain::incident::Incident::fold(&facts)? else { return Ok(false) };
        Ok(incident.pages.get(&claim.id).is_some_and(|page| incident.pages_for(page.escalation)))
    }
}
