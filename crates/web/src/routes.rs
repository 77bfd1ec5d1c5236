//! All routes of the pages, each with whom it allows.

use crate::cause::handler::Act as OfCause;
use crate::incident::Verb;
use crate::state::State;
use crate::{
    access, acknowledgement, alerts, assets, attachment, board, callers, catalogue, cause, compliance, customer,
    disposal, fault, incident, live, night, notices, outbox, problems, proof, report, request, responsibility,
    settings, shift, terms, window,
};
use axum::Router;
use axum::response::{IntoResponse, Response};
use desk::request::Act;
use domain::access::Right;
use domain::ids::RecordKey;
use gate::{Object, Path, Policy, Surface, Table, Trouble};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// Bytes of a CSV sent by a form.
const CSV_MAX: usize = 2 * 1024 * 1024;

/// The tables of the pages, of their live streams and of their files.
pub fn tables() -> [Table<State>; 3] {
    [pages(), streams(), files()]
}

/// The router of all of them.
pub fn router(state: &State) -> Router {
    let routers = tables().map(|table| state.gate.router(table, state.clone()));
    routers.into_iter().fold(Router::new(), Router::merge)
}

fn pages() -> Table<State> {
    let mut table = Table::new(Surface::Page);
    coming_in(&mut table);
    incidents(&mut table);
    customers(&mut table);
    people(&mut table);
    desk(&mut table);
    table
}

fn coming_in(table: &mut Table<State>) {
    use access::handler as to;
    table.get("/sign-in").allow(Policy::Public).to(to::door);
    table.post("/sign-in").allow(Policy::Public).to(to::sign_in);
    table.post("/sign-out").allow(Policy::Public).to(to::sign_out);
    table.post("/language").allow(Policy::Public).to(to::language);
    table.get("/set-up").allow(Policy::Public).to(to::set_up);
    table.post("/set-up").allow(Policy::Public).to(to::begin);
    table.get("/docs/problems").allow(Policy::Public).to(problems::show);
    table.get("/catalogue").allow(Policy::Public).to(catalogue::show);
    table.get("/responsibility").allow(Policy::Public).to(responsibility::show);
    let link = &[Object::Nothing, Object::Nothing, Object::Nothing];
    table.get("/ack/{tenant}/{message}/{signature}").allow(Policy::Public).objects(link).to(acknowledgement::show);
    table.post("/ack/{tenant}/{message}/{signature}").allow(Policy::Public).objects(link).to(acknowledgement::confirm);
    table.get("/account").allow(Policy::SignedIn).to(to::account);
    table.post("/account/password").allow(Policy::SignedIn).to(to::password);
    table
        .post("/account/sessions/{session}/revocation")
        .allow(Policy::SignedIn)
        .objects(&[Object::Session])
        .to(to::revoke);
}

fn incidents(table: &mut Table<State>) {
    let read = Policy::Somewhere(Right::ReadOperations);
    table.get("/").allow(Policy::SignedIn).to(board::handler::show);
    table.get("/incidents").allow(Policy::Somewhere(Right::ReadPublished)).to(incident::handler::list);
    let one = Policy::In(Right::ReadPublished);
    table.get("/incidents/{key}").allow(one).objects(&[Object::Incident]).to(incident::handler::show);
    let speak = Policy::In(Right::SpeakAsCustomer);
    table
        .post("/incidents/{key}/consent-dispute")
        .allow(speak)
        .objects(&[Object::Incident])
        .to(customer::handler::dispute);
    for verb in Verb::ALL {
        let act = move |here, key: Path<RecordKey>, sent| incident::handler::act(verb, here, key, sent);
        table.post(verb.route()).allow(Policy::In(verb.right())).objects(&[Object::Incident]).to(act);
    }
    table.get("/callers").allow(read).to(callers::show);
    table.get("/shift").allow(read).to(shift::show);
    table.post("/shift/hand-over").allow(Policy::Somewhere(Right::Operate)).to(shift::give);
    table.post("/shift/taking").allow(Policy::Somewhere(Right::Operate)).to(shift::take);
    table.get("/causes").allow(read).to(cause::handler::show);
    table.post("/causes").allow(Policy::Somewhere(Right::Operate)).to(cause::handler::open);
    for (path, act) in [
        ("/cause/incidents", OfCause::Link),
        ("/cause/release", OfCause::Release),
        ("/cause/notice", OfCause::Tell),
        ("/cause/call", OfCause::Call),
        ("/cause/call-connection", OfCause::Connect),
        ("/cause/call-end", OfCause::End),
        ("/cause/closure", OfCause::Close),
    ] {
        let to = move |here, sent| cause::handler::act(act, here, sent);
        table.post(path).allow(Policy::Somewhere(Right::Operate)).to(to);
    }
    mails(table);
    requests(table);
    attachments(table);
    erasures(table);
    secrets(table);
    records(table);
    faults(table);
    windows(table);
    table.get("/notices").allow(Policy::Somewhere(Right::ReadPublished)).to(notices::handler::show);
    table.post("/notices").allow(Policy::SignedIn).to(notices::handler::post);
    table.post("/notices/removal").allow(Policy::SignedIn).to(notices::handler::take_down);
    table.post("/documents").allow(Policy::Somewhere(Right::Agree)).to(notices::handler::publish);
    table.post("/documents/confirmation").allow(Policy::SignedIn).to(notices::handler::confirm);
    table.get("/terms").allow(Policy::Somewhere(Right::SpeakAsCustomer)).to(terms::handler::show);
    let consent = Policy::Somewhere(Right::Consent);
    table.post("/terms/criteria").allow(consent).to(terms::handler::criteria);
    table.post("/terms/contact-plan").allow(consent).to(terms::handler::plan);
    reports(table);
    table.get("/compliance").allow(Policy::Somewhere(Right::ReadPublished)).to(compliance::handler::show);
    table.get("/compliance.csv").allow(Policy::Somewhere(Right::ReadPublished)).to(compliance::handler::export);
    table.get("/proof").allow(Policy::Somewhere(Right::ReadPublished)).to(proof::handler::show);
    table.get("/proof/bundle").allow(Policy::Somewhere(Right::ReadPublished)).to(proof::handler::bundle);
    table.get("/compliance/frozen").allow(Policy::Somewhere(Right::ReadPublished)).to(compliance::handler::frozen);
    table
        .get("/compliance/frozen.json")
        .allow(Policy::Somewhere(Right::ReadPublished))
        .to(compliance::handler::frozen_json);
    table.get("/retention").allow(Policy::Somewhere(Right::ReadPublished)).to(disposal::handler::show);
    table.post("/retention").allow(Policy::Somewhere(Right::Agree)).to(disposal::handler::agree);
    table.post("/retention/proposal").allow(Policy::Somewhere(Right::Dispose)).to(disposal::handler::propose);
    table.post("/retention/answer").allow(Policy::Somewhere(Right::Dispose)).to(disposal::handler::answer);
    table.get("/compliance/customers").allow(read).to(compliance::handler::overview);
    table.get("/compliance/what-if").allow(read).to(compliance::what_if::show);
    table.post("/compliance/freeze").allow(Policy::Somewhere(Right::Decide)).to(compliance::handler::freeze);
    table.post("/compliance/restate").allow(Policy::Somewhere(Right::Decide)).to(compliance::handler::restate);
    table.get("/night").allow(Policy::Somewhere(Right::ReadPublished)).to(night::handler::night);
    table.get("/figures").allow(read).to(night::handler::figures);
    table.get("/alerts").allow(read).to(alerts::handler::day);
    table.get("/alerts/quarantine").allow(read).to(alerts::handler::quarantine);
    let event = &[Object::Tenant, Object::Event];
    table
        .get("/alerts/events/{tenant}/{event}")
        .allow(Policy::In(Right::ReadOperations))
        .objects(event)
        .to(alerts::handler::raw);
    table.get("/outbox").allow(read).to(outbox::handler::list);
    let mail = &[Object::Tenant, Object::Message];
    table
        .get("/outbox/{tenant}/{message}")
        .allow(Policy::In(Right::ReadOperations))
        .objects(mail)
        .to(outbox::handler::show);
}

fn mails(table: &mut Table<State>) {
    use crate::mail_in::handler as to;
    table.get("/mail-in").allow(Policy::Somewhere(Right::ReadOperations)).to(to::show);
    table.get("/mail-in/source").allow(Policy::Somewhere(Right::ReadOperations)).to(to::source);
    table.get("/mail-in/file").allow(Policy::Somewhere(Right::ReadOperations)).to(to::file);
    table.post("/mail-in/attachment").allow(Policy::Somewhere(Right::Operate)).to(to::attach);
    table.post("/mail-in/drop").allow(Policy::Somewhere(Right::Operate)).to(to::discard);
}

fn reports(table: &mut Table<State>) {
    use report::handler::{self as to, Act};
    let (incident, published) = (&[Object::Incident], Policy::In(Right::ReadPublished));
    table.get("/incidents/{key}/reports").allow(Policy::In(Right::ReadOperations)).objects(incident).to(to::show);
    table.get("/incidents/{key}/incident-report").allow(published).objects(incident).to(to::print);
    for (path, right, act) in [
        ("/incidents/{key}/incident-report", Right::Operate, Act::Write),
        ("/incidents/{key}/incident-report-decision", Right::Decide, Act::Decide),
        ("/incidents/{key}/incident-report-date", Right::Operate, Act::Agree),
        ("/incidents/{key}/major", Right::Operate, Act::Mark),
        ("/incidents/{key}/major-review", Right::Decide, Act::Review),
    ] {
        let send = move |here, key: Path<RecordKey>, sent| to::act(act, here, key, sent);
        table.post(path).allow(Policy::In(right)).objects(incident).to(send);
    }
}

fn requests(table: &mut Table<State>) {
    use request::handler as to;
    let request = &[Object::Request];
    table.get("/requests").allow(Policy::Somewhere(Right::ReadPublished)).to(to::list);
    table.get("/today").allow(Policy::Somewhere(Right::ReadOperations)).to(to::today);
    table.get("/requests/new").allow(Policy::SignedIn).to(to::new);
    table.post("/requests").allow(Policy::SignedIn).to(to::file);
    table.get("/requests/{key}").allow(Policy::In(Right::ReadPublished)).objects(request).to(to::show);
    for verb in Act::ALL {
        let act = move |here, key: Path<RecordKey>, sent| to::act(verb, here, key, sent);
        // Which side may do what stands in one table of the desk.
        table.post(route_of(verb)).allow(Policy::SignedIn).objects(request).to(act);
    }
}

fn secrets(table: &mut Table<State>) {
    use crate::secret::handler as to;
    let request = &[Object::Request];
    table.post("/requests/{key}/secrets").allow(Policy::SignedIn).objects(request).to(to::hand);
    table.post("/requests/{key}/secrets/reading").allow(Policy::SignedIn).objects(request).to(to::read);
    table.post("/requests/{key}/secrets/taking-back").allow(Policy::SignedIn).objects(request).to(to::take_back);
}

fn attachments(table: &mut Table<State>) {
    use attachment::handler::{self as to, FORM_MAX, Ticket};
    for (of, object, add, give) in [
        (Ticket::Request, &[Object::Request], "/requests/{key}/files", "/requests/{key}/file"),
        (Ticket::Incident, &[Object::Incident], "/incidents/{key}/files", "/incidents/{key}/file"),
    ] {
        let send = move |here, key: Path<RecordKey>, form| to::add(of, here, key, form);
        table.post(add).allow(Policy::SignedIn).objects(object).body_max(FORM_MAX).to(send);
        table.get(give).allow(Policy::In(Right::ReadPublished)).objects(object).to(to::give);
    }
}

fn erasures(table: &mut Table<State>) {
    use disposal::handler::{self as to, Folder};
    for (of, object, path) in [
        (Folder("requests"), &[Object::Request], "/requests/{key}/erasure"),
        (Folder("incidents"), &[Object::Incident], "/incidents/{key}/erasure"),
        (Folder("records"), &[Object::Record], "/records/{key}/erasure"),
    ] {
        let ask = move |here, key: Path<RecordKey>| to::erasing(of, here, key);
        table.get(path).allow(Policy::In(Right::Decide)).objects(object).to(ask);
        let send = move |here, key: Path<RecordKey>, sent| to::erase(of, here, key, sent);
        table.post(path).allow(Policy::In(Right::Decide)).objects(object).to(send);
    }
}

fn records(table: &mut Table<State>) {
    use crate::{procedure, record::handler as to, search};
    let record = &[Object::Record];
    table.get("/procedures").allow(Policy::SignedIn).to(procedure::handler::show);
    table.get("/search").allow(Policy::Somewhere(Right::ReadPublished)).to(search::handler::show);
    table.get("/records").allow(Policy::SignedIn).to(to::list);
    table.get("/records/new").allow(Policy::SignedIn).to(to::new);
    table.post("/records").allow(Policy::SignedIn).to(to::open);
    table.get("/records/{key}").allow(Policy::SignedIn).objects(record).to(to::show);
    table.post("/records/{key}/act").allow(Policy::SignedIn).objects(record).to(to::act);
}

/// The path of a verb of a request.
const fn route_of(act: Act) -> &'static str {
    match act {
        Act::Take => "/requests/{key}/assignment",
        Act::Plan => "/requests/{key}/plan",
        Act::Approve => "/requests/{key}/approval",
        Act::Begin => "/requests/{key}/start",
        Act::Complete => "/requests/{key}/completion",
        Act::GiveBack => "/requests/{key}/return",
        Act::Close => "/requests/{key}/closure",
        Act::Decline => "/requests/{key}/refusal",
        Act::Cancel => "/requests/{key}/cancellation",
        Act::Ask => "/requests/{key}/question",
        Act::Answer => "/requests/{key}/answer",
        Act::Offer => "/requests/{key}/date",
        Act::Reply => "/requests/{key}/date-reply",
        Act::Except => "/requests/{key}/exception",
        Act::Urge => "/requests/{key}/urgency",
        Act::Reclassify => "/requests/{key}/entry",
        Act::Message => "/requests/{key}/message",
        Act::Note => "/requests/{key}/note",
        Act::Explain => "/requests/{key}/explanation",
        Act::Split => "/requests/{key}/part",
        Act::Hand => "/requests/{key}/hand-over",
        Act::HandBack => "/requests/{key}/hand-over-return",
        Act::Before => "/requests/{key}/state-before",
        Act::After => "/requests/{key}/state-after",
        Act::Check => "/requests/{key}/work-check",
        Act::Link => "/requests/{key}/link",
    }
}

fn faults(table: &mut Table<State>) {
    use fault::handler as to;
    let (speak, operate) = (Policy::Somewhere(Right::SpeakAsCustomer), Policy::Somewhere(Right::Operate));
    table.get("/faults/new").allow(speak).to(to::new);
    table.post("/faults").allow(speak).to(to::file);
    table.post("/faults/additions").allow(speak).to(to::add);
    table.get("/calls").allow(operate).to(to::call);
    table.post("/calls").allow(operate).to(to::begin);
    table.post("/calls/incident").allow(operate).to(to::open);
    let (one, incident) = (Policy::In(Right::Operate), &[Object::Incident]);
    table.get("/incidents/{key}/intake").allow(one).objects(incident).to(to::heard);
    table.post("/incidents/{key}/intake").allow(one).objects(incident).to(to::hear);
    table.post("/incidents/{key}/intake/end").allow(one).objects(incident).to(to::end);
}

fn windows(table: &mut Table<State>) {
    use window::handler as to;
    let window = &[Object::Window];
    table.get("/windows").allow(Policy::Somewhere(Right::ReadPublished)).to(to::list);
    table.post("/windows").allow(Policy::SignedIn).to(to::announce);
    table.post("/windows/{window}/end").allow(Policy::SignedIn).objects(window).to(to::change);
    table.post("/windows/{window}/cancellation").allow(Policy::SignedIn).objects(window).to(to::cancel);
}

fn customers(table: &mut Table<State>) {
    use settings::handler::{catalogue, first, project, readiness, runbooks, tenants};
    let (somewhere, agree) = (Policy::Somewhere(Right::Agree), Policy::In(Right::Agree));
    let (tenant, one_project) = (&[Object::Tenant], &[Object::Project]);
    table.get("/settings").allow(somewhere).to(first);
    table.get("/settings/readiness").allow(somewhere).to(readiness::show);
    table.post("/settings/projects/{project}/start").allow(agree).objects(one_project).to(readiness::start);
    table.get("/settings/catalogue").allow(somewhere).to(catalogue::show);
    table.post("/settings/catalogue").allow(somewhere).body_max(CSV_MAX).to(catalogue::record);
    table.get("/settings/tenants").allow(somewhere).to(tenants::list);
    table.post("/settings/tenants").allow(Policy::Somewhere(Right::Administer)).to(tenants::add);
    table.get("/settings/tenants/{tenant}").allow(agree).objects(tenant).to(tenants::show);
    table
        .post("/settings/tenants/{tenant}/projects")
        .allow(Policy::In(Right::Administer))
        .objects(tenant)
        .to(tenants::add_project);
    table.post("/settings/tenants/{tenant}/agreement").allow(agree).objects(tenant).to(tenants::agree);
    table.post("/settings/projects/{project}/criteria").allow(agree).objects(one_project).to(project::criteria);
    table.post("/settings/projects/{project}/calling").allow(agree).objects(one_project).to(project::calling);
    table
        .post("/settings/projects/{project}/runbooks")
        .allow(agree)
        .objects(one_project)
        .body_max(CSV_MAX)
        .to(runbooks::record);
    table.post("/settings/projects/{project}/contacts").allow(agree).objects(one_project).to(project::add_contact);
    table.get("/settings/projects/{project}/contacts.csv").allow(agree).objects(one_project).to(project::export);
    table
        .get("/settings/projects/{project}/contacts/import")
        .allow(agree)
        .objects(one_project)
        .to(project::import_form);
    table
        .post("/settings/projects/{project}/contacts/import")
        .allow(agree)
        .objects(one_project)
        .body_max(CSV_MAX)
        .to(project::import);
    let contact = &[Object::Project, Object::Contact];
    table
        .post("/settings/projects/{project}/contacts/{contact}/removal")
        .allow(agree)
        .objects(contact)
        .to(project::remove_contact);
}

fn people(table: &mut Table<State>) {
    use settings::handler::{keys, people};
    let (somewhere, within) = (Policy::Somewhere(Right::Administer), Policy::In(Right::Administer));
    let person = &[Object::Person];
    table.get("/settings/people").allow(somewhere).to(people::list);
    table.post("/settings/people").allow(somewhere).to(people::add);
    table.post("/settings/people/password").allow(somewhere).to(people::reset);
    table.get("/settings/people.csv").allow(somewhere).to(people::export);
    table.get("/settings/people/import").allow(somewhere).to(people::import_form);
    table.post("/settings/people/import").allow(somewhere).body_max(CSV_MAX).to(people::import);
    table.post("/settings/people/{person}/deactivation").allow(somewhere).objects(person).to(people::deactivate);
    table.post("/settings/people/{person}/activation").allow(somewhere).objects(person).to(people::activate);
    table.post("/settings/memberships").allow(somewhere).to(people::grant);
    let membership = &[Object::Tenant, Object::Membership];
    table
        .post("/settings/memberships/{tenant}/{membership}/end")
        .allow(within)
        .objects(membership)
        .to(people::end_membership);
    table.post("/settings/delegations").allow(somewhere).to(people::delegate);
    let delegation = &[Object::Tenant, Object::Delegation];
    table
        .post("/settings/delegations/{tenant}/{delegation}/end")
        .allow(within)
        .objects(delegation)
        .to(people::end_delegation);
    table.get("/settings/keys").allow(somewhere).to(keys::list);
    table.post("/settings/keys").allow(somewhere).to(keys::add);
    table
        .post("/settings/keys/{tenant}/{key}/revocation")
        .allow(within)
        .objects(&[Object::Tenant, Object::Key])
        .to(keys::revoke);
    table.get("/settings/webhooks").allow(somewhere).to(keys::webhooks);
    table.post("/settings/webhooks").allow(somewhere).to(keys::add_webhook);
    let webhook = &[Object::Tenant, Object::Webhook];
    table.post("/settings/webhooks/{tenant}/{webhook}/removal").allow(within).objects(webhook).to(keys::remove_webhook);
}

fn desk(table: &mut Table<State>) {
    use settings::handler::{desk, duty};
    let administer = Policy::Somewhere(Right::Administer);
    table.get("/settings/duty-list").allow(administer).to(duty::show);
    table.post("/settings/duty-list").allow(administer).to(duty::record);
    let (somewhere, agree) = (Policy::Somewhere(Right::Agree), Policy::In(Right::Agree));
    table.get("/settings/templates").allow(somewhere).to(desk::templates);
    let template = &[Object::Tenant, Object::Paper];
    table.post("/settings/templates/{tenant}/{code}").allow(agree).objects(template).to(desk::write_template);
    table.get("/settings/mail").allow(somewhere).to(desk::mail);
    table.post("/settings/mail").allow(somewhere).to(desk::write_mail);
    table.get("/settings/calendar").allow(somewhere).to(desk::calendar);
    table.post("/settings/calendar").allow(somewhere).to(desk::add_closure);
    table
        .post("/settings/calendar/{date}/removal")
        .allow(somewhere)
        .objects(&[Object::Nothing])
        .to(desk::remove_closure);
}

fn streams() -> Table<State> {
    let mut table = Table::new(Surface::Live);
    table.get("/live/board").allow(Policy::Somewhere(Right::ReadOperations)).to(live::board);
    let read = Policy::In(Right::ReadPublished);
    table.get("/live/incidents/{key}").allow(read).objects(&[Object::Incident]).to(live::incident);
    table.get("/live/cause").allow(Policy::Somewhere(Right::ReadOperations)).to(live::cause);
    table.get("/live/set-up").allow(Policy::Somewhere(Right::ReadOperations)).to(live::set_up);
    table
}

fn files() -> Table<State> {
    let mut table = Table::new(Surface::Asset);
    table.get("/assets/{name}").allow(Policy::Public).objects(&[Object::Nothing]).to(file);
    table.get("/favicon.ico").allow(Policy::Public).to(icon);
    table
}

/// One file; its address carries a hash of it, so a browser may keep it for ever.
async fn file(Path(name): Path<String>) -> Result<Response, Trouble> {
    let (kind, bytes) = assets::asset(&name).ok_or_else(Trouble::not_found)?;
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")], bytes).into_response())
}

/// Where browsers look without being told.
async fn icon() -> Result<Response, Trouble> {
    file(Path("icon.svg".to_owned())).await
}
