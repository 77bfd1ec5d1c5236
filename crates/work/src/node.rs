//! Each second: this node is alive. What a node not seen for four seconds had claimed is taken over.

use desk::Desk;

pub(crate) async fn beat(desk: Desk, node: String, name: String) -> anyhow::Result<()> {
    let started = desk.now().await?;
    desk.store().system().beat(&node, &name, started).await?;
    Ok(())
}
