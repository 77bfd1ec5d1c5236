//! Free ports on the loopback.

use anyhow::{Context, Result};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// A port of 127.0.0.1 that nothing listens on at this moment.
///
/// The kernel hands out such ports in turn, so two calls close together give two ports. Between the call and the peer's
/// own bind another program may still take it; a peer that fails to start then says so.
///
/// # Errors
/// The loopback has no port left.
pub fn free() -> Result<u16> {
    let listener =
        TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
