//! Every page from every sample in both languages, and what must hold for all of them.
//!
//! With `MADOGUCHI_TEST_PAGES_DIR` set, the test also writes them there, with their assets, to be looked at.

use crate::layout::{Place, Shell};
use crate::{
    access, acknowledgement, alerts, board, callers, catalogue, cause, compliance, customer, disposal, failure, fault,
    incident, mail_in, night, notices, outbox, problems, procedure, proof, record, report, request, responsibility,
    sample, search, secret, settings, shift, terms, window,
};
use domain::words::Lang;
use maud::Markup;
use std::collections::{BTreeMap, BTreeSet};

fn draw<T>(
    pages: &mut BTreeMap<String, String>,
    shell: &Shell,
    name: &str,
    samples: Vec<(&'static str, T)>,
    page: fn(&Shell, &T) -> Markup,
) {
    assert!(!samples.is_empty(), "{name} has no sample");
    for (variant, context) in samples {
        let file = format!("{name}-{variant}-{}.html", shell.lang.tag());
        let before = pages.insert(file.clone(), page(shell, &context).into_string());
        assert!(before.is_none(), "{file} exists twice");
    }
}

fn every_page(lang: Lang) -> BTreeMap<String, String> {
    let (staff, guest, nobody) = (sample::staff(lang), sample::customer(lang), sample::nobody(lang));
    let at = |place| Shell { place, ..sample::staff(lang) };
    let (settings_shell, alerts_shell, outbox_shell) = (at(Place::Settings), at(Place::Alerts), at(Place::Outbox));
    let mut pages = BTreeMap::new();
    draw(&mut pages, &staff, "board", board::samples(), board::page);
    draw(&mut pages, &staff, "incident", incident::samples(), incident::page);
    draw(&mut pages, &guest, "customer-incident", customer::incident_samples(), customer::incident_page);
    draw(&mut pages, &at(Place::Night), "night", night::samples(), night::page);
    draw(&mut pages, &at(Place::Night), "figures", night::figures_samples(), night::figures_page);
    draw(&mut pages, &staff, "reports", report::samples(), report::page);
    draw(&mut pages, &guest, "incident-report", report::printed_samples(), report::printed_page);
    draw(&mut pages, &guest, "fault", fault::file_samples(), fault::file_page);
    let is_staff = |sample: &(&str, window::WindowsPage)| sample.1.staff;
    let (of_staff, of_customers) = window::samples().into_iter().partition(is_staff);
    draw(&mut pages, &at(Place::Windows), "windows", of_staff, window::page);
    draw(&mut pages, &guest, "customer-windows", of_customers, window::page);
    draw(&mut pages, &staff, "call", fault::call_samples(), fault::call_page);
    draw(&mut pages, &staff, "heard", fault::heard_samples(), fault::heard_page);
    draw(&mut pages, &guest, "requests", request::list_samples(), request::page);
    draw(&mut pages, &guest, "request-filing", request::filing_samples(), request::filing_page);
    draw(&mut pages, &staff, "request", request::request_samples(), request::request_page);
    draw(&mut pages, &guest, "request-secret", secret::samples(), secret::revealed_page);
    draw(&mut pages, &staff, "search", search::samples(), search::page);
    draw(&mut pages, &guest, "procedures", procedure::list_samples(), procedure::list_page);
    draw(&mut pages, &guest, "procedure", procedure::samples(), procedure::page);
    draw(&mut pages, &guest, "records", record::list_samples(), record::list_page);
    draw(&mut pages, &guest, "record-new", record::new_samples(), record::new_page);
    draw(&mut pages, &staff, "record", record::samples(), record::page);
    draw(&mut pages, &nobody, "responsibility", responsibility::samples(), responsibility::page);
    draw(&mut pages, &nobody, "catalogue", catalogue::samples(), catalogue::page);
    draw(&mut pages, &staff, "compliance", compliance::samples(), compliance::page);
    draw(&mut pages, &guest, "proof", proof::samples(), proof::page);
    draw(&mut pages, &staff, "retention", disposal::samples(), disposal::page);
    draw(&mut pages, &staff, "erasure", disposal::erasure_samples(), disposal::erasure_page);
    draw(&mut pages, &guest, "frozen-tables", compliance::list_samples(), compliance::list_page);
    draw(&mut pages, &guest, "frozen-table", compliance::table_samples(), compliance::table_page);
    draw(&mut pages, &staff, "what-if", compliance::what_if_samples(), compliance::what_if_page);
    draw(&mut pages, &staff, "all-customers", compliance::overview_samples(), compliance::overview_page);
    draw(&mut pages, &guest, "notices", notices::samples(), notices::page);
    draw(&mut pages, &guest, "terms", terms::samples(), terms::page);
    draw(&mut pages, &guest, "customer-list", customer::list_samples(), customer::list_page);
    draw(&mut pages, &nobody, "sign-in", access::sign_in_samples(), access::sign_in_page);
    draw(&mut pages, &nobody, "acknowledgement", acknowledgement::samples(), acknowledgement::page);
    draw(&mut pages, &at(Place::Callers), "callers", callers::samples(), callers::page);
    draw(&mut pages, &at(Place::Shift), "shift", shift::samples(), shift::page);
    draw(&mut pages, &at(Place::MailIn), "mail-in", mail_in::samples(), mail_in::page);
    draw(&mut pages, &at(Place::MailIn), "kept-mail", mail_in::mail_samples(), mail_in::mail_page);
    draw(&mut pages, &at(Place::Causes), "causes", cause::list_samples(), cause::list_page);
    draw(&mut pages, &at(Place::Causes), "cause", cause::samples(), cause::page);
    draw(&mut pages, &nobody, "problems", problems::samples(), problems::page);
    draw(&mut pages, &nobody, "set-up", access::set_up_samples(), access::set_up_page);
    draw(&mut pages, &at(Place::Account), "account", access::account_samples(), access::account_page);
    draw(&mut pages, &settings_shell, "tenants", settings::tenants_samples(), settings::tenants_page);
    draw(&mut pages, &settings_shell, "tenant", settings::tenant_samples(), settings::tenant_page);
    draw(&mut pages, &settings_shell, "people", settings::people_samples(), settings::people_page);
    draw(&mut pages, &settings_shell, "keys", settings::keys_samples(), settings::keys_page);
    draw(&mut pages, &settings_shell, "templates", settings::templates_samples(), settings::templates_page);
    draw(&mut pages, &settings_shell, "mail", settings::mail_samples(), settings::mail_page);
    draw(&mut pages, &settings_shell, "webhooks", settings::webhooks_samples(), settings::webhooks_page);
    draw(&mut pages, &settings_shell, "calendar", settings::calendar_samples(), settings::calendar_page);
    draw(&mut pages, &settings_shell, "readiness", settings::readiness_samples(), settings::readiness_page);
    draw(&mut pages, &settings_shell, "duty-list", settings::duty_samples(), settings::duty_page);
    draw(&mut pages, &settings_shell, "catalogue-settings", settings::catalogue_samples(), settings::catalogue_page);
    draw(&mut pages, &settings_shell, "import", settings::import_samples(), settings::import_page);
    draw(&mut pages, &alerts_shell, "alerts", alerts::day_samples(), alerts::day_page);
    draw(&mut pages, &alerts_shell, "quarantine", alerts::quarantine_samples(), alerts::quarantine_page);
    draw(&mut pages, &alerts_shell, "raw-event", alerts::raw_samples(), alerts::raw_page);
    draw(&mut pages, &outbox_shell, "outbox", outbox::samples(), outbox::page);
    draw(&mut pages, &outbox_shell, "outbox-mail", outbox::mail_samples(), outbox::mail_page);
    draw(&mut pages, &staff, "failure", failure::samples(), failure::conflict_page);
    pages
}

/// The start tags of a page as (name, attributes). Values are escaped, so neither `<` nor `>` stands inside of one.
fn tags(html: &str) -> Vec<(&str, BTreeMap<&str, &str>)> {
    let mut found = vec![];
    for piece in html.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap_or_default();
        if tag.starts_with(['/', '!']) {
            continue;
        }
        let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = BTreeMap::new();
        while let Some((before, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').unwrap_or((after, ""));
            let mut words = before.split_whitespace().collect::<Vec<_>>();
            let name = words.pop().unwrap_or_default();
            attributes.extend(words.into_iter().map(|w| (w, "")));
            attributes.insert(name, value);
            rest = after;
        }
        attributes.extend(rest.split_whitespace().map(|w| (w, "")));
        found.push((name, attributes));
    }
    found
}

fn check(file: &str, html: &str, lang: Lang) {
    let tags = tags(html);
    assert!(html.starts_with("<!DOCTYPE html>"), "{file}: no doctype");
    assert!(tags.iter().any(|(name, a)| *name == "html" && a.get("lang") == Some(&lang.tag())), "{file}: language");
    assert!(!html.contains("<script>"), "{file}: a script out of data, or an inline one");
    assert_eq!(tags.iter().filter(|(name, _)| *name == "h1").count(), 1, "{file}: one h1");
    let mut ids = BTreeSet::new();
    for (name, a) in &tags {
        if let Some(id) = a.get("id") {
            assert!(ids.insert(*id), "{file}: id {id} twice");
            assert!(!id.is_empty() && !id.contains(char::is_whitespace), "{file}: id '{id}'");
        }
        assert!(!a.contains_key("style"), "{file}: style attribute on {name}");
        assert!(a.keys().all(|k| !k.starts_with("on")), "{file}: handler attribute on {name}");
        assert!(
            a.get("href").is_none_or(|h| h.starts_with(['/', '#'])
                || h.starts_with("http")
                || h.starts_with("tel:")
                || h.starts_with("mailto:")),
            "{file}: link {a:?}"
        );
    }
    let labels: BTreeSet<&str> =
        tags.iter().filter(|(name, _)| *name == "label").filter_map(|(_, a)| a.get("for").copied()).collect();
    for (name, a) in &tags {
        for key in ["for", "form", "aria-describedby", "aria-labelledby"] {
            // What labels and describes may be several.
            let named = a.get(key).into_iter().flat_map(|names| names.split_whitespace());
            assert!(named.into_iter().all(|id| ids.contains(id)), "{file}: {key} of {name} points nowhere: {a:?}");
        }
        let typed = matches!(*name, "textarea" | "select") || (*name == "input" && a.get("type") != Some(&"hidden"));
        assert!(!typed || a.get("id").is_some_and(|id| labels.contains(id)), "{file}: a field without label: {a:?}");
        assert!(
            *name != "form" || a.get("method") != Some(&"post") || a.get("action").is_some_and(|x| x.starts_with('/')),
            "{file}: {a:?}"
        );
    }
}

#[test]
fn every_page_renders_from_its_samples_in_both_languages() {
    let folder = std::env::var_os("MADOGUCHI_TEST_PAGES_DIR").map(std::path::PathBuf::from);
    for lang in [Lang::Ja, Lang::En] {
        for (file, html) in every_page(lang) {
            check(&file, &html, lang);
            if let Some(folder) = &folder {
                std::fs::create_dir_all(folder).unwrap();
                std::fs::write(folder.join(&file), html).unwrap();
            }
        }
    }
    if let Some(folder) = folder.map(|f| f.join("assets")) {
        std::fs::create_dir_all(&folder).unwrap();
        for name in crate::assets::names() {
            std::fs::write(folder.join(name), crate::assets::asset(name).unwrap().1).unwrap();
        }
    }
}

#[test]
fn the_two_languages_show_the_same_pages_differently() {
    let (ja, en) = (every_page(Lang::Ja), every_page(Lang::En));
    assert_eq!(ja.len(), en.len());
    for (file, html) in &ja {
        assert_ne!(Some(html), en.get(&file.replace("-ja.html", "-en.html")), "{file}");
    }
}
