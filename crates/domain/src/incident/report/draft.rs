//! The draft of a report out of the facts: what is known already stands there, a person writes the rest.

use super::Document;
use crate::calendar::Calendar;
use crate::fact::{NoticeChannel, Origin};
use crate::ids::{BlobId, ContactId};
use crate::incident::{CallEnd, Incident, Marked};
use crate::time::{Instant, MINUTE_MS};
use crate::words::Lang;

/// The words behind ids.
pub struct Words<'a> {
    /// Texts of blobs.
    pub text: &'a dyn Fn(&BlobId) -> String,
    /// Names of contacts.
    pub contact: &'a dyn Fn(&ContactId) -> String,
    /// The language of the draft.
    pub lang: Lang,
}

/// 発生, 影響, 経過, 原因 as closed, and 暫定対応 as done; 恒久対策 and 再発防止 are left to the writer. What was typed
/// stays as it was typed. Nothing of our own people and notes stands in it.
pub fn draft(incident: &Incident, words: &Words<'_>, calendar: &Calendar) -> Document {
    let lang = words.lang;
    let shown = |at: Instant| local(at, calendar, lang.pick("%Y年%-m月%-d日 %H:%M", "%-d %B %Y %H:%M"));
    let title = (words.text)(&incident.title);
    let began = shown(incident.alert_at());
    let mut occurrence = began_with(&incident.origin, &began, &title, lang);
    if let Some(at) = incident.detected_at() {
        occurrence += &format!("\n{}: {}", lang.pick("検知日時（お客様）", "Noticed by the customer"), shown(at));
    }
    let mut impact = match incident.publications.iter().any(|told| told.what.impact) {
        true => lang.pick("サービス影響: 有", "Service impact: yes").to_owned(),
        false => lang.pick("サービス影響: 無", "Service impact: no").to_owned(),
    };
    if let Some(recovery) = incident.recovery() {
        let recovered = recovery.what.recovered_at;
        let minutes = recovered.since_ms(incident.alert_at()).max(0) / MINUTE_MS;
        let until = shown(recovered);
        impact += &match lang {
            Lang::Ja => format!("\n期間: {began} から {until} まで（{minutes}分）"),
            Lang::En => format!("\nFrom {began} to {until} ({minutes} min)"),
        };
        if let Some(point) = recovery.what.recovery_point.map(shown) {
            impact += &match lang {
                Lang::Ja => format!("\nデータは {point} 時点のものです。それより後の更新は含まれません。"),
                Lang::En => format!("\nThe data are as of {point}. Later changes are not in them."),
            };
        }
    }
    let steps = incident.steps.iter().map(|step| {
        let at = local(step.mark.at, calendar, "%-m/%-d %H:%M");
        let what = (words.text)(&step.what.step);
        match lang {
            Lang::Ja => format!("・{what}（{at}）"),
            Lang::En => format!("- {what} ({at})"),
        }
    });
    Document {
        language: lang,
        occurrence,
        impact,
        course: course(incident, words, calendar),
        cause: incident.closure.as_ref().map(|closure| (words.text)(&closure.what.cause)).unwrap_or_default(),
        provisional: steps.collect::<Vec<_>>().join("\n"),
        ..Document::default()
    }
}

/// How it began.
fn began_with(origin: &Origin, at: &str, title: &str, lang: Lang) -> String {
    match (origin, lang) {
        (Origin::Alert { .. }, Lang::Ja) => format!("{at} に監視で「{title}」を検知しました。"),
        (Origin::Alert { .. }, Lang::En) => format!("Monitoring detected “{title}” at {at}."),
        (Origin::Window { .. }, Lang::Ja) => {
            format!("作業時間帯の終わりの {at} に、監視の「{title}」が続いていました。")
        }
        (Origin::Window { .. }, Lang::En) => format!("At {at}, the end of the planned work, “{title}” went on."),
        (Origin::Heartbeat { .. }, Lang::Ja) => format!("{at} に監視の途絶「{title}」を検知しました。"),
        (Origin::Heartbeat { .. }, Lang::En) => format!("Monitoring itself fell silent at {at}: “{title}”."),
        (Origin::Customer { .. }, Lang::Ja) => format!("{at} にお客様から「{title}」のご連絡をいただきました。"),
        (Origin::Customer { .. }, Lang::En) => format!("You told us of “{title}” at {at}."),
        (Origin::Telephone { .. }, Lang::Ja) => format!("{at} にお客様から「{title}」のお電話をいただきました。"),
        (Origin::Telephone { .. }, Lang::En) => format!("You told us of “{title}” by telephone at {at}."),
    }
}

/// The minute table: alert, judged, told, calls, steps, recovery.
fn course(incident: &Incident, words: &Words<'_>, calendar: &Calendar) -> String {
    let lang = words.lang;
    let t = |ja: &'static str, en: &'static str| lang.pick(ja, en).to_owned();
    let sama = |name: &str| if lang == Lang::Ja { sama(name) } else { name.to_owned() };
    let mut found: Vec<(Instant, String)> = vec![];
    let mut add = |at: Instant, what: String| found.push((at, what));
    let title = (words.text)(&incident.title);
    add(incident.alert_at(), came_in(&incident.origin, &title, lang));
    for child in incident.children.iter().filter(|child| child.what.undone.is_none()) {
        let key = &child.what.key;
        add(
            child.mark.at,
            match lang {
                Lang::Ja => format!("{key} をこの障害に統合"),
                Lang::En => format!("{key} merged into this incident"),
            },
        );
    }
    for judgement in &incident.judgements {
        // What nobody confirmed was never a judgement.
        if let Some(since) = judgement.counts_since() {
            add(
                since.at,
                match judgement.what.impact {
                    true => t("サービス影響「有」と判定", "Judged: service affected"),
                    false => t("サービス影響「無」と判定", "Judged: service not affected"),
                },
            );
        }
    }
    let published = t("障害発生連絡を公開", "Notice of the incident published");
    incident.publications.iter().for_each(|told| add(told.mark.at, published.clone()));
    for call in incident.calls.iter().filter(|call| call.what.counts()) {
        let ended = call.what.end.as_ref().map(|end: &Marked<CallEnd>| end.what.result.label().in_lang(lang));
        let (who, how) =
            (sama(&(words.contact)(&call.what.contact)), ended.unwrap_or(lang.pick("通話中", "on the line")));
        add(
            call.what.begun,
            match lang {
                Lang::Ja => format!("{who}へ架電（{how}）"),
                Lang::En => format!("Called {who} ({how})"),
            },
        );
    }
    for back in &incident.call_backs {
        let who = sama(&(words.text)(&back.what.name));
        add(
            back.mark.at,
            match lang {
                Lang::Ja => format!("{who}から折り返しのお電話"),
                Lang::En => format!("{who} called back"),
            },
        );
    }
    let known = t("メールのリンクからご確認", "Acknowledged by the mail's link");
    incident.acknowledgements.iter().for_each(|it| add(it.mark.at, known.clone()));
    for consent in incident.consents.iter().filter(|consent| consent.what.disputed.is_none()) {
        let (who, what) = (sama(&(words.text)(&consent.what.who)), (words.text)(&consent.what.what));
        add(
            consent.mark.at,
            match lang {
                Lang::Ja => format!("{who}の口頭のご同意（{what}）"),
                Lang::En => format!("{who} consented by telephone ({what})"),
            },
        );
    }
    let told = t("中間報告を公開", "Interim report published");
    incident.reports.iter().for_each(|report| add(report.mark.at, told.clone()));
    for step in &incident.steps {
        let (what, result) = ((words.text)(&step.what.step), (words.text)(&step.what.result));
        add(step.mark.at, format!("{}: {what} → {result}", lang.pick("復旧作業", "Recovery step")));
    }
    for recovery in &incident.recoveries {
        add(
            recovery.what.recovered_at,
            match recovery.what.undone {
                None => t("復旧", "Recovered"),
                Some(_) => t("復旧（のちに取り消し）", "Recovered (withdrawn later)"),
            },
        );
    }
    for told in &incident.recovery_notices {
        add(
            told.mark.at,
            match told.what.channel {
                NoticeChannel::Ticket => t("復旧連絡（チケット）", "Recovery told (ticket)"),
                NoticeChannel::Phone => t("復旧連絡（電話）", "Recovery told (telephone)"),
            },
        );
    }
    let again = t("再発", "Recurred");
    incident.recurrences.iter().for_each(|it| add(it.mark.at, again.clone()));
    found.sort_by_key(|(at, _)| *at);
    let line = |(at, what): (Instant, String)| {
        // One line a row, whatever was typed.
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{}　{what}", local(at, calendar, "%-m/%-d %H:%M"))
    };
    found.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The first minute of the table.
fn came_in(origin: &Origin, title: &str, lang: Lang) -> String {
    match (origin, lang) {
        (Origin::Alert { .. } | Origin::Heartbeat { .. }, Lang::Ja) => format!("アラート「{title}」を受信"),
        (Origin::Alert { .. } | Origin::Heartbeat { .. }, Lang::En) => format!("Alert “{title}” received"),
        (Origin::Window { .. }, Lang::Ja) => format!("作業時間帯が終了、アラート「{title}」が継続"),
        (Origin::Window { .. }, Lang::En) => format!("Planned work over, alert “{title}” goes on"),
        (Origin::Customer { .. }, Lang::Ja) => format!("お客様のご連絡「{title}」を受付"),
        (Origin::Customer { .. }, Lang::En) => format!("Your report “{title}” received"),
        (Origin::Telephone { .. }, Lang::Ja) => "お客様からのお電話を受付".to_owned(),
        (Origin::Telephone { .. }, Lang::En) => "Your call received".to_owned(),
    }
}

/// A name with its title, once.
fn sama(name: &str) -> String {
    if name.ends_with('様') { name.to_owned() } else { format!("{name} 様") }
}

fn local(at: Instant, calendar: &Calendar, pattern: &str) -> String {
    at.timestamp().to_zoned(calendar.zone().clone()).strftime(pattern).to_string()
}
