//! What comes of a verb beside the state.

use crate::words::Label;

/// Business days after which something may happen by itself, at most.
const AFTER_MAX: u16 = 250;

/// What comes of a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Whoever does it holds the record from then on.
    Takes,
    /// The customer is told by mail.
    Tells,
    /// Only the desk sees it.
    Internal,
    /// It adds to the record and changes nothing: it fits whatever happened since the page was opened.
    Adds,
    /// The clock is held: the customer is waited for.
    Holds,
    /// What was held runs again.
    Releases,
    /// The clock stops.
    Stops,
    /// It happens by itself after so many business days in the state, 1 to 250.
    After(u16),
}

impl Effect {
    /// The effect of a name: `tells`, or `after 5`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "takes" => Some(Self::Takes),
            "tells" => Some(Self::Tells),
            "internal" => Some(Self::Internal),
            "adds" => Some(Self::Adds),
            "holds" => Some(Self::Holds),
            "releases" => Some(Self::Releases),
            "stops" => Some(Self::Stops),
            _ => {
                let days = name.strip_prefix("after ")?.parse().ok()?;
                (1..=AFTER_MAX).contains(&days).then_some(Self::After(days))
            }
        }
    }

    /// As people read it; the days of [`Effect::After`] stand before it.
    pub const fn label(self) -> Label {
        match self {
            Self::Takes => Label::new("行った人が担当者になる", "whoever does it holds the record"),
            Self::Tells => Label::new("お客様にメールで知らせる", "the customer is told by mail"),
            Self::Internal => Label::new("お客様には見えない", "the customer does not see it"),
            Self::Adds => Label::new("いつ書いてもよい", "it can be added at any time"),
            Self::Holds => Label::new("期限を止める", "the due is held"),
            Self::Releases => Label::new("期限を再び進める", "the due runs again"),
            Self::Stops => Label::new("期限の計測を終える", "the clock stops"),
            Self::After(_) => Label::new("営業日が過ぎると自動で行う", "business days later it happens by itself"),
        }
    }
}
