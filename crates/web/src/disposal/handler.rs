//! The routes of 保管と廃棄.

use super::{DisposalLine, ErasurePage, RetentionPage, erasure_page, page};
use crate::form::Draft;
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::Sent;
use axum::response::Response;
use desk::{Answer, DisposalAnswer, Erasure};
use domain::access::Right;
use domain::disposal::{Disposal, Retention};
use domain::ids::{RecordKey, TenantId};
use domain::refusal::Refusal;
use gate::{Path, Query, Trouble};
use maud::Markup;
use serde::Deserialize;

/// Whose; without words that of the first customer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    tenant: Option<TenantId>,
}

/// The retention of a customer.
pub(crate) async fn show(here: Here, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    Ok(html(shown(&here, asked.tenant, Draft::default()).await?))
}

async fn shown(here: &Here, tenant: Option<TenantId>, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Compliance).await?;
    let mut customers = vec![];
    for view in here.state.desk.tenants(&here.caller, Right::ReadPublished).await? {
        if !view.tenant.is_provider() {
            customers.push((view.tenant.id.to_string(), view.tenant.name));
        }
    }
    let first = customers.first().map(|(id, _)| TenantId::new(id.as_str()));
    let tenant = tenant.or(first).ok_or_else(Refusal::not_found)?;
    let view = here.state.desk.disposals(&here.caller, &tenant).await?;
    let is_open = view.disposals.first().is_some_and(|(it, ..)| it.waits() || it.runs());
    let it = RetentionPage {
        customers,
        tenant: tenant.to_string(),
        customer: view.customer,
        months: view.retention.months,
        version: view.version,
        kept: view.retention.kept.iter().map(ToString::to_string).collect(),
        before: view.before,
        over: view.over,
        is_open,
        disposals: view.disposals.into_iter().map(line).collect(),
        may: view.may,
        may_agree: view.may_agree,
        draft,
    };
    Ok(page(&shell, &it))
}

fn line((it, proposer, answerer, reason): (Disposal, String, Option<String>, Option<String>)) -> DisposalLine {
    DisposalLine {
        number: it.number,
        before: it.before,
        tickets: it.tickets,
        proposed: (it.proposed.at, proposer),
        answered: it.answered.map(|answer| (answer.what, answer.mark.at, answerer.unwrap_or_default(), reason)),
        ended: it.ended.map(|ended| (ended.mark.at, ended.what.0, ended.what.1)),
    }
}

fn tenant(sent: &Sent) -> TenantId {
    TenantId::new(sent.typed.text("tenant"))
}

async fn answered(here: Here, sent: Sent, form: &str, done: Answer<()>) -> Result<Response, Trouble> {
    let tenant = tenant(&sent);
    let to = format!("/retention?tenant={tenant}");
    let here = here.at(to.clone());
    sent.answer(here.lang(), form, done.map(|()| to), async |draft| shown(&here, Some(tenant), draft).await).await
}

/// Agrees on another retention.
pub(crate) async fn agree(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let done = agree_typed(&here, &sent).await;
    answered(here, sent, "agreement", done).await
}

async fn agree_typed(here: &Here, sent: &Sent) -> Answer<()> {
    let missing = || Refusal::invalid("months", "月数を入力してください。", "Give the months.");
    let months = sent.typed.number("months")?.ok_or_else(missing)?;
    let kept = sent.typed.text("kept");
    let kept = kept.split_whitespace().map(RecordKey::new).collect();
    let after = sent.typed.number("after")?;
    let paper = Retention { months, kept };
    here.state.desk.record_paper_after(&here.caller, &tenant(sent), "", &paper, None, after).await?;
    Ok(())
}

/// Proposes a disposal.
pub(crate) async fn propose(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let done = here.state.desk.propose_disposal(&here.caller, &tenant(&sent)).await.map(drop);
    answered(here, sent, "proposal", done).await
}

/// Approves or rejects one.
pub(crate) async fn answer(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let done = answer_typed(&here, &sent).await;
    answered(here, sent, "answer", done).await
}

async fn answer_typed(here: &Here, sent: &Sent) -> Answer<()> {
    let approved = match sent.typed.text("approved").as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Refusal::invalid("approved", "どちらかを選んでください。", "Choose one.").into()),
    };
    let number = sent.typed.number("number")?.unwrap_or_default();
    let asked = DisposalAnswer { number, approved, reason: sent.typed.text("reason") };
    here.state.desk.answer_disposal(&here.caller, &tenant(sent), &asked).await.map(drop)
}

/// Which kind of ticket, by the folder of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Folder(pub(crate) &'static str);

impl Folder {
    fn ticket(self, key: &RecordKey) -> String {
        format!("/{}/{key}", self.0)
    }

    async fn page(self, here: &Here, key: &RecordKey, draft: Draft) -> Result<Markup, Trouble> {
        let shell = here.shell(Place::Compliance).await?;
        Ok(erasure_page(&shell, &ErasurePage { ticket: self.ticket(key), key: key.to_string(), draft }))
    }
}

/// The form that erases the words of one fact of a ticket.
pub(crate) async fn erasing(of: Folder, here: Here, Path(key): Path<RecordKey>) -> Result<Response, Trouble> {
    here.state.desk.may_erase(&here.caller, &key).await?;
    Ok(html(of.page(&here, &key, Draft::default()).await?))
}

/// Erases them.
pub(crate) async fn erase(of: Folder, here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let number = sent.typed.number("number");
    let done = match number {
        Ok(number) => {
            let asked = Erasure { number: number.unwrap_or_default(), reason: sent.typed.text("reason") };
            here.state.desk.erase_words(&here.caller, &key, &asked).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let done = done.map(|_| of.ticket(&key));
    let here = here.at(of.ticket(&key));
    sent.answer(here.lang(), "erasure", done, async |draft| of.page(&here, &key, draft).await).await
}
