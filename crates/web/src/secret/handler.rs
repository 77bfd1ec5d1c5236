//! The routes of secrets that are handed over on a request.

use super::{RevealedPage, revealed_page};
use crate::here::{Here, html};
use crate::layout::Place;
use crate::request::handler::shown;
use crate::sent::Sent;
use axum::response::Response;
use desk::{NewSecret, SecretBack};
use domain::ids::RecordKey;
use gate::{Path, Trouble};

fn ticket(key: &RecordKey) -> String {
    format!("/requests/{key}")
}

/// Hands one over.
pub(crate) async fn hand(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let new = NewSecret { label: sent.typed.text("label"), secret: sent.typed.text("secret") };
    let done = here.state.desk.hand_secret(&here.caller, &key, &new).await;
    let done = done.map(|done| format!("{}#secrets", ticket(&done.key)));
    let here = here.at(ticket(&key));
    // What was to be kept out of every page is not written back into one.
    let sent = sent.without("secret");
    sent.answer(here.lang(), "secret", done, async |draft| shown(&here, &key, draft).await).await
}

/// Shows one, once.
pub(crate) async fn read(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let number: u64 = sent.typed.number("number").ok().flatten().unwrap_or_default();
    let here = here.at(ticket(&key));
    match here.state.desk.read_secret(&here.caller, &key, number).await {
        Ok(it) => {
            let shell = here.shell(Place::Requests).await?;
            Ok(html(revealed_page(&shell, &RevealedPage { ticket: ticket(&key), label: it.label, secret: it.secret })))
        }
        Err(error) => {
            let form = format!("secret-reading-{number}");
            sent.answer(here.lang(), &form, Err(error), async |draft| shown(&here, &key, draft).await).await
        }
    }
}

/// Takes one back.
pub(crate) async fn take_back(here: Here, Path(key): Path<RecordKey>, sent: Sent) -> Result<Response, Trouble> {
    let number = sent.typed.number("number").ok().flatten().unwrap_or_default();
    let back = SecretBack { number, reason: sent.typed.text("reason") };
    let done = here.state.desk.take_secret_back(&here.caller, &key, &back).await;
    let done = done.map(|done| format!("{}#secrets", ticket(&done.key)));
    let here = here.at(ticket(&key));
    let form = format!("secret-taking-{number}");
    sent.answer(here.lang(), &form, done, async |draft| shown(&here, &key, draft).await).await
}
