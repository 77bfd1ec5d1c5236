//! One open incident on paper: what is owed by when, and what was told so far.

use super::words::{due, time};
use super::{ERASED, head};
use desk::incident::IncidentView;
use desk::pack::Content;
use domain::fact::{NoticeChannel, Target};
use domain::ids::{BlobId, MessageId};
use domain::incident::duty::DutyKind;
use domain::time::Instant;
use domain::words::Label;
use maud::{Markup, html};

/// Something that was told, tried or done.
struct Entry {
    at: Instant,
    what: String,
    text: String,
}

/// The incident's title.
pub(super) fn title(view: &IncidentView) -> &str {
    text(view, &view.incident.title)
}

/// The name of whoever has it.
pub(super) fn holder(view: &IncidentView) -> Option<&str> {
    let taken = view.incident.taken.as_ref()?;
    view.people.get(&taken.what).map(String::as_str)
}

pub(super) fn incident(it: &Content, view: &IncidentView) -> Markup {
    let incident = &view.incident;
    let impact = match incident.impact() {
        None => "未判定",
        Some(true) => "サービス影響 有",
        Some(false) => "サービス影響 無",
    };
    html! {
        section.incident id=(incident.key) {
            h3 { (incident.key) " " (title(view)) }
            p {
                strong { (incident.state.label().ja) } "　" (impact)
                "　受信 " (time(&it.calendar, incident.alert_at()))
                @if let Some(host) = view.alerts.first().map(|alert| &alert.source) { "　" (host) }
                "　担当 " (holder(view).unwrap_or("なし"))
            }
            (owed(it, view))
            h4 { "これまでの連絡と作業 " small lang="en" { "Told and done so far" } }
            ul.told { @for entry in entries(view) {
                li { strong { (time(&it.calendar, entry.at)) " " (entry.what) } @if !entry.text.is_empty() { div.words { (entry.text) } } }
            } }
        }
    }
}

/// Every duty and every running clock, by due.
fn owed(it: &Content, view: &IncidentView) -> Markup {
    html! {
        table {
            thead { tr { (head(Label::new("期限", "Due"))) (head(Label::new("すること", "What is owed"))) } }
            tbody {
                @for duty in &view.duties {
                    tr { td.when { (due(&it.calendar, it.made, duty.due)) } td { (duty.kind.label().ja) (recipient(view, &duty.kind)) } }
                }
                @for clock in view.incident.clocks().iter().filter(|clock| clock.end.is_none() && !view.incident.state.is_final()) {
                    @for (target, name) in [(Target::Slo, "SLO"), (Target::Sla, "SLA")] {
                        @if let Some(by) = clock.due(target) {
                            tr { td.when { (due(&it.calendar, it.made, by)) } td { "障害発生連絡の " (name) } }
                        }
                    }
                }
            }
        }
    }
}

/// To whom what did not arrive was sent.
fn recipient(view: &IncidentView, kind: &DutyKind) -> String {
    let DutyKind::CallUndelivered(id) = kind else { return String::new() };
    let of = |id: &MessageId| view.messages.iter().find(|message| message.id == *id);
    of(id).map(|message| format!("（{}）", message.recipient)).unwrap_or_default()
}

fn entries(view: &IncidentView) -> Vec<Entry> {
    let incident = &view.incident;
    let mut list = vec![];
    let mut add = |at: Instant, what: &str, text: String| list.push(Entry { at, what: what.to_owned(), text });
    for told in &incident.publications {
        let what =
            if told.what.impact { "障害発生連絡（影響 有）" } else { "障害発生連絡（影響 無）" };
        add(told.mark.at, what, text(view, &told.what.text).to_owned());
    }
    for report in &incident.reports {
        add(report.mark.at, "中間報告", text(view, &report.what.text).to_owned());
    }
    for notice in &incident.recovery_notices {
        let what = match notice.what.channel {
            NoticeChannel::Ticket => "復旧連絡",
            NoticeChannel::Phone => "復旧連絡（電話）",
        };
        add(notice.mark.at, what, text(view, &notice.what.text).to_owned());
    }
    for message in &incident.messages {
        let (blob, from_customer) = &message.what;
        let what = if *from_customer { "お客様からのメッセージ" } else { "お客様へのメッセージ" };
        add(message.mark.at, what, text(view, blob).to_owned());
    }
    for call in &incident.calls {
        let who = view.contact_names.get(call.what.contact.as_str()).map_or("", String::as_str);
        let number = text(view, &call.what.number);
        let result = call.what.result().map_or("結果なし", |result| result.label().ja);
        let note = call.what.end.as_ref().and_then(|end| end.what.note.as_ref());
        let note = note.map(|note| text(view, note)).unwrap_or_default();
        add(call.what.begun, &format!("架電 順位{} {who} {number}: {result}", call.what.rank), note.to_owned());
    }
    for step in &incident.steps {
        add(step.mark.at, "復旧手順", format!("{} → {}", text(view, &step.what.step), text(view, &step.what.result)));
    }
    for recovery in incident.recoveries.iter().filter(|recovery| recovery.what.undone.is_none()) {
        add(recovery.what.recovered_at, "復旧を確認", String::new());
    }
    for note in &incident.notes {
        add(note.mark.at, "社内メモ", text(view, &note.what).to_owned());
    }
    list.sort_by_key(|entry| entry.at);
    list
}

fn text<'a>(view: &'a IncidentView, blob: &BlobId) -> &'a str {
    view.texts.get(blob).map_or(ERASED, String::as_str)
}
