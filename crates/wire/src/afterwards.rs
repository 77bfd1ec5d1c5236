//! What comes after the fault: reports, and what a major incident asks for.

use crate::{answers, codes};

codes! {
    /// Which report.
    ReportKind {
        /// 速報
        Preliminary,
        /// 最終報告
        Final,
    }
    /// A language a report is written in.
    Language {
        /// 日本語
        Ja,
        /// English
        En,
    }
    /// By what an incident is a major one.
    Criterion {
        /// A whole service for more than 60 minutes.
        WholeService,
        /// Several customers.
        SeveralCustomers,
        /// Data were lost.
        DataLoss,
        /// Information security.
        Security,
    }
    /// How a version of a report stands.
    ReportState {
        /// It waits for the head of desk.
        Awaiting,
        /// Published.
        Approved,
        /// Sent back.
        Returned,
        /// A newer version was written before anybody decided.
        Replaced,
    }
}

answers! {
    /// Reports, and what a major incident asks for.
    Afterwards {
        /// Versions of the reports, in the order they were written.
        reports: Vec<Report>,
        /// What each report would start with, were it written now.
        drafts: Vec<ReportDraft>,
        /// The later date for the final report that was agreed; null where none was.
        agreed: Option<AgreedDate>,
        /// Whether it is a major incident; null where it is none.
        major: Option<Major>,
        /// Reviews of it, in the order they were written.
        reviews: Vec<MajorReview>,
    }
    /// What stands in a report (障害報告書).
    ReportDocument {
        /// The language it is written in.
        language: Language,
        /// 発生
        occurrence: String,
        /// 影響
        impact: String,
        /// 経過, one line a minute.
        course: String,
        /// 原因
        cause: String,
        /// 暫定対応
        provisional: String,
        /// 恒久対策
        permanent: String,
        /// 再発防止
        prevention: String,
    }
    /// One version of a report.
    Report {
        /// Which report.
        report: ReportKind,
        /// Its version, from 1.
        version: u32,
        /// What it says; empty where it was erased.
        document: ReportDocument,
        /// When it was written.
        #[schema(format = DateTime)]
        written: String,
        /// How it stands.
        state: ReportState,
        /// When it was approved or sent back; null while nobody did.
        #[schema(format = DateTime)]
        decided: Option<String>,
        /// Why it replaces what was published; null on the first.
        reason: Option<String>,
        /// Why it was sent back.
        returned_because: Option<String>,
    }
    /// What a report would start with.
    ReportDraft {
        /// Which report.
        report: ReportKind,
        /// The version to send as `follows`.
        follows: u32,
        /// By when it is owed; null where it is not.
        #[schema(format = DateTime)]
        due: Option<String>,
        /// What would stand in it.
        document: ReportDocument,
    }
    /// A later date for the final report.
    AgreedDate {
        /// Until when.
        #[schema(format = DateTime)]
        due: String,
        /// Who agreed for the customer.
        agreed_by: String,
    }
    /// That it is a major incident.
    Major {
        /// By what.
        criterion: Criterion,
        /// Since when.
        #[schema(format = DateTime)]
        at: String,
        /// In whose words.
        reason: Option<String>,
    }
    /// The head of desk's review.
    MajorReview {
        /// When.
        #[schema(format = DateTime)]
        at: String,
        /// 時系列
        timeline: String,
        /// 原因
        cause: String,
        /// 教訓
        lessons: String,
        /// 是正処置: where it is found.
        action: String,
    }
    /// A published report, as its customer reads it.
    PublishedReport {
        /// Which report.
        report: ReportKind,
        /// Its version.
        version: u32,
        /// When it was published.
        #[schema(format = DateTime)]
        published: String,
        /// What it says; empty where it was erased.
        document: ReportDocument,
    }
}
