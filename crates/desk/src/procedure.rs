//! Procedures in force: those that ship and the versions recorded since (design §4). A record keeps the version it began under.

use crate::desk::read_paper;
use crate::tenant::record;
use crate::{Answer, Caller, Change, Desk};
use domain::access::{Actor, Right};
use domain::fact::Body;
use domain::ids::{ProjectKey, RecordKey, TenantId};
use domain::incident::Incident;
use domain::paper::Paper;
use domain::process::{Process, ProcessText, shipped};
use domain::refusal::Refusal;
use domain::request::Request;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Failure;

/// Versions that were read before, by code and number. What is recorded never changes.
#[derive(Debug, Default)]
pub(crate) struct Editions(Mutex<HashMap<(String, u32), Arc<Process>>>);

/// A version of a procedure that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// Its code.
    pub process: String,
    /// The version's number.
    pub version: u32,
}

/// The way of a record.
#[derive(Clone, Debug)]
pub struct Walked {
    /// Its procedure.
    pub process: Arc<Process>,
    /// Which version that is; none: the one that shipped.
    pub edition: Option<u32>,
    /// The states it was in, in their order.
    pub states: Vec<String>,
}

/// A procedure in force.
#[derive(Clone, Debug)]
pub struct Edition {
    /// Its number; none for the one that shipped.
    pub number: Option<u32>,
    /// What it says.
    pub process: Arc<Process>,
}

fn shipped_as(code: &str) -> Option<Arc<Process>> {
    shipped::all().iter().find(|process| process.code == code).cloned()
}

/// Whether a text can stand for the procedure of a process that has rules of its own.
fn fits(process: &Process) -> Result<(), Refusal> {
    let is_fit = match process.code.as_str() {
        "request" => Request::fits(process),
        "incident" => Incident::fits(process),
        _ => true,
    };
    let ja = "この手続きの状態と操作は製品の規則と結び付いています。状態・操作の名前は変えられません。";
    let en = "The states and verbs of this procedure are tied to rules of the product: their names cannot change.";
    if is_fit { Ok(()) } else { Err(Refusal::invalid("ja", ja, en)) }
}

impl Desk {
    /// Every procedure in force, those that ship first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn procedures(&self) -> Answer<Vec<Edition>> {
        let mut codes: Vec<String> = shipped::all().iter().map(|process| process.code.clone()).collect();
        if let Some(provider) = self.store.system().provider().await? {
            let now = self.now().await?;
            let recorded = self.store.tenant(&provider.id).papers_at(ProcessText::KIND, now).await?;
            codes.extend(recorded.into_iter().map(|row| row.subject).filter(|code| shipped_as(code).is_none()));
        }
        let mut editions = vec![];
        for code in codes {
            editions.extend(self.procedure(&code).await?);
        }
        Ok(editions)
    }

    /// The procedure of a code that is in force now; none where there is none.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn procedure(&self, code: &str) -> Answer<Option<Edition>> {
        let shipped = || shipped_as(code).map(|process| Edition { number: None, process });
        let Some(provider) = self.store.system().provider().await? else { return Ok(shipped()) };
        let now = self.now().await?;
        let row = self.store.tenant(&provider.id).version_at(ProcessText::KIND, code, now).await?;
        let Some(row) = row else { return Ok(shipped()) };
        let process = self.procedure_of(code, Some(row.version)).await?;
        Ok(Some(Edition { number: Some(row.version), process }))
    }

    /// A version of a procedure by its number; none: the one that ships.
    ///
    /// # Errors
    /// There is no such version, or the database does not answer.
    pub(crate) async fn procedure_of(&self, code: &str, number: Option<u32>) -> Answer<Arc<Process>> {
        let absent = || Failure::Corrupt(format!("procedure {code} version {number:?} is not there"));
        let Some(number) = number else { return Ok(shipped_as(code).ok_or_else(absent)?) };
        let place = (code.to_owned(), number);
        let known = self.editions.0.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        if let Some(process) = known {
            return Ok(process);
        }
        let provider = self.store.system().provider().await?.ok_or_else(absent)?;
        let row = self.store.tenant(&provider.id).version(ProcessText::KIND, code, number).await?.ok_or_else(absent)?;
        let (_, text) = read_paper::<ProcessText>(&row)?;
        let process = text.process(code).map_err(|flaw| Failure::Corrupt(flaw.to_string()))?;
        let process = Arc::new(process);
        self.editions.0.lock().unwrap_or_else(PoisonError::into_inner).insert(place, Arc::clone(&process));
        Ok(process)
    }

    /// Which way a record went through its procedure.
    ///
    /// # Errors
    /// There is no such record in the caller's reach, or its process has no procedure as a file.
    pub async fn walked(&self, caller: &Caller, key: &RecordKey) -> Answer<Walked> {
        let project = key.as_str().rsplit_once('-').map(|(project, _)| ProjectKey::new(project));
        let project = project.ok_or_else(Refusal::not_found)?;
        let scope = self.enter_project(caller, &project, &[Right::ReadOperations, Right::ReadPublished]).await?;
        if !scope.reaches(&project) {
            return Err(Refusal::not_found().into());
        }
        let facts = self.store.tenant(&scope.tenant).record_facts(key).await?;
        let (first, rest) = facts.split_first().ok_or_else(Refusal::not_found)?;
        let mut states: Vec<String> = vec![];
        let mut enter = |state: &str| {
            if states.last().is_none_or(|last| last != state) {
                states.push(state.to_owned());
            }
        };
        let (process, edition) = match &first.body {
            Body::RequestFiled(filed) => {
                let broken = |_| Failure::Corrupt(format!("the facts of {key} cannot be folded"));
                let mut request = Request::fold(std::slice::from_ref(first)).map_err(broken)?;
                for fact in rest {
                    if let Some(request) = &mut request {
                        enter(request.state.code());
                        request.apply(fact).map_err(broken)?;
                    }
                }
                enter(request.as_ref().map_or("", |request| request.state.code()));
                (self.procedure_of("request", filed.edition).await?, filed.edition)
            }
            Body::RecordOpened(opened) => {
                enter(&opened.state);
                for fact in rest {
                    if let Body::RecordActed(acted) = &fact.body {
                        enter(&acted.to);
                    }
                }
                (self.procedure_of(&opened.process, opened.edition).await?, opened.edition)
            }
            Body::IncidentOpened { .. } if caller.enter(&scope.tenant, Right::ReadOperations).is_ok() => {
                let broken = |_| Failure::Corrupt(format!("the facts of {key} cannot be folded"));
                let mut incident = Incident::fold(std::slice::from_ref(first)).map_err(broken)?;
                for fact in rest {
                    if let Some(incident) = &mut incident {
                        enter(incident.state.code());
                        incident.apply(fact).map_err(broken)?;
                    }
                }
                enter(incident.as_ref().map_or("", |incident| incident.state.code()));
                (self.procedure_of("incident", None).await?, None)
            }
            _ => return Err(Refusal::not_found().into()),
        };
        Ok(Walked { process, edition, states })
    }

    /// A request under the version of its procedure that it was filed under.
    pub(crate) async fn under_its_procedure(&self, request: Request) -> Answer<Request> {
        match request.edition {
            None => Ok(request),
            edition => Ok(request.under(self.procedure_of("request", edition).await?)),
        }
    }

    /// Records the next version of a procedure, or the first of a new one. It holds for what begins from now on.
    ///
    /// # Errors
    /// The text is no procedure, with file and line; there is no provider yet; the caller may not.
    pub async fn record_procedure(&self, caller: &Caller, text: &ProcessText) -> Answer<Recorded> {
        let provider = self.store.system().provider().await?.ok_or_else(Refusal::not_found)?;
        let scope = self.enter(caller, &provider.id, &[Right::Administer]).await?;
        text.validate()?;
        let process = text.process("process").map_err(|flaw| Refusal::invalid("ja", flaw.ja, flaw.en))?;
        fits(&process)?;
        self.record_text(&provider.id, &process.code, text, &scope.actor).await
    }

    /// Records the procedures that ship with this program, where no version of them has the same text. So a new program brings
    /// its new text once, and an older node beside it does not bring the old one back.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn ship_procedures(&self) -> Answer<()> {
        let Some(provider) = self.store.system().provider().await? else { return Ok(()) };
        for file in shipped::FILES {
            let text = ProcessText { ja: file.ja.to_owned(), en: file.en.to_owned() };
            let known = self.store.tenant(&provider.id).versions(ProcessText::KIND, file.code).await?;
            let mut is_known = false;
            for row in &known {
                is_known |= read_paper::<ProcessText>(row)?.1 == text;
            }
            if !is_known {
                self.record_text(&provider.id, file.code, &text, &Actor::System).await?;
            }
        }
        Ok(())
    }

    async fn record_text(
        &self,
        provider: &TenantId,
        code: &str,
        text: &ProcessText,
        actor: &Actor,
    ) -> Answer<Recorded> {
        let mut write = self.begin(provider).await?;
        let now = write.now();
        let version = record(&mut write, code, text, now, actor).await?;
        let recorded = Recorded { process: code.to_owned(), version };
        self.commit(write, &recorded).await?;
        self.ring(Change::Act);
        Ok(recorded)
    }
}
