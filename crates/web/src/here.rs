//! What a page handler begins with: who looks, from where, in which language.

use crate::layout::{Place, Shell, Side, Viewer};
use crate::state::State;
use axum::extract::FromRequestParts;
use axum::response::{Html, IntoResponse, Response};
use desk::{Answer, Caller, Who};
use domain::access::Right;
use domain::words::{Label, Lang};
use gate::{Language, Signed, Trouble};
use http::request::Parts;
use http::{HeaderMap, header};
use maud::Markup;

/// The cookie in which somebody who is not signed in keeps a language.
const LANG_COOKIE: &str = "lang";

/// Somebody signed in, at a page.
#[derive(Clone)]
pub(crate) struct Here {
    pub(crate) state: State,
    pub(crate) caller: Caller,
    pub(crate) path: String,
    /// The session's token, which live streams look at again and again.
    pub(crate) token: String,
}

/// Somebody not signed in, or not asked.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) state: State,
    pub(crate) lang: Lang,
    pub(crate) path: String,
    /// The browser's name for itself.
    pub(crate) agent: String,
    /// Where from, as far as the connection says.
    pub(crate) address: String,
    /// The language chosen in this browser.
    pub(crate) kept_lang: Option<Lang>,
    /// Who it is after all, where there is a session.
    pub(crate) caller: Option<Caller>,
}

impl FromRequestParts<State> for Here {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Trouble> {
        let Signed(caller) = Signed::from_request_parts(parts, state).await?;
        let token = state.gate.session_token(&parts.headers).unwrap_or_default().to_owned();
        Ok(Self { state: state.clone(), caller, path: path_of(parts), token })
    }
}

impl FromRequestParts<State> for Guest {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Trouble> {
        let caller = match state.gate.session_token(&parts.headers) {
            Some(token) => state.desk.caller_by_session(token).await?,
            None => None,
        };
        let accepted = Language::from_request_parts(parts, state).await.map(|Language(lang)| lang).unwrap_or_default();
        let kept_lang = kept(&parts.headers);
        let lang = caller.as_ref().map(|caller| caller.lang).or(kept_lang).unwrap_or(accepted);
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        let address = parts.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
        Ok(Self {
            state: state.clone(),
            lang,
            path: path_of(parts),
            agent: agent.to_owned(),
            address: address.map(|it| it.0.ip().to_string()).unwrap_or_default(),
            kept_lang,
            caller,
        })
    }
}

fn path_of(parts: &Parts) -> String {
    parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

/// The language kept by [`keep_language`].
fn kept(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == LANG_COOKIE).and_then(|(_, tag)| Lang::from_tag(tag))
}

/// The `Set-Cookie` value that keeps a language for a year.
pub(crate) fn keep_language(lang: Lang, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{LANG_COOKIE}={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}", lang.tag())
}

impl Here {
    pub(crate) const fn lang(&self) -> Lang {
        self.caller.lang
    }

    /// The shell of a page.
    pub(crate) async fn shell(&self, place: Place) -> Answer<Shell> {
        let viewer = viewer(&self.state, &self.caller);
        let mut shell = shell(&self.state, self.lang(), &self.path).await?;
        (shell.viewer, shell.place) = (viewer, place);
        Ok(shell)
    }

    /// Where a change of language comes back to: a page that can be read.
    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }
}

impl Guest {
    /// The shell of a page without anybody in it.
    pub(crate) async fn shell(&self) -> Answer<Shell> {
        shell(&self.state, self.lang, &self.path).await
    }

    /// The guest as somebody who has just signed in.
    pub(crate) async fn signed_in(&self, token: &str) -> Answer<Option<Here>> {
        let caller = self.state.desk.caller_by_session(token).await?;
        let (state, path, token) = (self.state.clone(), self.path.clone(), token.to_owned());
        Ok(caller.map(|caller| Here { state, caller, path, token }))
    }
}

async fn shell(state: &State, lang: Lang, path: &str) -> Answer<Shell> {
    let now = state.desk.now().await?;
    let provider = state.desk.provider().await?.map(|(_, provider)| provider.name);
    let banner = lang.pick(
        "デモ環境: 実在しない会社と人です。メールは外へ出ず、送信箱に入ります。",
        "Demo: no real companies or people. Mail stays in the outbox page.",
    );
    Ok(Shell {
        lang,
        provider: provider.unwrap_or_else(|| lang.pick("窓口", "Madoguchi").to_owned()),
        now,
        zone: state.desk.calendar(now).await?.zone().clone(),
        viewer: None,
        place: Place::Elsewhere,
        path: path.to_owned(),
        banner: state.setting.demo.then(|| banner.to_owned()),
    })
}

fn viewer(state: &State, caller: &Caller) -> Option<Viewer> {
    let Who::Person { name, .. } = &caller.who else { return None };
    let role = caller.grants.iter().find(|grant| grant.delegated.is_none()).map(|grant| grant.role.label());
    let side = if caller.is_customer() {
        Side::Customer
    } else {
        Side::Staff {
            operates: caller.may_somewhere(Right::ReadOperations),
            advises: caller.may_somewhere(Right::Advise),
            admin: caller.may_somewhere(Right::Agree),
            outbox: state.setting.demo,
        }
    };
    Some(Viewer { name: name.clone(), role: role.unwrap_or(Label::new("役割なし", "No role")), side })
}

/// A page as an answer.
pub(crate) fn html(page: Markup) -> Response {
    Html(page.into_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_kept_over_tls_alone_where_there_is_tls() {
        assert_eq!(keep_language(Lang::En, true), "lang=en; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure");
        assert!(!keep_language(Lang::Ja, false).contains("Secure"));
    }
}
