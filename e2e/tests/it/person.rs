//! Somebody who works by hand on a desk of [`crate::by_hand`]: signs in, fills forms in, looks at pages at several widths.

use crate::browser::Browser;
use crate::by_hand::HandHouse;
use anyhow::{Context, Result, ensure};
use e2e::house::PASSWORD;
use serde_json::Value;
use testkit::chromium::Window;
use testkit::wait;

/// A desk's window, tall enough for a page to be looked at whole.
const DESK: (u32, u32) = (1280, 1500);
/// A telephone's.
const PHONE: (u32, u32) = (390, 844);

/// Somebody before a browser.
pub(crate) struct Person<'a> {
    pub(crate) browser: Browser,
    house: &'a HandHouse,
    /// What the names of their pictures begin with.
    album: String,
}

impl<'a> Person<'a> {
    /// A browser in that language in which somebody is signed in.
    pub(crate) async fn sign_in(house: &'a HandHouse, email: &str, lang: &str, album: &str) -> Result<Self> {
        let (width, height) = DESK;
        let browser = Browser::open(&Window { width, height, language: lang.to_owned() }).await?;
        let person = Self { browser, house, album: album.to_owned() };
        person.goto("/").await?;
        person.browser.sign_in(email, PASSWORD).await?;
        person.browser.until_there("body:not(:has(#sign-in))").await?;
        if person.browser.ask("return document.documentElement.lang").await? != lang {
            person.browser.click(&format!("button[name=lang][value={lang}]")).await?;
            person.browser.until_there(&format!("html[lang={lang}] body")).await?;
        }
        Ok(person)
    }

    /// Opens a page.
    pub(crate) async fn goto(&self, path: &str) -> Result<()> {
        self.browser.goto(&self.house.url(path)).await
    }

    /// Opens a page that holds these words, and keeps a picture of it.
    pub(crate) async fn look(&self, path: &str, words: &str, name: &str) -> Result<String> {
        self.goto(path).await?;
        let text = self.browser.until(words).await?;
        self.picture(name).await?;
        Ok(text)
    }

    /// The same, and then as a telephone shows it: nothing is wider than that.
    pub(crate) async fn look_twice(&self, path: &str, words: &str, name: &str) -> Result<String> {
        let text = self.look(path, words, name).await?;
        self.browser.resize(PHONE.0, PHONE.1).await?;
        let wide = self.browser.ask("return document.documentElement.scrollWidth > innerWidth").await?;
        self.picture(&format!("{name}-phone")).await?;
        self.browser.resize(DESK.0, DESK.1).await?;
        ensure!(wide == false, "{path} is wider than a telephone, see {name}-phone.png");
        Ok(text)
    }

    /// Keeps a picture of the page as it is.
    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        self.browser.picture(&format!("{}-{name}", self.album)).await
    }

    /// Fills the fields of a form in by their names, sends it, and waits for the page that answers.
    pub(crate) async fn send(&self, form: &str, fields: &[(&str, &str)]) -> Result<()> {
        let place = self.open(form).await?;
        for (name, value) in fields {
            self.fill(form, name, value).await.with_context(|| format!("{place}: {name}"))?;
        }
        self.leaving(async |browser| browser.click(&format!("{place} button[type=submit]")).await).await
    }

    /// Does what leads to another page, or to the same one anew, and waits until that is there.
    pub(crate) async fn leaving(&self, act: impl AsyncFnOnce(&Browser) -> Result<()>) -> Result<()> {
        // No telephone hangs on this browser: it would ask which program dials.
        let quiet = "window.isOld = true;
            addEventListener('click', (it) => { if (it.target.closest('a.tel')) it.preventDefault(); })";
        self.browser.ask(quiet).await?;
        act(&self.browser).await?;
        let look = "return !window.isOld && document.readyState === 'complete'";
        let left = wait::until("another page", wait::LIMIT, async || {
            Ok((self.browser.ask(look).await.ok() == Some(true.into())).then_some(()))
        });
        match left.await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.picture("failed").await?;
                let said = self.browser.ask("return document.body?.innerText ?? ''").await?;
                Err(error.context(format!("at {}, see {}-failed.png: {said}", self.browser.path().await?, self.album)))
            }
        }
    }

    /// Unfolds what a form lies in; the selector of the form.
    async fn open(&self, form: &str) -> Result<String> {
        let place = format!("[id='{form}']");
        let there = format!(
            "const form = document.querySelector({}); if (!form) return false;
             for (let it = form.closest('details'); it; it = it.parentElement.closest('details')) it.open = true;
             return true",
            Value::from(place.as_str())
        );
        wait::until(&place, wait::LIMIT, async || {
            Ok((self.browser.ask(&there).await.ok() == Some(true.into())).then_some(()))
        })
        .await?;
        Ok(place)
    }

    async fn fill(&self, form: &str, name: &str, value: &str) -> Result<()> {
        let field = format!("[id='{form}'] [name='{name}']");
        let kind = format!("return document.querySelector({})?.type ?? 'none'", Value::from(field.as_str()));
        let kind = self.browser.ask(&kind).await?;
        match kind.as_str().unwrap_or_default() {
            "radio" => self.browser.click(&format!("[id='{form}'] label:has([name='{name}'][value='{value}'])")).await,
            "checkbox" => self.browser.click(&field).await,
            // What has a picker of its own is set as the picker would.
            "select-one" | "datetime-local" | "hidden" => {
                let [field, value] = [field.as_str(), value].map(Value::from);
                let set = format!("document.querySelector({field}).value = {value}");
                self.browser.ask(&set).await.map(drop)
            }
            _ => self.browser.fill(form, name, value).await,
        }
    }
}
