//! People, their roles, and rights that are lent for some hours.

use super::{Section, act, add, csv, frame};
use crate::form::{Choice, Draft, Field, Form, Input};
use crate::layout::Shell;
use crate::parts::{Table, empty, table};
use crate::when;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// A role somewhere for some time.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Where its end is posted to.
    pub end: String,
    /// The tenant.
    pub tenant: String,
    /// The role.
    pub role: Label,
    /// An instant of the last day; none for no end.
    pub last_day: Option<Instant>,
}

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The id, as in the path.
    pub id: String,
    /// Name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// Roles.
    pub memberships: Vec<Membership>,
    /// Last sign-in.
    pub seen: Option<Instant>,
    /// Whether the person may sign in.
    pub active: bool,
}

/// A right lent to a person for some hours.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// Where its end is posted to.
    pub end: String,
    /// The right, such as 承認.
    pub right: String,
    /// Whose.
    pub from: String,
    /// Who acts.
    pub to: String,
    /// At which hours, in words.
    pub hours: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct PeoplePage {
    /// By name.
    pub people: Vec<Person>,
    /// Those in force.
    pub delegations: Vec<Delegation>,
    /// Roles that can be given: code and name.
    pub roles: Vec<(String, Label)>,
    /// Tenants: id and name.
    pub tenants: Vec<Choice>,
    /// Rights that can be lent: code and name.
    pub rights: Vec<Choice>,
    /// What was typed before.
    pub draft: Draft,
}

/// The page.
///
/// Posts `name`, `email`, `role`, `tenant`, `password` to `/settings/people`; `person`, `role`, `tenant`, `to` to
/// `/settings/memberships`; `person`, `password` to `/settings/people/password`; `right`, `from`, `to`, `hours_from`, `hours_to` to `/settings/delegations`.
pub fn page(shell: &Shell, it: &PeoplePage) -> Markup {
    let heads = [shell.t("名前", "Name"), shell.t("役割", "Roles"), shell.t("最後のサインイン", "Last sign-in"), ""]
        .map(str::to_owned)
        .to_vec();
    let rows = it.people.iter().map(|p| row(shell, p)).collect();
    let label = Section::People.label().in_lang(shell.lang);
    let body = html! {
        div.stack {
            section {
                @if it.people.is_empty() { (empty(shell.t("まだ誰もいません。", "There is nobody yet."), &html! { (shell.t("下で加えてください。", "Add somebody below.")) })) }
                @else { (table(&Table { id: "people".into(), caption: label.into(), heads, rows })) }
                (forms(shell, it))
            }
            section { h2 { (shell.t("代理", "Delegations")) } (delegations(shell, it)) }
        }
    };
    frame(shell, Section::People, label, &csv(shell, "/settings/people"), &body)
}

fn row(shell: &Shell, it: &Person) -> Vec<Markup> {
    let roles = html! {
        @for m in &it.memberships {
            (m.role.in_lang(shell.lang)) " " small { (m.tenant) @if let Some(last) = m.last_day { " " (when::day(shell, last)) (shell.t(" まで", " last day")) } } " " (act(&m.end, shell.t("終える", "End")))
        }
    };
    let last = html! { @match it.seen { Some(at) => (when::time(shell, at)), None => (shell.t("まだ", "never")) } };
    let end = html! {
        @if it.active { (act(&format!("/settings/people/{}/deactivation", it.id), shell.t("止める", "Deactivate"))) }
        @else { (shell.t("停止中", "inactive")) " " (act(&format!("/settings/people/{}/activation", it.id), shell.t("再開する", "Let in again"))) }
    };
    vec![html! { strong { (it.name) } " " small { (it.email) } }, roles, last, end]
}

fn forms(shell: &Shell, it: &PeoplePage) -> Markup {
    let roles = || {
        Input::Menu(it.roles.iter().map(|(code, label)| crate::form::choice(code, label.in_lang(shell.lang))).collect())
    };
    let role = || Field::new("role", shell.t("役割", "Role"), roles()).required();
    let tenant =
        || Field::new("tenant", shell.t("お客様（自社を含む）", "Tenant"), Input::Menu(it.tenants.clone())).required();
    let person = vec![
        Field::new("name", shell.t("名前", "Name"), Input::Text).required(),
        Field::new("email", shell.t("メールアドレス", "Mail address"), Input::Mail).required(),
        role(),
        tenant(),
        Field::new("password", shell.t("最初のパスワード", "First password"), Input::NewPassword)
            .hint(shell.t("8文字以上。本人が変えます。", "8 characters or more; the person changes it."))
            .required(),
    ];
    let reset =
        vec![
            Field::new("person", shell.t("だれの", "Whose"), Input::Menu(choices(it))).required(),
            Field::new("password", shell.t("新しいパスワード", "New password"), Input::NewPassword)
                .hint(shell.t(
                    "8文字以上。本人のサインインはすべて終わります。",
                    "8 characters or more; all their sessions end.",
                ))
                .required(),
        ];
    let people = choices(it);
    let membership = vec![
        Field::new("person", shell.t("だれに", "Whom"), Input::Menu(people)).required(),
        role(),
        tenant(),
        Field::new("to", shell.t("いつまで", "Until"), Input::Date),
    ];
    html! {
        (add(shell, &it.draft, shell.t("要員・お客様の担当者を加える", "Add a person"), &Form::new("person", "/settings/people", shell.t("加える", "Add"), person)))
        (add(shell, &it.draft, shell.t("役割を与える", "Give a role"), &Form::new("membership", "/settings/memberships", shell.t("与える", "Give"), membership)))
        (add(shell, &it.draft, shell.t("パスワードを再発行", "Reset a password"), &Form::new("reset", "/settings/people/password", shell.t("再発行する", "Reset"), reset)))
    }
}

fn choices(it: &PeoplePage) -> Vec<Choice> {
    it.people.iter().map(|p| crate::form::choice(&p.id, format!("{} {}", p.name, p.email))).collect()
}

fn delegations(shell: &Shell, it: &PeoplePage) -> Markup {
    let heads = [
        shell.t("権限", "Right"),
        shell.t("だれの", "Whose"),
        shell.t("だれが", "Who acts"),
        shell.t("時間", "Hours"),
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    let rows = it
        .delegations
        .iter()
        .map(|d| {
            vec![
                html! { (d.right) },
                html! { (d.from) },
                html! { strong { (d.to) } },
                html! { (d.hours) },
                act(&d.end, shell.t("終える", "End")),
            ]
        })
        .collect();
    let people: Vec<Choice> = it.people.iter().map(|p| crate::form::choice(&p.id, p.name.as_str())).collect();
    let fields = vec![
        Field::new("right", shell.t("権限", "Right"), Input::Menu(it.rights.clone())).required(),
        Field::new("from", shell.t("だれの", "Whose"), Input::Menu(people.clone())).required(),
        Field::new("to", shell.t("だれが", "Who acts"), Input::Menu(people)).required(),
        Field::new("hours_from", shell.t("何時から", "From"), Input::Text).value("19:00").required(),
        Field::new("hours_to", shell.t("何時まで", "To"), Input::Text).value("10:00").required(),
    ];
    html! {
        @if it.delegations.is_empty() { p.hint { (shell.t("代理はありません。夜間に責任者の承認が要るなら、ここで権限を貸します。", "None. If the night needs approvals by the head of desk, lend the right here.")) } }
        @else { (table(&Table { id: "delegations".into(), caption: shell.t("代理", "Delegations").into(), heads, rows })) }
        (add(shell, &it.draft, shell.t("代理を立てる", "Delegate a right"), &Form::new("delegation", "/settings/delegations", shell.t("立てる", "Delegate"), fields)))
    }
}
