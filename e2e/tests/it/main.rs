//! The real binary among real peers, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod afterwards;
mod alertmanager;
mod browser;
mod by_hand;
mod day;
mod demo;
mod faults;
mod keyboard;
mod night;
mod one_operator;
mod operations;
mod outage;
mod packs;
mod person;
mod postfix;
mod reply;
mod set_up;
mod verify;
mod watch;
mod window;

/// Makes a test of each scenario for SQLite and for PostgreSQL: `on_both!(name => scenario)`, where the scenario is an async
/// function of a [`e2e::house::Ground`] and perhaps more.
macro_rules! on_both {
    ($($name:ident => $scenario:ident($($more:expr),*);)*) => {$(
        mod $name {
            #[tokio::test]
            async fn on_sqlite() -> anyhow::Result<()> {
                let ground = e2e::house::Ground::lay(e2e::house::Engine::Sqlite).await?;
                Box::pin(super::$scenario(&ground, $($more),*)).await
            }

            #[tokio::test]
            async fn on_postgres() -> anyhow::Result<()> {
                let ground = e2e::house::Ground::lay(e2e::house::Engine::Postgres).await?;
                Box::pin(super::$scenario(&ground, $($more),*)).await
            }
        }
    )*};
}
pub(crate) use on_both;
