//! What handlers take: the caller, the language, and input whose faults are named by field.

pub(crate) mod body;
pub(crate) mod file;
pub(crate) mod form;
pub(crate) mod json;

use crate::Trouble;
use crate::guard::Visit;
use axum::extract::FromRequestParts;
use desk::Caller;
use domain::words::Lang;
use http::request::Parts;
use serde::de::DeserializeOwned;

/// Whoever is signed in. On a route whose policy asks for nobody it answers 500, at the first test that calls it.
#[derive(Clone, Debug)]
pub struct Signed(pub Caller);

/// The language to answer in: a person's own on pages, `Accept-Language` on the API and before sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(pub Lang);

/// The path's parameters. What cannot be read names nothing, and so is not found.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

/// The query, strictly: an unknown or repeated name, bad UTF-8 or a NUL is refused with its name.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let caller = parts.extensions.get::<Caller>().cloned();
        caller.map(Self).ok_or_else(|| Trouble::failed("a handler wants a caller on a route that asks for none"))
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Visit>().map(|visit| visit.lang).unwrap_or_default()))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Trouble> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(it)| Self(it)).map_err(|_| Trouble::not_found())
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        form::read(parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}

/// What serde says about one field, as a sentence for people. `path` is empty where serde could not tell.
pub(crate) fn fault(path: &str, message: &str) -> Trouble {
    let named = ["missing field `", "unknown field `", "duplicate field `"]
        .iter()
        .find_map(|start| Some((start.trim_end_matches(" field `"), message.strip_prefix(start)?.split('`').next()?)));
    let parent = path.trim_matches(['.', '?']);
    let Some((what, name)) = named else {
        let field = if parent.is_empty() { "body" } else { parent };
        return Trouble::invalid(
            field,
            format!("{field} の値を確認してください。({message})"),
            format!("{field}: {message}."),
        );
    };
    let field = match parent.strip_suffix(name) {
        // The path may end in the name itself or in the object around it.
        Some(around) if around.is_empty() || around.ends_with('.') => parent.to_owned(),
        _ if parent.is_empty() => name.to_owned(),
        _ => format!("{parent}.{name}"),
    };
    let (ja, en) = match what {
        "missing" => (format!("{field} がありません。"), format!("{field} is missing.")),
        "unknown" => (format!("{field} という項目はありません。"), format!("There is no field {field}.")),
        _ => (format!("{field} が二度あります。"), format!("{field} is there twice.")),
    };
    Trouble::invalid(field, ja, en)
}
