//! The incident from outside: what may follow what, and what its clocks, duties and timers make of it.

mod calling;
mod clocks;
mod duties;
mod escalation;
mod figures;
mod flapping;
mod machine;
mod major;
mod mending;
mod merging;
mod report;
mod slots;
mod story;
mod timers;
mod walk;
