//! Background tasks: no input, idempotent, woken by a signal, correct without it (L4).
