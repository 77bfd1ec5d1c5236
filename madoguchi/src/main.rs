//! The support desk of a managed service provider, as one binary.

fn main() {}
