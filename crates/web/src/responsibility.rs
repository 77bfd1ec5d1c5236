//! 責任共有モデル: who protects which part of a system, for whoever asks (R-2.2.1-1).

use crate::here::{Guest, html as answer};
use crate::layout::{Shell, page as shell_page};
use axum::response::Response;
use domain::responsibility::{Part, Party};
use gate::Trouble;
use maud::{Markup, html};

/// The page as data: nothing but what holds for everybody.
#[derive(Clone, Copy, Debug)]
pub struct ResponsibilityPage;

fn name(shell: &Shell, party: Party) -> String {
    match party {
        Party::Customer => shell.t("お客様", "The customer").to_owned(),
        Party::Provider => shell.provider.clone(),
        Party::Aws => "AWS".to_owned(),
    }
}

/// The page.
pub fn page(shell: &Shell, _: &ResponsibilityPage) -> Markup {
    let title = shell.t("責任共有モデル", "Shared responsibility");
    let body = html! {
        article.reading {
            header.top { h1 { (title) } }
            p.told-first { (shell.t("システムのセキュリティは、お客様と当社とAWSの三者で分担します。上から順に、どの部分を誰が守るかです。", "The security of a system is shared between the customer, us and AWS. From the top to the foot, who protects what:")) }
            div.split {
                @for party in Party::ALL {
                    section {
                        h2 { (name(shell, party)) }
                        ul { @for part in Part::ALL.into_iter().filter(|part| part.party() == party) { li { (part.label().in_lang(shell.lang)) } } }
                        p.hint { (party.duty().in_lang(shell.lang)) }
                    }
                }
            }
            p.links { a href="/catalogue" { (shell.t("サービスカタログ", "Service catalogue")) } }
        }
    };
    shell_page(shell, title, &body)
}

/// Shows it.
pub(crate) async fn show(guest: Guest) -> Result<Response, Trouble> {
    let shell = guest.shell().await?;
    Ok(answer(page(&shell, &ResponsibilityPage)))
}

/// The samples.
pub fn samples() -> Vec<(&'static str, ResponsibilityPage)> {
    vec![("split", ResponsibilityPage)]
}
