//! Passwords: Argon2id with the parameters OWASP names first (19 MiB, 2 passes, 1 lane), a few at a time.

use crate::{Answer, Error};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::refusal::Refusal;
use store::Failure;
use tokio::sync::Semaphore;

/// Hashings beside each other, so that sign-ins cannot starve the pages.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// Characters of a password at least (ASVS 5.0 6.2.1).
const LENGTH_MIN: usize = 8;
/// Characters at most: longer ones only cost time.
const LENGTH_MAX: usize = 128;

/// Checks a new password.
///
/// # Errors
/// It is shorter than 8 or longer than 128 characters.
pub(crate) fn validate(password: &str) -> Result<(), Refusal> {
    if (LENGTH_MIN..=LENGTH_MAX).contains(&password.chars().count()) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "password",
        "パスワードは8文字から128文字で入力してください。",
        "A password has 8 to 128 characters.",
    ))
}

/// Hashes a password with a fresh salt, as a PHC string.
pub(crate) async fn hash(password: &str) -> Answer<String> {
    let password = password.to_owned();
    apart(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| e.to_string())
    })
    .await?
    .map_err(|fault| Error::Failed(Failure::Corrupt(format!("password hashing: {fault}"))))
}

/// Whether a password fits a hash. Without a hash it takes as long and says no, so that nobody learns who exists.
pub(crate) async fn fits(password: &str, hash: Option<&str>) -> Answer<bool> {
    // Of a password nobody knows; only the time it takes matters.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$bWFkb2d1Y2hpLW5vYm9keQ$HlBqS1Ws1LzWbbO0gEaSBXe5sJY0rfQhPUq0mc0TQm8";
    let (password, known, hash) = (password.to_owned(), hash.is_some(), hash.unwrap_or(NOBODY).to_owned());
    let fits = apart(move || {
        argon2::PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await?;
    Ok(fits && known)
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    let broken = |_| Error::Failed(Failure::Stopping);
    let _permit = AT_A_TIME.acquire().await.map_err(|_| broken(()))?;
    tokio::task::spawn_blocking(work).await.map_err(|_| broken(()))
}
