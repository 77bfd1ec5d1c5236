//! The page that the `type` of every problem names: what each code means and what to do.

use crate::here::{self, Guest};
use crate::layout::{Shell, page as shell_page};
use axum::response::Response;
use gate::Trouble;
use maud::{Markup, html};

/// The operators' own page, which the tests hold equal to the codes.
const TEXT: &str = include_str!("../../../docs/problems.md");

/// Shows it to anybody.
pub(crate) async fn show(guest: Guest) -> Result<Response, Trouble> {
    Ok(here::html(page(&guest.shell().await?)))
}

/// The page: a heading to jump to for each code, and what stands under it.
pub fn page(shell: &Shell) -> Markup {
    let title = shell.t("エラーの種類", "Problems");
    let sections = TEXT.split("\n## ").skip(1).map(|section| section.split_once('\n').unwrap_or((section, "")));
    let body = html! {
        header.top { h1 { (title) } }
        p { (shell.t("APIのエラーの type はこのページの見出しを指します。", "The type of an error of the API names a heading of this page.")) }
        @for (code, text) in sections {
            section id=(code) {
                h2 { code { (code) } }
                @for paragraph in text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()) { p { (paragraph.replace('`', "")) } }
            }
        }
    };
    shell_page(shell, title, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::words::Lang;

    #[test]
    fn every_code_can_be_jumped_to() {
        let page = page(&sample::nobody(Lang::En)).into_string();
        for code in ["invalid", "sign-in", "stale", "unavailable"] {
            assert!(page.contains(&format!("<section id=\"{code}\">")), "{code}: {page}");
        }
        assert!(page.contains("Retry-After") && !page.contains('`'));
    }
}
