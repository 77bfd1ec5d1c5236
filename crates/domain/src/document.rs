//! What the customer confirms at contract: five documents of the provider, each with versions, and the customer's word on one
//! of them (R-5.2-1 to -5, -8).

use crate::paper::Paper;
use crate::refusal::Refusal;
use crate::words::Label;
use serde::{Deserialize, Serialize};

/// Longest text of a document in characters.
pub const TEXT_MAX: usize = 50_000;

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// サービスカタログ (R-5.2-1)
    Catalogue,
    /// サービスレベル (R-5.2-2)
    ServiceLevels,
    /// サービス継続および可用性の要求事項 (R-5.2-3)
    Continuity,
    /// サービスに対する苦情の定義 (R-5.2-4)
    Complaint,
    /// 重大なインシデントの定義 (R-5.2-5)
    MajorIncident,
}

impl DocumentKind {
    /// All of them, in the order of the white paper.
    pub const ALL: [Self; 5] =
        [Self::Catalogue, Self::ServiceLevels, Self::Continuity, Self::Complaint, Self::MajorIncident];

    /// Its name in facts, addresses and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::ServiceLevels => "service_levels",
            Self::Continuity => "continuity",
            Self::Complaint => "complaint",
            Self::MajorIncident => "major_incident",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Its title.
    pub const fn label(self) -> Label {
        match self {
            Self::Catalogue => Label::new("サービスカタログ", "Service catalogue"),
            Self::ServiceLevels => Label::new("サービスレベル (SLO・SLA)", "Service levels (SLO, SLA)"),
            Self::Continuity => {
                Label::new("サービス継続および可用性の要求事項", "Requirements on continuity and availability")
            }
            Self::Complaint => Label::new("サービスに対する苦情の定義", "What counts as a complaint"),
            Self::MajorIncident => Label::new("重大なインシデントの定義", "What counts as a major incident"),
        }
    }
}

/// One version of a document. Its subject is the code of its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Document {
    /// The text.
    pub text: String,
    /// Number or address of the document it is taken from; may be empty.
    pub reference: String,
}

impl Paper for Document {
    const KIND: &'static str = "document";
    const LABEL: Label = Label::new("契約時の確認文書", "Document to confirm");

    fn validate(&self) -> Result<(), Refusal> {
        let length = self.text.chars().count();
        if self.text.trim().is_empty() || length > TEXT_MAX {
            return Err(Refusal::invalid(
                "text",
                format!("本文を1文字から{TEXT_MAX}文字で入力してください。"),
                format!("Give the text in 1 to {TEXT_MAX} characters."),
            ));
        }
        if self.reference.chars().count() > 200 {
            return Err(Refusal::invalid(
                "reference",
                "文書番号は200文字まで入力できます。",
                "A reference has at most 200 characters.",
            ));
        }
        Ok(())
    }
}

/// The customer's approver read this version of a document and confirms it. A paper of the customer, whose subject is the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The version of the document.
    pub version: u32,
}

impl Paper for Confirmation {
    const KIND: &'static str = "confirmation";
    const LABEL: Label = Label::new("確認文書への同意", "Confirmation of a document");

    fn validate(&self) -> Result<(), Refusal> {
        if self.version == 0 {
            return Err(Refusal::invalid("version", "版を指定してください。", "Name the version."));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_code() {
        for kind in DocumentKind::ALL {
            assert_eq!(DocumentKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(DocumentKind::from_code("other"), None);
    }

    #[test]
    fn a_document_has_a_text() {
        let document = |text: &str| Document { text: text.into(), reference: String::new() };
        assert_eq!(document(" ").validate().unwrap_err().field(), Some("text"));
        assert_eq!(document(&"字".repeat(TEXT_MAX + 1)).validate().unwrap_err().field(), Some("text"));
        document(&"字".repeat(TEXT_MAX)).validate().unwrap();
        let long = Document { reference: "x".repeat(201), ..document("x") };
        assert_eq!(long.validate().unwrap_err().field(), Some("reference"));
    }
}
