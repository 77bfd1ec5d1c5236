//! The file: a page that asks for the passphrase and opens itself. It loads nothing, and its policy lets it load nothing.

use crate::Passphrase;
use crate::page::{self, words};
use crate::seal::{Fresh, ROUNDS, seal};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use desk::pack::Content;
use maud::{DOCTYPE, PreEscaped, html};
use ring::digest::{SHA256, digest};

const SCRIPT: &str = include_str!("../assets/open.js");
const STYLE: &str = include_str!("../assets/pack.css");

/// A pack as one file. Its time stands readable before it is opened; nothing else does. Takes about half a second, as does
/// each guess at the passphrase.
pub fn file(content: &Content, passphrase: &Passphrase, fresh: &Fresh) -> String {
    let about = format!("madoguchi pack 1, {}", content.made);
    let sealed = seal(&page::page(content).into_string(), passphrase, fresh, &about);
    let made = words::full(&content.calendar, content.made);
    let page = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="referrer" content="no-referrer";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "停止時の控え " (made) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main id="cover" {
                    h1 tabindex="-1" { "停止時の控え " small lang="en" { "Outage pack" } }
                    p { (made) " 時点。窓口が止まっている間、電話と紙で続けるためのものです。" }
                    p.soft lang="en" { "As of the time above: what to go on with by telephone and paper while the desk is down." }
                    form id="open" hidden
                        data-busy="開いています… / Opening…"
                        data-wrong="開けません。パスフレーズが違うか、ファイルが壊れています。 / Not opened: the passphrase is wrong, or the file is damaged."
                        data-old="このブラウザーでは開けません。最新の Edge・Chrome・Firefox・Safari で開いてください。 / This browser cannot open it; use a current one." {
                        label { "パスフレーズ " small lang="en" { "Passphrase" }
                            input type="password" name="passphrase" autocomplete="off" autocapitalize="off" spellcheck="false" required; }
                        button { "開く " small lang="en" { "Open" } }
                    }
                    p id="said" role="status" {}
                    noscript { p { "JavaScript を有効にしてください。 / Enable JavaScript." } }
                    p.soft { "このファイルの中だけで開きます。通信はしません。" }
                }
                main id="page" {}
                div id="sealed" hidden data-about=(about) data-rounds=(ROUNDS)
                    data-salt=(STANDARD.encode(fresh.salt)) data-nonce=(STANDARD.encode(fresh.nonce)) { (STANDARD.encode(sealed)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// Nothing but this script and this style, known by their hashes.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())));
    let (script, style) = (hash(SCRIPT), hash(STYLE));
    format!("default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::sample;

    fn written() -> String {
        let passphrase = Passphrase::try_from("correct horse battery".to_owned()).unwrap();
        file(&sample::content(), &passphrase, &Fresh { salt: [1; 16], nonce: [2; 12] })
    }

    #[test]
    fn nothing_but_its_time_is_readable_and_nothing_is_loaded() {
        let file = written();
        assert!(file.contains("2026年11月22日（日） 03:12:00"), "its time stands in the clear");
        for secret in ["○○商事", "ACME", "佐藤", "090", "窓口サービス"] {
            assert!(!file.contains(secret), "{secret} is readable");
        }
        for loads in ["src=\"", "href=\"", "url(", "@import", "http:", "https:"] {
            assert!(!file.contains(loads), "{loads} loads something");
        }
    }

    #[test]
    fn the_policy_names_what_stands_in_the_file() {
        let file = written();
        let within = |tag: &str| {
            let (_, rest) = file.split_once(&format!("<{tag}>")).unwrap();
            rest.split_once(&format!("</{tag}>")).unwrap().0.to_owned()
        };
        for tag in ["script", "style"] {
            let hash = STANDARD.encode(digest(&SHA256, within(tag).as_bytes()));
            assert!(file.contains(&format!("{tag}-src 'sha256-{hash}'")), "{tag}");
        }
        assert!(file.contains("default-src 'none'"), "{file}");
    }
}
