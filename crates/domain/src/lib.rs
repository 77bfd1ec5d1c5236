//! Pure rules: calendar, clocks, incident, alerts, access. No I/O, no clock, no randomness (L1).
