//! Secrets in the database are sealed, bound to their place: moved to another row or tenant they do not open.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

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
}
