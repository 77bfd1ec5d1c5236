//! 添付ファイル: the files of a ticket and the form that adds one.

pub(crate) mod handler;

use crate::form::{Draft, Field, Form, Input, form};
use crate::layout::Shell;
use crate::parts::head;
use crate::sample::{HOSTILE, at};
use crate::when;
use domain::attachment::Attachment;
use domain::ids::BlobId;
use domain::incident::Marked;
use domain::time::Instant;
use domain::words::Lang;
use maud::{Markup, html};
use std::collections::HashMap;

/// The files of a ticket.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Address of the ticket, such as `/requests/NCS-3`.
    pub ticket: String,
    /// In the order in which they were added.
    pub files: Vec<FileLine>,
    /// Whether the reader may add one.
    pub may_add: bool,
    /// Whether the reader may add one that the customer does not see.
    pub staff: bool,
    /// Whether one that the customer sees may be added, too.
    pub told: bool,
}

/// One file.
#[derive(Clone, Debug)]
pub struct FileLine {
    /// Its number.
    pub number: u64,
    /// Its name; none where it was erased.
    pub name: Option<String>,
    /// Its bytes: how many.
    pub size: u64,
    /// When it was added.
    pub at: Instant,
    /// Whether the customer added it.
    pub from_customer: bool,
    /// Whether the customer does not see it.
    pub internal: bool,
}

/// The files of a fold, for whoever may see all that is in it.
pub(crate) fn files_of(
    ticket: String,
    files: &[Marked<Attachment>],
    texts: &HashMap<BlobId, String>,
    (may_add, staff, told): (bool, bool, bool),
) -> Files {
    let line = |it: &Marked<Attachment>| FileLine {
        number: it.mark.seq,
        name: texts.get(&it.what.name).cloned(),
        size: it.what.size,
        at: it.mark.at,
        from_customer: it.mark.role.is_some_and(|role| role.is_customer()),
        internal: it.what.internal,
    };
    Files { ticket, files: files.iter().map(line).collect(), may_add, staff, told }
}

/// A number of bytes as people say it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes.div_ceil(1_024)),
        // Tenths of a MiB, rounded up.
        _ => {
            let tenths = (bytes * 10).div_ceil(1_048_576);
            format!("{}.{} MiB", tenths / 10, tenths % 10)
        }
    }
}

/// The section: what is there, and the form.
pub fn section(shell: &Shell, it: &Files, draft: &Draft) -> Markup {
    let lang = shell.lang;
    html! {
        section.files id="files" aria-labelledby="files-head" {
            (head("files-head", shell.t("添付ファイル", "Files")))
            @if it.files.is_empty() { p.hint { (shell.t("まだありません。", "None yet.")) } }
            @else {
                ul.plain {
                    @for file in &it.files {
                        li {
                            @match &file.name {
                                Some(name) => a.words href={ (it.ticket) "/file?number=" (file.number) } { (name) },
                                None => span.hint { (shell.t("消去されたファイル", "A file that was erased")) },
                            }
                            " " span.number { (size(file.size)) } " "
                            small { (when::time(shell, file.at)) " " (if file.from_customer { shell.t("お客様から", "from the customer") } else { shell.t("サポートデスクから", "from the desk") }) }
                            @if file.internal { " " span.flag.internal { (shell.t("社内のみ", "Internal only")) } }
                        }
                    }
                }
            }
            @if it.may_add {
                details.add open[draft.form == "attachment"] {
                    summary { (shell.t("ファイルを添付する", "Add a file")) }
                    (form(shell, draft, &adding(it, lang)))
                }
            }
        }
    }
}

fn adding(it: &Files, lang: Lang) -> Form {
    let file = Field::new("file", lang.pick("ファイル", "File"), Input::File).required().wide();
    let hint = lang.pick(
        "10 MiBまで。パスワードや秘密の鍵は添付しないでください。",
        "Up to 10 MiB. Do not add passwords or secret keys.",
    );
    let mut fields = vec![file.hint(hint)];
    if it.staff {
        let label = lang.pick("社内のみ（お客様には見えません）", "Internal only (the customer does not see it)");
        let internal = Field::new("internal", label, Input::Tick);
        // Before the customer knows of the ticket, nothing on it is for them.
        fields.push(if it.told { internal } else { internal.value("yes") });
    }
    Form::new("attachment", format!("{}/files", it.ticket), lang.pick("添付する", "Add it"), fields).whole_page()
}

/// Files of every kind, for the samples of tickets.
pub(crate) fn sample(ticket: &str) -> Files {
    let file = |number, name: Option<&str>, size, from_customer, internal| FileLine {
        number,
        name: name.map(str::to_owned),
        size,
        at: at(-3_600),
        from_customer,
        internal,
    };
    Files {
        ticket: ticket.to_owned(),
        files: vec![
            file(14, Some("エラー画面.png"), 482_113, true, false),
            file(17, Some(HOSTILE), 9_700_000, false, false),
            file(19, Some("作業前.log"), 812, false, true),
            file(20, None, 4_096, true, false),
        ],
        may_add: true,
        staff: true,
        told: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_the_unit_that_fits() {
        for (bytes, said) in [
            (1, "1 B"),
            (1_023, "1023 B"),
            (1_024, "1 KiB"),
            (1_025, "2 KiB"),
            (1_048_576, "1.0 MiB"),
            (9_700_000, "9.3 MiB"),
            (10 * 1_048_576, "10.0 MiB"),
        ] {
            assert_eq!(size(bytes), said);
        }
    }
}
