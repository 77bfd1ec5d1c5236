//! Requests: the stored fold over their facts.

use crate::scope::reads;
use crate::values::{Val, row, vals};
use crate::{Failure, StaffScope, Write};
use domain::ids::{PersonId, ProjectKey, RecordKey, TenantId};
use domain::time::Instant;

row! {
    /// A request: the header of its record and its clock. A cache of the fold over its facts.
    pub struct RequestRow {
        /// Whose it is.
        pub tenant: TenantId,
        /// `KEY-n`.
        pub key: RecordKey,
        /// Its project.
        pub project: ProjectKey,
        /// Its number in the project.
        pub number: u64,
        /// Its state's code.
        pub state: String,
        /// What a person acting on it must have seen.
        pub version: u64,
        /// Its title.
        pub title: String,
        /// Who holds it.
        pub assignee: Option<PersonId>,
        /// When it was filed.
        pub opened: Instant,
        /// When it ended, once it did.
        pub ended: Option<Instant>,
        /// Code of its catalogue entry.
        pub entry: String,
        /// 種別
        pub kind: String,
        /// Name of its row in the tables.
        pub report: String,
        /// Code of its class.
        pub class: String,
        /// 標準日数
        pub days: u32,
        /// 優先度
        pub pace: String,
        /// By which way it came.
        pub channel: String,
        /// From when its clock runs.
        pub received: Instant,
        /// The standard due.
        pub standard_due: Option<Instant>,
        /// The due that governs, without holds.
        pub raw_due: Option<Instant>,
        /// The due that governs.
        pub due: Option<Instant>,
        /// Business days that holds took out.
        pub held: u32,
        /// What the customer is waited for.
        pub awaiting: Option<String>,
        /// 1 where 特段の事情 set the due.
        pub excepted: u32,
        /// When the work was completed.
        pub done: Option<Instant>,
        /// 1 once its due passed without a completion.
        pub breached: u32,
        /// 1 where it is urgent.
        pub urgent: u32,
        /// What is owed next.
        pub owed: Option<String>,
        /// Until when.
        pub owed_due: Option<Instant>,
        /// When the work begins that both sides agreed to, until it is completed.
        pub work_from: Option<Instant>,
        /// When it ends: the end of the window, else that of the day.
        pub work_to: Option<Instant>,
        /// 1 while the development team has it.
        pub handed: u32,
    }
}

row! {
    /// What the tables of appendix 5 count of a request.
    pub struct CountedRow {
        /// Whose it is.
        pub tenant: TenantId,
        /// `KEY-n`.
        pub key: RecordKey,
        /// Its state's code.
        pub state: String,
        /// Name of its row in the tables.
        pub report: String,
        /// The due that governs.
        pub due: Instant,
        /// The due that governs, without holds.
        pub raw_due: Option<Instant>,
        /// When the work was completed.
        pub done: Option<Instant>,
        /// 1 where 特段の事情 set the due.
        pub excepted: u32,
        /// Business days that holds took out.
        pub held: u32,
        /// What the customer is waited for.
        pub awaiting: Option<String>,
        /// 1 once its due passed without a completion.
        pub breached: u32,
    }
}

impl RequestRow {
    /// The same as the tables count it; none without a due.
    pub fn counted(self) -> Option<CountedRow> {
        Some(CountedRow {
            due: self.due?,
            tenant: self.tenant,
            key: self.key,
            state: self.state,
            report: self.report,
            raw_due: self.raw_due,
            done: self.done,
            excepted: self.excepted,
            held: self.held,
            awaiting: self.awaiting,
            breached: self.breached,
        })
    }
}

/// Which requests to list.
#[derive(Clone, Debug, Default)]
pub struct RequestQuery {
    /// Only open ones, only ended ones, or both.
    pub open: Option<bool>,
    /// Only urgent ones that nobody holds.
    pub urgent: bool,
    /// Only of this project.
    pub project: Option<ProjectKey>,
    /// Only those whose due lies within: from and before.
    pub due: Option<(Instant, Instant)>,
    /// Only those that come after this place in the list: filed when, and its key.
    pub after: Option<(Instant, RecordKey)>,
}

/// What every query of a request selects.
const REQUEST: &str = "SELECT r.tenant, r.key, r.project, r.number, r.state, r.version, r.title, r.assignee, r.opened, r.ended, \
                       q.entry, q.kind, q.report, q.class, q.days, q.pace, q.channel, q.received, q.standard_due, q.raw_due, \
                       q.due, q.held, q.awaiting, q.excepted, q.done, q.breached, q.urgent, q.owed, q.owed_due, q.work_from, q.work_to, q.handed \
                       FROM records r JOIN requests q ON q.tenant = r.tenant AND q.key = r.key";

reads! {
    /// A request.
    pub async fn request(from, tenant, key: &RecordKey) -> Option<RequestRow> {
        let sql = format!("{REQUEST} WHERE r.tenant = $1 AND r.key = $2");
        from.first(&sql, vals![tenant, key]).await
    }
}

impl StaffScope<'_> {
    /// Requests of these tenants, the latest filed first, at most `limit`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn requests(&self, query: &RequestQuery, limit: u32) -> Result<Vec<RequestRow>, Failure> {
        let (sql, vals) = self.listing(query, limit);
        self.db().all(&sql, vals).await
    }

    fn listing(&self, query: &RequestQuery, limit: u32) -> (String, Vec<Val>) {
        let (tenants, mut vals) = self.tenants_bound();
        // Few are open and few have a due within a period: those are found and sorted. Any other list is as long as the history
        // and is walked from its latest end; over several tenants there is no order of theirs to walk, so that the tenant is
        // asked of what is met rather than looked up.
        let is_walked = query.open != Some(true) && query.due.is_none();
        let mut sql = if is_walked && self.tenants.len() > 1 {
            format!("{REQUEST} WHERE r.kind = 'request' AND r.tenant || '' IN {tenants}")
        } else {
            format!("{REQUEST} WHERE r.kind = 'request' AND r.tenant IN {tenants}")
        };
        match query.open {
            Some(true) => sql += " AND r.ended IS NULL",
            Some(false) => sql += " AND r.ended IS NOT NULL",
            None => {}
        }
        if query.urgent {
            sql += " AND q.urgent = 1 AND r.assignee IS NULL";
        }
        if let Some(project) = &query.project {
            vals.push(Val::from(project));
            sql += &format!(" AND r.project = ${}", vals.len());
        }
        if let Some((from, before)) = query.due {
            sql += &format!(" AND q.due >= ${} AND q.due < ${}", vals.len() + 1, vals.len() + 2);
            vals.append(&mut vals![from, before]);
        }
        if let Some((opened, key)) = &query.after {
            sql += &format!(" AND (r.opened, r.key) < (${}, ${})", vals.len() + 1, vals.len() + 2);
            vals.append(&mut vals![*opened, key]);
        }
        sql += &format!(" ORDER BY r.opened DESC, r.key DESC LIMIT ${}", vals.len() + 1);
        vals.push(Val::from(limit));
        (sql, vals)
    }

    /// What the tables count of these tenants' requests whose due lies from an instant on and before another, the first due first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn requests_due(
        &self,
        project: Option<&ProjectKey>,
        from: Instant,
        before: Instant,
        limit: u32,
    ) -> Result<Vec<CountedRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let (low, high) = (vals.len() + 1, vals.len() + 2);
        let mut sql = format!(
            "SELECT q.tenant, q.key, r.state, q.report, q.due, q.raw_due, q.done, q.excepted, q.held, q.awaiting, q.breached \
             FROM requests q JOIN records r ON r.tenant = q.tenant AND r.key = q.key \
             WHERE q.tenant IN {tenants} AND q.due >= ${low} AND q.due < ${high}"
        );
        vals.append(&mut vals![from, before]);
        if let Some(project) = project {
            vals.push(Val::from(project));
            sql += &format!(" AND r.project = ${}", vals.len());
        }
        sql += &format!(" ORDER BY q.due, q.tenant, q.key LIMIT ${}", vals.len() + 1);
        vals.push(Val::from(limit));
        self.db().all(&sql, vals).await
    }

    /// Open requests of these tenants by what is owed first; those that wait for the customer come last.
    ///
    /// # Errors
    /// The database fails.
    pub async fn requests_owed(&self, limit: u32) -> Result<Vec<RequestRow>, Failure> {
        let (tenants, mut vals) = self.tenants_bound();
        let place = vals.len() + 1;
        let sql = format!(
            "{REQUEST} WHERE r.tenant IN {tenants} AND r.ended IS NULL \
             ORDER BY q.owed_due NULLS LAST, r.opened, r.tenant, r.key LIMIT ${place}"
        );
        vals.push(Val::from(limit));
        self.db().all(&sql, vals).await
    }
}

impl Write {
    /// Stores a request, a new one or a changed one, whose tenant is this one whatever the row says.
    ///
    /// # Errors
    /// The database fails.
    pub async fn save_request(&mut self, row: RequestRow) -> Result<(), Failure> {
        let tenant = self.tenant().clone();
        let record = vals![
            &tenant,
            &row.key,
            &row.project,
            row.number,
            "request",
            row.state,
            row.version,
            row.title,
            row.assignee.as_ref(),
            row.opened,
            row.ended
        ];
        self.save_header(vec![record]).await?;
        let detail = vals![
            &tenant,
            &row.key,
            row.entry,
            row.kind,
            row.report,
            row.class,
            row.days,
            row.pace,
            row.channel,
            row.received,
            row.standard_due,
            row.raw_due,
            row.due,
            row.held,
            row.awaiting,
            row.excepted,
            row.done,
            row.breached,
            row.urgent,
            row.owed,
            row.owed_due,
            row.work_from,
            row.work_to,
            row.handed
        ];
        let head = "INSERT INTO requests (tenant, key, entry, kind, report, class, days, pace, channel, received, standard_due, \
                    raw_due, due, held, awaiting, excepted, done, breached, urgent, owed, owed_due, work_from, work_to, handed)";
        let tail = "ON CONFLICT (tenant, key) DO UPDATE SET entry = excluded.entry, kind = excluded.kind, \
                    report = excluded.report, class = excluded.class, days = excluded.days, \
                    standard_due = excluded.standard_due, raw_due = excluded.raw_due, due = excluded.due, \
                    held = excluded.held, awaiting = excluded.awaiting, excepted = excluded.excepted, done = excluded.done, \
                    breached = excluded.breached, urgent = excluded.urgent, owed = excluded.owed, owed_due = excluded.owed_due, \
                    work_from = excluded.work_from, work_to = excluded.work_to, handed = excluded.handed";
        self.insert(head, vec![detail], tail).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Store};

    /// A list that is sorted is read whole first, however few of it are shown.
    #[tokio::test]
    async fn a_list_as_long_as_the_history_is_walked_and_not_sorted() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("madoguchi.db").display());
        let store = Store::open(&url, Clock::Real).await.unwrap();
        let tenants = ["a", "b", "c"].map(TenantId::new);
        let after = Some((Instant::from_ms(5), RecordKey::new("ACME-9")));
        let project = Some(ProjectKey::new("ACME"));
        let all = RequestQuery::default();
        let ended = RequestQuery { open: Some(false), ..all.clone() };
        let open = RequestQuery { open: Some(true), ..all.clone() };
        let cases = [
            (&tenants[..1], all.clone(), "requests_by_opened", false),
            (&tenants[..1], RequestQuery { after: after.clone(), ..all.clone() }, "requests_by_opened", false),
            (&tenants[..1], ended.clone(), "requests_by_opened", false),
            (&tenants[..1], RequestQuery { project: project.clone(), ..all.clone() }, "requests_of_project", false),
            (&tenants[..1], open.clone(), "open_records", false),
            (&tenants[..], all.clone(), "requests_of_all", false),
            (&tenants[..], RequestQuery { after, ..all.clone() }, "requests_of_all", false),
            (&tenants[..], ended, "requests_of_all", false),
            (&tenants[..], RequestQuery { project, ..all.clone() }, "requests_of_project", false),
            (&tenants[..], open, "open_records", true),
            (
                &tenants[..],
                RequestQuery { due: Some((Instant::from_ms(1), Instant::from_ms(2))), ..all },
                "requests_by_due",
                true,
            ),
        ];
        for (tenants, query, index, is_sorted) in cases {
            let scope = store.staff(tenants);
            let (sql, vals) = scope.listing(&query, 50);
            let plan: Vec<(i64, i64, i64, String)> =
                scope.db().all(&format!("EXPLAIN QUERY PLAN {sql}"), vals).await.unwrap();
            let plan: Vec<String> = plan.into_iter().map(|(.., step)| step).collect();
            assert!(plan[0].contains(index), "{query:?} of {}: {plan:?}", tenants.len());
            assert_eq!(plan.iter().any(|step| step.contains("TEMP B-TREE")), is_sorted, "{query:?}: {plan:?}");
        }
    }
}
