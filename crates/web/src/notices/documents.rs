//! 契約時の確認文書 on the page of notices: read, confirmed by the customer's approver, published by the provider (R-5.2-8).

use super::{NoticesPage, pressed};
use crate::form::{Draft, Field, Form, Input, choice};
use crate::layout::Shell;
use crate::parts::empty;
use crate::settings::add;
use crate::when;
use domain::document::DocumentKind;
use domain::time::Instant;
use maud::{Markup, html};

/// A document and who confirmed it.
#[derive(Clone, Debug)]
pub struct DocumentLine {
    /// Which.
    pub kind: DocumentKind,
    /// Number of its newest version and since when that is published; none where none is.
    pub published: Option<(u32, Instant)>,
    /// Its text.
    pub text: String,
    /// Number or address of the document it is taken from.
    pub reference: String,
    /// The customers that the reader reaches.
    pub customers: Vec<ConfirmLine>,
}

/// How a customer stands to a document.
#[derive(Clone, Debug)]
pub struct ConfirmLine {
    /// Its id.
    pub tenant: String,
    /// Its name.
    pub name: String,
    /// Whether the reader may confirm in its name.
    pub may_confirm: bool,
    /// The newest version it confirmed, by whom and when.
    pub confirmed: Option<(u32, String, Instant)>,
}

/// The documents. Posts `document`, `text`, `reference` to `/documents`.
pub(super) fn section(shell: &Shell, it: &NoticesPage) -> Markup {
    let published: Vec<&DocumentLine> = it.documents.iter().filter(|document| document.published.is_some()).collect();
    html! {
        section id="documents" {
            h2 { (shell.t("契約時の確認文書", "Documents to confirm at contract")) }
            p.links { a href="/catalogue" { (shell.t("サービスカタログ", "Service catalogue")) } a href="/responsibility" { (shell.t("責任共有モデル", "Shared responsibility")) } }
            @if published.is_empty() {
                (empty(shell.t("文書はまだ公開されていません。", "No document is published yet."), &html! { (shell.t("公開すると、お客様の承認者がここで確認します。", "Once published, the customer's approver confirms it here.")) }))
            }
            @for document in published { (one(shell, &it.draft, document)) }
            @if it.may_publish { (publish(shell, &it.draft)) }
        }
    }
}

fn one(shell: &Shell, draft: &Draft, it: &DocumentLine) -> Markup {
    let (version, at) = it.published.unwrap_or_default();
    let open = it.customers.iter().any(|line| line.may_confirm && !is_confirmed(line, version));
    html! {
        section.document id={ "document-" (it.kind.code()) } {
            h3 { (it.kind.label().in_lang(shell.lang)) " " small { (shell.t("第", "version ")) (version) (shell.t("版 ", ", ")) (when::day(shell, at)) @if !it.reference.is_empty() { " · " (it.reference) } } }
            details open[open] { summary { (shell.t("本文を読む", "Read it")) } p.words { (it.text) } }
            ul.gaps { @for line in &it.customers { li { (standing(shell, draft, it.kind, version, line)) } } }
        }
    }
}

fn is_confirmed(line: &ConfirmLine, version: u32) -> bool {
    line.confirmed.as_ref().is_some_and(|(confirmed, ..)| *confirmed == version)
}

/// Posts `tenant`, `document`, `version` to `/documents/confirmation`.
fn standing(shell: &Shell, draft: &Draft, kind: DocumentKind, version: u32, it: &ConfirmLine) -> Markup {
    html! {
        (it.name) " · "
        @match &it.confirmed {
            Some((confirmed, who, at)) => { (shell.t("第", "version ")) (confirmed) (shell.t("版を ", " confirmed by ")) (who) (shell.t(" 様が確認 ", " ")) (when::day(shell, *at)) },
            None => strong { (shell.t("未確認", "not confirmed")) },
        }
        @if it.confirmed.is_some() && !is_confirmed(it, version) { " · " strong { (shell.t("新しい版は未確認", "the new version is not confirmed")) } }
        @if !is_confirmed(it, version) {
            @if it.may_confirm {
                (pressed(shell, draft, format!("confirm-{}-{}", kind.code(), it.tenant), "/documents/confirmation", shell.t("読みました。確認します", "I have read it and confirm"), vec![
                    Field::new("tenant", "", Input::Hidden).value(it.tenant.clone()),
                    Field::new("document", "", Input::Hidden).value(kind.code()),
                    Field::new("version", "", Input::Hidden).value(version.to_string()),
                ]))
            } @else { span.hint { (shell.t("（システムオーナーの方がこの画面で確認します）", " (the system owner confirms on this page)")) } }
        }
    }
}

fn publish(shell: &Shell, draft: &Draft) -> Markup {
    let kinds = DocumentKind::ALL.map(|kind| choice(kind.code(), kind.label().in_lang(shell.lang))).into();
    let fields = vec![
        Field::new("document", shell.t("文書", "Document"), Input::Menu(kinds)).required(),
        Field::new("reference", shell.t("文書番号", "Reference"), Input::Text),
        Field::new("text", shell.t("本文", "Text"), Input::Area(12)).required(),
    ];
    let spec = Form::new("publish", "/documents", shell.t("この版を公開する", "Publish this version"), fields);
    add(shell, draft, shell.t("文書の新しい版を公開する", "Publish a new version of a document"), &spec)
}
