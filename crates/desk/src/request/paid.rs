//! Paid options: contracted ones are requests like all others, others become an inquiry without a clock (R-4.3.2-6).

use crate::desk::read_paper;
use crate::incident::Done;
use crate::record::NewRecord;
use crate::{Answer, Caller, Desk};
use domain::catalogue::{Entry, Values};
use domain::ids::ProjectKey;
use domain::paper::{Agreement, Paper};
use domain::words::Lang;
use store::Write;

/// The procedure of what is asked for and not contracted.
const LEAD: &str = "lead";

/// Whether a customer has contracted a paid option, by the code of its entry.
pub(super) async fn is_contracted(write: &mut Write, entry: &str) -> Answer<bool> {
    let now = write.now();
    let agreement = write.version_at(Agreement::KIND, "", now).await?;
    let agreement = agreement.map(|row| read_paper::<Agreement>(&row)).transpose()?;
    Ok(agreement.is_some_and(|(_, agreement)| agreement.has_option(entry)))
}

impl Desk {
    /// Opens an inquiry for a paid entry, with what was filled in.
    pub(super) async fn ask_for_option(
        &self,
        caller: &Caller,
        project: &ProjectKey,
        entry: &Entry,
        values: &Values,
    ) -> Answer<Done> {
        let line = |(code, value): (&String, &String)| {
            let field = entry.fields.iter().find(|field| field.code == *code)?;
            Some(format!("{}: {}", field.label.ja, field.shown(value, Lang::Ja)))
        };
        let text = values.iter().filter_map(line).collect::<Vec<_>>().join("\n");
        let fields = [("title".to_owned(), entry.heading.ja.clone()), ("text".to_owned(), text)];
        let new = NewRecord { project: project.to_string(), process: LEAD.to_owned(), fields: fields.into() };
        self.open_record(caller, &new).await
    }
}
