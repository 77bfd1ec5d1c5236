//! Secrets in the database are sealed, bound to their place: moved to another row or tenant they do not open.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

/// Bytes of a signature: 128 bits, so that none is guessed.
const SIGNED_LEN: usize = 16;

fn key(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key).ok().map(LessSafeKey::new)
}

/// Seals a secret for one place, such as `tenant|webhooks|secret|id`.
pub(crate) fn seal(sealing_key: &[u8; 32], place: &str, secret: &str) -> Option<String> {
    let nonce = store::random::bytes::<NONCE_LEN>();
    let mut sealed = secret.as_bytes().to_vec();
    key(sealing_key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), &mut sealed)
        .ok()?;
    Some(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
}

/// Opens a secret at its place; none where the key, the place or the bytes are others.
pub(crate) fn open(sealing_key: &[u8; 32], place: &str, sealed: &str) -> Option<String> {
    let bytes = STANDARD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
    let mut sealed = sealed.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let opened = key(sealing_key)?.open_in_place(nonce, Aad::from(place.as_bytes()), &mut sealed).ok()?;
    String::from_utf8(opened.to_vec()).ok()
}

/// Signs what a link names, so that nobody can make one: 22 letters for an address. `use_of` keeps kinds of links apart.
pub(crate) fn sign(sealing_key: &[u8; 32], use_of: &str, named: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, sealing_key);
    let tag = hmac::sign(&key, format!("{use_of}|{named}").as_bytes());
    URL_SAFE_NO_PAD.encode(&tag.as_ref()[..SIGNED_LEN])
}

/// Whether a link was signed by [`sign`].
pub(crate) fn is_signed(sealing_key: &[u8; 32], use_of: &str, named: &str, signature: &str) -> bool {
    let tag = |signature: Vec<u8>| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, sealing_key);
        let named = hmac::sign(&key, format!("{use_of}|{named}").as_bytes());
        // Both are compared as tags of their own, so that the time it takes tells nothing.
        hmac::verify(&key, &named.as_ref()[..SIGNED_LEN], hmac::sign(&key, &signature).as_ref()).is_ok()
    };
    URL_SAFE_NO_PAD.decode(signature).is_ok_and(tag)
}

/// A tag of `N` letters and digits, at most 32, over what is named: 5 bits a letter, the same in whatever case a mail server writes
/// it.
pub(crate) fn tag<const N: usize>(sealing_key: &[u8; 32], use_of: &str, named: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, sealing_key);
    let tag = hmac::sign(&key, format!("{use_of}|{named}").as_bytes());
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    tag.as_ref().iter().take(N).map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

/// Whether a tag was made by [`tag`].
pub(crate) fn is_tag<const N: usize>(sealing_key: &[u8; 32], use_of: &str, named: &str, given: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, sealing_key);
    let made = tag::<N>(sealing_key, use_of, named);
    // Both are compared as tags of their own, so that the time it takes tells nothing.
    hmac::verify(&key, made.as_bytes(), hmac::sign(&key, given.as_bytes()).as_ref()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_at_its_place_and_with_its_key() {
        let sealed = seal(&[7; 32], "a|webhooks|secret|1", "whsec_x").unwrap();
        assert!(!sealed.contains("whsec"));
        assert_eq!(open(&[7; 32], "a|webhooks|secret|1", &sealed).as_deref(), Some("whsec_x"));
        assert_eq!(open(&[7; 32], "b|webhooks|secret|1", &sealed), None);
        assert_eq!(open(&[8; 32], "a|webhooks|secret|1", &sealed), None);
        assert_eq!(open(&[7; 32], "a|webhooks|secret|1", "AAAA"), None);
    }

    #[test]
    fn a_tag_is_made_for_one_use_and_one_name() {
        let made = tag::<20>(&[7; 32], "reply", "a|1");
        assert!(made.len() == 20 && made.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{made}");
        assert!(is_tag::<20>(&[7; 32], "reply", "a|1", &made));
        for (key, use_of, named) in [([8; 32], "reply", "a|1"), ([7; 32], "ack", "a|1"), ([7; 32], "reply", "a|2")] {
            assert!(!is_tag::<20>(&key, use_of, named, &made), "{use_of} {named}");
        }
        assert!(!is_tag::<20>(&[7; 32], "reply", "a|1", "") && !is_tag::<20>(&[7; 32], "reply", "a|1", &made[1..]));
    }

    #[test]
    fn a_link_is_signed_for_one_use_and_one_name() {
        let signature = sign(&[7; 32], "ack", "a|1");
        assert_eq!(signature.len(), 22);
        assert!(is_signed(&[7; 32], "ack", "a|1", &signature));
        for (key, use_of, named) in [([8; 32], "ack", "a|1"), ([7; 32], "other", "a|1"), ([7; 32], "ack", "a|2")] {
            assert!(!is_signed(&key, use_of, named, &signature), "{use_of} {named}");
        }
        assert!(!is_signed(&[7; 32], "ack", "a|1", ""));
    }
}
