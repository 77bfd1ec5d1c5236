//! The gate in front of a real desk on SQLite, and over real connections.

mod bodies;
mod listening;
mod policies;
mod site;
