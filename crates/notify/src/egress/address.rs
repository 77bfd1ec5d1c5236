//! Which addresses belong to the public internet.
//!
//! Source: the IANA registries of special-purpose IPv4 and IPv6 addresses (RFC 6890 and its successors) and of IPv6
//! global unicast space. For IPv6 the rule is turned round: only what IANA has opened, 2000::/3, can be public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address that may not be reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} is at {address}, which is not public ({why}); the operator can allow it in the egress settings")]
pub struct Denied {
    /// The host as the URL names it.
    pub host: String,
    /// The address it has.
    pub address: IpAddr,
    /// What that address is.
    pub why: &'static str,
}

/// First address, prefix length, meaning.
type Range<A> = (A, u32, &'static str);

const V4: [Range<Ipv4Addr>; 18] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this network"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "carrier-grade NAT"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    // Azure's platform address, public by number only.
    (Ipv4Addr::new(168, 63, 129, 16), 32, "cloud metadata"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local and cloud metadata"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "protocol assignments"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation"),
    (Ipv4Addr::new(192, 31, 196, 0), 24, "AS112"),
    (Ipv4Addr::new(192, 52, 193, 0), 24, "AMT relay"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relay"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

const V6: [Range<Ipv6Addr>; 8] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, "Teredo"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "protocol assignments"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "documentation"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "6to4"),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48, "AS112"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "documentation"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "private or cloud metadata"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local"),
];

/// What makes an address not public; none for a public one.
pub fn why_not(address: IpAddr) -> Option<&'static str> {
    match canonical(address) {
        IpAddr::V4(v4) => V4.iter().find(|range| in_v4(v4, range.0, range.1)).map(|range| range.2),
        IpAddr::V6(v6) => {
            let special = V6.iter().find(|range| in_v6(v6, range.0, range.1)).map(|range| range.2);
            let is_opened = in_v6(v6, Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
            special.or(if v6.is_loopback() {
                Some("loopback")
            } else if v6.is_multicast() {
                Some("multicast")
            } else if is_opened {
                None
            } else {
                Some("reserved")
            })
        }
    }
}

/// The IPv4 address that an IPv6 one stands for, where packets to it end there: ::ffff:0:0/96 (mapped) and 64:ff9b::/96
/// (NAT64, RFC 6052), which a machine with IPv6 alone needs to reach public IPv4. Else the address itself.
pub fn canonical(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return IpAddr::V4(v4);
    }
    if in_v6(v6, Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96) {
        let [.., a, b, c, d] = v6.octets();
        return IpAddr::V4(Ipv4Addr::new(a, b, c, d));
    }
    address
}

/// Whether the first `bits` (0 to 32) of both addresses are equal.
pub(super) fn in_v4(address: Ipv4Addr, first: Ipv4Addr, bits: u32) -> bool {
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    address.to_bits() & mask == first.to_bits() & mask
}

/// Whether the first `bits` (0 to 128) of both addresses are equal.
pub(super) fn in_v6(address: Ipv6Addr, first: Ipv6Addr, bits: u32) -> bool {
    let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
    address.to_bits() & mask == first.to_bits() & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(why: Option<&str>, addresses: &[&str]) {
        for address in addresses {
            assert_eq!(why_not(address.parse().unwrap()), why, "{address}");
        }
    }

    #[test]
    fn the_first_and_last_address_of_each_range_are_denied_and_their_neighbours_are_not() {
        check(Some("this network"), &["0.0.0.0", "0.255.255.255"]);
        check(Some("private"), &["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0"]);
        check(Some("private"), &["192.168.255.255"]);
        check(Some("carrier-grade NAT"), &["100.64.0.0", "100.127.255.255", "100.100.100.200"]);
        check(Some("loopback"), &["127.0.0.1", "127.255.255.255", "::1"]);
        check(Some("cloud metadata"), &["168.63.129.16"]);
        check(Some("link-local and cloud metadata"), &["169.254.0.0", "169.254.169.254", "169.254.255.255"]);
        check(Some("documentation"), &["192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff::1"]);
        check(Some("benchmarking"), &["198.18.0.0", "198.19.255.255"]);
        check(Some("multicast"), &["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"]);
        check(
            Some("reserved"),
            &["240.0.0.0", "255.255.255.255", "::", "::7f00:1", "100::1", "4000::1", "64:ff9b:1::1"],
        );
        check(Some("Teredo"), &["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"]);
        check(Some("protocol assignments"), &["192.0.0.1", "2001:1::1", "2001:1ff::1"]);
        check(Some("6to4"), &["2002:7f00:1::", "2002:808:808::"]);
        check(Some("private or cloud metadata"), &["fc00::1", "fd00:ec2::254", "fdff::1"]);
        check(Some("link-local"), &["fe80::1", "febf::1"]);
        check(Some("reserved"), &["fec0::1"]);
        check(None, &["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"]);
        check(None, &["128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.0.0"]);
        check(
            None,
            &["192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2001:200::1"],
        );
    }

    #[test]
    fn an_address_inside_an_address_is_judged() {
        check(Some("loopback"), &["::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::127.0.0.1"]);
        check(Some("private"), &["::ffff:10.0.0.1", "64:ff9b::a00:1"]);
        check(Some("link-local and cloud metadata"), &["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"]);
        check(None, &["::ffff:8.8.8.8", "64:ff9b::808:808"]);
    }
}
