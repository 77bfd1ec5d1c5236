//! The native API as a client uses it: with a key, or with the session of a person who signed in.

use crate::house::{Customer, House, PASSWORD};
use anyhow::{Context, Result, bail};
use reqwest::{Client, Method, RequestBuilder, header};
use serde_json::{Value, json};

/// Somebody who may act.
#[derive(Clone, Debug)]
pub struct Staff {
    client: Client,
    base: String,
    credential: (header::HeaderName, String),
}

impl Staff {
    /// A program with a customer's API key.
    pub fn with_key(house: &House, customer: &Customer) -> Self {
        let credential = (header::AUTHORIZATION, format!("Bearer {}", customer.api_key));
        Self { client: house.client.clone(), base: house.desk.url(""), credential }
    }

    /// A person who signs in with [`PASSWORD`].
    ///
    /// # Errors
    /// The desk does not let them in.
    pub async fn sign_in(house: &House, email: &str) -> Result<Self> {
        Self::sign_in_at(house.client.clone(), house.desk.url(""), email).await
    }

    /// A person who signs in with [`PASSWORD`] at the desk of that address.
    ///
    /// # Errors
    /// As [`Staff::sign_in`].
    pub async fn sign_in_at(client: Client, base: String, email: &str) -> Result<Self> {
        let form = [("email", email), ("password", PASSWORD), ("back", "/")];
        let reply = client.post(format!("{base}/sign-in")).form(&form).send().await?;
        let cookie = reply.headers().get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        let cookie = cookie.with_context(|| format!("{email} was answered {} without a cookie", reply.status()))?;
        Ok(Self { client, base, credential: (header::COOKIE, cookie) })
    }

    /// The header line that says who asks.
    pub fn header(&self) -> String {
        format!("{}: {}", self.credential.0, self.credential.1)
    }

    /// The same one at another node of the same house.
    #[must_use]
    pub fn at(&self, house: &House) -> Self {
        Self { base: house.desk.url(""), ..self.clone() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let (name, value) = &self.credential;
        self.client.request(method, format!("{}{path}", self.base)).header(name, value)
    }

    /// Reads a JSON document.
    ///
    /// # Errors
    /// The answer is no 2xx or no JSON.
    pub async fn get(&self, path: &str) -> Result<Value> {
        answer(path, self.request(Method::GET, path)).await
    }

    /// Posts a JSON document and returns the answer.
    ///
    /// # Errors
    /// As [`Staff::get`].
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        answer(path, self.request(Method::POST, path).json(body)).await
    }

    /// Does a verb to an incident, at the version it has now.
    ///
    /// # Errors
    /// The desk refuses.
    pub async fn act(&self, incident: &str, noun: &str, mut fields: Value) -> Result<Value> {
        let seen = self.get(&format!("/api/v1/incidents/{incident}")).await?;
        fields["version"] = seen["version"].clone();
        if noun == "judgement" {
            fields["criteria"] = seen["criteria"].clone();
        }
        self.post(&format!("/api/v1/incidents/{incident}/{noun}"), &fields).await
    }

    /// Takes an incident and tells the customer of it: only then may messages follow.
    ///
    /// # Errors
    /// The desk refuses.
    pub async fn tell_of(&self, incident: &str) -> Result<()> {
        let judged = json!({
            "answers": [{ "question": "down", "yes": true }], "text": "調べています。", "reason": "監視で明らか",
        });
        self.act(incident, "assignment", json!({})).await?;
        self.act(incident, "judgement", judged).await.map(drop)
    }

    /// The incident that an alert with this dedup key opened or joined last.
    ///
    /// # Errors
    /// There is none.
    pub async fn incident_of(&self, dedup_key: &str) -> Result<String> {
        let found = self.get(&format!("/api/v1/alerts?dedup_key={dedup_key}")).await?;
        let incident = found["items"][0]["incident"].as_str();
        incident.map(str::to_owned).with_context(|| format!("no alert {dedup_key}: {found}"))
    }

    /// Records a contact plan: that many contacts who are told by mail, at `c1@PROJECT.example`, `c2@...`, with a telephone
    /// number each.
    ///
    /// # Errors
    /// The desk refuses.
    pub async fn plan_contacts(&self, customer: &Customer, contacts: usize) -> Result<()> {
        let contact = |n: usize| {
            json!({
                "id": format!("c{n}"), "name": format!("連絡先{n}"), "reading": "れんらくさき", "phone": "03-0000-0000",
                "mail": format!("c{n}@{}.example", customer.project.to_lowercase()),
            })
        };
        let plan = json!({ "document": { "contacts": (1..=contacts).map(contact).collect::<Vec<_>>() } });
        self.post(&format!("/api/v1/projects/{}/contact-plan", customer.project), &plan).await.map(drop)
    }
}

async fn answer(path: &str, request: RequestBuilder) -> Result<Value> {
    let reply = request.send().await?;
    let status = reply.status();
    let text = reply.text().await?;
    if !status.is_success() {
        bail!("{path} was answered {status}: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{path} was answered {status}: {text}"))
}
