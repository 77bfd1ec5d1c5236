//! The table of appendix 5, month by month, counted by the auditor and compared with the one the rules make.

use super::audit::{Auditor, Difference, Judged};
use super::papers::midnight;
use super::world::World;
use domain::catalogue::Catalogue;
use domain::compliance::{Ticket, missed_text, requests};
use domain::request::State;
use domain::time::Instant;
use jiff::civil::date;

/// The rows of appendix 5 in the paper's order (R-A5-2).
pub(crate) const ROWS: [&str; 23] = [
    "アカウント追加変更依頼",
    "バックアップ作業依頼(スナップショット)",
    "リストア作業依頼 (スナップショット)",
    "監視設定変更依頼",
    "サーバー起動 / 停止依頼",
    "Security Group 設定変更依頼",
    "サーバー設定変更(OS/ ミドルウェア)",
    "各種パッチ当て (OS/ ミドルウェア)",
    "ミドルウェアバージョンアップ",
    "インスタンスタイプ変更依頼",
    "Disk 追加 / 削除 (EBS)",
    "その他の AWS 設定変更",
    "AWS サポート制限解除対応",
    "保守手順の変更",
    "技術相談",
    "脆弱性情報提供 / 脆弱性管理",
    "運用改善提案",
    "キャパシティプランニング",
    "各種勉強会の実施",
    "定例会の実施",
    "パフォーマンス検証",
    "アプリケーションのボトルネック調査",
    "各種新機能提案",
];

/// What one cell says: who was judged, missed, excepted, held, met by the hold only, without a verdict; the sign and the count.
#[derive(Debug, Default, PartialEq, Eq)]
struct Cell {
    judged: Vec<String>,
    missed: Vec<String>,
    excepted: Vec<String>,
    held: Vec<String>,
    met_by_hold: Vec<String>,
    cancelled: Vec<String>,
    sign: &'static str,
    text: String,
}

impl Cell {
    fn signed(mut self) -> Self {
        self.sign = match (self.judged.is_empty(), self.missed.is_empty()) {
            (true, _) => "－",
            (false, true) => "○",
            (false, false) => "×",
        };
        self.text = if self.missed.is_empty() { "なし".into() } else { format!("{}件", self.missed.len()) };
        self
    }

    fn of(tickets: &[&Judged]) -> Self {
        let mut cell = Self::default();
        for ticket in tickets {
            let key = || ticket.key.clone();
            match (ticket.cancelled, ticket.met) {
                (true, _) => cell.cancelled.push(key()),
                (false, None) => {}
                (false, Some(met)) => {
                    cell.judged.push(key());
                    cell.missed.extend((!met).then(key));
                    cell.excepted.extend(ticket.excepted.then(key));
                    cell.held.extend(ticket.held.then(key));
                    cell.met_by_hold.extend((met && !ticket.met_raw).then(key));
                }
            }
        }
        cell.signed()
    }
}

/// A ticket as its header tells the table of it.
fn counted(world: &World, tenant: usize, place: usize) -> Option<Ticket> {
    let request = &world.tenants[tenant].tickets[place].request;
    let clock = request.clock(&world.calendar(request.as_of), request.as_of).ok()?;
    let due = clock.due?;
    let mut ticket = Ticket {
        key: request.key.clone(),
        report: request.filing.report.clone(),
        due,
        raw_due: clock.raw.unwrap_or(due),
        done: clock.done,
        excepted: request.exception().is_some(),
        held: clock.held.len() as u32,
        cancelled: matches!(request.state, State::Cancelled | State::OutOfScope),
        waits: request.awaits().is_some() && request.breached.is_none(),
    };
    if let Some(mutant) = world.mutant {
        mutant.counted(&mut ticket);
    }
    Some(ticket)
}

/// Compares all months of a year so far: how many cells, and where both part.
pub(crate) fn compare(
    world: &World,
    auditor: &Auditor,
    tenant: usize,
    year: i16,
    now: Instant,
) -> (u64, Vec<Difference>) {
    let owner = &world.tenants[tenant];
    let tickets: Vec<Ticket> = (0..owner.tickets.len()).filter_map(|place| counted(world, tenant, place)).collect();
    let judged = auditor.judged(world, tenant, now);
    let (mut cells, mut found) = (0, vec![]);
    for month in 1..=12 {
        let from = midnight(date(year, month, 1));
        let before = if month == 12 { midnight(date(year + 1, 1, 1)) } else { midnight(date(year, month + 1, 1)) };
        let within = |due: i64| (from.ms()..before.ms()).contains(&due);
        let of_month: Vec<Ticket> = tickets.iter().filter(|ticket| within(ticket.due.ms())).cloned().collect();
        let lines = requests(Catalogue::shipped(), &of_month, now);
        let mut add = |what: String| found.push(Difference { key: None, rule: "R-A5 table", at: now, what });
        if lines.len() != ROWS.len() {
            add(format!("{} rows", lines.len()));
        }
        for (row, mut line) in ROWS.into_iter().zip(lines) {
            cells += 1;
            if let Some(mutant) = world.mutant {
                mutant.tabled(&mut line);
            }
            let own: Vec<&Judged> = judged.iter().filter(|it| it.row == row && within(it.due)).collect();
            let expected = Cell::of(&own);
            let names = |keys: &[domain::ids::RecordKey]| keys.iter().map(ToString::to_string).collect();
            let said = Cell {
                judged: names(&line.tickets),
                missed: names(&line.missed),
                excepted: names(&line.excepted),
                held: names(&line.held),
                met_by_hold: names(&line.met_by_hold),
                cancelled: names(&line.cancelled),
                sign: line.judgement().sign(),
                text: missed_text(line.missed.len()),
            };
            if line.row.name != row || said != expected {
                add(format!("{}, month {month}, {row}: {said:?}, but {expected:?} is owed", owner.id));
            }
        }
    }
    (cells, found)
}
