//! The one place where the desk draws random numbers: ids, salts, tokens, keys.

use ring::rand::{SecureRandom, SystemRandom};

/// Letters of ids and keys: lower case without the ones that are mistaken for each other (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// That many bytes from the system's generator.
///
/// # Panics
/// If the operating system gives no random bytes; nothing safe could be done after that.
#[expect(clippy::disallowed_methods, reason = "this is the module the lint points to")]
#[expect(clippy::expect_used, reason = "without random bytes no id, salt or session is safe: stopping is the answer")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// `N` random letters of 5 bits each: 16 make an id, 32 an intake key (PagerDuty's length), 48 a session.
pub fn letters<const N: usize>() -> String {
    bytes::<N>().iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}
