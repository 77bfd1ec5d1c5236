//! Secrets and signatures of Standard Webhooks, symmetric scheme `v1`.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac;
use std::{fmt, str::FromStr};

/// How a secret's text begins.
const PREFIX: &str = "whsec_";

/// A secret shared with a receiver: `whsec_` and base64 of 24 to 64 bytes. Never shown by `Debug`.
#[derive(Clone)]
pub struct Secret(hmac::Key);

/// A text that is not a secret; does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is whsec_ and base64 of 24 to 64 bytes")]
pub struct NotASecret;

impl FromStr for Secret {
    type Err = NotASecret;

    fn from_str(text: &str) -> Result<Self, NotASecret> {
        let bytes = text.strip_prefix(PREFIX).and_then(|base64| STANDARD.decode(base64).ok()).ok_or(NotASecret)?;
        match bytes.len() {
            24..=64 => Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes))),
            _ => Err(NotASecret),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The header `webhook-signature`: one `v1,` and base64 of HMAC-SHA256 for each secret, parted by a space. The
/// timestamp is in seconds since 1970.
pub fn sign(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut content = format!("{id}.{timestamp}.").into_bytes();
    content.extend_from_slice(body);
    let signatures = secrets.iter().map(|secret| {
        let tag = hmac::sign(&secret.0, &content);
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors were computed with `openssl dgst -sha256 -mac HMAC` over `id.timestamp.body`.
    #[test]
    fn signatures_equal_those_of_another_program() {
        let first: Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let second: Secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".parse().unwrap();
        let check = |secrets: &[Secret], body: &str, expected: &str| {
            assert_eq!(sign(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body.as_bytes()), expected);
        };
        let one = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let two = "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI=";
        let body = "{\"test\": 2432232314}";
        check(std::slice::from_ref(&first), body, one);
        check(std::slice::from_ref(&second), body, two);
        check(&[first.clone(), second], body, &format!("{one} {two}"));
        check(&[first], "{\"件名\":\"障害\"}", "v1,IQlYzsszI8ET2bhhsyKj1w64N5uInZC2GKxfYwNbKJE=");
    }

    #[test]
    fn only_secrets_of_the_standard_are_taken() {
        let encoded = |length: usize| format!("{PREFIX}{}", STANDARD.encode(vec![7; length]));
        for (text, taken) in [
            (encoded(24), true),
            (encoded(64), true),
            (encoded(23), false),
            (encoded(65), false),
            (encoded(24).replace(PREFIX, ""), false),
            (encoded(24).replace(PREFIX, "whpk_"), false),
            (format!("{PREFIX}not base64!"), false),
            (String::new(), false),
        ] {
            assert_eq!(text.parse::<Secret>().is_ok(), taken, "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret: Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }
}
