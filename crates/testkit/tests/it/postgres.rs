use anyhow::Result;
use testkit::postgres::{Options, Server};

#[tokio::test]
async fn a_server_keeps_a_committed_row_through_a_crash() -> Result<()> {
    let mut server = Server::start(Options::default()).await?;
    assert_eq!(server.sql("postgres", "show fsync").await?, "on");
    let url = server.create_database().await?;
    let database = url.rsplit('/').next().unwrap().to_owned();
    server.sql(&database, "create table kept (n int)").await?;
    server.sql(&database, "insert into kept values (1), (2)").await?;
    server.crash()?;
    assert!(server.sql(&database, "select 1").await.is_err(), "a crashed server answers nothing");
    server.restart().await?;
    assert_eq!(server.sql(&database, "select n from kept order by n").await?, "1\n2");
    assert!(server.log().contains("database system was not properly shut down"), "{}", server.log());
    Ok(())
}

#[tokio::test]
async fn two_databases_of_a_shared_server_do_not_meet() -> Result<()> {
    let (one, two) = (Server::shared().await?, Server::shared().await?);
    assert_eq!(one.base_url(), two.base_url());
    let (first, second) = (one.create_database().await?, two.create_database().await?);
    assert_ne!(first, second);
    one.sql(first.rsplit('/').next().unwrap(), "create table t (n int)").await?;
    assert!(two.sql(second.rsplit('/').next().unwrap(), "select * from t").await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_server_is_gone_when_dropped() -> Result<()> {
    let server = Server::start(Options { fsync: false, ..Options::default() }).await?;
    let port = server.base_url().rsplit(':').next().unwrap().parse()?;
    assert!(crate::is_open(port));
    drop(server);
    assert!(!crate::is_open(port));
    Ok(())
}
