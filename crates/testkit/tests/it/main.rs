//! Each peer starts, does one real thing and is gone afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod alertmanager;
mod chromium;
mod postgres;
mod process;
mod smtp;
mod webhook;

/// Whether something accepts connections on that port of the loopback.
#[expect(clippy::disallowed_methods, reason = "a look at our own peer on the loopback")]
fn is_open(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}
