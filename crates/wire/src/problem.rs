//! Problem details of RFC 9457: the one shape of every error the native API answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type of a problem (RFC 9457 §3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong, for programs by `type` and for people by `detail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Which kind of problem, as a reference into our documentation: `/docs/problems#stale`. Stable; match on this.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#invalid")]
    pub kind: String,
    /// The kind in a few words, in the reader's language.
    pub title: String,
    /// The HTTP status, 400 to 599.
    #[schema(example = 400)]
    pub status: u16,
    /// What to do about it, in the reader's language (`Accept-Language: ja` or `en`).
    pub detail: String,
    /// The first field at fault, such as `payload.severity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Every field at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// The version the record has now, where the request carried an older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// What to quote to the administrator, where the fault is ours; the log has it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// One field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The field's path in the body, such as `alerts[3].status`; `body` where no field can be named.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_not_written() {
        let problem = Problem {
            kind: "/docs/problems#not-found".into(),
            title: "Not found".into(),
            status: 404,
            detail: "There is no such thing here.".into(),
            field: None,
            errors: Vec::new(),
            version: None,
            reference: None,
        };
        let json = serde_json::to_value(&problem).unwrap();
        let names: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(names, ["detail", "status", "title", "type"]);
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
    }
}
