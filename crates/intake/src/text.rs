//! Texts from outside, brought within the limits of an alert event.

use domain::fact::sha256;

/// Characters of a summary (Events API v2: 1,024).
pub(crate) const SUMMARY_MAX: usize = 1_024;
/// Characters of a source.
pub(crate) const SOURCE_MAX: usize = 1_024;
/// Characters of a dedup key (Events API v2: 255), and of an alert key.
pub(crate) const KEY_MAX: usize = 255;

/// One line: runs of blanks, line breaks and control characters become one blank, the ends are cut.
pub(crate) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// One line of at most that many characters; a cut is shown by `…`.
pub(crate) fn shortened(text: &str, max: usize) -> String {
    let line = one_line(text);
    if line.chars().count() <= max {
        return line;
    }
    line.chars().take(max - 1).chain(['…']).collect()
}

/// A key as it is, or its hash where it is too long for the desk.
pub(crate) fn key(text: &str) -> String {
    if text.chars().count() <= KEY_MAX { text.to_owned() } else { format!("sha256:{}", sha256(&[text.as_bytes()])) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_one_line_cut_between_characters() {
        assert_eq!(shortened(" web01\n\t応答なし\u{0} ", 20), "web01 応答なし");
        assert_eq!(shortened("応答なし", 3), "応答…");
        assert_eq!(shortened("応答なし", 4), "応答なし");
    }

    #[test]
    fn a_long_key_becomes_its_hash() {
        assert_eq!(key("k"), "k");
        assert_eq!(key(&"鍵".repeat(255)), "鍵".repeat(255));
        let hashed = key(&"k".repeat(256));
        assert!(hashed.starts_with("sha256:") && hashed.len() == 71);
    }
}
