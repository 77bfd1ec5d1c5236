//! 保守手順 of a project, to be ticked by hand.

use desk::pack::Project;
use domain::runbook::{Runbook, Step};
use maud::{Markup, html};

/// The runbooks of the project with the limits before each step, and a box to tick.
pub(super) fn runbooks(project: &Project) -> Markup {
    html! {
        h4 { "保守手順 " small lang="en" { "Runbooks" } }
        @match &project.runbooks {
            Some((version, paper)) if !paper.runbooks.is_empty() => {
                p.soft {
                    "第" (version) "版。"
                    @match &paper.standing_consent {
                        Some(consent) => { "事前同意: " (consent.by) " 様（" (consent.on) "）" }
                        None => "事前同意はありません。サービス中断・データ喪失のステップは、電話で同意を得てから行い、相手・番号・言葉を書き留めます。",
                    }
                }
                @for runbook in &paper.runbooks { (one(runbook)) }
            }
            _ => p { "登録されていません。" },
        }
    }
}

fn one(runbook: &Runbook) -> Markup {
    let bound = runbook.hosts.iter().chain(&runbook.alerts).cloned();
    let labels = runbook.labels.iter().map(|label| format!("{}={}", label.name, label.value));
    let bound: Vec<String> = bound.chain(labels).collect();
    html! {
        h5 { (runbook.title) @if !bound.is_empty() { " " small { (bound.join("、")) } } }
        ol { @for step in &runbook.steps { li { (words(step)) } } }
    }
}

fn words(step: &Step) -> Markup {
    html! {
        @for limit in &step.limits { "※ " (limit) br; }
        "□ "
        @if let Some(effect) = step.effect.label() { strong { "【" (effect.ja) "・要同意】" } }
        (step.text)
        @if step.needs_recovery_point { "（回復時点: 　　　　　　　）" }
        @if !step.expected.is_empty() { br; span.soft { "→ " (step.expected) } }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use domain::runbook::{Runbooks, notation};

    #[test]
    fn steps_are_printed_with_their_limits_and_boxes() {
        let mut content = sample::content();
        let project = &mut content.customers[0].projects[0];
        assert!(runbooks(project).into_string().contains("登録されていません"));
        let read =
            notation::parse("■ db 復元\n対象: db*\n1. 見る\n2. [データ喪失] [回復時点] 戻す\n制限: 昨夜まで").unwrap();
        project.runbooks = Some((3, Runbooks { runbooks: read, standing_consent: None }));
        let page = runbooks(project).into_string();
        assert_eq!(page.matches("□").count(), 2);
        assert!(page.find("※ 昨夜まで") < page.find("【データ喪失・要同意】"), "{page}");
        assert!(
            page.contains("第3版") && page.contains("db*") && page.contains("回復時点") && !page.contains("事前同意:")
        );
    }
}
