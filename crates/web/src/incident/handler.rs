//! The incident's routes: its page for staff and customers, and one form a verb.

use super::of::{Around, for_caller, page_of, told};
use super::{IncidentPage, Verb, merging, page, runbook};
use crate::failure::{Conflict, conflict_page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::{Place, Shell};
use crate::sent::{Sent, Typed};
use crate::{board, customer};
use axum::response::{IntoResponse, Response};
use desk::incident::{Done, IncidentView, input};
use desk::{Answer, Error};
use domain::access::Right;
use domain::fact::{Answer as CriteriaAnswer, Origin};
use domain::ids::RecordKey;
use domain::refusal::RefusalKind;
use gate::{Path, Trouble};
use http::StatusCode;
use jiff::tz::TimeZone;
use maud::Markup;

/// The incident: with everything for staff, what was told for its customer.
pub(crate) async fn show(here: Here, Path(key): Path<RecordKey>) -> Result<Response, Trouble> {
    if here.caller.is_customer() {
        return customer::handler::show(&here, &key).await;
    }
    Ok(html(staff_page(&here, &key, Draft::default()).await?))
}

/// The page of an incident for whoever looks, with what they typed before.
pub(crate) async fn shown(here: &Here, key: &RecordKey, draft: Draft) -> Result<Markup, Trouble> {
    match here.caller.is_customer() {
        true => customer::handler::shown(here, key, draft).await,
        false => staff_page(here, key, draft).await,
    }
}

async fn staff_page(here: &Here, key: &RecordKey, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Board).await?;
    let view = here.state.desk.incident(&here.caller, key).await?;
    Ok(page(&shell, &context(here, &shell, &view, draft).await?))
}

/// What the page shows to this caller.
pub(crate) async fn context(here: &Here, shell: &Shell, view: &IncidentView, draft: Draft) -> Answer<IncidentPage> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let sources = desk.sources(caller, &view.tenant).await?;
    let source = match &view.incident.origin {
        Origin::Alert { event, .. } | Origin::Window { event, .. } => {
            sources.get(&desk.event(caller, &view.tenant, *event).await?.0.api_key).cloned()
        }
        Origin::Heartbeat { key } => sources.get(key).cloned(),
        Origin::Customer { .. } | Origin::Telephone { .. } => {
            board::handler::filed(&view.incident).map(|label| label.in_lang(shell.lang).to_owned())
        }
    };
    let around = Around { source, outcomes: desk.outcomes(caller, &view.earlier).await?, sources };
    Ok(for_caller(page_of(shell, view, &around, draft), view, caller))
}

/// One verb's form.
pub(crate) async fn act(verb: Verb, here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let calendar = here.state.desk.calendar(here.state.desk.now().await?).await?;
    let done = perform(&here, verb, &key, &sent.typed, calendar.zone()).await;
    let here = here.at(format!("/incidents/{key}"));
    if let Err(Error::Refused(refusal)) = &done
        && matches!(refusal.kind, RefusalKind::Stale { .. })
        && !sent.wants_problem
    {
        return conflict(&here, &key, sent.typed).await;
    }
    let to = done.map(|done| format!("/incidents/{}", done.key));
    let form = match verb {
        Verb::RunbookStep => runbook::form_id(&sent.typed.text("runbook"), &sent.typed.text("step")),
        _ => verb.noun().to_owned(),
    };
    sent.answer(here.lang(), &form, to, async |draft| staff_page(&here, &key, draft).await).await
}

async fn perform(here: &Here, verb: Verb, key: &RecordKey, typed: &Typed, zone: &TimeZone) -> Answer<Done> {
    let (desk, caller) = (&here.state.desk, &here.caller);
    let text = |name: &str| typed.text(name);
    let version = if verb.fits_any_version() { 0 } else { typed.version()? };
    match verb {
        Verb::Assignment => desk.take(caller, key, &input::Assignment { version }).await,
        Verb::Check => {
            desk.check(caller, key, &input::Check { version, how: text("how"), result: text("result") }).await
        }
        Verb::Judgement => {
            let criteria = typed.number("criteria")?.unwrap_or_default();
            let (text, reason) = (text("text"), text("reason"));
            let (answers, told_caller) = (answers(typed), typed.yes("told_caller"));
            let input = input::Judgement { version, criteria, answers, text, reason, told_caller };
            desk.judge(caller, key, &input).await
        }
        Verb::Rejudgement => {
            let (impact, held_at_alert) = (typed.yes("impact"), typed.yes("held_at_alert"));
            let input =
                input::Rejudgement { version, impact, held_at_alert, text: text("text"), reason: text("reason") };
            desk.rejudge(caller, key, &input).await
        }
        Verb::JudgementConfirmation => {
            desk.confirm_judgement(caller, key, &input::JudgementConfirmation { version }).await
        }
        Verb::Notice => desk.notify(caller, key, &input::NoticeText { version, text: text("text") }).await,
        Verb::Call => {
            let (contact, number, reason) = (text("contact"), text("number"), text("reason"));
            desk.call(caller, key, &input::Call { version, contact, number, reason, ..input::Call::default() }).await
        }
        Verb::CallConnection => {
            desk.connect_call(caller, key, &input::CallConnection { version, call: call(typed)? }).await
        }
        Verb::CallEnd => {
            let result = Some(typed.code("result")?);
            desk.end_call(caller, key, &input::CallEnd { version, call: call(typed)?, result, note: text("note") })
                .await
        }
        Verb::CallRecord => {
            let input = input::Call {
                version,
                contact: text("contact"),
                number: text("number"),
                begun: typed.moment("begun", zone)?,
                result: Some(typed.code("result")?),
                note: text("note"),
                reason: text("reason"),
            };
            desk.call(caller, key, &input).await
        }
        Verb::CallBack => {
            let (number, name, note) = (text("number"), text("name"), text("note"));
            desk.call_back(caller, key, &input::CallBack { number, name, understood: typed.yes("understood"), note })
                .await
        }
        Verb::Consent => {
            let (who, number, words, what) = (text("who"), text("number"), text("words"), text("what"));
            desk.consent(caller, key, &input::Consent { version, who, number, words, what }).await
        }
        Verb::Escalation => {
            let input = input::Escalation { to: Some(typed.code("to")?), reason: text("reason") };
            desk.escalate(caller, key, &input).await
        }
        Verb::EscalationTaking => {
            let escalation = typed.number("escalation")?.unwrap_or_default();
            desk.take_escalation(caller, key, &input::EscalationTaking { escalation }).await
        }
        Verb::Promise => {
            let (kind, due) = (Some(typed.code("kind")?), typed.moment("due", zone)?);
            desk.promise(caller, key, &input::Promise { kind, due, text: text("text") }).await
        }
        Verb::PromiseKept => {
            let promise = typed.number("promise")?.unwrap_or_default();
            desk.keep_promise(caller, key, &input::PromiseKept { promise, text: text("text") }).await
        }
        Verb::SupplierCase => {
            let (number, severity) = (text("number"), text("severity"));
            let input = input::SupplierCase { number, severity, opened: typed.moment("opened", zone)? };
            desk.open_supplier_case(caller, key, &input).await
        }
        Verb::SupplierAnswer => {
            let case = typed.number("case")?.unwrap_or_default();
            desk.answer_supplier_case(caller, key, &input::SupplierAnswer { case, at: None, text: text("text") }).await
        }
        Verb::HandOver => desk.hand_over(caller, key, &input::HandOver { to: text("to"), text: text("text") }).await,
        Verb::Merge => desk.merge(caller, key, &input::Merge { version, children: merging::named(typed) }).await,
        Verb::Separation => {
            desk.separate(caller, key, &input::Separation { version, children: merging::named(typed) }).await
        }
        Verb::InterimReport => desk.report(caller, key, &input::InterimReport { version, text: text("text") }).await,
        Verb::RecoveryStep => {
            desk.step(caller, key, &input::RecoveryStep { version, step: text("step"), result: text("result") }).await
        }
        Verb::RunbookStep => {
            let input = input::RunbookStep {
                version,
                runbook: text("runbook"),
                runbook_version: typed.number("runbook_version")?.unwrap_or_default(),
                step: typed.number("step")?.unwrap_or_default(),
                result: text("result"),
                recovery_point: typed.moment("recovery_point", zone)?,
                consent: text("consent"),
            };
            desk.tick_step(caller, key, &input).await
        }
        Verb::RunbookRefusal => {
            desk.decline_runbook(caller, key, &input::RunbookRefusal { version, reason: text("reason") }).await
        }
        Verb::Recovery => {
            let recovered_at = typed.moment("recovered_at", zone)?;
            let recovery_point = typed.moment("recovery_point", zone)?;
            desk.recover(caller, key, &input::Recovery { version, recovered_at, recovery_point }).await
        }
        Verb::RecoveryWithdrawal => {
            desk.withdraw_recovery(caller, key, &input::RecoveryWithdrawal { version, reason: text("reason") }).await
        }
        Verb::RecoveryNotice => {
            let input = input::RecoveryNotice {
                version,
                method: text("method"),
                confirmed_by: text("confirmed_by"),
                channel: Some(typed.code("channel")?),
                text: text("text"),
            };
            desk.notify_recovery(caller, key, &input).await
        }
        Verb::Recurrence => desk.recur(caller, key, &input::Recurrence { version, text: text("text") }).await,
        Verb::Closure => {
            let (class, cause, confirmed_by) = (text("class"), text("cause"), text("confirmed_by"));
            desk.close(caller, key, &input::Closure { version, class, cause, confirmed_by }).await
        }
        Verb::FalseAlarm => {
            desk.declare_false_alarm(caller, key, &input::FalseAlarm { version, grounds: text("grounds") }).await
        }
        Verb::FalseAlarmReview => {
            let input = input::FalseAlarmReview { version, upheld: typed.yes("upheld"), reason: text("reason") };
            desk.review_false_alarm(caller, key, &input).await
        }
        Verb::Note => desk.note(caller, key, &input::Note { text: text("text") }).await,
        Verb::Message => desk.message(caller, key, &input::Message { text: text("text") }).await,
    }
}

/// Which call of the incident.
fn call(typed: &Typed) -> Answer<u32> {
    Ok(typed.number("call")?.unwrap_or_default())
}

/// The answers of the criteria, in the order of the form: `answer_<id>` is `yes` or `no`.
fn answers(typed: &Typed) -> Vec<CriteriaAnswer> {
    let answer = |(name, value): &(String, String)| {
        let question = name.strip_prefix("answer_")?.to_owned();
        Some(CriteriaAnswer { question, yes: value == "yes" })
    };
    typed.0.iter().filter_map(answer).collect()
}

/// Somebody was faster: what happened since, and everything that was typed.
async fn conflict(here: &Here, key: &RecordKey, typed: Typed) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Board).await?;
    let view = here.state.desk.incident(&here.caller, key).await?;
    let seen = typed.version().unwrap_or_default();
    let sources = here.state.desk.sources(&here.caller, &view.tenant).await?;
    let told = told(&shell, &view, &sources);
    let since = view.facts.iter().rev().take_while(|fact| fact.seq > seen).map(|fact| told.entry(fact)).collect();
    let typed = typed.0.into_iter().filter(|(name, value)| name != "version" && !value.is_empty()).collect();
    let it = Conflict { record: format!("/incidents/{key}"), since, typed };
    Ok((StatusCode::CONFLICT, html(conflict_page(&shell, &it))).into_response())
}

/// The list: everything for staff, what was told for customers; open ones first.
pub(crate) async fn list(here: Here, gate::Query(asked): gate::Query<Before>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Incidents).await?;
    let rows = customer::handler::rows(&here, asked.place()).await?;
    let headers: Vec<store::IncidentRow> = rows.iter().map(|it| it.row.clone()).collect();
    let outcomes = here.state.desk.outcomes(&here.caller, &headers).await?;
    let staff = here.caller.may_somewhere(Right::ReadOperations);
    Ok(html(customer::list_page(&shell, &customer::handler::list(&shell, staff, rows, &outcomes))))
}

/// Where a list goes on: after the incident opened then.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Before {
    opened: Option<i64>,
    key: Option<RecordKey>,
}

impl Before {
    fn place(self) -> Option<(domain::time::Instant, RecordKey)> {
        self.opened.map(domain::time::Instant::from_ms).zip(self.key)
    }
}
