//! Windows of work: one page for both sides of the counter. The customer tells of their own work in one small form; the desk
//! sees every customer's, and announces planned work and what it is told by telephone.

pub(crate) mod handler;
mod line;
mod sample;

pub use line::{KeptLine, WindowLine};
pub(crate) use line::{hosts, place};
pub use sample::samples;

use crate::form::{Draft, Field, Form, Input, choice, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{empty, head};
use domain::window::{WindowKind, WindowState};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct WindowsPage {
    /// Whether staff reads it.
    pub staff: bool,
    /// Projects that the reader may announce for: key and name; none where they may only read.
    pub projects: Vec<(String, String)>,
    /// The windows, the last to begin first.
    pub windows: Vec<WindowLine>,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// The page.
pub fn page(shell: &Shell, it: &WindowsPage) -> Markup {
    let title = if it.staff {
        shell.t("作業時間帯", "Windows of work")
    } else {
        shell.t("作業のご連絡", "Tell us of your work")
    };
    let of = |state: WindowState| it.windows.iter().filter(move |line| line.state == state).collect::<Vec<_>>();
    let past: Vec<_> =
        it.windows.iter().filter(|line| matches!(line.state, WindowState::Over | WindowState::Cancelled)).collect();
    let body = html! {
        article.windows-page {
            header.top { h1 { (title) } }
            p.hint {
                (shell.t("作業中に届いたアラートは記録だけして、障害にはしません。終了の時点で鳴り続けているものは、その時点から障害として対応します。", "Alerts that come during the work are kept and open no incident. What still fires when the work ends becomes an incident from that instant."))
            }
            (section(shell, it, "running", shell.t("作業中", "Running now"), &of(WindowState::Running)))
            @if !it.projects.is_empty() {
                section aria-labelledby="new-window" {
                    (head("new-window", shell.t("新しい作業", "New work")))
                    (form(shell, &it.draft, &announcement(shell, it)))
                }
            }
            (section(shell, it, "coming", shell.t("これからの作業", "Coming"), &of(WindowState::Coming)))
            (section(shell, it, "past", shell.t("終わった作業", "Past"), &past))
            @if it.windows.is_empty() {
                (empty(shell.t("登録された作業はありません。", "No work was announced yet."), &html! { (shell.t("作業の前に登録すると、その間のアラートで電話が鳴りません。", "Announce it before you begin, and its alerts wake nobody.")) }))
            }
        }
    };
    shell_page(shell, title, &body)
}

fn section(shell: &Shell, it: &WindowsPage, id: &str, title: &str, lines: &[&WindowLine]) -> Markup {
    html! {
        @if !lines.is_empty() {
            section aria-labelledby=(id) {
                (head(id, title))
                @for line in lines { (line::window(shell, &it.draft, line, it.staff)) }
            }
        }
    }
}

fn announcement(shell: &Shell, it: &WindowsPage) -> Form {
    let mut fields = vec![];
    match it.projects.as_slice() {
        [(key, _)] => fields.push(Field::new("project", "", Input::Hidden).value(key.as_str())),
        several => {
            let none = choice("", shell.t("選んでください", "choose one"));
            let name = |(key, name): &(String, String)| choice(key, format!("{name} ({key})"));
            let choices = std::iter::once(none).chain(several.iter().map(name)).collect();
            let label = shell.t("プロジェクト", "Project");
            fields.push(Field::new("project", label, Input::Menu(choices)).required().wide());
        }
    }
    if it.staff {
        let kind = |kind: WindowKind| choice(kind.code(), kind.label().in_lang(shell.lang));
        let kinds = Input::Radios(WindowKind::ALL.map(kind).into());
        fields.push(Field::new("kind", shell.t("どちらの作業か", "Whose work"), kinds).required());
    }
    fields.extend([
        Field::new("from", shell.t("開始", "From"), Input::Moment)
            .hint(shell.t("空欄なら、いまから。", "Empty means from now.")),
        Field::new("to", shell.t("終了", "Until"), Input::Moment)
            .hint(shell.t("30日まで。後から延長・短縮できます。", "30 days at most. It can be moved later."))
            .required()
            .ahead(),
        Field::new("hosts", shell.t("対象のホスト", "Hosts"), Input::Text)
            .hint(shell.t(
                "カンマ区切り。web* のようにも書けます。空欄ならプロジェクト全体。",
                "Divided by commas; web* stands for many. Empty means the whole project.",
            ))
            .wide(),
        Field::new("work", shell.t("作業の内容", "What is done"), Input::Area(2)).required(),
    ]);
    if it.staff {
        let hint = shell.t("お客様の作業をお電話で伺ったとき。", "Where the customer told it by telephone.");
        let label = shell.t("ご連絡くださった方", "Who told us");
        fields.push(Field::new("caller", label, Input::Text).hint(hint).wide());
    }
    Form::new("window", "/windows", shell.t("登録する", "Announce it"), fields).primary(!it.staff)
}
