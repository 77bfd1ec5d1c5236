//! 保管と廃棄: the words of tickets whose retention is over go when one person proposes and another approves it; and single words
//! that should never have been written, such as a password, go at once (R-5.4.4.3-6, -7; ADR 10).

use crate::desk::required;
use crate::{Answer, Caller, Change, Desk, Scope};
use domain::access::{Actor, Right};
use domain::disposal::{Disposal, Retention, may_answer, may_propose, open, words_of};
use domain::fact::{Body, Fact, NewFact};
use domain::ids::{ProjectKey, RecordKey, TenantId};
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::Write;
use utoipa::ToSchema;

/// Tickets whose words go in one transaction.
const BATCH: u32 = 50;

/// 廃棄の承認または却下.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisposalAnswer {
    /// Its number.
    pub number: u32,
    /// Whether the words go.
    pub approved: bool,
    /// Why they do not; asked for where it is rejected.
    #[serde(default)]
    pub reason: String,
}

/// Which words to erase, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The number of the fact that the words stand in, as the history of the ticket shows it.
    pub number: u64,
    /// Why.
    pub reason: String,
}

/// What the verbs about words that go answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Erased {
    /// The number of the disposal, or of the fact whose words went.
    pub number: u64,
    /// How many words are gone: texts, names, files, mails.
    pub words: u64,
}

/// How long the words of a customer are kept, and what went.
#[derive(Clone, Debug)]
pub struct DisposalView {
    /// The customer's name.
    pub customer: String,
    /// The agreed retention; the usual one where none was agreed.
    pub retention: Retention,
    /// The version of that agreement.
    pub version: Option<u32>,
    /// To be disposed of now: tickets to which nothing happened at this instant or later ...
    pub before: Instant,
    /// ... and how many there are.
    pub over: u64,
    /// The disposals, the newest first, each with the name of who proposed it, who answered it, and why not.
    pub disposals: Vec<(Disposal, String, Option<String>, Option<String>)>,
    /// Whether the caller may propose and answer.
    pub may: bool,
    /// Whether the caller may agree on another retention.
    pub may_agree: bool,
}

impl Desk {
    /// The retention of a customer and its disposals.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn disposals(&self, caller: &Caller, tenant: &TenantId) -> Answer<DisposalView> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations, Right::ReadPublished]).await?;
        let now = self.now().await?;
        let (version, retention) = self.retention(&scope.tenant, now).await?;
        let store = self.store.tenant(&scope.tenant);
        let before = retention.before(now, &self.calendar(now).await?);
        let over = store.count_over(before, &retention.kept).await?;
        let facts = store.disposal_facts().await?;
        let actors: Vec<_> = facts.iter().filter_map(|fact| fact.actor.person_id().cloned()).collect();
        let people = self.store.system().people_of(&actors).await?;
        let reasons = self.reasons(&scope.tenant, &facts).await?;
        // The customer reads that the provider acted, never which of its people.
        let internal = caller.enter(&scope.tenant, Right::ReadOperations).is_ok();
        let who = |actor: &Actor| {
            let person = actor.person_id().filter(|_| internal).and_then(|id| people.get(id));
            person.map(|person| person.name.clone()).unwrap_or_default()
        };
        let told = |it: Disposal| {
            let proposer = who(&it.proposed.actor);
            let answerer = it.answered.as_ref().map(|answer| who(&answer.mark.actor));
            let reason = it.answered.as_ref().and_then(|answer| reasons.get(&answer.mark.seq).cloned());
            (it, proposer, answerer, reason)
        };
        let disposals = fold(&facts)?.into_iter().rev().map(told).collect();
        Ok(DisposalView {
            customer: self.customer_name(&scope.tenant).await?,
            retention,
            version,
            before,
            over,
            disposals,
            may: caller.enter(&scope.tenant, Right::Dispose).is_ok(),
            may_agree: caller.enter(&scope.tenant, Right::Agree).is_ok(),
        })
    }

    /// Proposes that the words of all tickets go whose retention is over. Answers with its number and how many tickets these are.
    ///
    /// # Errors
    /// The caller may not, another disposal is open, or no ticket is old enough.
    pub async fn propose_disposal(&self, caller: &Caller, tenant: &TenantId) -> Answer<Erased> {
        let scope = self.enter_to_dispose(caller, tenant).await?;
        let mut write = self.begin(&scope.tenant).await?;
        let now = write.now();
        let (_, retention) = self.retention(&scope.tenant, now).await?;
        let before = retention.before(now, &self.calendar(now).await?);
        let known = fold(&write.disposal_facts().await?)?;
        let tickets = write.count_over(before, &retention.kept).await?;
        may_propose(&known, tickets)?;
        let number = known.last().map_or(0, |it| it.number) + 1;
        write.append(by(&scope, None, Body::DisposalProposed { number, before, tickets }));
        let done = Erased { number: u64::from(number), words: 0 };
        self.commit(write, &done).await?;
        self.ring(Change::Act);
        Ok(done)
    }

    /// Approves or rejects a disposal. Once approved the words go, ticket by ticket; whatever is left when the desk stops goes
    /// after its next start.
    ///
    /// # Errors
    /// The caller proposed it, is not of top management and approves, gives no reason for a rejection, or it was answered.
    pub async fn answer_disposal(&self, caller: &Caller, tenant: &TenantId, asked: &DisposalAnswer) -> Answer<Erased> {
        let scope = self.enter_to_dispose(caller, tenant).await?;
        let mut write = self.begin(&scope.tenant).await?;
        let known = fold(&write.disposal_facts().await?)?;
        let waits = known.last().filter(|it| it.number == asked.number && it.waits()).ok_or_else(|| {
            Refusal::not_now("この廃棄は承認待ちではありません。", "That disposal does not wait for an answer.")
        })?;
        may_answer(waits, &scope.actor, scope.role, asked.approved)?;
        let reason = if asked.approved { None } else { Some(write.text(required("reason", &asked.reason)?)) };
        let (number, approved) = (asked.number, asked.approved);
        write.append(NewFact { reason, ..by(&scope, None, Body::DisposalAnswered { number, approved }) });
        let done = Erased { number: u64::from(number), words: 0 };
        self.commit(write, &done).await?;
        self.ring(Change::Act);
        if !approved {
            return Ok(done);
        }
        let words = self.go_on_disposing(&scope.tenant).await?;
        Ok(Erased { words, ..done })
    }

    /// Goes on with every approved disposal that is not done, in all tenants. Returns how many words went.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn dispose(&self) -> Answer<u64> {
        let mut words = 0;
        for tenant in self.store.system().tenants().await? {
            words += self.go_on_disposing(&tenant.id).await?;
        }
        Ok(words)
    }

    async fn go_on_disposing(&self, tenant: &TenantId) -> Answer<u64> {
        let mut words = 0;
        let known = fold(&self.store.tenant(tenant).disposal_facts().await?)?;
        if open(&known).is_none_or(|it| !it.runs()) {
            return Ok(0);
        }
        loop {
            let mut write = self.store.write(tenant).await?;
            let known = fold(&write.disposal_facts().await?)?;
            // Another node may have ended it meanwhile.
            let Some(runs) = open(&known).filter(|it| it.runs()) else { return Ok(words) };
            let (_, retention) = self.retention(tenant, write.now()).await?;
            let tickets = write.over(runs.before, &retention.kept, BATCH).await?;
            if tickets.is_empty() {
                let (tickets, words) = disposed(&write.disposed_facts().await?, runs.number);
                let body = Body::DisposalEnded { number: runs.number, tickets, words };
                write.append(NewFact::by_system(None, body));
                write.commit().await?;
                self.ring(Change::Act);
                continue;
            }
            for key in tickets {
                let facts = write.record_facts(&key).await?;
                let gone = erase(&mut write, &key, &facts).await?;
                let body = Body::RecordDisposed { disposal: runs.number, words: gone };
                write.append(NewFact::by_system(Some(key), body));
                words += gone;
            }
            write.commit().await?;
        }
    }

    /// Erases the words of one fact of a ticket, those of the mail it came by, and those of the messages that were queued with it.
    ///
    /// # Errors
    /// The caller may not decide there, no reason is given, the ticket has no such fact, or its words are gone already.
    pub async fn erase_words(&self, caller: &Caller, key: &RecordKey, asked: &Erasure) -> Answer<Erased> {
        let scope = self.enter_to_erase(caller, key).await?;
        let mut write = self.begin(&scope.tenant).await?;
        let facts = write.record_facts(key).await?;
        let named = words_of(&facts, asked.number)?;
        let reason = required("reason", &asked.reason)?;
        let mut words = 0;
        for id in &named {
            words += u64::from(write.erase_blob(id).await?);
        }
        if words == 0 {
            return Err(Refusal::invalid("number", "すでに消去されています。", "These words are gone already.").into());
        }
        let at = facts.iter().find(|fact| fact.seq == asked.number).map(|fact| fact.instant);
        if let Some(at) = at {
            words += write.erase_messages(key, at).await?;
        }
        if facts.first().is_some_and(|first| first.seq == asked.number) {
            write.erase_title(key).await?;
        }
        let reason = Some(write.text(reason));
        write.append(NewFact { reason, ..by(&scope, Some(key), Body::WordsErased { of: asked.number, words }) });
        let done = Erased { number: asked.number, words };
        self.commit(write, &done).await?;
        self.ring(Change::Act);
        Ok(done)
    }

    /// Whether words of a ticket can be erased by the caller at all.
    ///
    /// # Errors
    /// The ticket is out of reach, or the caller may not decide there.
    pub async fn may_erase(&self, caller: &Caller, key: &RecordKey) -> Answer<()> {
        self.enter_to_erase(caller, key).await.map(drop)
    }

    async fn enter_to_erase(&self, caller: &Caller, key: &RecordKey) -> Answer<Scope> {
        let project = key.as_str().rsplit_once('-').map(|(project, _)| ProjectKey::new(project));
        let project = project.ok_or_else(Refusal::not_found)?;
        let tenant = self.store.system().tenant_of_project(&project).await?.ok_or_else(Refusal::not_found)?;
        let scope = self.enter_project(caller, &project, &[Right::Decide]).await;
        let exists = !self.store.tenant(&tenant).record_facts(key).await?.is_empty();
        if exists { scope } else { Err(Refusal::not_found().into()) }
    }

    /// Disposal is about all of a tenant: a key of one project does not reach that.
    async fn enter_to_dispose(&self, caller: &Caller, tenant: &TenantId) -> Answer<Scope> {
        let scope = self.enter(caller, tenant, &[Right::Dispose]).await?;
        if scope.project.is_some() { Err(Refusal::forbidden().into()) } else { Ok(scope) }
    }

    async fn retention(&self, tenant: &TenantId, now: Instant) -> Answer<(Option<u32>, Retention)> {
        let agreed = self.paper::<Retention>(tenant, "", now).await?;
        Ok(agreed.map_or_else(|| (None, Retention::default()), |(version, retention)| (Some(version), retention)))
    }

    async fn reasons(&self, tenant: &TenantId, facts: &[Fact]) -> Answer<HashMap<u64, String>> {
        let mut reasons = HashMap::new();
        for fact in facts {
            if let Some(reason) = &fact.reason
                && let Some(text) = self.store.tenant(tenant).blob_text(reason).await?
            {
                reasons.insert(fact.seq, text);
            }
        }
        Ok(reasons)
    }
}

fn by(scope: &Scope, record: Option<&RecordKey>, body: Body) -> NewFact {
    NewFact { record: record.cloned(), body, actor: scope.actor.clone(), role: scope.role, reason: None }
}

fn fold(facts: &[Fact]) -> Answer<Vec<Disposal>> {
    Ok(Disposal::fold(facts).map_err(|broken| store::Failure::Corrupt(broken.to_string()))?)
}

/// Tickets and words that went by one disposal.
fn disposed(facts: &[Fact], number: u32) -> (u64, u64) {
    facts.iter().fold((0, 0), |(tickets, all), fact| match fact.body {
        Body::RecordDisposed { disposal, words } if disposal == number => (tickets + 1, all + words),
        _ => (tickets, all),
    })
}

/// Erases every word of a ticket.
async fn erase(write: &mut Write, key: &RecordKey, facts: &[Fact]) -> Answer<u64> {
    let mut words = 0;
    for id in facts.iter().flat_map(Fact::blobs) {
        words += u64::from(write.erase_blob(id).await?);
    }
    if let (Some(first), Some(last)) = (facts.first(), facts.last()) {
        words += write.erase_beside(key, first.instant, last.instant).await?;
    }
    Ok(words)
}
