//! A file given away piece by piece, however long it is.

use crate::Trouble;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::stream::try_unfold;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use std::fs::File;
use std::io;
use tokio::io::AsyncReadExt;

/// Bytes read at once.
const PIECE: usize = 1 << 16;

/// Answers with a file from its beginning, under a name of letters, digits, dots and hyphens.
///
/// # Errors
/// The file's length cannot be read.
pub fn download(file: File, name: &str, media_type: &'static str) -> Result<Response, Trouble> {
    let bytes = file.metadata().map_err(|error| Trouble::failed(error.to_string()))?.len();
    let pieces = try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CONTENT_LENGTH, bytes.to_string()),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
