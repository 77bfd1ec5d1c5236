//! The customers.

use super::{Section, add, frame};
use crate::form::{Draft, Field, Form, Input, choice};
use crate::layout::Shell;
use crate::parts::{Table, empty, table};
use maud::{Markup, html};

/// One customer in the list.
#[derive(Clone, Debug)]
pub struct TenantLine {
    /// Its id, as in the path.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Keys of its projects.
    pub projects: Vec<String>,
    /// What is missing to operate it, in the reader's language.
    pub missing: Vec<String>,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct TenantsPage {
    /// By name.
    pub tenants: Vec<TenantLine>,
    /// What was typed before.
    pub draft: Draft,
}

/// In which phase a project begins: posts `phase`.
pub(super) fn phase(shell: &Shell) -> Field {
    let choices = vec![
        choice("build", shell.t("構築（点検してから運用を開始）", "Build (check, then start operation)")),
        choice("operation", shell.t("運用（今すぐ開始）", "Operation (starts now)")),
    ];
    Field::new("phase", shell.t("段階", "Phase"), Input::Menu(choices)).value("build")
}

/// The page. Posts `name`, `project` (key) and `phase` to `/settings/tenants`.
pub fn page(shell: &Shell, it: &TenantsPage) -> Markup {
    let fields = vec![
        Field::new("name", shell.t("お客様の名前", "Name of the customer"), Input::Text).required().wide(),
        Field::new("project", shell.t("最初のプロジェクトのキー", "Key of the first project"), Input::Text)
            .hint(shell.t(
                "英大文字で始まる英大文字・数字・_ を25文字まで。チケット番号の頭になり、変えられません。",
                "Up to 25 capital letters, digits and _, beginning with a letter. It begins every ticket number and never changes.",
            ))
            .required(),
        phase(shell),
    ];
    let heads =
        [shell.t("お客様", "Customer"), shell.t("プロジェクト", "Projects"), shell.t("足りないもの", "Missing")]
            .map(str::to_owned)
            .to_vec();
    let rows = it
        .tenants
        .iter()
        .map(|t| {
            vec![
                html! { a href={ "/settings/tenants/" (t.id) } { strong { (t.name) } } },
                html! { @for key in &t.projects { (crate::parts::slip(key)) " " } },
                html! { @if !t.missing.is_empty() { a href="/settings/readiness" { (t.missing.join(shell.t("、", ", "))) } } },
            ]
        })
        .collect();
    let label = Section::Tenants.label().in_lang(shell.lang);
    let body = html! {
        @if it.tenants.is_empty() { (empty(shell.t("お客様がまだいません。", "There is no customer yet."), &html! { (shell.t("下で最初のお客様を加えてください。判定基準と連絡先はそのあとで入れます。", "Add the first one below; criteria and contacts come after that.")) })) }
        @else { (table(&Table { id: "tenants".into(), caption: label.into(), heads, rows })) }
        (add(shell, &it.draft, shell.t("お客様を加える", "Add a customer"), &Form::new("tenant", "/settings/tenants", shell.t("加える", "Add"), fields)))
    };
    frame(shell, Section::Tenants, label, &html! {}, &body)
}
