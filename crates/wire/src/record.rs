//! Procedures, and records of processes that are only a file.

use crate::answers;

answers! {
    /// A procedure in force.
    Process {
        /// Its code.
        code: String,
        /// Its name.
        label: Label,
        /// Version of its procedure; null for the one that ships.
        edition: Option<u32>,
        /// Its states; a record begins in the first.
        states: Vec<ProcessState>,
        /// Its verbs, in the order of the procedure.
        verbs: Vec<ProcessVerb>,
    }
    /// A name in both languages.
    Label {
        /// Japanese.
        ja: String,
        /// English.
        en: String,
    }
    /// A state of a process.
    ProcessState {
        /// Its code.
        code: String,
        /// Its name.
        label: Label,
        /// Whether it ends a record.
        done: bool,
    }
    /// A verb of a process.
    ProcessVerb {
        /// Its code.
        code: String,
        /// Its noun, to be sent.
        noun: String,
        /// Its name.
        label: Label,
        /// From where to where; `from` is empty for the verb that opens a record.
        ways: Vec<ProcessWay>,
        /// Rights and roles, any of which may do it.
        who: Vec<String>,
        /// What has to be said.
        needs: Vec<ProcessNeed>,
    }
    /// A way of a verb.
    ProcessWay {
        /// The state it begins in.
        from: String,
        /// The state it leads to.
        to: String,
    }
    /// A field that a verb asks for.
    ProcessNeed {
        /// Its code.
        field: String,
        /// `line`, `words`, `yes`, `answer`, `instant`, `date`, `number`, `record` or `entry`.
        takes: String,
        /// Whether it may be left out.
        optional: bool,
        /// Its name.
        label: Label,
    }
    /// A version of a procedure that was recorded.
    ProcessRecorded {
        /// Its code.
        process: String,
        /// The version's number.
        version: u32,
    }
    /// A record.
    Record {
        /// Its name, `KEY-n`.
        key: String,
        /// Its project.
        project: String,
        /// The customer's name.
        customer: String,
        /// Code of its process.
        process: String,
        /// The version to send with the next verb.
        version: u64,
        /// Code of its state.
        state: String,
        /// Its title.
        title: String,
        /// When it was opened.
        #[schema(format = DateTime)]
        opened: String,
        /// When it ended.
        #[schema(format = DateTime)]
        ended: Option<String>,
    }
    /// A record with what happened to it.
    RecordWhole {
        /// The record.
        record: Record,
        /// Version of its procedure; null for the one that shipped.
        edition: Option<u32>,
        /// Nouns of the verbs that the caller can do now.
        verbs: Vec<String>,
        /// What happened, in order.
        happened: Vec<RecordStep>,
    }
    /// Something that happened to a record.
    RecordStep {
        /// Place of the fact in the chain.
        seq: u64,
        /// When.
        #[schema(format = DateTime)]
        at: String,
        /// Who, where the reader may know.
        by: Option<String>,
        /// What.
        verb: Label,
        /// The state it led to, where that is another.
        to: Option<Label>,
        /// What was said.
        said: Vec<RecordField>,
        /// Whether the customer does not see it.
        internal: bool,
    }
    /// A field as it was filled in.
    RecordField {
        /// Its name.
        name: Label,
        /// Its value.
        value: String,
    }
    /// What a verb on a record leaves behind.
    RecordDone {
        /// Its name, `KEY-n`.
        key: String,
        /// Its version now.
        version: u64,
        /// Its state now.
        state: String,
    }
}
