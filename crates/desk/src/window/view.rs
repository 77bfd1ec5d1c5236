//! Reading windows of work: lists, one, those that run now, and those beside an incident.

use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::ids::{RecordKey, TenantId};
use domain::incident::Incident;
use domain::refusal::Refusal;
use domain::time::Instant;
use domain::window::{self, WindowState};
use std::collections::HashMap;
use store::{AlertRow, WindowAlertRow, WindowQuery, WindowRow};

/// A window with what was kept in it.
#[derive(Clone, Debug)]
pub struct WindowView {
    /// The window.
    pub row: WindowRow,
    /// The customer's name.
    pub customer: String,
    /// Where it stands now.
    pub state: WindowState,
    /// Its alerts, those that fire first; the newest where there are very many. For the customer without where they went.
    pub alerts: Vec<WindowAlertRow>,
}

/// A window that runs now, with how many alerts fire in it.
#[derive(Clone, Debug)]
pub struct RunningWindow {
    /// The window.
    pub row: WindowRow,
    /// The customer's name.
    pub customer: String,
    /// Alerts that fire in it.
    pub firing: u64,
}

/// Alerts shown of a page of windows at most.
const ALERTS_MAX: u32 = 2_000;
/// Windows that run at once and are shown on the board at most.
const RUNNING_MAX: u32 = 200;

impl Desk {
    /// Windows within the caller's reach, the last to begin first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn windows(&self, caller: &Caller, query: &WindowQuery, limit: u32) -> Answer<Vec<WindowView>> {
        let Some(project) = caller.project_within(query.project.as_ref()) else { return Ok(vec![]) };
        let query = WindowQuery { project: project.cloned(), ..query.clone() };
        let tenants = self.tenants_with(caller, Right::ReadPublished).await?;
        let rows = self.store.staff(&tenants).windows(&query, limit).await?;
        self.window_views(caller, &tenants, rows).await
    }

    /// One window.
    ///
    /// # Errors
    /// There is no such window in the caller's reach.
    pub async fn window(&self, caller: &Caller, key: &RecordKey) -> Answer<WindowView> {
        let scope = self.enter_window(caller, key, &[Right::ReadPublished]).await?;
        let row = self.store.tenant(&scope.tenant).window(key).await?.ok_or_else(Refusal::not_found)?;
        let views = self.window_views(caller, &[scope.tenant], vec![row]).await?;
        Ok(views.into_iter().next().ok_or_else(Refusal::not_found)?)
    }

    /// The windows that run now, for the board: the one that ends first before the others.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn running_windows(&self, caller: &Caller) -> Answer<Vec<RunningWindow>> {
        let (now, tenants) = (self.now().await?, self.tenants_with(caller, Right::ReadOperations).await?);
        let query = WindowQuery { standing: Some(true), ..WindowQuery::default() };
        let store = self.store.staff(&tenants);
        let mut rows = store.windows(&query, RUNNING_MAX).await?;
        rows.retain(|row| row.state(now) == WindowState::Running);
        if rows.is_empty() {
            return Ok(vec![]);
        }
        rows.sort_by_key(|row| (row.to, row.key.clone()));
        let (firing, names) = (store.firing_in_windows().await?, self.customer_names().await?);
        let running = rows.into_iter().map(|row| RunningWindow {
            customer: names.get(&row.tenant).cloned().unwrap_or_default(),
            firing: firing.get(&row.key).copied().unwrap_or(0),
            row,
        });
        Ok(running.collect())
    }

    /// The windows that run now and cover a host of an incident that was open before them; such an incident goes on.
    pub(crate) async fn windows_beside(
        &self,
        tenant: &TenantId,
        incident: &Incident,
        alerts: &[AlertRow],
        now: Instant,
    ) -> Answer<Vec<WindowRow>> {
        let mut rows = self.store.tenant(tenant).standing_windows(&incident.project).await?;
        let covers = |row: &WindowRow| {
            let is_its =
                |alert: &AlertRow| row.hosts.as_ref().is_some_and(|hosts| window::covers(hosts, &alert.source));
            alerts.iter().any(is_its) || row.hosts.as_ref().is_some_and(String::is_empty)
        };
        rows.retain(|row| incident.ended_at().is_none() && row.state(now) == WindowState::Running && covers(row));
        Ok(rows)
    }

    async fn window_views(
        &self,
        caller: &Caller,
        tenants: &[TenantId],
        rows: Vec<WindowRow>,
    ) -> Answer<Vec<WindowView>> {
        if rows.is_empty() {
            return Ok(vec![]);
        }
        let (now, names) = (self.now().await?, self.customer_names().await?);
        let keys: Vec<RecordKey> = rows.iter().map(|row| row.key.clone()).collect();
        let mut alerts: HashMap<RecordKey, Vec<WindowAlertRow>> = HashMap::new();
        for alert in self.store.staff(tenants).alerts_in_windows(&keys, ALERTS_MAX).await? {
            alerts.entry(alert.window_key.clone()).or_default().push(alert);
        }
        let view = |row: WindowRow| {
            let mut alerts = alerts.remove(&row.key).unwrap_or_default();
            // An incident exists for the customer once it was told of.
            if caller.enter(&row.tenant, Right::ReadOperations).is_err() {
                alerts.iter_mut().for_each(|alert| alert.led_to = None);
            }
            let customer = names.get(&row.tenant).cloned().unwrap_or_default();
            WindowView { state: row.state(now), customer, alerts, row }
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn customer_names(&self) -> Answer<HashMap<TenantId, String>> {
        Ok(self.store.system().tenants().await?.into_iter().map(|tenant| (tenant.id, tenant.name)).collect())
    }
}
