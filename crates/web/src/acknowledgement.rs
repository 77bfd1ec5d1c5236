//! The link in a notice's mail: one button that says "we know", and nothing else. It shows nothing of the incident, since a
//! mail is forwarded; and it needs a press, since mail filters open links.

use crate::form::{Draft, Form, form};
use crate::here::{self, Guest};
use crate::layout::{Shell, page as shell_page};
use axum::response::Response;
use domain::ids::{MessageId, TenantId};
use gate::{Path, Trouble};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct AcknowledgementPage {
    /// Where the button is posted to.
    pub action: String,
    /// Whether it was pressed.
    pub done: bool,
}

type Link = Path<(TenantId, MessageId, String)>;

/// The button.
pub(crate) async fn show(guest: Guest, Path((tenant, message, signature)): Link) -> Result<Response, Trouble> {
    let it = AcknowledgementPage { action: format!("/ack/{tenant}/{message}/{signature}"), done: false };
    Ok(here::html(page(&guest.shell().await?, &it)))
}

/// Pressed. A link that nobody signed is answered alike.
pub(crate) async fn confirm(guest: Guest, Path((tenant, message, signature)): Link) -> Result<Response, Trouble> {
    guest.state.desk.acknowledge(&tenant, &message, &signature).await?;
    Ok(here::html(page(&guest.shell().await?, &AcknowledgementPage { action: String::new(), done: true })))
}

/// The page.
pub fn page(shell: &Shell, it: &AcknowledgementPage) -> Markup {
    let title = shell.t("ご確認", "Acknowledgement");
    let button = shell.t("確認しました", "We know");
    let body = html! {
        div.narrow {
            header.top { h1 { (title) } }
            @if it.done {
                p { strong { (shell.t("受け付けました。", "Thank you.")) } " " (shell.t("繰り返しのお電話を止めます。経過はメールとチケットでお知らせします。", "The repeated calls stop. Mails and the ticket tell how it goes on.")) }
            } @else {
                p { (shell.t("障害のご連絡を確認されたことだけを、監視センターへ伝えます。内容は表示しません。", "This tells the monitoring centre that you know of the notice, and shows nothing of it.")) }
                (form(shell, &Draft::default(), &Form { whole_page: true, ..Form::new("acknowledgement", it.action.as_str(), button, vec![]).primary(true) }))
            }
        }
    };
    shell_page(shell, title, &body)
}

/// The samples.
pub fn samples() -> Vec<(&'static str, AcknowledgementPage)> {
    vec![
        ("asked", AcknowledgementPage { action: "/ack/tenant/message/signature".into(), done: false }),
        ("done", AcknowledgementPage { action: String::new(), done: true }),
    ]
}
