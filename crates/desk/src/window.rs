//! Windows of work (Q-14, docs/windows.md): announced by the desk or by the customer, changed, ended, read.

mod ending;
mod intake;
mod view;

pub(crate) use ending::{Ending, end};
pub(crate) use intake::Windows;
pub use view::{RunningWindow, WindowView};

use crate::desk::required;
use crate::{Answer, Caller, Change, Desk, Scope};
use domain::access::{Actor, Right};
use domain::fact::{Body, NewFact};
use domain::ids::{ProjectKey, RecordKey, TenantId};
use domain::refusal::Refusal;
use domain::time::Instant;
use domain::window::{self, END_TIMER, NewEnd, Window, WindowKind};
use serde::{Deserialize, Serialize};
use store::{Failure, Timer, Write};
use utoipa::ToSchema;

/// A window as it is announced: the same struct for the API's JSON and the page's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewWindow {
    /// Key of the project.
    #[schema(required)]
    pub project: String,
    /// Whose work it is. A customer's is the customer's own; staff says which.
    #[schema(value_type = Option<wire::window::WindowKind>)]
    pub kind: Option<WindowKind>,
    /// Patterns of hosts such as `web01` or `web*`, divided by commas, blanks or lines; empty for the whole project.
    pub hosts: String,
    /// From when on; absent means from now. At most a year ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Instant>,
    /// Until when, at most 30 days after the begin.
    #[schema(required, value_type = String, format = DateTime)]
    pub to: Option<Instant>,
    /// What is done.
    #[schema(required)]
    pub work: String,
    /// Who told it, where staff announces a customer's work.
    pub caller: String,
}

/// Another end of a window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WindowEnd {
    /// The new end; absent or not after now means that it ends now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Instant>,
}

/// What a verb on a window leaves behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowDone {
    /// Its name, `KEY-Wn`.
    pub window: RecordKey,
    /// Where it stands now.
    pub state: &'static str,
    /// Its begin.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

impl Desk {
    /// Announces a window. It is in force at once where it begins now.
    ///
    /// # Errors
    /// A field is missing or wrong, or the project is out of reach or absent.
    pub async fn announce_window(&self, caller: &Caller, input: &NewWindow) -> Answer<WindowDone> {
        let project = ProjectKey::new(required("project", &input.project)?);
        let scope = self.enter_project(caller, &project, &[Right::Operate, Right::SpeakAsCustomer]).await?;
        if !scope.reaches(&project) {
            return Err(Refusal::not_found().into());
        }
        let by_customer = is_customer(&scope);
        let kind = window::kind(input.kind, by_customer)?;
        let told_by = window::caller(kind, by_customer, &input.caller)?;
        let hosts = window::hosts(&input.hosts)?;
        let mut write = self.begin(&scope.tenant).await?;
        let (from, to) = window::span(input.from, input.to, write.now())?;
        let work = required("work", &input.work)?;
        let number = write.next_window(&project).await?;
        let key = project.window(number);
        let body = Body::WindowAnnounced {
            project,
            number,
            of: kind,
            hosts: write.text(&hosts),
            work: write.text(work),
            caller: told_by.map(|name| write.text(name)),
            from,
            to,
        };
        let fact = write.append(fact_of(&key, body, &scope));
        let window = Window::fold(std::slice::from_ref(&fact))?;
        let window = window.ok_or_else(|| Failure::Corrupt("the first fact announces nothing".into()))?;
        self.save_window(write, &window).await
    }

    /// Extends a window or ends it early; what still fires when it ends opens an incident.
    ///
    /// # Errors
    /// There is no such window in the caller's reach, it is over, or the new end does not fit.
    pub async fn change_window(&self, caller: &Caller, key: &RecordKey, input: &WindowEnd) -> Answer<WindowDone> {
        let scope = self.enter_window(caller, key, &[Right::Operate, Right::SpeakAsCustomer]).await?;
        let (mut write, mut window) = self.open_window(&scope, key).await?;
        let (now, new_end) = (write.now(), window.change(input.to, write.now())?);
        let to = match new_end {
            NewEnd::At(to) => to,
            NewEnd::Now => now,
        };
        let fact = write.append(fact_of(key, Body::WindowChanged { to }, &scope));
        window.apply(&fact)?;
        if new_end == NewEnd::Now {
            end(&mut write, &mut window, Ending::Reached, &scope.actor, scope.role).await?;
        }
        self.save_window(write, &window).await
    }

    /// Cancels a window; what fires in one that runs opens an incident now.
    ///
    /// # Errors
    /// There is no such window in the caller's reach, or it is over.
    pub async fn cancel_window(&self, caller: &Caller, key: &RecordKey) -> Answer<WindowDone> {
        let scope = self.enter_window(caller, key, &[Right::Operate, Right::SpeakAsCustomer]).await?;
        let (mut write, mut window) = self.open_window(&scope, key).await?;
        window.still_stands(write.now())?;
        end(&mut write, &mut window, Ending::Cancelled, &scope.actor, scope.role).await?;
        self.save_window(write, &window).await
    }

    /// Ends a window whose end has come. Returns how many timers fired: one, or none where somebody was faster.
    pub(crate) async fn fire_window(&self, tenant: &TenantId, key: &RecordKey) -> Answer<usize> {
        let mut write = self.store.write(tenant).await?;
        let Some(mut window) = Window::fold(&write.record_facts(key).await?)? else { return Ok(0) };
        let timers = write.timers_of(key.as_str()).await?;
        let due = timers.iter().find(|timer| timer.fired.is_none() && timer.due <= write.now());
        let Some(timer) = due else { return Ok(0) };
        if !write.mark_fired(key.as_str(), &timer.kind, timer.generation).await? {
            return Ok(0);
        }
        if window.due().is_some_and(|due| due <= write.now()) {
            end(&mut write, &mut window, Ending::Reached, &Actor::System, None).await?;
        }
        write.commit().await?;
        self.ring(Change::Act);
        Ok(1)
    }

    /// The scope of a window's tenant. Foreign and absent look the same.
    async fn enter_window(&self, caller: &Caller, key: &RecordKey, rights: &[Right]) -> Answer<Scope> {
        let project = window::project_of(key).ok_or_else(Refusal::not_found)?;
        let tenant = self.store.system().tenant_of_project(&project).await?.ok_or_else(Refusal::not_found)?;
        let scope = self.enter_project(caller, &project, rights).await;
        let exists = self.store.tenant(&tenant).window(key).await?.is_some();
        if exists { scope } else { Err(Refusal::not_found().into()) }
    }

    /// Opens a window for a verb.
    async fn open_window(&self, scope: &Scope, key: &RecordKey) -> Answer<(Write, Window)> {
        let mut write = self.begin(&scope.tenant).await?;
        let window = Window::fold(&write.record_facts(key).await?)?.ok_or_else(Refusal::not_found)?;
        window.may_be_changed(is_customer(scope))?;
        Ok((write, window))
    }

    /// Saves a window with its timer, and commits.
    async fn save_window(&self, mut write: Write, window: &Window) -> Answer<WindowDone> {
        write.save_window(window).await?;
        write.sync_timers(window.key.as_str(), &timer_rows(window)).await?;
        let state = window.state(write.now()).code();
        let done = WindowDone { window: window.key.clone(), state, from: window.from, to: window.to };
        self.commit(write, &done).await?;
        self.ring(Change::Act);
        Ok(done)
    }
}

/// The timers of a window as rows.
pub(crate) fn timer_rows(window: &Window) -> Vec<Timer> {
    let timer = |due: Instant| Timer { kind: END_TIMER.to_owned(), generation: due.ms().unsigned_abs(), due };
    window.due().map(timer).into_iter().collect()
}

fn is_customer(scope: &Scope) -> bool {
    scope.role.is_some_and(|role| role.is_customer())
}

fn fact_of(key: &RecordKey, body: Body, scope: &Scope) -> NewFact {
    NewFact { record: Some(key.clone()), body, actor: scope.actor.clone(), role: scope.role, reason: None }
}
