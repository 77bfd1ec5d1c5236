//! Bytes from alert senders to alert events, one file per sender (L4).
