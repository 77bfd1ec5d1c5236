//! A file given away piece by piece, however long it is.

use crate::Trouble;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::stream::try_unfold;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use std::fs::File;
use std::io;
use tokio::io::AsyncReadExt;

/// Bytes read at once.
const PIECE: usize = 1 << 16;

/// Answers with bytes to be saved under a name of any characters (RFC 6266, RFC 8187), never to be shown as a page of ours.
pub fn attached(name: &str, bytes: Vec<u8>) -> Response {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' }).collect();
    let said = name.bytes().fold(String::new(), |mut said, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => said.push(char::from(byte)),
            _ => said.push_str(&format!("%{byte:02X}")),
        }
        said
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{said}")),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_characters_breaks_no_header() {
        let said = |name: &str| attached(name, vec![]).headers()[CONTENT_DISPOSITION].to_str().unwrap().to_owned();
        assert_eq!(said("a-1.log"), "attachment; filename=\"a-1.log\"; filename*=UTF-8''a-1.log");
        assert_eq!(said("画\";x"), "attachment; filename=\"___x\"; filename*=UTF-8''%E7%94%BB%22%3Bx");
    }
}
