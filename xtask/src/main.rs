//! What a shell script would do, in Rust.

fn main() {}
