//! 障害ご連絡: a fault that the customer tells us of, by portal, API or telephone (R-4.2.1-1 to -9; C-19, C-20).
//!
//! It opens an incident like an alert does; this file says what it holds beside that, what it counts as until it is judged,
//! what is still to be asked after a call, and when the caller's own call is the first call of Q-03. `docs/faults.md` tells the
//! rules in a table; the tests beside this file walk it.

use crate::contact::ContactPlan;
use crate::fact::Voice;
use crate::ids::{BlobId, ContactId};
use crate::incident::Mark;
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::words::Label;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// 優先度, as the customer gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// 高
    High,
    /// 中
    Middle,
    /// 低
    Low,
}

impl Priority {
    /// Every priority, the highest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Middle, Self::Low];

    /// The code in facts, forms and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Middle => "middle",
            Self::Low => "low",
        }
    }

    /// Its name.
    pub const fn label(self) -> Label {
        match self {
            Self::High => Label::new("高", "High"),
            Self::Middle => Label::new("中", "Middle"),
            Self::Low => Label::new("低", "Low"),
        }
    }

    /// What it is for, in the words of the service description (R-4.2.1-2 to -4).
    pub const fn meaning(self) -> Label {
        match self {
            Self::High => Label::new(
                "サービスが停止もしくは重大な影響が発生している場合",
                "The service is down or gravely affected",
            ),
            Self::Middle => Label::new("サービスに影響があり得る場合", "The service may be affected"),
            Self::Low => Label::new("サービスにほとんど影響が無い場合", "The service is hardly affected"),
        }
    }

    /// What the notice clock counts until the desk has judged: 高 and 中 as impact, 低 as none (C-20). The first judgement that
    /// counts decides, from the receipt.
    pub const fn counts_as_impact(self) -> bool {
        !matches!(self, Self::Low)
    }
}

/// Why the customer telephones (R-4.1.2-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallReason {
    /// 緊急
    Urgent,
    /// チケットツールが使えない
    ToolOutOfReach,
}

impl CallReason {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Urgent, Self::ToolOutOfReach];

    /// The code in facts, forms and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::ToolOutOfReach => "tool_out_of_reach",
        }
    }

    /// Its name.
    pub const fn label(self) -> Label {
        match self {
            Self::Urgent => Label::new("緊急", "Urgent"),
            Self::ToolOutOfReach => Label::new("チケットツールが使えない", "The ticket tool is out of reach"),
        }
    }
}

/// One thing to ask a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// 会社名: the company could not be found while the call ran.
    Company,
    /// プロジェクト: the company has several and none was named.
    Project,
    /// ご担当者様氏名 (電話をお掛けになっているご本人様)
    Caller,
    /// The caller stands on no list: to be called back on a number that does (R-4.1.2-4).
    CallBack,
    /// Why by telephone.
    Reason,
    /// ご連絡内容
    Content,
    /// 検知日時
    DetectedAt,
    /// ホスト名
    Host,
    /// ビジネスインパクト
    BusinessImpact,
    /// The end of the call and its summary (R-4.1.2-7).
    Summary,
}

impl Item {
    /// The code in the API, which is the name of the field too.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Project => "project",
            Self::Caller => "caller",
            Self::CallBack => "called_back",
            Self::Reason => "by_phone",
            Self::Content => "content",
            Self::DetectedAt => "detected_at",
            Self::Host => "host",
            Self::BusinessImpact => "business_impact",
            Self::Summary => "summary",
        }
    }

    /// Its name.
    pub const fn label(self) -> Label {
        match self {
            Self::Company => Label::new("会社名", "Company"),
            Self::Project => Label::new("プロジェクト名", "Project"),
            Self::Caller => Label::new("ご担当者様氏名", "Caller's name"),
            Self::CallBack => Label::new("折り返しでの本人確認", "Call back to confirm the caller"),
            Self::Reason => Label::new("電話の理由", "Why by telephone"),
            Self::Content => Label::new("ご連絡内容", "What it is about"),
            Self::DetectedAt => Label::new("検知日時", "Detected at"),
            Self::Host => Label::new("ホスト名", "Host"),
            Self::BusinessImpact => Label::new("ビジネスインパクト", "Business impact"),
            Self::Summary => Label::new("通話の終了と要約", "End and summary of the call"),
        }
    }
}

/// A call by which a fault was told, and what is known from it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The fact of the provider's chain by which the call began.
    pub call: u64,
    /// When it began: the clocks run from here.
    pub began: Instant,
    /// Whether that is a stated, earlier begin.
    pub stated: bool,
    /// The company as the caller says it, where it was not found.
    pub company: Option<BlobId>,
    /// Whether the caller named the project, or there is but one.
    pub is_project_sure: bool,
    /// The caller's own name.
    pub caller: Option<BlobId>,
    /// Which contact of the plan that is; none for somebody who stands on no list.
    pub contact: Option<ContactId>,
    /// How an unknown caller was confirmed by a call back.
    pub called_back: Option<BlobId>,
    /// Why by telephone.
    pub by_phone: Option<CallReason>,
    /// What it is about.
    pub content: Option<BlobId>,
    /// When the customer noticed it.
    pub detected_at: Option<Instant>,
    /// Which host.
    pub host: Option<BlobId>,
    /// What it does to the business.
    pub business_impact: Option<BlobId>,
    /// The end of the call and its summary.
    pub ended: Option<(Mark, BlobId)>,
}

/// What was learned of a call by one save; what is absent stays as it was. An empty caller is never saved, so `caller` always
/// says anew which contact it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heard {
    /// The caller named this incident's project.
    #[serde(skip_serializing_if = "is_false")]
    pub project_sure: bool,
    /// The caller's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<BlobId>,
    /// Which contact of the plan the caller is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// How an unknown caller was confirmed by a call back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called_back: Option<BlobId>,
    /// Why by telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_phone: Option<CallReason>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<BlobId>,
    /// When the customer noticed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detected_at: Option<Instant>,
    /// Which host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<BlobId>,
    /// What it does to the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_impact: Option<BlobId>,
    /// The incident's title from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<BlobId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(it: &bool) -> bool {
    !*it
}

impl Heard {
    /// Whether nothing was learned.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Phone {
    /// A call of which only the company is known.
    pub const fn begun(call: u64, began: Instant, stated: bool, company: Option<BlobId>, project_sure: bool) -> Self {
        Self {
            call,
            began,
            stated,
            company,
            is_project_sure: project_sure,
            caller: None,
            contact: None,
            called_back: None,
            by_phone: None,
            content: None,
            detected_at: None,
            host: None,
            business_impact: None,
            ended: None,
        }
    }

    /// Adds what was heard.
    pub fn hear(&mut self, heard: Heard) {
        self.is_project_sure |= heard.project_sure;
        if heard.caller.is_some() {
            (self.caller, self.contact) = (heard.caller, heard.contact);
        }
        self.called_back = heard.called_back.or(self.called_back.take());
        self.by_phone = heard.by_phone.or(self.by_phone);
        self.content = heard.content.or(self.content.take());
        self.detected_at = heard.detected_at.or(self.detected_at);
        self.host = heard.host.or(self.host.take());
        self.business_impact = heard.business_impact.or(self.business_impact.take());
    }

    /// Whether the desk knows that it speaks with this customer: the caller is a contact, or was called back (R-4.1.2-4).
    pub const fn is_vouched(&self) -> bool {
        self.company.is_none() && (self.contact.is_some() || self.called_back.is_some())
    }

    /// What is still to be asked (R-4.2.1-9).
    pub fn owed(&self) -> Vec<Item> {
        let is_unknown = self.caller.is_some() && self.contact.is_none() && self.called_back.is_none();
        [
            (Item::Company, self.company.is_some()),
            (Item::Project, !self.is_project_sure),
            (Item::Caller, self.caller.is_none()),
            (Item::CallBack, is_unknown),
            (Item::Reason, self.by_phone.is_none()),
            (Item::Content, self.content.is_none()),
            (Item::DetectedAt, self.detected_at.is_none()),
            (Item::Host, self.host.is_none()),
            (Item::BusinessImpact, self.business_impact.is_none()),
            (Item::Summary, self.ended.is_none()),
        ]
        .into_iter()
        .filter_map(|(item, is_owed)| is_owed.then_some(item))
        .collect()
    }
}

/// Whether the caller's own call is the first call of Q-03, for a notice that is published while it runs: it is, where the
/// caller is a contact of the plan in force and is told on that call. Rank and hours do not matter: they say whom *we* call
/// when, and this contact called by himself.
///
/// # Errors
/// The fault was not told by telephone, the call has ended, or the caller is no contact of the plan in force.
pub fn told_on_own_call(phone: Option<&Phone>, plan: Option<&ContactPlan>) -> Result<Voice, Refusal> {
    let refused = |ja: &str, en: &str| Err(Refusal::invalid("told_caller", ja, en));
    let Some(phone) = phone else {
        return refused(
            "お客様からのお電話で受けた障害ではありません。最初の連絡先に架電してください。",
            "This was not told to us by telephone. Call the first contact.",
        );
    };
    if phone.ended.is_some() {
        return refused(
            "お客様との通話は終わっています。最初の連絡先に架電してください。",
            "The caller's call has ended. Call the first contact.",
        );
    }
    match phone.contact.as_ref().filter(|id| plan.is_some_and(|plan| plan.contact(id).is_some())) {
        Some(contact) => Ok(Voice::OnOwnCall { contact: contact.clone() }),
        None => refused(
            "お電話の方は連絡体制にありません。最初の連絡先に架電してください。",
            "The caller is no contact of the plan. Call the first contact.",
        ),
    }
}

/// When a fault may have been noticed (R-4.2.1-5).
///
/// # Errors
/// It lies after the receipt.
pub fn detected(at: Instant, received: Instant) -> Result<Instant, Refusal> {
    if at > received {
        return Err(Refusal::invalid(
            "detected_at",
            "検知日時は受付より前の日時を入力してください。",
            "The fault was noticed before it is told: give an instant that is not in the future.",
        ));
    }
    Ok(at)
}

/// The title of a fault: its host and the first line of what is wrong, at most 80 characters.
pub fn title(host: &str, details: &str) -> String {
    let line = details.trim().lines().next().unwrap_or_default().trim();
    let whole = match host.trim() {
        "" => line.to_owned(),
        host if line.contains(host) => line.to_owned(),
        host => format!("{host} {line}"),
    };
    let mut title: String = whole.chars().take(TITLE_MAX).collect();
    if whole.chars().count() > TITLE_MAX {
        title.push('…');
    }
    title
}

const TITLE_MAX: usize = 80;

/// Whether a name, reading, key or telephone number is what somebody looks for: letters whatever their case, width or kana,
/// numbers from four digits on by their end, so that +81 and a leading zero find each other.
pub fn finds(sought: &str, held: &str) -> bool {
    let (sought, held) = (folded(sought), folded(held));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_number = !sought.is_empty() && sought.chars().all(|c| c.is_ascii_digit() || "+-()".contains(c));
    if is_number {
        let is_abroad = sought.starts_with('+');
        let (sought, held) = (digits(&sought), digits(&held));
        let national = if is_abroad { sought.strip_prefix("81") } else { sought.strip_prefix('0') };
        let is_whole = |national: &&str| national.len() >= WHOLE_MIN;
        return sought.len() >= NUMBER_MIN
            && (held.ends_with(&sought) || national.filter(is_whole).is_some_and(|national| held.ends_with(national)));
    }
    !sought.is_empty() && held.contains(&sought)
}

/// Whether a name that was said is a held one, whatever its blanks, width or kana.
pub fn is_name_of(said: &str, held: &str) -> bool {
    let said = folded(said);
    !said.is_empty() && said == folded(held)
}

/// What correlates an incident with the call by which it was told: one call opens one incident of a project, however often the
/// form is sent.
pub fn dedup_key(call: u64) -> String {
    format!("call:{call}")
}

/// Digits of the end of a number that tell whose it is.
const NUMBER_MIN: usize = 4;
/// Digits of a whole national number without its leading zero.
const WHOLE_MIN: usize = 8;

/// Without blanks, in lower case, ASCII for its wide forms, katakana for hiragana.
fn folded(text: &str) -> String {
    let fold = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3041}'..='\u{3096}' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
        '‐' | '–' | '−' => '-',
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(fold).flat_map(char::to_lowercase).collect()
}
