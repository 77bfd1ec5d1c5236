//! The forms of the page.

use super::{ReportBox, ReportsPage};
use crate::form::{Field, Form, Input, choice, form};
use crate::layout::Shell;
use domain::incident::major::Criterion;
use domain::incident::report::ReportKind;
use domain::words::Lang;
use maud::{Markup, html};

fn action(it: &ReportsPage, noun: &str) -> String {
    format!("/incidents/{}/{noun}", it.key)
}

/// The id of a form about one of the reports.
pub(super) fn id_of(noun: &str, report: &str) -> String {
    format!("{noun}-{report}")
}

fn folded(summary: &str, open: bool, form: &Markup) -> Markup {
    html! { details.verb open[open] { summary { (summary) } (form) } }
}

/// Writes a version.
pub(super) fn writing(shell: &Shell, page: &ReportsPage, it: &ReportBox, opens: bool) -> Markup {
    let hidden = |name: &str, value: String| Field::new(name, "", Input::Hidden).value(value);
    let follows = it.versions.first().map_or(0, |last| last.number);
    let mut fields = vec![hidden("report", it.kind.code().to_owned()), hidden("follows", follows.to_string())];
    let language = shell.t("報告書の言葉", "Language of the report");
    let languages = [(Lang::Ja, "日本語"), (Lang::En, "English")];
    let choices = languages.iter().map(|(lang, name)| choice(lang.tag(), *name)).collect();
    let hint = shell.t("メールの見出しがこの言葉になります。", "The headings of the mail are in it.");
    let language = Field::new("language", language, Input::Menu(choices)).value(it.document.language.tag());
    fields.push(language.required().hint(hint));
    for section in it.document.sections() {
        let rows = match section.field {
            "course" => 10,
            "occurrence" | "impact" => 3,
            _ => 4,
        };
        let field = Field::new(section.field, section.label.in_lang(shell.lang), Input::Area(rows)).value(section.text);
        let field = match section.field {
            "course" => field.hint(shell.t(
                "1行に1つ。「11/22 03:12　内容」のように時刻と全角空白で始めると表になります。",
                "One line each. “11/22 03:12　what”, the time and a full-width blank, becomes a row of the table.",
            )),
            _ => field,
        };
        let is_needed = it.kind == ReportKind::Final || ["occurrence", "impact", "course"].contains(&section.field);
        fields.push(if is_needed { field.required() } else { field });
    }
    if it.restates {
        let why = shell.t("改訂の理由", "Why it is restated");
        let hint = shell.t("公開済みの版を改めるため、必要です。", "A version was published already.");
        fields.push(Field::new("reason", why, Input::Area(2)).required().hint(hint));
    }
    let name = it.kind.label().in_lang(shell.lang);
    let summary = match follows {
        0 => format!("{name}{}", shell.t("を書く", ": write it")),
        _ => format!("{name}{}{}{}", shell.t("の第", ": write version "), follows + 1, shell.t("版を書く", "")),
    };
    let id = id_of("incident-report", it.kind.code());
    let submit = shell.t("承認を依頼する", "Ask for approval");
    let is_open = opens || page.draft.form == id;
    let spec = Form::new(id, action(page, "incident-report"), submit, fields);
    let is_drafted = follows == 0 && page.draft.form != spec.id;
    let drawn = html! { @if is_drafted { (drafted_in(shell, page)) } (form(shell, &page.draft, &spec)) };
    folded(&summary, is_open, &drawn)
}

/// In which language the draft is, and the way to the other one.
fn drafted_in(shell: &Shell, page: &ReportsPage) -> Markup {
    html! {
        p.hint {
            (shell.t("下書きの言葉: ", "The draft is in: "))
            @for (place, (lang, name)) in [(Lang::Ja, "日本語"), (Lang::En, "English")].into_iter().enumerate() {
                @if place > 0 { " · " }
                @if lang == page.drafted { strong lang=(lang.tag()) { (name) } }
                @else { a href={ "/incidents/" (page.key) "/reports?draft=" (lang.tag()) } hreflang=(lang.tag()) lang=(lang.tag()) { (name) } }
            }
        }
    }
}

/// Approves the last version, or sends it back.
pub(super) fn decision(shell: &Shell, page: &ReportsPage, it: &ReportBox) -> Markup {
    let number = it.versions.first().map_or(0, |last| last.number);
    let id = id_of("incident-report-decision", it.kind.code());
    let fields = vec![
        Field::new("report", "", Input::Hidden).value(it.kind.code()),
        Field::new("report_version", "", Input::Hidden).value(number.to_string()),
        Field::new(
            "approved",
            format!("{}{number}{}", shell.t("第", "Version "), shell.t("版について", "")),
            Input::Radios(vec![
                choice("yes", shell.t("承認してお客様に公開", "Approve and publish to the customer")),
                choice("no", shell.t("差し戻す", "Send back")),
            ]),
        )
        .required(),
        Field::new("reason", shell.t("差戻しの理由", "Why it goes back"), Input::Area(2)),
    ];
    let spec = Form::new(id, action(page, "incident-report-decision"), shell.t("決める", "Decide"), fields);
    html! { div.to-public { (form(shell, &page.draft, &spec)) } }
}

/// Records a later date.
pub(super) fn agreed(shell: &Shell, page: &ReportsPage) -> Markup {
    let fields = vec![
        Field::new("due", shell.t("合意した期限", "Until"), Input::Moment).required(),
        Field::new("agreed_by", shell.t("お客様のどなたと", "Who agreed for the customer"), Input::Text).required(),
    ];
    let (id, submit) = ("incident-report-date", shell.t("記録する", "Record"));
    let summary = shell.t("期限の合意を記録", "Record an agreed date");
    let spec = Form::new(id, action(page, id), submit, fields);
    folded(summary, page.draft.form == id, &form(shell, &page.draft, &spec))
}

/// Marks it as a major incident.
pub(super) fn major(shell: &Shell, page: &ReportsPage) -> Markup {
    let criteria = Criterion::ALL.map(|it| choice(it.code(), it.label().in_lang(shell.lang))).to_vec();
    let fields = vec![
        Field::new("criterion", shell.t("基準", "Criterion"), Input::Radios(criteria)).required(),
        Field::new("reason", shell.t("影響の内容", "What is affected"), Input::Area(2)).required().hint(shell.t(
            "責任者と管理責任者を呼び出します。以後は自動で終了しません。",
            "The head of desk and the management representative are paged. From then on only a person closes it.",
        )),
    ];
    let submit = shell.t("重大な障害にする", "Mark as major");
    let spec = Form::new("major-mark", action(page, "major"), submit, fields).version(page.version);
    folded(submit, page.draft.form == "major-mark", &form(shell, &page.draft, &spec))
}

/// Reviews it.
pub(super) fn review(shell: &Shell, page: &ReportsPage) -> Markup {
    let words = |name: &str, label: &str| Field::new(name, label, Input::Area(4)).required();
    let fields = vec![
        words("timeline", shell.t("時系列", "Timeline")),
        words("cause", shell.t("原因", "Cause")),
        words("lessons", shell.t("教訓", "Lessons")),
        Field::new("action", shell.t("是正処置", "Corrective action"), Input::Text)
            .required()
            .hint(shell.t("是正処置の番号、または行き先。", "Its number, or where it is found.")),
    ];
    let submit = shell.t("レビューを記録", "Record the review");
    let is_open = page.draft.form == "major-review" || page.review_due.is_some();
    let spec = Form::new("major-review", action(page, "major-review"), submit, fields);
    folded(submit, is_open, &form(shell, &page.draft, &spec))
}
