//! Keys and webhooks. A secret is shown once, in the answer that made it.

use super::super::{IntakeKey, KeysPage, MadeKey, Webhook, WebhooksPage, keys_page, webhooks_page};
use super::tenant_choices;
use crate::access::handler::test_line;
use crate::form::{Draft, choice};
use crate::here::{Here, html};
use crate::layout::Place;
use crate::sent::{Sent, Typed};
use axum::response::Response;
use desk::{AddedKey, Answer, NewKey};
use domain::access::Right;
use domain::ids::{KeyId, ProjectKey, TenantId, WebhookId};
use domain::words::Label;
use gate::{Path, Trouble};
use maud::Markup;

const KEYS: &str = "/settings/keys";
const WEBHOOKS: &str = "/settings/webhooks";

/// The keys.
pub(crate) async fn list(here: Here) -> Result<Response, Trouble> {
    Ok(html(page_of(&here, None, Draft::default()).await?))
}

async fn page_of(here: &Here, made: Option<MadeKey>, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    let (mut keys, mut projects) = (vec![], vec![]);
    for view in here.state.desk.tenants(&here.caller, Right::Administer).await? {
        projects
            .extend(view.projects.iter().map(|it| choice(it.key.as_str(), format!("{} {}", it.key, view.tenant.name))));
        for key in here.state.desk.keys(&here.caller, &view.tenant.id).await? {
            if key.revoked.is_some() || key.expires.is_some_and(|expires| expires <= shell.now) {
                continue;
            }
            keys.push(IntakeKey {
                revocation: format!("{KEYS}/{}/{}/revocation", key.tenant, key.id),
                name: key.label,
                scope: if key.scope == "intake" { Label::new("受信", "intake") } else { Label::new("API", "API") },
                project: key.project.to_string(),
                used: key.last_used,
                heartbeat_minutes: key.heartbeat_minutes,
            });
        }
    }
    Ok(keys_page(&shell, &KeysPage { keys, made, projects, draft }))
}

/// Makes a key and shows its secret.
pub(crate) async fn add(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let made = make(&here, &sent.typed).await;
    let here = here.at(KEYS);
    match made {
        Ok(made) => {
            let base_url = &here.state.desk.settings().base_url;
            let line = (sent.typed.text("scope") == "intake").then(|| test_line(base_url, &made.key, here.lang()));
            Ok(html(page_of(&here, Some(MadeKey { secret: made.key, line }), Draft::default()).await?))
        }
        Err(error) => {
            sent.answer(here.lang(), "key", Err(error), async |draft| page_of(&here, None, draft).await).await
        }
    }
}

async fn make(here: &Here, typed: &Typed) -> Answer<AddedKey> {
    let new = NewKey {
        scope: typed.text("scope"),
        role: String::new(),
        label: typed.text("name"),
        expires: None,
        heartbeat_minutes: typed.number("heartbeat_minutes")?,
    };
    here.state.desk.add_key(&here.caller, &ProjectKey::new(typed.text("project")), &new).await
}

/// Revokes a key.
pub(crate) async fn revoke(
    here: Here,
    Path((tenant, key)): Path<(TenantId, KeyId)>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let revoked = here.state.desk.revoke_key(&here.caller, &tenant, &key).await;
    let here = here.at(KEYS);
    let to = revoked.map(|()| KEYS.to_owned());
    sent.answer(here.lang(), "", to, async |draft| page_of(&here, None, draft).await).await
}

/// The webhooks.
pub(crate) async fn webhooks(here: Here) -> Result<Response, Trouble> {
    Ok(html(webhooks_of(&here, None, Draft::default()).await?))
}

async fn webhooks_of(here: &Here, made: Option<String>, draft: Draft) -> Result<Markup, Trouble> {
    let shell = here.shell(Place::Settings).await?;
    let mut hooks = vec![];
    for view in here.state.desk.tenants(&here.caller, Right::Administer).await? {
        let rows = here.state.desk.webhooks(&here.caller, &view.tenant.id).await?;
        hooks.extend(rows.into_iter().filter(|row| row.disabled.is_none()).map(|row| Webhook {
            removal: format!("{WEBHOOKS}/{}/{}/removal", view.tenant.id, row.id),
            url: row.url,
            tenant: view.tenant.name.clone(),
            since: row.created,
        }));
    }
    let tenants = tenant_choices(here, Right::Administer).await?;
    Ok(webhooks_page(&shell, &WebhooksPage { hooks, made, tenants, draft }))
}

/// Adds a webhook and shows the secret it is signed with.
pub(crate) async fn add_webhook(here: Here, sent: Sent) -> Result<Response, Trouble> {
    let tenant = TenantId::new(sent.typed.text("tenant"));
    let made = here.state.desk.add_webhook(&here.caller, &tenant, &sent.typed.text("url")).await;
    let here = here.at(WEBHOOKS);
    match made {
        Ok((_, secret)) => Ok(html(webhooks_of(&here, Some(secret), Draft::default()).await?)),
        Err(error) => {
            sent.answer(here.lang(), "webhook", Err(error), async |draft| webhooks_of(&here, None, draft).await).await
        }
    }
}

/// Takes a webhook out.
pub(crate) async fn remove_webhook(
    here: Here,
    Path((tenant, id)): Path<(TenantId, WebhookId)>,
    sent: Sent,
) -> Result<Response, Trouble> {
    let removed = here.state.desk.disable_webhook(&here.caller, &tenant, &id).await;
    let here = here.at(WEBHOOKS);
    let to = removed.map(|()| WEBHOOKS.to_owned());
    sent.answer(here.lang(), "", to, async |draft| webhooks_of(&here, None, draft).await).await
}
