//! Files of requests and incidents: added, listed, given back.

use crate::page::{Paging, Told, cut};
use crate::routes::Routes;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use desk::{Answer, Caller, Desk, FileListed, NewFile};
use domain::access::Right;
use domain::attachment::MAX_BYTES;
use domain::ids::RecordKey;
use domain::refusal::Refusal;
use gate::{Asked, Object, Path, Policy, Query, Signed, Trouble, answer_once, attached};
use http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use wire::Page;
use wire::attachment::AttachedFile;

/// Bytes of a body: a file of the greatest size in base64, and what stands around it.
const BODY_MAX: usize = MAX_BYTES.div_ceil(3) * 4 + 64 * 1024;

/// A file to add.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileToAdd {
    /// Its name.
    name: String,
    /// What it is, as `type/subtype`; kept and never trusted.
    #[serde(default)]
    media_type: String,
    /// Its bytes in base64 (RFC 4648 4), at most 10 MiB of them.
    #[schema(format = Byte)]
    content: String,
    /// Among the provider's own: the customer does not see it. Staff only.
    #[serde(default)]
    internal: bool,
}

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Its number.
    number: u64,
}

/// Which kind of ticket.
#[derive(Clone, Copy)]
enum Of {
    Request,
    Incident,
}

pub(crate) fn routes(routes: &mut Routes) {
    for (of, object, files, file, ids) in [
        (
            Of::Request,
            &[Object::Request],
            "/api/v1/requests/{request}/files",
            "/api/v1/requests/{request}/file",
            ["requestFiles", "attachToRequest", "requestFile"],
        ),
        (
            Of::Incident,
            &[Object::Incident],
            "/api/v1/incidents/{key}/files",
            "/api/v1/incidents/{key}/file",
            ["incidentFiles", "attachToIncident", "incidentFile"],
        ),
    ] {
        let read = Policy::In(Right::ReadPublished);
        routes
            .get(files, read)
            .on(object)
            .says(ids[0], "The files of a ticket, in the order in which they were added", "files")
            .query::<Paging>()
            .lists::<AttachedFile>()
            .to(list);
        let add = move |State(desk): State<Desk>, Signed(caller): Signed, Path(key): Path<RecordKey>, asked| async move {
            add(of, desk, caller, key, asked).await
        };
        routes
            .post(files, Policy::SignedIn)
            .on(object)
            .says(ids[1], "添付する: adds a file; from either side, in every state", "files")
            .takes::<FileToAdd>()
            .body_max(BODY_MAX)
            .answers::<wire::incident::Done>(201)
            .to(add);
        routes
            .get(file, read)
            .on(object)
            .says(ids[2], "The bytes of a file", "files")
            .query::<Wanted>()
            .answers_bytes()
            .to(give);
    }
}

async fn list(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(key): Path<RecordKey>,
    Query(paging): Query<Paging>,
) -> Told<Page<AttachedFile>> {
    let file = |it: FileListed| AttachedFile {
        number: it.number,
        name: it.name,
        media_type: it.file.media_type,
        size: it.file.size,
        at: it.at.to_string(),
        from_customer: it.from_customer,
        internal: it.file.internal,
    };
    let files = desk.files(&caller, &key).await?.into_iter().map(file).collect();
    Ok(Json(cut(&paging, files, |it: &AttachedFile| it.number.to_string())?))
}

async fn add(of: Of, desk: Desk, caller: Caller, key: RecordKey, asked: Asked<FileToAdd>) -> Result<Response, Trouble> {
    let Asked { body, once } = asked;
    let bytes = STANDARD.decode(&body.content).map_err(|_| {
        Refusal::invalid("content", "ファイルの中身をbase64で送ってください。", "Send the bytes of the file in base64.")
    })?;
    let file = NewFile { name: body.name, media_type: body.media_type, bytes, internal: body.internal };
    let verb = |desk: Desk| async move {
        let done: Answer<desk::incident::Done> = match of {
            Of::Request => desk.attach_to_request(&caller, &key, &file).await,
            Of::Incident => desk.attach_to_incident(&caller, &key, &file).await,
        };
        done
    };
    answer_once(&desk, once.as_ref(), StatusCode::CREATED, verb).await
}

async fn give(
    State(desk): State<Desk>,
    Signed(caller): Signed,
    Path(key): Path<RecordKey>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    let file = desk.file(&caller, &key, wanted.number).await?;
    Ok(attached(&file.name, file.bytes))
}
