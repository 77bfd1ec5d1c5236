//! Reads the fields of a JSON object one by one and gathers every fault, so that a sender can mend all at once.

use super::is_routing_key;
use crate::Unreadable;
use domain::time::Instant;
use serde_json::{Map, Value};

/// An object being read; `null` counts as absent.
pub(super) struct Fields<'v> {
    object: &'v Map<String, Value>,
    prefix: &'static str,
    errors: Vec<String>,
}

impl<'v> Fields<'v> {
    pub(super) const fn new(object: &'v Map<String, Value>) -> Self {
        Self { object, prefix: "", errors: Vec::new() }
    }

    /// Notes a fault; a sentence that begins with the field's name.
    pub(super) fn fault<T>(&mut self, error: &str) -> Option<T> {
        self.errors.push(format!("{}{error}", self.prefix));
        None
    }

    /// What was read, or the faults.
    pub(super) fn done<T>(self, it: Option<T>) -> Result<T, Unreadable> {
        match it {
            Some(it) if self.errors.is_empty() => Ok(it),
            // A missing value has noted its fault.
            _ => Err(Unreadable { errors: self.errors }),
        }
    }

    fn get(&self, name: &str) -> Option<&'v Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text of at most `max` characters.
    pub(super) fn optional(&mut self, name: &str, max: usize) -> Option<String> {
        match self.get(name)? {
            Value::String(text) if text.contains('\0') => self.fault(&format!("{name} holds a NUL character")),
            Value::String(text) if text.chars().count() > max => {
                self.fault(&format!("{name} is longer than {max} characters"))
            }
            Value::String(text) => Some(text.clone()),
            _ => self.fault(&format!("{name} is no text")),
        }
    }

    /// A text that must be there and not be blank.
    pub(super) fn required(&mut self, name: &str, max: usize) -> Option<String> {
        if self.get(name).is_none() {
            return self.fault(&format!("{name} is missing"));
        }
        let text = self.optional(name, max)?;
        let is_blank = text.chars().all(|c| c.is_whitespace() || c.is_control());
        if is_blank { self.fault(&format!("{name} is blank")) } else { Some(text) }
    }

    pub(super) fn check_routing_key(&mut self) {
        let key = self.required("routing_key", usize::MAX);
        if key.is_some_and(|key| !is_routing_key(&key)) {
            self.fault::<()>("routing_key has not 32 letters and digits");
        }
    }

    /// A date and time as ISO 8601. It is only checked: receipt is our own instant.
    pub(super) fn timestamp(&mut self, name: &str) {
        let Some(text) = self.optional(name, 64) else { return };
        // As RFC 3339, with an offset without a colon as in PagerDuty's own example, without an offset as Python writes it.
        let hours = text.len().checked_sub(2).and_then(|at| text.split_at_checked(at));
        let colon = hours.map_or_else(String::new, |(start, minutes)| format!("{start}:{minutes}"));
        if [text.clone(), colon, format!("{text}Z")].iter().all(|text| Instant::parse(text).is_err()) {
            self.fault::<()>(&format!("{name} is no date and time such as 2026-11-22T03:12:00+09:00"));
        }
    }

    /// Any JSON object.
    pub(super) fn json_object(&mut self, name: &str) {
        if self.get(name).is_some_and(|value| !value.is_object()) {
            self.fault::<()>(&format!("{name} is no object"));
        }
    }

    /// A list of objects.
    pub(super) fn objects(&mut self, name: &str) {
        let is_right = |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_object));
        if self.get(name).is_some_and(|value| !is_right(value)) {
            self.fault::<()>(&format!("{name} is no list of objects"));
        }
    }

    /// The payload, which must be there, read by `read`.
    pub(super) fn payload<T>(&mut self, read: impl FnOnce(&mut Fields<'v>) -> T) -> Option<T> {
        match self.get("payload") {
            Some(Value::Object(object)) => {
                let mut payload = Fields { object, prefix: "payload.", errors: Vec::new() };
                let it = read(&mut payload);
                self.errors.append(&mut payload.errors);
                Some(it)
            }
            Some(_) => self.fault("payload is no object"),
            None => self.fault("payload is missing"),
        }
    }
}
