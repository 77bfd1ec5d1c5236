//! Which language a reader asked for.

use domain::words::Lang;
use http::{HeaderMap, header};

/// The first language of `Accept-Language` that the desk speaks, by weight (RFC 9110 §12.5.4); none where it names none.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<Lang> {
    let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(Lang, f32)> = None;
    for entry in text.split(',') {
        let mut parts = entry.split(';');
        let Some(lang) = parts.next().map(str::to_ascii_lowercase).and_then(|tag| Lang::from_tag(&tag)) else {
            continue;
        };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(_, other)| weight > other) {
            best = Some((lang, weight));
        }
    }
    best.map(|(lang, _)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<Lang>) {
        let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, text.parse().unwrap())]);
        assert_eq!(accepted(&headers), expected, "{text}");
    }

    #[test]
    fn the_heaviest_known_language_wins_and_the_first_of_equals() {
        check("en-GB,en;q=0.9,ja;q=0.8", Some(Lang::En));
        check("en;q=0.3, JA;q=0.8", Some(Lang::Ja));
        check("ja,en", Some(Lang::Ja));
        check("de-CH, fr;q=0.5", None);
        check("ja;q=0, en;q=0.1", Some(Lang::En));
        check("*", None);
    }
}
