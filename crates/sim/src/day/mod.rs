//! A simulated year of the support centre: tickets of every entry, filed, held, dated, approved, done, missed, given back and
//! closed on the rules of `domain::request`, with an auditor behind every step and behind the table of appendix 5.

mod audit;
mod calendar;
mod mutants;
mod papers;
mod people;
mod run;
mod shell;
mod table;
mod world;
mod year;

pub use mutants::DayMutant;
pub use run::{Round, found_by, round};
pub(crate) use run::{day, mutants};
