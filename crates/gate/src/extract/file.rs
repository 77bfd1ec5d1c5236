//! The body of a form with a file: `multipart/form-data` (RFC 7578), read whole under the route's cap.

use super::body::RawBody;
use crate::{Kind, Trouble};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use futures::stream::once;
use http::header;
use multer::{Multipart, parse_boundary};
use std::convert::Infallible;

/// Fields of a form at most; ours have a few.
const FIELDS_MAX: usize = 20;

/// A form with a file.
#[derive(Clone, Debug, Default)]
pub struct FileForm {
    /// Names and values of the other fields.
    pub fields: Vec<(String, String)>,
    /// The first file that was chosen.
    pub file: Option<SentFile>,
}

/// A file as a browser sends it.
#[derive(Clone, Debug)]
pub struct SentFile {
    /// Its name.
    pub name: String,
    /// What the browser says it is; empty where it says nothing.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Bytes,
}

impl<S: Sync> FromRequest<S> for FileForm {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary = parse_boundary(kind).map_err(|_| {
            let (ja, en) = (
                "Content-Type: multipart/form-data で送ってください。",
                "Send it as Content-Type: multipart/form-data.",
            );
            Trouble::new(Kind::WrongType, ja, en)
        })?;
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        read(bytes, boundary).await.map_err(|_| {
            Trouble::invalid(
                "body",
                "送られたフォームを読めません。もう一度送ってください。",
                "The form cannot be read. Send it again.",
            )
        })
    }
}

async fn read(bytes: Bytes, boundary: String) -> multer::Result<FileForm> {
    let mut parts = Multipart::new(once(async { Ok::<_, Infallible>(bytes) }), boundary);
    let mut form = FileForm::default();
    for _ in 0..FIELDS_MAX {
        let Some(part) = parts.next_field().await? else { break };
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            // A browser sends an empty part where nothing was chosen.
            Some(file) if file.is_empty() => {}
            Some(file) => {
                let media_type = part.content_type().map(ToString::to_string).unwrap_or_default();
                let bytes = part.bytes().await?;
                form.file.get_or_insert(SentFile { name: file, media_type, bytes });
            }
            None => form.fields.push((name, part.text().await?)),
        }
    }
    Ok(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(body: &str) -> Option<(Vec<(String, String)>, Option<(String, String, usize)>)> {
        let form = read(Bytes::from(body.to_owned()), "X".to_owned()).await.ok()?;
        Some((form.fields, form.file.map(|it| (it.name, it.media_type, it.bytes.len()))))
    }

    #[tokio::test]
    async fn fields_and_the_first_file_are_read() {
        let internal = "--X\r\nContent-Disposition: form-data; name=\"internal\"\r\n\r\nyes\r\n";
        let file = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"画面.png\"\r\nContent-Type: image/png\r\n\r\nabc\r\n";
        let none = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n";
        let yes = vec![("internal".to_owned(), "yes".to_owned())];
        let picture = Some(("画面.png".to_owned(), "image/png".to_owned(), 3));
        assert_eq!(sent(&format!("{internal}{file}--X--\r\n")).await, Some((yes.clone(), picture.clone())));
        assert_eq!(sent(&format!("{file}{none}--X--\r\n")).await, Some((vec![], picture)));
        assert_eq!(sent(&format!("{internal}{none}--X--\r\n")).await, Some((yes, None)));
        for broken in [
            "",
            "--X",
            "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc",
            "no boundary at all",
        ] {
            assert_eq!(sent(broken).await, None, "{broken:?}");
        }
    }
}
