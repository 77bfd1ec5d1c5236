//! The janitor: each hour, what is only good for a while is forgotten - remembered answers and sessions that ended - and a disposal
//! goes on that was approved and broke off.

use desk::Desk;

pub(crate) async fn sweep(desk: Desk) -> anyhow::Result<()> {
    let forgotten = desk.forget_passing().await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "answers and sessions past their time are gone");
    }
    let words = desk.dispose().await?;
    if words > 0 {
        tracing::info!(words, "words whose retention is over are gone");
    }
    Ok(())
}
