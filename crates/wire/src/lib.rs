//! Serde types shared by the API and its clients (L0).

pub mod problem;
