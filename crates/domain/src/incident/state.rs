//! The states of an incident and their names (procedures: machine incident).

use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 検知
    Detected,
    /// 切り分け中
    Triaging,
    /// 判定済: judged without impact, not told yet.
    Judged,
    /// 連絡済
    Notified,
    /// 復旧確認中
    Confirming,
    /// 復旧連絡済
    RecoveryNotified,
    /// 終了
    Closed,
    /// 誤検知
    FalseAlarm,
    /// 統合: it goes on in another incident.
    Merged,
}

impl State {
    /// Every state, in the order of a night that goes well.
    pub const ALL: [Self; 9] = [
        Self::Detected,
        Self::Triaging,
        Self::Judged,
        Self::Notified,
        Self::Confirming,
        Self::RecoveryNotified,
        Self::Closed,
        Self::FalseAlarm,
        Self::Merged,
    ];

    /// The code in the database and the API, such as `triaging`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Triaging => "triaging",
            Self::Judged => "judged",
            Self::Notified => "notified",
            Self::Confirming => "confirming",
            Self::RecoveryNotified => "recovery_notified",
            Self::Closed => "closed",
            Self::FalseAlarm => "false_alarm",
            Self::Merged => "merged",
        }
    }

    /// The state of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The state's name.
    pub const fn label(self) -> Label {
        match self {
            Self::Detected => Label::new("検知", "Detected"),
            Self::Triaging => Label::new("切り分け中", "In triage"),
            Self::Judged => Label::new("判定済", "Judged"),
            Self::Notified => Label::new("連絡済", "Customer told"),
            Self::Confirming => Label::new("復旧確認中", "Confirming recovery"),
            Self::RecoveryNotified => Label::new("復旧連絡済", "Recovery told"),
            Self::Closed => Label::new("終了", "Closed"),
            Self::FalseAlarm => Label::new("誤検知", "False alarm"),
            Self::Merged => Label::new("統合", "Merged"),
        }
    }

    /// Whether nothing more is done to it here: it has ended, or goes on in another incident.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::FalseAlarm | Self::Merged)
    }
}
