//! From what the desk says of a request to what its page shows.

use super::bar::{Day, DayKind};
use super::filing::filled;
use super::one::{Happened, RequestPage, VerbForm};
use crate::attachment::{Files, files_of};
use crate::clock::{ClockMark, ClockState};
use crate::form::{Draft, Field, Form, Input};
use crate::layout::Shell;
use crate::need::field;
use crate::parts::title as named;
use crate::secret::{SecretLine, Secrets};
use crate::when;
use desk::request::{Act, RequestListed, RequestView};
use domain::access::{Actor, Right, Role};
use domain::calendar::Calendar;
use domain::catalogue::Entry;
use domain::clocks::Verdict;
use domain::compliance::frozen::Standing;
use domain::disposal::{DISPOSED, ERASED};
use domain::fact::{Body, Fact};
use domain::ids::BlobId;
use domain::incident::{Mark, Marked};
use domain::process::Need;
use domain::request::clock::{Awaited, Clock};
use domain::request::duty::Owed;
use domain::request::{Request, State};
use domain::secret::Secret;
use domain::time::Instant;
use domain::words::{Label, Lang, Words};
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
        Lang::En => format!("Done, SLO {}", when::business_days(lang, days.into())),
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
        title: named(shell, view.texts.get(&request.title).map_or("", String::as_str)).to_owned(),
        whose: format!("{} {}", view.customer, request.project),
        state: request.state.label(),
        mark: mark(shell, view),
        days,
        due: reasons(shell, view.clock.as_ref(), request),
        awaiting: request.awaits().map(Awaited::label).or_else(|| unconfirmed(request)),
        urgent: request.urgent.is_some(),
        filled: filled(shell, view.entry.as_ref(), &view.details),
        about: about(shell, view),
        verbs: verbs(shell, view, may),
        files: files(view, may),
        secrets: secrets(view, may),
        may_erase: may(Right::Decide),
        happened,
        draft,
    }
}

fn mark(shell: &Shell, view: &RequestView) -> ClockMark {
    let request = &view.request;
    let provisional = request.ended_at().is_none() && view.frozen.is_empty();
    let clock = view.clock.as_ref();
    let state = match clock.and_then(|clock| clock.due.map(|due| (clock, due))) {
        _ if matches!(request.state, State::Cancelled | State::OutOfScope) => ClockState::NoClock,
        Some((clock, _)) if clock.on_hold => {
            let why = request.awaits().map(|awaited| awaited.label().in_lang(shell.lang)).unwrap_or_default();
            ClockState::Held { why: why.to_owned() }
        }
        None => ClockState::NoClock,
        Some((clock, due)) => match (clock.verdict(view.now), clock.done) {
            (Verdict::Met, Some(at)) => ClockState::Met { due, at, provisional },
            (Verdict::Missed, at) => ClockState::Missed { due, at, provisional },
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
        request.exception().map(|exception| exception.what.due),
        "特段の事情による期限: ",
        "Due by a special circumstance: ",
    );
    if !clock.held.is_empty() {
        let held = clock.held.len();
        lines.push(match shell.lang {
            Lang::Ja => format!("お客様を待った{held}営業日を加えています。"),
            Lang::En if held == 1 => "1 business day on which we waited for you is added.".to_owned(),
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
    let word = |blob: &BlobId| view.texts.get(blob).cloned().unwrap_or_default();
    let meant = match &request.meant_for {
        Some((name, arranged)) => {
            let arranged = arranged.as_ref().map(|it| format!(" ({})", word(it))).unwrap_or_default();
            format!("{}{arranged}", word(name))
        }
        None => "MSP".to_owned(),
    };
    about.push((shell.t("担当者", "Meant for").to_owned(), meant));
    if request.is_handed() {
        about.push((
            shell.t("いま手元にある組", "Now with").to_owned(),
            Role::Dv.label().in_lang(shell.lang).to_owned(),
        ));
    }
    let parts = request.parts.iter().chain(&request.links).map(|it| it.what.to_string());
    let around: Vec<String> = request.split_from.iter().map(ToString::to_string).chain(parts).collect();
    if !around.is_empty() {
        about.push((shell.t("関係するチケット", "Tickets around it").to_owned(), around.join(" ")));
    }
    if let Some(wished) = request.wished {
        about.push((shell.t("実施希望日", "Wished day").to_owned(), wished.to_string()));
    }
    let effect = if request.filing.affects {
        shell.t("サービスに影響する (双方の承認が必要)", "affects the service (both sides approve)")
    } else {
        shell.t("サービスへの影響なし", "does not affect the service")
    };
    about.push((shell.t("作業の影響", "The work").to_owned(), effect.to_owned()));
    about.push((shell.t("判定", "Verdict").to_owned(), standing(shell, view)));
    about
}

/// How sure the verdict is, and what frozen tables say of it, the newest first.
fn standing(shell: &Shell, view: &RequestView) -> String {
    let standing = Standing::of(view.request.ended_at().is_some(), !view.frozen.is_empty());
    let fixed = view.frozen.iter().map(|it| {
        let verdict = if it.verdict == "met" { shell.t("順守", "kept") } else { shell.t("未達", "missed") };
        format!("{} {verdict}", crate::compliance::named(shell, it.number))
    });
    let fixed: Vec<String> = fixed.collect();
    let standing = standing.label().in_lang(shell.lang);
    if fixed.is_empty() { standing.to_owned() } else { format!("{standing}: {}", fixed.join(shell.t("、", ", "))) }
}

fn files(view: &RequestView, may: &dyn Fn(Right) -> bool) -> Files {
    let staff = may(Right::Operate);
    let ticket = format!("/requests/{}", view.request.key);
    files_of(ticket, &view.request.files, &view.texts, (staff || may(Right::SpeakAsCustomer), staff, true))
}

fn secrets(view: &RequestView, may: &dyn Fn(Right) -> bool) -> Secrets {
    let who = |mark: &Mark| mark.actor.person_id().and_then(|id| view.people.get(id)).cloned().unwrap_or_default();
    let line = |it: &Marked<Secret>| SecretLine {
        number: it.mark.seq,
        label: view.texts.get(&it.what.label).cloned(),
        at: it.mark.at,
        until: it.what.until,
        gone: it.what.gone.as_ref().map(|gone| (gone.what, gone.mark.at, who(&gone.mark))),
    };
    Secrets {
        ticket: format!("/requests/{}", view.request.key),
        secrets: view.request.secrets.iter().map(line).collect(),
        may_hand: may(Right::Operate) && !view.request.state.is_final(),
        may_read: may(Right::SpeakAsCustomer),
    }
}

/// What is done waits for the customer's word.
fn unconfirmed(request: &Request) -> Option<Label> {
    let label = Label::new(
        "お客様のご確認待ち（5営業日で自動終了）",
        "the customer confirms, or it closes after 5 business days",
    );
    (request.state == State::Completed).then_some(label)
}

/// What the reader can do, the step of the procedure first.
fn verbs(shell: &Shell, view: &RequestView, may: &dyn Fn(Right) -> bool) -> Vec<VerbForm> {
    let request = &view.request;
    let allowed = |act: Act| act.rights().iter().any(|right| may(*right)) && fits(view, act);
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
            name: name(request, act).in_lang(shell.lang).to_owned(),
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

/// Whether a verb may be shown to this reader: the procedure says so.
fn fits(view: &RequestView, act: Act) -> bool {
    let (actor, role) = &view.reader;
    view.request.guard(act.code(), actor, *role).is_ok()
}

fn name(request: &Request, act: Act) -> Words {
    request.procedure.verb(act.code()).map(|verb| verb.label.clone()).unwrap_or_default()
}

fn verb_form(shell: &Shell, view: &RequestView, act: Act, may: &dyn Fn(Right) -> bool) -> Form {
    let request = &view.request;
    let staff = may(Right::ReadOperations);
    let asked = |need: &Need| match (act, need.field.as_str()) {
        // What is answered stands where it is answered.
        (Act::Answer, "text") => field(shell, need).hint(question(view)),
        (Act::Reply, "agreed") => field(shell, need).hint(offered(shell, request)),
        // What the entry or the last plan said of the effect.
        (Act::Plan, "affects") if request.filing.affects => field(shell, need).value("yes"),
        // The first plan begins with the steps of the entry.
        (Act::Plan, "text") if request.plan.is_none() => {
            field(shell, need).value(view.entry.as_ref().map(Entry::plan).unwrap_or_default())
        }
        (Act::Offer, _) => field(shell, need).ahead(),
        // Staff says whose word it is, and how it came (R-3.2-1).
        (Act::Reply, "reason") if staff => {
            let whose = shell.t("どなたから、どのように伺ったか", "Whose word it is, and how it came");
            Field::new("reason", whose, Input::Text).required().wide()
        }
        _ => field(shell, need),
    };
    let verb = request.procedure.verb(act.code());
    let fields = verb.map(|verb| verb.needs.iter().map(asked).collect()).unwrap_or_default();
    let version = i64::try_from(request.version).unwrap_or(i64::MAX);
    let action = format!("/requests/{}/{}", request.key, act.noun());
    Form::new(format!("verb-{}", act.noun()), action, name(request, act).in_lang(shell.lang), fields).version(version)
}

/// The question that is open.
fn question(view: &RequestView) -> String {
    let last = view.request.questions.last();
    last.and_then(|it| view.texts.get(&it.what.text)).cloned().unwrap_or_default()
}

/// The date or window that was offered last.
fn offered(shell: &Shell, request: &Request) -> String {
    let say = |at: Instant| format!("{} {}", when::day(shell, at), when::short(shell, at));
    let Some(offer) = request.offers.last() else { return String::new() };
    let to = offer.what.to.map(|to| format!(" – {}", say(to))).unwrap_or_default();
    format!("{}{to}", say(offer.what.from))
}

/// What a fact says on the page; none for what is told elsewhere.
fn told(shell: &Shell, view: &RequestView, fact: &Fact) -> Option<Happened> {
    let word = |blob: &BlobId| view.texts.get(blob).cloned().unwrap_or_default();
    let t = |ja, en| shell.t(ja, en).to_owned();
    let handed = |number: u64| {
        let secret = view.request.secrets.iter().find(|secret| secret.mark.seq == number);
        secret.map(|secret| word(&secret.what.label)).unwrap_or_default()
    };
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
        Body::FileAttached(file) => (t("ファイルを添付", "File added"), word(&file.name)),
        Body::SecretHanded { label, .. } => {
            (t("一度だけ表示する内容を渡した", "Handed over, to be read once"), word(label))
        }
        Body::SecretRead { number } => (t("渡した内容を表示", "What was handed over was read"), handed(*number)),
        Body::SecretTakenBack { number } => {
            (t("渡した内容を取り消し", "What was handed over was taken back"), handed(*number))
        }
        Body::SecretExpired { number } => {
            (t("渡した内容が表示されないまま期限切れ", "Nobody read what was handed over"), handed(*number))
        }
        Body::MailJoined { from, .. } => {
            (t("次のメッセージはメールで届いた", "The next message came by mail"), word(from))
        }
        Body::RequestNoted { text } => (t("内部メモ", "Internal note"), word(text)),
        Body::RequestDuePassed { due } => {
            (format!("{}{}", t("期限を過ぎた: ", "The due passed: "), when::text(shell, *due)), String::new())
        }
        Body::MissExplained { text } => (t("期限超過の説明", "Why the due was missed"), word(text)),
        Body::RequestReminded { timer } => (timer.label().in_lang(shell.lang).to_owned(), String::new()),
        Body::RequestEvidenced { after: false, text } => (t("作業前の状態", "State before the work"), word(text)),
        Body::RequestEvidenced { after: true, text } => (t("作業後の状態", "State after the work"), word(text)),
        Body::WorkChecked { text } => (t("別の担当者が確認", "Checked by a second person"), word(text)),
        Body::RequestHandedOver { back: false, text } => {
            (t("開発チームに引き継いだ", "Handed to the development team"), word(text))
        }
        Body::RequestHandedOver { back: true, text } => {
            (t("開発チームから受け取った", "Back from the development team"), word(text))
        }
        Body::RequestSplit { child } => (format!("{}{child}", t("作業を分けた: ", "Split off: ")), String::new()),
        Body::RequestLinked { to } => (format!("{}{to}", t("チケットと結んだ: ", "Linked: ")), String::new()),
        Body::RequestPaged { timer, person, .. } => {
            let whom = view.people.get(person).cloned().unwrap_or_default();
            let why = timer.label().in_lang(shell.lang);
            (format!("{}{whom}", t("要員に連絡: ", "Staff told: ")), why.to_owned())
        }
        Body::RecordDisposed { .. } => (DISPOSED.in_lang(shell.lang).to_owned(), String::new()),
        Body::WordsErased { of, .. } => (format!("{} #{of}", ERASED.in_lang(shell.lang)), String::new()),
        _ => return None,
    };
    let by = match &fact.actor {
        Actor::Person { id, .. } => view.people.get(id).cloned().unwrap_or_default(),
        Actor::Key { .. } => t("プログラム", "a program"),
        // A contact without an account, by mail.
        Actor::System if fact.role.is_some_and(Role::is_customer) => t("お客様", "the customer"),
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
