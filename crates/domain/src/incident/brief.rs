//! An incident in a sentence, for its customer: what failed, how long, when and whom we told, how it stands, what they must
//! decide. And by which facts they heard news of it.

use super::report::Version;
use super::{Incident, Mark, Marked, State};
use crate::calendar::Calendar;
use crate::fact::Origin;
use crate::time::{Instant, MINUTE_MS};
use crate::words::Label;

impl Incident {
    /// How it stands, as its customer reads it.
    pub const fn how_it_stands(&self) -> Label {
        match self.state {
            State::Detected | State::Triaging | State::Judged => {
                Label::new("影響を確かめています。", "We are finding out what it affects.")
            }
            State::Notified => {
                Label::new("原因を調査し、復旧にあたっています。", "We look for the cause and work on the recovery.")
            }
            State::Confirming => Label::new("復旧し、確認を進めています。", "It is back; we are confirming that."),
            State::RecoveryNotified => Label::new("復旧しました。", "It has recovered."),
            State::Closed => Label::new("対応を終了しました。", "It is closed."),
            State::Merged => {
                Label::new("ほかの障害とまとめて対応しています。", "It is dealt with together with another incident.")
            }
            State::FalseAlarm => Label::new("誤検知でした。", "It was a false alarm."),
        }
    }

    /// What the customer must decide; none where nothing.
    pub fn decision(&self) -> Option<Label> {
        (self.state == State::RecoveryNotified).then_some(Label::new(
            "復旧の確認（問題があればお電話ください）",
            "please confirm the recovery, or call us if it is not over",
        ))
    }

    /// The facts by which the customer heard news of it: that it was opened, where they told us of it themselves, notices of
    /// occurrence and recovery, recurrences, published reports.
    pub fn news(&self) -> impl Iterator<Item = &Mark> {
        let told = self.publications.iter().map(|told| &told.mark);
        let theirs = matches!(self.origin, Origin::Customer { .. } | Origin::Telephone { .. });
        let opened = (theirs && self.is_known_to_customer()).then_some(&self.opened);
        let recovered = self.recovery_notices.iter().map(|told| &told.mark);
        let again = self.recurrences.iter().map(|again| &again.mark);
        let reported = self.after.reports.iter().filter_map(Marked::<Version>::published);
        told.chain(opened).chain(recovered).chain(again).chain(reported)
    }

    /// The sentence in Japanese, for a mail. `whom` is the customer's name.
    pub fn brief(&self, title: &str, whom: &str, now: Instant, calendar: &Calendar) -> String {
        let shown =
            |at: Instant| at.timestamp().to_zoned(calendar.zone().clone()).strftime("%-m/%-d %H:%M").to_string();
        let began = self.alert_at();
        let recovered = self.recovery().map(|recovery| recovery.what.recovered_at);
        let minutes = recovered.unwrap_or(now).since_ms(began).max(0) / MINUTE_MS;
        let lasted = match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes}分"),
            (hours, minutes) => format!("{hours}時間{minutes:02}分"),
        };
        let lasted = match recovered {
            Some(at) => format!("{} から {} まで {lasted}続きました。", shown(began), shown(at)),
            None => format!("{} から {lasted}続いています。", shown(began)),
        };
        let told = match self.publications.first() {
            Some(told) => format!("{} に{whom}へお知らせしました。", shown(told.mark.at)),
            None => "ご連絡を受け付けました。".to_owned(),
        };
        let decide = match self.decision() {
            Some(what) => format!("お決めいただきたいこと: {}", what.ja),
            None => "お願いすることはありません。".to_owned(),
        };
        format!("{}「{title}」\n{lasted}{told}{}\n{decide}", self.key, self.how_it_stands().ja)
    }
}
