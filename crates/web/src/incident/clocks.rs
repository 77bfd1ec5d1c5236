//! Clocks and ledgers of an incident as the pages draw them, for staff and customer alike.

use super::telling::target_name;
use crate::clock::{ClockMark, ClockState, Of};
use crate::layout::Shell;
use crate::ledger::{Ledger, Segment};
use domain::fact::{Outcome, Target};
use domain::incident::Incident;
use domain::incident::clock::NoticeClock;
use domain::incident::duty::{Duty, DutyKind};
use domain::incident::ledger::Ledger as Counted;
use domain::time::{Instant, MINUTE_MS};

/// Minutes between interim reports.
const INTERIM_MINUTES: u32 = domain::clocks::interim::INTERVAL.0;

/// The element of a clock's ledger.
fn ledger_id(clock: &NoticeClock, target: Target) -> String {
    format!("ledger-{}-{}", target_name(target).to_lowercase(), clock.number)
}

fn name(shell: &Shell, clock: &NoticeClock, target: Target) -> String {
    let minutes = clock.due(target).map_or(0, |due| u32::try_from(due.since_ms(clock.from) / MINUTE_MS).unwrap_or(0));
    match target {
        Target::Slo => Of::NoticeSlo(minutes),
        Target::Sla => Of::NoticeSla(minutes),
    }
    .name(shell.lang)
}

fn state(shell: &Shell, incident: &Incident, clock: &NoticeClock, target: Target) -> ClockState {
    let Some(due) = clock.due(target) else { return ClockState::NoClock };
    let verdict = incident.verdicts.iter().find(|v| v.what.clock == clock.number && v.what.target == target);
    if verdict.is_some_and(|verdict| verdict.what.outcome == Outcome::Void) {
        return ClockState::Excepted { why: shell.t("誤検知", "false alarm").to_owned() };
    }
    let provisional = verdict.is_none();
    match clock.end.as_ref().map(|end| end.at) {
        Some(at) if at <= due => ClockState::Met { due, at, provisional },
        Some(at) => ClockState::Missed { due, at: Some(at), provisional },
        None if shell.now <= due && incident.clocks_run() => ClockState::Running { since: clock.from, due },
        None => ClockState::Missed { due, at: None, provisional },
    }
}

fn mark(shell: &Shell, incident: &Incident, clock: &NoticeClock, target: Target, holder: Option<&str>) -> ClockMark {
    ClockMark {
        name: name(shell, clock, target),
        state: state(shell, incident, clock, target),
        holder: holder.map(str::to_owned),
        href: clock.due(target).map(|_| format!("#{}", ledger_id(clock, target))),
    }
}

/// Every notice clock with both targets, and `(SLA なし)` where there is none (R-3.3.3-2).
pub(crate) fn notice_marks(shell: &Shell, incident: &Incident, holder: Option<&str>) -> Vec<ClockMark> {
    let mut marks = vec![];
    for clock in incident.clocks() {
        for target in [Target::Slo, Target::Sla] {
            marks.push(mark(shell, incident, &clock, target, holder));
        }
    }
    marks
}

/// The clock of the next interim report; none where none is owed.
pub(crate) fn interim_mark(shell: &Shell, incident: &Incident, holder: Option<&str>) -> Option<ClockMark> {
    let due = incident.next_open_slot(shell.now).filter(|_| !incident.state.is_final())?;
    let told = incident.publications.iter().map(|p| p.mark.at).chain(incident.report_instants());
    let since = told.max().unwrap_or_else(|| incident.alert_at());
    let state = ClockState::Running { since, due };
    Some(ClockMark {
        name: Of::Interim(INTERIM_MINUTES).name(shell.lang),
        state,
        holder: holder.map(str::to_owned),
        href: None,
    })
}

/// The clock of a duty, as the board shows it.
pub(crate) fn duty_mark(shell: &Shell, incident: &Incident, duty: &Duty, holder: Option<&str>) -> ClockMark {
    let running = incident.clocks().into_iter().rev().find(|clock| clock.end.is_none());
    let of_notice = matches!(duty.kind, DutyKind::Judge | DutyKind::Notify | DutyKind::FirstCall);
    let (name, since) = match (of_notice, running) {
        (true, Some(clock)) => {
            let target = if Some(duty.due) == clock.sla_due { Target::Sla } else { Target::Slo };
            (name(shell, &clock, target), clock.from)
        }
        _ if duty.kind == DutyKind::Interim => {
            (Of::Interim(INTERIM_MINUTES).name(shell.lang), duty.due.plus_minutes(-i64::from(INTERIM_MINUTES)))
        }
        _ => (duty.kind.label().in_lang(shell.lang).to_owned(), last_act(incident)),
    };
    let state = ClockState::Running { since: since.min(duty.due), due: duty.due };
    ClockMark { name, state, holder: holder.map(str::to_owned), href: None }
}

fn last_act(incident: &Incident) -> Instant {
    let told = incident.recovery_notices.last().map(|notice| notice.mark.at);
    told.or_else(|| incident.recovery().map(|recovery| recovery.mark.at)).unwrap_or_else(|| incident.alert_at())
}

/// How each clock was counted. `tell` names a fact; `link` whether the reader has the facts on the page.
pub(crate) fn ledgers(
    shell: &Shell,
    incident: &Incident,
    counted: &[Counted],
    holder: Option<&str>,
    tell: &dyn Fn(u64) -> String,
    link: bool,
) -> Vec<Ledger> {
    let mut ledgers = vec![];
    for it in counted {
        for target in [Target::Slo, Target::Sla] {
            if it.clock.due(target).is_none() {
                continue;
            }
            let segments = it.stretches.iter().map(|stretch| Segment {
                from: stretch.from,
                to: stretch.to,
                counted: true,
                rule: stretch.rule.in_lang(shell.lang).to_owned(),
                fact: tell(stretch.fact),
                seq: stretch.fact,
                href: link.then(|| format!("#fact-{}", stretch.fact)),
            });
            let why = match &it.stop {
                Some((label, fact)) => format!("{} (#{fact} {})", label.in_lang(shell.lang), tell(*fact)),
                None => it.stretches.last().map(|s| s.rule.in_lang(shell.lang).to_owned()).unwrap_or_default(),
            };
            let mut mark = mark(shell, incident, &it.clock, target, holder);
            mark.name = format!("{} {}", mark.name, it.basis.in_lang(shell.lang));
            ledgers.push(Ledger {
                id: ledger_id(&it.clock, target),
                mark,
                why,
                segments: segments.collect(),
                edition: domain::incident::clock::RULES.to_string(),
            });
        }
    }
    ledgers
}
