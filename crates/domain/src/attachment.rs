//! 添付ファイル: a file that either side adds to a ticket (R-4.1-1; design: attachments to 10 MiB in the database).
//!
//! Its name and its bytes are blobs, so that a file that should not have been sent can be erased and the chain stays whole. What
//! the sender says of its type is kept and never trusted: a file is always given back to be saved, never to be shown.

use crate::ids::BlobId;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Bytes of one file at most: 10 MiB.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// Files of one ticket at most.
pub const MAX_FILES: usize = 50;
/// Characters of a name at most.
const NAME_MAX: usize = 200;
/// The type of bytes of which nothing is known.
pub const ANY: &str = "application/octet-stream";

/// One file of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its name, without folders.
    pub name: BlobId,
    /// What its sender says it is.
    pub media_type: String,
    /// Its bytes: how many.
    pub size: u64,
    /// Its bytes.
    pub file: BlobId,
    /// Among ourselves: the customer does not see it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
}

/// A file's name without folders and control characters.
///
/// # Errors
/// Nothing is left of it, or it is longer than 200 characters.
pub fn name(sent: &str) -> Result<String, Refusal> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    let name = name.trim().trim_matches('.').trim();
    if name.is_empty() {
        return Err(Refusal::invalid("file", "ファイルを選んでください。", "Choose a file."));
    }
    if name.chars().count() > NAME_MAX {
        return Err(Refusal::invalid(
            "file",
            format!("ファイル名は{NAME_MAX}文字までにしてください。"),
            format!("The name of a file has at most {NAME_MAX} characters."),
        ));
    }
    Ok(name.to_owned())
}

/// What its sender says it is, as `type/subtype` (RFC 9110 8.3.1) without parameters; `application/octet-stream` where that is
/// none.
pub fn media_type(sent: &str) -> String {
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    match essence.split_once('/') {
        Some((kind, sub)) if is_token(kind) && is_token(sub) => essence,
        _ => ANY.to_owned(),
    }
}

/// Whether one more file of so many bytes fits to a ticket that has so many.
///
/// # Errors
/// It is empty or too large, or the ticket has as many as it may.
pub fn fits(bytes: usize, files: usize) -> Result<(), Refusal> {
    if bytes == 0 {
        return Err(Refusal::invalid(
            "file",
            "空のファイルです。別のファイルを選んでください。",
            "The file is empty. Choose another one.",
        ));
    }
    if bytes > MAX_BYTES {
        return Err(Refusal::invalid(
            "file",
            "ファイルは10 MiBまでです。分けるか、置き場所をメッセージでお知らせください。",
            "A file has at most 10 MiB. Split it, or write in a message where it can be found.",
        ));
    }
    if files >= MAX_FILES {
        return Err(Refusal::not_now(
            format!("1件のチケットに添付できるのは{MAX_FILES}個までです。"),
            format!("A ticket has at most {MAX_FILES} files."),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_no_folder_and_no_control_character() {
        for (sent, kept) in [
            ("設定.txt", Some("設定.txt")),
            ("C:\\Users\\me\\shot.png", Some("shot.png")),
            ("../../etc/passwd", Some("passwd")),
            (" a\r\nb\0.log ", Some("ab.log")),
            (".htaccess", Some("htaccess")),
            ("..", None),
            ("dir/", None),
            ("", None),
        ] {
            assert_eq!(name(sent).ok().as_deref(), kept, "{sent:?}");
        }
        assert!(name(&"あ".repeat(200)).is_ok() && name(&"あ".repeat(201)).is_err());
    }

    #[test]
    fn a_type_is_one_or_nothing_is_known() {
        for (sent, kept) in [
            ("image/PNG", "image/png"),
            ("text/plain; charset=utf-8", "text/plain"),
            ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
            ("", ANY),
            ("png", ANY),
            ("text/", ANY),
            ("text/html\r\nX-Evil: 1", ANY),
        ] {
            assert_eq!(media_type(sent), kept, "{sent:?}");
        }
    }

    #[test]
    fn a_file_has_bytes_and_room() {
        assert!(fits(1, 0).is_ok() && fits(MAX_BYTES, MAX_FILES - 1).is_ok());
        assert!(fits(0, 0).is_err() && fits(MAX_BYTES + 1, 0).is_err() && fits(1, MAX_FILES).is_err());
    }
}
