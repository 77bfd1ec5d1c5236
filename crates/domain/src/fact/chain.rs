//! The hash chain: 64 hexadecimal digits a link.

use crate::ids::TenantId;
use sha2::{Digest, Sha256};

/// SHA-256 as 64 lower-case hexadecimal digits, the way it is stored and shown.
pub type Hash = String;

/// What a chain that was touched looks like at one place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The stored hash is not that of the previous hash and the stored bytes.
    #[error("the stored bytes do not give the stored hash")]
    Hash,
}

fn hex(bytes: &[u8]) -> Hash {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    })
}

/// SHA-256 of several pieces in a row.
pub fn sha256(pieces: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for piece in pieces {
        hasher.update(piece);
    }
    hex(&hasher.finalize())
}

/// What the first fact of a tenant's lane is chained to.
pub fn genesis(tenant: &TenantId, lane: u32) -> Hash {
    sha256(&[b"madoguchi/chain/1\n", tenant.as_str().as_bytes(), b"\n", lane.to_string().as_bytes(), b"\n"])
}

/// The hash of a fact after `previous`: SHA-256 over the previous hash's digits and the fact's bytes.
pub fn link(previous: &str, json: &str) -> Hash {
    sha256(&[previous.as_bytes(), json.as_bytes()])
}

/// Checks one stored link.
///
/// # Errors
/// The stored hash is another one.
pub fn verify_link(previous: &str, json: &str, stored: &str) -> Result<(), ChainFault> {
    if link(previous, json) == stored { Ok(()) } else { Err(ChainFault::Hash) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256_in_hexadecimal() {
        // FIPS 180-4, the message "abc" in one block.
        assert_eq!(sha256(&[b"a", b"bc"]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn tenants_and_lanes_begin_differently() {
        let (a, b) = (TenantId::new("a"), TenantId::new("b"));
        assert_ne!(genesis(&a, 0), genesis(&b, 0));
        assert_ne!(genesis(&a, 0), genesis(&a, 1));
    }

    #[test]
    fn one_changed_byte_breaks_the_link() {
        let start = genesis(&TenantId::new("a"), 0);
        let hash = link(&start, "{}");
        assert_eq!(verify_link(&start, "{}", &hash), Ok(()));
        assert_eq!(verify_link(&start, "{ }", &hash), Err(ChainFault::Hash));
    }
}
