//! How much of what is not proven is kept: strangers fill neither the database nor anybody's day. What joins a ticket is never
//! counted.

use crate::time::HOUR_MS;

/// Over how long it is counted, in milliseconds.
pub const COUNTED_MS: i64 = 24 * HOUR_MS;
/// Bytes of one kept mail at most.
pub const KEPT_BYTES: u64 = 5 * 1024 * 1024;
/// Mails kept in that time at most.
const MAILS: u64 = 500;
/// Their bytes at most.
const BYTES: u64 = 100 * 1024 * 1024;
/// Those that say they are of one sender.
const MAILS_OF_ONE: u64 = 50;

/// What was kept in that time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptLately {
    /// Mails.
    pub mails: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those of the same sender.
    pub of_sender: u64,
}

/// Why a mail is not even kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoRoom {
    /// It is too large, today and tomorrow.
    TooLarge,
    /// Enough came of this sender for now.
    OfSender,
    /// Enough came for now.
    Full,
}

impl NoRoom {
    /// All.
    pub const ALL: [Self; 3] = [Self::TooLarge, Self::OfSender, Self::Full];

    /// The code in `/metrics` and the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::OfSender => "sender_full",
            Self::Full => "full",
        }
    }
}

/// Whether a mail of so many bytes may be kept beside what was.
///
/// # Errors
/// Why not.
pub fn room(lately: &KeptLately, bytes: u64) -> Result<(), NoRoom> {
    if bytes > KEPT_BYTES {
        Err(NoRoom::TooLarge)
    } else if lately.of_sender >= MAILS_OF_ONE {
        Err(NoRoom::OfSender)
    } else if lately.mails >= MAILS || lately.bytes + bytes > BYTES {
        Err(NoRoom::Full)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_an_end() {
        let mib = |count: u64| count * 1024 * 1024;
        for (mails, bytes, of_sender, of_this, expected) in [
            (0, 0, 0, 0, Ok(())),
            (0, 0, 0, mib(5), Ok(())),
            (0, 0, 0, mib(5) + 1, Err(NoRoom::TooLarge)),
            (49, 1, 49, 1, Ok(())),
            (50, 1, 50, 1, Err(NoRoom::OfSender)),
            (499, mib(1), 0, 1, Ok(())),
            (500, mib(1), 0, 1, Err(NoRoom::Full)),
            (20, mib(95), 0, mib(5), Ok(())),
            (20, mib(95), 0, mib(5) - 1, Ok(())),
            (20, mib(95) + 1, 0, mib(5), Err(NoRoom::Full)),
            (500, mib(100), 50, mib(5) + 1, Err(NoRoom::TooLarge)),
        ] {
            let lately = KeptLately { mails, bytes, of_sender };
            assert_eq!(room(&lately, of_this), expected, "{lately:?} and {of_this}");
        }
    }

    #[test]
    fn codes_are_told_apart() {
        let codes: std::collections::BTreeSet<_> = NoRoom::ALL.iter().map(|it| it.code()).collect();
        assert_eq!(codes.len(), NoRoom::ALL.len());
    }
}
