//! Forms of other sites are refused, without tokens: browsers tell where a request comes from.

use http::{HeaderMap, Method, Uri, header};

/// Whether a browser sent this from another site, so that its cookie must not count.
///
/// `Sec-Fetch-Site` decides where it is sent (all browsers since 2023); else `Origin` must be this host. A request with
/// neither comes from no browser, and so nobody's cookie is borrowed.
pub(crate) fn is_cross_site(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return false;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(|authority| authority.as_str()));
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    origin.is_none() || !origin.zip(host).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, headers: &[(&'static str, &'static str)], refused: bool) {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let headers: HeaderMap = headers.collect();
        assert_eq!(is_cross_site(method, &Uri::from_static("/x"), &headers), refused, "{method} {headers:?}");
    }

    #[test]
    fn only_our_own_pages_may_act() {
        check(&Method::GET, &[("sec-fetch-site", "cross-site")], false);
        check(&Method::POST, &[("sec-fetch-site", "same-origin")], false);
        check(&Method::POST, &[("sec-fetch-site", "none")], false);
        check(&Method::POST, &[("sec-fetch-site", "same-site")], true);
        check(&Method::DELETE, &[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], true);
    }

    #[test]
    fn an_old_browser_is_judged_by_its_origin() {
        check(&Method::POST, &[("origin", "https://desk.example:8443"), ("host", "desk.example:8443")], false);
        check(&Method::POST, &[("origin", "https://evil.example"), ("host", "desk.example")], true);
        check(&Method::POST, &[("origin", "null"), ("host", "desk.example")], true);
        check(&Method::POST, &[("host", "desk.example")], false);
    }
}
