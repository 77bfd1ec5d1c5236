//! The index of words follows the chains: what was written is found about a second later.

use desk::Desk;

pub(crate) async fn follow(desk: Desk) -> anyhow::Result<()> {
    while desk.index_words().await? {
        // Whoever writes for a person comes first.
        tokio::task::yield_now().await;
    }
    Ok(())
}
