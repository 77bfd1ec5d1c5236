//! 添付ファイル: files that either side adds to a ticket, and reading them back (R-4.1-1).

use crate::incident::{Done, Seen};
use crate::{Answer, Caller, Desk, Error};
use domain::access::Right;
use domain::attachment::{Attachment, fits, media_type, name};
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, RecordKey, TenantId};
use domain::refusal::Refusal;
use domain::time::Instant;
use store::Write;

/// A file to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its name, as its sender has it.
    pub name: String,
    /// What its sender says it is.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Among ourselves: the customer does not see it. Staff only.
    pub internal: bool,
}

/// A file as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// What its sender says it is.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileListed {
    /// Its number: the place of its fact in the chain.
    pub number: u64,
    /// Its name; none where it was erased.
    pub name: Option<String>,
    /// What it is.
    pub file: Attachment,
    /// When it was added.
    pub at: Instant,
    /// Whether the customer added it.
    pub from_customer: bool,
}

impl NewFile {
    /// What the fact says of it. Nothing is stored where its name or its size does not do.
    fn stored(&self, write: &mut Write) -> Result<Attachment, Refusal> {
        let name = name(&self.name)?;
        fits(self.bytes.len(), 0)?;
        let media_type = media_type(&self.media_type);
        Ok(Attachment {
            name: write.text(&name),
            file: write.blob(&media_type, &self.bytes),
            media_type,
            size: self.bytes.len() as u64,
            internal: self.internal,
        })
    }
}

/// Whoever adds what the customer does not see must be staff.
fn may_be_internal(by_customer: bool, file: &NewFile) -> Result<(), Refusal> {
    match by_customer && file.internal {
        true => {
            Err(Refusal::invalid("internal", "社内のみのファイルは添付できません。", "An internal file is for staff."))
        }
        false => Ok(()),
    }
}

/// The files among the facts of a record, as far as their reader may see them.
fn files_of(facts: Vec<Fact>, internal: bool) -> Vec<(Fact, Attachment)> {
    let file = |fact: Fact| match &fact.body {
        Body::FileAttached(file) if internal || !file.internal => {
            let file = file.clone();
            Some((fact, file))
        }
        _ => None,
    };
    facts.into_iter().filter_map(file).collect()
}

impl Desk {
    /// Adds a file to a request, in every state.
    ///
    /// # Errors
    /// Its name or size does not do, the request has as many as it may, or is out of reach.
    pub async fn attach_to_request(&self, caller: &Caller, key: &RecordKey, file: &NewFile) -> Answer<Done> {
        let scope = self.enter_request(caller, key, &[Right::Operate, Right::SpeakAsCustomer]).await?;
        may_be_internal(scope.role.is_some_and(|role| role.is_customer()), file)?;
        let write = self.begin(&scope.tenant).await?;
        let case = self.open_request(write, key, scope.actor.clone(), scope.role).await?;
        let mut case = case.ok_or_else(Refusal::not_found)?;
        let file = file.stored(&mut case.write)?;
        let facts = case.request.attach(&case.by, file)?;
        case.save(facts).await
    }

    /// Adds a file to an incident that the customer knows of, or an internal one to any.
    ///
    /// # Errors
    /// As for [`Desk::attach_to_request`]; the customer does not know of the incident yet.
    pub async fn attach_to_incident(&self, caller: &Caller, key: &RecordKey, file: &NewFile) -> Answer<Done> {
        let from_customer = caller.is_customer();
        let right = if from_customer { Right::SpeakAsCustomer } else { Right::Operate };
        may_be_internal(from_customer, file)?;
        let mut case = self.open(caller, right, key, Seen::Whatever).await?;
        let file = file.stored(&mut case.write)?;
        let facts = case.incident.attach(&case.by, file, from_customer)?;
        case.save(facts).await
    }

    /// The files of a request or an incident, in the order in which they were added.
    ///
    /// # Errors
    /// There is no such ticket in the caller's reach.
    pub async fn files(&self, caller: &Caller, key: &RecordKey) -> Answer<Vec<FileListed>> {
        let (tenant, files) = self.files_seen(caller, key).await?;
        let names: Vec<BlobId> = files.iter().map(|(_, file)| file.name.clone()).collect();
        let mut names = self.store.tenant(&tenant).texts(&names).await?;
        let listed = |(fact, file): (Fact, Attachment)| FileListed {
            number: fact.seq,
            name: names.remove(&file.name),
            file,
            at: fact.instant,
            from_customer: fact.role.is_some_and(|role| role.is_customer()),
        };
        Ok(files.into_iter().map(listed).collect())
    }

    /// One file of a request or an incident, by its number.
    ///
    /// # Errors
    /// There is no such file in the caller's reach, or it was erased.
    pub async fn file(&self, caller: &Caller, key: &RecordKey, number: u64) -> Answer<FileView> {
        let (tenant, files) = self.files_seen(caller, key).await?;
        let found = files.into_iter().find(|(fact, _)| fact.seq == number);
        let (_, file) = found.ok_or_else(Refusal::not_found)?;
        let store = self.store.tenant(&tenant);
        let name = store.blob_text(&file.name).await?.unwrap_or_else(|| "file".to_owned());
        let (_, bytes) = store
            .blob_bytes(&file.file)
            .await?
            .ok_or_else(|| Refusal::not_now("このファイルは消去されました。", "This file was erased."))?;
        Ok(FileView { name, media_type: file.media_type, bytes })
    }

    async fn files_seen(&self, caller: &Caller, key: &RecordKey) -> Answer<(TenantId, Vec<(Fact, Attachment)>)> {
        let scope = match self.enter_request(caller, key, &[Right::ReadPublished]).await {
            Err(Error::Refused(_)) => self.enter_record(caller, Right::ReadPublished, key).await?,
            entered => entered?,
        };
        let internal = caller.enter(&scope.tenant, Right::ReadOperations).is_ok();
        let store = self.store.tenant(&scope.tenant);
        if !internal && store.incident(key).await?.is_some_and(|incident| incident.known == 0) {
            return Err(Refusal::not_found().into());
        }
        let files = files_of(store.record_facts(key).await?, internal);
        Ok((scope.tenant, files))
    }
}
