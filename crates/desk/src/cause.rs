//! 共通原因: one cause behind incidents of several customers, dealt with by several operators at once.
//!
//! A cause is opened in the provider's chain; each incident is linked in its own customer's. What is done here is done to each
//! incident by itself, in its own transaction and on its own clock: one that is refused holds up no other.

mod act;

pub use act::{CauseCall, CauseCallEnd, CauseNotice, Member};

use crate::acting::{Acting, named};
use crate::desk::required;
use crate::incident::{BoardRow, Seen, turn};
use crate::{ActedOn, Answer, Caller, Desk, Scope};
use domain::access::Right;
use domain::contact::{Contact, ContactPlan, Occasion, digits};
use domain::criteria::Criteria;
use domain::fact::{Body, NewFact};
use domain::ids::RecordKey;
use domain::incident::duty::DutyKind;
use domain::incident::{Calling, Incident};
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::{CauseRow, IncidentQuery};
use utoipa::ToSchema;

/// A new cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewCause {
    /// What is wrong, in one line.
    #[schema(required)]
    pub title: String,
}

/// A cause that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenedCause {
    /// Its number: the place of its fact in the provider's chain.
    pub cause: u64,
}

/// Incidents to be linked to a cause, or taken away from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CauseIncidents {
    /// The cause.
    #[schema(required, minimum = 1)]
    pub cause: u64,
    /// Keys of incidents, 1 to 200.
    #[schema(required)]
    pub incidents: Vec<String>,
}

/// A cause that is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CauseNumber {
    /// The cause.
    #[schema(required, minimum = 1)]
    pub cause: u64,
}

/// A cause with its incidents and whom to call.
#[derive(Clone, Debug)]
pub struct CauseView {
    /// The cause.
    pub row: CauseRow,
    /// Its incidents, the nearest duty first.
    pub members: Vec<CauseMember>,
    /// Whom to call, the nearest due first.
    pub calls: Vec<CallEntry>,
    /// Open incidents that are linked to no cause, the latest alert first.
    pub others: Vec<BoardRow>,
    /// As of when.
    pub now: Instant,
}

/// One incident of a cause.
#[derive(Clone, Debug)]
pub struct CauseMember {
    /// Its header.
    pub board: BoardRow,
    /// The fold.
    pub incident: Incident,
    /// The customer's criteria in force, with their version.
    pub criteria: Option<(u32, Criteria)>,
}

/// One number of the call list: one call to it counts for every incident told in it.
#[derive(Clone, Debug)]
pub struct CallEntry {
    /// The number as the plan writes it.
    pub number: String,
    /// Whose it is, at which customer.
    pub contacts: Vec<(Contact, String)>,
    /// For which incidents.
    pub incidents: Vec<RecordKey>,
    /// By when the first of them owes the call.
    pub due: Instant,
    /// The calls to it that are under way: incident, which call, and whether somebody picked up.
    pub under_way: Vec<(RecordKey, u32, bool)>,
    /// Who dials it.
    pub held_by: Option<String>,
}

/// Incidents of one cause at most.
const MEMBERS_MAX: u32 = crate::acting::INCIDENTS_MAX as u32;
/// Causes in the list at most.
const LISTED_MAX: u32 = 100;

impl Desk {
    /// Opens a cause.
    ///
    /// # Errors
    /// The title is missing, or the caller is no operator of the provider.
    pub async fn open_cause(&self, caller: &Caller, new: &NewCause) -> Answer<OpenedCause> {
        let scope = self.causes_scope(caller, Right::Operate).await?;
        let title = required("title", &new.title)?;
        let mut write = self.begin(&scope.tenant).await?;
        let body = Body::CauseOpened { title: write.text(title) };
        let fact = write.append(NewFact { record: None, body, actor: scope.actor, role: scope.role, reason: None });
        write.add_cause(fact.seq, title).await?;
        let opened = OpenedCause { cause: fact.seq };
        self.commit(write, &opened).await?;
        Ok(opened)
    }

    /// Closes a cause: nothing more is linked to it. Its incidents go on.
    ///
    /// # Errors
    /// There is no such open cause, or the caller is no operator of the provider.
    pub async fn close_cause(&self, caller: &Caller, input: &CauseNumber) -> Answer<OpenedCause> {
        let scope = self.causes_scope(caller, Right::Operate).await?;
        let mut write = self.begin(&scope.tenant).await?;
        if !write.close_cause(input.cause).await? {
            return Err(no_such_cause().into());
        }
        let body = Body::CauseClosed { cause: input.cause };
        write.append(NewFact { record: None, body, actor: scope.actor, role: scope.role, reason: None });
        let closed = OpenedCause { cause: input.cause };
        self.commit(write, &closed).await?;
        Ok(closed)
    }

    /// Links incidents to a cause, each in its own customer's chain.
    ///
    /// # Errors
    /// There is no such open cause, or none or too many incidents are named; what refuses one incident stands in the answer.
    pub async fn link_to_cause(&self, caller: &Caller, input: &CauseIncidents) -> Answer<ActedOn> {
        self.open_one(caller, input.cause).await?;
        self.on_each(caller, input, true).await
    }

    /// Takes incidents away from a cause.
    ///
    /// # Errors
    /// See [`Desk::link_to_cause`].
    pub async fn unlink_from_cause(&self, caller: &Caller, input: &CauseIncidents) -> Answer<ActedOn> {
        self.causes_scope(caller, Right::Operate).await?;
        self.on_each(caller, input, false).await
    }

    async fn on_each(&self, caller: &Caller, input: &CauseIncidents, links: bool) -> Answer<ActedOn> {
        // Each is done by itself, so a repetition finds it done.
        let desk = self.clone().without_once();
        let mut acted = Acting::default();
        for key in named(&input.incidents)? {
            let done = desk.link(caller, &key, input.cause, links).await;
            acted.note(key, done)?;
        }
        self.answer_once(caller, acted).await
    }

    async fn link(&self, caller: &Caller, key: &RecordKey, cause: u64, links: bool) -> Answer<()> {
        let case = self.open(caller, Right::Operate, key, Seen::Whatever).await?;
        let (incident, by) = (&case.incident, &case.by);
        let facts = if links { incident.link_cause(by, cause)? } else { incident.unlink_cause(by, cause)? };
        if facts.is_empty() { Ok(()) } else { case.save(facts).await.map(drop) }
    }

    /// Causes, open ones first.
    ///
    /// # Errors
    /// The caller reads no operations of the provider.
    pub async fn causes(&self, caller: &Caller) -> Answer<Vec<CauseRow>> {
        let scope = self.causes_scope(caller, Right::ReadOperations).await?;
        Ok(self.store.tenant(&scope.tenant).causes(LISTED_MAX).await?)
    }

    /// A cause with its incidents and whom to call.
    ///
    /// # Errors
    /// There is no such cause, or the caller reads no operations of the provider.
    pub async fn cause(&self, caller: &Caller, number: u64) -> Answer<CauseView> {
        let scope = self.causes_scope(caller, Right::ReadOperations).await?;
        let row = self.store.tenant(&scope.tenant).cause(number).await?.ok_or_else(no_such_cause)?;
        let tenants = self.tenants_with(caller, Right::ReadOperations).await?;
        let now = self.now().await?;
        let rows = self.store.staff(&tenants).incidents_of_cause(number, MEMBERS_MAX).await?;
        let mut members = vec![];
        let mut calls: Vec<CallEntry> = vec![];
        for board in self.board_rows(rows).await? {
            let store = self.store.tenant(&board.row.tenant);
            let incident = Incident::fold(&store.record_facts(&board.row.key).await?)?.ok_or_else(no_such_cause)?;
            let project = incident.project.as_str();
            let criteria = self.paper::<Criteria>(&board.row.tenant, project, now).await?;
            if let Some(callee) = self.callee(&board, &incident, now).await? {
                join(&mut calls, callee);
            }
            members.push(CauseMember { board, incident, criteria });
        }
        calls.sort_by_key(|entry| entry.due);
        let query = IncidentQuery { open: Some(true), ..IncidentQuery::default() };
        let open = self.store.staff(&tenants).incidents(&query, MEMBERS_MAX).await?;
        let free = open.into_iter().filter(|row| row.cause.is_none() && row.merged_into.is_none()).collect();
        Ok(CauseView { row, members, calls, others: self.board_rows(free).await?, now })
    }

    /// Whom to call next about an incident; none where nobody has to be called.
    async fn callee(&self, board: &BoardRow, incident: &Incident, now: Instant) -> Answer<Option<CallEntry>> {
        let (due, under_way) = match incident.calling() {
            Calling::UnderWay { call, due } => (due, Some(call)),
            Calling::NextRank { due } | Calling::NewRound { due } => (due, None),
            _ => return Ok(None),
        };
        let calendar = self.calendar(now).await?;
        // What ends the clock comes before everything else.
        let first = incident.duties(now, &calendar).into_iter().find(|duty| duty.kind == DutyKind::FirstCall);
        let due = first.map_or(due, |duty| duty.due);
        let running = under_way.and_then(|number| incident.calls.get(number.checked_sub(1)? as usize));
        let store = self.store.tenant(&board.row.tenant);
        if let Some(call) = running {
            let number = store.blob_text(&call.what.number).await?.unwrap_or_default();
            let plan = self.paper::<ContactPlan>(&board.row.tenant, incident.project.as_str(), now).await?;
            let contact = plan.and_then(|(_, plan)| plan.contact(&call.what.contact).map(|(_, found)| found.clone()));
            let under_way = vec![(incident.key.clone(), under_way.unwrap_or_default(), call.what.connected.is_some())];
            let people = call.mark.actor.person_id().cloned().into_iter().collect::<Vec<_>>();
            let names = self.store.system().people_of(&people).await?;
            return Ok(Some(CallEntry {
                number,
                contacts: contact.into_iter().map(|contact| (contact, board.customer.clone())).collect(),
                incidents: vec![incident.key.clone()],
                due,
                under_way,
                held_by: names.into_values().next().map(|person| person.name),
            }));
        }
        let Some((_, plan)) = self.paper::<ContactPlan>(&board.row.tenant, incident.project.as_str(), now).await?
        else {
            return Ok(None);
        };
        let service = store.first_source(&incident.key).await?.filter(|source| !source.is_empty());
        let occasion = Occasion { at: now, calendar: &calendar, service: service.as_deref() };
        let contact = turn(incident, &plan, &occasion).and_then(|id| plan.contact(&id).map(|(_, it)| it.clone()));
        Ok(contact.map(|contact| CallEntry {
            number: contact.phone.clone(),
            contacts: vec![(contact, board.customer.clone())],
            incidents: vec![incident.key.clone()],
            due,
            under_way: vec![],
            held_by: None,
        }))
    }

    /// Whoever deals with causes works for the provider and reaches every customer.
    async fn causes_scope(&self, caller: &Caller, right: Right) -> Answer<Scope> {
        let provider = self.provider_id().await?;
        Ok(caller.enter(&provider, right).map_err(|_| Refusal::forbidden())?)
    }

    /// A cause that is open.
    async fn open_one(&self, caller: &Caller, number: u64) -> Answer<CauseRow> {
        let scope = self.causes_scope(caller, Right::Operate).await?;
        let row = self.store.tenant(&scope.tenant).cause(number).await?;
        Ok(row.filter(|row| row.closed.is_none()).ok_or_else(no_such_cause)?)
    }
}

/// Adds whom to call to a list in which each number stands once.
fn join(calls: &mut Vec<CallEntry>, callee: CallEntry) {
    let wanted = digits(&callee.number);
    match calls.iter_mut().find(|entry| digits(&entry.number) == wanted) {
        None => calls.push(callee),
        Some(entry) => {
            entry.due = entry.due.min(callee.due);
            entry.incidents.extend(callee.incidents);
            entry.under_way.extend(callee.under_way);
            entry.held_by = entry.held_by.take().or(callee.held_by);
            for (contact, customer) in callee.contacts {
                if entry.contacts.iter().all(|(known, of)| known.name != contact.name || *of != customer) {
                    entry.contacts.push((contact, customer));
                }
            }
        }
    }
}

fn no_such_cause() -> Refusal {
    Refusal::invalid(
        "cause",
        "開いている共通原因を選んでください。",
        "There is no such open cause. Choose one of the list.",
    )
}
