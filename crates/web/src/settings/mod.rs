//! The settings: a list and a form on each page, drawn by the same two functions.

mod catalogue;
mod desk;
mod duty;
pub(crate) mod handler;
mod import;
mod people;
mod readiness;
mod runbooks;
mod sample;
mod tenant;
mod tenants;

pub use catalogue::{CatalogueSettings, page as catalogue_page, samples as catalogue_samples};
pub use desk::{
    CalendarPage, Closure, IntakeKey, KeysPage, MadeKey, MailPage, Template, TemplatesPage, Webhook, WebhooksPage,
    calendar_page, keys_page, mail_page, templates_page, webhooks_page,
};
pub use duty::{DutyGroup, DutyPage, page as duty_page, samples as duty_samples};
pub(crate) use handler::sheet::csv_answer;
pub(crate) use handler::tenants::contacts as contact_lines;
pub use import::{ImportPage, page as import_page};
pub use people::{Delegation, Membership, PeoplePage, Person, page as people_page};
pub use readiness::{Readiness, ReadinessPage, page as readiness_page, samples as readiness_samples};
pub use runbooks::RunbooksVersion;
pub use sample::*;
pub(crate) use tenant::code_of;
pub use tenant::{
    Agreement, ContactLine, CriteriaQuestion, CriteriaVersion, ProjectLine, TenantPage, page as tenant_page,
};
pub use tenants::{TenantLine, TenantsPage, page as tenants_page};

use crate::form::{Draft, Form, form};
use crate::layout::{Shell, page as shell_page};
use domain::words::Label;
use maud::{Markup, html};

/// The pages of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// お客様
    Tenants,
    /// 運用開始前の点検
    Readiness,
    /// 要員と権限
    People,
    /// 受信キー
    Keys,
    /// 連絡文
    Templates,
    /// メール
    Mail,
    /// Webhook
    Webhooks,
    /// 休業日
    Calendar,
    /// 当番順
    Duty,
    /// サービスカタログ
    Catalogue,
}

impl Section {
    const ALL: [(Self, &'static str, Label); 10] = [
        (Self::Tenants, "/settings/tenants", Label::new("お客様", "Customers")),
        (Self::Readiness, "/settings/readiness", Label::new("約束の点検", "Promise check")),
        (Self::People, "/settings/people", Label::new("要員と権限", "People and rights")),
        (Self::Keys, "/settings/keys", Label::new("受信キー・API キー", "Intake and API keys")),
        (Self::Templates, "/settings/templates", Label::new("連絡文", "Notice templates")),
        (Self::Mail, "/settings/mail", Label::new("メールと会社名", "Mail and company")),
        (Self::Webhooks, "/settings/webhooks", Label::new("Webhook", "Webhooks")),
        (Self::Calendar, "/settings/calendar", Label::new("休業日", "Closures")),
        (Self::Duty, "/settings/duty-list", Label::new("当番順", "Duty list")),
        (Self::Catalogue, "/settings/catalogue", Label::new("サービスカタログ", "Service catalogue")),
    ];

    /// The heading of the page.
    pub(crate) fn label(self) -> Label {
        Self::ALL
            .iter()
            .find(|(section, ..)| *section == self)
            .map_or(Label::new("設定", "Settings"), |(_, _, label)| *label)
    }
}

/// A page of the settings: the list of them all at the left, this one beside it.
pub(crate) fn frame(shell: &Shell, section: Section, title: &str, note: &Markup, body: &Markup) -> Markup {
    let body = html! {
        div.aside {
            nav aria-label=(shell.t("設定", "Settings")) {
                @for (each, href, label) in Section::ALL { a href=(href) aria-current=[(each == section).then_some("true")] { (label.in_lang(shell.lang)) } }
            }
            div { header.top { h1 { (title) } p { (note) } } (body) }
        }
    };
    shell_page(shell, title, &body)
}

/// A form folded away under its own verb; open when it was refused.
pub(crate) fn add(shell: &Shell, draft: &Draft, label: &str, spec: &Form) -> Markup {
    html! { details.add open[draft.form == spec.id] { summary { (label) } (form(shell, draft, spec)) } }
}

/// A small form that is nothing but a button, for the end of a row.
pub(crate) fn act(action: &str, label: &str) -> Markup {
    html! { form action=(action) method="post" data-enhance { p.wrong data-summary hidden role="alert" {} button.plain { (label) } } }
}

/// Links to take a list out as CSV and to bring it in.
pub(crate) fn csv(shell: &Shell, path: &str) -> Markup {
    html! { a href={ (path) ".csv" } download { (shell.t("CSV で書き出す", "Export CSV")) } " · " a href={ (path) "/import" } { (shell.t("CSV から取り込む", "Import CSV")) } }
}
