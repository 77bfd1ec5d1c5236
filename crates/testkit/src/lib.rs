//! Private peers for tests (dev): real servers on free loopback ports, in folders of their own, gone when dropped.
//!
//! A *peer* is a program the desk talks to in life: PostgreSQL, a mail server, Alertmanager, a browser, a receiver of
//! webhooks. A *sink* is a small peer written here that records what arrives and can be told to misbehave. Starting a
//! peer returns when it answers; a missing program is an error that names the Debian package to install.

pub mod alertmanager;
pub mod axe;
pub mod chromium;
pub mod draw;
pub mod http;
pub mod letter;
pub mod madoguchi;
pub mod matrix;
pub mod ports;
pub mod postgres;
pub mod process;
pub mod smtp;
pub mod sqlite;
pub mod tamper;
pub mod tls;
pub mod wait;
pub mod webhook;

/// Milliseconds since 1970 by this machine's clock, the time stamped on what a sink receives.
pub fn now_ms() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "sinks stamp what arrives; no rule of the desk reads this")]
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
