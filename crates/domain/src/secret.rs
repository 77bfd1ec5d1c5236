//! 秘密の受け渡し: an initial password or a key that the customer reads once on the ticket, and that is gone after that.
//!
//! No fact, no mail and no file ever holds the secret. It is sealed beside the chain until it is read, taken back or its time has
//! passed; the facts tell that it was handed over, what for, until when, and who read it.

use crate::ids::BlobId;
use crate::incident::Marked;
use crate::refusal::Refusal;
use crate::time::Instant;

/// Bytes of a secret at most: room for a private key.
pub const MAX_BYTES: usize = 8 * 1024;
/// Secrets of one ticket at most.
pub const MAX_SECRETS: usize = 20;
/// How long a secret waits to be read: 7 days.
pub const WAITS_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// A secret that was handed over, without itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// What it is for, such as the name of an account.
    pub label: BlobId,
    /// Until when it can be read, exclusive.
    pub until: Instant,
    /// How it went; none while it waits.
    pub gone: Option<Marked<Gone>>,
}

/// Why a secret is there no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The customer read it.
    Read,
    /// We took it back.
    TakenBack,
    /// Nobody read it in time.
    Expired,
}

impl Gone {
    /// The code in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::TakenBack => "taken_back",
            Self::Expired => "expired",
        }
    }
}

impl Secret {
    /// Whether it can be read at an instant.
    pub fn waits(&self, now: Instant) -> bool {
        self.gone.is_none() && now < self.until
    }
}

/// Whether something can be handed over as a secret.
///
/// # Errors
/// It is empty or too long, or the ticket has as many as it may.
pub fn fits(secret: &str, secrets: usize) -> Result<(), Refusal> {
    if secret.trim().is_empty() {
        return Err(Refusal::invalid("secret", "渡す内容を入力してください。", "Enter what to hand over."));
    }
    if secret.len() > MAX_BYTES {
        return Err(Refusal::invalid("secret", "8 KiBまでにしてください。", "At most 8 KiB can be handed over."));
    }
    if secrets >= MAX_SECRETS {
        return Err(Refusal::not_now(
            format!("1件のチケットで渡せるのは{MAX_SECRETS}個までです。"),
            format!("A ticket hands over at most {MAX_SECRETS} secrets."),
        ));
    }
    Ok(())
}

/// Whether a secret can be read or taken back now.
///
/// # Errors
/// It was read or taken back before, or its time has passed; each says what to do.
pub fn is_there(secret: &Secret, now: Instant) -> Result<(), Refusal> {
    let again = ("必要なら、あらためて発行を依頼してください。", "Ask for a new one if you need it.");
    let said = match secret.gone.as_ref().map(|gone| gone.what) {
        Some(Gone::Read) => ("すでに表示されました。", "It was read already. "),
        Some(Gone::TakenBack) => ("取り消されました。", "It was taken back. "),
        None if now < secret.until => return Ok(()),
        None | Some(Gone::Expired) => ("表示できる期限を過ぎました。", "The time to read it has passed. "),
    };
    Err(Refusal::not_now(format!("{}{}", said.0, again.0), format!("{}{}", said.1, again.1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Actor;
    use crate::incident::Mark;

    #[test]
    fn a_secret_has_letters_and_room() {
        assert!(fits("a", 0).is_ok() && fits(&"a".repeat(MAX_BYTES), MAX_SECRETS - 1).is_ok());
        for (secret, secrets) in [("", 0), (" \n", 0), ("a", MAX_SECRETS)] {
            assert!(fits(secret, secrets).is_err(), "{secret:?} {secrets}");
        }
        assert!(fits(&"a".repeat(MAX_BYTES + 1), 0).is_err());
    }

    #[test]
    fn a_secret_is_there_until_it_is_read_taken_back_or_too_old() {
        let until = Instant::from_ms(1_000);
        let gone = |what| {
            let mark = Mark { seq: 2, at: Instant::from_ms(5), actor: Actor::System, role: None };
            Some(Marked { mark, what })
        };
        for (gone, now, there) in [
            (None, 999, true),
            (None, 1_000, false),
            (gone(Gone::Read), 10, false),
            (gone(Gone::TakenBack), 10, false),
            (gone(Gone::Expired), 10, false),
        ] {
            let secret = Secret { label: BlobId::new("sha256:a"), until, gone };
            let now = Instant::from_ms(now);
            assert_eq!((is_there(&secret, now).is_ok(), secret.waits(now)), (there, there));
        }
    }
}
