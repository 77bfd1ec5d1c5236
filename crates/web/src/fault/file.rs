//! 障害ご連絡 on the portal: the fields of the service description, word for word, and before them what is open already.

use crate::form::{Choice, Draft, Field, Form, Input, choice, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{head, slip, tel};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::fault::Priority;
use domain::time::Instant;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct FaultPage {
    /// Projects that may be filed for: key and name.
    pub projects: Vec<(String, String)>,
    /// Open incidents the customer knows of.
    pub open: Vec<OpenOne>,
    /// The provider's number for urgent cases; empty where none is set.
    pub phone: String,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// An open incident that may be what the customer means.
#[derive(Clone, Debug)]
pub struct OpenOne {
    /// `KEY-n`.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its project.
    pub project: String,
    /// Since when.
    pub began: Instant,
}

/// The page.
pub fn page(shell: &Shell, it: &FaultPage) -> Markup {
    let title = shell.t("障害のご連絡", "Report a fault");
    let body = html! {
        article.narrow-form {
            header.top { h1 { (title) } }
            p.hint { (shell.t("受け付けた時点から、ご連絡の期限を数えます。", "The clock of our notice runs from the moment we receive this."))
                @if !it.phone.is_empty() { " " (shell.t("お急ぎの場合はお電話ください: ", "If it is urgent, call us: ")) (tel(&it.phone)) }
            }
            @if !it.open.is_empty() { (open_ones(shell, it)) }
            section aria-labelledby="new-fault" {
                (head("new-fault", shell.t("新しい障害", "A new fault")))
                (form(shell, &it.draft, &new_fault(shell, it)))
            }
        }
    };
    shell_page(shell, title, &body)
}

/// What is open already, each with a field to add to it (R-4.2.2-4: updated, not doubled).
fn open_ones(shell: &Shell, it: &FaultPage) -> Markup {
    html! {
        section aria-labelledby="open-faults" {
            (head("open-faults", shell.t("対応中の障害", "Faults we are working on")))
            p.hint { (shell.t("同じ障害であれば、こちらに追記してください。二重に申告していただく必要はありません。", "If it is one of these, add to it. There is no need to report it twice.")) }
            @for one in &it.open {
                @let id = format!("add-{}", one.key);
                details.addition open[it.draft.form == id] {
                    summary { (slip(&one.key)) " " strong { (one.title) } " " small { (one.project) " " (when::text(shell, one.began)) (shell.t(" から", "")) } }
                    (form(shell, &it.draft, &Form::new(id.as_str(), "/faults/additions", shell.t("追記する", "Add"), vec![
                        Field::new("key", "", Input::Hidden).value(one.key.as_str()),
                        Field::new("text", shell.t("追記する内容", "What to add"), Input::Area(4)).required(),
                    ])))
                }
            }
        }
    }
}

fn new_fault(shell: &Shell, it: &FaultPage) -> Form {
    let mut fields = vec![];
    match it.projects.as_slice() {
        [(key, _)] => fields.push(Field::new("project", "", Input::Hidden).value(key.as_str())),
        several => {
            let name = |(key, name): &(String, String)| choice(key, format!("{name} ({key})"));
            let none = choice("", shell.t("選んでください", "choose one"));
            let choices = std::iter::once(none).chain(several.iter().map(name)).collect();
            fields.push(
                Field::new("project", shell.t("プロジェクト", "Project"), Input::Menu(choices)).required().wide(),
            );
        }
    }
    if !it.open.is_empty() {
        let label = shell.t("上の障害とは別の障害です", "This is none of the faults above");
        fields.push(Field::new("separate", label, Input::Tick).required().wide());
    }
    let priority = |priority: Priority| Choice {
        value: priority.code().to_owned(),
        label: format!(
            "{}{}{}",
            priority.label().in_lang(shell.lang),
            shell.t("：", ": "),
            priority.meaning().in_lang(shell.lang)
        ),
        key: None,
    };
    let details = shell.t(
        "いつから、何をすると、どうなるか。画面の表示やエラーの文言もお書きください。",
        "Since when, what happens on which action, and what the screen says.",
    );
    fields.extend([
        Field::new(
            "priority",
            shell.t("優先度", "Priority (優先度)"),
            Input::Radios(Priority::ALL.map(priority).into()),
        )
        .required(),
        Field::new("detected_at", shell.t("検知日時", "Noticed at (検知日時)"), Input::Moment).required(),
        Field::new("host", shell.t("ホスト名", "Host (ホスト名)"), Input::Text)
            .hint(shell.t("分からないときは「不明」とお書きください。", "Write “unknown” where you do not know."))
            .required(),
        Field::new(
            "business_impact",
            shell.t("ビジネスインパクト", "Business impact (ビジネスインパクト)"),
            Input::Area(3),
        )
        .hint(
            shell.t("どの業務が、何人・何件、いつまでに困るか。", "Which work is hindered, for how many, until when."),
        )
        .required(),
        Field::new("details", shell.t("障害の詳細", "What is wrong (障害の詳細)"), Input::Area(6))
            .hint(details)
            .required(),
    ]);
    Form::new("fault", "/faults", shell.t("申告する", "Report it"), fields).primary(true)
}

/// The samples.
pub fn samples() -> Vec<(&'static str, FaultPage)> {
    let one = FaultPage {
        projects: vec![("NGS".into(), "コーポレートサイト".into())],
        open: vec![],
        phone: "03-0000-0000".into(),
        draft: Draft::default(),
    };
    let open = |key: &str, title: &str, seconds| OpenOne {
        key: key.into(),
        title: title.into(),
        project: "コーポレートサイト".into(),
        began: at(seconds),
    };
    let mut several = one.clone();
    several.projects.push(("NGX".into(), "受注システム".into()));
    several.open = vec![open("NGS-12", "web01 応答なし", -900), open("NGS-11", HOSTILE, -9_000)];
    let mut refused = several.clone();
    refused.draft = Draft {
        form: "fault".into(),
        values: vec![("host".into(), HOSTILE.into()), ("priority".into(), "high".into())],
        problems: vec![crate::form::Problem {
            field: "separate".into(),
            text: "上の障害と同じかどうかを確かめてください。".into(),
        }],
        summary: None,
    };
    vec![("one", one), ("several", several), ("refused", refused)]
}
