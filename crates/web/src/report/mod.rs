//! 障害報告書 and 重大な障害: the page on which staff write and approve, and the report itself, for paper and for the customer.

mod forms;
pub(crate) mod handler;
mod print;
mod sample;

pub use print::{Printed, PrintedPage, page as printed_page};
pub use sample::{printed_samples, samples};

use crate::form::Draft;
use crate::layout::{Shell, page as shell_page};
use crate::parts::{Reader, head, reader_flag, slip};
use crate::when;
use domain::incident::report::{Document, ReportKind};
use domain::time::Instant;
use domain::words::{Label, Lang};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct ReportsPage {
    /// `KEY-n`.
    pub key: String,
    /// What is wrong, in one line.
    pub title: String,
    /// The customer.
    pub tenant: String,
    /// State as labelled by the process.
    pub state: Label,
    /// Version of the record that is shown.
    pub version: i64,
    /// Both reports, in the order they are owed.
    pub reports: Vec<ReportBox>,
    /// The later date for the final report, and who agreed to it.
    pub agreed: Option<(Instant, String)>,
    /// Whether a later date may be recorded now.
    pub may_agree: bool,
    /// That it is a major incident: by what, since when, by whom, in which words.
    pub major: Option<MajorLine>,
    /// Whether it may be marked as a major incident now.
    pub may_mark: bool,
    /// Reviews of it, the latest first.
    pub reviews: Vec<ReviewLine>,
    /// By when the review is owed.
    pub review_due: Option<Instant>,
    /// Whether the reader may review it now.
    pub may_review: bool,
    /// The language of drafts out of the facts.
    pub drafted: Lang,
    /// What was typed before and refused.
    pub draft: Draft,
}

/// One report with its versions.
#[derive(Clone, Debug)]
pub struct ReportBox {
    /// Which report.
    pub kind: ReportKind,
    /// By when it is, or was, owed; none where it never was.
    pub due: Option<Instant>,
    /// When it was published first.
    pub published: Option<Instant>,
    /// Its versions, the latest first.
    pub versions: Vec<VersionLine>,
    /// What the form starts with.
    pub document: Document,
    /// Whether it replaces what was published, so that a reason is needed.
    pub restates: bool,
    /// Whether the reader may write a version now.
    pub may_write: bool,
    /// Whether the reader may decide on the last version.
    pub may_decide: bool,
}

/// One version of a report.
#[derive(Clone, Debug)]
pub struct VersionLine {
    /// From 1.
    pub number: u32,
    /// Who wrote it, when.
    pub written: (String, Instant),
    /// Why it replaces what was published.
    pub reason: String,
    /// What became of it.
    pub standing: Standing,
}

/// What became of a version.
#[derive(Clone, Debug)]
pub enum Standing {
    /// It waits for the head of desk.
    Awaiting,
    /// A newer version was written before anybody decided.
    Replaced,
    /// Published, by whom and when.
    Approved(String, Instant),
    /// Sent back, by whom and when, and why.
    Returned(String, Instant, String),
}

/// That it is a major incident.
#[derive(Clone, Debug)]
pub struct MajorLine {
    /// By what.
    pub criterion: Label,
    /// Since when.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// In which words.
    pub reason: String,
}

/// One review of a major incident.
#[derive(Clone, Debug)]
pub struct ReviewLine {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// Headings with what stands under them.
    pub words: Vec<(Label, String)>,
}

/// The page.
pub fn page(shell: &Shell, it: &ReportsPage) -> Markup {
    let body = html! {
        article.incident {
            header.record {
                div {
                    p.path { a href={ "/incidents/" (it.key) } { (slip(&it.key)) } " " (it.tenant) }
                    h1 { (shell.t("障害報告書と重大レビュー", "Reports and review")) }
                    p.state { strong { (it.title) } " · " (it.state.in_lang(shell.lang)) @if it.major.is_some() { " · " strong { (shell.t("重大", "Major")) } } }
                }
            }
            div.pair {
                @let next = it.reports.iter().find(|report| report.is_to_be_written()).map(|report| report.kind);
                div.stack { @for report in &it.reports { (report_box(shell, it, report, next == Some(report.kind))) } }
                aside {
                    (major(shell, it))
                    (agreed(shell, it))
                }
            }
        }
    };
    shell_page(shell, &format!("{} {}", it.key, shell.t("障害報告書", "Reports")), &body)
}

impl ReportBox {
    /// Whether it is owed and nobody has written it yet.
    fn is_to_be_written(&self) -> bool {
        let awaiting = self.versions.first().is_some_and(|last| matches!(last.standing, Standing::Awaiting));
        self.may_write && self.due.is_some() && self.published.is_none() && !awaiting
    }
}

fn report_box(shell: &Shell, page: &ReportsPage, it: &ReportBox, opens: bool) -> Markup {
    let code = it.kind.code();
    html! {
        section aria-labelledby=(code) {
            (head(code, it.kind.label().in_lang(shell.lang)))
            p { (standing(shell, it)) }
            @if !it.versions.is_empty() {
                ul.plain { @for line in &it.versions { li.addition { (version(shell, page, it, line)) } } }
            }
            @if it.may_decide { (forms::decision(shell, page, it)) }
            @if it.may_write { (forms::writing(shell, page, it, opens)) }
        }
    }
}

/// How a report stands, in a sentence.
fn standing(shell: &Shell, it: &ReportBox) -> Markup {
    let late = |due: Instant, at: Instant| at > due;
    html! {
        @match (it.due, it.published) {
            (None, None) => (shell.t("いまは期限がありません。", "It is not owed now.")),
            (None, Some(at)) => { (shell.t("公開 ", "Published ")) (when::time(shell, at)) }
            (Some(due), Some(at)) => {
                (shell.t("公開 ", "Published ")) (when::time(shell, at)) " · " (shell.t("期限 ", "due ")) (when::time(shell, due))
                " " strong { @if late(due, at) { (shell.t("遅れ", "late")) } @else { (shell.t("期限内", "in time")) } }
            }
            (Some(due), None) => {
                strong { (shell.t("未公開", "Not published")) } " · " (shell.t("期限 ", "due ")) (when::time(shell, due))
                @if late(due, shell.now) { " " strong { (shell.t("期限を過ぎています", "the due has passed")) } }
            }
        }
    }
}

fn version(shell: &Shell, page: &ReportsPage, it: &ReportBox, line: &VersionLine) -> Markup {
    let (writer, at) = &line.written;
    html! {
        p {
            a href={ "/incidents/" (page.key) "/incident-report?report=" (it.kind.code()) "&version=" (line.number) } { strong { (shell.t("第", "Version ")) (line.number) (shell.t("版", "")) } }
            " " span.by { (writer) " " (when::time(shell, *at)) } " "
            @if matches!(line.standing, Standing::Approved(..)) { (reader_flag(shell, Reader::Customer)) } @else { (reader_flag(shell, Reader::Internal)) }
        }
        @if !line.reason.is_empty() { p.hint { (shell.t("改訂の理由: ", "Why it was restated: ")) (line.reason) } }
        p.hint {
            @match &line.standing {
                Standing::Awaiting => (shell.t("責任者の承認待ち", "Waits for the head of desk")),
                Standing::Replaced => (shell.t("承認前に新しい版へ置き換え", "Replaced by a newer version before anybody decided")),
                Standing::Approved(who, at) => { (shell.t("承認・公開 ", "Approved and published ")) (who) " " (when::time(shell, *at)) }
                Standing::Returned(who, at, why) => { (shell.t("差戻し ", "Sent back ")) (who) " " (when::time(shell, *at)) ": " (why) }
            }
        }
    }
}

fn major(shell: &Shell, it: &ReportsPage) -> Markup {
    html! {
        (head("major", shell.t("重大な障害", "Major incident")))
        @match &it.major {
            None if it.may_mark => (forms::major(shell, it)),
            None => p.hint { (shell.t("重大な障害ではありません。", "It is no major incident.")) },
            Some(line) => {
                p { strong { (line.criterion.in_lang(shell.lang)) } " " (when::time(shell, line.at)) " " span.by { (line.by) } }
                p.words { (line.reason) }
                p.hint { (shell.t("自動では終了しません。責任者と管理責任者を呼び出しました。", "It is not closed automatically. The head of desk and the management representative were paged.")) }
                h3 id="major-reviewed" { (shell.t("重大レビュー", "Review")) }
                @if let Some(due) = it.review_due {
                    p { strong { (shell.t("未実施", "Not done")) } " · " (shell.t("期限 ", "due ")) (when::time(shell, due)) @if shell.now > due { " " strong { (shell.t("期限を過ぎています", "the due has passed")) } } }
                } @else if it.reviews.is_empty() { p.hint { (shell.t("復旧連絡のあとに行います。", "It follows the recovery notice.")) } }
                @for review in &it.reviews {
                    section.addition aria-label=(shell.t("重大レビュー", "Review")) {
                        p { (when::time(shell, review.at)) " " span.by { (review.by) } }
                        dl { @for (name, words) in &review.words { dt { strong { (name.in_lang(shell.lang)) } } dd.words { (words) } } }
                    }
                }
                @if it.may_review { (forms::review(shell, it)) }
            }
        }
    }
}

fn agreed(shell: &Shell, it: &ReportsPage) -> Markup {
    html! {
        h3 id="agreed-date" { (shell.t("最終報告の期限", "The final report's due")) }
        @match &it.agreed {
            Some((due, who)) => p { (shell.t("お客様と合意: ", "Agreed with the customer: ")) (when::time(shell, *due)) " " span.by { (who) } },
            None => p.hint { (shell.t("復旧連絡から5営業日目の19:00です。", "19:00 on the fifth business day after the recovery notice.")) },
        }
        @if it.may_agree { (forms::agreed(shell, it)) }
    }
}
