//! Which blobs a fact names.

use super::{Body, Fact, Origin};
use crate::fault::Heard;
use crate::ids::BlobId;

impl Fact {
    /// The blobs that must be there, erased or not, for this fact to be readable.
    pub fn blobs(&self) -> impl Iterator<Item = &BlobId> {
        self.body.blobs().into_iter().flatten().chain(&self.reason)
    }

    /// Those of them that are words: all but the bytes of files.
    pub fn words(&self) -> impl Iterator<Item = &BlobId> {
        let bytes = if let Body::FileAttached(file) = &self.body { Some(&file.file) } else { None };
        self.blobs().filter(move |id| Some(*id) != bytes)
    }
}

impl Body {
    /// The blobs the body names; no kind names more than six.
    fn blobs(&self) -> [Option<&BlobId>; 6] {
        let one = |a| [Some(a), None, None, None, None, None];
        let two = |a, b| [Some(a), b, None, None, None, None];
        match self {
            Self::TenantAdded { name } | Self::TenantRenamed { name } | Self::ProjectAdded { name, .. } => one(name),
            Self::VersionRecorded { document, .. }
            | Self::TableFrozen { document, .. }
            | Self::TableRestated { document, .. } => one(document),
            Self::MorningTold { text, .. } => one(text),
            Self::WebhookAdded { url, .. } => one(url),
            Self::MailKept { from, subject, text, raw, .. } => {
                [Some(from), Some(subject), Some(text), Some(raw), None, None]
            }
            Self::MailJoined { from, raw, .. } => two(from, Some(raw)),
            Self::IncidentOpened { title, origin, .. } => match origin {
                Origin::Customer { host, business_impact, details, .. } => {
                    [Some(title), Some(host), Some(business_impact), Some(details), None, None]
                }
                Origin::Telephone { company, .. } => two(title, company.as_ref()),
                Origin::Alert { .. } | Origin::Heartbeat { .. } | Origin::Window { .. } => one(title),
            },
            Self::CallerHeard(heard) => {
                let Heard { caller, called_back, content, host, business_impact, title, .. } = &**heard;
                [caller, called_back, content, host, business_impact, title].map(Option::as_ref)
            }
            Self::IntakeCallEnded { summary } => one(summary),
            Self::CauseOpened { title } => one(title),
            Self::IncidentChecked { how, result } => two(how, Some(result)),
            Self::IncidentNotified { text, .. }
            | Self::InterimReported { text, .. }
            | Self::IncidentRecurred { text }
            | Self::IncidentNoted { text }
            | Self::IncidentMessaged { text, .. } => one(text),
            Self::ReportWritten { document: blob, .. }
            | Self::ReportApproved { text: blob, .. }
            | Self::ReportDateAgreed { agreed_by: blob, .. } => one(blob),
            Self::MajorReviewed { timeline, cause, lessons, action } => {
                [Some(timeline), Some(cause), Some(lessons), Some(action), None, None]
            }
            Self::CallBegun { number, .. } => one(number),
            Self::CallEnded { note, .. } => [note.as_ref(), None, None, None, None, None],
            Self::CalledBack { number, name, note, .. } => [Some(number), Some(name), note.as_ref(), None, None, None],
            Self::ConsentHeard { who, number, words, what } => {
                [Some(who), Some(number), Some(words), Some(what), None, None]
            }
            Self::ConsentDisputed { text, .. }
            | Self::Promised { text, .. }
            | Self::SupplierCaseAnswered { text, .. }
            | Self::HandedOver { text, .. } => one(text),
            Self::Escalated { text, .. } | Self::PromiseKept { text, .. } => {
                [text.as_ref(), None, None, None, None, None]
            }
            Self::SupplierCaseOpened { number, .. } => one(number),
            Self::RecoveryStepDone { step, result, .. } => two(step, Some(result)),
            Self::RecoveryNotified { method, confirmed_by, text, .. } => {
                [Some(method), Some(confirmed_by), Some(text), None, None, None]
            }
            Self::IncidentClosed { cause, confirmed_by, .. } => two(cause, confirmed_by.as_ref()),
            Self::FalseAlarmDeclared { grounds } => one(grounds),
            Self::MessageAttempted { detail, .. } => one(detail),
            Self::WindowAnnounced { hosts, work, caller, .. } => {
                [Some(hosts), Some(work), caller.as_ref(), None, None, None]
            }
            Self::RequestFiled(filed) => {
                let (assignee, arrangement) = (filed.assignee.as_ref(), filed.arrangement.as_ref());
                [Some(&filed.title), Some(&filed.details), assignee, arrangement, None, None]
            }
            Self::RecordOpened(opened) => two(&opened.title, Some(&opened.fields)),
            Self::RecordActed(acted) => [acted.fields.as_ref(), None, None, None, None, None],
            Self::RequestPlanned { plan: blob, .. }
            | Self::RequestCompleted { result: blob, .. }
            | Self::RequestDeclined { guidance: blob }
            | Self::RequestAsked { text: blob }
            | Self::RequestAnswered { text: blob }
            | Self::RequestExcepted { text: blob, .. }
            | Self::RequestMessaged { text: blob, .. }
            | Self::RequestNoted { text: blob }
            | Self::RequestEvidenced { text: blob, .. }
            | Self::WorkChecked { text: blob }
            | Self::RequestHandedOver { text: blob, .. }
            | Self::MissExplained { text: blob } => one(blob),
            Self::SecretHanded { label, .. } => one(label),
            Self::FileAttached(file) => two(&file.name, Some(&file.file)),
            Self::DateOffered { text, .. } => [text.as_ref(), None, None, None, None, None],
            Self::RequestTaken { .. }
            | Self::WorkApproved { .. }
            | Self::RequestBegun {}
            | Self::RequestReturned {}
            | Self::RequestClosed { .. }
            | Self::RequestCancelled {}
            | Self::DateReplied { .. }
            | Self::RequestMadeUrgent {}
            | Self::RequestReclassified { .. }
            | Self::RequestDuePassed { .. }
            | Self::RequestReminded { .. }
            | Self::RequestPaged { .. }
            | Self::RequestSplit { .. }
            | Self::RequestLinked { .. }
            | Self::ProjectStarted { .. }
            | Self::IntakeCallBegun {}
            | Self::VersionAgreed { .. }
            | Self::MembershipGranted { .. }
            | Self::MembershipEnded { .. }
            | Self::DelegationGranted { .. }
            | Self::DelegationEnded { .. }
            | Self::KeyAdded { .. }
            | Self::KeyRevoked { .. }
            | Self::WebhookDisabled { .. }
            | Self::ClockStepped { .. }
            | Self::MailSettled { .. }
            | Self::IncidentTaken { .. }
            | Self::IncidentJudged { .. }
            | Self::JudgementConfirmed { .. }
            | Self::CallConnected { .. }
            | Self::EscalationTaken { .. }
            | Self::PageQueued { .. }
            | Self::CauseClosed { .. }
            | Self::CauseLinked { .. }
            | Self::CauseUnlinked { .. }
            | Self::IncidentMerged { .. }
            | Self::IncidentSeparated {}
            | Self::ParentMoved { .. }
            | Self::ChildMerged { .. }
            | Self::ChildSeparated { .. }
            | Self::ChildAlerted { .. }
            | Self::CallVoided { .. }
            | Self::NoticeAcknowledged { .. }
            | Self::TicketRead {}
            | Self::RunbookMissing { .. }
            | Self::RunbookProvided { .. }
            | Self::RunbookDeclined {}
            | Self::ReportReturned { .. }
            | Self::MajorDeclared { .. }
            | Self::IncidentRecovered { .. }
            | Self::RecoveryWithdrawn {}
            | Self::FalseAlarmReviewed { .. }
            | Self::IncidentReminded { .. }
            | Self::TargetPassed { .. }
            | Self::SlotMissed { .. }
            | Self::VerdictGiven { .. }
            | Self::AlertJoined { .. }
            | Self::AlertResolved { .. }
            | Self::AlertAcknowledged { .. }
            | Self::AlertCounted { .. }
            | Self::AlertCarried { .. }
            | Self::WindowChanged { .. }
            | Self::WindowEnded { .. }
            | Self::WindowCancelled { .. }
            | Self::WindowKept { .. }
            | Self::WindowResolved { .. }
            | Self::WindowCounted { .. }
            | Self::MessageQueued { .. }
            | Self::MessageUndelivered { .. }
            | Self::SecretRead { .. }
            | Self::SecretTakenBack { .. }
            | Self::SecretExpired { .. }
            | Self::DisposalProposed { .. }
            | Self::DisposalAnswered { .. }
            | Self::DisposalEnded { .. }
            | Self::RecordDisposed { .. }
            | Self::WordsErased { .. } => [None; 6],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Actor;
    use crate::fact::NewFact;
    use crate::ids::TenantId;
    use crate::time::Instant;

    #[test]
    fn the_reason_is_named_too() {
        let text = |name: &str| BlobId::new(name);
        let body = Body::IncidentChecked { how: text("how"), result: text("result") };
        let new = NewFact { record: None, body, actor: Actor::System, role: None, reason: Some(text("reason")) };
        let fact = new.at(TenantId::new("a"), 1, Instant::from_ms(0));
        assert_eq!(fact.blobs().map(BlobId::as_str).collect::<Vec<_>>(), ["how", "result", "reason"]);
    }
}
