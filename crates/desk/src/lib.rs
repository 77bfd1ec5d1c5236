//! One function per verb: load, ask the domain, save facts, timers and messages in one transaction (L3).
