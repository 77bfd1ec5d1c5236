//! An incident as the customer reads it: what failed, since when, how it stands, what was said, and every minute.

use crate::attachment::{Files, section as files};
use crate::clock::{ClockMark, ClockState, clock_mark};
use crate::form::{Draft, Field, Form, Input, form};
use crate::incident::{Call, Impact, Published, published};
use crate::layout::{Shell, page as shell_page};
use crate::ledger::{Ledger, ledger};
use crate::parts::{facts, head, slip};
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::incident::report::ReportKind;
use domain::telephone::Evidence;
use domain::time::Instant;
use domain::words::{Label, Lang};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct CustomerIncidentPage {
    /// `KEY-n`.
    pub key: String,
    /// The project.
    pub project: String,
    /// What failed, in one line.
    pub title: String,
    /// State as labelled by the process.
    pub state: Label,
    /// Whether the service is affected.
    pub impact: Impact,
    /// When the alert was received.
    pub began: Instant,
    /// When the service was back.
    pub recovered: Option<Instant>,
    /// What the customer told us, where they did: names and values.
    pub filed: Vec<(String, String)>,
    /// When and whom we told first.
    pub told: Option<(Instant, String)>,
    /// How it stands, in a sentence of the last report.
    pub standing: String,
    /// The incident it goes on in, and whether the customer can read that one.
    pub merged_into: Option<(String, bool)>,
    /// What goes on in it.
    pub children: Vec<String>,
    /// What the customer must decide; none where nothing.
    pub decide: Option<String>,
    /// The clock of the next report; none where no more are owed.
    pub next_report: Option<ClockMark>,
    /// Its clocks.
    pub clocks: Vec<ClockMark>,
    /// How each was counted.
    pub ledgers: Vec<Ledger>,
    /// Published versions of 障害報告書: which report, which version, when; the latest first.
    pub reports: Vec<(ReportKind, u32, Instant)>,
    /// Notices and reports in full, newest first.
    pub published: Vec<Published>,
    /// Oral consents that the desk heard, first to last.
    pub consents: Vec<ConsentLine>,
    /// Its files.
    pub files: Files,
    /// What was typed before and refused.
    pub draft: Draft,
    /// The calls that were made, newest first; the notes of the desk are not among them.
    pub calls: Vec<Call>,
}

/// An oral consent as the desk recorded it.
#[derive(Clone, Debug)]
pub struct ConsentLine {
    /// Its number in the incident, from 1.
    pub number: u32,
    /// When it was heard.
    pub at: Instant,
    /// Who gave it, from which number.
    pub who: String,
    /// In which words.
    pub words: String,
    /// To what.
    pub what: String,
    /// Why the customer disputes it, once they do.
    pub disputed: Option<String>,
}

/// The consents, each to be disputed by whoever of the customer says otherwise.
fn consents(shell: &Shell, it: &CustomerIncidentPage) -> Markup {
    let text = |number: u32| {
        vec![
            Field::new("consent", "", Input::Hidden).value(number.to_string()),
            Field::new("text", shell.t("どこが違うか", "What is wrong about it"), Input::Area(2)).required(),
        ]
    };
    html! {
        (head("consents", shell.t("口頭のご同意", "What you consented to by telephone")))
        @for line in &it.consents {
            p { (when::time(shell, line.at)) " " strong { (line.who) } "「" (line.words) "」 → " (line.what) }
            @match &line.disputed {
                Some(why) => p.hint { (shell.t("異議あり: ", "Disputed: ")) (why) },
                None => details {
                    summary { (shell.t("この同意はしていない・内容が違う", "I did not say so")) }
                    (form(shell, &it.draft, &Form::new(format!("consent-dispute-{}", line.number), format!("/incidents/{}/consent-dispute", it.key), shell.t("異議を送る", "Dispute it"), text(line.number))))
                },
            }
        }
    }
}

/// The page.
pub fn page(shell: &Shell, it: &CustomerIncidentPage) -> Markup {
    // Beside the article: that is replaced whole while somebody chooses a file.
    let body = html! { (article(shell, it)) (files(shell, &it.files, &it.draft)) };
    shell_page(shell, &format!("{} {}", it.key, it.title), &body)
}

/// All of it but the shell. Element `told-incident`: nobody types here, so the event stream replaces it whole.
pub fn article(shell: &Shell, it: &CustomerIncidentPage) -> Markup {
    html! {
        article.incident id="told-incident" data-live={ "/live/incidents/" (it.key) } {
            header.record {
                div {
                    p.path { (slip(&it.key)) " " (it.project) }
                    h1 { (it.title) }
                    p.state { strong { (it.state.in_lang(shell.lang)) } " · " (it.impact.label().in_lang(shell.lang)) }
                }
                div.clocks { @for mark in it.next_report.iter().chain(&it.clocks) { (clock_mark(shell, mark)) } }
            }
            p.told-first { (first_line(shell, it)) @if !it.filed.is_empty() && it.recovered.is_none() { " " a href="/faults/new" { (shell.t("この障害に追記する", "Add to this")) } } }
            @if let Some((parent, readable)) = &it.merged_into {
                p.told-first { (shell.t("この障害は ", "This incident is dealt with in ")) @if *readable { a href={ "/incidents/" (parent) } { (slip(parent)) } } @else { (slip(parent)) } (shell.t(" にまとめて対応しています。お知らせと報告はそちらに届きます。", ". Notices and reports come there.")) }
            }
            @if !it.children.is_empty() {
                p.told-first { (shell.t("同じ対応にまとめた障害: ", "Dealt with here, too: ")) @for child in &it.children { a href={ "/incidents/" (child) } { (slip(child)) } " " } }
            }
            div.pair {
                section aria-labelledby="told" {
                    (head("told", shell.t("お知らせと報告", "Notices and reports")))
                    @if it.published.is_empty() { p.hint { (shell.t("まだありません。サービスへの影響を調べています。", "None yet. We are finding out whether the service is affected.")) } }
                    (published(shell, &it.published))
                }
                aside {
                    @if !it.filed.is_empty() {
                        (head("filed", shell.t("お客様からのご連絡", "What you told us")))
                        (facts(&it.filed.iter().map(|(name, value)| (name.clone(), html! { (value) })).collect::<Vec<_>>()))
                    }
                    @if !it.reports.is_empty() {
                        (head("reports", shell.t("障害報告書", "Incident reports")))
                        ul.plain { @for (kind, version, at) in &it.reports {
                            li { a href={ "/incidents/" (it.key) "/incident-report?report=" (kind.code()) "&version=" (version) } { (kind.label().in_lang(shell.lang)) " " (shell.t("第", "version ")) (version) (shell.t("版", "")) } " " (when::time(shell, *at)) }
                        } }
                    }
                    @if !it.consents.is_empty() { (consents(shell, it)) }
                    (head("when", shell.t("時刻", "Times")))
                    (facts(&times(shell, it)))
                    h3 { (shell.t("お電話", "Calls to you")) }
                    ul.calls {
                        @if it.calls.is_empty() { li.hint { (shell.t("お電話はしていません。", "No calls were made.")) } }
                        @for call in &it.calls { li { (when::time(shell, call.begun)) " " strong { (call.standing().in_lang(shell.lang)) } " " (call.who) " " span.number { (call.number) } " " span.by { (call.evidence.label().in_lang(shell.lang)) } } }
                    }
                }
            }
            section.wide aria-labelledby="col-ledger" {
                (head("col-ledger", shell.t("期限の内訳", "How the clocks were counted")))
                div.ledgers { @for item in &it.ledgers { (ledger(shell, item)) } }
            }
        }
    }
}

/// What failed, how long, when and whom we told, how it stands, what the customer must decide.
pub(crate) fn first_line(shell: &Shell, it: &CustomerIncidentPage) -> Markup {
    let lasted = when::span(shell.lang, it.recovered.unwrap_or(shell.now).since_ms(it.began));
    let began = when::text(shell, it.began);
    html! {
        @match (shell.lang, it.recovered.is_some()) {
            (Lang::Ja, false) => { (began) " から " strong { (lasted) } "続いています。" }
            (Lang::Ja, true) => { (began) " から " strong { (lasted) } "続きました。" }
            (Lang::En, false) => { "Since " (began) ", " strong { (lasted) } " so far. " }
            (Lang::En, true) => { "From " (began) ", for " strong { (lasted) } ". " }
        }
        @match (&it.told, shell.lang) {
            (Some((at, whom)), Lang::Ja) => { (when::text(shell, *at)) " に" (whom) "へお知らせしました。" }
            (Some((at, whom)), Lang::En) => { "We told " (whom) " at " (when::text(shell, *at)) ". " }
            (None, _) if !it.filed.is_empty() => (shell.t("ご連絡を受け付けました。", "We have received your report. ")),
            (None, _) => (shell.t("影響を確かめています。", "We are finding out what it affects. ")),
        }
        (it.standing) " "
        strong {
            @match &it.decide {
                Some(what) => { (shell.t("お決めいただきたいこと: ", "For you to decide: ")) (what) (shell.t("。", ".")) }
                None => (shell.t("お願いすることはありません。", "Nothing is needed from you.")),
            }
        }
    }
}

fn times(shell: &Shell, it: &CustomerIncidentPage) -> Vec<(String, Markup)> {
    let mut items = vec![(
        if it.filed.is_empty() { shell.t("検知", "Detected") } else { shell.t("受付", "Received") }.to_owned(),
        when::time(shell, it.began),
    )];
    if let Some((at, _)) = &it.told {
        items.push((shell.t("ご連絡", "Notice").to_owned(), when::time(shell, *at)));
    }
    let recovered = it.recovered.map_or_else(|| html! { (shell.t("まだ", "not yet")) }, |at| when::time(shell, at));
    items.push((shell.t("復旧", "Recovered").to_owned(), recovered));
    if let Some(ClockState::Running { due, .. }) = it.next_report.as_ref().map(|m| &m.state) {
        items.push((
            shell.t("次のご報告", "Next report").to_owned(),
            html! { strong { (when::time(shell, *due)) } (shell.t(" まで", " at the latest")) },
        ));
    }
    items
}

/// The samples.
pub fn samples() -> Vec<(&'static str, CustomerIncidentPage)> {
    let mark = |name: &str, state, href: Option<&str>| ClockMark {
        name: name.into(),
        state,
        holder: Some("みなとマネージド".into()),
        href: href.map(str::to_owned),
    };
    let open = CustomerIncidentPage {
        key: "NGS-12".into(),
        project: "コーポレートサイト".into(),
        title: "web01 応答なし".into(),
        state: Label::new("連絡済", "Notified"),
        impact: Impact::Yes,
        began: at(-900),
        recovered: None,
        filed: vec![],
        told: Some((at(-250), "長谷川 亮 様".into())),
        standing: "php-fpm の応答が戻らず、予備のサーバーへ切り替えています。".into(),
        merged_into: None,
        children: vec![],
        files: Files { staff: false, ..crate::attachment::sample("/incidents/NGS-12") },
        consents: vec![ConsentLine {
            number: 1,
            at: at(-120),
            who: "長谷川 亮 090-0000-1234".into(),
            words: "再起動してください".into(),
            what: "php-fpm の再起動".into(),
            disputed: None,
        }],
        draft: Draft::default(),
        decide: None,
        next_report: Some(mark("中間報告", ClockState::Running { since: at(-250), due: at(3350) }, None)),
        clocks: vec![
            mark(
                "障害発生連絡 SLO 15分",
                ClockState::Met { due: at(0), at: at(-240), provisional: true },
                Some("#ledger-slo"),
            ),
            mark(
                "障害発生連絡 SLA 30分",
                ClockState::Met { due: at(900), at: at(-240), provisional: true },
                Some("#ledger-sla"),
            ),
        ],
        ledgers: vec![
            crate::incident::ended_ledger("ledger-slo", "障害発生連絡 SLO 15分", 0),
            crate::incident::ended_ledger("ledger-sla", "障害発生連絡 SLA 30分", 900),
        ],
        reports: vec![],
        published: vec![crate::incident::told()],
        calls: vec![Call {
            who: "長谷川 亮 様".into(),
            number: "090-0000-1234".into(),
            begun: at(-240),
            result: Some(domain::fact::CallResult::Voicemail),
            void: false,
            evidence: Evidence::Stated,
            note: String::new(),
            by: "みなとマネージド".into(),
        }],
    };
    let mut open = open;
    open.ledgers.iter_mut().flat_map(|l| &mut l.segments).for_each(|s| s.href = None);
    let mut ended = open.clone();
    (ended.recovered, ended.state, ended.next_report) =
        (Some(at(-60)), Label::new("復旧連絡済", "Recovery told"), None);
    ended.decide = Some("再発を防ぐため、平日の夜に web01 の更新をしてよいか".into());
    ended.reports = vec![(ReportKind::Final, 2, at(-20)), (ReportKind::Preliminary, 1, at(-50))];
    ended.clocks[0].state = ClockState::Missed { due: at(-300), at: Some(at(-240)), provisional: false };
    let mut new = open.clone();
    (new.told, new.published, new.calls, new.impact) = (None, vec![], vec![], Impact::Unjudged);
    let mut filed = new.clone();
    filed.filed = vec![
        ("優先度".into(), "高".into()),
        ("検知日時".into(), "03:05:00".into()),
        ("ホスト名".into(), "web02".into()),
        ("ビジネスインパクト".into(), "受注ができない".into()),
        ("障害の詳細".into(), HOSTILE.into()),
    ];
    let mut hostile = open.clone();
    (hostile.title, hostile.standing, hostile.decide) = (HOSTILE.into(), HOSTILE.into(), Some(HOSTILE.into()));
    vec![("open", open), ("ended", ended), ("new", new), ("filed", filed), ("hostile", hostile)]
}
