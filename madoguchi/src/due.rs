//! `madoguchi due`: checks due dates from outside. JSON Lines in, the same objects out with the computed fields added.
//!
//! Each line of input is answered by one line of output, as it comes; blank lines are skipped. An answer is the line as
//! it was written with the fields added at its end, so that unknown keys, their order and their numbers come back
//! untouched. (Only where a key to be added is there already is the object written anew, with its keys sorted.) A line
//! that cannot be computed gets an `error` instead; one that is no JSON object is answered by `error` and its number.
//!
//! All keys of a kind must be there, null where null is allowed, because a misspelt `closures` would be a wrong due. The
//! one exception is `completed`, which may be absent. The kinds are told with examples in `docs/business-time.md`.

use anyhow::{Context, Result, bail};
use domain::{
    calendar::{BusinessDays, Calendar},
    clocks::{
        Impact,
        interim::Interim,
        notice::{AgreedTargets, Notice},
        request,
    },
    time::Instant,
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use std::io::{BufRead, Write};

/// Fields to add to an object, in order.
type Added = Vec<(&'static str, Value)>;

/// Answers every line; true where all of them could be computed.
///
/// # Errors
/// Reading or writing fails. A bad line is not an error here.
pub(crate) fn run(mut input: impl BufRead, mut output: impl Write) -> Result<bool> {
    let mut all_good = true;
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if input.read_until(b'\n', &mut line).context("reading the input")? == 0 {
            break;
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let (mut answer, good) = answer(line, number);
        all_good &= good;
        answer.push('\n');
        output.write_all(answer.as_bytes()).context("writing the output")?;
    }
    output.flush().context("writing the output")?;
    Ok(all_good)
}

/// The line of output for a line of input, and whether it could be computed.
fn answer(line: &[u8], number: u64) -> (String, bool) {
    let object = match Object::read(line) {
        Ok(object) => object,
        Err(error) => return (json!({ "error": format!("{error:#}"), "line": number }).to_string(), false),
    };
    match computed(&object) {
        Ok(added) => (object.with(added), true),
        Err(error) => (object.with(vec![("error", format!("{error:#}").into())]), false),
    }
}

fn computed(object: &Object) -> Result<Added> {
    match object.text("kind")? {
        "request" => request(object),
        "incident" => incident(object),
        "interim" => interim(object),
        "business_day" => business_day(object),
        other => bail!("kind: '{other}' is none of request, incident, interim, business_day"),
    }
}

/// R-3.3.2-3.
fn request(object: &Object) -> Result<Added> {
    let received = object.instant("received")?;
    let days = object.business_days("business_days")?;
    let calendar = Calendar::tokyo(object.dates("closures")?);
    let completed = if object.has("completed") { object.instant_or_null("completed")? } else { None };
    let due = request::due(received, days, &calendar)?;
    let mut added = vec![("due", tokyo(due)?)];
    if completed.is_some() {
        added.push(("met", json!(request::verdict(due, completed, None).met())));
    }
    Ok(added)
}

/// R-3.3.3-1 to R-3.3.4-2, by the targets of the white paper. A first notice is judged by its own instant alone, also
/// where it lies before the alert or after `as_of`.
fn incident(object: &Object) -> Result<Added> {
    let notice = Notice {
        alert: object.instant("alert")?,
        first_notice: object.instant_or_null("first_notice")?,
        as_of: object.instant_or_null("as_of")?,
    };
    let judged = notice.judge(AgreedTargets::default().of(object.impact()?));
    Ok(vec![
        ("slo_due", tokyo(judged.slo.due)?),
        ("sla_due", tokyo_or_null(judged.sla.map(|clock| clock.due))?),
        ("slo_met", json!(judged.slo.verdict.met())),
        ("sla_met", json!(judged.sla.and_then(|clock| clock.verdict.met()))),
    ])
}

/// R-4.2.2-16 and R-4.2.2-17. Instants in any order are computed by the plain rule: nothing has come due before the
/// first notice, and nothing is owed where recovery lies before it.
fn interim(object: &Object) -> Result<Added> {
    let interim = Interim {
        impact: object.impact()?,
        first_notice: object.instant("first_notice")?,
        resolved: object.instant_or_null("resolved")?,
        as_of: object.instant("as_of")?,
    };
    let slots = interim.slots()?.into_iter().map(tokyo).collect::<Result<Vec<_>>>()?;
    Ok(vec![("interim_due", slots.into()), ("next_due", tokyo_or_null(interim.next_slot())?)])
}

/// R-3.3.1-4.
fn business_day(object: &Object) -> Result<Added> {
    let date = date_of(object.required("date")?).context("date")?;
    let calendar = Calendar::tokyo(object.dates("closures")?);
    let holiday = calendar.holiday(date)?.map(|holiday| holiday.name);
    Ok(vec![("business_day", calendar.is_business_day(date)?.into()), ("holiday", json!(holiday))])
}

/// An instant as it is written out: at +09:00, the fraction only where it is not zero.
fn tokyo(instant: Instant) -> Result<Value> {
    if instant.timestamp().as_millisecond() != instant.ms() {
        bail!("a computed instant lies beyond the year 9999");
    }
    Ok(instant.in_zone(Calendar::default().zone()).into())
}

fn tokyo_or_null(instant: Option<Instant>) -> Result<Value> {
    instant.map_or(Ok(Value::Null), tokyo)
}

/// A date exactly as in 2026-11-22.
fn date_of(value: &Value) -> Result<Date> {
    let date = value.as_str().and_then(|text| text.parse::<Date>().ok().filter(|date| date.to_string() == text));
    date.with_context(|| format!("{value} is not a date; write it as in 2026-11-22"))
}

fn instant_of(value: &Value) -> Result<Instant> {
    let text = value
        .as_str()
        .with_context(|| format!("{value} is not an instant; write it as in 2026-11-22T03:12:00+09:00"))?;
    Ok(Instant::parse(text)?)
}

/// A JSON object together with its text. Its readers name the field in every error.
struct Object<'a> {
    text: &'a str,
    fields: Map<String, Value>,
}

impl<'a> Object<'a> {
    /// Reads a line without blanks at either end.
    fn read(line: &'a [u8]) -> Result<Self> {
        let text = std::str::from_utf8(line).context("the line is not UTF-8")?;
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Ok(Self { text, fields }),
            Ok(_) => bail!("the line is not a JSON object"),
            Err(error) => bail!("the line is not JSON from column {} on", error.column()),
        }
    }

    /// The text of the object with these fields added, or replaced where they were there.
    fn with(self, added: Added) -> String {
        if added.iter().any(|(name, _)| self.has(name)) {
            let mut fields = self.fields;
            fields.extend(added.into_iter().map(|(name, value)| (name.to_owned(), value)));
            return Value::Object(fields).to_string();
        }
        let open = self.text.strip_suffix('}').unwrap_or(self.text);
        let mut members: Vec<_> = added.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        if !self.fields.is_empty() {
            members.insert(0, open.to_owned());
            return members.join(",") + "}";
        }
        format!("{open}{}}}", members.join(","))
    }

    fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    fn required(&self, name: &str) -> Result<&Value> {
        self.fields.get(name).with_context(|| match name {
            "kind" => "kind is missing: request, incident, interim or business_day".to_owned(),
            _ => format!("{name} is missing"),
        })
    }

    fn text(&self, name: &str) -> Result<&str> {
        let value = self.required(name)?;
        value.as_str().with_context(|| format!("{name}: {value} is not a text"))
    }

    fn instant(&self, name: &'static str) -> Result<Instant> {
        instant_of(self.required(name)?).context(name)
    }

    fn instant_or_null(&self, name: &'static str) -> Result<Option<Instant>> {
        let value = self.required(name)?;
        if value.is_null() { Ok(None) } else { instant_of(value).map(Some).context(name) }
    }

    fn impact(&self) -> Result<Impact> {
        match self.required("service_impact")? {
            Value::Bool(true) => Ok(Impact::Present),
            Value::Bool(false) => Ok(Impact::Absent),
            other => bail!("service_impact: {other} is neither true nor false"),
        }
    }

    fn business_days(&self, name: &'static str) -> Result<BusinessDays> {
        let value = self.required(name)?;
        let number = value.as_u64().with_context(|| format!("{name}: {value} is not a whole number from 1 to 250"))?;
        BusinessDays::new(number).context(name)
    }

    fn dates(&self, name: &'static str) -> Result<Vec<Date>> {
        let value = self.required(name)?;
        let dates =
            value.as_array().with_context(|| format!("{name}: {value} is not a list of dates; write [] for none"))?;
        dates.iter().map(date_of).collect::<Result<_>>().context(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &[u8]) -> (String, bool) {
        let mut output = Vec::new();
        let all_good = run(input, &mut output).unwrap();
        (String::from_utf8(output).unwrap(), all_good)
    }

    /// The line comes back with these members added before its closing brace.
    fn check(line: &str, added: &str) {
        let expected = format!("{},{added}}}\n", line.strip_suffix('}').unwrap());
        assert_eq!(answers(line.as_bytes()), (expected, true), "{line}");
    }

    /// The line comes back with an error that contains these words.
    fn check_error(line: &str, words: &str) {
        let (output, all_good) = answers(line.as_bytes());
        assert!(!all_good, "{line}");
        let answer: Map<String, Value> = serde_json::from_str(&output).unwrap();
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(words), "{line}: {error}");
        if let Ok(Value::Object(given)) = serde_json::from_str(line) {
            assert!(given.iter().all(|(name, value)| answer.get(name) == Some(value)), "{output}");
        }
    }

    #[test]
    fn a_request_gets_its_due_and_with_completed_its_verdict() {
        let line = r#"{"kind":"request","received":"2026-11-20T10:00:00Z","business_days":1,"closures":[]}"#;
        check(line, r#""due":"2026-11-24T19:00:00+09:00""#);
        let line = r#"{"kind":"request","received":"2026-11-20T10:00:00Z","business_days":1,"closures":["2026-11-24","2026-11-22","2026-11-24"],"completed":"2026-11-25T10:00:00.000Z"}"#;
        check(line, r#""due":"2026-11-25T19:00:00+09:00","met":true"#);
        let line = line.replace("00.000Z", "00.001Z");
        check(&line, r#""due":"2026-11-25T19:00:00+09:00","met":false"#);
        check(&line.replace("\"2026-11-25T10:00:00.001Z\"", "null"), r#""due":"2026-11-25T19:00:00+09:00""#);
    }

    #[test]
    fn an_incident_gets_two_clocks_with_impact_and_one_without() {
        let line = r#"{"kind":"incident","alert":"2026-11-21T18:12:00.5Z","service_impact":true,"first_notice":"2026-11-22T03:32:00+09:00","as_of":null}"#;
        let dues = r#""slo_due":"2026-11-22T03:27:00.500+09:00","sla_due":"2026-11-22T03:42:00.500+09:00""#;
        check(line, &format!(r#"{dues},"slo_met":false,"sla_met":true"#));
        let missing = line.replace("\"2026-11-22T03:32:00+09:00\"", "null");
        check(&missing, &format!(r#"{dues},"slo_met":null,"sla_met":null"#));
        let late = missing.replace("\"as_of\":null", "\"as_of\":\"2026-11-22T03:42:00.500+09:00\"");
        check(&late, &format!(r#"{dues},"slo_met":false,"sla_met":null"#));
        let slight = line.replace("true", "false");
        check(&slight, r#""slo_due":"2026-11-22T04:12:00.500+09:00","sla_due":null,"slo_met":true,"sla_met":null"#);
    }

    #[test]
    fn interim_slots_end_before_recovery() {
        let line = r#"{"kind":"interim","first_notice":"2026-11-22T03:00:00+09:00","service_impact":true,"resolved":null,"as_of":"2026-11-22T05:00:00+09:00"}"#;
        let two = r#""2026-11-22T04:00:00+09:00","2026-11-22T05:00:00+09:00""#;
        check(line, &format!(r#""interim_due":[{two}],"next_due":"2026-11-22T06:00:00+09:00""#));
        let known = line.replace("null", "\"2026-11-22T06:00:00+09:00\"");
        check(&known, &format!(r#""interim_due":[{two}],"next_due":null"#));
        let ended = line.replace("null", "\"2026-11-22T05:00:00+09:00\"");
        check(&ended, r#""interim_due":["2026-11-22T04:00:00+09:00"],"next_due":null"#);
        check(&line.replace("true", "false"), r#""interim_due":[],"next_due":null"#);
    }

    #[test]
    fn a_day_is_told_with_its_holiday() {
        let line = r#"{"kind":"business_day","date":"2026-09-22","closures":[]}"#;
        check(line, r#""business_day":false,"holiday":"国民の休日""#);
        check(&line.replace("-22", "-24"), r#""business_day":true,"holiday":null"#);
    }

    #[test]
    fn what_is_unknown_comes_back_as_it_was_written() {
        let line = r#"{"z": 1.50, "big":123456789012345678901234567890, "kind":"business_day","date":"2026-09-24","closures":[] , "a":{"y":1,"b":[ ]}}"#;
        check(line, r#""business_day":true,"holiday":null"#);
    }

    #[test]
    fn an_answer_can_be_asked_again() {
        let line = br#"{"kind":"business_day","date":"2026-09-24","closures":[],"holiday":"stale"}"#;
        let answer = r#"{"business_day":true,"closures":[],"date":"2026-09-24","holiday":null,"kind":"business_day"}"#;
        assert_eq!(answers(line), (format!("{answer}\n"), true));
    }

    #[test]
    fn a_bad_line_is_named_and_the_others_are_answered() {
        let input =
            b"\n{\"kind\":\"business_day\",\"date\":\"2026-09-24\",\"closures\":[]}\r\n\xff\xfe\n   \n[1]\n{}\nnull";
        let (output, all_good) = answers(input);
        assert!(!all_good);
        let lines: Vec<&str> = output.lines().collect();
        assert_eq!(lines.len(), 5);
        assert!(lines[0].ends_with(r#""holiday":null}"#));
        assert!(lines[1].contains("UTF-8") && lines[1].ends_with(r#""line":3}"#));
        assert_eq!(lines[2], r#"{"error":"the line is not a JSON object","line":5}"#);
        assert_eq!(lines[3], r#"{"error":"kind is missing: request, incident, interim or business_day"}"#);
        assert!(lines[4].ends_with(r#""line":7}"#));
    }

    #[test]
    fn every_field_is_checked_by_name() {
        let request = r#"{"kind":"request","received":"2026-11-20T10:00:00Z","business_days":1,"closures":[]}"#;
        check_error(&request.replace("request", "demand"), "kind: 'demand'");
        check_error(&request.replace("\"request\"", "7"), "kind: 7 is not a text");
        check_error(&request.replace("received", "recieved"), "received is missing");
        check_error(&request.replace("00Z", "00"), "received: '2026-11-20T10:00:00' is not an instant");
        check_error(&request.replace("\"2026-11-20T10:00:00Z\"", "null"), "received: null is not an instant");
        check_error(&request.replace("2026-11-20T", "2026-11-31T"), "received: ");
        for wrong in ["0", "251", "-1", "1.0", "1.5", "\"1\"", "null", "true", "18446744073709551616"] {
            check_error(&request.replace(":1,", &format!(":{wrong},")), "business_days: ");
        }
        check_error(&request.replace("closures", "closure"), "closures is missing");
        for wrong in [
            "null",
            "\"2026-11-24\"",
            "[20261124]",
            "[\"20261124\"]",
            "[\"2026-11-31\"]",
            "[\"2026-11-24T00:00:00\"]",
            "[null]",
        ] {
            check_error(&request.replace("[]", wrong), "closures: ");
        }
        check_error(&request.replace("[]", "[],\"completed\":5"), "completed: 5 is not an instant");

        let incident = r#"{"kind":"incident","alert":"2026-11-21T18:12:00Z","service_impact":true,"first_notice":null,"as_of":null}"#;
        for field in ["alert", "service_impact", "first_notice", "as_of"] {
            check_error(&incident.replace(field, "unknown"), &format!("{field} is missing"));
        }
        check_error(&incident.replace("true", "\"yes\""), "service_impact: \"yes\" is neither");
        check_error(&incident.replace("true", "null"), "service_impact: null is neither");
        let interim = r#"{"kind":"interim","first_notice":"2026-11-22T03:00:00Z","service_impact":true,"resolved":null,"as_of":"2026-11-22T05:00:00Z"}"#;
        for field in ["first_notice", "service_impact", "resolved", "as_of"] {
            check_error(&interim.replace(field, "unknown"), &format!("{field} is missing"));
        }
        check_error(r#"{"kind":"business_day","date":"2026-9-24","closures":[]}"#, "date: \"2026-9-24\" is not a date");
    }

    #[test]
    fn what_the_table_or_the_calendar_cannot_hold_is_an_error() {
        check_error(r#"{"kind":"business_day","date":"2051-01-01","closures":[]}"#, "outside the holiday table");
        check_error(r#"{"kind":"business_day","date":"2015-12-31","closures":[]}"#, "outside the holiday table");
        check_error(
            r#"{"kind":"request","received":"2050-12-30T10:00:00Z","business_days":1,"closures":[]}"#,
            "2051-01-01",
        );
        check_error(
            r#"{"kind":"incident","alert":"9999-12-30T21:59:00Z","service_impact":true,"first_notice":null,"as_of":null}"#,
            "beyond the year 9999",
        );
        check_error(
            r#"{"kind":"interim","first_notice":"1026-11-22T03:00:00Z","service_impact":true,"resolved":null,"as_of":"2026-11-22T05:00:00Z"}"#,
            "more than 10000",
        );
    }

    #[test]
    fn the_examples_of_the_document_are_true() {
        let document = include_str!("../../docs/business-time.md");
        let blocks = |mark| document.split(mark).skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        let (given, told): (String, String) = (blocks("```json in\n"), blocks("```json out\n"));
        assert_eq!(given.lines().count(), 4);
        assert_eq!(answers(given.as_bytes()), (told, true));
    }
}
