//! Notices of a project, and documents to confirm at contract.

use crate::answers;

answers! {
    /// The notice board of a project.
    NoticeBoard {
        /// The project.
        project: String,
        /// Version of the board; 0 where nothing was posted yet.
        version: u32,
        /// What is shown today, the newest first.
        posts: Vec<NoticePost>,
    }
    /// A notice.
    NoticePost {
        /// Its place on the board, from 1.
        place: u32,
        /// 件名
        title: String,
        /// 本文
        text: String,
        /// The day it was posted.
        #[schema(format = Date)]
        posted: String,
        /// The last day on which it is shown; null for as long as it stands.
        #[schema(format = Date)]
        until: Option<String>,
    }
    /// A document to confirm at contract.
    ContractDocument {
        /// Its code.
        document: String,
        /// Its title in Japanese.
        title: String,
        /// Its newest version; null where none was published.
        version: Option<u32>,
        /// When that was published.
        #[schema(format = DateTime)]
        published: Option<String>,
        /// Its text.
        text: Option<String>,
        /// Number or address of the document it is taken from.
        reference: Option<String>,
        /// The customers that you reach.
        customers: Vec<DocumentStanding>,
    }
    /// How a customer stands to a document.
    DocumentStanding {
        /// Which customer.
        tenant: String,
        /// The newest version it confirmed.
        version: Option<u32>,
        /// When.
        #[schema(format = DateTime)]
        confirmed: Option<String>,
    }
}
