//! Mail that comes back (F41): what it may join, what is kept for people to look at, and what of it is shown.
//!
//! Nothing of a mail is believed but a tag that the desk itself wrote into its own `Reply-To`: it is an HMAC over tenant, ticket,
//! day and the address it was sent to, so it fits one ticket and one writer until it expires. `From`, `In-Reply-To` and the
//! subject only help people find the ticket of what was kept.

mod automatic;
mod quoted;
mod room;

pub use automatic::{Signs, automatic};
pub use quoted::unquoted;
pub use room::{COUNTED_MS, KEPT_BYTES, KeptLately, NoRoom, room};

use crate::ids::{ProjectKey, RecordKey};
use crate::time::{HOUR_MS, Instant};
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// How long a reply is taken, in days.
pub const VALID_DAYS: i64 = 90;
/// Letters of a tag: 100 bits.
pub const TAG_LEN: usize = 20;
/// Letters before the `@` at most (RFC 5321 §4.5.3.1.1).
const LOCAL_MAX: usize = 64;
/// What every address for replies begins with.
const BEGIN: &str = "reply+";

/// Why a mail joined no ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It cannot be read as a mail.
    Unreadable,
    /// A machine wrote it, or it went to a list (RFC 3834).
    Automatic,
    /// The mail server in front found that its sender is forged (DMARC).
    Forged,
    /// It has no sender, or several.
    Sender,
    /// No address that it was sent to has a tag.
    NoTag,
    /// The tag was not written for this ticket and this sender.
    WrongTag,
    /// The tag was written more than 90 days ago.
    Expired,
    /// The sender is no person of the customer and no contact of the plan, or no longer.
    Stranger,
    /// The ticket takes no message from the customer now.
    Refused,
}

impl Why {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Unreadable,
        Self::Automatic,
        Self::Forged,
        Self::Sender,
        Self::NoTag,
        Self::WrongTag,
        Self::Expired,
        Self::Stranger,
        Self::Refused,
    ];

    /// The code in facts and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Automatic => "automatic",
            Self::Forged => "forged",
            Self::Sender => "sender",
            Self::NoTag => "no_tag",
            Self::WrongTag => "wrong_tag",
            Self::Expired => "expired",
            Self::Stranger => "stranger",
            Self::Refused => "refused",
        }
    }

    /// The reason of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }

    /// As people read it.
    pub const fn label(self) -> Label {
        match self {
            Self::Unreadable => Label::new("メールとして読めない", "Cannot be read as a mail"),
            Self::Automatic => Label::new("自動送信またはメーリングリスト", "Written by a machine, or sent to a list"),
            Self::Forged => Label::new("差出人の詐称 (DMARC 不合格)", "The sender is forged (DMARC failed)"),
            Self::Sender => Label::new("差出人がない、または複数", "No sender, or several"),
            Self::NoTag => Label::new("返信用の宛先ではない", "Not sent to an address for replies"),
            Self::WrongTag => {
                Label::new("返信用の宛先が、この差出人のものではない", "The address for replies is not this sender's")
            }
            Self::Expired => Label::new("返信用の宛先の期限切れ", "The address for replies has expired"),
            Self::Stranger => {
                Label::new("お客様の利用者でも連絡先でもない", "Neither a person of the customer nor a contact")
            }
            Self::Refused => Label::new("チケットが今は受け付けない", "The ticket takes no message now"),
        }
    }
}

/// An address of a mail in the one form in which it is compared: trimmed, in small letters.
pub fn plain(address: &str) -> String {
    address.trim().to_lowercase()
}

/// What the left side of an address for replies says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyTo {
    /// The ticket.
    pub ticket: RecordKey,
    /// The day on which it was written, counted from 1970 in UTC.
    pub day: u16,
    /// The tag.
    pub tag: String,
}

impl ReplyTo {
    /// What the tag is made over, for a tenant and the address that the mail went to. Each part but the last is free of `|`.
    pub fn signed(&self, tenant: &str, address: &str) -> String {
        format!("{tenant}|{}|{}|{}", self.ticket, self.day, plain(address))
    }

    /// The whole address; none where the key is so long that no mail server would take it.
    pub fn address(&self, domain: &str) -> Option<String> {
        let local = format!("{BEGIN}{}.{:04x}{}", self.ticket.as_str().to_lowercase(), self.day, self.tag);
        (local.len() <= LOCAL_MAX).then(|| format!("{local}@{domain}"))
    }

    /// Reads an address; none where it is not one for replies at this domain.
    pub fn read(address: &str, domain: &str) -> Option<Self> {
        let address = plain(address);
        let (local, at) = address.rsplit_once('@')?;
        let (ticket, rest) = local.strip_prefix(BEGIN)?.split_once('.')?;
        if at != domain.to_lowercase() || rest.len() != 4 + TAG_LEN || !rest.is_ascii() {
            return None;
        }
        let (day, tag) = rest.split_at(4);
        let ticket = key_of(&ticket.to_uppercase())?;
        Some(Self { ticket, day: u16::from_str_radix(day, 16).ok()?, tag: tag.to_owned() })
    }

    /// Whether it was written so long ago that it is taken no more.
    pub fn is_expired(&self, now: Instant) -> bool {
        let age = i64::from(day_of(now)) - i64::from(self.day);
        !(0..=VALID_DAYS).contains(&age)
    }
}

/// The day of an instant, counted from 1970 in UTC.
pub fn day_of(now: Instant) -> u16 {
    // Until the year 2149.
    u16::try_from(now.ms().div_euclid(24 * HOUR_MS)).unwrap_or(u16::MAX)
}

/// A text that is a record's name.
fn key_of(text: &str) -> Option<RecordKey> {
    let (project, number) = text.rsplit_once('-')?;
    let digits = !number.is_empty() && number.len() <= 18 && number.bytes().all(|b| b.is_ascii_digit());
    let project = ProjectKey::parse(project).ok()?;
    (digits && !number.starts_with('0')).then(|| RecordKey::new(format!("{project}-{number}")))
}

/// The project of a record's name.
pub fn project_of(ticket: &RecordKey) -> Option<ProjectKey> {
    ticket.as_str().rsplit_once('-').map(|(project, _)| ProjectKey::new(project))
}

/// The ticket that a mail seems to be about: by what it answers, where that is a mail of ours, else by the name in its subject. A
/// hint for people; nothing joins by it.
pub fn guess(follows: &[String], subject: &str, message_domain: &str) -> Option<RecordKey> {
    let ours = |id: &String| {
        let (left, domain) = id.rsplit_once('@')?;
        let is_ours = domain.eq_ignore_ascii_case(message_domain);
        is_ours.then(|| left.split('.').find_map(|part| key_of(&part.to_uppercase())))?
    };
    let in_subject = |rest: &str| rest.split_once(']').and_then(|(key, _)| key_of(key.trim()));
    follows.iter().rev().find_map(ours).or_else(|| subject.split('[').skip(1).find_map(in_subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        Instant::parse("2026-11-22T03:12:00+09:00").unwrap()
    }

    fn reply(ticket: &str) -> ReplyTo {
        ReplyTo { ticket: RecordKey::new(ticket), day: day_of(now()), tag: "abcdefghij234567abcd".into() }
    }

    #[test]
    fn an_address_for_replies_is_read_back_whatever_a_server_does_to_its_letters() {
        let it = reply("ACME_2-12");
        let address = it.address("desk.example.jp").unwrap();
        assert_eq!(address, "reply+acme_2-12.512aabcdefghij234567abcd@desk.example.jp");
        for written in [address.clone(), address.to_uppercase(), format!(" {address} ")] {
            assert_eq!(ReplyTo::read(&written, "Desk.example.jp"), Some(it.clone()), "{written}");
        }
    }

    #[test]
    fn what_is_no_address_for_replies_is_none() {
        for address in [
            "",
            "reply@desk.example.jp",
            "reply+acme-1@desk.example.jp",
            "reply+acme-1.512aabcdefghij234567abcd@evil.example",
            "reply+acme-1.512aabcdefghij234567abc@desk.example.jp",
            "reply+acme-1.zzzzabcdefghij234567abcd@desk.example.jp",
            "reply+acme-0.512aabcdefghij234567abcd@desk.example.jp",
            "reply+acme.512aabcdefghij234567abcd@desk.example.jp",
            "reply+acme-1x.512aabcdefghij234567abcd@desk.example.jp",
            "reply+acme-1.512aabcdefghij23456窓@desk.example.jp",
            "other+acme-1.512aabcdefghij234567abcd@desk.example.jp",
        ] {
            assert_eq!(ReplyTo::read(address, "desk.example.jp"), None, "{address}");
        }
    }

    #[test]
    fn the_longest_key_fits_and_a_longer_one_has_no_address() {
        let longest = format!("{}-1234567", "A".repeat(25));
        let address = reply(&longest).address("d.jp").unwrap();
        assert_eq!(address.split('@').next().unwrap().len(), LOCAL_MAX);
        assert_eq!(reply(&format!("{longest}8")).address("d.jp"), None);
    }

    #[test]
    fn a_tag_is_made_over_all_that_it_is_good_for() {
        let it = reply("ACME-1");
        let signed = it.signed("tenant", "Owner@Acme.example ");
        assert_eq!(signed, format!("tenant|ACME-1|{}|owner@acme.example", it.day));
        assert_ne!(signed, it.signed("other", "owner@acme.example"));
        assert_ne!(signed, it.signed("tenant", "thief@acme.example"));
        assert_ne!(signed, reply("ACME-2").signed("tenant", "owner@acme.example"));
        assert_ne!(signed, ReplyTo { day: it.day + 1, ..it.clone() }.signed("tenant", "owner@acme.example"));
    }

    #[test]
    fn an_address_is_good_for_ninety_days() {
        let it = reply("ACME-1");
        let after = |days: i64| now().plus_ms(days * 24 * HOUR_MS);
        assert!(!it.is_expired(now()) && !it.is_expired(after(90)));
        assert!(it.is_expired(after(91)));
        assert!(it.is_expired(after(-1)), "written tomorrow: not by us");
    }

    #[test]
    fn the_ticket_is_guessed_by_what_is_answered_then_by_the_subject() {
        let check = |follows: &[&str], subject: &str, expected: Option<&str>| {
            let follows: Vec<String> = follows.iter().map(|id| (*id).to_owned()).collect();
            let found = guess(&follows, subject, "desk.example.jp");
            assert_eq!(found.as_ref().map(RecordKey::as_str), expected, "{follows:?} {subject}");
        };
        check(&["acme-7.owner.tenant@desk.example.jp"], "", Some("ACME-7"));
        check(&["12.acme-7.0.tenant@DESK.example.jp"], "[ACME-8] x", Some("ACME-7"));
        check(&["acme-7.owner.tenant@evil.example"], "Re: [ACME-8] 【受付】", Some("ACME-8"));
        check(&["acme-1.0.t@desk.example.jp", "acme-2.0.t@desk.example.jp"], "", Some("ACME-2"));
        check(&[], "Re: [緊急] [ACME-8] x", Some("ACME-8"));
        check(&[], "ACME-8 について", None);
        check(&["x@y", "@", "noid"], "[] [x] [ACME-] [-1", None);
    }

    #[test]
    fn reasons_are_read_back() {
        for why in Why::ALL {
            assert_eq!(Why::from_code(why.code()), Some(why));
            assert_eq!(serde_json::to_value(why).unwrap(), why.code());
        }
    }
}
