//! Tells the morning at 09:00 where there is news, or later the same day where nobody could at 09:00.

use desk::Desk;
use domain::time::Instant;
use std::sync::{Mutex, PoisonError};

/// The task of one node. It remembers which morning is done, so that it looks once a day; forgetting it costs a look.
#[derive(Debug, Default)]
pub(crate) struct Teller(Mutex<Option<Instant>>);

impl Teller {
    pub(crate) async fn tell(&self, desk: Desk) -> anyhow::Result<()> {
        let done = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mornings = desk.tell_mornings(done).await?;
        if mornings.told > 0 {
            tracing::info!(customers = mornings.told, "the morning was told");
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = mornings.done;
        Ok(())
    }
}
