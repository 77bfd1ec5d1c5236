//! A person before a browser: goes, looks, presses keys, keeps pictures.

use anyhow::{Context, Result};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::wd::{PrintConfiguration, PrintSize};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;
use std::path::PathBuf;
use testkit::chromium::{Driver, Window};
use testkit::{madoguchi, wait};

/// The Enter key in WebDriver's notation.
pub(crate) const ENTER: &str = "\u{E007}";

/// The Control key.
const CONTROL: char = '\u{E009}';

/// A browser with one window.
pub(crate) struct Browser {
    client: Client,
    driver: Driver,
    /// Keys pressed so far by [`Browser::press`].
    pub(crate) strokes: usize,
}

impl Browser {
    pub(crate) async fn open(window: &Window) -> Result<Self> {
        let driver = Driver::start().await?;
        let Value::Object(capabilities) = driver.capabilities(window)? else { anyhow::bail!("no capabilities") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&driver.url()).await?;
        Ok(Self { client, driver, strokes: 0 })
    }

    pub(crate) async fn goto(&self, url: &str) -> Result<()> {
        Ok(self.client.goto(url).await?)
    }

    pub(crate) async fn path(&self) -> Result<String> {
        Ok(self.client.current_url().await?.path().to_owned())
    }

    /// Presses each key of the text once, wherever the focus is.
    pub(crate) async fn press(&mut self, keys: &str) -> Result<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.chars() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
            self.strokes += 1;
        }
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Types into a field by its name, in place of what it held.
    pub(crate) async fn fill(&self, form: &str, name: &str, text: &str) -> Result<()> {
        let field = self.client.find(Locator::Css(&format!("#{form} [name='{name}']"))).await;
        let field = field.with_context(|| format!("no field {name} in the form {form}"))?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Clicks the first element of that selector.
    pub(crate) async fn click(&self, selector: &str) -> Result<()> {
        Ok(self.client.find(Locator::Css(selector)).await.with_context(|| selector.to_owned())?.click().await?)
    }

    /// What a script returns; `return` it.
    pub(crate) async fn ask(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// The visible text of the whole page, once it holds these words.
    pub(crate) async fn until(&self, words: &str) -> Result<String> {
        let seen = wait::until(words, wait::LIMIT, async || {
            // A page on its way has no body yet.
            let text = self.ask("return document.body?.innerText ?? ''").await.unwrap_or_default();
            Ok(text.as_str().filter(|text| text.contains(words)).map(str::to_owned))
        });
        match seen.await {
            Ok(text) => Ok(text),
            Err(error) => {
                let name = format!("failed-{}", std::process::id());
                self.picture(&name).await?;
                let text = self.ask("return document.body?.innerText ?? ''").await?;
                Err(error.context(format!("at {}, see {name}.png: {text}", self.path().await?)))
            }
        }
    }

    /// Waits until an element of that selector can be seen.
    pub(crate) async fn until_there(&self, selector: &str) -> Result<()> {
        let look = format!("return document.querySelector({})?.checkVisibility() ?? false", Value::from(selector));
        let seen = wait::until(selector, wait::LIMIT, async || {
            Ok((self.ask(&look).await.ok() == Some(true.into())).then_some(()))
        });
        match seen.await {
            Ok(()) => Ok(()),
            Err(error) => {
                let name = format!("failed-{}", std::process::id());
                self.picture(&name).await?;
                Err(error.context(format!("at {}, see {name}.png", self.path().await?)))
            }
        }
    }

    /// Keeps a picture as `target/e2e/NAME.png`.
    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        let folder = pictures()?;
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await?)?)
    }

    /// Prints the page on A4 and keeps that as `target/e2e/NAME.pdf`.
    pub(crate) async fn print(&self, name: &str) -> Result<Vec<u8>> {
        let a4 = PrintConfiguration::builder().size(PrintSize::A4).build();
        let paper = self.client.print(a4.map_err(|error| anyhow::anyhow!("{error:?}"))?).await?;
        std::fs::write(pictures()?.join(format!("{name}.pdf")), &paper)?;
        Ok(paper)
    }

    /// What a script hands to its callback, the last of its arguments.
    pub(crate) async fn ask_later(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute_async(script, vec![]).await?)
    }

    /// Types text where the focus is, in place of what was there.
    pub(crate) async fn write_anew(&self, text: &str) -> Result<()> {
        let select = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: CONTROL })
            .then(KeyAction::Down { value: 'a' })
            .then(KeyAction::Up { value: 'a' })
            .then(KeyAction::Up { value: CONTROL });
        self.client.perform_actions(select).await?;
        Ok(self.client.active_element().await?.send_keys(text).await?)
    }

    /// Tells the browser something by its own protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let session = self.client.session_id().await?.context("the browser has a session")?;
        self.driver.devtools(&session, command, &parameters).await
    }

    /// Makes the window as wide as a phone or a desk.
    pub(crate) async fn resize(&self, width: u32, height: u32) -> Result<()> {
        Ok(self.client.set_window_size(width, height).await?)
    }

    /// Signs in by the form.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<()> {
        self.until_there("#sign-in").await?;
        self.fill("sign-in", "email", email).await?;
        self.fill("sign-in", "password", password).await?;
        self.click("#sign-in button[type=submit]").await
    }
}

/// `target/e2e`, whatever the profile.
pub(crate) fn pictures() -> Result<PathBuf> {
    let binary = madoguchi::binary()?;
    Ok(binary.ancestors().nth(2).context("the binary lies in target/PROFILE")?.join("e2e"))
}
