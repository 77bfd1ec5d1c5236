//! From what the desk says of a request to what its page shows.

use super::bar::{Day, DayKind};
use super::filing::filled;
use super::one::{Happened, RequestPage, VerbForm};
use crate::clock::{ClockMark, ClockState};
use crate::form::{Draft, Field, Form, Input, choice};
use crate::layout::Shell;
use crate::when;
use desk::request::{Act, RequestListed, RequestView};
use domain::access::{Actor, Right};
use domain::calendar::Calendar;
use domain::clocks::Verdict;
use domain::fact::{Body, Fact};
use domain::ids::BlobId;
use domain::request::clock::{Awaited, Clock};
use domain::request::duty::{Owed, RequestTimer};
use domain::request::{Request, State};
use domain::time::Instant;
use domain::words::{Label, Lang};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Days of a bar at most; a promise far ahead shows its beginning.
const DAYS_MAX: usize = 40;

/// The days from a receipt to a due, as a bar shows them.
pub(super) fn days(
    received: Instant,
    due: Instant,
    held: &BTreeSet<Date>,
    calendar: &Calendar,
    now: Instant,
) -> Vec<Day> {
    let (first, last, today) = (calendar.date_of(received), calendar.date_of(due), calendar.date_of(now));
    let (mut days, mut date, mut number) = (vec![], first, 0);
    while days.len() < DAYS_MAX {
        let kind = if date == first {
            DayKind::Receipt
        } else if held.contains(&date) {
            DayKind::Held
        } else if calendar.is_business_day(date).unwrap_or(false) {
            number += 1;
            DayKind::Counted(number)
        } else if let Some(holiday) = calendar.holiday(date).ok().flatten() {
            DayKind::Holiday(holiday.name)
        } else if calendar.is_closure(date) {
            DayKind::Closed
        } else {
            DayKind::Weekend
        };
        days.push(Day { date, kind, past: date < today });
        match date.tomorrow() {
            Ok(next) if date < last => date = next,
            _ => break,
        }
    }
    days
}

/// The mark of a request's clock, out of its header.
pub(super) fn mark_of(shell: &Shell, it: &RequestListed) -> ClockMark {
    let row = &it.row;
    let ended = row.ended.is_some();
    let state = match (row.due, row.done) {
        _ if row.state == State::Cancelled.code() || row.state == State::OutOfScope.code() => ClockState::NoClock,
        (_, None) if row.awaiting.is_some() => {
            let awaited = row.awaiting.as_deref().and_then(Awaited::from_code);
            let why = awaited.map_or("", |awaited| awaited.label().in_lang(shell.lang));
            ClockState::Held { why: why.to_owned() }
        }
        (None, _) => ClockState::NoClock,
        (Some(due), Some(at)) if at <= due => ClockState::Met { due, at, provisional: !ended },
        (Some(due), Some(at)) => ClockState::Missed { due, at: Some(at), provisional: !ended },
        (Some(due), None) if shell.now <= due => ClockState::Running { since: row.received, due },
        (Some(due), None) => ClockState::Missed { due, at: None, provisional: !ended },
    };
    ClockMark { name: standard(shell.lang, row.days), state, holder: it.assignee.clone(), href: None }
}

fn standard(lang: Lang, days: u32) -> String {
    match lang {
        Lang::Ja => format!("完了 SLO {days}営業日"),
        Lang::En => format!("Done, SLO {days} business days"),
    }
}

/// The page of one request.
pub(super) fn page_of(shell: &Shell, view: &RequestView, may: &dyn Fn(Right) -> bool, draft: Draft) -> RequestPage {
    let request = &view.request;
    let held = view.clock.as_ref().map(|clock| clock.held.clone()).unwrap_or_default();
    let due = view.clock.as_ref().and_then(|clock| clock.due);
    let days = due.map(|due| days(request.received, due, &held, &view.calendar, view.now)).unwrap_or_default();
    let mut happened: Vec<Happened> = view.facts.iter().filter_map(|fact| told(shell, view, fact)).collect();
    happened.reverse();
    RequestPage {
        key: request.key.to_string(),
        title: view.texts.get(&request.title).cloned().unwrap_or_default(),
        whose: format!("{} {}", view.customer, request.project),
        state: request.state.label(),
        mark: mark(shell, view),
        days,
        due: reasons(shell, view.clock.as_ref(), request),
        awaiting: request.awaits().map(Awaited::label),
        urgent: request.urgent.is_some(),
        filled: filled(shell, view.entry.as_ref(), &view.details),
        about: about(shell, view),
        verbs: verbs(shell, view, may),
        happened,
        draft,
    }
}

fn mark(shell: &Shell, view: &RequestView) -> ClockMark {
    let request = &view.request;
    let ended = request.ended_at().is_some();
    let clock = view.clock.as_ref();
    let state = match clock.and_then(|clock| clock.due.map(|due| (clock, due))) {
        _ if matches!(request.state, State::Cancelled | State::OutOfScope) => ClockState::NoClock,
        Some((clock, _)) if clock.on_hold => {
            let why = request.awaits().map(|awaited| awaited.label().in_lang(shell.lang)).unwrap_or_default();
            ClockState::Held { why: why.to_owned() }
        }
        None => ClockState::NoClock,
        Some((clock, due)) => match (clock.verdict(view.now), clock.done) {
            (Verdict::Met, Some(at)) => ClockState::Met { due, at, provisional: !ended },
            (Verdict::Missed, at) => ClockState::Missed { due, at, provisional: !ended },
            _ => ClockState::Running { since: request.received, due },
        },
    };
    let holder = request.taken.as_ref().and_then(|taken| view.people.get(&taken.what)).cloned();
    ClockMark { name: standard(shell.lang, request.filing.days.into()), state, holder, href: None }
}

/// The due and what governs it, sentence by sentence.
fn reasons(shell: &Shell, clock: Option<&Clock>, request: &Request) -> Vec<String> {
    let Some(clock) = clock else { return vec![] };
    let say = |at: Instant| format!("{} {}", when::day(shell, at), when::short(shell, at));
    let days = request.filing.days;
    let mut lines = vec![];
    match (clock.standard, shell.lang) {
        (Some(standard), Lang::Ja) => lines.push(format!(
            "受付 {} を0日目として{days}営業日目の19:00、{} が標準の期限です。",
            say(request.received),
            say(standard)
        )),
        (Some(standard), Lang::En) => lines.push(format!(
            "Received {}, which is day 0; the standard due is 19:00 on business day {days}, {}.",
            say(request.received),
            say(standard)
        )),
        (None, Lang::Ja) => lines.push("優先度「低」のため、実施日が決まるまで期限はありません。".to_owned()),
        (None, Lang::En) => lines.push("Priority low: no due until a date is agreed.".to_owned()),
    }
    let mut add = |at: Option<Instant>, ja: &str, en: &str| {
        if let Some(at) = at {
            lines.push(format!("{}{}", shell.lang.pick_of(ja, en), say(at)));
        }
    };
    add(clock.agreed, "合意した日程による期限: ", "Due by the agreed date: ");
    add(clock.earlier, "合意した早い日程 (別の目標): ", "Agreed earlier date, a target of its own: ");
    add(
        request.exception.as_ref().map(|exception| exception.what.due),
        "特段の事情による期限: ",
        "Due by a special circumstance: ",
    );
    if !clock.held.is_empty() {
        let held = clock.held.len();
        lines.push(match shell.lang {
            Lang::Ja => format!("お客様を待った{held}営業日を加えています。"),
            Lang::En => format!("{held} business days on which we waited for you are added."),
        });
        lines.extend(clock.due.map(|due| format!("{}{}", shell.t("いまの期限: ", "The due now: "), say(due))));
    }
    lines
}

fn about(shell: &Shell, view: &RequestView) -> Vec<(String, String)> {
    let request = &view.request;
    let mut about = vec![
        (shell.t("種別", "Kind").to_owned(), request.filing.kind.clone()),
        (shell.t("優先度", "Priority").to_owned(), request.pace.label().in_lang(shell.lang).to_owned()),
        (shell.t("受付方法", "Came by").to_owned(), request.channel.label().in_lang(shell.lang).to_owned()),
        (shell.t("受付", "Received").to_owned(), when::text(shell, request.received)),
    ];
    if let Some(wished) = request.wished {
        about.push((shell.t("実施希望日", "Wished day").to_owned(), wished.to_string()));
    }
    let effect = if request.filing.affects {
        shell.t("サービスに影響する (双方の承認が必要)", "affects the service (both sides approve)")
    } else {
        shell.t("サービスへの影響なし", "does not affect the service")
    };
    about.push((shell.t("作業の影響", "The work").to_owned(), effect.to_owned()));
    about
}

/// What the reader can do, the step of the procedure first.
fn verbs(shell: &Shell, view: &RequestView, may: &dyn Fn(Right) -> bool) -> Vec<VerbForm> {
    let request = &view.request;
    let allowed = |act: Act| act.rights().iter().any(|right| may(*right)) && fits(request, act);
    let owed = request.owed(&view.calendar).map(|(owed, _)| owed);
    let is_next = |act: Act| {
        matches!(
            (owed, act),
            (Some(Owed::Take), Act::Take)
                | (Some(Owed::Plan), Act::Plan)
                | (Some(Owed::Approve | Owed::Customer), Act::Approve)
                | (Some(Owed::Begin), Act::Begin)
                | (Some(Owed::Complete), Act::Complete)
                | (Some(Owed::Explain), Act::Explain)
                | (Some(Owed::Close), Act::Close)
                | (Some(Owed::Customer), Act::Answer | Act::Reply)
        )
    };
    let mut verbs: Vec<VerbForm> = Act::ALL
        .into_iter()
        .filter(|act| allowed(*act))
        .map(|act| VerbForm {
            name: name(act).in_lang(shell.lang).to_owned(),
            form: verb_form(shell, view, act, may),
            next: is_next(act),
        })
        .collect();
    verbs.sort_by_key(|verb| !verb.next);
    // One step is the page's primary action.
    if let Some(first) = verbs.first_mut().filter(|verb| verb.next) {
        first.form.primary = true;
    }
    verbs
}

/// Whether a verb may be shown: the domain refuses the rest with a sentence.
fn fits(request: &Request, act: Act) -> bool {
    use State::*;
    let open_question = request.questions.iter().any(|question| question.what.answer.is_none());
    let open_offer = request.offers.last().is_some_and(|offer| offer.what.reply.is_none());
    let state = request.state;
    match act {
        Act::Take => !state.is_final() && state != Completed,
        Act::Plan => matches!(state, Reviewing | Planned),
        Act::Approve => state == Planned && request.filing.affects && !request.is_approved(),
        Act::Begin => state == Planned && request.is_approved(),
        Act::Complete => state == Working,
        Act::GiveBack => state == Completed,
        Act::Close => state == Completed && request.explained_if_missed().is_ok(),
        Act::Decline => state == Reviewing,
        Act::Cancel | Act::Reclassify => matches!(state, Received | Reviewing | Planned),
        Act::Ask => matches!(state, Reviewing | Planned | Working) && !open_question,
        Act::Offer => matches!(state, Reviewing | Planned | Working),
        Act::Answer => open_question && !state.is_final(),
        Act::Reply => open_offer && !state.is_final(),
        Act::Except => matches!(state, Received | Reviewing | Planned | Working) && request.breached.is_none(),
        Act::Urge => request.urgent.is_none() && !state.is_final() && state != Completed,
        Act::Explain => request.is_missed(),
        Act::Message | Act::Note => true,
    }
}

const fn name(act: Act) -> Label {
    match act {
        Act::Take => Label::new("担当する", "Take it"),
        Act::Plan => Label::new("計画する", "Plan it"),
        Act::Approve => Label::new("承認する", "Approve the work"),
        Act::Begin => Label::new("作業を始める", "Begin the work"),
        Act::Complete => Label::new("完了する", "Complete it"),
        Act::GiveBack => Label::new("差し戻す", "Give it back"),
        Act::Close => Label::new("完了を確認する", "Confirm that it is done"),
        Act::Decline => Label::new("対象外とする", "Out of scope"),
        Act::Cancel => Label::new("取り消す", "Cancel it"),
        Act::Ask => Label::new("お客様に確認する", "Ask the customer"),
        Act::Answer => Label::new("回答する", "Answer"),
        Act::Offer => Label::new("日程を提案する", "Offer a date"),
        Act::Reply => Label::new("日程に返答する", "Reply to the date"),
        Act::Except => Label::new("特段の事情を記録する", "Special circumstance"),
        Act::Urge => Label::new("緊急にする", "Make it urgent"),
        Act::Reclassify => Label::new("種別を変える", "File it under another entry"),
        Act::Message => Label::new("メッセージを送る", "Send a message"),
        Act::Note => Label::new("内部メモ", "Internal note"),
        Act::Explain => Label::new("期限超過を説明する", "Explain the missed due"),
    }
}

fn verb_form(shell: &Shell, view: &RequestView, act: Act, may: &dyn Fn(Right) -> bool) -> Form {
    let request = &view.request;
    let text = |ja, en| Field::new("text", shell.t(ja, en), Input::Area(4)).required();
    let reason = |ja, en| Field::new("reason", shell.t(ja, en), Input::Text).required().wide();
    let staff = may(Right::ReadOperations);
    let fields = match act {
        Act::Take | Act::Approve | Act::Begin | Act::Close => vec![],
        Act::Plan => vec![
            text("作業の手順と戻し方", "How the work goes, and how to go back"),
            Field::new("affects", shell.t("サービスに影響する", "It affects the service"), Input::Tick)
                .value(if request.filing.affects { "yes" } else { "" })
                .hint(shell.t(
                    "お客様とサポートデスク責任者の承認を待ちます。",
                    "It waits for the approval of the customer and of the head of desk.",
                )),
        ],
        Act::Complete => vec![
            text("結果（お客様にお知らせします）", "Result (told to the customer)"),
            Field::new("completed_at", shell.t("完了した時刻", "Done at"), Input::Moment)
                .hint(shell.t("空なら今。前の時刻には理由が要ります。", "Empty: now. An earlier time takes a reason.")),
            Field::new("reason", shell.t("前の時刻とする理由", "Why an earlier time"), Input::Text),
        ],
        Act::GiveBack => vec![reason("何が足りませんか", "What is missing")],
        Act::Decline => vec![
            text("ご案内（お客様にお知らせします）", "Where to go instead (told to the customer)"),
            reason("理由", "Reason"),
        ],
        Act::Cancel | Act::Urge => vec![reason("理由", "Reason")],
        Act::Ask => vec![text("確認したいこと", "What we need to know")],
        Act::Answer => vec![text("ご回答", "Your answer")],
        Act::Offer => vec![
            Field::new("from", shell.t("開始", "From"), Input::Moment).ahead().required(),
            Field::new("to", shell.t("終了", "To"), Input::Moment)
                .ahead()
                .hint(shell.t("空なら、その日の19:00まで。", "Empty: until 19:00 of that day.")),
        ],
        Act::Reply => {
            let either = vec![
                choice("yes", shell.t("この日程でお願いします", "Yes, this date")),
                choice("no", shell.t("都合がつきません", "No, not this date")),
            ];
            let mut fields = vec![Field::new("agreed", shell.t("返答", "Reply"), Input::Radios(either)).required()];
            let why = Field::new("reason", shell.t("添える言葉", "Anything to add"), Input::Text).wide();
            fields.push(if staff {
                reason("どなたから、どのように伺ったか", "Whose word it is, and how it came")
            } else {
                why
            });
            fields
        }
        Act::Except => vec![
            Field::new("due", shell.t("新しい期限の日", "New due day"), Input::Date).required(),
            reason("特段の事情", "The circumstance"),
            text("お客様へのお知らせ", "What the customer is told"),
        ],
        Act::Reclassify => vec![
            Field::new("entry", shell.t("正しい種別のコード", "Code of the right entry"), Input::Menu(entries(shell)))
                .required(),
            reason("理由", "Reason"),
        ],
        Act::Message => vec![text("メッセージ", "Message")],
        Act::Note => vec![text("内部メモ", "Internal note")],
        Act::Explain => {
            vec![text("理由と対応（お客様にお知らせします）", "Why, and what we do (told to the customer)")]
        }
    };
    let version = i64::try_from(request.version).unwrap_or(i64::MAX);
    let action = format!("/requests/{}/{}", request.key, act.noun());
    Form::new(format!("verb-{}", act.noun()), action, name(act).in_lang(shell.lang), fields).version(version)
}

fn entries(shell: &Shell) -> Vec<crate::form::Choice> {
    let catalogue = domain::catalogue::Catalogue::shipped();
    let free = catalogue.entries.iter().filter(|entry| !entry.class.is_paid());
    free.map(|entry| choice(&entry.code, entry.heading.in_lang(shell.lang))).collect()
}

/// What a fact says on the page; none for what is told elsewhere.
fn told(shell: &Shell, view: &RequestView, fact: &Fact) -> Option<Happened> {
    let word = |blob: &BlobId| view.texts.get(blob).cloned().unwrap_or_default();
    let t = |ja, en| shell.t(ja, en).to_owned();
    let span = |from: Instant, to: Option<Instant>| {
        let to = to.map(|to| format!(" – {}", when::text(shell, to))).unwrap_or_default();
        format!("{}{to}", when::text(shell, from))
    };
    let (what, words) = match &fact.body {
        Body::RequestFiled(_) => (t("依頼を受付", "Request received"), String::new()),
        Body::RequestTaken { .. } => (t("担当した", "Taken"), String::new()),
        Body::RequestPlanned { plan, .. } => (t("計画した", "Planned"), word(plan)),
        Body::WorkApproved { by_customer: true } => {
            (t("お客様が作業を承認", "The customer approved the work"), String::new())
        }
        Body::WorkApproved { by_customer: false } => {
            (t("責任者が作業を承認", "The head of desk approved the work"), String::new())
        }
        Body::RequestBegun {} => (t("作業を開始", "Work began"), String::new()),
        Body::RequestCompleted { result, stated, at } => {
            let when = if *stated { format!(" ({})", when::text(shell, *at)) } else { String::new() };
            (format!("{}{when}", t("作業を完了", "Work completed")), word(result))
        }
        Body::RequestReturned {} => (t("差し戻し", "Given back"), String::new()),
        Body::RequestClosed { automatic: true } => {
            (t("5営業日が経過し自動で終了", "Closed by itself after five business days"), String::new())
        }
        Body::RequestClosed { automatic: false } => (t("完了を確認し終了", "Confirmed and closed"), String::new()),
        Body::RequestDeclined { guidance } => (t("対象外", "Out of scope"), word(guidance)),
        Body::RequestCancelled {} => (t("取り消し", "Cancelled"), String::new()),
        Body::RequestAsked { text } => {
            (t("お客様に確認を依頼（期限を止める）", "Asked the customer (the due is held)"), word(text))
        }
        Body::RequestAnswered { text } => (t("お客様が回答", "The customer answered"), word(text)),
        Body::DateOffered { from, to, .. } => (t("日程を提案", "A date was offered"), span(*from, *to)),
        Body::DateReplied { agreed: true } => (t("日程に合意", "The date is agreed"), String::new()),
        Body::DateReplied { agreed: false } => (t("日程を辞退", "The date was declined"), String::new()),
        Body::RequestExcepted { due, text } => (
            format!(
                "{}{}",
                t("特段の事情により期限を変更: ", "Special circumstance, due moved to "),
                when::text(shell, *due)
            ),
            word(text),
        ),
        Body::RequestMadeUrgent {} => (t("緊急にした", "Made urgent"), String::new()),
        Body::RequestReclassified { filing, .. } => {
            (format!("{}{}", t("種別を変更: ", "Filed under "), filing.kind), String::new())
        }
        Body::RequestMessaged { text, .. } => (t("メッセージ", "Message"), word(text)),
        Body::RequestNoted { text } => (t("内部メモ", "Internal note"), word(text)),
        Body::RequestDuePassed { due } => {
            (format!("{}{}", t("期限を過ぎた: ", "The due passed: "), when::text(shell, *due)), String::new())
        }
        Body::MissExplained { text } => (t("期限超過の説明", "Why the due was missed"), word(text)),
        Body::RequestReminded { timer } => (reminder(*timer).in_lang(shell.lang).to_owned(), String::new()),
        _ => return None,
    };
    let by = match &fact.actor {
        Actor::Person { id, .. } => view.people.get(id).cloned().unwrap_or_default(),
        Actor::Key { .. } => t("プログラム", "a program"),
        Actor::System | Actor::Console => shell.provider.clone(),
    };
    let reason = fact.reason.as_ref().map(word).unwrap_or_default();
    Some(Happened {
        seq: fact.seq,
        at: fact.instant,
        by,
        what,
        words,
        reason,
        internal: !fact.body.is_told_to_customer(),
    })
}

const fn reminder(timer: RequestTimer) -> Label {
    match timer {
        RequestTimer::Eve => Label::new("明日が期限", "Due tomorrow"),
        RequestTimer::Morning => Label::new("今日が期限", "Due today"),
        RequestTimer::NotTaken => {
            Label::new("期限の日の15:00に担当者がいない", "Nobody has taken it at 15:00 of the due day")
        }
        RequestTimer::Afternoon => Label::new("期限まで3時間", "Three hours to the due"),
        RequestTimer::Due => Label::new("期限", "Due"),
        RequestTimer::Silent => Label::new("2営業日ご連絡していない", "No word to the customer for two business days"),
        RequestTimer::AutoClose => Label::new("自動終了", "Closes by itself"),
    }
}
