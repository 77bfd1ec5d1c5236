//! The logins of the demo, as they are printed at the start and shown on the sign-in page.

use super::people::{CUSTOMERS, PASSWORD, PEOPLE, PROVIDER, intake_secret};
use domain::words::{Label, Lang, Words};
use std::fmt;

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// Mail address.
    pub(crate) email: &'static str,
    /// Password.
    pub(crate) password: &'static str,
    /// Name.
    pub(crate) name: &'static str,
    /// Role.
    pub(crate) role: Label,
    /// The provider or the customer.
    pub(crate) company: &'static str,
    /// Language.
    pub(crate) lang: Lang,
}

/// All logins, and a key to send alerts of one's own with.
#[derive(Clone, Debug)]
pub(crate) struct Logins {
    /// The people, the most telling first.
    pub(crate) people: Vec<Login>,
    /// An intake key of the shop: a valid `routing_key`.
    pub(crate) intake_key: String,
}

impl Logins {
    /// The fixed logins; operators first, the administrator last.
    pub(super) fn all() -> Self {
        let login = |person: &super::people::Person| Login {
            email: person.email,
            password: PASSWORD,
            name: person.name,
            role: person.role.label(),
            company: person.customer.and_then(|place| CUSTOMERS.get(place)).map_or(PROVIDER, |customer| customer.name),
            lang: person.lang,
        };
        let mut people: Vec<Login> = PEOPLE.iter().map(login).collect();
        // PEOPLE begins with the administrator, who is the last one a newcomer wants to be.
        people.rotate_left(1);
        Self { people, intake_key: intake_secret("SHOP") }
    }

    /// Rows for the sign-in page: who it is, address, password.
    pub(crate) fn rows(&self) -> Vec<(Words, String, String)> {
        let who = |login: &Login, lang: Lang| {
            let english = if login.lang == Lang::En { lang.pick("・英語表示", ", in English") } else { "" };
            format!("{} {} ({}{english})", login.company, login.name, login.role.in_lang(lang))
        };
        let row = |login: &Login| {
            let who = Words { ja: who(login, Lang::Ja), en: who(login, Lang::En) };
            (who, login.email.to_owned(), login.password.to_owned())
        };
        self.people.iter().map(row).collect()
    }
}

impl fmt::Display for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for login in &self.people {
            let (ja, en) = (login.role.ja, login.role.en);
            let lang = login.lang.tag();
            writeln!(f, "  {:<26} {}  {lang}  {}  {ja} ({en})", login.email, login.password, login.name)?;
        }
        write!(f, "受信キー (SHOP) / intake key (SHOP): {}", self.intake_key)
    }
}
