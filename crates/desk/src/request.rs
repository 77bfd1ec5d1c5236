//! Requests ご依頼: filed from the catalogue with their due, walked through their verbs, read (R-4.1-*, R-5.3-*).

mod case;
mod input;
mod paid;
mod parts;
mod staff;
mod telling;
mod view;

pub(crate) use case::{cached_row, timer_rows};
pub use input::{Act, NewRequest, RequestInput};
pub use view::{Counted, Promise, RequestListed, RequestView};

use crate::desk::{read_paper, required};
use crate::incident::{Done, calendar_as_of};
use crate::readiness::in_operation;
use crate::{Answer, Caller, Desk, Scope};
use case::RequestCase;
use domain::access::Right;
use domain::calendar::Calendar;
use domain::catalogue::{Catalogue, Entry, Values};
use domain::clocks;
use domain::compliance::frozen;
use domain::fact::{Body, NewFact};
use domain::ids::{ProjectKey, RecordKey, TenantId};
use domain::incident::verbs::By;
use domain::paper::Paper;
use domain::refusal::Refusal;
use domain::request::clock::wished_fits;
use domain::request::{Channel, Filed, Filing, Pace, Request};
use domain::time::Instant;
use store::{Failure, Write};

/// 担当者 of everybody: the group of the support centre (R-4.1.1-3).
const GROUP: &str = "MSP";

/// What was asked for by an entry of a version of the catalogue.
fn filing(entry: &Entry, version: u32, values: &Values) -> Filing {
    Filing {
        entry: entry.code.clone(),
        kind: entry.kind.clone(),
        report: entry.report.clone(),
        class: entry.class,
        days: entry.days().get(),
        catalogue: version,
        affects: entry.affects_service(values),
    }
}

fn standard_due(received: Instant, filing: &Filing, calendar: &Calendar) -> Result<Instant, Refusal> {
    let days = domain::calendar::BusinessDays::new(filing.days.into()).unwrap_or(filing.class.days());
    clocks::request::due(received, days, calendar).map_err(|_| {
        Refusal::not_now(
            "祝日表の範囲を超えるため、期限を計算できません。",
            "The due lies beyond the table of public holidays.",
        )
    })
}

fn no_entry() -> Refusal {
    Refusal::invalid("entry", "カタログにある種別を選んでください。", "Choose an entry of the catalogue.")
}

/// The catalogue in force for a tenant at an instant, with its version: its own, else the provider's, else the one that ships.
async fn catalogue_at(write: &mut Write, at: Instant) -> Answer<(u32, Catalogue)> {
    let own = write.version_at(Catalogue::KIND, "", at).await?;
    let row = match own {
        Some(row) => Some(row),
        None => write.provider_version_at(Catalogue::KIND, at).await?,
    };
    let read = row.map(|row| read_paper::<Catalogue>(&row)).transpose()?;
    Ok(read.unwrap_or_else(|| (0, Catalogue::default())))
}

impl Desk {
    /// Files a request: its clock runs from now, and whoever files gets a receipt with the due. A paid entry without the contracted
    /// option becomes a lead instead, which has no clock (R-4.3.2-6).
    ///
    /// # Errors
    /// A field is missing or wrong, the entry is not for this side to file and no reason is given, the wished day is too early for
    /// 中, or the project is out of reach or absent.
    pub async fn file_request(&self, caller: &Caller, input: &NewRequest) -> Answer<Done> {
        let project = ProjectKey::new(required("project", &input.project)?);
        let scope = self.enter_project(caller, &project, &[Right::Operate, Right::SpeakAsCustomer]).await?;
        if !scope.reaches(&project) {
            return Err(Refusal::not_found().into());
        }
        let by_customer = scope.role.is_some_and(|role| role.is_customer());
        let edition = self.procedure("request").await?.and_then(|edition| edition.number);
        let mut write = self.begin(&scope.tenant).await?;
        let now = write.now();
        let (version, catalogue) = catalogue_at(&mut write, now).await?;
        let entry = catalogue.entry(input.entry.trim()).ok_or_else(no_entry)?;
        let by_phone = !by_customer && !input.caller.trim().is_empty();
        let fits = entry.filer.is_ordinary(by_customer || by_phone);
        let reason = input.reason.trim();
        if !fits && reason.is_empty() {
            return Err(Refusal::invalid(
                "reason",
                format!("「{}」は通常もう一方が起票します。起票する理由を入力してください。", entry.kind),
                format!(
                    "“{}” is filed by the other side in the ordinary course. Say why you file it.",
                    entry.heading.en
                ),
            )
            .into());
        }
        let fields = entry.filed(&input.fields)?;
        if entry.class.is_paid() && !paid::is_contracted(&mut write, &entry.code).await? {
            let entry = entry.clone();
            drop(write);
            return self.ask_for_option(caller, &project, &entry, &fields).await;
        }
        let filing = filing(entry, version, &fields);
        let calendar = calendar_as_of(&mut write, now).await?;
        let pace = input.pace.unwrap_or_default();
        let due = standard_due(now, &filing, &calendar)?;
        if pace == Pace::Middle && input.wished.is_some_and(|wished| !wished_fits(wished, due, &calendar)) {
            let first = calendar.date_of(due);
            return Err(Refusal::invalid(
                "wished",
                format!("標準日数では {first} 以降をご指定ください。お急ぎの場合は優先度「高」を選んでください。"),
                format!("In the standard days {first} is the earliest. Choose priority high to ask for a sooner day."),
            )
            .into());
        }
        let named = Some(input.assignee.trim()).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(GROUP));
        let arranged = Some(input.arrangement.trim()).filter(|_| named.is_some());
        if arranged == Some("") {
            return Err(Refusal::invalid(
                "arrangement",
                "担当者を指名するときは、事前の取り決めを入力してください。ふだんは「MSP」のままにしてください。",
                "A named person takes an arrangement made beforehand: say which. The ordinary choice is MSP.",
            )
            .into());
        }
        in_operation(&mut write, &project).await?;
        let assignee = named.map(|name| write.text(name));
        let arrangement = arranged.map(|words| write.text(words));
        let number = write.next_number(&project).await?;
        let title = match by_phone {
            true => format!("{} ({})", entry.title(&fields), input.caller.trim()),
            false => entry.title(&fields),
        };
        let details = serde_json::to_string(&fields).map_err(|error| Failure::Corrupt(error.to_string()))?;
        let filed = Filed {
            project: project.clone(),
            number,
            received: now,
            channel: if by_customer {
                Channel::Ticket
            } else if by_phone {
                Channel::Telephone
            } else {
                Channel::Provider
            },
            title: write.text(&title),
            details: write.text(&details),
            filing,
            pace,
            wished: input.wished,
            due: (pace != Pace::Low).then_some(due),
            urgent: input.urgent,
            assignee,
            arrangement,
            split_from: None,
            edition,
        };
        let reason = if reason.is_empty() { None } else { Some(write.text(reason)) };
        let record = Some(project.record(number));
        let body = Body::RequestFiled(Box::new(filed));
        let fact = write.append(NewFact { record, body, actor: scope.actor.clone(), role: scope.role, reason });
        let request = Request::fold(std::slice::from_ref(&fact))?;
        let request = request.ok_or_else(|| Failure::Corrupt("the first fact files nothing".into()))?;
        let by = By { actor: scope.actor, role: scope.role, now };
        let mut case = RequestCase { desk: self, write, request: Box::new(request), calendar, by };
        case.follow(&fact).await?;
        case.end().await
    }

    /// Does something to a request.
    ///
    /// # Errors
    /// See the verb of [`Request`]; something it needs is missing, the request is out of reach, or it moved on.
    pub async fn act_on_request(
        &self,
        caller: &Caller,
        key: &RecordKey,
        act: Act,
        input: &RequestInput,
    ) -> Answer<Done> {
        let scope = self.enter_request(caller, key, &act.rights()).await?;
        let write = self.begin(&scope.tenant).await?;
        let case = self.open_request(write, key, scope.actor.clone(), scope.role).await?;
        let mut case = case.ok_or_else(Refusal::not_found)?;
        case.fire().await?;
        if !act.fits_any_version() {
            match input.version {
                0 => {
                    return Err(Refusal::invalid(
                        "version",
                        "表示していたチケットの version を付けてください。",
                        "Send the version of the record that you saw.",
                    )
                    .into());
                }
                seen if seen != case.request.version => return Err(Refusal::stale(case.request.version).into()),
                _ => {}
            }
        }
        match act {
            Act::Split => return self.split_request(case, input).await,
            Act::Link => return self.link_request(case, input).await,
            _ => {}
        }
        let facts = self.facts_of(&mut case, &scope, act, input).await?;
        case.save(facts).await
    }

    async fn facts_of(
        &self,
        case: &mut RequestCase<'_>,
        scope: &Scope,
        act: Act,
        input: &RequestInput,
    ) -> Answer<Vec<NewFact>> {
        let by_customer = scope.role.is_some_and(|role| role.is_customer());
        let by = case.by.clone();
        Ok(match act {
            Act::Take => {
                let person = by.actor.person_id().cloned().ok_or_else(|| {
                    Refusal::not_now(
                        "担当できるのは、サインインした要員です。",
                        "A person takes it, signed in; a key cannot.",
                    )
                })?;
                case.request.take(&by, person)?
            }
            Act::Plan => {
                let plan = case.required("text", &input.text)?;
                let by_entry = self.entry_affects(case).await?;
                case.request.plan(&by, plan, input.affects, by_entry)?
            }
            Act::Approve => case.request.approve(&by, by_customer)?,
            Act::Begin => case.request.begin(&by)?,
            Act::Complete => {
                let fixed = case.write.frozen_verdicts(&case.request.key).await?;
                frozen::may_state(input.completed_at, fixed.first().map(|fixed| fixed.number))?;
                let (result, reason) = (case.required("text", &input.text)?, case.optional("reason", &input.reason)?);
                case.request.complete(&by, result, input.completed_at, reason, &case.calendar)?
            }
            Act::GiveBack => {
                let reason = case.required("reason", &input.reason)?;
                case.request.give_back(&by, reason)?
            }
            Act::Close => case.request.close(&by, false)?,
            Act::Decline => {
                let (guidance, reason) = (case.required("text", &input.text)?, case.required("reason", &input.reason)?);
                case.request.decline(&by, guidance, reason)?
            }
            Act::Cancel => {
                let reason = case.required("reason", &input.reason)?;
                case.request.cancel(&by, reason)?
            }
            Act::Ask => {
                let text = case.required("text", &input.text)?;
                case.request.ask(&by, text)?
            }
            Act::Answer => {
                let text = case.required("text", &input.text)?;
                case.request.answer(&by, text)?
            }
            Act::Offer => {
                let from = input
                    .from
                    .ok_or_else(|| Refusal::invalid("from", "日時を入力してください。", "Give a date and a time."))?;
                let text = case.optional("text", &input.text)?;
                case.request.offer(&by, from, input.to, text, &case.calendar)?
            }
            Act::Reply => {
                // Staff says whose word it is, and how it came (R-3.2-1).
                let reason = match by_customer {
                    true => case.optional("reason", &input.reason)?,
                    false => Some(case.required("reason", &input.reason)?),
                };
                case.request.reply(&by, input.agreed, reason, &case.calendar)?
            }
            Act::Except => {
                let day = input.due.ok_or_else(|| {
                    Refusal::invalid("due", "新しい期限の日を入力してください。", "Give the new due day.")
                })?;
                let (reason, text) = (case.required("reason", &input.reason)?, case.required("text", &input.text)?);
                case.request.except(&by, case.calendar.closing_of(day), reason, text, &case.calendar)?
            }
            Act::Urge => {
                let reason = case.required("reason", &input.reason)?;
                case.request.make_urgent(&by, reason)?
            }
            Act::Reclassify => {
                let reason = case.required("reason", &input.reason)?;
                let (version, catalogue) = catalogue_at(&mut case.write, by.now).await?;
                let entry = catalogue.entry(input.entry.trim()).ok_or_else(no_entry)?;
                if entry.class.is_paid() && !paid::is_contracted(&mut case.write, &entry.code).await? {
                    return Err(no_entry().into());
                }
                let filing = filing(entry, version, &self.details(case).await?);
                let due = standard_due(case.request.received, &filing, &case.calendar)?;
                let due = (case.request.pace != Pace::Low).then_some(due);
                case.request.reclassify(&by, filing, due, reason)?
            }
            Act::Message => {
                let text = case.required("text", &input.text)?;
                case.request.message(&by, text, by_customer)?
            }
            Act::Note => {
                let text = case.required("text", &input.text)?;
                case.request.note(&by, text)?
            }
            Act::Explain => {
                let text = case.required("text", &input.text)?;
                case.request.explain(&by, text)?
            }
            Act::Before | Act::After => {
                let text = case.required("text", &input.text)?;
                case.request.record_state(&by, act == Act::After, text)?
            }
            Act::Check => {
                let text = case.required("text", &input.text)?;
                case.request.check_work(&by, text)?
            }
            Act::Hand | Act::HandBack => {
                let text = case.required("text", &input.text)?;
                case.request.hand_over(&by, act == Act::HandBack, text)?
            }
            // They write another ticket too, and have functions of their own.
            Act::Split | Act::Link => vec![],
        })
    }

    /// What was filled in, as it was kept.
    async fn details(&self, case: &mut RequestCase<'_>) -> Answer<Values> {
        let text = case.write.blob_text(&case.request.details).await?.unwrap_or_default();
        // Words that were erased say nothing any more.
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Whether the work affects the service by what its entry says of it.
    async fn entry_affects(&self, case: &mut RequestCase<'_>) -> Answer<bool> {
        let details = self.details(case).await?;
        let (_, catalogue) = catalogue_at(&mut case.write, case.request.filed.at).await?;
        let entry = catalogue.entry(&case.request.filing.entry);
        Ok(entry.map_or(case.request.filing.affects, |entry| entry.affects_service(&details)))
    }

    /// The scope of a request's tenant. Foreign and absent look the same.
    pub(crate) async fn enter_request(&self, caller: &Caller, key: &RecordKey, rights: &[Right]) -> Answer<Scope> {
        let project = key.as_str().rsplit_once('-').map(|(project, _)| ProjectKey::new(project));
        let project = project.ok_or_else(Refusal::not_found)?;
        let tenant = self.store.system().tenant_of_project(&project).await?.ok_or_else(Refusal::not_found)?;
        let scope = self.enter_project(caller, &project, rights).await;
        let exists = self.store.tenant(&tenant).request(key).await?.is_some();
        if exists { scope } else { Err(Refusal::not_found().into()) }
    }

    /// Fires what is due of a request; none where the record is none.
    pub(crate) async fn fire_request(&self, tenant: &TenantId, key: &RecordKey) -> Answer<Option<usize>> {
        let Some(mut case) = self.open_request_by_system(tenant, key).await? else { return Ok(None) };
        let fired = case.fire().await?;
        case.end().await?;
        Ok(Some(fired))
    }
}
