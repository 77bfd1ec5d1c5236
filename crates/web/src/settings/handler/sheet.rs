//! Lists as CSV. What a spreadsheet would take for a formula gets a leading apostrophe on its way out, which is taken off
//! on its way in (OWASP: CSV injection).

use axum::response::{IntoResponse, Response};
use domain::refusal::Refusal;
use gate::Trouble;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use std::collections::HashMap;

/// Beginnings that spreadsheets take for formulas.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(text)
}

/// A list as a file to download: UTF-8 with a byte order mark, without which Excel shows Japanese as noise.
pub(crate) fn csv_answer(
    file: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Response, Trouble> {
    let broken = |error: csv::Error| Trouble::failed(error.to_string());
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(columns).map_err(broken)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| guarded(cell))).map_err(broken)?;
    }
    let bytes = writer.into_inner().map_err(|error| Trouble::failed(error.to_string()))?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// A CSV being read line by line; mistakes are gathered and told together.
pub(crate) struct Sheet {
    lines: std::vec::IntoIter<(u64, Line)>,
    at: u64,
    wrong: Vec<(u64, String, String)>,
}

/// One line by the names of its columns.
pub(crate) struct Line(HashMap<String, String>);

impl Line {
    /// A cell, trimmed; empty where the column is absent.
    pub(crate) fn get(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }
}

impl Sheet {
    /// Reads a CSV whose first line names its columns, in any order.
    ///
    /// # Errors
    /// It is no CSV, or a column is unknown.
    pub(crate) fn read(text: &str, columns: &[&str]) -> Result<Self, Refusal> {
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let heads = reader.headers().map_err(|error| no_csv(&error))?.clone();
        if let Some(unknown) = heads.iter().find(|head| !columns.contains(head)) {
            let known = columns.join(", ");
            return Err(Refusal::invalid(
                "csv",
                format!("列「{unknown}」はありません。使える列: {known}"),
                format!("There is no column “{unknown}”. Use: {known}"),
            ));
        }
        let mut lines = vec![];
        for record in reader.records() {
            let record = record.map_err(|error| no_csv(&error))?;
            let cells = heads.iter().zip(&record).map(|(head, cell)| (head.to_owned(), unguarded(cell).to_owned()));
            lines.push((record.position().map_or(0, csv::Position::line), Line(cells.collect())));
        }
        if lines.is_empty() {
            return Err(Refusal::invalid(
                "csv",
                "列の名前の下に1行以上入れてください。",
                "Give at least one line below the names of the columns.",
            ));
        }
        Ok(Self { lines: lines.into_iter(), at: 0, wrong: vec![] })
    }

    /// The next line.
    pub(crate) fn next_line(&mut self) -> Option<Line> {
        let (at, line) = self.lines.next()?;
        self.at = at;
        Some(line)
    }

    /// Notes a mistake of the line read last.
    pub(crate) fn wrong(&mut self, ja: impl Into<String>, en: impl Into<String>) {
        self.wrong.push((self.at, ja.into(), en.into()));
    }

    /// Refuses the whole where anything was wrong.
    ///
    /// # Errors
    /// Every mistake, by line.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        let ja: Vec<String> = self.wrong.iter().map(|(line, ja, _)| format!("{line}行目: {ja}。")).collect();
        let en: Vec<String> = self.wrong.iter().map(|(line, _, en)| format!("Line {line}: {en}.")).collect();
        Err(Refusal::invalid("csv", ja.join(" "), en.join(" ")))
    }
}

fn no_csv(error: &csv::Error) -> Refusal {
    Refusal::invalid("csv", format!("CSV として読めません。({error})"), format!("This is no CSV: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_goes_out_guarded_and_comes_back_as_it_was() {
        for text in ["=1+1", "+81-90-0000-1234", "-1", "@a", "\t=", "'quoted", "plain", ""] {
            assert!(!guarded(text).starts_with(FORMULA));
            assert_eq!(unguarded(&guarded(text)), text);
        }
    }

    #[test]
    fn mistakes_are_told_together_by_line() {
        let mut sheet = Sheet::read("name,email\n山田,a@b\n佐藤,\n", &["name", "email"]).unwrap();
        while let Some(line) = sheet.next_line() {
            if line.get("email").is_empty() {
                sheet.wrong("メールがありません", "no mail");
            }
        }
        assert_eq!(sheet.finish().unwrap_err().en, "Line 3: no mail.");
        assert_eq!(Sheet::read("name,phone\n", &["name"]).err().unwrap().field(), Some("csv"));
    }
}
