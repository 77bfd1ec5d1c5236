//! The session cookie, and where a sign-in may lead.

use crate::Gate;
use http::{HeaderMap, HeaderValue, header};

/// Letters a token may have.
const TOKEN_MAX: usize = 128;

impl Gate {
    /// `__Host-` pins a cookie to this host and path over TLS; browsers refuse that name over plain HTTP.
    fn cookie_name(&self) -> &'static str {
        if self.settings().https { "__Host-madoguchi" } else { "madoguchi" }
    }

    /// The `Set-Cookie` value that keeps a session for that many seconds. The token must be letters and digits.
    pub fn session_cookie(&self, token: &str, max_age_s: i64) -> HeaderValue {
        assert!(is_token(token), "a session token is letters and digits");
        self.cookie(token, max_age_s)
    }

    /// The `Set-Cookie` value that ends the session in the browser.
    pub fn no_session_cookie(&self) -> HeaderValue {
        self.cookie("", 0)
    }

    #[expect(clippy::expect_used, reason = "a checked token between constants is visible ASCII")]
    fn cookie(&self, token: &str, max_age_s: i64) -> HeaderValue {
        let secure = if self.settings().https { "; Secure" } else { "" };
        let name = self.cookie_name();
        let text = format!("{name}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(text).expect("visible ASCII")
    }

    /// The session token that a request carries.
    pub fn session_token<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, token)| *name == self.cookie_name() && is_token(token))
            .map(|(_, token)| token)
    }
}

fn is_token(text: &str) -> bool {
    (1..=TOKEN_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The secret of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && is_token(secret)).then_some(secret)
}

/// A path of our own out of a `next` parameter: after sign-in nobody is led to another site.
pub fn local_path(next: Option<&str>) -> &str {
    let is_ours = |path: &&str| {
        path.starts_with('/')
            && !path[1..].starts_with(['/', '\\'])
            && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    next.filter(is_ours).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::tests::gate;

    fn headers(cookie: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))])
    }

    #[tokio::test]
    async fn the_cookie_is_bound_to_the_host_over_tls() {
        let ((over_tls, _one), (plain, _other)) = (gate(true).await, gate(false).await);
        let set = over_tls.session_cookie("abc1", 60);
        assert_eq!(set, "__Host-madoguchi=abc1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(plain.no_session_cookie(), "madoguchi=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    #[tokio::test]
    async fn the_token_is_found_among_other_cookies() {
        let ((over_tls, _one), (plain, _other)) = (gate(true).await, gate(false).await);
        assert_eq!(over_tls.session_token(&headers("a=b; __Host-madoguchi=abc1; c=d")), Some("abc1"));
        assert_eq!(over_tls.session_token(&headers("madoguchi=abc1")), None);
        assert_eq!(plain.session_token(&headers("madoguchi=a\"b")), None);
    }

    #[test]
    fn a_sign_in_leads_only_to_our_own_pages() {
        for ours in ["/", "/incidents/A-1?tab=2", "/a%20b"] {
            assert_eq!(local_path(Some(ours)), ours);
        }
        for foreign in ["", "https://e.example", "//e.example", "/\\e.example", "/a\nb", "a", "/a b"] {
            assert_eq!(local_path(Some(foreign)), "/", "{foreign}");
        }
        assert_eq!(local_path(None), "/");
    }

    #[test]
    fn a_bearer_key_is_read_whatever_the_case_of_the_scheme() {
        let of = |text: &'static str| HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(text))]);
        assert_eq!(bearer(&of("Bearer abc")), Some("abc"));
        assert_eq!(bearer(&of("bearer abc")), Some("abc"));
        assert_eq!(bearer(&of("Basic abc")), None);
        assert_eq!(bearer(&of("Bearer ")), None);
    }
}
