//! Coming in and going out: sign-in, set-up of a new desk, one's account, the language.

use super::{
    AccountPage, SessionLine, SetUpPage, SetUpStep, SignInPage, TestResult, account_page, set_up_page, sign_in_page,
};
use crate::form::Draft;
use crate::here::{Guest, Here, html, keep_language};
use crate::layout::{Place, Shell};
use crate::sent::Sent;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use desk::{Answer, Begun, NewKey, NewPerson, OWN_PROJECT, Who};
use domain::ids::ProjectKey;
use domain::refusal::Refusal;
use domain::time::SECOND_MS;
use domain::words::{Lang, Words};
use gate::{Path, Query, Trouble, local_path};
use http::header::SET_COOKIE;
use maud::Markup;
use serde::Deserialize;
use std::time::Instant;
use store::IncidentQuery;

/// Where a sign-in leads.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Next {
    next: Option<String>,
}

/// The door; a new desk leads to its set-up.
pub(crate) async fn door(guest: Guest, Query(asked): Query<Next>) -> Result<Response, Trouble> {
    if guest.state.desk.is_new().await? {
        return Ok(Redirect::to("/set-up").into_response());
    }
    let back = local_path(asked.next.as_deref()).to_owned();
    if guest.caller.is_some() {
        return Ok(Redirect::to(&back).into_response());
    }
    Ok(html(door_page(&guest, back, Draft::default()).await?))
}

async fn door_page(guest: &Guest, back: String, draft: Draft) -> Result<Markup, Trouble> {
    let shell = guest.shell().await?;
    let logins = guest.state.setting.logins.iter();
    let row = |(who, email, password): &(Words, String, String)| {
        (who.in_lang(shell.lang).to_owned(), email.clone(), password.clone())
    };
    let demo = logins.map(row).collect();
    Ok(sign_in_page(&shell, &SignInPage { back, demo, draft }))
}

/// Signs in. One place may guess at one account only so often; whoever knows the password starts anew (F35).
pub(crate) async fn sign_in(guest: Guest, sent: Sent) -> Result<Response, Trouble> {
    let (email, back) = (sent.typed.text("email"), sent.typed.text("back"));
    let back = local_path(Some(&back)).to_owned();
    let place = format!("{} {}", guest.address, email.trim().to_lowercase());
    guest.state.tries.take(&place, 1, Instant::now()).map_err(Trouble::too_many)?;
    let begun = guest.state.desk.sign_in(&email, &sent.typed.text("password"), &guest.agent, &guest.address).await;
    let begun = match begun {
        Ok(begun) => {
            guest.state.tries.refill(&place);
            begun
        }
        Err(error) => {
            let guest = Guest { path: "/sign-in".into(), ..guest };
            return sent
                .answer(guest.lang, "sign-in", Err(error), async |draft| door_page(&guest, back, draft).await)
                .await;
        }
    };
    if let (Some(lang), Some(here)) = (guest.kept_lang, guest.signed_in(&begun.token).await?) {
        here.state.desk.choose_language(&here.caller, lang).await?;
    }
    Ok((AppendHeaders([(SET_COOKIE, cookie(&guest, &begun).await?)]), Redirect::to(&back)).into_response())
}

async fn cookie(guest: &Guest, begun: &Begun) -> Answer<http::HeaderValue> {
    let left_s = begun.expires.since_ms(guest.state.desk.now().await?) / SECOND_MS;
    Ok(guest.state.gate.session_cookie(&begun.token, left_s))
}

/// Signs out: the session ends on the server too.
pub(crate) async fn sign_out(guest: Guest) -> Result<Response, Trouble> {
    if let Some(caller) = &guest.caller
        && let Who::Person { session, .. } = &caller.who
    {
        guest.state.desk.end_session(caller, session).await?;
    }
    Ok((AppendHeaders([(SET_COOKIE, guest.state.gate.no_session_cookie())]), Redirect::to("/sign-in")).into_response())
}

/// Changes the language, for a person for good and for this browser.
pub(crate) async fn language(guest: Guest, sent: Sent) -> Result<Response, Trouble> {
    let lang = Lang::from_tag(&sent.typed.text("lang"));
    let lang = lang.ok_or_else(|| Trouble::invalid("lang", "ja か en を選んでください。", "Choose ja or en."))?;
    if let Some(caller) = guest.caller.as_ref().filter(|caller| caller.person().is_some()) {
        guest.state.desk.choose_language(caller, lang).await?;
    }
    let back = sent.typed.text("back");
    let back = Redirect::to(local_path(Some(&back)));
    let cookie = keep_language(lang, guest.state.gate.settings().https);
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), back).into_response())
}

/// The set-up of a new desk; gone afterwards.
pub(crate) async fn set_up(guest: Guest) -> Result<Response, Trouble> {
    if !guest.state.desk.is_new().await? {
        return Ok(Redirect::to("/").into_response());
    }
    Ok(html(first_step(&guest, Draft::default()).await?))
}

async fn first_step(guest: &Guest, draft: Draft) -> Result<Markup, Trouble> {
    Ok(set_up_page(&guest.shell().await?, &SetUpPage { step: SetUpStep::Administrator, draft }))
}

/// Makes the first administrator and an intake key, which is shown in the answer and never again.
pub(crate) async fn begin(guest: Guest, sent: Sent) -> Result<Response, Trouble> {
    let text = |name: &str| sent.typed.text(name);
    let person =
        NewPerson { email: text("email"), name: text("name"), password: text("password"), ..NewPerson::default() };
    let begun = match guest.state.desk.set_up(&text("provider"), &person, &guest.agent, &guest.address).await {
        Ok(begun) => begun,
        Err(error) => {
            return sent.answer(guest.lang, "set-up", Err(error), async |draft| first_step(&guest, draft).await).await;
        }
    };
    let here = guest.signed_in(&begun.token).await?.ok_or_else(Trouble::sign_in)?;
    here.state.desk.choose_language(&here.caller, guest.lang).await?;
    let label = guest.lang.pick("試験アラート", "Test alert").to_owned();
    let new = NewKey { scope: "intake".into(), label, ..NewKey::default() };
    let made = here.state.desk.add_key(&here.caller, &ProjectKey::new(OWN_PROJECT), &new).await?;
    let line = test_line(&here.state.desk.settings().base_url, &made.key, guest.lang);
    let step = SetUpStep::TestAlert { key: made.key, line, result: None };
    let shell = Shell { lang: guest.lang, ..here.at("/").shell(Place::Elsewhere).await? };
    let page = html(set_up_page(&shell, &SetUpPage { step, draft: Draft::default() }));
    Ok((AppendHeaders([(SET_COOKIE, cookie(&guest, &begun).await?)]), page).into_response())
}

/// One line for a shell that sends an alert.
pub(crate) fn test_line(base_url: &str, key: &str, lang: Lang) -> String {
    let summary = lang.pick("試験アラート", "Test alert");
    format!(
        "curl -sS {base_url}/v2/enqueue -H 'content-type: application/json' -d '{{\"routing_key\":\"{key}\",\"event_action\":\"trigger\",\"payload\":{{\"summary\":\"{summary}\",\"source\":\"test01\",\"severity\":\"critical\"}}}}'"
    )
}

/// The newest incident of the provider's own project: the test alert, once it came.
pub(crate) async fn arrived(here: &Here) -> Answer<Option<TestResult>> {
    let query = IncidentQuery { project: Some(ProjectKey::new(OWN_PROJECT)), ..IncidentQuery::default() };
    let newest = here.state.desk.incidents(&here.caller, &query, 1).await?;
    Ok(newest.into_iter().next().map(|it| TestResult {
        at: it.row.opened,
        summary: it.row.title,
        record: it.row.key.to_string(),
    }))
}

/// One's own account.
pub(crate) async fn account(here: Here) -> Result<Response, Trouble> {
    Ok(html(own_page(&here, Draft::default()).await?))
}

async fn own_page(here: &Here, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Account).await?;
    let Who::Person { name, email, session, .. } = &here.caller.who else { return Err(Refusal::not_found().into()) };
    let tenants = here.state.desk.own_tenants(&here.caller).await?;
    let roles = here.caller.grants.iter().map(|grant| {
        let tenant = tenants.get(&grant.tenant).map_or("", String::as_str);
        let lent = if grant.delegated.is_some() { shell.t("（代理）", " (delegated)") } else { "" };
        format!("{} {tenant}{lent}", grant.role.label().in_lang(shell.lang))
    });
    let mut sessions: Vec<SessionLine> = here
        .state
        .desk
        .sessions(&here.caller)
        .await?
        .into_iter()
        .map(|row| SessionLine {
            current: row.id == *session,
            from: if row.address.is_empty() { row.agent } else { format!("{}, {}", row.agent, row.address) },
            since: row.created,
            seen: row.last_seen,
            id: row.id,
        })
        .collect();
    sessions.sort_by_key(|line| !line.current);
    let it = AccountPage { name: name.clone(), email: email.clone(), roles: roles.collect(), sessions, draft };
    Ok(account_page(&shell, &it))
}

/// Changes the caller's password.
pub(crate) async fn password(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let (old, new) = (sent.typed.text("old"), sent.typed.text("password"));
    let changed = here.state.desk.change_password(&here.caller, &old, &new).await;
    let here = here.at("/account");
    let to = changed.map(|()| "/account".to_owned());
    sent.answer(here.lang(), "password", to, async |draft| own_page(&here, draft).await).await
}

/// Ends another session of the caller.
pub(crate) async fn revoke(here: Here, Path(session): Path<String>, sent: Sent) -> Result<Response, Trouble> {
    let ended = here.state.desk.end_session(&here.caller, &session).await;
    let here = here.at("/account");
    let to = ended.map(|()| "/account".to_owned());
    sent.answer(here.lang(), "", to, async |draft| own_page(&here, draft).await).await
}
