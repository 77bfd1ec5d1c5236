//! Somebody who works on a desk of [`crate::by_hand`] by the keyboard alone: Tab, Enter, arrows and what is typed. Each page they
//! come to is looked at by axe-core, and must be in their language and no wider than their window.

use crate::browser::{Browser, ENTER};
use crate::by_hand::HandHouse;
use anyhow::{Context, Result, bail, ensure};
use domain::words::Lang;
use e2e::house::PASSWORD;
use serde_json::{Value, json};
use testkit::chromium::Window;
use testkit::{axe, wait};

/// Keys in WebDriver's notation.
const TAB: &str = "\u{E004}";
const DOWN: &str = "\u{E015}";
const RIGHT: &str = "\u{E014}";
const SPACE: &str = " ";
/// Presses of Tab after which an element is out of reach.
const TABS: usize = 250;

/// Before which kind of browser somebody sits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Language of the browser and of its reader.
    pub(crate) lang: Lang,
    /// Width and height of the window.
    pub(crate) size: (u32, u32),
    /// Whether the machine is set to dark colours.
    pub(crate) dark: bool,
}

/// Somebody before a browser.
pub(crate) struct Keyboard<'a> {
    pub(crate) browser: Browser,
    house: &'a HandHouse,
    look: Look,
    axe: String,
    /// What the names of their pictures begin with.
    album: String,
}

impl<'a> Keyboard<'a> {
    /// Somebody who has signed in and chosen their language.
    pub(crate) async fn sign_in(house: &'a HandHouse, email: &str, look: Look, album: &str) -> Result<Self> {
        let (width, height) = look.size;
        let language = look.lang.tag().to_owned();
        let browser = Browser::open(&Window { width, height, language: language.clone() }).await?;
        // A headless window has a least width of its own; a telephone is narrower.
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.devtools("Emulation.setDeviceMetricsOverride", screen).await?;
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.devtools("Emulation.setEmulatedMedia", media).await?;
        let mut it = Self { browser, house, look, axe: axe::script()?, album: album.to_owned() };
        it.browser.goto(&house.url("/")).await?;
        it.browser.until_there("#sign-in").await?;
        it.look_at_it().await?;
        it.write("sign-in", "email", email).await?;
        it.write("sign-in", "password", PASSWORD).await?;
        it.press("#sign-in button[type=submit]").await?;
        if it.ask("document.documentElement.lang").await? != language.as_str() {
            it.press(&format!("button[name=lang][value={language}]")).await?;
        }
        let dark = it.ask("matchMedia('(prefers-color-scheme: dark)').matches").await?;
        ensure!(
            dark == look.dark && it.ask("innerWidth").await? == width,
            "the browser looks otherwise than asked for"
        );
        it.inspect().await?;
        Ok(it)
    }

    /// The one of two texts in the reader's language.
    pub(crate) const fn t<'t>(&self, ja: &'t str, en: &'t str) -> &'t str {
        match self.look.lang {
            Lang::Ja => ja,
            Lang::En => en,
        }
    }

    /// Opens a page by its address.
    pub(crate) async fn goto(&mut self, path: &str) -> Result<()> {
        self.browser.goto(&self.house.url(path)).await?;
        self.inspect().await
    }

    /// Opens a page by its address; its words.
    pub(crate) async fn read(&mut self, path: &str) -> Result<String> {
        self.goto(path).await?;
        self.words().await
    }

    /// The words of the page.
    pub(crate) async fn words(&self) -> Result<String> {
        Ok(self.ask("document.body.innerText").await?.as_str().unwrap_or_default().to_owned())
    }

    /// The page's words, which hold all of these.
    pub(crate) async fn sees(&self, all: &[&str]) -> Result<String> {
        let words = self.words().await?;
        for one in all {
            if !words.contains(one) {
                self.picture("failed").await?;
                bail!("'{one}' is not at {}, see {}-failed.png: {words}", self.browser.path().await?, self.album);
            }
        }
        Ok(words)
    }

    /// Keeps a picture of the page as it is.
    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        self.browser.picture(&format!("{}-{name}", self.album)).await
    }

    /// Presses Tab until the focus is at an element of that selector, and it can be seen that it is.
    pub(crate) async fn reach(&mut self, selector: &str) -> Result<()> {
        let here = format!("document.activeElement.matches({})", Value::from(selector));
        for _ in 0..TABS {
            if self.ask(&here).await? == true {
                // The mark of the focus is on the element, or on what stands around a button of a choice.
                let marked = "[document.activeElement, document.activeElement.closest('label, .row')].some((it) => {
                    const style = it && getComputedStyle(it);
                    return style && ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'); })";
                ensure!(self.ask(marked).await? == true, "nothing shows that the focus is at {selector}");
                return Ok(());
            }
            self.browser.press(TAB).await?;
        }
        self.picture("failed").await?;
        bail!("{selector} cannot be reached by Tab at {}, see {}-failed.png", self.browser.path().await?, self.album)
    }

    /// Goes to an element that leads to another page and presses Enter.
    pub(crate) async fn press(&mut self, selector: &str) -> Result<()> {
        self.reach(selector).await?;
        self.ask("window.isOld = true").await?;
        self.browser.press(ENTER).await?;
        let left = wait::until("another page", wait::LIMIT, async || {
            let there = self.ask("!window.isOld && document.readyState === 'complete'").await;
            Ok((there.ok() == Some(true.into())).then_some(()))
        });
        if let Err(error) = left.await {
            self.picture("failed").await?;
            let said = self.words().await?;
            return Err(error.context(format!("{selector} leads nowhere, see {}-failed.png: {said}", self.album)));
        }
        Ok(())
    }

    /// Follows a link or presses a button, and looks at the page that comes.
    pub(crate) async fn follow(&mut self, selector: &str) -> Result<()> {
        self.press(selector).await?;
        self.inspect().await
    }

    /// Searches for something by the key that every page has for it, and looks at what is found.
    pub(crate) async fn search(&mut self, question: &str) -> Result<()> {
        const FIELD: &str = "[type=search][name=q]";
        self.browser.press("/").await?;
        let here = format!("document.activeElement.matches({})", Value::from(FIELD));
        wait::until(
            "the field of the search",
            wait::LIMIT,
            async || Ok((self.ask(&here).await? == true).then_some(())),
        )
        .await?;
        self.browser.write_anew(question).await?;
        self.follow(FIELD).await.with_context(|| question.to_owned())
    }

    /// Follows a link within the page.
    pub(crate) async fn follow_within(&mut self, selector: &str) -> Result<()> {
        self.reach(selector).await?;
        let place = self.ask("document.activeElement.hash").await?;
        self.browser.press(ENTER).await?;
        wait::until(selector, wait::LIMIT, async || Ok((self.ask("location.hash").await? == place).then_some(()))).await
    }

    /// What the desk answers to a form sent there by the page's own session, whether or not a page shows one.
    pub(crate) async fn answered(&self, path: &str, form: &str) -> Result<u64> {
        let send = format!(
            "const done = arguments[arguments.length - 1];
             fetch({}, {{ method: 'POST', body: new URLSearchParams({}), headers: {{ accept: 'application/problem+json' }} }})
                 .then((it) => done(it.status), (error) => done(String(error)))",
            Value::from(path),
            Value::from(form)
        );
        let status = self.browser.ask_later(&send).await?;
        status.as_u64().with_context(|| format!("{path}: {status}"))
    }

    /// Unfolds what is folded behind a summary.
    pub(crate) async fn unfold(&mut self, summary: &str) -> Result<()> {
        self.reach(summary).await?;
        self.browser.press(ENTER).await?;
        wait::until(summary, wait::LIMIT, async || {
            Ok((self.ask("document.activeElement.parentElement.open").await? == true).then_some(()))
        })
        .await
    }

    /// Fills a form in, field by field in the order of the page, and sends it by its button.
    pub(crate) async fn send(&mut self, form: &str, fields: &[(&str, &str)]) -> Result<()> {
        let place = format!("[id='{form}']");
        let folded =
            format!("document.querySelector({})?.closest('details:not([open])') != null", Value::from(place.as_str()));
        if self.ask(&folded).await? == true {
            self.unfold(&format!("details:has({place}) > summary")).await?;
        }
        for (name, value) in fields {
            self.write(form, name, value).await.with_context(|| format!("{name} of {form}"))?;
        }
        self.follow(&format!("{place} button[type=submit]")).await.with_context(|| form.to_owned())
    }

    /// Writes into one field as its kind asks for.
    pub(crate) async fn write(&mut self, form: &str, name: &str, value: &str) -> Result<()> {
        let field = format!("[id='{form}'] [name='{name}']");
        self.reach(&field).await?;
        match self.ask("document.activeElement.type").await?.as_str().unwrap_or_default() {
            "radio" => {
                let chosen =
                    format!("document.querySelector({})?.value ?? ''", Value::from(format!("{field}:checked")));
                self.turn(SPACE, DOWN, &chosen, value).await
            }
            "checkbox" => {
                let ticked = "document.activeElement.checked ? 'yes' : 'no'";
                self.turn("", SPACE, ticked, value).await
            }
            "select-one" => self.turn("", DOWN, "document.activeElement.value", value).await,
            "date" | "datetime-local" => self.write_moment(value).await,
            _ => {
                self.browser.write_anew(value).await?;
                let kept = self.ask("document.activeElement.value").await?;
                ensure!(kept == value, "{field} holds {kept}");
                Ok(())
            }
        }
    }

    /// Presses a key again and again until something has that value.
    async fn turn(&mut self, first: &str, key: &str, what: &str, value: &str) -> Result<()> {
        let mut keys = first;
        for _ in 0..40 {
            if self.ask(what).await? == value {
                return Ok(());
            }
            self.browser.press(if keys.is_empty() { key } else { keys }).await?;
            keys = key;
        }
        bail!("{value} cannot be chosen by the keyboard")
    }

    /// Writes a day or a moment into a field that asks for its parts in the order of the browser's language.
    async fn write_moment(&mut self, value: &str) -> Result<()> {
        let parts =
            "new Intl.DateTimeFormat(undefined, { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit',
            minute: '2-digit', second: '2-digit' }).formatToParts(0).map((it) => it.type).join(' ')";
        let parts = self.ask(parts).await?;
        let digits: Vec<&str> = value.split(['-', 'T', ':']).collect();
        let part = |at: usize| digits.get(at).copied();
        for kind in parts.as_str().unwrap_or_default().split(' ') {
            let hour = part(3).and_then(|it| it.parse::<u8>().ok()).unwrap_or_default();
            let twelve = format!("{:02}", (hour + 11) % 12 + 1);
            let written = match kind {
                "year" => part(0),
                "month" => part(1),
                "day" => part(2),
                "hour" if parts.as_str().is_some_and(|it| it.contains("dayPeriod")) => part(3).map(|_| twelve.as_str()),
                "hour" => part(3),
                "minute" => part(4),
                "second" => part(5),
                "dayPeriod" => part(3).map(|_| if hour < 12 { "A" } else { "P" }),
                _ => None,
            };
            if let Some(written) = written {
                self.browser.press(written).await?;
                // A year may have more digits than four, all others are full.
                if kind == "year" {
                    self.browser.press(RIGHT).await?;
                }
            }
        }
        let kept = self.ask("document.activeElement.value").await?;
        ensure!(kept.as_str().is_some_and(|it| it == value || format!("{it}:00") == value), "{value} became {kept}");
        Ok(())
    }

    /// The page as it is: in the reader's language, and as [`look_at`] wants it.
    pub(crate) async fn inspect(&self) -> Result<()> {
        let lang = self.ask("document.documentElement.lang").await?;
        let path = self.browser.path().await?;
        ensure!(lang == self.look.lang.tag(), "{path} is in {lang}");
        self.look_at_it().await
    }

    async fn look_at_it(&self) -> Result<()> {
        let faults = look_at(&self.browser, &self.axe).await?;
        if !faults.is_empty() {
            self.picture("failed").await?;
            bail!("{}, see {}-failed.png:\n{}", self.browser.path().await?, self.album, faults.join("\n"));
        }
        Ok(())
    }

    async fn ask(&self, what: &str) -> Result<Value> {
        self.browser.ask(&format!("return ({what})")).await
    }
}

/// What is wider than the window.
const WIDE: &str = "document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the window'] : []";
/// Words of links and buttons in a column so narrow that a line of it has three characters or fewer.
const TORN: &str = "[...document.querySelectorAll('a, button')].flatMap((it) => [...it.childNodes]).filter((it) => {
    const range = document.createRange();
    range.selectNodeContents(it);
    const lines = new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size;
    return it.nodeType === Node.TEXT_NODE && lines > 1 && it.data.trim().length <= 3 * lines;
}).map((it) => 'torn in its column: ' + it.data)";
/// Japanese on an English page that is not marked as Japanese, but for what people wrote and how they and the provider are called.
const STRAY: &str = "document.documentElement.lang !== 'en' ? [] : (() => {
    const [found, provider] = [new Set(), document.querySelector('.house')?.innerText.trim() ?? ''];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const written = '[lang=ja], h1, .house, .words, textarea, [data-row] strong, .found h2, .found .excerpt, script, style';
    while (walker.nextNode()) {
        const text = walker.currentNode.data.trim().replaceAll(provider, '');
        if (/[\\u3040-\\u30ff\\u4e00-\\u9fff]/.test(text) && !walker.currentNode.parentElement.closest(written)) found.add('Japanese: ' + text);
    }
    return [...found];
})()";

/// What is wrong with a page: grave findings of axe-core, and what only an eye on its width or its language sees.
async fn look_at(browser: &Browser, axe: &str) -> Result<Vec<String>> {
    browser.ask(axe).await?;
    let findings = axe::findings(&browser.ask_later(axe::ASK).await?)?;
    let mut faults: Vec<String> = findings.iter().filter(|it| it.is_grave()).map(ToString::to_string).collect();
    for look in [WIDE, TORN, STRAY] {
        let found = browser.ask(&format!("return {look}")).await?;
        faults.extend(found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    }
    Ok(faults)
}

#[tokio::test]
async fn what_keeps_people_from_using_a_page_is_found() -> Result<()> {
    let browser = Browser::open(&Window { width: 800, height: 600, language: "en".to_owned() }).await?;
    let axe = axe::script()?;
    let page = async |body: &str| -> Result<String> {
        let page =
            format!("<!doctype html><html lang=en><title>x</title><meta charset=utf-8><main><h1>x</h1>{body}</main>");
        browser.goto(&format!("data:text/html;charset=utf-8,{page}")).await?;
        Ok(look_at(&browser, &axe).await?.join("\n"))
    };
    assert_eq!(page("<p>plain <span lang=ja>日本語</span></p><a href=/>somewhere</a>").await?, "");
    for (body, fault) in [
        ("<input>", "label (critical)"),
        ("<p style='color:%23aaa;background:%23fff'>faint</p>", "color-contrast (serious)"),
        ("<p style='width:2000px'>wide</p>", "wider than the window"),
        ("<a href=/ style='display:block;width:1em;overflow-wrap:anywhere'>letters</a>", "torn in its column: letters"),
        ("<p>missing 英語</p>", "Japanese: missing 英語"),
    ] {
        let found = page(body).await?;
        assert!(found.contains(fault), "{body}: {found}");
    }
    Ok(())
}
