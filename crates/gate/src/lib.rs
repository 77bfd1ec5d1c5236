//! The typed route builder, callers and problem details that every HTTP edge shares (L4).
