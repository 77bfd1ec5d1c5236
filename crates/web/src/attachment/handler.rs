//! The routes of attached files, of requests and of incidents.

use crate::form::Draft;
use crate::here::Here;
use crate::sent::{Sent, Typed};
use crate::{incident, request};
use axum::response::Response;
use desk::{Answer, NewFile};
use domain::ids::RecordKey;
use domain::refusal::Refusal;
use gate::{FileForm, Path, Query, Trouble, attached};
use maud::Markup;
use serde::Deserialize;

/// Bytes of the form around a file.
pub(crate) const FORM_MAX: usize = domain::attachment::MAX_BYTES + 64 * 1024;

/// Which ticket a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ticket {
    /// ご依頼
    Request,
    /// 障害
    Incident,
}

impl Ticket {
    const fn folder(self) -> &'static str {
        match self {
            Self::Request => "requests",
            Self::Incident => "incidents",
        }
    }

    async fn page(self, here: &Here, key: &RecordKey, draft: Draft) -> Result<Markup, Trouble> {
        match self {
            Self::Request => request::handler::shown(here, key, draft).await,
            Self::Incident => incident::handler::shown(here, key, draft).await,
        }
    }
}

/// Which file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    number: u64,
}

/// Adds a file.
pub(crate) async fn add(
    of: Ticket,
    here: Here,
    Path(key): Path<RecordKey>,
    form: FileForm,
) -> Result<Response, Trouble> {
    let FileForm { fields, file } = form;
    let sent = Sent { typed: Typed(fields), wants_problem: false };
    let done = match file {
        None => Err(Refusal::invalid("file", "ファイルを選んでください。", "Choose a file.").into()),
        Some(file) => {
            let internal = sent.typed.yes("internal");
            let new = NewFile { name: file.name, media_type: file.media_type, bytes: file.bytes.to_vec(), internal };
            attach(of, &here, &key, &new).await
        }
    };
    let here = here.at(format!("/{}/{key}", of.folder()));
    sent.answer(here.lang(), "attachment", done, async |draft| of.page(&here, &key, draft).await).await
}

async fn attach(of: Ticket, here: &Here, key: &RecordKey, file: &NewFile) -> Answer<String> {
    let done = match of {
        Ticket::Request => here.state.desk.attach_to_request(&here.caller, key, file).await?,
        Ticket::Incident => here.state.desk.attach_to_incident(&here.caller, key, file).await?,
    };
    Ok(format!("/{}/{}#files", of.folder(), done.key))
}

/// Gives a file back, to be saved.
pub(crate) async fn give(
    here: Here,
    Path(key): Path<RecordKey>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let file = here.state.desk.file(&here.caller, &key, wanted.number).await?;
    Ok(attached(&file.name, file.bytes))
}
