//! The only SQL: facts, records, timers, outbox on SQLite and PostgreSQL (L2).
