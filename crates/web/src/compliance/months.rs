//! Attainment by month as a picture, with the same figures as a table beneath. A dot is the share kept by the objective, a
//! square the share kept by the agreement; the two lines are what a month is to reach.

use super::frozen;
use crate::layout::Shell;
use crate::parts::{Table, head, table};
use domain::compliance::frozen::Counts;
use domain::compliance::months::{SLA_GOAL, SLO_GOAL};
use maud::{Markup, html};

/// One month of the picture.
#[derive(Clone, Debug)]
pub struct MonthMark {
    /// As `2026-10`.
    pub code: String,
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// What was kept and missed.
    pub counts: Counts,
    /// The frozen table it is counted from; none while it is provisional.
    pub frozen: Option<u32>,
}

/// Where 100 per cent lies, in pixels from the top.
const TOP: u32 = 16;
/// Pixels from 100 per cent down to none.
const DEEP: u32 = 160;

/// Tenths of a per cent as people write them.
fn percent(share: Option<u32>) -> String {
    share.map_or_else(|| "－".to_owned(), |share| format!("{}.{}%", share / 10, share % 10))
}

/// Where the table of a month is found: the frozen one, or the one as it stands now.
pub(super) fn address(tenant: &str, month: &MonthMark) -> String {
    match month.frozen {
        Some(number) => frozen::address(tenant, number),
        None => format!("/compliance?tenant={tenant}&from={}&to={}", month.from, month.to),
    }
}

/// The picture and its table.
pub(super) fn picture(shell: &Shell, tenant: &str, months: &[MonthMark]) -> Markup {
    let title = shell.t("月ごとの順守率", "Kept by month");
    html! {
        section aria-labelledby="months" {
            (head("months", title))
            (drawn(shell, title, months))
            p.hint {
                (shell.t("● 目標 (SLO) を守った割合 · □ 合意 (SLA) を守った割合。横線は月の目標: ", "● share kept by the objective (SLO) · □ by the agreement (SLA). Lines: the goals of a month, "))
                "SLA " (SLA_GOAL) "% · SLO " (SLO_GOAL) "%"
            }
            (figures(shell, title, tenant, months))
        }
    }
}

fn drawn(shell: &Shell, title: &str, months: &[MonthMark]) -> Markup {
    let y = |share: u32| TOP + (1000 - share.min(1000)) * DEEP / 1000;
    let step = 92.0 / months.len().max(1) as f64;
    let x = |place: usize| format!("{:.2}%", 4.0 + step * (place as f64 + 0.5));
    let (sla, slo, bottom) = (y(SLA_GOAL * 10), y(SLO_GOAL * 10), TOP + DEEP);
    let words = months.iter().map(|month| {
        format!("{} SLO {} SLA {}", month.code, percent(month.counts.slo_share()), percent(month.counts.sla_share()))
    });
    let spoken = words.collect::<Vec<_>>().join(shell.t("、", ", "));
    html! {
        svg.strip.attained role="img" aria-labelledby="months-title months-desc" width="100%" height=(bottom + 22) {
            title id="months-title" { (title) }
            desc id="months-desc" { (spoken) }
            line.goal x1="0" x2="100%" y1=(sla) y2=(sla) {}
            line.goal.dashed x1="0" x2="100%" y1=(slo) y2=(slo) {}
            text x="0" y=(sla - 4) { "SLA " (SLA_GOAL) "%" }
            text x="0" y=(slo + 12) { "SLO " (SLO_GOAL) "%" }
            line.axis x1="0" x2="100%" y1=(bottom) y2=(bottom) {}
            @for (place, month) in months.iter().enumerate() {
                @let cx = x(place);
                @if let Some(share) = month.counts.slo_share() {
                    line.stem x1=(cx) x2=(cx) y1=(y(share)) y2=(bottom) {}
                    circle.done cx=(cx) cy=(y(share)) r="4" {}
                }
                @if let Some(share) = month.counts.sla_share() {
                    svg.at x=(cx) y=(y(share)) overflow="visible" { rect.agreed x="-7" y="-7" width="14" height="14" {} }
                }
                text x=(cx) y=(bottom + 15) text-anchor="middle" { (month.code.rsplit('-').next().unwrap_or_default().trim_start_matches('0')) }
            }
        }
    }
}

fn figures(shell: &Shell, title: &str, tenant: &str, months: &[MonthMark]) -> Markup {
    let heads = [
        shell.t("月", "Month"),
        shell.t("件数", "Judged"),
        shell.t("目標未達", "Missed"),
        shell.t("順守率 (SLO)", "Kept (SLO)"),
        shell.t("SLA 対象", "With SLA"),
        shell.t("SLA 未達", "SLA missed"),
        shell.t("順守率 (SLA)", "Kept (SLA)"),
        shell.t("順守判定", "Kept"),
        shell.t("表", "Table"),
    ];
    let row = |month: &MonthMark| {
        let counts = &month.counts;
        let is_frozen = month.frozen.map_or_else(
            || shell.t("暫定", "provisional").to_owned(),
            |number| format!("{} {}", shell.t("凍結済み", "frozen"), frozen::named(shell, number)),
        );
        vec![
            html! { a href=(address(tenant, month)) { (month.code) } },
            html! { (counts.judged) },
            html! { (counts.missed) },
            html! { (percent(counts.slo_share())) },
            html! { (counts.sla_judged) },
            html! { (counts.sla_missed) },
            html! { (percent(counts.sla_share())) },
            super::sign(shell, counts.judgement()),
            html! { (is_frozen) },
        ]
    };
    let rows = months.iter().rev().map(row).collect();
    table(&Table { id: "kept-by-month".into(), caption: title.into(), heads: heads.map(str::to_owned).to_vec(), rows })
}

/// A year in which something was missed, and two months without a ticket.
pub(super) fn sample() -> Vec<MonthMark> {
    let month = |n: u32| {
        let code = format!("{}-{:02}", if n == 0 { 2025 } else { 2026 }, if n == 0 { 12 } else { n });
        let judged = if n < 2 { 0 } else { 11 + n * 3 };
        let missed = [0, 0, 0, 1, 0, 0, 3, 0, 1, 0, 0, 0][n as usize];
        let counts = Counts { judged, missed, sla_judged: judged / 5, sla_missed: u32::from(n == 6) };
        MonthMark {
            from: format!("{code}-01"),
            to: format!("{code}-28"),
            counts,
            frozen: (n > 1 && n < 10).then_some(n),
            code,
        }
    };
    (0..12).map(month).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_written_with_one_digit() {
        assert_eq!([percent(None), percent(Some(1000)), percent(Some(954))], ["－", "100.0%", "95.4%"]);
    }
}
