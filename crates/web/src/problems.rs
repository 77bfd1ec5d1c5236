//! The page that the `type` of every problem names: what each code means and what to do.

use crate::here::{self, Guest};
use crate::layout::{Shell, page as shell_page};
use axum::response::Response;
use domain::words::Label;
use gate::{Kind, Trouble};
use maud::{Markup, html};

/// The operators' own page, which the tests hold equal to the codes.
const TEXT: &str = include_str!("../../../docs/problems.md");

/// Shows it to anybody.
pub(crate) async fn show(guest: Guest) -> Result<Response, Trouble> {
    Ok(here::html(page(&guest.shell().await?, &())))
}

/// What to do about a kind: the third and fourth paragraph of its section, English and Japanese.
fn advice(kind: Kind) -> Option<Label> {
    let section = TEXT.split("\n## ").find(|section| section.split('\n').next() == Some(kind.code()))?;
    let mut parts = section.split("\n\n").skip(2).map(str::trim);
    let (en, ja) = (parts.next()?, parts.next()?);
    Some(Label::new(ja, en))
}

/// The page: a heading to jump to for each code.
pub fn page(shell: &Shell, (): &()) -> Markup {
    let title = shell.t("エラーの種類", "Problems");
    let body = html! {
        header.top { h1 { (title) } }
        p { (shell.t("APIのエラーの type はこのページの見出しを指します。", "The type of an error of the API names a heading of this page.")) }
        @for kind in Kind::ALL {
            section id=(kind.code()) {
                h2 { (kind.title().in_lang(shell.lang)) }
                p.hint { (kind.status().as_u16()) " " code { (kind.code()) } }
                @if let Some(advice) = advice(*kind) { p { (advice.in_lang(shell.lang).replace('`', "")) } }
            }
        }
    };
    shell_page(shell, title, &body)
}

/// The samples.
pub fn samples() -> Vec<(&'static str, ())> {
    vec![("all", ())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::words::Lang;

    #[test]
    fn every_code_can_be_jumped_to_and_is_told_in_the_readers_language() {
        let page = |lang| page(&sample::nobody(lang), &()).into_string();
        let (ja, en) = (page(Lang::Ja), page(Lang::En));
        for kind in Kind::ALL {
            let (anchor, advice) = (format!("<section id=\"{}\">", kind.code()), advice(*kind).unwrap());
            assert!(ja.contains(&anchor) && en.contains(&anchor), "{}", kind.code());
            assert!(advice.ja.chars().any(|c| c >= '\u{3040}') && advice.en.is_ascii(), "{advice:?}");
        }
        assert!(ja.contains("待ってください") && en.contains("Wait as many seconds") && !en.contains('`'));
    }
}
