//! Sealing: AES-256-GCM under a key made from the passphrase by PBKDF2-HMAC-SHA-256. Both are in every browser's WebCrypto,
//! which is why they were chosen: the file must open without anything installed.

use crate::Passphrase;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::pbkdf2;
use std::num::NonZeroU32;

/// Rounds of PBKDF2 (OWASP's figure for HMAC-SHA-256): about half a second on a PC, for each guess too.
pub const ROUNDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(599_999);

/// Bytes of a salt.
const SALT_LEN: usize = 16;

/// Random bytes of one pack, never used for another.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// For the key.
    pub salt: [u8; SALT_LEN],
    /// For the cipher.
    pub nonce: [u8; NONCE_LEN],
}

/// Encrypts a text and appends the tag; `about` is readable by everybody and cannot be changed without being noticed.
#[expect(clippy::expect_used, reason = "a key of 32 bytes is one of AES-256, and a pack is far below GCM's 64 GiB")]
pub(crate) fn seal(text: &str, passphrase: &Passphrase, fresh: &Fresh, about: &str) -> Vec<u8> {
    let mut sealed = text.as_bytes().to_vec();
    key(passphrase, &fresh.salt)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(fresh.nonce), Aad::from(about.as_bytes()), &mut sealed)
        .expect("a pack is smaller than GCM's limit");
    sealed
}

#[expect(clippy::expect_used, reason = "a key of 32 bytes is one of AES-256")]
fn key(passphrase: &Passphrase, salt: &[u8]) -> LessSafeKey {
    let mut key = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, passphrase.as_bytes(), &mut key);
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes are a key of AES-256"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::try_from(text.to_owned()).unwrap()
    }

    fn open(sealed: &[u8], passphrase: &Passphrase, fresh: &Fresh, about: &str) -> Option<String> {
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(fresh.nonce);
        let opened =
            key(passphrase, &fresh.salt).open_in_place(nonce, Aad::from(about.as_bytes()), &mut sealed).ok()?;
        Some(String::from_utf8(opened.to_vec()).unwrap())
    }

    #[test]
    fn what_was_sealed_opens_with_its_passphrase_and_its_words_about_it_alone() {
        let (fresh, right) =
            (Fresh { salt: [1; SALT_LEN], nonce: [2; NONCE_LEN] }, passphrase("correct horse battery"));
        let text = "佐藤 090-0000-0000";
        let sealed = seal(text, &right, &fresh, "03:12");
        assert!(!sealed.windows(4).any(|four| four == b"0000"), "nothing is readable");
        assert_eq!(open(&sealed, &right, &fresh, "03:12").as_deref(), Some(text));
        assert_eq!(open(&sealed, &right, &fresh, "04:12"), None);
        assert_eq!(open(&sealed, &passphrase("correct horse batterz"), &fresh, "03:12"), None);
        let mut torn = sealed.clone();
        torn[0] ^= 1;
        assert_eq!(open(&torn, &right, &fresh, "03:12"), None);
        let salted = Fresh { salt: [3; SALT_LEN], ..fresh };
        assert_ne!(seal(text, &right, &salted, "03:12"), sealed);
    }
}
