//! 当番順: whom to page first in each group; every change is a new version.

use super::{Section, frame};
use crate::form::{Choice, Draft, Field, Form, Input, choice, form};
use crate::layout::Shell;
use domain::words::Label;
use maud::html;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct DutyPage {
    /// Version in force; 0 where there is none.
    pub version: u32,
    /// The groups that can be paged.
    pub groups: Vec<DutyGroup>,
    /// What was typed before.
    pub draft: Draft,
}

/// One group.
#[derive(Clone, Debug)]
pub struct DutyGroup {
    /// Its code, as in the field names.
    pub code: &'static str,
    /// Its name.
    pub label: Label,
    /// Who holds its role: id and name.
    pub people: Vec<(String, String)>,
    /// Whom to page, the first first, by id; empty for all of them at once.
    pub order: Vec<String>,
}

/// The page. Posts `su_1`, `su_2`, ... and the same for the other groups to `/settings/duty-list`.
pub fn page(shell: &Shell, it: &DutyPage) -> maud::Markup {
    let label = Section::Duty.label().in_lang(shell.lang);
    let nobody = || choice("", shell.t("（なし）", "(nobody)"));
    let mut fields = vec![];
    for group in it.groups.iter().filter(|group| !group.people.is_empty()) {
        let name = group.label.in_lang(shell.lang);
        for place in 1..=group.people.len().max(group.order.len()) {
            let people = group.people.iter().map(|(id, name)| choice(id, name.as_str()));
            let choices: Vec<Choice> = std::iter::once(nobody()).chain(people).collect();
            let value = group.order.get(place - 1).cloned().unwrap_or_default();
            let field = Field::new(format!("{}_{place}", group.code), format!("{name} {place}"), Input::Menu(choices));
            fields.push(field.value(value));
        }
    }
    let empty: Vec<&str> =
        it.groups.iter().filter(|group| group.people.is_empty()).map(|group| group.label.in_lang(shell.lang)).collect();
    let body = html! {
        p.hint { (shell.t("エスカレーションでは1番目の方から呼び出し、受けるまで次の方へ進みます。空のグループは、その役割の全員を呼び出します。", "An escalation pages the first, then the next until somebody takes it. An empty group pages everybody of the role.")) }
        @if !empty.is_empty() { p { strong { (shell.t("役割を持つ要員がいません: ", "Nobody holds the role: ")) } (empty.join("、")) " " a href="/settings/people" { (shell.t("要員と権限", "People and rights")) } } }
        @if !fields.is_empty() { (form(shell, &it.draft, &Form::new("duty-list", "/settings/duty-list", shell.t("この順にする", "Page in this order"), fields).version(i64::from(it.version)))) }
    };
    frame(shell, Section::Duty, label, &html! { (shell.t("第", "version ")) (it.version) (shell.t("版", "")) }, &body)
}

/// The samples.
pub fn samples() -> Vec<(&'static str, DutyPage)> {
    let group = |code, label, people: &[(&str, &str)], order: &[&str]| DutyGroup {
        code,
        label,
        people: people.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect(),
        order: order.iter().map(|id| (*id).to_owned()).collect(),
    };
    let groups = vec![
        group(
            "su",
            Label::new("サポートセンター", "Support centre"),
            &[("p1", "佐藤 由紀"), ("p2", crate::sample::HOSTILE)],
            &["p2"],
        ),
        group("dh", Label::new("サポートデスク責任者", "Head of desk"), &[("p3", "原 大輔")], &[]),
        group("mr", Label::new("管理責任者", "Management representative"), &[], &[]),
    ];
    let page = |groups, version| DutyPage { version, groups, draft: Draft::default() };
    let nobody =
        groups.iter().map(|it: &DutyGroup| DutyGroup { people: vec![], order: vec![], ..it.clone() }).collect();
    vec![("full", page(groups.clone(), 2)), ("nobody", page(nobody, 0))]
}
