//! The files a browser loads beside a page: one stylesheet, four modules, one icon, all inside the binary.
//!
//! An address carries a hash of the content (`/assets/face.css?v=…`), so an answer may be cached for ever.

/// One embedded file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    hash: u64,
}

const fn asset_of(name: &'static str, kind: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { name, kind, bytes, hash: fnv1a(bytes) }
}

const JS: &str = "text/javascript; charset=utf-8";

static ASSETS: [Asset; 6] = [
    asset_of("face.css", "text/css; charset=utf-8", include_bytes!("../assets/face.css")),
    asset_of("clock.js", JS, include_bytes!("../assets/clock.js")),
    asset_of("live.js", JS, include_bytes!("../assets/live.js")),
    asset_of("keys.js", JS, include_bytes!("../assets/keys.js")),
    asset_of("forms.js", JS, include_bytes!("../assets/forms.js")),
    asset_of("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
];

/// The four modules, in the order in which a page loads them.
pub(crate) const SCRIPTS: [&str; 4] = ["clock.js", "live.js", "keys.js", "forms.js"];

/// Content type and bytes of the file served as `/assets/NAME`; none for a name that does not exist.
pub fn asset(name: &str) -> Option<(&'static str, &'static [u8])> {
    ASSETS.iter().find(|a| a.name == name).map(|a| (a.kind, a.bytes))
}

/// The names of all embedded files.
pub fn names() -> impl Iterator<Item = &'static str> {
    ASSETS.iter().map(|a| a.name)
}

/// The address of a file with the hash of its content; without one for a name that does not exist.
pub fn address(name: &str) -> String {
    match ASSETS.iter().find(|a| a.name == name) {
        Some(a) => format!("/assets/{name}?v={:016x}", a.hash),
        None => format!("/assets/{name}"),
    }
}

/// FNV-1a, 64 bits: tells versions of our own files apart, protects nothing.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modules_stay_below_five_hundred_lines_in_all() {
        let lines: usize = SCRIPTS.iter().filter_map(|s| asset(s)).map(|(_, b)| b.split(|c| *c == b'\n').count()).sum();
        assert!(lines > 0 && lines <= 500, "{lines} lines");
    }

    #[test]
    fn the_stylesheet_has_no_way_out_of_this_server() {
        let css = String::from_utf8_lossy(asset("face.css").unwrap().1).into_owned();
        assert!(!css.contains("@import") && !css.contains("http"), "it loads nothing from elsewhere");
    }

    #[test]
    fn the_hash_is_fnv1a_of_the_bytes() {
        // Test vector of the FNV reference (isthe.com/chongo/tech/comp/fnv): "a" in 64 bits.
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn an_unknown_name_is_none() {
        assert!(asset("../Cargo.toml").is_none());
    }
}
