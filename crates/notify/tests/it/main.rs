//! Mail and webhooks against real peers on the loopback.

mod mail;
mod webhook;
