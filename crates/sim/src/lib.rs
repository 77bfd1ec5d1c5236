//! Seeded nights on the pure rules (dev; design §2, trust: invariants I1 to I6).
//!
//! A *history* is one evening of one desk with up to three customers, followed until all that began in it has ended: alerts,
//! filed faults, calls, reports, recoveries, escalations, timers that fire late, twice, or in a transaction that is lost. The
//! *shell* does in memory what `desk` and `store` do around the rules. The *auditor* reads facts and events alone and computes
//! from the written rules what must be so; where both part, the history failed. A *mutant* is a fault planted in a history, to
//! see that the auditor finds it. `docs/simulation.md` tells what is compared.

mod audit;
mod claims;
mod common;
pub mod day;
mod mutants;
mod night;
mod papers;
mod people;
pub mod run;
mod senders;
mod shell;
mod windows;
mod work;
mod world;

pub use mutants::Mutant;
