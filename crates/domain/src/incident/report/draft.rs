//! The draft of a report out of the facts: what is known already stands there, a person writes the rest.

use super::Document;
use crate::calendar::Calendar;
use crate::fact::{NoticeChannel, Origin};
use crate::ids::{BlobId, ContactId};
use crate::incident::{CallEnd, Incident, Marked};
use crate::time::{Instant, MINUTE_MS};

/// The words behind ids.
pub struct Words<'a> {
    /// Texts of blobs.
    pub text: &'a dyn Fn(&BlobId) -> String,
    /// Names of contacts.
    pub contact: &'a dyn Fn(&ContactId) -> String,
}

/// 発生, 影響, 経過, 原因 as closed, and 暫定対応 as done; 恒久対策 and 再発防止 are left to the writer. In Japanese, the language
/// of the customer's papers. Nothing of our own people and notes stands in it.
pub fn draft(incident: &Incident, words: &Words<'_>, calendar: &Calendar) -> Document {
    let shown = |at: Instant| local(at, calendar, "%Y年%-m月%-d日 %H:%M");
    let title = (words.text)(&incident.title);
    let began = shown(incident.alert_at());
    let mut occurrence = match &incident.origin {
        Origin::Alert { .. } => format!("{began} に監視で「{title}」を検知しました。"),
        Origin::Window { .. } => format!("作業時間帯の終わりの {began} に、監視の「{title}」が続いていました。"),
        Origin::Heartbeat { .. } => format!("{began} に監視の途絶「{title}」を検知しました。"),
        Origin::Customer { .. } => format!("{began} にお客様から「{title}」のご連絡をいただきました。"),
        Origin::Telephone { .. } => format!("{began} にお客様から「{title}」のお電話をいただきました。"),
    };
    if let Some(at) = incident.detected_at() {
        occurrence += &format!("\n検知日時（お客様）: {}", shown(at));
    }
    let mut impact = match incident.publications.iter().any(|told| told.what.impact) {
        true => "サービス影響: 有".to_owned(),
        false => "サービス影響: 無".to_owned(),
    };
    if let Some(recovery) = incident.recovery() {
        let recovered = recovery.what.recovered_at;
        let minutes = recovered.since_ms(incident.alert_at()).max(0) / MINUTE_MS;
        impact += &format!("\n期間: {began} から {} まで（{minutes}分）", shown(recovered));
        if let Some(point) = recovery.what.recovery_point {
            impact += &format!("\nデータは {} 時点のものです。それより後の更新は含まれません。", shown(point));
        }
    }
    let steps = incident.steps.iter().map(|step| {
        format!("・{}（{}）", (words.text)(&step.what.step), local(step.mark.at, calendar, "%-m/%-d %H:%M"))
    });
    Document {
        occurrence,
        impact,
        course: course(incident, words, calendar),
        cause: incident.closure.as_ref().map(|closure| (words.text)(&closure.what.cause)).unwrap_or_default(),
        provisional: steps.collect::<Vec<_>>().join("\n"),
        ..Document::default()
    }
}

/// The minute table: alert, judged, told, calls, steps, recovery.
fn course(incident: &Incident, words: &Words<'_>, calendar: &Calendar) -> String {
    let mut found: Vec<(Instant, String)> = vec![];
    let mut add = |at: Instant, what: String| found.push((at, what));
    let title = (words.text)(&incident.title);
    add(
        incident.alert_at(),
        match &incident.origin {
            Origin::Alert { .. } | Origin::Heartbeat { .. } => format!("アラート「{title}」を受信"),
            Origin::Window { .. } => format!("作業時間帯が終了、アラート「{title}」が継続"),
            Origin::Customer { .. } => format!("お客様のご連絡「{title}」を受付"),
            Origin::Telephone { .. } => "お客様からのお電話を受付".to_owned(),
        },
    );
    for child in incident.children.iter().filter(|child| child.what.undone.is_none()) {
        add(child.mark.at, format!("{} をこの障害に統合", child.what.key));
    }
    for judgement in &incident.judgements {
        // What nobody confirmed was never a judgement.
        if let Some(since) = judgement.counts_since() {
            add(since.at, format!("サービス影響「{}」と判定", if judgement.what.impact { "有" } else { "無" }));
        }
    }
    incident.publications.iter().for_each(|told| add(told.mark.at, "障害発生連絡を公開".to_owned()));
    for call in incident.calls.iter().filter(|call| call.what.counts()) {
        let ended = call.what.end.as_ref().map(|end: &Marked<CallEnd>| end.what.result.label().ja);
        let who = (words.contact)(&call.what.contact);
        add(call.what.begun, format!("{}へ架電（{}）", sama(&who), ended.unwrap_or("通話中")));
    }
    for back in &incident.call_backs {
        add(back.mark.at, format!("{}から折り返しのお電話", sama(&(words.text)(&back.what.name))));
    }
    incident.acknowledgements.iter().for_each(|it| add(it.mark.at, "メールのリンクからご確認".to_owned()));
    for consent in incident.consents.iter().filter(|consent| consent.what.disputed.is_none()) {
        let (who, what) = ((words.text)(&consent.what.who), (words.text)(&consent.what.what));
        add(consent.mark.at, format!("{}の口頭のご同意（{what}）", sama(&who)));
    }
    incident.reports.iter().for_each(|report| add(report.mark.at, "中間報告を公開".to_owned()));
    for step in &incident.steps {
        let (what, result) = ((words.text)(&step.what.step), (words.text)(&step.what.result));
        add(step.mark.at, format!("復旧作業: {what} → {result}"));
    }
    for recovery in &incident.recoveries {
        let undone = if recovery.what.undone.is_some() { "（のちに取り消し）" } else { "" };
        add(recovery.what.recovered_at, format!("復旧{undone}"));
    }
    for told in &incident.recovery_notices {
        let by = match told.what.channel {
            NoticeChannel::Ticket => "チケット",
            NoticeChannel::Phone => "電話",
        };
        add(told.mark.at, format!("復旧連絡（{by}）"));
    }
    incident.recurrences.iter().for_each(|again| add(again.mark.at, "再発".to_owned()));
    found.sort_by_key(|(at, _)| *at);
    let line = |(at, what): (Instant, String)| {
        // One line a row, whatever was typed.
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{}　{what}", local(at, calendar, "%-m/%-d %H:%M"))
    };
    found.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A name with its title, once.
fn sama(name: &str) -> String {
    if name.ends_with('様') { name.to_owned() } else { format!("{name} 様") }
}

fn local(at: Instant, calendar: &Calendar, pattern: &str) -> String {
    at.timestamp().to_zoned(calendar.zone().clone()).strftime(pattern).to_string()
}
