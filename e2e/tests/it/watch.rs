//! F15: a desk that is killed pages people from outside, through a real Postfix and a signed call, and its return is told.

use anyhow::{Context, Result};
use e2e::house::{Engine, Ground, House};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, ExitStatus};
use testkit::letter::Letter;
use testkit::process::Child;
use testkit::smtp::{Options, Server};
use testkit::webhook::Sink;
use testkit::{madoguchi, ports, wait};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn watcher(folder: &Path, settings: &str) -> Result<Command> {
    let file = folder.join("watch.toml");
    std::fs::write(&file, settings)?;
    let mut command = Command::new(madoguchi::binary()?);
    command.args(["watch", "--config"]).arg(file).current_dir(folder);
    Ok(command)
}

/// What a watcher says that ends by itself.
fn said(command: &mut Command) -> Result<(ExitStatus, String)> {
    let ran = command.output()?;
    Ok((ran.status, [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()))
}

#[tokio::test]
async fn a_killed_desk_pages_from_outside_and_its_return_is_told() -> Result<()> {
    let (folder, hook, post) = (tempfile::tempdir()?, Sink::start().await?, Server::start(Options::default()).await?);
    let mut house = House::open(&Ground::lay(Engine::Sqlite).await?, &[]).await?;
    let never_there = format!("http://127.0.0.1:{}", ports::free()?);
    let settings = format!(
        "nodes = ['{}', '{never_there}']\nevery_s = 1\nafter_s = 3\nmail_to = ['head@msp.example']\n\
         [webhook]\nurl = '{}'\nsecret = '{SECRET}'\n\
         [mail]\nhost = 'localhost'\nport = {}\ntls = 'none'\nmessage_id_domain = 'watch.example'\n\
         from = {{ address = 'watch@watch.example', name = '見張り' }}\n",
        house.desk.url("/"),
        hook.url("/page"),
        post.port
    );
    let (status, words) = said(watcher(folder.path(), &settings)?.arg("--once"))?;
    assert!(status.success() && words.contains("HTTP 200 ready") && words.contains("BAD "), "{words}");

    let log = folder.path().join("log");
    let mut watch = Child::spawn("watch", &mut watcher(folder.path(), &settings)?, &log)?;
    wait::until("the watcher to watch", wait::LIMIT, async || {
        watch.must_run()?;
        Ok(watch.log().contains("watching").then_some(()))
    })
    .await?;
    house.desk.kill9()?;
    let pages = hook.wait_for(wait::LIMIT, |pages| !pages.is_empty()).await?;
    let page: Value = serde_json::from_slice(&pages[0].body)?;
    assert_eq!(page["type"], "desk.down", "{page}");
    assert!(page["silent_seconds"].as_u64().is_some_and(|seconds| seconds >= 3), "{page}");
    assert_eq!(page["nodes"][1]["node"], never_there.as_str(), "{page}");
    assert!(pages[0].header("webhook-signature").is_some_and(|signature| signature.starts_with("v1,")), "{pages:?}");
    let mails = post.wait_for(wait::LIMIT, |mails| !mails.is_empty()).await?;
    let letter = Letter::parse(&mails[0])?;
    assert!(letter.subject().starts_with("【窓口 停止】"), "{}", letter.subject());
    assert!(letter.text.contains("パック") && letter.text.contains(&never_there), "{}", letter.text);

    house.desk.restart().await?;
    let pages = hook.wait_for(wait::LIMIT, |pages| pages.len() > 1).await?;
    let page: Value = serde_json::from_slice(&pages[1].body)?;
    assert_eq!(page["type"], "desk.back", "one page for one silence, then its end: {page}");
    let mails = post.wait_for(wait::LIMIT, |mails| mails.len() > 1).await?;
    let letter = Letter::parse(&mails[1])?;
    assert!(letter.subject().starts_with("【窓口 復旧】"), "{}", letter.subject());
    assert!(watch.sigterm()?.success(), "{}", watch.log());
    Ok(())
}

#[tokio::test]
async fn a_watcher_that_cannot_page_says_so_and_ends() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let nowhere = ports::free()?;
    let mail = format!(
        "mail_to = ['head@msp.example']\n[mail]\nhost = 'localhost'\nport = {nowhere}\ntls = 'none'\n\
         message_id_domain = 'watch.example'\nfrom = {{ address = 'watch@watch.example' }}\n"
    );
    let nodes = "nodes = ['http://127.0.0.1:9']\n";
    for (settings, words) in [
        (nodes.to_owned(), "nobody could be paged"),
        (format!("{nodes}{mail}"), "nobody could be paged"),
        (format!("{nodes}[webhook]\nurl = 'ftp://a.example'\n"), "neither http nor https"),
        (format!("{nodes}[webhook]\nurl = 'https://a.example'\nsecret = 'x'\n"), "webhook.secret"),
        (format!("{nodes}noses = 1\n"), "noses"),
        ("nodes = ['desk.example']\n[webhook]\nurl = 'https://a.example'\n".to_owned(), "'desk.example'"),
    ] {
        let (status, said) = said(&mut watcher(folder.path(), &settings)?)?;
        assert_eq!(status.code(), Some(1), "{settings}: {said}");
        assert!(said.contains(words), "{settings}: {said}");
    }
    let gone = format!("{nodes}[webhook]\nurl = 'https://a.example'\n");
    let (status, words) = said(watcher(folder.path(), &gone)?.arg("--once"))?;
    assert_eq!(status.code(), Some(1), "{words}");
    let line = words.lines().next().context("a line")?;
    assert!(line.starts_with("BAD  http://127.0.0.1:9: "), "{words}");
    Ok(())
}
