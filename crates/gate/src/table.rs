//! The table of routes: one row a route, with everything the server and the tests must know of it.
//!
//! `table.get("/incidents/{key}").allow(Policy::In(Right::Operate)).objects(&[Object::Incident]).to(show)`: only a route
//! that was told whom it allows has a `to`.

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use domain::access::Right;
use http::Method;

/// Bytes of a body where a route says nothing else: 512 KiB.
pub const BODY_MAX: usize = 512 * 1024;

/// Which face of the desk a route belongs to: how it authenticates and in what shape it answers errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    /// A page or the form of one: session cookie, errors as pages.
    Page,
    /// Server-sent events: session cookie, errors as problems; ends when the desk stops.
    Live,
    /// The native API: bearer key or session cookie, errors as problems.
    Api,
    /// Alert senders: the key is part of the request, errors in the sender's shape or as problems.
    Intake,
    /// Style sheets, scripts and pictures.
    Asset,
    /// Health and metrics.
    Health,
}

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Everybody.
    Public,
    /// Who knows an intake key; the handler looks it up, since it stands in path or body.
    IntakeKey,
    /// Whoever is signed in, with whatever role.
    SignedIn,
    /// Whoever holds the right in at least one tenant. What the handler shows is limited to the tenants it is held in.
    Somewhere(Right),
    /// Whoever holds the right in the tenant of the object. The handler knows the tenant and asks `Caller::enter`.
    In(Right),
}

/// What a path parameter names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    /// A tenant by id.
    Tenant,
    /// A project by key.
    Project,
    /// An incident by record key.
    Incident,
    /// A request by record key.
    Request,
    /// A record of a process that is only its file, by record key.
    Record,
    /// A window of work by its name.
    Window,
    /// An alert event by number.
    Event,
    /// A person by id.
    Person,
    /// A membership by id.
    Membership,
    /// A delegation by id.
    Delegation,
    /// A session by id.
    Session,
    /// An API or intake key by id.
    Key,
    /// The secret of an intake key.
    IntakeSecret,
    /// A webhook by id.
    Webhook,
    /// A message in the outbox by id.
    Message,
    /// A contact by id.
    Contact,
    /// A kind or version of an agreed paper.
    Paper,
    /// Nothing that belongs to anybody: a day, a page number, the name of an asset.
    Nothing,
}

/// One route as tests see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Method.
    pub method: Method,
    /// Path with parameters as `{name}`.
    pub path: &'static str,
    /// Face of the desk.
    pub surface: Surface,
    /// Who may call it.
    pub policy: Policy,
    /// What each path parameter names, in their order.
    pub objects: &'static [Object],
    /// Bytes a body may have.
    pub body_max: usize,
}

/// The routes of one surface over the state `S` of their handlers.
pub struct Table<S> {
    surface: Surface,
    pub(crate) routes: Vec<(Row, MethodRouter<S>)>,
}

/// A route that nobody may call yet. It has no way to a handler.
#[must_use = "a route exists once it is told whom it allows and what handles it"]
pub struct Unguarded<'t, S> {
    table: &'t mut Table<S>,
    method: (Method, MethodFilter),
    path: &'static str,
}

/// A route with its policy.
#[must_use = "a route exists once it is told what handles it"]
pub struct WithPolicy<'t, S> {
    table: &'t mut Table<S>,
    filter: MethodFilter,
    row: Row,
}

impl<S: Clone + Send + Sync + 'static> Table<S> {
    /// An empty table of a surface.
    pub const fn new(surface: Surface) -> Self {
        Self { surface, routes: Vec::new() }
    }

    /// A route that reads.
    pub fn get(&mut self, path: &'static str) -> Unguarded<'_, S> {
        Unguarded { table: self, method: (Method::GET, MethodFilter::GET), path }
    }

    /// A route that acts.
    pub fn post(&mut self, path: &'static str) -> Unguarded<'_, S> {
        Unguarded { table: self, method: (Method::POST, MethodFilter::POST), path }
    }

    /// A route that replaces.
    pub fn put(&mut self, path: &'static str) -> Unguarded<'_, S> {
        Unguarded { table: self, method: (Method::PUT, MethodFilter::PUT), path }
    }

    /// A route that ends or removes.
    pub fn delete(&mut self, path: &'static str) -> Unguarded<'_, S> {
        Unguarded { table: self, method: (Method::DELETE, MethodFilter::DELETE), path }
    }

    /// Every route, for the isolation matrix and the check of the OpenAPI document.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.routes.iter().map(|(row, _)| row)
    }
}

impl<'t, S> Unguarded<'t, S> {
    /// Says who may call the route.
    pub fn allow(self, policy: Policy) -> WithPolicy<'t, S> {
        let Unguarded { table, method: (method, filter), path } = self;
        let surface = table.surface;
        WithPolicy { table, filter, row: Row { method, path, surface, policy, objects: &[], body_max: BODY_MAX } }
    }
}

impl<S: Clone + Send + Sync + 'static> WithPolicy<'_, S> {
    /// Says what the path's parameters name, in their order.
    pub fn objects(mut self, objects: &'static [Object]) -> Self {
        self.row.objects = objects;
        self
    }

    /// Allows bodies of another size than [`BODY_MAX`].
    pub fn body_max(mut self, bytes: usize) -> Self {
        self.row.body_max = bytes;
        self
    }

    /// Says what handles the route.
    ///
    /// # Panics
    /// At the start of the program, if a path parameter was not told what it names.
    pub fn to<H: Handler<T, S>, T: 'static>(self, handler: H) {
        let Self { table, filter, row } = self;
        let parameters = row.path.matches('{').count();
        assert_eq!(parameters, row.objects.len(), "{} {}: one object a path parameter", row.method, row.path);
        table.routes.push((row, on(filter, handler)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn nothing() {}

    #[test]
    fn rows_tell_what_was_built() {
        let mut table = Table::<()>::new(Surface::Api);
        table.get("/a/{key}").allow(Policy::In(Right::Operate)).objects(&[Object::Incident]).to(nothing);
        table.post("/a").allow(Policy::SignedIn).body_max(10).to(nothing);
        let rows: Vec<&Row> = table.rows().collect();
        assert_eq!(
            (&rows[0].method, rows[0].path, rows[0].objects),
            (&Method::GET, "/a/{key}", &[Object::Incident][..])
        );
        assert_eq!((rows[1].policy, rows[1].body_max, rows[1].surface), (Policy::SignedIn, 10, Surface::Api));
    }

    #[test]
    #[should_panic(expected = "one object a path parameter")]
    fn a_path_parameter_without_a_kind_stops_the_start() {
        Table::<()>::new(Surface::Page).get("/a/{key}").allow(Policy::SignedIn).to(nothing);
    }
}
