//! Runbooks that an incident offers, as `wire` says them.

use desk::incident::Offered;
use domain::runbook::{self as of, shipped};
use domain::words::Lang;
use wire::runbook::{Effect, LabelPattern, OfferedRunbook, Runbook, RunbookStep};

pub(super) fn offered(offered: &Offered) -> Vec<OfferedRunbook> {
    let own = |matches, it: &of::Runbook| OfferedRunbook {
        version: offered.version,
        matches,
        shipped: false,
        runbook: runbook(it),
    };
    let shipped = shipped::runbooks(Lang::Ja).iter().map(|it| OfferedRunbook {
        version: shipped::EDITION,
        matches: false,
        shipped: true,
        runbook: runbook(it),
    });
    let matched = offered.matched().map(|it| own(true, it));
    matched.chain(offered.others().map(|it| own(false, it))).chain(shipped).collect()
}

fn runbook(it: &of::Runbook) -> Runbook {
    let label = |label: &of::LabelPattern| LabelPattern { name: label.name.clone(), value: label.value.clone() };
    Runbook {
        id: it.id.clone(),
        title: it.title.clone(),
        hosts: it.hosts.clone(),
        labels: it.labels.iter().map(label).collect(),
        alerts: it.alerts.clone(),
        steps: it.steps.iter().map(step).collect(),
    }
}

fn step(step: &of::Step) -> RunbookStep {
    RunbookStep {
        text: step.text.clone(),
        effect: match step.effect {
            of::Effect::None => Effect::None,
            of::Effect::Interrupts => Effect::Interrupts,
            of::Effect::LosesData => Effect::LosesData,
        },
        needs_recovery_point: step.needs_recovery_point,
        recovery_point_minutes: step.recovery_point_minutes,
        limits: step.limits.clone(),
        expected: step.expected.clone(),
    }
}
