//! What one request does to another ticket: a part split off it, and a link that stands on both.

use super::case::RequestCase;
use super::{RequestInput, catalogue_at, filing, no_entry, paid, standard_due};
use crate::incident::Done;
use crate::{Answer, Change, Desk};
use domain::catalogue::{Entry, Values};
use domain::fact::{Body, NewFact};
use domain::ids::RecordKey;
use domain::refusal::Refusal;
use domain::request::{Filed, Pace, Request};
use store::Failure;

/// What the part is, in the entry's own field for words.
fn details_of(entry: &Entry, text: &str) -> Values {
    let field = entry.fields.iter().find(|field| field.lines).map_or("content", |field| field.code.as_str());
    [(field.to_owned(), text.to_owned())].into()
}

impl Desk {
    /// Files a part of a request as a ticket of its own, whose clock runs from the receipt of the whole. Answers with the
    /// part.
    pub(super) async fn split_request(&self, mut case: RequestCase<'_>, input: &RequestInput) -> Answer<Done> {
        let whole = case.request.clone();
        let text = crate::desk::required("text", &input.text)?;
        let (version, catalogue) = catalogue_at(&mut case.write, case.by.now).await?;
        let entry = catalogue.entry(input.entry.trim()).ok_or_else(no_entry)?;
        if entry.class.is_paid() && !paid::is_contracted(&mut case.write, &entry.code).await? {
            return Err(no_entry().into());
        }
        // Refused before a number is given away.
        whole.split(&case.by, whole.key.clone())?;
        let number = case.write.next_number(&whole.project).await?;
        let key = whole.project.record(number);
        let facts = whole.split(&case.by, key.clone())?;
        case.add(facts).await?;
        case.settle().await?;
        let details = details_of(entry, text);
        let filing = filing(entry, version, &details);
        let due = standard_due(whole.received, &filing, &case.calendar)?;
        let json = serde_json::to_string(&details).map_err(|error| Failure::Corrupt(error.to_string()))?;
        let filed = Filed {
            project: whole.project.clone(),
            number,
            received: whole.received,
            channel: whole.channel,
            title: case.write.text(&entry.title(&details)),
            details: case.write.text(&json),
            filing,
            pace: whole.pace,
            wished: None,
            due: (whole.pace != Pace::Low).then_some(due),
            urgent: whole.urgent.is_some(),
            assignee: None,
            arrangement: None,
            split_from: Some(whole.key.clone()),
            edition: self.procedure("request").await?.and_then(|edition| edition.number),
        };
        let by = case.by.clone();
        let body = Body::RequestFiled(Box::new(filed));
        let new = NewFact { record: Some(key), body, actor: by.actor, role: by.role, reason: None };
        let fact = case.write.append(new);
        let part = Request::fold(std::slice::from_ref(&fact))?;
        case.request = Box::new(part.ok_or_else(|| Failure::Corrupt("the first fact files nothing".into()))?);
        case.follow(&fact).await?;
        case.end().await
    }

    /// Links another ticket of the same customer; where that is a request, the link stands on it too.
    pub(super) async fn link_request(&self, mut case: RequestCase<'_>, input: &RequestInput) -> Answer<Done> {
        let to = RecordKey::new(crate::desk::required("record", &input.record)?);
        let tenant = case.write.tenant().clone();
        let store = self.store.tenant(&tenant);
        let is_request = store.request(&to).await?.is_some();
        let is_other = store.incident(&to).await?.is_some() || store.record(&to).await?.is_some();
        if !is_request && !is_other {
            let (ja, en) = ("このお客様のチケットの番号を入力してください。", "Name a ticket of this customer.");
            return Err(Refusal::invalid("record", ja, en).into());
        }
        let reason = case.required("reason", &input.reason)?;
        let facts = case.request.link(&case.by, to.clone(), reason.clone())?;
        let (from, by) = (case.request.key.clone(), case.by.clone());
        case.add(facts).await?;
        let done = case.settle().await?;
        let RequestCase { write, .. } = case;
        if !is_request {
            return self.linked(write, done).await;
        }
        let other = self.open_request(write, &to, by.actor.clone(), by.role).await?;
        let mut other = other.ok_or_else(|| Failure::Corrupt(format!("{to} is no request")))?;
        if other.request.links.iter().all(|link| link.what != from) {
            let body = Body::RequestLinked { to: from };
            let new = NewFact { record: Some(to), body, actor: by.actor, role: by.role, reason: Some(reason) };
            other.add(vec![new]).await?;
            other.settle().await?;
        }
        self.linked(other.write, done).await
    }

    async fn linked(&self, write: store::Write, done: Done) -> Answer<Done> {
        self.commit(write, &done).await?;
        self.ring(Change::Act);
        Ok(done)
    }
}
