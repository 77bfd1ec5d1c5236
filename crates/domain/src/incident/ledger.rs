//! The minute ledger: every counted stretch of a clock with its rule and the fact behind it, for the customer too.
//!
//! It answers "why did this clock stop?" and "why was it due then?" without anybody having to know the rules.

use super::clock::{Basis, NoticeClock};
use super::{Incident, Second};
use crate::fact::{Origin, Voice};
use crate::time::Instant;
use crate::words::Label;

/// One stretch of a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// When it began.
    pub from: Instant,
    /// When it ended; none while it runs.
    pub to: Option<Instant>,
    /// The rule it was counted by.
    pub rule: Label,
    /// The fact that began it.
    pub fact: u64,
}

/// Why a clock stands as it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The clock.
    pub clock: NoticeClock,
    /// What it starts from.
    pub basis: Label,
    /// Its stretches without gaps from its start.
    pub stretches: Vec<Stretch>,
    /// Why it ended, with the fact; none while it runs.
    pub stop: Option<(Label, u64)>,
}

const UNJUDGED: Label = Label::new(
    "判定前はサービス影響有りとして数える (障害対応の時計は止まらない)",
    "Not judged yet: counted as impact (the notice clock never pauses)",
);
const WAIT_NOTICE: Label =
    Label::new("サービス影響有り: お客様への公開を待つ", "Impact: waiting for the notice to be published");
const WAIT_CALL: Label = Label::new(
    "公開済み: その時刻に有効な最初の連絡先への架電開始を待つ",
    "Published: waiting for the first call to the first contact valid at that minute",
);
const NO_IMPACT: Label =
    Label::new("サービス影響無し: 最初の報告を待つ (SLA なし)", "No impact: waiting for the first report (no SLA)");
const AWAIT_SECOND: Label = Label::new(
    "影響無しの判定は別の人の確認待ち: 確認まで影響有りとして数える",
    "Judged without impact, second person awaited: counted as impact until then",
);
const UNJUDGED_LOW: Label = Label::new(
    "お客様の優先度は「低」: 判定まではサービス影響無しとして数える",
    "Filed with priority 低: counted as no impact until judged",
);
const AWAIT_SECOND_LOW: Label = Label::new(
    "影響無しの判定は別の人の確認待ち: 優先度「低」のため影響無しとして数える",
    "Judged without impact, second person awaited: counted as no impact, since it was filed as 低",
);
const BY_FILING: Label = Label::new("お客様の申告の受付から", "From the receipt of the customer's report");
const BY_CALL: Label = Label::new("お客様からのお電話の始まりから", "From the begin of the customer's call");
const STOP_OWN_CALL: Label = Label::new(
    "公開で終了 (お客様からのお電話でご本人に伝えた)",
    "Ended by publication (the caller, a contact of the plan, was told on their own call)",
);
const BY_ALERT: Label = Label::new("アラート受信から", "From the receipt of the alert");
const BY_WINDOW: Label = Label::new(
    "作業時間帯の終了から (終了の時点で鳴り続けていたアラート)",
    "From the end of the window of work (the alert still fired then)",
);
const BY_REJUDGEMENT: Label = Label::new("影響有りへの再判定から", "From the re-judgement to impact");
const STOP_CALL: Label = Label::new(
    "公開と最初の架電開始のうち遅い方で終了",
    "Ended by the later of publication and the beginning of the first call",
);
const STOP_PUBLISHED: Label = Label::new("お客様への公開で終了", "Ended by publication to the customer");
const STOP_NO_VOICE: Label = Label::new(
    "公開で終了 (その時刻に有効な電話連絡先なし)",
    "Ended by publication (no contact with a telephone valid at that minute)",
);
const STOP_JUDGED_AWAY: Label = Label::new(
    "影響無しへの再判定で架電が不要になり終了",
    "Ended by the re-judgement to no impact: nobody has to be called any more",
);
const STOP_SELF_RECOVERED: Label = Label::new(
    "公開で終了 (連絡前に自然に復旧し、連絡体制によりチケットのみ)",
    "Ended by publication (it had recovered by itself, and the plan asks for the ticket only then)",
);
const WAIT_PARENT: Label =
    Label::new("統合: 統合先の障害の連絡を待つ", "Merged: waiting for the notice of the incident it was merged into");
const APART: Label = Label::new("統合を解除: この障害の連絡を待つ", "Taken out again: waiting for its own notice");
const STOP_WITH_PARENT: Label = Label::new(
    "統合先の障害の連絡で終了 (この障害に表示された時刻から)",
    "Ended by the notice of the incident it was merged into, from the instant it shows here",
);
const STOP_WAIVED: Label =
    Label::new("公開で終了 (お客様が電話連絡を辞退)", "Ended by publication (the customer waived calls)");

impl Incident {
    /// The ledger of every notice clock.
    pub fn ledgers(&self) -> Vec<Ledger> {
        self.clocks().into_iter().map(|clock| self.ledger(clock)).collect()
    }

    fn ledger(&self, clock: NoticeClock) -> Ledger {
        let (basis, start) = match clock.basis {
            Basis::Alert => {
                let basis = match self.origin {
                    Origin::Customer { .. } => BY_FILING,
                    Origin::Telephone { .. } => BY_CALL,
                    Origin::Window { .. } => BY_WINDOW,
                    _ => BY_ALERT,
                };
                (basis, self.opened.seq)
            }
            Basis::Rejudgement(place) => (BY_REJUDGEMENT, self.judgements[place].mark.seq),
        };
        let end = clock.end.as_ref().map(|end| end.at);
        // Each change of rule: from when, by which rule, by which fact.
        let mut changes: Vec<(Instant, Label, u64)> = vec![];
        let (unjudged, await_second) =
            if self.counts_as_impact_unjudged() { (UNJUDGED, AWAIT_SECOND) } else { (UNJUDGED_LOW, AWAIT_SECOND_LOW) };
        changes.push((clock.from, if clock.basis == Basis::Alert { unjudged } else { WAIT_NOTICE }, start));
        for judgement in self.judgements.iter().filter(|j| j.mark.at >= clock.from) {
            let rule = match (&judgement.what.second, judgement.what.impact) {
                (Second::Awaited | Second::Confirmed(_), false) => await_second,
                (Second::NotNeeded, false) if !clock.impact => NO_IMPACT,
                _ => WAIT_NOTICE,
            };
            changes.push((judgement.mark.at, rule, judgement.mark.seq));
            if let Second::Confirmed(mark) = &judgement.what.second {
                changes.push((mark.at, if clock.impact { WAIT_NOTICE } else { NO_IMPACT }, mark.seq));
            }
        }
        let published = self.publications.iter().find(|p| p.mark.at >= clock.from && (p.what.impact || !clock.impact));
        if let Some(published) = published.filter(|p| matches!(p.what.voice, Voice::Required { .. })) {
            changes.push((published.mark.at, WAIT_CALL, published.mark.seq));
        }
        for merging in self.mergings.iter().filter(|merging| merging.mark.at >= clock.from) {
            changes.push((merging.mark.at, WAIT_PARENT, merging.mark.seq));
            changes.extend(merging.what.undone.iter().map(|undone| (undone.at, APART, undone.seq)));
        }
        changes.retain(|(from, ..)| end.is_none_or(|end| *from < end || *from == clock.from));
        changes.sort_by_key(|(from, _, fact)| (*from, *fact));
        let mut stretches: Vec<Stretch> = vec![];
        for (from, rule, fact) in changes {
            match stretches.last_mut() {
                Some(last) if last.from == from => (last.rule, last.fact) = (rule, fact),
                Some(last) if last.rule == rule => {}
                before => {
                    if let Some(last) = before {
                        last.to = Some(from);
                    }
                    stretches.push(Stretch { from, to: None, rule, fact });
                }
            }
        }
        if let Some(last) = stretches.last_mut() {
            last.to = end;
        }
        let voice = published.map(|publication| &publication.what.voice);
        let stop = clock.end.as_ref().map(|end| match (end.judged_away, end.called, voice) {
            _ if end.with_parent => (STOP_WITH_PARENT, end.published),
            (Some(away), ..) => (STOP_JUDGED_AWAY, away),
            (_, Some(call), _) if self.call_came_later(call, end.published) => (STOP_CALL, call),
            (_, Some(_), _) => (STOP_CALL, end.published),
            (_, _, Some(Voice::NoneValid)) if clock.impact => (STOP_NO_VOICE, end.published),
            (_, _, Some(Voice::OnOwnCall { .. })) if clock.impact => (STOP_OWN_CALL, end.published),
            (_, _, Some(Voice::SelfRecovered)) if clock.impact => (STOP_SELF_RECOVERED, end.published),
            (_, _, Some(Voice::Waived)) if clock.impact => (STOP_WAIVED, end.published),
            _ => (STOP_PUBLISHED, end.published),
        });
        Ledger { clock, basis, stretches, stop }
    }

    fn call_came_later(&self, call: u64, published: u64) -> bool {
        let begun = self.calls.iter().find(|c| c.mark.seq == call).map(|c| c.what.begun);
        let told = self.publications.iter().find(|p| p.mark.seq == published).map(|p| p.mark.at);
        begun >= told
    }
}
