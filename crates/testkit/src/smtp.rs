//! Peers that take mail: a real server, and a small one that can be told to misbehave.

mod server;
mod sink;

pub use server::{Options, Server};
pub use sink::{Answer, Chunk, Message, Sink, Stage};
