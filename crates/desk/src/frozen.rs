//! Tables of appendix 5 that are frozen: the verdicts of a period, kept as a numbered version with a checksum, and restated by a
//! second person where the facts say something else afterwards (R-A5-1, -6, -7; Q-19).

use crate::desk::required;
use crate::{Answer, Caller, Change, Desk, Scope};
use domain::access::{Actor, Right};
use domain::compliance::frozen::{Changed, FORMAT, FrozenTable, checksum, may_freeze, may_restate};
use domain::compliance::months::{Month, midnight};
use domain::compliance::{Judged, JudgedNotice};
use domain::fact::{Body, NewFact};
use domain::ids::{BlobId, TenantId};
use domain::refusal::Refusal;
use domain::time::Instant;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{Failure, FrozenRow, Write};
use utoipa::ToSchema;

/// Which period to freeze; without days the last calendar month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Freeze {
    /// Its first day, in the desk's zone.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Its last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

/// Which table to restate, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Restate {
    /// Its number.
    #[schema(required)]
    pub number: u32,
    /// Why its verdicts are corrected.
    #[schema(required)]
    pub reason: String,
}

/// What freezing and restating answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrozenDone {
    /// The number of the table.
    pub number: u32,
    /// SHA-256 over its canonical JSON.
    pub checksum: String,
}

/// The frozen tables of a customer.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// The customer's name.
    pub customer: String,
    /// The tables, the newest first.
    pub tables: Vec<FrozenRow>,
}

/// One frozen table.
#[derive(Clone, Debug)]
pub struct FrozenView {
    /// The customer's name.
    pub customer: String,
    /// Its row.
    pub row: FrozenRow,
    /// What it says.
    pub table: FrozenTable,
    /// Its canonical JSON, byte for byte what the checksum is over.
    pub canonical: String,
    /// Where it restates another: what came out otherwise.
    pub changed: Vec<Changed>,
    /// Why it restates another; none where it does not, or the words were erased.
    pub reason: Option<String>,
    /// The later edition that restates this one.
    pub restated_by: Option<u32>,
}

impl Desk {
    /// Freezes the table of a period that is over, as the next numbered table of the tenant.
    ///
    /// # Errors
    /// The caller may not decide there, the period is not over, or a frozen table covers some of it.
    pub async fn freeze_table(&self, caller: &Caller, tenant: &TenantId, asked: &Freeze) -> Answer<FrozenDone> {
        let scope = self.enter_to_freeze(caller, tenant).await?;
        let mut write = self.begin(&scope.tenant).await?;
        let now = write.now();
        let calendar = self.calendar(now).await?;
        let month = Month::of(calendar.date_of(now).first_of_month().saturating_sub(1.day()), &calendar);
        let (first, last) = (asked.from.unwrap_or(month.first), asked.to.unwrap_or(month.last));
        let before =
            last.tomorrow().map_err(|_| Refusal::invalid("to", "日付を確かめてください。", "Check the day."))?;
        let period = (midnight(first, &calendar), midnight(before, &calendar));
        let known = write.frozen_tables().await?;
        may_freeze(period, known.iter().map(|row| (row.number, row.from, row.before)), now)?;
        let number = known.first().map_or(0, |row| row.number) + 1;
        let table = self.judged(&scope.tenant, period, now, number, None).await?;
        self.keep(write, &scope, table, None).await
    }

    /// Freezes the table of a frozen period again as a later edition, beside the one it restates.
    ///
    /// # Errors
    /// The caller may not decide there or froze it, there is no such table, it was restated already, no reason is given, or no
    /// verdict differs.
    pub async fn restate_table(&self, caller: &Caller, tenant: &TenantId, asked: &Restate) -> Answer<FrozenDone> {
        let scope = self.enter_to_freeze(caller, tenant).await?;
        let reason = required("reason", &asked.reason)?;
        let mut write = self.begin(&scope.tenant).await?;
        let known = write.frozen_tables().await?;
        let row = known.iter().find(|row| row.number == asked.number).ok_or_else(no_number)?;
        if let Some(later) = known.iter().find(|row| row.restates == Some(asked.number)) {
            return Err(Refusal::invalid(
                "number",
                format!("この表は第{}号で訂正済みです。", later.number),
                format!("Table {} restates this one already.", later.number),
            )
            .into());
        }
        let text = write.blob_text(&row.document).await?.unwrap_or_default();
        let before = read(&text)?;
        let frozen_by: Actor =
            serde_json::from_str(&row.frozen_by).map_err(|error| Failure::Corrupt(error.to_string()))?;
        let number = known.first().map_or(0, |row| row.number) + 1;
        let period = (row.from, row.before);
        let table = self.judged(&scope.tenant, period, write.now(), number, Some(row.number)).await?;
        let changed = before.changed(&table);
        may_restate(&scope.actor, &frozen_by, &changed)?;
        let reason = write.text(reason);
        self.keep(write, &scope, table, Some((reason, changed))).await
    }

    /// Freezing is about all of a tenant: a key of one project does not reach that.
    async fn enter_to_freeze(&self, caller: &Caller, tenant: &TenantId) -> Answer<Scope> {
        let scope = self.enter(caller, tenant, &[Right::Decide]).await?;
        if scope.project.is_some() { Err(Refusal::forbidden().into()) } else { Ok(scope) }
    }

    /// The table as the rows say it now. Nobody else writes in the tenant meanwhile: its chain is locked.
    async fn judged(
        &self,
        tenant: &TenantId,
        (from, before): (Instant, Instant),
        as_of: Instant,
        number: u32,
        restates: Option<u32>,
    ) -> Answer<FrozenTable> {
        let (tickets, occurrences) = self.counted(tenant, None, from, before).await?;
        let mut requests: Vec<Judged> = tickets.iter().map(|it| it.judged(as_of)).collect();
        let mut incidents: Vec<JudgedNotice> = occurrences.iter().map(|it| it.judged(as_of)).collect();
        requests.sort_by(|a, b| a.key.cmp(&b.key));
        incidents.sort_by(|a, b| a.key.cmp(&b.key));
        let rows = self.rows_of(tenant).await?.rows;
        let tenant = tenant.clone();
        Ok(FrozenTable { format: FORMAT, tenant, number, restates, from, before, as_of, rows, requests, incidents })
    }

    async fn keep(
        &self,
        mut write: Write,
        scope: &Scope,
        table: FrozenTable,
        restated: Option<(BlobId, Vec<Changed>)>,
    ) -> Answer<FrozenDone> {
        let canonical = table.canonical();
        let document = write.blob("application/json", canonical.as_bytes());
        let done = FrozenDone { number: table.number, checksum: checksum(&canonical) };
        let (number, checksum) = (done.number, done.checksum.clone());
        let (body, reason) = match (restated, table.restates) {
            (Some((reason, changed)), Some(restates)) => {
                let document = document.clone();
                (Body::TableRestated { number, restates, checksum, document, changed }, Some(reason))
            }
            _ => {
                let (from, before, document) = (table.from, table.before, document.clone());
                (Body::TableFrozen { number, from, before, checksum, document }, None)
            }
        };
        let new = NewFact { record: None, body, actor: scope.actor.clone(), role: scope.role, reason: reason.clone() };
        write.append(new);
        let row = row(&table, &scope.actor, &done.checksum, document, reason);
        write.add_frozen_table(&row, &table.verdicts()).await?;
        self.commit(write, &done).await?;
        self.ring(Change::Act);
        Ok(done)
    }

    /// The frozen tables of a customer, the newest first.
    ///
    /// # Errors
    /// The tenant is out of reach.
    pub async fn frozen_tables(&self, caller: &Caller, tenant: &TenantId) -> Answer<Frozen> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations, Right::ReadPublished]).await?;
        let tables = self.store.tenant(&scope.tenant).frozen_tables().await?;
        Ok(Frozen { customer: self.customer_name(&scope.tenant).await?, tables })
    }

    /// One frozen table.
    ///
    /// # Errors
    /// The tenant is out of reach, it has no such table, or the caller reaches only some of its tickets.
    pub async fn frozen_table(&self, caller: &Caller, tenant: &TenantId, number: u32) -> Answer<FrozenView> {
        let scope = self.enter(caller, tenant, &[Right::ReadOperations, Right::ReadPublished]).await?;
        let store = self.store.tenant(&scope.tenant);
        let tables = store.frozen_tables().await?;
        let row = tables.iter().find(|row| row.number == number).ok_or_else(no_number)?.clone();
        let canonical = store.blob_text(&row.document).await?.ok_or_else(Refusal::not_found)?;
        let table = read(&canonical)?;
        let mut keys = table.requests.iter().map(|it| &it.key).chain(table.incidents.iter().map(|it| &it.key));
        let is_beside = |own: &domain::ids::ProjectKey| {
            keys.any(|key| key.as_str().rsplit_once('-').is_none_or(|(project, _)| project != own.as_str()))
        };
        // The bytes are one piece: who reaches only some of the tickets reads none of them.
        if scope.project.as_ref().is_some_and(is_beside) {
            return Err(Refusal::forbidden().into());
        }
        let restated = tables.iter().find(|it| Some(it.number) == row.restates);
        let before = match restated {
            Some(restated) => store.blob_text(&restated.document).await?,
            None => None,
        };
        let changed = before.map(|text| read(&text)).transpose()?.map(|before| before.changed(&table));
        let reason = match &row.reason {
            Some(reason) => store.blob_text(reason).await?,
            None => None,
        };
        Ok(FrozenView {
            customer: self.customer_name(&scope.tenant).await?,
            restated_by: tables.iter().find(|it| it.restates == Some(number)).map(|it| it.number),
            changed: changed.unwrap_or_default(),
            row,
            table,
            canonical,
            reason,
        })
    }
}

fn no_number() -> Refusal {
    Refusal::invalid("number", "この番号の表はありません。", "There is no table of that number.")
}

fn read(canonical: &str) -> Result<FrozenTable, Failure> {
    serde_json::from_str(canonical).map_err(|error| Failure::Corrupt(format!("a frozen table: {error}")))
}

/// The row that caches a frozen table.
pub(crate) fn row(
    table: &FrozenTable,
    frozen_by: &Actor,
    checksum: &str,
    document: BlobId,
    reason: Option<BlobId>,
) -> FrozenRow {
    let counts = table.counts();
    FrozenRow {
        tenant: table.tenant.clone(),
        number: table.number,
        restates: table.restates,
        from: table.from,
        before: table.before,
        frozen_at: table.as_of,
        // An actor is texts only, which JSON can say.
        frozen_by: serde_json::to_string(frozen_by).unwrap_or_default(),
        checksum: checksum.to_owned(),
        document,
        reason,
        judged: counts.judged,
        missed: counts.missed,
        sla_judged: counts.sla_judged,
        sla_missed: counts.sla_missed,
    }
}
