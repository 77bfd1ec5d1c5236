//! `serve --demo`: a house with history and a live incident, and the logins on standard output.

use anyhow::{Context, Result};
use e2e::house::House;
use testkit::http;
use testkit::madoguchi::Options;

#[tokio::test]
async fn the_demo_prints_logins_that_open_a_board_with_a_live_incident() -> Result<()> {
    let house = House::of(Options { args: vec!["--demo".into()], ..Options::default() }).await?;
    let log = house.desk.log();
    let login =
        log.lines().map(|line| line.split(['\t', ' ', '/']).filter(|word| !word.is_empty()).collect::<Vec<_>>());
    let login = login.filter_map(|words| {
        let at = words.iter().position(|word| word.contains('@'))?;
        Some((words[at].to_owned(), (*words.get(at + 1)?).to_owned()))
    });
    let (email, password) = login.clone().next().with_context(|| format!("no login in: {log}"))?;
    let client = http::client(None)?;
    let form = [("email", email.as_str()), ("password", password.as_str()), ("back", "/")];
    let reply = client.post(house.desk.url("/sign-in")).form(&form).send().await?;
    let cookie = reply.headers().get("set-cookie").and_then(|c| c.to_str().ok()?.split(';').next());
    let cookie = cookie.with_context(|| format!("{email} with {password}: {}", reply.status()))?.to_owned();
    let board = client.get(house.desk.url("/")).header("cookie", cookie).send().await?.text().await?;
    assert!(board.contains("href=\"/incidents/"), "no incident on the board: {board}");
    Ok(())
}
