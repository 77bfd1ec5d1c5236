//! What of a reply its writer wrote: the quoted mail is left out on the ticket and stays in the raw mail.

/// The text without the mail that it answers; the whole text where nothing else would be left.
///
/// From the first line that announces a quotation on, everything is left out where only quotation follows; lines that begin with
/// `>` are left out at the end. Answers written between quoted lines stay, with the quoted lines.
pub fn unquoted(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let cut = lines.iter().enumerate().position(|(place, _)| announces(&lines[place..])).unwrap_or(lines.len());
    let mut kept = &lines[..cut];
    while let Some((last, rest)) = kept.split_last() {
        if last.trim().is_empty() || is_quoted(last) || (kept.len() < lines.len() && is_attribution(last)) {
            kept = rest;
        } else {
            break;
        }
    }
    let own = kept.join("\n").trim().to_owned();
    if own.is_empty() { text.trim().to_owned() } else { own }
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with(['>', '＞'])
}

/// A line that stands above a quotation, such as `2026年11月22日(日) 3:12 窓口 <desk@example.jp>:` or `On ..., ... wrote:`.
fn is_attribution(line: &str) -> bool {
    let line = line.trim();
    let ends = [":", "：", "wrote:", "書きました:", "のメール:"].iter().any(|end| line.ends_with(end));
    let dated = line.chars().filter(char::is_ascii_digit).count() >= 4;
    ends && (dated || line.contains('@') || line.ends_with("wrote:"))
}

/// Whether from here on only the mail that is answered follows.
fn announces(rest: &[&str]) -> bool {
    let Some((first, after)) = rest.split_first() else { return false };
    let first = first.trim();
    let dashed = first.starts_with("-----") && first.ends_with("-----");
    let original =
        ["Original Message", "元のメッセージ", "Original Appointment", "Forwarded message", "転送メッセージ"];
    if (dashed && original.iter().any(|words| first.contains(words))) || first == "________________________________" {
        return true;
    }
    // Outlook: a head of names and values without a rule above it.
    let is_from = ["From:", "差出人:", "送信元:"].iter().any(|name| first.starts_with(name));
    let has = |names: &[&str]| after.iter().take(5).any(|line| names.iter().any(|name| line.trim().starts_with(name)));
    if is_from && has(&["Sent:", "Date:", "送信日時:", "日付:"]) && has(&["To:", "宛先:", "Subject:", "件名:"])
    {
        return true;
    }
    // An attribution counts where nothing but quotation follows it.
    let mut following = after.iter().filter(|line| !line.trim().is_empty());
    is_attribution(first) && following.clone().next().is_some() && following.all(|line| is_quoted(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(unquoted(text), expected, "{text}");
    }

    #[test]
    fn the_quoted_mail_is_left_out() {
        check("承知しました。", "承知しました。");
        check("お願いします。\n\n> [ACME-1] ご確認のお願い\n> 再起動してよいですか。\n", "お願いします。");
        check("はい。\n\n2026年11月22日(日) 3:12 窓口 <desk@example.jp>:\n\n> 再起動してよいですか。\n>\n", "はい。");
        check("Yes.\r\n\r\nOn Sun, 22 Nov 2026, Desk wrote:\r\n> May we?\r\n", "Yes.");
        check("はい。\n-----Original Message-----\nFrom: x\nhello\n", "はい。");
        check("はい。\n________________________________\n差出人: x\n本文\n", "はい。");
        check("はい。\n\nFrom: Desk\nSent: Sunday\nTo: x\nSubject: y\n\nold text\n", "はい。");
        check("はい。\n\n差出人: 窓口\n送信日時: 2026年\n宛先: x\n件名: y\n\n前の本文\n", "はい。");
        check("＞ 再起動してよいですか。\nはい。\n＞ 以上", "＞ 再起動してよいですか。\nはい。");
    }

    #[test]
    fn what_was_written_between_stays() {
        check("> いつ?\n明日です。\n> 誰が?\n私です。\n> 以上\n", "> いつ?\n明日です。\n> 誰が?\n私です。");
        check("次のとおりです:\n1. a\n2. b", "次のとおりです:\n1. a\n2. b");
        check("From: 東京\nへ移します。", "From: 東京\nへ移します。");
        check("2026年の件:\n続きです。", "2026年の件:\n続きです。");
    }

    #[test]
    fn where_all_is_quoted_all_stays() {
        check("> だけ\n", "> だけ");
        check("", "");
        check("\n \n", "");
    }
}
