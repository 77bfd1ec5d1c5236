//! The routes of procedures.

use super::{ProcedureLine, ProcedurePage, ProceduresPage, Walk, list_page, page};
use crate::here::{Here, html};
use crate::layout::Place;
use axum::response::Response;
use domain::ids::RecordKey;
use domain::refusal::Refusal;
use gate::{Query, Trouble};
use serde::Deserialize;

/// Which procedure is read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Chosen {
    /// Its code; none for the list.
    process: Option<String>,
    /// The record whose way is shown.
    record: Option<String>,
}

/// All procedures, one of them, or the one of a record with its way.
pub(crate) async fn show(here: Here, Query(chosen): Query<Chosen>) -> Result<Response, Trouble> {
    let shell = here.shell(Place::Procedures).await?;
    let (desk, caller) = (&here.state.desk, &here.caller);
    if let Some(key) = chosen.record.filter(|key| !key.is_empty()) {
        let key = RecordKey::new(key);
        let walked = desk.walked(caller, &key).await?;
        let href = match walked.process.code.as_str() {
            "request" => format!("/requests/{key}"),
            "incident" => format!("/incidents/{key}"),
            _ => format!("/records/{key}"),
        };
        let record = Some((key.to_string(), href, Walk { states: walked.states }));
        return Ok(html(page(&shell, &ProcedurePage { process: walked.process, edition: walked.edition, record })));
    }
    let Some(code) = chosen.process.filter(|code| !code.is_empty()) else {
        let mut lines = vec![];
        for edition in desk.procedures().await? {
            let code = edition.process.code.clone();
            let (begin, records) = match code.as_str() {
                "request" => (None, "/requests".to_owned()),
                "incident" => (None, "/incidents".to_owned()),
                _ => {
                    let form = desk.record_form(caller, &code).await?;
                    let begin = form.map(|form| (form.verb.label, format!("/records/new?process={code}")));
                    (begin, format!("/records?process={code}"))
                }
            };
            lines.push(ProcedureLine { process: edition.process, edition: edition.number, begin, records });
        }
        return Ok(html(list_page(&shell, &ProceduresPage { lines })));
    };
    let edition = desk.procedure(&code).await?.ok_or_else(Refusal::not_found)?;
    Ok(html(page(&shell, &ProcedurePage { process: edition.process, edition: edition.number, record: None })))
}
