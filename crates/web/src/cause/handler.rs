//! The routes of common causes.

use super::{CallLine, CauseLine, CausePage, CausesPage, MemberLine, OtherLine, href, list_page, page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::incident::{duty_mark, named_incidents as named};
use crate::layout::{Place, Shell};
use crate::sent::{Sent, Typed};
use axum::response::Response;
use desk::{
    ActedOn, Answer, CallEntry, CauseCall, CauseCallEnd, CauseIncidents, CauseJudgement, CauseMember, CauseNotice,
    CauseNumber, NewCause,
};
use domain::access::Right;
use domain::draft::Templates;
use domain::incident::State;
use domain::words::Lang;
use gate::{Query, Trouble};
use maud::Markup;
use store::CauseRow;

/// Which cause; 0 for the list.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    pub(crate) number: u64,
}

/// The list, or one cause.
pub(crate) async fn show(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    match asked.number {
        0 => Ok(html(listed(&here, Draft::default()).await?)),
        number => Ok(html(shown(&here, number, vec![], Draft::default()).await?)),
    }
}

async fn listed(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Causes).await?;
    let causes = here.state.desk.causes(&here.caller).await?.into_iter().map(line).collect();
    Ok(list_page(&shell, &CausesPage { causes, writes: here.caller.may_somewhere(Right::Operate), draft }))
}

/// Opens one.
pub(crate) async fn open(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let new = NewCause { title: sent.typed.text("title") };
    let opened = here.state.desk.open_cause(&here.caller, &new).await.map(|opened| href(opened.cause));
    let here = here.at("/causes");
    sent.answer(here.lang(), "cause", opened, async |draft| listed(&here, draft).await).await
}

async fn shown(here: &Here, number: u64, refused: Vec<(String, String)>, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Causes).await?;
    let it = context(here, &shell, number).await?;
    Ok(page(&shell, &CausePage { refused, draft, ..it }))
}

/// What the page of a cause shows.
pub(crate) async fn context(here: &Here, shell: &Shell, number: u64) -> Answer<CausePage> {
    let view = here.state.desk.cause(&here.caller, number).await?;
    let calendar = here.state.desk.calendar(view.now).await?;
    let members = view.members.iter().map(|member| {
        let incident = &member.incident;
        let duty = incident.duties(shell.now, &calendar).into_iter().next();
        MemberLine {
            key: incident.key.to_string(),
            version: incident.version,
            customer: member.board.customer.clone(),
            title: member.board.row.title.clone(),
            state: incident.state.label(),
            mark: duty.as_ref().map(|duty| duty_mark(shell, incident, duty, member.board.assignee.as_deref())),
            duty: duty.map(|duty| duty.kind.label()),
            holder: member.board.assignee.clone(),
            questions: questions(shell, member),
        }
    });
    let others = view.others.iter().map(|board| OtherLine {
        key: board.row.key.to_string(),
        customer: board.customer.clone(),
        title: board.row.title.clone(),
        received: board.row.alert_at,
    });
    Ok(CausePage {
        line: line(view.row),
        members: members.collect(),
        calls: view.calls.into_iter().map(callee).collect(),
        others: others.collect(),
        notice: Templates::default().occurrence,
        writes: here.caller.may_somewhere(Right::Operate),
        refused: vec![],
        draft: Draft::default(),
    })
}

fn line(row: CauseRow) -> CauseLine {
    CauseLine { number: row.number, title: row.title, opened: row.opened, closed: row.closed }
}

/// The questions by which an incident that is not told yet can be judged with impact.
fn questions(shell: &Shell, member: &CauseMember) -> Option<(u32, Vec<(String, String)>)> {
    if !matches!(member.incident.state, State::Detected | State::Triaging) {
        return None;
    }
    let (version, criteria) = member.criteria.as_ref()?;
    let words = |question: &domain::criteria::Question| match (shell.lang, question.en.is_empty()) {
        (Lang::En, false) => question.en.clone(),
        _ => question.ja.clone(),
    };
    Some((*version, criteria.questions.iter().map(|question| (question.id.clone(), words(question))).collect()))
}

fn callee(entry: CallEntry) -> CallLine {
    let whose = entry.contacts.into_iter().map(|(contact, customer)| (contact.name, contact.reading, customer));
    CallLine {
        number: entry.number,
        whose: whose.collect(),
        incidents: entry.incidents.iter().map(ToString::to_string).collect(),
        due: entry.due,
        under_way: entry.under_way.first().map(|_| entry.under_way.iter().any(|(.., connected)| *connected)),
        held_by: entry.held_by,
    }
}

/// What can be done to a cause.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Link,
    Release,
    Tell,
    Call,
    Connect,
    End,
    Close,
}

/// One act's form.
pub(crate) async fn act(act: Act, here: Here, sent: Sent) -> Result<Response, Trouble> {
    let number = sent.typed.number("cause").ok().flatten().unwrap_or_default();
    let done = perform(&here, act, number, &sent.typed).await;
    let here = here.at(href(number));
    let form = match act {
        Act::Link => "cause-link",
        Act::Release => "cause-release",
        Act::Tell => "cause-notice",
        Act::Call | Act::Connect | Act::End => "",
        Act::Close => "cause-closure",
    };
    match done {
        // What was refused for some is shown; what was done is done.
        Ok(acted) if acted.incidents.iter().any(|one| one.refused.is_some()) && !sent.wants_problem => {
            let words = |(ja, en): (String, String)| if here.lang() == Lang::Ja { ja } else { en };
            let refused =
                acted.incidents.into_iter().filter_map(|one| Some((one.key.to_string(), words(one.refused?))));
            Ok(html(shown(&here, number, refused.collect(), Draft::default()).await?))
        }
        Ok(acted) => {
            let to = sentences(&acted).map(|()| href(number));
            sent.answer(here.lang(), form, to, async |draft| shown(&here, number, vec![], draft).await).await
        }
        Err(error) => {
            sent.answer(here.lang(), form, Err(error), async |draft| shown(&here, number, vec![], draft).await).await
        }
    }
}

/// What was refused, incident by incident, in one answer.
pub(crate) fn sentences(acted: &ActedOn) -> Answer<()> {
    let refused = acted.incidents.iter().filter_map(|one| Some((&one.key, one.refused.as_ref()?)));
    let all: Vec<(String, String)> =
        refused.map(|(key, (ja, en))| (format!("{key}: {ja}"), format!("{key}: {en}"))).collect();
    if all.is_empty() {
        return Ok(());
    }
    let (ja, en): (Vec<String>, Vec<String>) = all.into_iter().unzip();
    Err(domain::refusal::Refusal::not_now(ja.join(" "), en.join(" ")).into())
}

async fn perform(here: &Here, act: Act, cause: u64, typed: &Typed) -> Answer<ActedOn> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let text = |name: &str| typed.text(name);
    match act {
        Act::Link => desk.link_to_cause(caller, &CauseIncidents { cause, incidents: named(typed) }).await,
        Act::Release => desk.unlink_from_cause(caller, &CauseIncidents { cause, incidents: named(typed) }).await,
        Act::Tell => {
            let incidents = judgements(typed);
            let input = CauseNotice { cause, how: text("how"), result: text("result"), text: text("text"), incidents };
            desk.tell_cause(caller, &input).await
        }
        Act::Call => desk.call_cause(caller, &CauseCall { cause, number: text("number") }).await,
        Act::Connect => desk.connect_cause_call(caller, &CauseCall { cause, number: text("number") }).await,
        Act::End => {
            let result = Some(typed.code("result")?);
            let input = CauseCallEnd { cause, number: text("number"), result, note: text("note") };
            desk.end_cause_call(caller, &input).await
        }
        Act::Close => desk.close_cause(caller, &CauseNumber { cause }).await.map(|_| ActedOn::default()),
    }
}

/// `member:KEY:version:criteria` is the question by which that incident is judged; empty leaves it out.
fn judgements(typed: &Typed) -> Vec<CauseJudgement> {
    let one = |(name, question): &(String, String)| {
        let mut parts = name.strip_prefix("member:")?.split(':');
        let (key, version, criteria) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let question = Some(question.clone()).filter(|question| !question.is_empty())?;
        Some(CauseJudgement { key: key.to_owned(), version, criteria, question })
    };
    typed.0.iter().filter_map(one).collect()
}
