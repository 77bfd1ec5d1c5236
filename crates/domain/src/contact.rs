//! 連絡体制: whom to tell, in the order the customer named (R-4.2.2-5 to -7; ).

mod flaws;

pub use flaws::Flaw;

use crate::calendar::Calendar;
use crate::fact::Voice;
use crate::ids::ContactId;
use crate::incident::verbs::Turn;
use crate::pattern::matches;
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// One version of a project's contact plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactPlan {
    /// The contacts; their place in the list is their rank, the first has rank 1.
    pub contacts: Vec<Contact>,
    /// Signed waiver of calls: who signed, for a customer without a telephone.
    #[serde(default)]
    pub waived_by: Option<String>,
    /// The customer's approver who agreed to this version, together with the criteria (R-4.2.2-7).
    #[serde(default)]
    pub agreed_by: Option<String>,
    /// When calls repeat and what ends them.
    #[serde(default)]
    pub rounds: Rounds,
    /// How the customer is told of what recovered by itself before anybody told them.
    #[serde(default)]
    pub self_recovery: SelfRecovery,
}

/// When calls repeat and what ends them. An answer, a call back and the recovery always end them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rounds {
    /// Minutes from the beginning of one round to the next, 5 to 60.
    pub every_minutes: u16,
    /// For so many minutes after the notice, 0 to 1440; afterwards a round comes with each interim report.
    pub for_minutes: u16,
    /// Whether the link in the mail ends them.
    pub stop_when_acknowledged: bool,
    /// Whether the ticket being opened by one of the customer's people ends them.
    pub stop_when_read: bool,
}

impl Default for Rounds {
    fn default() -> Self {
        Self { every_minutes: 10, for_minutes: 60, stop_when_acknowledged: true, stop_when_read: true }
    }
}

/// How the customer is told of what recovered by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfRecovery {
    /// By telephone as ever.
    #[default]
    Phone,
    /// On the ticket only.
    Ticket,
}

/// One contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Kept over versions, so that calls can be found again.
    pub id: ContactId,
    /// Name.
    pub name: String,
    /// 読み, in kana.
    #[serde(default)]
    pub reading: String,
    /// Telephone number to call first; empty where there is none.
    #[serde(default)]
    pub phone: String,
    /// More numbers of the same person, in their order.
    #[serde(default)]
    pub other_phones: Vec<String>,
    /// Mail address; empty where there is none.
    #[serde(default)]
    pub mail: String,
    /// When this contact may be called.
    #[serde(default)]
    pub hours: Hours,
    /// For which services or hosts: patterns such as `web*`; none means for all.
    #[serde(default)]
    pub services: Vec<String>,
}

/// When and about what somebody is to be called.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// At which instant.
    pub at: Instant,
    /// By which calendar.
    pub calendar: &'a Calendar,
    /// About which service or host; none where that is not known.
    pub service: Option<&'a str>,
}

impl Contact {
    /// Whether this contact has a telephone and may be called on an occasion. Where the service is not known, a contact for
    /// some services may be called: rather one call too many than nobody called.
    pub fn is_callable(&self, occasion: &Occasion<'_>) -> bool {
        let is_for = |service: &str| self.services.is_empty() || self.services.iter().any(|own| matches(own, service));
        !self.phone.is_empty()
            && self.hours.contain(occasion.at, occasion.calendar)
            && occasion.service.is_none_or(is_for)
    }

    /// All numbers, the first to call first.
    pub fn phones(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.phone).chain(&self.other_phones).map(String::as_str).filter(|phone| !phone.is_empty())
    }
}

/// The digits of a telephone number as they are dialled inside Japan: `+81 3-0000-0000` and `03 0000 0000` are the same.
pub fn digits(phone: &str) -> String {
    let plain: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let national = plain.strip_prefix("+81").map(|rest| format!("0{}", rest.trim_start_matches('0')));
    national.unwrap_or_else(|| plain.trim_start_matches('+').to_owned())
}

/// When a contact may be called, in the calendar's zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// On which days.
    #[serde(default)]
    pub days: Days,
    /// From this minute of the day, 0 to 1439.
    #[serde(default)]
    pub from_minute: u16,
    /// To before this minute of the day, 1 to 1440; 0 means the end of the day. Where it is not after `from_minute`, the
    /// hours run over midnight and belong to the day on which they begin.
    #[serde(default)]
    pub to_minute: u16,
}

/// Days of a contact's hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// 毎日
    #[default]
    Every,
    /// 営業日
    Business,
    /// 営業日以外
    NonBusiness,
}

const DAY_MINUTES: u16 = 1440;

impl Hours {
    /// Whether an instant lies within these hours.
    pub fn contain(&self, at: Instant, calendar: &Calendar) -> bool {
        let zoned = at.timestamp().to_zoned(calendar.zone().clone());
        let minute = zoned.hour() as u16 * 60 + zoned.minute() as u16;
        let to = if self.to_minute == 0 { DAY_MINUTES } else { self.to_minute };
        let (today, yesterday) = (zoned.date(), zoned.date().yesterday());
        if self.from_minute < to {
            return (self.from_minute..to).contains(&minute) && self.day_fits(today, calendar);
        }
        (minute >= self.from_minute && self.day_fits(today, calendar))
            || (minute < to && yesterday.is_ok_and(|day| self.day_fits(day, calendar)))
    }

    /// A day outside the holiday table fits: rather one call too many than nobody called.
    fn day_fits(&self, day: jiff::civil::Date, calendar: &Calendar) -> bool {
        match (self.days, calendar.is_business_day(day)) {
            (Days::Every, _) | (_, Err(_)) => true,
            (Days::Business, Ok(business)) => business,
            (Days::NonBusiness, Ok(business)) => !business,
        }
    }
}

impl ContactPlan {
    /// The contacts that may be called on an occasion, by rank.
    pub fn callable<'a>(&'a self, occasion: &'a Occasion<'_>) -> impl Iterator<Item = (u32, &'a Contact)> + Clone {
        (1..).zip(&self.contacts).filter(|(_, contact)| contact.is_callable(occasion))
    }

    /// The first contact that may be called on an occasion, and its rank.
    pub fn first_voice(&self, occasion: &Occasion<'_>) -> Option<(u32, &Contact)> {
        (1..).zip(&self.contacts).find(|(_, contact)| contact.is_callable(occasion))
    }

    /// Whether a call begun then counts as the first call: it goes to the first contact valid at that minute or, where nobody
    /// is valid any more, to the one whose call the publication `required` (to anybody, once the plan has lost that one).
    pub fn is_first_call(&self, id: &ContactId, required: Option<&ContactId>, occasion: &Occasion<'_>) -> bool {
        match (self.first_voice(occasion), required) {
            (Some((_, first)), _) => first.id == *id,
            (None, Some(required)) => required == id || self.contact(required).is_none(),
            (None, None) => false,
        }
    }

    /// Whose turn it is on an occasion, when a contact is called after some were tried in this round (R-4.2.2-5, -6).
    pub fn turn(&self, id: &ContactId, tried: &[&ContactId], occasion: &Occasion<'_>) -> Turn {
        let mut open = self.callable(occasion).filter(|(_, contact)| !tried.contains(&&contact.id)).peekable();
        let before = open.peek().filter(|(_, first)| first.id != *id).map(|(rank, _)| *rank);
        let is_last = open.all(|(_, contact)| contact.id == *id);
        Turn { before, is_last }
    }

    /// Whether a call is owed beside a publication with impact on an occasion.
    pub fn voice(&self, occasion: &Occasion<'_>) -> Voice {
        if self.waived_by.is_some() {
            return Voice::Waived;
        }
        self.first_voice(occasion)
            .map_or(Voice::NoneValid, |(_, contact)| Voice::Required { contact: contact.id.clone() })
    }

    /// The same, about what has `recovered` by itself before the customer was told.
    pub fn voice_of(&self, occasion: &Occasion<'_>, recovered: bool) -> Voice {
        match self.voice(occasion) {
            Voice::Required { .. } if recovered && self.self_recovery == SelfRecovery::Ticket => Voice::SelfRecovered,
            voice => voice,
        }
    }

    /// A contact by id, with its rank.
    pub fn contact(&self, id: &ContactId) -> Option<(u32, &Contact)> {
        (1..).zip(&self.contacts).find(|(_, contact)| contact.id == *id)
    }

    /// Checks a version before it is recorded.
    ///
    /// # Errors
    /// A contact without name, or without telephone and mail; an id that cannot be or stands twice; hours, an address or a name
    /// that cannot be.
    pub fn validate(&self) -> Result<(), Refusal> {
        if self.waived_by.as_deref().is_some_and(|name| !is_name(name)) {
            return Err(Refusal::invalid("waived_by", NAME_RULE.ja, NAME_RULE.en));
        }
        if self.agreed_by.as_deref().is_some_and(|name| !is_name(name)) {
            return Err(Refusal::invalid("agreed_by", NAME_RULE.ja, NAME_RULE.en));
        }
        if !(5..=60).contains(&self.rounds.every_minutes) || self.rounds.for_minutes > DAY_MINUTES {
            return Err(Refusal::invalid(
                "rounds",
                "巡回の間隔は5分から60分、続ける時間は1440分までで入力してください。",
                "Rounds come each 5 to 60 minutes, for at most 1440 minutes.",
            ));
        }
        for (place, contact) in self.contacts.iter().enumerate() {
            let rank = place + 1;
            let invalid = |field, ja: &str, en: &str| {
                Err(Refusal::invalid(field, format!("順位 {rank}: {ja}"), format!("Rank {rank}: {en}")))
            };
            // The id stands in Message-IDs and in message keys.
            let id = contact.id.as_str();
            let id_ok = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if !id_ok || !(1..=64).contains(&id.len()) {
                return invalid("id", "連絡先の名前は英数字で入力してください。", "give an id of letters and digits.");
            }
            if contact.name.trim().is_empty() {
                return invalid("name", "氏名を入力してください。", "give a name.");
            }
            for (field, name) in [("name", &contact.name), ("reading", &contact.reading)] {
                if !is_name(name) {
                    return invalid(field, NAME_RULE.ja, NAME_RULE.en);
                }
            }
            if contact.phone.is_empty() && contact.mail.is_empty() {
                return invalid(
                    "phone",
                    "電話番号かメールアドレスを入力してください。",
                    "give a telephone number or a mail address.",
                );
            }
            if contact.phone.is_empty() && !contact.other_phones.is_empty() {
                return invalid("phone", "最初に架ける番号を入力してください。", "give the number to call first.");
            }
            if !contact.phones().all(is_phone) || contact.other_phones.iter().any(String::is_empty) {
                return invalid(
                    "phone",
                    "電話番号は数字と + - ( ) で6桁から15桁です。",
                    "a telephone number is 6 to 15 digits with + - ( ).",
                );
            }
            if !contact.mail.is_empty() && !is_mail_address(&contact.mail) {
                return invalid(
                    "mail",
                    "メールアドレスは name@example.jp の形の半角英数字で入力してください。",
                    "a mail address looks like name@example.jp, in ASCII.",
                );
            }
            if contact.hours.from_minute >= DAY_MINUTES || contact.hours.to_minute > DAY_MINUTES {
                return invalid("hours", "時間帯は 00:00 から 24:00 です。", "hours lie between 00:00 and 24:00.");
            }
            if self.contacts[..place].iter().any(|other| other.id == contact.id) {
                return invalid("id", "同じ連絡先が重複しています。", "the same contact stands twice.");
            }
        }
        Ok(())
    }
}

/// Whether a text can be dialled.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.bytes().all(|b| b.is_ascii_digit() || b"+-() ".contains(&b)) && (6..=15).contains(&digits)
}

/// The longest name, in characters.
const NAME_MAX: usize = 100;
const NAME_RULE: Label = Label::new(
    "名前は改行やタブを除いて100文字までで入力してください。",
    "a name has at most 100 characters, and no line break or tab.",
);

/// Whether a text can stand as a name in a mail's header.
fn is_name(text: &str) -> bool {
    text.chars().count() <= NAME_MAX && !text.chars().any(char::is_control)
}

/// Whether a text is a mail address to which a mail can be written: ASCII words with dots between them, one `@`, and a host
/// name (RFC 5321 §4.1.2, without quoted and international forms), at most 254 bytes. What passes here the mailer takes.
pub fn is_mail_address(text: &str) -> bool {
    let is_word = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&c);
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((local, host)) = text.split_once('@') else { return false };
    text.len() <= 254
        && local.len() <= 64
        && local.split('.').all(|word| !word.is_empty() && word.bytes().all(is_word))
        && host.split('.').all(is_label)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn check(hours: Hours, at: &str, expected: bool) {
        let at = Instant::parse(at).unwrap();
        assert_eq!(hours.contain(at, &Calendar::tokyo([])), expected, "{hours:?} {at}");
    }

    #[test]
    fn hours_are_read_in_tokyo_and_end_before_their_last_minute() {
        let day = Hours { days: Days::Every, from_minute: 9 * 60, to_minute: 18 * 60 };
        check(day, "2026-11-24T09:00:00+09:00", true);
        check(day, "2026-11-24T17:59:59+09:00", true);
        check(day, "2026-11-24T18:00:00+09:00", false);
        check(day, "2026-11-24T00:00:00Z", true);
    }

    #[test]
    fn hours_over_midnight_belong_to_the_day_they_begin_on() {
        let night = Hours { days: Days::Business, from_minute: 22 * 60, to_minute: 6 * 60 };
        // Friday night into Saturday, and Sunday night into Monday.
        check(night, "2026-11-21T03:00:00+09:00", true);
        check(night, "2026-11-23T03:00:00+09:00", false);
    }

    #[test]
    fn a_holiday_is_no_business_day() {
        let business = Hours { days: Days::Business, ..Hours::default() };
        check(business, "2026-11-23T12:00:00+09:00", false);
        check(Hours { days: Days::NonBusiness, ..Hours::default() }, "2026-11-23T12:00:00+09:00", true);
    }

    pub(crate) fn contact(id: &str, phone: &str) -> Contact {
        Contact {
            id: ContactId::new(id),
            name: id.into(),
            phone: phone.into(),
            mail: "a@example.jp".into(),
            hours: Hours::default(),
            reading: String::new(),
            other_phones: vec![],
            services: vec![],
        }
    }

    #[test]
    fn the_first_voice_contact_has_a_phone_and_is_in_hours() {
        let contact = |id: &str, phone: &str, hours| Contact { hours, ..contact(id, phone) };
        let office = Hours { days: Days::Every, from_minute: 540, to_minute: 1080 };
        let contacts = vec![
            contact("mail-only", "", Hours::default()),
            contact("office", "03-0000-0000", office),
            contact("night", "090-0000-0000", Hours::default()),
        ];
        let plan = ContactPlan { contacts, ..ContactPlan::default() };
        let first = |at: &str| {
            let at = Instant::parse(at).unwrap();
            plan.first_voice(&Occasion { at, calendar: &Calendar::tokyo([]), service: None })
                .map(|(rank, c)| (rank, c.id.to_string()))
        };
        assert_eq!(first("2026-11-24T10:00:00+09:00"), Some((2, "office".into())));
        assert_eq!(first("2026-11-24T03:00:00+09:00"), Some((3, "night".into())));
    }

    #[test]
    fn mail_addresses() {
        for good in ["a@b", "a.b+c@example.co.jp", "o'neil@xn--wgv71a119e.jp", "a@10.0.0.1"] {
            assert!(is_mail_address(good), "{good}");
        }
        let bad = ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nBcc: x", "a@b>", "山田@example.jp", "a@例え.jp"];
        for bad in bad.into_iter().chain(["a..b@docomo.ne.jp", ".a@b", "a.@b", "a@-b", "a@b-", "a@b..c", "\"a\"@b"]) {
            assert!(!is_mail_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_line_of_at_most_a_hundred_characters() {
        let long = "山".repeat(101);
        for (name, reading, waived_by, field) in [
            ("山田 太郎", "ヤマダ", None, None),
            (&long[3..], "", None, None),
            (&long, "", None, Some("name")),
            ("山田\t太郎", "", None, Some("name")),
            ("山田\n(携帯)", "", None, Some("name")),
            ("山田", "ヤマダ\n", None, Some("reading")),
            ("山田", "", Some("佐藤\r\n"), Some("waived_by")),
        ] {
            let contact = Contact { name: name.into(), reading: reading.into(), ..contact("a", "03-0000-0000") };
            let waived_by = waived_by.map(str::to_owned);
            let plan = ContactPlan { contacts: vec![contact], waived_by, ..ContactPlan::default() };
            assert_eq!(
                plan.validate().map_err(|refusal| refusal.field()),
                field.map_or(Ok(()), |f| Err(Some(f))),
                "{name:?}"
            );
        }
    }

    /// the minute of the call decides; R-4.2.2-5: where hours ended since the publication, its own contact still counts.
    #[test]
    fn the_first_call_is_possible_also_where_hours_ended_since_the_publication() {
        let office = Hours { days: Days::Every, from_minute: 540, to_minute: 1080 };
        let night = Hours { days: Days::Every, from_minute: 1080, to_minute: 540 };
        let at_hours = |id: &str, hours| Contact { hours, ..contact(id, "03-0000-0000") };
        let office_only = vec![at_hours("office", office), at_hours("deputy", office)];
        let with_night = vec![at_hours("office", office), at_hours("night", night)];
        for (contacts, called, begun, required, first) in [
            (&office_only, "office", "17:59:59", Some("office"), true),
            (&office_only, "deputy", "17:59:59", Some("office"), false),
            (&office_only, "office", "18:00:20", Some("office"), true),
            (&office_only, "deputy", "18:00:20", Some("office"), false),
            (&office_only, "deputy", "18:00:20", Some("left"), true),
            (&office_only, "office", "18:00:20", None, false),
            (&with_night, "office", "18:00:20", Some("office"), false),
            (&with_night, "night", "18:00:20", Some("office"), true),
        ] {
            let plan = ContactPlan { contacts: contacts.clone(), ..ContactPlan::default() };
            let begun_at = Instant::parse(&format!("2026-11-24T{begun}+09:00")).unwrap();
            let required = required.map(ContactId::new);
            let occasion = Occasion { at: begun_at, calendar: &Calendar::tokyo([]), service: None };
            let counts = plan.is_first_call(&ContactId::new(called), required.as_ref(), &occasion);
            assert_eq!(counts, first, "{called} at {begun}, required {required:?}");
        }
    }

    /// R-4.2.2-5, -6: rank by rank, and the one after whom nobody comes ends the round.
    #[test]
    fn turns_follow_the_ranks_of_those_who_may_be_called() {
        let night = Hours { days: Days::Every, from_minute: 1080, to_minute: 540 };
        let contacts = vec![
            contact("a", "03-0000-0001"),
            contact("mail", ""),
            Contact { hours: night, ..contact("b", "03-0000-0002") },
            Contact { services: vec!["db*".into()], ..contact("c", "03-0000-0003") },
        ];
        let plan = ContactPlan { contacts, ..ContactPlan::default() };
        for (time, service, tried, called, before, is_last) in [
            ("20:00", Some("web01"), &[][..], "a", None, false),
            ("20:00", Some("web01"), &["a"], "b", None, true),
            ("20:00", Some("db01"), &["a"], "b", None, false),
            ("20:00", None, &["a", "b"], "c", None, true),
            ("20:00", Some("db01"), &[], "c", Some(1), false),
            ("20:00", Some("db01"), &["a"], "c", Some(3), false),
            ("12:00", Some("web01"), &[], "a", None, true),
            ("12:00", Some("db01"), &[], "a", None, false),
            ("12:00", Some("web01"), &[], "b", Some(1), false),
            ("12:00", Some("web01"), &["a"], "a", None, true),
        ] {
            let at = Instant::parse(&format!("2026-11-24T{time}:00+09:00")).unwrap();
            let tried: Vec<ContactId> = tried.iter().map(|id| ContactId::new(*id)).collect();
            let tried: Vec<&ContactId> = tried.iter().collect();
            let occasion = Occasion { at, calendar: &Calendar::tokyo([]), service };
            let turn = plan.turn(&ContactId::new(called), &tried, &occasion);
            assert_eq!(turn, Turn { before, is_last }, "{time} {service:?} {tried:?} {called}");
        }
    }

    #[test]
    fn numbers_are_compared_as_they_are_dialled() {
        for (a, b) in [("03-1234-5678", "+81 3-1234-5678"), ("(090) 1234 5678", "+81-(0)90-1234-5678")] {
            assert_eq!(digits(a), digits(b));
        }
        assert_ne!(digits("03-1234-5678"), digits("+1 3-1234-5678"));
    }
}
