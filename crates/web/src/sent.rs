//! What a person sent by a form, and how it is answered.
//!
//! With script the form is sent by `fetch` and asks for problem details; without, the page comes back with everything that
//! was typed and a sentence at the field at fault.

use crate::form::{Draft, Problem};
use crate::here::html;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Redirect, Response};
use desk::{Answer, Error};
use domain::refusal::Refusal;
use domain::time::Instant;
use domain::words::Lang;
use gate::{FormBody, Kind, Trouble, wants_problem};
use http::header;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use maud::Markup;
use serde::de::DeserializeOwned;
use wire::problem::MEDIA_TYPE;

/// Names and values of a form's fields, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed(pub(crate) Vec<(String, String)>);

/// A form that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) typed: Typed,
    pub(crate) wants_problem: bool,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let wants_problem = wants_problem(request.headers());
        let FormBody(pairs) = FormBody::<Vec<(String, String)>>::from_request(request, state).await?;
        Ok(Self { typed: Typed(pairs), wants_problem })
    }
}

impl Typed {
    /// What was typed there; empty where the field is absent.
    pub(crate) fn text(&self, name: &str) -> String {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Whether a tick or a "yes" was sent.
    pub(crate) fn yes(&self, name: &str) -> bool {
        self.text(name) == "yes"
    }

    /// A whole number; none where the field is empty.
    pub(crate) fn number<N: std::str::FromStr>(&self, name: &'static str) -> Result<Option<N>, Refusal> {
        let text = self.text(name);
        let parsed = (!text.trim().is_empty()).then(|| text.trim().parse()).transpose();
        parsed.map_err(|_| Refusal::invalid(name, "数字を入力してください。", "Give a whole number."))
    }

    /// The version of the record that the person saw.
    pub(crate) fn version(&self) -> Result<u64, Refusal> {
        let missing = || Refusal::invalid("version", "画面を開き直してください。", "Open the page again.");
        self.number("version")?.ok_or_else(missing)
    }

    /// One of a list of codes.
    pub(crate) fn code<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Refusal> {
        let code = serde_json::Value::String(self.text(name));
        serde_json::from_value(code).map_err(|_| Refusal::invalid(name, "一つ選んでください。", "Choose one."))
    }

    /// Local time of a zone as `datetime-local` sends it; none where the field is empty.
    pub(crate) fn moment(&self, name: &'static str, zone: &TimeZone) -> Result<Option<Instant>, Refusal> {
        let text = self.text(name);
        if text.trim().is_empty() {
            return Ok(None);
        }
        let wrong = || Refusal::invalid(name, "日時を入力してください。", "Give a date and a time.");
        let local: DateTime = text.trim().parse().map_err(|_| wrong())?;
        let zoned = zone.to_ambiguous_zoned(local).compatible().map_err(|_| wrong())?;
        Ok(Some(Instant::from_ms(zoned.timestamp().as_millisecond())))
    }

    /// A day; none where the field is empty.
    pub(crate) fn day(&self, name: &'static str) -> Result<Option<Date>, Refusal> {
        let text = self.text(name);
        let parsed = (!text.trim().is_empty()).then(|| text.trim().parse()).transpose();
        parsed.map_err(|_| Refusal::invalid(name, "日付を入力してください。", "Give a day."))
    }

    /// A minute of the day out of `19:00`; `24:00` is the day's end.
    pub(crate) fn minute_of_day(&self, name: &'static str) -> Result<u32, Refusal> {
        minute_of_day(&self.text(name))
            .ok_or_else(|| Refusal::invalid(name, "19:00 のように入力してください。", "Write it like 19:00."))
    }
}

/// Minutes since midnight of a text like `19:00`, up to `24:00`.
pub(crate) fn minute_of_day(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= 1440).then_some(hour * 60 + minute)
}

impl Sent {
    /// Without what was typed in a field: it is not written back.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.typed.0.retain(|(field, _)| field != name);
        self
    }

    /// Answers a form: done leads on to a page, a refusal comes back with all that was typed.
    pub(crate) async fn answer(
        self,
        lang: Lang,
        form: &str,
        result: Answer<String>,
        page: impl AsyncFnOnce(Draft) -> Result<Markup, Trouble>,
    ) -> Result<Response, Trouble> {
        let trouble = match result {
            Ok(to) => return Ok(Redirect::to(&to).into_response()),
            Err(Error::Refused(refusal)) => Trouble::from(refusal),
            Err(failed) => return Err(failed.into()),
        };
        if self.wants_problem {
            return Ok(problem(lang, &trouble));
        }
        if matches!(trouble.kind(), Kind::NotFound | Kind::Forbidden) {
            return Err(trouble);
        }
        let status = trouble.kind().status();
        Ok((status, html(page(self.draft(lang, form, &trouble)).await?)).into_response())
    }

    fn draft(self, lang: Lang, form: &str, trouble: &Trouble) -> Draft {
        let text = |fault: &gate::Fault| lang_of(lang, &fault.ja, &fault.en).to_owned();
        let problems: Vec<Problem> =
            trouble.faults().iter().map(|fault| Problem { field: fault.field.clone(), text: text(fault) }).collect();
        // A sentence whose field is not among those sent would be shown nowhere.
        let shown = problems.iter().any(|problem| self.typed.0.iter().any(|(name, _)| *name == problem.field));
        let summary = (!shown).then(|| trouble.detail(lang).to_owned());
        Draft { form: form.to_owned(), values: self.typed.0, problems, summary }
    }
}

fn lang_of<'a>(lang: Lang, ja: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

/// Problem details for a form sent by script.
pub(crate) fn problem(lang: Lang, trouble: &Trouble) -> Response {
    // A struct of texts and numbers always becomes JSON.
    let body = serde_json::to_string(&trouble.problem(lang, "")).unwrap_or_default();
    (trouble.kind().status(), [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, value: &str) -> Typed {
        Typed(vec![(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn local_time_is_read_in_the_zone_of_the_calendar() {
        let tokyo = TimeZone::fixed(jiff::tz::offset(9));
        let read = |text: &str| typed("begun", text).moment("begun", &tokyo);
        assert_eq!(read("2026-11-22T03:12:05"), Ok(Some(Instant::parse("2026-11-22T03:12:05+09:00").unwrap())));
        assert_eq!(read("2026-11-22T03:12"), Ok(Some(Instant::parse("2026-11-22T03:12:00+09:00").unwrap())));
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("gestern").unwrap_err().field(), Some("begun"));
    }

    #[test]
    fn a_minute_of_the_day_ends_at_midnight() {
        assert_eq!((minute_of_day("19:00"), minute_of_day("24:00")), (Some(1140), Some(1440)));
        assert_eq!((minute_of_day("24:01"), minute_of_day("9"), minute_of_day("9:60")), (None, None, None));
    }
}
