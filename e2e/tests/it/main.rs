//! The real binary among real peers.
