//! One declaration a route: from it come the table's row and the operation of the OpenAPI document.

use axum::handler::Handler;
use desk::Desk;
use gate::{BODY_MAX, Object, Policy, Row, Table};
use http::Method;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, Object as Schema, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, Content, InfoBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, Required, ResponseBuilder,
    Schema as AnySchema,
};
use utoipa::{IntoParams, ToSchema};

type AnyRef = RefOr<AnySchema>;
type Named = Vec<(String, AnyRef)>;

/// The routes declared so far.
pub(crate) struct Routes {
    pub(crate) table: Table<Desk>,
    paths: Paths,
    schemas: Named,
}

/// A route with its policy, being described.
#[must_use = "a route exists once it is told what handles it"]
pub(crate) struct Route<'r> {
    routes: &'r mut Routes,
    method: Method,
    path: &'static str,
    policy: Policy,
    objects: &'static [Object],
    operation: OperationBuilder,
    parameters: Vec<Parameter>,
    takes: Option<AnyRef>,
    body_max: usize,
    success: (u16, Option<(&'static str, Option<AnyRef>)>),
}

impl Routes {
    pub(crate) fn new(table: Table<Desk>) -> Self {
        Self { table, paths: Paths::new(), schemas: vec![] }
    }

    pub(crate) fn get(&mut self, path: &'static str, policy: Policy) -> Route<'_> {
        self.route(Method::GET, path, policy)
    }

    pub(crate) fn post(&mut self, path: &'static str, policy: Policy) -> Route<'_> {
        self.route(Method::POST, path, policy)
    }

    pub(crate) fn put(&mut self, path: &'static str, policy: Policy) -> Route<'_> {
        self.route(Method::PUT, path, policy)
    }

    pub(crate) fn delete(&mut self, path: &'static str, policy: Policy) -> Route<'_> {
        self.route(Method::DELETE, path, policy)
    }

    fn route(&mut self, method: Method, path: &'static str, policy: Policy) -> Route<'_> {
        let (objects, operation, parameters, takes) = (&[][..], OperationBuilder::new(), vec![], None);
        let success = (204, None);
        Route { routes: self, method, path, policy, objects, operation, parameters, takes, body_max: BODY_MAX, success }
    }

    /// A reference to a type's schema, which the document then has.
    fn schema_of<T: ToSchema>(&mut self) -> AnyRef {
        let name = T::name().into_owned();
        T::schemas(&mut self.schemas);
        self.schemas.push((name.clone(), T::schema()));
        Ref::from_schema_name(name).into()
    }

    pub(crate) fn document(mut self) -> OpenApi {
        self.schema_of::<wire::problem::Problem>();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key.")).build();
        let session = ApiKeyValue::with_description("madoguchi", "A person's session, for pages of the same origin.");
        let components = ComponentsBuilder::new()
            .schemas_from_iter(self.schemas)
            .security_scheme("key", SecurityScheme::Http(bearer))
            .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)))
            .build();
        let info = InfoBuilder::new()
            .title("Madoguchi")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some("The native API of the support desk. See docs/api.md."))
            .build();
        OpenApiBuilder::new().info(info).paths(self.paths).components(Some(components)).build()
    }
}

impl Route<'_> {
    /// What the path's parameters name, in their order.
    pub(crate) fn on(mut self, objects: &'static [Object]) -> Self {
        self.objects = objects;
        self
    }

    /// The operation's id, what it does in a sentence, and the chapter it stands in.
    pub(crate) fn says(mut self, id: &str, summary: &str, tag: &str) -> Self {
        self.operation = self.operation.operation_id(Some(id)).summary(Some(summary)).tag(tag);
        self
    }

    /// The query's parameters.
    pub(crate) fn query<Q: IntoParams>(mut self) -> Self {
        self.parameters.extend(Q::into_params(|| Some(ParameterIn::Query)));
        self
    }

    /// The JSON body.
    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        T::schemas(&mut self.routes.schemas);
        self.takes = Some(T::schema());
        self
    }

    /// The JSON body with a version of a paper whose schema is `T`.
    pub(crate) fn takes_paper<T: ToSchema>(mut self) -> Self {
        let document = self.routes.schema_of::<T>();
        let body = ObjectBuilder::new()
            .property("valid_from", instant("From when it holds; absent means from now on."))
            .property(
                "after",
                ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).minimum(Some(0)).description(Some(
                    "The newest version when this one was written, 0 for none; with another one by now: 409 `stale`. \
                     Absent is not compared.",
                )),
            )
            .property("document", document)
            .required("document")
            .build();
        self.takes = Some(body.into());
        self
    }

    /// Bytes of a body, other than what every route takes.
    pub(crate) fn body_max(mut self, bytes: usize) -> Self {
        self.body_max = bytes;
        self
    }

    /// One object.
    pub(crate) fn answers<T: ToSchema>(mut self, status: u16) -> Self {
        let schema = self.routes.schema_of::<T>();
        self.success = (status, Some(("application/json", Some(schema))));
        self
    }

    /// A page of objects.
    pub(crate) fn lists<T: ToSchema>(mut self) -> Self {
        let item = self.routes.schema_of::<T>();
        self.success = (200, Some(("application/json", Some(page_of(item)))));
        self
    }

    /// The versions of a paper whose schema is `T`.
    pub(crate) fn lists_versions<T: ToSchema>(mut self) -> Self {
        let document = self.routes.schema_of::<T>();
        let version = ObjectBuilder::new()
            .property(
                "version",
                ObjectBuilder::new().schema_type(Type::Integer).description(Some("Its number, from 1.")),
            )
            .property("valid_from", instant("From when it holds."))
            .property("recorded_at", instant("When it was recorded."))
            .property(
                "agreed_at",
                ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null])).description(Some(
                    "When the customer's approver agreed to it on the portal, an RFC 3339 instant; null where nobody did.",
                )),
            )
            .property("document", document)
            .required("version")
            .required("valid_from")
            .required("recorded_at")
            .required("document")
            .build();
        self.success = (200, Some(("application/json", Some(page_of(version.into())))));
        self
    }

    /// JSON that has no schema here.
    pub(crate) fn answers_json(mut self) -> Self {
        self.success = (200, Some(("application/json", Some(Schema::new().into()))));
        self
    }

    /// Bytes as they came.
    pub(crate) fn answers_bytes(mut self) -> Self {
        self.success = (200, Some(("application/octet-stream", None)));
        self
    }

    /// Says what handles the route.
    pub(crate) fn to<H: Handler<T, Desk>, T: 'static>(self, handler: H) {
        let Self { routes, method, path, policy, objects, .. } = self;
        let table = &mut routes.table;
        let unguarded = match method {
            Method::POST => table.post(path),
            Method::PUT => table.put(path),
            Method::DELETE => table.delete(path),
            _ => table.get(path),
        };
        unguarded.allow(policy).objects(objects).body_max(self.body_max).to(handler);
        let Some(row) = routes.table.rows().last().cloned() else { return };
        let operation = operation(&row, self.operation, self.parameters, self.takes, self.success);
        let verb = match row.method {
            Method::POST => HttpMethod::Post,
            Method::PUT => HttpMethod::Put,
            Method::DELETE => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        let item = PathItem::new(verb, operation);
        match routes.paths.paths.get_mut(path) {
            Some(known) => known.merge_operations(item),
            None => drop(routes.paths.paths.insert(path.to_owned(), item)),
        }
    }
}

/// What a row itself says of an operation: parameters of the path, security, and every error it can answer.
fn operation(
    row: &Row,
    described: OperationBuilder,
    query: Vec<Parameter>,
    takes: Option<AnyRef>,
    (status, content): (u16, Option<(&'static str, Option<AnyRef>)>),
) -> Operation {
    let names = row.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let (has_query, has_body, acts_once) = (!query.is_empty(), takes.is_some(), row.method == Method::POST);
    let mut operation = described.description(Some(policy_said(row.policy)));
    for (name, object) in names.zip(row.objects) {
        operation = operation.parameter(path_parameter(name, *object));
    }
    for parameter in query {
        operation = operation.parameter(parameter);
    }
    if acts_once {
        operation = operation.parameter(idempotency_key());
    }
    if let Some(schema) = takes {
        let body = RequestBodyBuilder::new().content("application/json", Content::new(Some(schema)));
        operation = operation.request_body(Some(body.required(Some(Required::True)).build()));
    }
    let mut success = ResponseBuilder::new().description("Done.");
    if let Some((media_type, schema)) = content {
        success = success.content(media_type, Content::new(schema));
    }
    operation = operation.response(status.to_string(), success.build());
    let is_public = row.policy == Policy::Public;
    let errors = [
        (400, has_query || has_body || acts_once, "A field is missing or wrong; `errors` names it."),
        (401, !is_public, "Nobody is signed in, or the key is unknown, expired or revoked."),
        (403, !is_public, "The right is missing, or a page of another site asked."),
        (
            404,
            !row.objects.is_empty()
                || row.path.ends_with("/calendar")
                || row.path.ends_with("/provider")
                // A project that is named in the body may be absent.
                || (acts_once && (row.path.ends_with("/incidents") || row.path.ends_with("/windows"))),
            "Absent or somebody else's; both look the same.",
        ),
        (408, has_body, "The body came too slowly."),
        (
            409,
            acts_once,
            "Not in this state, the record moved on (`version` has its version now), or the same request is in flight.",
        ),
        (413, has_body, "The body is too large."),
        (415, has_body, "The body is no JSON."),
        (422, acts_once, "The Idempotency-Key was used for another request."),
        (503, !is_public, "The database does not answer at the moment; nothing was changed."),
    ];
    for (status, _, description) in errors.into_iter().filter(|(_, applies, _)| *applies) {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new().description(description).content(wire::problem::MEDIA_TYPE, problem);
        operation = operation.response(status.to_string(), response.build());
    }
    if !is_public {
        for scheme in ["key", "session"] {
            operation = operation.security(SecurityRequirement::new(scheme, Vec::<String>::new()));
        }
    }
    operation.build()
}

fn policy_said(policy: Policy) -> String {
    let code =
        |right| serde_json::to_value(right).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
    match policy {
        Policy::Public => "For everybody.".to_owned(),
        Policy::IntakeKey => "For whoever knows an intake key.".to_owned(),
        Policy::SignedIn => "For whoever is signed in; each sees what they reach.".to_owned(),
        Policy::Somewhere(right) => format!("Needs the right `{}`; shows the tenants it is held in.", code(right)),
        Policy::In(right) => format!("Needs the right `{}` in the tenant.", code(right)),
    }
}

fn path_parameter(name: &str, object: Object) -> Parameter {
    let description = match object {
        Object::Incident => "The incident's key, `KEY-n`.",
        Object::Project => "The project's key.",
        Object::Window => "The window's name, `KEY-Wn`.",
        Object::Event => "The event's id, as the list says it.",
        _ => "The id.",
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("A name of your own for this request: sent again, it is done once and answered the same."))
        .schema(Some(schema))
        .build()
}

fn instant(description: &str) -> Schema {
    let format = utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).description(Some(description)).build()
}

fn page_of(item: AnyRef) -> AnyRef {
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("The cursor of the next page; null on the last one."));
    let page = ObjectBuilder::new()
        .property("items", ArrayBuilder::new().items(item))
        .property("next", next)
        .required("items")
        .required("next");
    page.build().into()
}
