//! What the verbs of a request are given: the same structs for the API's JSON and the page's form.

use domain::access::Right;
use domain::catalogue::Values;
use domain::process::{Verb, shipped};
use domain::request::Pace;
use domain::time::Instant;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request to file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewRequest {
    /// Key of the project.
    #[schema(required)]
    pub project: String,
    /// Code of the catalogue entry.
    #[schema(required)]
    pub entry: String,
    /// What the entry asks for, by field code.
    #[schema(required, value_type = std::collections::BTreeMap<String, String>)]
    pub fields: Values,
    /// 優先度: `high` sooner than the standard days, `middle` in them (the ordinary choice), `low` without a date.
    #[schema(value_type = Option<String>)]
    pub pace: Option<Pace>,
    /// 実施希望日: with 中 the N-th business day or later.
    #[schema(value_type = Option<String>, format = Date)]
    pub wished: Option<Date>,
    /// 緊急: the monitoring centre is told at once, the target stays.
    pub urgent: bool,
    /// 担当者 (MSP 側担当者): empty or `MSP` for the group, which is the ordinary choice; a person's name only where that was
    /// arranged beforehand.
    pub assignee: String,
    /// Where a named person was arranged.
    pub arrangement: String,
    /// Where it came by telephone: who called, by name. Staff only.
    pub caller: String,
    /// Why this side files what the other files in the ordinary course.
    pub reason: String,
}

/// What a verb is given; each reads what it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RequestInput {
    /// The version of the request that was seen.
    pub version: u64,
    /// The words.
    pub text: String,
    /// Why.
    pub reason: String,
    /// Whether the work affects the service.
    pub affects: bool,
    /// When the work was completed; absent means now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Instant>,
    /// The day or the beginning of the window that is offered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Instant>,
    /// The end of the window.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Instant>,
    /// The new due day.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// Whether the customer agrees.
    pub agreed: bool,
    /// Code of the right entry.
    pub entry: String,
    /// Key of the other ticket, to link it.
    pub record: String,
    /// What that entry asks for.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub fields: Values,
}

/// A verb of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// 担当する
    Take,
    /// 計画する
    Plan,
    /// 承認する
    Approve,
    /// 作業を始める
    Begin,
    /// 完了する
    Complete,
    /// 差し戻す
    GiveBack,
    /// 完了を確認する
    Close,
    /// 対象外とする
    Decline,
    /// 取り消す
    Cancel,
    /// 確認を依頼する
    Ask,
    /// 回答する
    Answer,
    /// 日程を提案する
    Offer,
    /// 日程に返答する
    Reply,
    /// 特段の事情
    Except,
    /// 緊急にする
    Urge,
    /// 種別を変える
    Reclassify,
    /// メッセージ
    Message,
    /// 内部メモ
    Note,
    /// 期限超過を説明する
    Explain,
    /// 作業を分ける
    Split,
    /// 開発チームに引き継ぐ
    Hand,
    /// 開発チームから戻す
    HandBack,
    /// 作業前の状態を残す
    Before,
    /// 作業後の状態を残す
    After,
    /// 別の担当者が確かめる
    Check,
    /// ほかのチケットと結ぶ
    Link,
}

impl Act {
    /// All.
    pub const ALL: [Self; 26] = [
        Self::Take,
        Self::Plan,
        Self::Approve,
        Self::Begin,
        Self::Complete,
        Self::GiveBack,
        Self::Close,
        Self::Decline,
        Self::Cancel,
        Self::Ask,
        Self::Answer,
        Self::Offer,
        Self::Reply,
        Self::Except,
        Self::Urge,
        Self::Reclassify,
        Self::Message,
        Self::Note,
        Self::Explain,
        Self::Split,
        Self::Hand,
        Self::HandBack,
        Self::Before,
        Self::After,
        Self::Check,
        Self::Link,
    ];

    /// Its noun in paths.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Take => "assignment",
            Self::Plan => "plan",
            Self::Approve => "approval",
            Self::Begin => "start",
            Self::Complete => "completion",
            Self::GiveBack => "return",
            Self::Close => "closure",
            Self::Decline => "refusal",
            Self::Cancel => "cancellation",
            Self::Ask => "question",
            Self::Answer => "answer",
            Self::Offer => "date",
            Self::Reply => "date-reply",
            Self::Except => "exception",
            Self::Urge => "urgency",
            Self::Reclassify => "entry",
            Self::Message => "message",
            Self::Note => "note",
            Self::Explain => "explanation",
            Self::Split => "part",
            Self::Hand => "hand-over",
            Self::HandBack => "hand-over-return",
            Self::Before => "state-before",
            Self::After => "state-after",
            Self::Check => "work-check",
            Self::Link => "link",
        }
    }

    /// Its code in the procedure.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Plan => "plan",
            Self::Approve => "approve",
            Self::Begin => "begin",
            Self::Complete => "complete",
            Self::GiveBack => "give_back",
            Self::Close => "close",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Ask => "ask",
            Self::Answer => "answer",
            Self::Offer => "offer",
            Self::Reply => "reply",
            Self::Except => "except",
            Self::Urge => "urge",
            Self::Reclassify => "reclassify",
            Self::Message => "message",
            Self::Note => "note",
            Self::Explain => "explain",
            Self::Split => "split",
            Self::Hand => "hand",
            Self::HandBack => "hand_back",
            Self::Before => "record_before",
            Self::After => "record_after",
            Self::Check => "check",
            Self::Link => "link",
        }
    }

    /// Which rights allow it under the procedure that ships: any of them. A version of the procedure can ask for less only.
    pub fn rights(self) -> Vec<Right> {
        shipped::request().verb(self.code()).map(Verb::rights).unwrap_or_default()
    }

    /// Whether it may be done whatever happened since the page was opened.
    pub fn fits_any_version(self) -> bool {
        shipped::request().verb(self.code()).is_some_and(Verb::fits_any_version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::process::Who;

    #[test]
    fn the_verbs_are_those_of_the_procedure() {
        let process = shipped::request();
        let filed = process.opening().map(|verb| verb.code.as_str());
        let said: Vec<_> = process.verbs.iter().filter(|verb| Some(verb.code.as_str()) != filed).collect();
        assert_eq!(said.len(), Act::ALL.len());
        for act in Act::ALL {
            let verb = process.verb(act.code()).unwrap_or_else(|| panic!("{act:?} is not in the procedure"));
            assert_eq!(verb.noun, act.noun(), "{act:?}");
            assert!(verb.who.iter().all(|who| !matches!(who, Who::Role(_))), "{act:?}: a request asks for rights");
        }
    }
}
