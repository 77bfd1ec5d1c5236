//! Pages of lists: limits, and cursors that say nothing to their holder.

use axum::Json;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gate::Trouble;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use wire::Page;

/// What a handler answers with one JSON object.
pub(crate) type Told<T> = Result<Json<T>, Trouble>;

/// Nothing needs to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Items of a page where none are asked for.
const DEFAULT: u32 = 50;
/// Items of a page at most.
const MAX: u32 = 200;

/// The query of a list without filters.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    /// Items of a page, 1 to 200; 50 where absent.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
    /// The `next` of the page before.
    pub(crate) cursor: Option<String>,
}

/// How many items to show, and after which place.
pub(crate) struct Window<C> {
    pub(crate) limit: u32,
    pub(crate) after: Option<C>,
}

impl<C: Serialize + DeserializeOwned> Window<C> {
    /// Reads limit and cursor.
    pub(crate) fn new(limit: Option<u32>, cursor: Option<&str>) -> Result<Self, Trouble> {
        let limit = limit.unwrap_or(DEFAULT);
        if !(1..=MAX).contains(&limit) {
            let ja = format!("limit は 1 から {MAX} です。");
            return Err(Trouble::invalid("limit", ja, format!("A limit is 1 to {MAX}.")));
        }
        let after = cursor.map(|cursor| read(cursor).ok_or_else(unknown_cursor)).transpose()?;
        Ok(Self { limit, after })
    }

    /// How many rows to ask for: one more than are shown tells whether there is a next page.
    pub(crate) fn wanted(&self) -> u32 {
        self.limit + 1
    }

    /// The page of rows that were asked for by [`Window::wanted`].
    pub(crate) fn page<R, T>(&self, mut rows: Vec<R>, place: impl Fn(&R) -> C, show: impl FnMut(R) -> T) -> Page<T> {
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let next = rows.last().filter(|_| more).map(|last| write(&place(last)));
        Page { items: rows.into_iter().map(show).collect(), next }
    }
}

/// A page of a list that is at hand whole, by the name of its items.
pub(crate) fn cut<R>(paging: &Paging, mut rows: Vec<R>, name: impl Fn(&R) -> String) -> Result<Page<R>, Trouble> {
    let window = Window::<String>::new(paging.limit, paging.cursor.as_deref())?;
    if let Some(after) = &window.after {
        let place = rows.iter().position(|row| name(row) == *after).ok_or_else(unknown_cursor)?;
        rows.drain(..=place);
    }
    Ok(window.page(rows, name, |row| row))
}

pub(crate) fn write(place: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// No place holds a NUL character, which no text of a database could.
fn read<C: DeserializeOwned>(cursor: &str) -> Option<C> {
    let place: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    if holds_nul(&place) { None } else { serde_json::from_value(place).ok() }
}

fn holds_nul(place: &Value) -> bool {
    match place {
        Value::String(text) => text.contains('\0'),
        Value::Array(parts) => parts.iter().any(holds_nul),
        Value::Object(parts) => parts.values().any(holds_nul),
        _ => false,
    }
}

fn unknown_cursor() -> Trouble {
    Trouble::invalid(
        "cursor",
        "前のページの next をそのまま指定してください。",
        "Send the `next` of the page before as it is.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_walked_to_its_end_without_gap_or_repeat() {
        let all: Vec<u32> = (0..7).collect();
        let (mut seen, mut paging) = (vec![], Paging { limit: Some(3), cursor: None });
        loop {
            let page = cut(&paging, all.clone(), u32::to_string).unwrap();
            seen.extend(page.items);
            paging.cursor = page.next;
            if paging.cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn limits_and_cursors_are_checked() {
        for limit in [0, 201] {
            assert_eq!(Window::<String>::new(Some(limit), None).err().unwrap().faults()[0].field, "limit");
        }
        let nul = write(&"a\0");
        for cursor in ["", "%%", "bm8", &nul] {
            assert_eq!(Window::<String>::new(None, Some(cursor)).err().unwrap().faults()[0].field, "cursor");
        }
        for place in ["a", "bell \u{7}", "C:\\u0000"] {
            assert_eq!(Window::<String>::new(None, Some(&write(&place))).unwrap().after.as_deref(), Some(place));
        }
    }
}
