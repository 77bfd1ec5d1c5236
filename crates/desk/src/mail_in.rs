//! Mail that comes back: each joins the ticket whose address for replies it was sent to, or is kept for people (F41;
//! `docs/mail.md`). Whatever it becomes is durable when [`Desk::take_mail`] returns; nothing is ever answered.

mod joining;
mod kept;
mod reply_address;

pub use kept::{KeptMail, MailAttachment, MailDrop, MailSettled};
pub(crate) use reply_address::Receiving;

use crate::incident::one_line;
use crate::{Answer, Change, Desk, Error};
use domain::fact::{Body, NewFact, sha256};
use domain::ids::RecordKey;
use domain::mail_in::{COUNTED_MS, NoRoom, ReplyTo, Signs, Why, automatic, guess, plain, project_of, room, unquoted};
use joining::{Joined, Speaker, Words};
use store::NewMail;

/// A mail as the listener read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Addresses of the envelope.
    pub recipients: Vec<String>,
    /// Whether it could be read as a mail; what follows is empty where not.
    pub is_readable: bool,
    /// What tells whether a machine wrote it.
    pub signs: Signs,
    /// Whether the mail server in front says that its sender is forged.
    pub is_forged: bool,
    /// Who wrote it: name and address; more than one where it says so.
    pub from: Vec<(String, String)>,
    /// Identifiers of the mails it answers, oldest first.
    pub follows: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its text, quotations and all.
    pub text: String,
    /// Names of what is attached, each with its size in bytes. It stays in the raw mail.
    pub attachments: Vec<(String, usize)>,
    /// It, as it came.
    pub raw: Vec<u8>,
}

/// What became of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The tickets it stands on now, also where it did before.
    pub joined: Vec<RecordKey>,
    /// Why it was kept for people; none where it was not.
    pub kept: Option<Why>,
    /// Why it was not even kept; it is nowhere then.
    pub refused: Option<NoRoom>,
}

/// Characters of a text on a ticket.
const TEXT_MAX: usize = 19_000;

impl Arrived {
    /// What tells it from every other mail: a hash of its `Message-ID` and of what it says, for there are machines that give all
    /// their mails one; of all of it where it has none.
    fn id(&self) -> String {
        let id = self.signs.message_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let Some(id) = id else { return sha256(&[b"raw\0", &self.raw]).to_string() };
        let said =
            [id, &self.writers(), &self.subject, &self.words()].map(|part| sha256(&[part.as_bytes()]).to_string());
        sha256(&[b"id\0", said.concat().as_bytes()]).to_string()
    }

    /// Who wrote it, as it is shown.
    fn writers(&self) -> String {
        let one = |(name, address): &(String, String)| match name.trim() {
            "" => address.clone(),
            name => format!("{name} <{address}>"),
        };
        one_line(&self.from.iter().map(one).collect::<Vec<_>>().join(", "))
    }

    /// What its writer wrote, and what they attached.
    fn words(&self) -> String {
        let is_shown = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        let text: String = self.text.replace("\r\n", "\n").chars().filter(is_shown).collect();
        let mut words: String = unquoted(&text).chars().take(TEXT_MAX).collect();
        if words.is_empty() {
            words.push_str("(本文はありません)");
        }
        if !self.attachments.is_empty() {
            words.push_str("\n\n添付ファイル (元のメールに保存):");
            // A mail of a thousand parts names the first twenty.
            for (name, bytes) in self.attachments.iter().take(20) {
                words.push_str(&format!("\n- {} ({} KB)", one_line(name), bytes.div_ceil(1024)));
            }
        }
        words
    }

    /// Why it joins nothing, whatever it was sent to.
    fn stops(&self, message_domain: &str) -> Option<Why> {
        if !self.is_readable {
            Some(Why::Unreadable)
        } else if automatic(&self.signs, message_domain) {
            Some(Why::Automatic)
        } else if self.is_forged {
            Some(Why::Forged)
        } else if self.from.len() != 1 {
            Some(Why::Sender)
        } else {
            None
        }
    }
}

impl Desk {
    /// Takes a mail in: puts its words on the tickets whose addresses for replies it was sent to by their own reader, else keeps it
    /// for people. The same mail a second time changes nothing.
    ///
    /// # Errors
    /// The database does not answer; the mail is to be sent again then.
    pub async fn take_mail(&self, mail: &Arrived) -> Answer<Taken> {
        let domain = self.receiving.as_ref().map(|it| it.domain.as_str()).unwrap_or_default();
        let mut wanted: Vec<ReplyTo> = vec![];
        for address in mail.recipients.iter().filter_map(|address| ReplyTo::read(address, domain)) {
            if !wanted.contains(&address) {
                wanted.push(address);
            }
        }
        let mut taken = Taken { kept: mail.stops(&self.settings.message_domain), ..Taken::default() };
        if taken.kept.is_none() {
            for address in &wanted {
                match self.join_ticket(mail, address).await? {
                    Ok(()) => taken.joined.push(address.ticket.clone()),
                    Err(why) => taken.kept = taken.kept.or(Some(why)),
                }
            }
            if wanted.is_empty() {
                taken.kept = Some(Why::NoTag);
            }
        }
        if let Some(why) = taken.kept {
            let named = wanted.first().map(|address| address.ticket.clone());
            let about = named.or_else(|| guess(&mail.follows, &mail.subject, &self.settings.message_domain));
            // Whoever reached a ticket is no stranger.
            let is_counted = taken.joined.is_empty();
            if let Some(no_room) = self.keep_mail(mail, why, about, is_counted).await? {
                taken = Taken { refused: Some(no_room), ..Taken::default() };
            }
        }
        Ok(taken)
    }

    /// Puts a mail on the ticket of an address it was sent to, or says why it does not belong there.
    async fn join_ticket(&self, mail: &Arrived, address: &ReplyTo) -> Answer<Result<(), Why>> {
        let Some(project) = project_of(&address.ticket) else { return Ok(Err(Why::WrongTag)) };
        let Some(tenant) = self.store.system().tenant_of_project(&project).await? else {
            return Ok(Err(Why::WrongTag));
        };
        // Exactly one, or it would have been stopped.
        let from = mail.from.first().map(|(_, address)| plain(address)).unwrap_or_default();
        if !self.is_tagged(address, &tenant, &from) {
            return Ok(Err(Why::WrongTag));
        }
        let now = self.now().await?;
        if address.is_expired(now) {
            return Ok(Err(Why::Expired));
        }
        let Some(writer) = self.customer_writing(&tenant, &project, &from, now).await? else {
            return Ok(Err(Why::Stranger));
        };
        let words = Words { mail: &mail.id(), text: &mail.words(), from: &mail.writers(), raw: &mail.raw };
        let by = Speaker { reason: None, ..writer.clone() };
        match self.put_on(&tenant, &address.ticket, &words, writer, by).await {
            Ok(Joined::Now | Joined::Before) => Ok(Ok(())),
            Err(Error::Refused(_)) => Ok(Err(Why::Refused)),
            Err(failed) => Err(failed),
        }
    }

    /// Keeps a mail for people, once; where there is no room, says so.
    async fn keep_mail(
        &self,
        mail: &Arrived,
        why: Why,
        about: Option<RecordKey>,
        is_counted: bool,
    ) -> Answer<Option<NoRoom>> {
        let provider = self.provider_id().await?;
        let mut write = self.store.write(&provider).await?;
        let id = mail.id();
        if write.has_mail(&id).await? {
            return Ok(None);
        }
        if is_counted {
            let since = write.now().plus_ms(-COUNTED_MS);
            let lately = write.kept_since(since, &mail.writers()).await?;
            if let Err(no_room) = room(&lately, mail.raw.len() as u64) {
                return Ok(Some(no_room));
            }
        }
        let (from, subject) = (write.text(&mail.writers()), write.text(&one_line(&mail.subject)));
        let text = write.text(&mail.words());
        let raw = write.blob("message/rfc822", &mail.raw);
        let body = Body::MailKept {
            mail: id.clone(),
            why,
            guess: about.clone(),
            from: from.clone(),
            subject: subject.clone(),
            text: text.clone(),
            raw: raw.clone(),
        };
        let fact = write.append(NewFact::by_system(None, body));
        let row = NewMail {
            number: fact.seq,
            mail: id,
            why: Some(why.code().to_owned()),
            record: about,
            sender: from,
            subject: Some(subject),
            words: Some(text),
            raw,
        };
        write.add_mail(&row).await?;
        write.commit().await?;
        self.ring(Change::Act);
        Ok(None)
    }
}
