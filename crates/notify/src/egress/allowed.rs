//! What the operator allows to be reached though it is not public.

use super::address::{canonical, in_v4, in_v6};
use serde::Deserialize;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A network such as `10.1.0.0/16`, an address such as `::1`, or a host name such as `chat.internal`, whatever address
/// that name has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Allowed {
    /// IPv4 addresses that share the first bits with this one.
    V4(Ipv4Addr, u32),
    /// IPv6 addresses that share the first bits with this one.
    V6(Ipv6Addr, u32),
    /// A host by its exact name, in lower case.
    Host(String),
}

/// A text that is neither network nor address nor host name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither a network such as 10.1.0.0/16 nor an address nor a host name")]
pub struct NotAllowable(pub String);

impl Allowed {
    /// Whether this covers a host that has that address.
    pub fn covers(&self, host: &str, address: IpAddr) -> bool {
        match (self, canonical(address)) {
            (Self::V4(first, bits), IpAddr::V4(v4)) => in_v4(v4, *first, *bits),
            (Self::V6(first, bits), IpAddr::V6(v6)) => in_v6(v6, *first, *bits),
            (Self::Host(name), _) => host.trim_end_matches('.').eq_ignore_ascii_case(name),
            _ => false,
        }
    }
}

impl FromStr for Allowed {
    type Err = NotAllowable;

    fn from_str(text: &str) -> Result<Self, NotAllowable> {
        let wrong = || NotAllowable(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        match (address.parse::<IpAddr>(), bits) {
            (Ok(IpAddr::V4(v4)), bits) if bits.unwrap_or(32) <= 32 => Ok(Self::V4(v4, bits.unwrap_or(32))),
            (Ok(IpAddr::V6(v6)), bits) if bits.unwrap_or(128) <= 128 => Ok(Self::V6(v6, bits.unwrap_or(128))),
            (Err(_), None) if is_host_name(text) => Ok(Self::Host(text.to_ascii_lowercase())),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Allowed {
    type Error = NotAllowable;

    fn try_from(text: String) -> Result<Self, NotAllowable> {
        text.parse()
    }
}

/// Letters, digits, hyphens and underscores between dots, and not a number, which would be an address in disguise.
fn is_host_name(text: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    text.split('.').all(is_label) && text.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(allowed: &str, host: &str, address: &str, expected: bool) {
        let allowed: Allowed = allowed.parse().unwrap();
        assert_eq!(allowed.covers(host, address.parse().unwrap()), expected, "{allowed:?} {host} {address}");
    }

    #[test]
    fn networks_addresses_and_names_cover_what_they_say() {
        check("127.0.0.0/8", "x", "127.9.9.9", true);
        check("127.0.0.0/8", "x", "128.0.0.1", false);
        check("127.0.0.1", "x", "127.0.0.1", true);
        check("127.0.0.1", "x", "127.0.0.2", false);
        check("127.0.0.0/8", "x", "::ffff:127.0.0.1", true);
        check("10.1.2.3/0", "x", "255.0.0.1", true);
        check("::1", "x", "::1", true);
        check("fd00::/8", "x", "fdff::1", true);
        check("fd00::/8", "x", "fc00::1", false);
        check("::/0", "x", "10.0.0.1", false);
        check("Chat.Internal", "chat.internal", "10.0.0.1", true);
        check("chat.internal", "chat.internal.", "10.0.0.1", true);
        check("chat.internal", "evil-chat.internal", "10.0.0.1", false);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "a b", "http://a", "a..b", "12345", "host/8"]
        {
            assert_eq!(text.parse::<Allowed>(), Err(NotAllowable(text.to_owned())), "{text}");
        }
    }
}
