//! サービスカタログ and service levels, for whoever asks (R-2.3-1, R-5.2-1, -2, R-A1-*): made from the catalogue's own data.

use crate::here::{Guest, html as answer};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Table, table, work};
use crate::when::business_days;
use axum::response::Response;
use domain::catalogue::{Catalogue, Class, Entry};
use gate::Trouble;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct CataloguePage {
    /// Its version; 0 for the one that ships.
    pub version: u32,
    /// The catalogue.
    pub catalogue: Catalogue,
}

/// The page.
pub fn page(shell: &Shell, it: &CataloguePage) -> Markup {
    let title = shell.t("サービスカタログ", "Service catalogue");
    let body = html! {
        article.reading {
            header.top { h1 { (title) } @if it.version > 0 { small { (shell.t("第", "version ")) (it.version) (shell.t("版", "")) } } }
            p.hint { (shell.t("完了の期限は、受け付けた日を0日目として標準日数の営業日目の19:00です。営業日は土日・祝日・休業日を除きます。", "Work is done by 19:00 on the given business day, the day of receipt being day 0. Weekends, public holidays and closures do not count.")) }
            @for class in Class::ALL { (of_class(shell, it, class)) }
            section { h2 { (shell.t("障害に対する対応", "Incidents")) } (incidents(shell)) }
            h2 { (shell.t("ご依頼いただける作業とご相談", "What can be asked for")) }
            @for class in Class::ALL { (entries(shell, it, class)) }
        }
    };
    shell_page(shell, title, &body)
}

fn of_class(shell: &Shell, it: &CataloguePage, class: Class) -> Markup {
    let heads = [
        shell.t("ご依頼作業名", "Work"),
        shell.t("起票 (通常時)", "Filed by (ordinarily)"),
        shell.t("標準日数 (サービスレベル目標)", "Standard days (objective)"),
    ];
    let rows = it.catalogue.rows.iter().filter(|row| row.class == class).map(|row| {
        vec![
            work(shell, &row.name),
            html! { (row.filer.name(shell.lang, &shell.provider)) },
            html! { (business_days(shell.lang, row.class.days().get().into())) },
        ]
    });
    html! {
        section {
            h2 { (class.label().in_lang(shell.lang)) }
            (table(&Table { id: format!("levels-{}", class.code()), caption: class.label().in_lang(shell.lang).into(), heads: heads.map(str::to_owned).to_vec(), rows: rows.collect() }))
        }
    }
}

fn incidents(shell: &Shell) -> Markup {
    let heads = [
        shell.t("障害の影響", "Effect"),
        shell.t("障害発生連絡までの時間 (サービスレベル目標)", "Time to the first notice (objective)"),
        shell.t("障害発生連絡までの時間 (サービスレベル合意)", "Time to the first notice (agreement)"),
    ];
    let rows = vec![
        vec![
            html! { (shell.t("サービス影響が有る場合", "The service is affected")) },
            html! { (shell.t("アラート受信から 15 分", "15 minutes from the alert")) },
            html! { (shell.t("アラート受信から 30 分", "30 minutes from the alert")) },
        ],
        vec![
            html! { (shell.t("サービス影響が無い場合", "The service is not affected")) },
            html! { (shell.t("アラート受信から 1 時間", "1 hour from the alert")) },
            html! { (crate::clock::NO_SLA.in_lang(shell.lang)) },
        ],
    ];
    let caption = shell.t("障害に対する対応", "Incidents").to_owned();
    table(&Table { id: "levels-incidents".into(), caption, heads: heads.map(str::to_owned).to_vec(), rows })
}

fn entries(shell: &Shell, it: &CataloguePage, class: Class) -> Markup {
    let of_class: Vec<&Entry> = it.catalogue.entries.iter().filter(|entry| entry.class == class).collect();
    html! {
        @if !of_class.is_empty() {
            section {
                h3 { (class.label().in_lang(shell.lang)) }
                ul.entries {
                    @for entry in of_class {
                        li {
                            strong { (entry.heading.in_lang(shell.lang)) } " " small { (shell.t("種別 ", "")) span lang="ja" { (entry.kind) } " · " (business_days(shell.lang, entry.days().get().into())) }
                            p { @for (place, field) in entry.fields.iter().enumerate() {
                                @if place > 0 { " / " }
                                (field.label.in_lang(shell.lang))
                                @if !field.options.is_empty() { " (" @for (n, option) in field.options.iter().enumerate() { @if n > 0 { " / " } (field.shown(&option.code, shell.lang)) } ")" }
                            } }
                            @if let Some(hint) = &entry.hint { p.hint { (hint.in_lang(shell.lang)) } }
                        }
                    }
                }
            }
        }
    }
}

/// The catalogue of the provider.
pub(crate) async fn show(guest: Guest) -> Result<Response, Trouble> {
    let shell = guest.shell().await?;
    let (version, catalogue) = guest.state.desk.own_catalogue().await?;
    Ok(answer(page(&shell, &CataloguePage { version, catalogue })))
}

/// The samples.
pub fn samples() -> Vec<(&'static str, CataloguePage)> {
    vec![("shipped", CataloguePage { version: 0, catalogue: Catalogue::default() })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::words::Lang;

    /// R-A1-3: the table of incidents as the service description has it.
    #[test]
    fn the_incident_table_is_that_of_appendix_1() {
        let html = incidents(&crate::sample::customer(Lang::Ja)).into_string();
        let cells = [
            "サービス影響が有る場合",
            "アラート受信から 15 分",
            "アラート受信から 30 分",
            "サービス影響が無い場合",
            "アラート受信から 1 時間",
            "(SLA なし)",
        ];
        let places: Vec<usize> =
            cells.iter().map(|cell| html.find(cell).unwrap_or_else(|| panic!("{cell}: {html}"))).collect();
        assert!(places.is_sorted(), "{html}");
    }
}
