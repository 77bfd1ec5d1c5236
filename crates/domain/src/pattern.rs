//! Patterns of hosts and labels as people write them: `web*` stands for every name that begins so.

/// Whether a name fits a pattern, in which `*` stands for any characters, or none. Upper and lower case are the same, as
/// host names have it (RFC 4343).
pub fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.trim().to_lowercase(), name.trim().to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The names of a host as a sender wrote it: with its port, and without.
pub fn names_of_host(source: &str) -> impl Iterator<Item = &str> {
    let bare = source.rsplit_once(':').filter(|(host, port)| !host.contains(':') && port.parse::<u16>().is_ok());
    std::iter::once(source).chain(bare.map(|(host, _)| host))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, fits) in [
            ("web01", "web01", true),
            ("WEB01", "web01 ", true),
            ("web01", "web010", false),
            ("web*", "web", true),
            ("web*", "web01.example.jp", true),
            ("*.example.jp", "web01.example.jp", true),
            ("*.example.jp", "example.jp", false),
            ("w*b*1", "web-b01", true),
            ("a*a", "a", false),
            ("*", "", true),
            ("", "web", false),
            ("**", "x", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }
}
