//! From the desk's view of an incident to what its page shows.

use super::telling::{Told, notice_name};
use super::{
    AlertWords, Call, CaseLine, Contact, Earlier, EscalationLine, Impact, IncidentPage, Judged, Judgement, Kin,
    Merging, NoticeBox, Owing, Phone, Prefill, PromiseLine, Published, Question, Standing, UnderWay, Verb, clocks,
};
use crate::attachment::files_of;
use crate::form::Draft;
use crate::layout::Shell;
use crate::when;
use desk::incident::{CLASSES, IncidentView};
use domain::access::{Right, Role};
use domain::contact::{Days, Hours};
use domain::fact::{NoticeKind, Origin};
use domain::ids::{KeyId, PersonId};
use domain::incident::duty::DutyKind;
use domain::incident::report::Decision;
use domain::incident::{Calling, Escalation, Incident, Marked, Promise, State, SupplierCase};
use domain::time::{Instant, MINUTE_MS};
use domain::words::Label;
use serde_json::Value;
use std::collections::HashMap;
use store::IncidentRow;

/// What stands around an incident.
pub(crate) struct Around {
    /// Names of the tenant's keys.
    pub(crate) sources: HashMap<KeyId, String>,
    /// The tool that alerted first.
    pub(crate) source: Option<String>,
    /// How the earlier incidents went, in their order.
    pub(crate) outcomes: Vec<desk::Outcome>,
}

/// The page of an incident.
pub(crate) fn page_of(shell: &Shell, view: &IncidentView, by: &Around, draft: Draft) -> IncidentPage {
    let told = told(shell, view, &by.sources);
    let incident = &view.incident;
    let holder = incident.taken.as_ref().and_then(|taken| view.people.get(&taken.what)).cloned();
    let tell =
        |seq: u64| view.facts.iter().find(|fact| fact.seq == seq).map(|fact| told.entry(fact).act).unwrap_or_default();
    let mut clocks = clocks::notice_marks(shell, incident, holder.as_deref());
    if let Some(mark) = clocks::interim_mark(shell, incident, holder.as_deref()) {
        clocks.insert(0, mark);
    }
    let (primary, others) = verbs(view);
    let tick = |impact| if impact { &view.drafts.occurrence } else { &view.drafts.occurrence_no_impact };
    IncidentPage {
        key: incident.key.to_string(),
        version: i64::try_from(incident.version).unwrap_or(i64::MAX),
        title: told.text(&incident.title),
        tenant: view.customer.clone(),
        project: incident.project.to_string(),
        state: incident.state.label(),
        impact: impact(incident),
        clocks,
        ledgers: clocks::ledgers(shell, incident, &view.ledgers, holder.as_deref(), &tell, true),
        frozen: view.frozen.iter().map(|it| (it.number, it.verdict == "met")).collect(),
        windows: view.windows.iter().map(|row| (row.key.to_string(), row.to)).collect(),
        alert: words(shell, view, by.source.clone()),
        earlier: view.earlier.iter().zip(&by.outcomes).map(earlier).collect(),
        earlier_by_host: view.earlier_by_host,
        runbooks: super::runbook::runbooks_of(shell, view, &told),
        judgement: judgement(shell, view, &told),
        notice: NoticeBox {
            draft: tick(incident.impact() != Some(false)).clone(),
            promised: promised(incident, shell.now),
            published: published(shell, view, &told),
        },
        contacts: contacts(shell, view),
        calls: calls(incident, &told),
        calling: UnderWay::of(incident),
        standing: Standing::of(incident),
        owing: owing(view, &told),
        merging: merging(shell, view),
        after: super::afterwards::after_of(view),
        takes: true,
        timeline: view.facts.iter().rev().map(|fact| told.entry(fact)).collect(),
        primary,
        others,
        writes: true,
        known: incident.is_known_to_customer(),
        may_erase: false,
        files: files_of(
            format!("/incidents/{}", incident.key),
            &incident.files,
            &view.texts,
            (true, true, incident.is_known_to_customer()),
        ),
        prefill: prefill(shell, view, holder.as_deref(), &told),
        holder,
        draft,
    }
}

/// The page for this caller: only what they may do.
pub(crate) fn for_caller(mut page: IncidentPage, view: &IncidentView, caller: &desk::Caller) -> IncidentPage {
    let may = |right| caller.enter(&view.tenant, right).is_ok();
    page.writes = may(Right::Operate);
    page.files.may_add = page.writes;
    page.may_erase = may(Right::Decide);
    page.takes = may(Right::Respond) && caller.person().is_some();
    page.primary = page.primary.filter(|verb| may(verb.right()));
    let is_centre = |grant: &desk::Grant| matches!(grant.role, Role::Su | Role::Dh);
    page.runbooks.may_decline = page.writes && caller.grants.iter().any(is_centre);
    let own = view.incident.taken.as_ref().is_some_and(|taken| caller.person() == Some(&taken.what));
    page.others.retain(|verb| may(verb.right()) && !(own && *verb == Verb::Assignment));
    page
}

pub(crate) fn told<'a>(shell: &'a Shell, view: &'a IncidentView, sources: &'a HashMap<KeyId, String>) -> Told<'a> {
    Told {
        shell,
        texts: &view.texts,
        people: &view.people,
        contacts: &view.contact_names,
        sources,
        incident: &view.incident,
    }
}

/// サービス影響 as far as it is judged.
pub(crate) fn impact(incident: &Incident) -> Impact {
    match incident.impact() {
        None => Impact::Unjudged,
        Some(true) => Impact::Yes,
        Some(false) => Impact::No,
    }
}

/// The one next step in each state, and what else may be done.
fn verbs(view: &IncidentView) -> (Option<Verb>, Vec<Verb>) {
    let incident = &view.incident;
    let nearest = view.duties.first();
    let owes = |kind: &DutyKind| view.duties.iter().any(|duty| duty.kind == *kind);
    let reviewed = incident.false_alarm.as_ref().is_some_and(|alarm| alarm.what.review.is_some());
    let primary = match incident.state {
        State::Detected => Some(Verb::Assignment),
        State::Triaging if incident.checks.is_empty() => Some(Verb::Check),
        State::Triaging => Some(Verb::Judgement),
        State::Judged => Some(Verb::Notice),
        _ if owes(&DutyKind::CallResult) => Some(Verb::CallEnd),
        State::Notified | State::Confirming if owes(&DutyKind::FirstCall) => Some(Verb::Call),
        State::Notified if owes(&DutyKind::NextCall) => Some(Verb::Call),
        State::Notified
            if nearest.is_some_and(|d| d.kind == DutyKind::CallRound && d.due.since_ms(view.now) < MINUTE_MS) =>
        {
            Some(Verb::Call)
        }
        State::Notified | State::Confirming
            if nearest.is_some_and(|d| d.kind == DutyKind::Interim && d.due.since_ms(view.now) < 15 * MINUTE_MS) =>
        {
            Some(Verb::InterimReport)
        }
        State::Notified => Some(Verb::RecoveryStep),
        State::Confirming => Some(Verb::RecoveryNotice),
        State::RecoveryNotified => Some(Verb::Closure),
        State::FalseAlarm if !reviewed => Some(Verb::FalseAlarmReview),
        State::FalseAlarm | State::Closed | State::Merged => None,
    };
    let mut others = match incident.state {
        State::Detected => vec![Verb::FalseAlarm],
        State::Triaging => vec![Verb::Check, Verb::RecoveryStep, Verb::Call, Verb::FalseAlarm],
        State::Judged => vec![Verb::RecoveryStep, Verb::Rejudgement, Verb::Call, Verb::FalseAlarm],
        State::Notified => {
            vec![Verb::Call, Verb::InterimReport, Verb::RecoveryStep, Verb::Recovery, Verb::Check, Verb::Rejudgement]
        }
        State::Confirming => {
            vec![Verb::RecoveryNotice, Verb::RecoveryWithdrawal, Verb::InterimReport, Verb::Call, Verb::RecoveryStep]
        }
        State::RecoveryNotified => vec![Verb::Recurrence, Verb::Call],
        State::FalseAlarm | State::Closed | State::Merged if incident.owes_call() => vec![Verb::Call],
        State::FalseAlarm | State::Closed | State::Merged => vec![],
    };
    if incident.awaiting_second().is_some() && !incident.state.is_final() {
        others.insert(0, Verb::JudgementConfirmation);
    }
    if !incident.state.is_final() && incident.state != State::Detected {
        others.push(Verb::Assignment);
    }
    if matches!(incident.calling(), Calling::UnderWay { .. }) {
        others.retain(|verb| *verb != Verb::Call);
    }
    if !incident.state.is_final() && incident.state != State::Detected {
        others.extend([Verb::CallBack, Verb::CallRecord, Verb::Consent]);
        others.extend([Verb::Escalation, Verb::Promise, Verb::SupplierCase, Verb::HandOver]);
    }
    if !incident.state.is_final() {
        others.push(Verb::Merge);
    }
    // What the customer told us themselves is no false alarm.
    others.retain(|verb| Some(*verb) != primary && !(*verb == Verb::FalseAlarm && incident.is_known_to_customer()));
    (primary, others)
}

/// The incidents around it.
fn merging(shell: &Shell, view: &IncidentView) -> Merging {
    let incident = &view.incident;
    let kin = |row: &IncidentRow| Kin {
        key: row.key.to_string(),
        title: row.title.clone(),
        received: row.alert_at,
        stands: match row.notified_at {
            Some(at) if at <= row.slo_due => shell.t("連絡済 SLO 達成", "told, SLO met"),
            Some(_) => shell.t("連絡済 SLO 超過", "told, SLO missed"),
            None if view.now > row.slo_due => shell.t("未連絡 SLO 超過", "not told, SLO missed"),
            None => shell.t("未連絡", "not told yet"),
        }
        .to_owned(),
    };
    let version = |row: &IncidentRow| i64::try_from(row.version).unwrap_or(i64::MAX);
    let earliest = view.together.first().map(|row| &row.key);
    let others = view.together.iter().filter(|row| row.key != incident.key);
    Merging {
        parent: view.parent.as_ref().map(|row| (row.key.to_string(), version(row))),
        children: view.children.iter().map(kin).collect(),
        last: incident.merged_last().map(ToString::to_string).collect(),
        together: others.map(kin).collect(),
        earliest: earliest.filter(|key| **key != incident.key).map(ToString::to_string),
    }
}

/// What was asked of others and promised.
fn owing(view: &IncidentView, told: &Told<'_>) -> Owing {
    let incident = &view.incident;
    let name = |id: &PersonId| view.people.get(id).cloned().unwrap_or_else(|| id.to_string());
    let names = |ids: &[PersonId]| ids.iter().map(name).collect::<Vec<_>>().join("、");
    let escalation = |(number, it): (u32, &Marked<Escalation>)| EscalationLine {
        number,
        to: it.what.to.label(),
        cause: it.what.cause.label(),
        text: it.what.text.as_ref().map(|text| told.text(text)).unwrap_or_default(),
        at: it.mark.at,
        people: names(&it.what.ladder),
        taken: it.what.taken.as_ref().map(|mark| (told.actor(&mark.actor, None), mark.at)),
    };
    let promise = |(number, it): (u32, &Marked<Promise>)| PromiseLine {
        number,
        kind: it.what.kind.label(),
        due: it.what.due,
        text: told.text(&it.what.text),
        kept: it.what.kept.as_ref().map(|kept| kept.mark.at),
    };
    let case = |(number, it): (u32, &Marked<SupplierCase>)| CaseLine {
        number,
        name: told.text(&it.what.number),
        severity: it.what.severity.clone(),
        opened: it.what.opened,
        answers: it.what.answers.iter().map(|answer| (answer.what.0, told.text(&answer.what.1))).collect(),
    };
    let mut promises: Vec<PromiseLine> = (1..).zip(&incident.promises).map(promise).collect();
    promises.sort_by_key(|promise| (promise.kept.is_some(), promise.due));
    let mut escalations: Vec<EscalationLine> = (1..).zip(&incident.escalations).map(escalation).collect();
    escalations.reverse();
    let handed = incident.handed_over().map(|given| {
        let to = given
            .what
            .to
            .as_ref()
            .map(name)
            .unwrap_or_else(|| told.shell.t("次の担当者", "whoever comes next").to_owned());
        (to, told.text(&given.what.text))
    });
    let colleagues = view.colleagues.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    Owing {
        escalations,
        promises,
        cases: {
            let mut cases: Vec<CaseLine> = (1..).zip(&incident.cases).map(case).collect();
            cases.reverse();
            cases
        },
        handed,
        colleagues,
    }
}

fn judgement(shell: &Shell, view: &IncidentView, told: &Told<'_>) -> Judgement {
    let incident = &view.incident;
    let answers =
        incident.judgements.iter().rev().find(|j| !j.what.answers.is_empty()).map(|j| j.what.answers.as_slice());
    let (version, criteria) =
        view.criteria.as_ref().map_or((0, None), |(version, criteria)| (*version, Some(criteria)));
    let question = |question: &domain::criteria::Question| Question {
        id: question.id.clone(),
        text: match (shell.lang, question.en.is_empty()) {
            (domain::words::Lang::En, false) => question.en.clone(),
            _ => question.ja.clone(),
        },
        affected_if: !question.impact_if_no,
        answer: answers
            .and_then(|all| all.iter().find(|answer| answer.question == question.id))
            .map(|answer| answer.yes),
    };
    let judged = incident.judgements.iter().rev().map(|judgement| Judged {
        impact: if judgement.what.impact { Impact::Yes } else { Impact::No },
        at: judgement.mark.at,
        by: told.actor(&judgement.mark.actor, judgement.mark.role.map(domain::access::Role::label)),
        reason: judgement.what.reason.as_ref().map(|reason| told.text(reason)),
    });
    Judgement {
        version,
        agreed_by: criteria.and_then(|criteria| criteria.agreed_by.clone()),
        questions: criteria.map(|criteria| criteria.questions.iter().map(question).collect()).unwrap_or_default(),
        judged: judged.collect(),
        checked: !incident.checks.is_empty(),
        on_line: on_line(view),
    }
}

/// The contact who is on the line now, by name: what is told to them needs no other call.
fn on_line(view: &IncidentView) -> Option<String> {
    let (_, plan) = view.plan.as_ref()?;
    let voice = domain::fault::told_on_own_call(view.incident.phone.as_ref(), Some(plan)).ok()?;
    let domain::fact::Voice::OnOwnCall { contact } = voice else { return None };
    plan.contact(&contact).map(|(_, contact)| contact.name.clone())
}

fn words(shell: &Shell, view: &IncidentView, source: Option<String>) -> AlertWords {
    let incident = &view.incident;
    let first = view.alerts.first();
    let raw: Value = view.raw.as_deref().and_then(|raw| serde_json::from_str(raw).ok()).unwrap_or_default();
    let said = said(&raw);
    let event = match &incident.origin {
        Origin::Alert { event, .. } | Origin::Window { event, .. } => Some(*event),
        Origin::Heartbeat { .. } | Origin::Customer { .. } | Origin::Telephone { .. } => None,
    };
    let fallback = || shell.t("（名前なし）", "(no name)").to_owned();
    let told = filed(shell, incident, &view.texts);
    if let Some(told) = told {
        return AlertWords {
            source: source.unwrap_or_else(fallback),
            host: told.host,
            summary: told.details,
            severity: told.priority,
            received: incident.alert_at(),
            sent: None,
            fields: told.items,
            flaps: None,
            count: 0,
            link: None,
            raw: None,
            filed: true,
            owed: told.owed,
            intake: incident.phone.is_some().then(|| format!("/incidents/{}/intake", incident.key)),
        };
    }
    AlertWords {
        filed: false,
        owed: vec![],
        intake: None,
        source: source.filter(|name| !name.is_empty()).unwrap_or_else(fallback),
        host: first.map(|alert| alert.source.clone()).unwrap_or_default(),
        summary: first.map_or_else(
            || view.texts.get(&incident.title).cloned().unwrap_or_default(),
            |alert| alert.summary.clone(),
        ),
        severity: incident.severity.clone(),
        received: incident.alert_at(),
        sent: said.sent,
        fields: said.fields,
        flaps: incident.flaps(),
        count: view.alerts.iter().map(|alert| alert.count).sum(),
        link: said.link,
        raw: event.map(|event| format!("/alerts/events/{}/{event}", view.tenant)),
    }
}

/// What the customer told us, as pages show it.
pub(crate) struct Filed {
    /// ホスト名
    pub(crate) host: String,
    /// 障害の詳細, or ご連絡内容.
    pub(crate) details: String,
    /// 優先度; empty by telephone.
    pub(crate) priority: String,
    /// Everything else, by name.
    pub(crate) items: Vec<(String, String)>,
    /// What is still to be asked.
    pub(crate) owed: Vec<Label>,
}

/// What the customer told us; none where a tool did.
pub(crate) fn filed(shell: &Shell, incident: &Incident, texts: &HashMap<domain::ids::BlobId, String>) -> Option<Filed> {
    let text = |blob: Option<&domain::ids::BlobId>| blob.and_then(|id| texts.get(id)).cloned().unwrap_or_default();
    let phone = incident.phone.as_ref();
    let (host, details, impact) = match &incident.origin {
        Origin::Customer { host, business_impact, details, .. } => (Some(host), Some(details), Some(business_impact)),
        Origin::Telephone { .. } => {
            let phone = phone?;
            (phone.host.as_ref(), phone.content.as_ref(), phone.business_impact.as_ref())
        }
        Origin::Alert { .. } | Origin::Heartbeat { .. } | Origin::Window { .. } => return None,
    };
    let mut items = vec![];
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            items.push((name.to_owned(), value));
        }
    };
    add(shell.t("検知日時", "Noticed at"), incident.detected_at().map(|at| when::text(shell, at)).unwrap_or_default());
    let lag = incident.detection_lag_ms().map(|ms| when::span(shell.lang, ms)).unwrap_or_default();
    add(shell.t("検知から受付まで", "From detection to receipt"), lag);
    add(shell.t("ビジネスインパクト", "Business impact"), text(impact));
    if let Some(phone) = phone {
        let caller = text(phone.caller.as_ref());
        let who = match (caller.is_empty(), &phone.contact, &phone.called_back) {
            (true, ..) => String::new(),
            (_, Some(_), _) => format!("{caller} {}", shell.t("（連絡体制にある方）", "(a contact of the plan)")),
            (_, None, Some(_)) => {
                format!("{caller} {}", shell.t("（折り返しで確認済み）", "(confirmed by a call back)"))
            }
            (_, None, None) => {
                format!("{caller} {}", shell.t("（連絡体制にない方: 折り返し要）", "(not in the plan: call back)"))
            }
        };
        add(shell.t("ご担当者様氏名", "Caller"), who);
        let reason = phone.by_phone.map(|why| why.label().in_lang(shell.lang).to_owned()).unwrap_or_default();
        add(shell.t("お電話の理由", "Why by telephone"), reason);
        add(shell.t("会社名（未確認）", "Company (not found)"), text(phone.company.as_ref()));
    }
    let priority = incident.priority().map(|it| it.label().in_lang(shell.lang).to_owned()).unwrap_or_default();
    let owed = phone.map(|phone| phone.owed().iter().map(|item| item.label()).collect()).unwrap_or_default();
    Some(Filed { host: text(host), details: text(details), priority, items, owed })
}

/// What a raw event says beside its summary, whoever sent it.
#[derive(Default)]
struct Said {
    fields: Vec<(String, String)>,
    link: Option<String>,
    sent: Option<domain::time::Instant>,
}

/// Reads Events v2 (`payload.custom_details`, `client_url`) and Alertmanager (`labels`, `annotations`, `generatorURL`).
fn said(raw: &Value) -> Said {
    let mut said = Said::default();
    let alert = raw.get("alerts").and_then(|alerts| alerts.get(0)).unwrap_or(raw);
    let places = [raw.pointer("/payload/custom_details"), alert.get("labels"), alert.get("annotations")];
    for (name, value) in places.into_iter().flatten().filter_map(Value::as_object).flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        said.fields.push((name.clone(), value));
    }
    said.fields.truncate(24);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    said.link = text(raw.get("client_url"))
        .or_else(|| text(raw.pointer("/links/0/href")))
        .or_else(|| text(alert.get("generatorURL")));
    let sent = text(raw.pointer("/payload/timestamp")).or_else(|| text(alert.get("startsAt")));
    said.sent = sent.and_then(|sent| domain::time::Instant::parse(&sent).ok());
    said
}

fn earlier((row, outcome): (&store::IncidentRow, &desk::Outcome)) -> Earlier {
    let cause = outcome.cause.clone().unwrap_or_else(|| row.title.clone());
    Earlier { key: row.key.to_string(), at: row.opened, lasted_ms: outcome.lasted_ms, cause }
}

fn contacts(shell: &Shell, view: &IncidentView) -> Vec<Contact> {
    let Some((_, plan)) = &view.plan else { return vec![] };
    let contact = |(rank, contact): (u32, &domain::contact::Contact)| Contact {
        id: contact.id.to_string(),
        rank,
        name: contact.name.clone(),
        reading: contact.reading.clone(),
        phones: contact.phones().map(|phone| Phone { number: phone.to_owned(), kind: String::new() }).collect(),
        hours: hours(shell, contact.hours),
        reachable: contact.hours.contain(view.now, &view.calendar),
        waived: plan.waived_by.is_some(),
        tried: u32::try_from(view.incident.calls_to(&contact.id).count()).unwrap_or(u32::MAX),
        turn: view.turn.as_ref() == Some(&contact.id),
    };
    (1..).zip(&plan.contacts).map(contact).collect()
}

/// Hours of a contact in words.
pub(crate) fn hours(shell: &Shell, hours: Hours) -> String {
    let days = days_label(hours.days).in_lang(shell.lang);
    let clock = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
    match (hours.from_minute, hours.to_minute) {
        (0, 0 | 1440) => format!("{days} {}", shell.t("終日", "all day")),
        (from, to) => format!("{days} {}–{}", clock(from), clock(if to == 0 { 1440 } else { to })),
    }
}

/// The name of the days of a contact's hours.
pub(crate) const fn days_label(days: Days) -> Label {
    match days {
        Days::Every => Label::new("毎日", "every day"),
        Days::Business => Label::new("営業日", "business days"),
        Days::NonBusiness => Label::new("営業日以外", "other days"),
    }
}

/// The attempts, newest first. The customer's page shows them too; its notes are taken out by the desk.
pub(crate) fn calls(incident: &Incident, told: &Told<'_>) -> Vec<Call> {
    let call = |call: &domain::incident::Marked<domain::incident::Call>| Call {
        who: told.contacts.get(call.what.contact.as_str()).cloned().unwrap_or_default(),
        number: told.text(&call.what.number),
        begun: call.what.begun,
        result: call.what.result(),
        void: !call.what.counts(),
        evidence: call.what.evidence,
        note: call
            .what
            .end
            .as_ref()
            .and_then(|end| end.what.note.as_ref())
            .map(|note| told.text(note))
            .unwrap_or_default(),
        by: told.actor(&call.mark.actor, None),
    };
    incident.calls.iter().rev().map(call).collect()
}

fn published(shell: &Shell, view: &IncidentView, told: &Told<'_>) -> Vec<Published> {
    let mut list = told_to_customer(&view.incident, told);
    for item in &mut list {
        item.delivery = delivery(shell, view, item.seq);
    }
    list
}

/// What the customer was told, newest first, without what became of it.
pub(crate) fn told_to_customer(incident: &Incident, told: &Told<'_>) -> Vec<Published> {
    let mut list: Vec<Published> = vec![];
    let mut add = |kind, mark: &domain::incident::Mark, text: &domain::ids::BlobId| {
        list.push(Published {
            kind: notice_name(kind),
            seq: mark.seq,
            at: mark.at,
            by: told.actor(&mark.actor, None),
            text: told.text(text),
            delivery: String::new(),
        });
    };
    incident.publications.iter().for_each(|p| add(NoticeKind::Occurrence, &p.mark, &p.what.text));
    incident.reports.iter().for_each(|r| add(NoticeKind::Interim, &r.mark, &r.what.text));
    incident.recovery_notices.iter().for_each(|n| add(NoticeKind::Recovery, &n.mark, &n.what.text));
    incident.messages.iter().for_each(|m| add(NoticeKind::Message, &m.mark, &m.what.0));
    incident.closure.iter().for_each(|c| add(NoticeKind::Closure, &c.mark, &c.what.cause));
    for version in &incident.after.reports {
        if let Some(Marked { mark, what: Decision::Approved { text } }) = &version.what.decision {
            add(NoticeKind::Report, mark, text);
        }
    }
    list.sort_by_key(|item| std::cmp::Reverse(item.seq));
    list
}

/// What became of the messages that a fact queued: they follow it at once in the chain.
fn delivery(shell: &Shell, view: &IncidentView, seq: u64) -> String {
    let incident = &view.incident;
    let next_told = view
        .facts
        .iter()
        .map(|fact| fact.seq)
        .filter(|s| *s > seq)
        .find(|s| !incident.deliveries.values().any(|d| d.queued.seq == *s));
    let mine = incident
        .deliveries
        .iter()
        .filter(|(_, d)| d.queued.seq > seq && next_told.is_none_or(|next| d.queued.seq < next));
    let line = |(id, it): (&domain::ids::MessageId, &domain::incident::Delivery)| {
        let to = view.messages.iter().find(|row| row.id == *id).map_or("", |row| row.recipient.as_str());
        let how = match it.delivered_at() {
            Some(at) => format!("{} {}", shell.t("配信済", "delivered"), when::text(shell, at)),
            None if it.is_refused() => shell.t("届かず", "not delivered").to_owned(),
            None => shell.t("送信中", "being sent").to_owned(),
        };
        format!("{to}: {how}")
    };
    let lines: Vec<String> = mine.map(line).collect();
    if lines.is_empty() { shell.t("メールの宛先なし", "nobody to mail").to_owned() } else { lines.join(" · ") }
}

fn prefill(shell: &Shell, view: &IncidentView, holder: Option<&str>, told: &Told<'_>) -> Prefill {
    let last = view.incident.checks.last().map(|check| told.text(&check.what.0));
    Prefill {
        check_how: last.unwrap_or_else(|| {
            shell.t("監視画面と URL を確認", "Looked at the monitoring screen and the URL").to_owned()
        }),
        occurrence: view.drafts.occurrence.clone(),
        interim: view.drafts.interim.clone(),
        recovery_notice: view.drafts.recovery.clone(),
        script: view.drafts.call.clone(),
        confirmed_by: holder.unwrap_or_default().to_owned(),
        classes: CLASSES
            .iter()
            .map(|(code, label)| ((*code).to_owned(), label.in_lang(shell.lang).to_owned()))
            .collect(),
    }
}

/// By when a text published now promises the next report.
fn promised(incident: &Incident, now: Instant) -> Option<Instant> {
    if incident.publications.iter().any(|told| told.what.impact) {
        incident.promise_of_report(now)
    } else {
        incident.promise_of_notice(now)
    }
}
