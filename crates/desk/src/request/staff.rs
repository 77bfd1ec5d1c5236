//! What a warning tells our own people, as pages in the outbox (R-3.3.1-3; Q-13). A page is looked at again when it is sent: who
//! took the request meanwhile is left alone.

use super::case::RequestCase;
use crate::Answer;
use crate::incident::paging::{PAGE, ladder};
use crate::incident::{Letter, Payload, one_line};
use domain::fact::{Body, Fact, NewFact};
use domain::ids::{MessageId, PersonId};
use domain::incident::escalation::Group;
use domain::request::duty::RequestTimer;
use domain::request::page::{Whom, warning};
use std::collections::HashSet;
use store::NewMessage;

/// Queues the pages of a fact and returns the facts that say so.
pub(super) async fn queue(case: &mut RequestCase<'_>, fact: &Fact) -> Answer<Vec<NewFact>> {
    match warning(&case.request, fact) {
        Some(timer) => page(case, timer, 0, fact.seq).await,
        None => Ok(vec![]),
    }
}

/// Queues the pages of a step; `of` tells warnings of the same kind apart.
pub(super) async fn page(case: &mut RequestCase<'_>, timer: RequestTimer, step: u32, of: u64) -> Answer<Vec<NewFact>> {
    let people = people(case, timer, step).await?;
    let title = case.write.blob_text(&case.request.title).await?.unwrap_or_default();
    let (key, settings) = (case.request.key.clone(), case.desk.settings());
    let link = format!("{}/requests/{key}", settings.base_url);
    let (mut messages, mut facts) = (vec![], vec![]);
    for person in case.write.people(&people).await?.into_iter().filter(|person| person.disabled.is_none()) {
        let id = MessageId::new(store::random::letters::<16>());
        let why = timer.label().in_lang(person.lang);
        let name = if timer == RequestTimer::Page { person.lang.pick("緊急", "Urgent") } else { why };
        let letter = Letter {
            to_name: person.name.clone(),
            to: person.email.clone(),
            subject: format!("[{key}] 【{name}】{}", one_line(&title)),
            text: format!("{why}\n{link}\n"),
            message_id: format!("{key}.page.{of}.{step}.{}@{}", person.id, settings.message_domain).to_lowercase(),
            follows: None,
            reply_to: None,
        };
        let bytes = serde_json::to_vec(&Payload::Mail(letter))
            .map_err(|error| store::Failure::Corrupt(format!("a letter: {error}")))?;
        messages.push(NewMessage {
            id: id.clone(),
            key: format!("{key}:page:{of}:{step}:{}", person.id),
            class: PAGE.to_owned(),
            channel: "mail".to_owned(),
            record: Some(key.clone()),
            recipient: person.email,
            payload: case.write.blob("application/json", &bytes),
            not_before: case.by.now,
        });
        let body = Body::RequestPaged { message: id, timer, step, person: person.id };
        facts.push(NewFact::by_system(Some(key.clone()), body));
    }
    case.write.queue_messages(messages).await?;
    Ok(facts)
}

/// Who a step is for; where its group has nobody left, the head of desk.
async fn people(case: &mut RequestCase<'_>, timer: RequestTimer, step: u32) -> Answer<Vec<PersonId>> {
    let mut people = vec![];
    for whom in case.request.whom(timer, step) {
        match whom {
            Whom::Holder(person) => people.push(person),
            Whom::Group(group) => {
                let (all, ordered) = ladder(&mut case.write, group).await?;
                let one_by_one = ordered && timer == RequestTimer::Page && group == Group::Su;
                let place = usize::try_from(step).unwrap_or(usize::MAX);
                let mut chosen = if one_by_one { all.into_iter().skip(place).take(1).collect() } else { all };
                if chosen.is_empty() {
                    chosen = ladder(&mut case.write, Group::Dh).await?.0;
                }
                people.extend(chosen);
            }
        }
    }
    let mut known = HashSet::new();
    people.retain(|person| known.insert(person.clone()));
    Ok(people)
}
