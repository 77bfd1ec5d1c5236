//! How a message leaves the desk: mail, webhook; the one egress module (L4).
