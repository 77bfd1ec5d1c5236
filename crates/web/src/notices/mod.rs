//! お知らせ: the notice boards of the reader's projects, and the documents that customers confirm at contract.

mod documents;
pub(crate) mod handler;

pub use documents::{ConfirmLine, DocumentLine};

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::{Shell, page as shell_page};
use crate::parts::{empty, slip};
use crate::sample::{HOSTILE, at};
use crate::settings::add;
use crate::when;
use domain::document::DocumentKind;
use domain::time::Instant;
use jiff::civil::Date;
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct NoticesPage {
    /// One for each project.
    pub boards: Vec<NoticeBoardLines>,
    /// In the order of the white paper.
    pub documents: Vec<DocumentLine>,
    /// Whether the reader publishes documents.
    pub may_publish: bool,
    /// What was typed before.
    pub draft: Draft,
}

/// The board of one project.
#[derive(Clone, Debug)]
pub struct NoticeBoardLines {
    /// The customer.
    pub customer: String,
    /// The project's key.
    pub key: String,
    /// Whether the reader may post.
    pub may_post: bool,
    /// Version of the board.
    pub version: u32,
    /// What is shown, the newest first.
    pub posts: Vec<PostLine>,
}

/// One notice.
#[derive(Clone, Debug)]
pub struct PostLine {
    /// Its place on the board, from 1.
    pub place: u32,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The day it was posted.
    pub posted: Instant,
    /// The last day on which it is shown.
    pub until: Option<Date>,
}

/// The page.
pub fn page(shell: &Shell, it: &NoticesPage) -> Markup {
    let title = shell.t("お知らせ", "Notices");
    let is_staff = it.boards.iter().any(|board| board.may_post);
    let body = html! {
        header.top { h1 { (title) } p { a href="#documents" { (shell.t("契約時の確認文書", "Documents to confirm")) } } }
        @if it.boards.iter().all(|board| board.posts.is_empty()) && !is_staff {
            (empty(shell.t("お知らせはありません。", "There are no notices."), &html! { (shell.t("定期作業や年末年始の体制などは、ここでお知らせします。", "Planned work, holidays and the like are told here.")) }))
        }
        div.stack {
            @for board in &it.boards { @if is_staff || !board.posts.is_empty() { (one(shell, &it.draft, board)) } }
            (documents::section(shell, it))
        }
    };
    shell_page(shell, title, &body)
}

/// Posts `project`, `title`, `text`, `until` to `/notices`; `project`, `place`, `version` to `/notices/removal`.
fn one(shell: &Shell, draft: &Draft, it: &NoticeBoardLines) -> Markup {
    html! {
        section id=(it.key) {
            h2 { (it.customer) " " (slip(&it.key)) }
            @if it.posts.is_empty() { p.hint { (shell.t("掲示中のお知らせはありません。", "Nothing is posted.")) } }
            @else { ul.gaps { @for post in &it.posts { li { (posted(shell, it, post)) } } } }
            @if it.may_post { (new(shell, draft, it)) }
        }
    }
}

fn posted(shell: &Shell, board: &NoticeBoardLines, it: &PostLine) -> Markup {
    html! {
        strong { (it.title) } " " small {
            (when::day(shell, it.posted))
            @if let Some(until) = it.until { " – " (until) }
        }
        p.words { (it.text) }
        @if board.may_post {
            form action="/notices/removal" method="post" data-enhance {
                p.wrong data-summary hidden role="alert" {}
                input type="hidden" name="project" value=(board.key);
                input type="hidden" name="place" value=(it.place);
                input type="hidden" name="version" value=(board.version);
                button.plain { (shell.t("外す", "Take down")) span.away { ": " (it.title) } }
            }
        }
    }
}

fn new(shell: &Shell, draft: &Draft, it: &NoticeBoardLines) -> Markup {
    let fields = vec![
        Field::new("project", "", Input::Hidden).value(it.key.clone()),
        Field::new("title", shell.t("件名", "Title"), Input::Text).required().wide(),
        Field::new("text", shell.t("本文", "Text"), Input::Area(5)).required(),
        Field::new("until", shell.t("掲載終了日", "Last day"), Input::Date)
            .hint(shell.t("空のままなら、外すまで掲示します。", "Left empty it stands until it is taken down.")),
    ];
    let spec =
        Form::new(format!("post-{}", it.key), "/notices", shell.t("お客様に掲示する", "Post for the customer"), fields);
    add(shell, draft, shell.t("お知らせを掲示する", "Post a notice"), &spec)
}

/// A form that is nothing but a button.
fn pressed(shell: &Shell, draft: &Draft, id: String, action: &str, label: &str, fields: Vec<Field>) -> Markup {
    form(shell, draft, &Form::new(id, action, label, fields))
}

/// The samples.
pub fn samples() -> Vec<(&'static str, NoticesPage)> {
    let post = |place, title: &str, text: &str| PostLine {
        place,
        title: title.into(),
        text: text.into(),
        posted: at(-86_400 * i64::from(place)),
        until: (place == 1).then(|| Date::constant(2027, 1, 4)),
    };
    let board = |key: &str, customer: &str, may_post, posts| NoticeBoardLines {
        customer: customer.into(),
        key: key.into(),
        may_post,
        version: 3,
        posts,
    };
    let posts = vec![
        post(
            1,
            "年末年始の体制",
            "12月29日から1月3日まで、サポートセンターは休業します。\n監視と障害対応は通常どおり24時間行います。",
        ),
        post(2, HOSTILE, &HOSTILE.repeat(3)),
    ];
    let line = |kind, version: u32, customers: &[(&str, Option<u32>, bool)]| DocumentLine {
        kind,
        published: (version > 0).then(|| (version, at(-86_400 * 40))),
        text: "1. 目的\nこの文書は、サービスの継続について定めます。\n\n2. 目標復旧時間\n4時間。".into(),
        reference: "MND-014".into(),
        customers: customers
            .iter()
            .map(|(name, confirmed, may_confirm)| ConfirmLine {
                tenant: "t1".into(),
                name: (*name).into(),
                may_confirm: *may_confirm,
                confirmed: confirmed.map(|version| (version, "山田 太郎".into(), at(-86_400 * 30))),
            })
            .collect(),
    };
    let both = [("なぎさ商事", Some(2), false), (HOSTILE, Some(1), false), ("高田電機", None, false)];
    let staff = NoticesPage {
        boards: vec![board("NGS", "なぎさ商事", true, posts.clone()), board("TKD", "高田電機", true, vec![])],
        documents: vec![
            line(DocumentKind::Catalogue, 1, &both),
            line(DocumentKind::Continuity, 2, &both),
            line(DocumentKind::Complaint, 0, &both),
        ],
        may_publish: true,
        draft: Draft::default(),
    };
    let customer = NoticesPage {
        boards: vec![board("NGS", "なぎさ商事", false, posts), board("NGX", "なぎさ商事", false, vec![])],
        documents: vec![
            line(DocumentKind::Catalogue, 1, &[("なぎさ商事", Some(1), true)]),
            line(DocumentKind::Continuity, 2, &[("なぎさ商事", Some(1), true)]),
            line(DocumentKind::MajorIncident, 1, &[("なぎさ商事", None, false)]),
        ],
        may_publish: false,
        draft: Draft::default(),
    };
    vec![("staff", staff), ("customer", customer), ("empty", NoticesPage::default())]
}
