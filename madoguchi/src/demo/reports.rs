//! Reports of the history: a preliminary one with each recovery notice after impact, a final one with the closing or on its own.

use super::people::Who;
use super::stage::Stage;
use desk::incident::input;
use domain::ids::RecordKey;
use domain::incident::report::{Document, ReportKind};

/// The incident whose customer had given a dead address; its report came with the closing.
const LATE: &str = "EDI-1";

impl Stage {
    /// Writes a report as it is drafted, with what a person adds, and has it approved.
    pub(super) async fn report_on(&self, key: &RecordKey, who: Who, kind: ReportKind) -> anyhow::Result<()> {
        let view = self.desk.incident(self.caller(who)?, key).await?;
        let incident = &view.incident;
        let had_impact = incident.publications.iter().any(|told| told.what.impact);
        if !had_impact || (kind == ReportKind::Preliminary && key.as_str() == LATE) {
            return Ok(());
        }
        let Document { language, occurrence, impact, course, cause, provisional, permanent, prevention } =
            view.report_draft(kind, domain::words::Lang::Ja);
        let added = |text: String, words: &str| match (kind, text.is_empty()) {
            (ReportKind::Final, true) => words.to_owned(),
            _ => text,
        };
        let input = input::IncidentReport {
            language,
            report: Some(kind),
            follows: incident.versions(kind).next_back().map_or(0, |last| last.what.number),
            occurrence,
            impact,
            course,
            cause: added(cause, "調査の結果は経過のとおりです。"),
            provisional: added(provisional, "経過のとおり、サービスを再開しました。"),
            permanent: added(permanent, "同じ構成のサーバーすべてで設定を見直しました。"),
            prevention: added(prevention, "監視の閾値を見直し、より早く検知できるようにしました。"),
            reason: match incident.published_report(kind) {
                Some(_) => "再発後の復旧を反映したため".to_owned(),
                None => String::new(),
            },
        };
        let done = self.desk.write_report(self.caller(who)?, key, &input).await?;
        let head = if who == Who::Yukiko { Who::Hikari } else { Who::Yukiko };
        let decision = input::ReportDecision {
            report: Some(kind),
            report_version: input.follows + 1,
            approved: true,
            reason: String::new(),
        };
        self.desk.decide_report(self.caller(head)?, &done.key, &decision).await?;
        Ok(())
    }
}
