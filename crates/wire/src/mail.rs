//! Mails that came in and joined no ticket.

use crate::answers;

answers! {
    /// A mail kept for people.
    KeptMail {
        /// Its number.
        mail: u64,
        /// When it came.
        #[schema(format = DateTime)]
        received: String,
        /// Why it joined no ticket: `unreadable`, `automatic`, `forged`, `sender`, `no_tag`, `wrong_tag`, `expired`, `stranger` or
        /// `refused`.
        why: String,
        /// The ticket it seems to be about; nothing proves it.
        guess: Option<String>,
        /// Who wrote it, as it says.
        from: String,
        /// Its subject.
        subject: String,
        /// Its text without the mail it answers.
        text: String,
        /// When somebody dealt with it; null while it waits.
        #[schema(format = DateTime)]
        settled: Option<String>,
        /// The ticket it was put on.
        attached: Option<String>,
    }
    /// The number of a mail that was dealt with.
    MailSettled {
        /// Its number.
        mail: u64,
    }
}
