//! サービスカタログ of the provider or of one customer: written as text in one field, kept as versions (R-2.3-1; design: own entries
//! and values by agreement).

use super::{Section, frame};
use crate::form::{Choice, Draft, Field, Form, Input, form};
use crate::layout::Shell;
use crate::when;
use domain::catalogue::Catalogue;
use domain::time::Instant;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct CatalogueSettings {
    /// Whose: the id.
    pub tenant: String,
    /// Whose: the name.
    pub name: String,
    /// Whose it may be.
    pub tenants: Vec<Choice>,
    /// Versions of its own, the newest first: number, from when it holds, how many entries.
    pub versions: Vec<(u32, Instant, usize)>,
    /// The text the next version begins with: its own newest, else the one that holds for it.
    pub text: String,
    /// What was typed before.
    pub draft: Draft,
}

/// Posts `tenant`, `text`, `valid_from` to `/settings/catalogue`.
pub fn page(shell: &Shell, it: &CatalogueSettings) -> Markup {
    let newest = it.versions.first().map_or(0, |(version, ..)| *version);
    let fields = vec![
        Field::new("tenant", "", Input::Hidden).value(it.tenant.clone()),
        Field::new("text", shell.t("カタログ (TOML)", "The catalogue (TOML)"), Input::Area(30)).required().value(it.text.clone()).hint(shell.t(
            "[[rows]] は付録の表の行、[[entry]] は依頼できる作業です。days は標準日数を変えるとき、steps は計画の初期値です。",
            "[[rows]] are the rows of the tables, [[entry]] what can be asked for; days changes the standard days, steps begin a plan.",
        )),
        Field::new("valid_from", shell.t("有効開始", "Valid from"), Input::Moment).ahead().hint(shell.t(
            "空なら今から。起票済みのご依頼は、起票したときの標準日数のままです。",
            "Empty: from now on. What was filed before keeps its standard days.",
        )),
    ];
    let spec =
        Form::new("catalogue", "/settings/catalogue", shell.t("この版を登録する", "Record this version"), fields)
            .version(i64::from(newest));
    let body = html! {
        form.sheet action="/settings/catalogue" method="get" {
            div.field { label for="whose" { (shell.t("どのカタログか", "Whose catalogue")) }
                select id="whose" name="tenant" { @for choice in &it.tenants { option value=(choice.value) selected[choice.value == it.tenant] { (choice.label) } } } }
            p.do { button type="submit" { (shell.t("表示する", "Show")) } }
        }
        section aria-labelledby="versions" {
            h2 id="versions" { (it.name) }
            @if it.versions.is_empty() { p.hint { (shell.t("独自の版はありません。提供者の、なければ標準のカタログが有効です。", "There is no version of its own: the provider's holds, else the one that ships.")) } }
            ul.plain { @for (version, from, entries) in &it.versions { li { (shell.t("第", "Version ")) (version) (shell.t("版 ", ", from ")) (when::text(shell, *from)) (shell.t(" から ", ", ")) (entries) (shell.t(" 種別", " entries")) } } }
        }
        section aria-labelledby="next-version" { h2 id="next-version" { (shell.t("次の版", "The next version")) } (form(shell, &it.draft, &spec)) }
    };
    let note =
        html! { a href="/catalogue" { (shell.t("公開しているカタログ", "The catalogue as everybody sees it")) } };
    frame(shell, Section::Catalogue, shell.t("サービスカタログ", "Service catalogue"), &note, &body)
}

/// The samples.
pub fn samples() -> Vec<(&'static str, CatalogueSettings)> {
    let page = |versions| CatalogueSettings {
        tenant: "t1".into(),
        name: "なぎさ商事".into(),
        tenants: vec![crate::form::choice("t1", "なぎさ商事"), crate::form::choice("p", "みなとマネージド")],
        versions,
        text: Catalogue::shipped().write().lines().take(60).collect::<Vec<_>>().join("\n"),
        draft: Draft::default(),
    };
    vec![
        ("none", page(vec![])),
        ("own", page(vec![(2, crate::sample::at(-60), 25), (1, crate::sample::at(-86_400), 24)])),
    ]
}
