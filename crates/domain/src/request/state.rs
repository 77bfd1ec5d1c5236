//! The states of a request and their names (procedures: machine request).

use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 受付
    Received,
    /// 確認中
    Reviewing,
    /// 計画済
    Planned,
    /// 作業中
    Working,
    /// 完了確認待ち
    Completed,
    /// 終了
    Closed,
    /// 対象外
    OutOfScope,
    /// 取消
    Cancelled,
}

impl State {
    /// Every state, in the order of a day that goes well.
    pub const ALL: [Self; 8] = [
        Self::Received,
        Self::Reviewing,
        Self::Planned,
        Self::Working,
        Self::Completed,
        Self::Closed,
        Self::OutOfScope,
        Self::Cancelled,
    ];

    /// The code in the database and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Reviewing => "reviewing",
            Self::Planned => "planned",
            Self::Working => "working",
            Self::Completed => "completed",
            Self::Closed => "closed",
            Self::OutOfScope => "out_of_scope",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Received => Label::new("受付", "Received"),
            Self::Reviewing => Label::new("確認中", "Under review"),
            Self::Planned => Label::new("計画済", "Planned"),
            Self::Working => Label::new("作業中", "In work"),
            Self::Completed => Label::new("完了確認待ち", "Done, to be confirmed"),
            Self::Closed => Label::new("終了", "Closed"),
            Self::OutOfScope => Label::new("対象外", "Out of scope"),
            Self::Cancelled => Label::new("取消", "Cancelled"),
        }
    }

    /// Whether the desk has to do something about it.
    pub const fn is_in_hand(self) -> bool {
        matches!(self, Self::Received | Self::Reviewing | Self::Planned | Self::Working)
    }

    /// Whether nothing follows.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::OutOfScope | Self::Cancelled)
    }
}
