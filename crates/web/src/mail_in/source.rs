//! The bytes of a mail as text that deceives nobody.

/// The bytes as text: what is no text is shown as a sign for it, and so are characters that turn the direction of what follows.
pub(super) fn shown_plainly(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n").chars().map(plain).collect()
}

fn plain(letter: char) -> char {
    match letter {
        '\n' | '\t' => letter,
        // ␛ for an escape and so on: the pictures stand in the order of the controls.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '␡',
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_seen() {
        let jis = b"\x1b$B$O$$\x1b(B";
        for (bytes, expected) in [
            (&b"Subject: x\r\n\r\n\thello\r\n"[..], "Subject: x\n\n\thello\n"),
            (jis, "␛$B$O$$␛(B"),
            ("はい".as_bytes(), "はい"),
            (b"\xff\0\x7f\r", "\u{fffd}␀␡␍"),
            ("gpj.\u{202e}exe\u{85}\u{2066}".as_bytes(), "gpj.\u{fffd}exe\u{fffd}\u{fffd}"),
            (b"<script>alert(1)</script>", "<script>alert(1)</script>"),
        ] {
            assert_eq!(shown_plainly(bytes), expected);
        }
    }
}
