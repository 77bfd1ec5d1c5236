//! What went wrong, and what to do about it.

use crate::layout::{Place, Shell, page as shell_page};
use crate::sample::HOSTILE;
use crate::timeline::{Entry, timeline};
use domain::time::Instant;
use domain::words::Lang;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use wire::problem::Problem;

/// Somebody was faster (409): what happened since, and what the person had typed.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// The record's page.
    pub record: String,
    /// What happened since the version that the person saw, newest first.
    pub since: Vec<Entry>,
    /// What the person had typed, so that nothing is lost.
    pub typed: Vec<(String, String)>,
}

/// The page instead of the one asked for.
pub fn conflict_page(shell: &Shell, it: &Conflict) -> Markup {
    let title = shell.t("先に変わっていました", "Somebody was faster");
    let body = html! {
        div.reading {
            p.code { "409" }
            h1 { (title) }
            p.told-first {
                (shell.t("ご覧になったあとに下のことがありました。何も上書きしていません。", "What is below happened after you looked. Nothing was overwritten. "))
                a.button href=(it.record) data-primary { (shell.t("いまの状態を見る", "See how it stands now")) " " kbd { "Enter" } }
            }
            h2 { (shell.t("そのあとにあったこと", "What happened since")) }
            (timeline(shell, &it.since))
            @if !it.typed.is_empty() { h2 { (shell.t("入力された内容", "What you had typed")) } @for (name, text) in &it.typed { h3 { (name) } pre { (text) } } }
        }
    };
    shell_page(shell, title, &body)
}

/// What the gate shows of a problem to whoever reads pages. It knows nobody: no name, no navigation.
pub fn error_page(problem: &Problem, lang: Lang) -> String {
    let shell = Shell {
        lang,
        provider: lang.pick("窓口", "Madoguchi").to_owned(),
        now: Instant::from_ms(0),
        zone: TimeZone::UTC,
        viewer: None,
        place: Place::Elsewhere,
        path: "/".to_owned(),
        banner: None,
    };
    let body = html! {
        div.reading {
            p.code { (problem.status) }
            h1 { (problem.title) }
            p.told-first { (problem.detail) }
            @if let Some(reference) = &problem.reference { p { (shell.t("番号: ", "Reference: ")) code { (reference) } } }
            p.links { a href="/" { (shell.t("最初の画面へ", "Go to the first page")) } }
        }
    };
    shell_page(&shell, &problem.title, &body).into_string()
}

/// The samples.
pub fn samples() -> Vec<(&'static str, Conflict)> {
    let entry = Entry {
        seq: 128,
        at: crate::sample::at(-14),
        actor: "井上 大地（監視センター）".into(),
        act: "中間報告を公開".into(),
        text: Some(HOSTILE.into()),
        reader: Some(crate::parts::Reader::Customer),
        delivery: None,
        stated: None,
    };
    let typed = vec![("text".into(), HOSTILE.into())];
    vec![("conflict", Conflict { record: "/incidents/NGS-12".into(), since: vec![entry], typed })]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_in_the_readers_language_with_what_to_quote() {
        let problem = Problem {
            kind: "/docs/problems#failed".into(),
            title: "<b>Broken</b>".into(),
            status: 500,
            detail: "Say this".into(),
            field: None,
            errors: vec![],
            version: None,
            reference: Some("ab-7".into()),
        };
        let (ja, en) = (error_page(&problem, Lang::Ja), error_page(&problem, Lang::En));
        assert!(ja.contains("<html lang=\"ja\"") && en.contains("<html lang=\"en\"") && en.contains("ab-7"));
        assert!(en.contains("&lt;b&gt;Broken") && !en.contains("<b>Broken"));
    }
}
