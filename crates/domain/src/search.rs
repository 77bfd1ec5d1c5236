//! Search in Japanese and every other language, without a dictionary: texts and questions become the same tokens (R-5.4.4.3-5).
//!
//! A text is folded by NFKC and lower case, so that ＶＰＮ and vpn, ｻｰﾊﾞｰ and サーバー are one. A run of letters and digits is a word. A
//! run of Japanese, Chinese or Korean has no spaces between its words; it becomes pairs of characters that overlap, and its last
//! character alone, so that a question of one character finds it as the beginning of a pair.

use unicode_normalization::UnicodeNormalization;

/// Characters of a question at most; what follows is left out.
pub const QUESTION_MAX: usize = 200;

/// Terms of a question at most; what follows is left out.
const TERMS_MAX: usize = 8;

/// Characters of a token at most.
const WORD_MAX: usize = 64;

/// Characters of a text that are indexed at most: a page of twenty.
const TEXT_MAX: usize = 20_000;

/// One term of a question: tokens that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Its tokens in their order; at least one.
    pub tokens: Vec<String>,
    /// Whether the last is only the beginning of a token.
    pub is_beginning: bool,
}

/// A piece of a text around what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Whether it is what was asked for.
    pub is_found: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A letter or digit of a script with spaces between words.
    Word,
    /// A character of a script without.
    Dense,
    Other,
}

fn kind(c: char) -> Kind {
    let dense = matches!(c,
        '\u{3005}' | '\u{3006}' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{20000}'..='\u{3ffff}');
    match c {
        // The dot between words of katakana parts them.
        '\u{30fb}' => Kind::Other,
        _ if dense => Kind::Dense,
        _ if c.is_alphanumeric() => Kind::Word,
        _ => Kind::Other,
    }
}

/// Folds a text: NFKC, lower case.
fn folded(text: &str) -> Vec<char> {
    text.chars().take(TEXT_MAX).nfkc().flat_map(char::to_lowercase).collect()
}

/// The runs of one kind, without what parts them.
fn runs(text: &[char]) -> impl Iterator<Item = (Kind, &[char])> {
    text.chunk_by(|a, b| kind(*a) == kind(*b)).map(|run| (kind(run[0]), run)).filter(|(kind, _)| *kind != Kind::Other)
}

/// The tokens of a text in their order; their places count.
pub fn tokens(text: &str) -> Vec<String> {
    let text = folded(text);
    let mut tokens = vec![];
    for (kind, run) in runs(&text) {
        match kind {
            Kind::Dense => tokens.extend((0..run.len()).map(|at| run[at..run.len().min(at + 2)].iter().collect())),
            _ => tokens.extend(words(run)),
        }
    }
    tokens
}

/// A run as words that an index takes: a long one, such as an encoded file, falls into pieces.
fn words(run: &[char]) -> impl Iterator<Item = String> {
    run.chunks(WORD_MAX).map(|word| word.iter().collect())
}

/// The terms of a question, each of which has to be found; none where it asks for nothing.
pub fn phrases(question: &str) -> Vec<Phrase> {
    let question: String = question.chars().take(QUESTION_MAX).collect();
    // NFKC makes the wide space of Japanese keyboards a usual one.
    let folded: String = folded(&question).into_iter().collect();
    folded.split_whitespace().filter_map(phrase).take(TERMS_MAX).collect()
}

fn phrase(term: &str) -> Option<Phrase> {
    let term: Vec<char> = term.chars().collect();
    let mut tokens = vec![];
    let mut is_beginning = false;
    let runs: Vec<_> = runs(&term).collect();
    for (place, (kind, run)) in runs.iter().enumerate() {
        let is_last = place + 1 == runs.len();
        match kind {
            // The last character alone is only a token where the text's run ends there too.
            Kind::Dense if run.len() > 1 && is_last => {
                tokens.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
                is_beginning = false;
            }
            Kind::Dense => {
                tokens.extend((0..run.len()).map(|at| run[at..run.len().min(at + 2)].iter().collect::<String>()));
                is_beginning = true;
            }
            _ => {
                tokens.extend(words(run));
                is_beginning = true;
            }
        }
    }
    (!tokens.is_empty()).then_some(Phrase { tokens, is_beginning })
}

/// The part of a text around the first thing that was asked for, in pieces; the beginning of the text where none of it is there.
/// `around` is how many characters stand on each side at most.
pub fn excerpt(text: &str, question: &str, around: usize) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    // Each folded character with the place of the one it came from.
    let mut folded = vec![];
    for (place, c) in chars.iter().enumerate() {
        folded.extend(std::iter::once(*c).nfkc().flat_map(char::to_lowercase).map(|c| (c, place)));
    }
    let wanted: String = self::folded(question).into_iter().collect();
    let found = wanted.split_whitespace().find_map(|term| {
        let term: Vec<char> = term.chars().collect();
        let at = folded.windows(term.len()).position(|part| part.iter().map(|(c, _)| c).eq(&term))?;
        Some((folded.get(at)?.1, folded.get(at + term.len() - 1)?.1 + 1))
    });
    let (from, to) = found.unwrap_or((0, 0));
    let (start, end) = (from.saturating_sub(around), chars.len().min(to + around));
    let piece = |range: &[char], is_found| Piece { text: range.iter().collect(), is_found };
    let mut pieces =
        vec![piece(&chars[start..from], false), piece(&chars[from..to], true), piece(&chars[to..end], false)];
    if start > 0 {
        pieces[0].text.insert(0, '…');
    }
    if end < chars.len() {
        pieces[2].text.push('…');
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_words_and_pairs() {
        for (text, expected) in [
            ("証明書期限", "証明 明書 書期 期限 限"),
            ("AWSの障害", "aws の障 障害 害"),
            ("ＶＰＮ ｻｰﾊﾞｰ", "vpn サー ーバ バー ー"),
            ("web-01.example.jp", "web 01 example jp"),
            ("東", "東"),
            ("ダウン・タイム", "ダウ ウン ン タイ イム ム"),
            ("Straße 佐々木", "straße 佐々 々木 木"),
            ("、。 \n", ""),
        ] {
            assert_eq!(tokens(text).join(" "), expected, "{text}");
        }
    }

    /// Whether a text has what a question asks for, as an index would answer.
    fn finds(text: &str, question: &str) -> bool {
        let tokens = tokens(text);
        let has = |phrase: &Phrase| {
            tokens.windows(phrase.tokens.len()).any(|part| {
                let (last, before) = phrase.tokens.split_last().expect("a phrase has tokens");
                let (end, begun) = part.split_last().expect("as many tokens as the phrase");
                begun == before && if phrase.is_beginning { end.starts_with(last.as_str()) } else { end == last }
            })
        };
        let phrases = phrases(question);
        !phrases.is_empty() && phrases.iter().all(has)
    }

    #[test]
    fn a_question_finds_what_a_person_would() {
        for (text, question, expected) in [
            ("SSL証明書の期限が切れました", "証明書", true),
            ("SSL証明書の期限が切れました", "期限 証明", true),
            ("SSL証明書の期限が切れました", "期限　証明", true),
            ("SSL証明書の期限が切れました", "ssl", true),
            ("SSL証明書の期限が切れました", "SS", true),
            ("SSL証明書の期限が切れました", "SSL証", true),
            ("SSL証明書の期限が切れました", "証", true),
            ("SSL証明書の期限が切れました", "た", true),
            ("SSL証明書の期限が切れました", "明期", false),
            ("SSL証明書の期限が切れました", "証明書 更新", false),
            ("東京都", "京", true),
            ("東京都", "東京都", true),
            ("東京都", "東京都庁", false),
            ("ＶＰＮ装置", "vpn", true),
            ("ｻｰﾊﾞｰ停止", "サーバー", true),
            ("ACME-12 の件", "acme-12", true),
            ("ACME-123 の件", "ACME-12", true),
            ("ACME-12 の件", "ACME-13", false),
            ("何か", " 、", false),
        ] {
            assert_eq!(finds(text, question), expected, "{question} in {text}");
        }
    }

    #[test]
    fn a_question_is_cut_to_what_an_index_answers() {
        assert_eq!(phrases(&"あ ".repeat(500)).len(), TERMS_MAX);
        assert_eq!(phrases(&"あ".repeat(5_000))[0].tokens.len(), QUESTION_MAX - 1);
        assert!(phrases("").is_empty());
    }

    #[test]
    fn an_excerpt_marks_what_was_found_as_it_was_written() {
        let said = |text: &str, question: &str| {
            let pieces = excerpt(text, question, 4);
            pieces
                .iter()
                .map(|it| if it.is_found { format!("[{}]", it.text) } else { it.text.clone() })
                .collect::<String>()
        };
        assert_eq!(said("本日ＶＰＮが切断されました", "vpn"), "本日[ＶＰＮ]が切断さ…");
        assert_eq!(said("0123456789障害です", "無い 障害"), "…6789[障害]です");
        assert_eq!(said("一行目\n二行目", "二"), "一行目 [二]行目");
        assert_eq!(said("㍿の件", "株式"), "[㍿]の件");
        assert_eq!(said("短い", "無い"), "短い");
        assert_eq!(said("", "無い"), "");
    }
}
