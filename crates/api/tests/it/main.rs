//! The API over a real desk, in-process, on SQLite and on PostgreSQL.

mod document;
mod input;
mod lists;
mod matrix;
mod night;
mod once;
mod papers;
mod site;
