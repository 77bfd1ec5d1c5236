//! A private chromedriver and the headless Chromium it opens.

use crate::{
    http, ports,
    process::{Child, need},
    wait,
};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How the browser shall look to the page.
#[derive(Clone, Debug)]
pub struct Window {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// First language of the browser, such as `ja` or `en-GB`.
    pub language: String,
}

impl Default for Window {
    fn default() -> Self {
        Self { width: 1280, height: 900, language: "ja".to_owned() }
    }
}

/// A running chromedriver.
#[derive(Debug)]
pub struct Driver {
    /// Its port on 127.0.0.1.
    pub port: u16,
    process: Option<Child>,
    folder: TempDir,
}

impl Driver {
    /// Starts a chromedriver on a free port.
    ///
    /// # Errors
    /// A Debian package is missing, or it is not ready within a minute.
    pub async fn start() -> Result<Self> {
        need("/usr/bin/chromium", "chromium")?;
        let program = need("/usr/bin/chromedriver", "chromium-driver")?;
        let folder = tempfile::Builder::new().prefix("testkit-chromium-").tempdir()?;
        let port = ports::free()?;
        let mut command = Command::new(program);
        command.arg(format!("--port={port}")).env("TMPDIR", folder.path()).env("HOME", folder.path());
        let mut process = Child::spawn("chromedriver", &mut command, &folder.path().join("log"))?;
        let client = http::client(None)?;
        wait::until("chromedriver to be ready", wait::LIMIT, async || {
            process.must_run()?;
            let Ok(reply) = client.get(format!("http://127.0.0.1:{port}/status")).send().await else { return Ok(None) };
            Ok((reply.json::<Value>().await?["value"]["ready"] == true).then_some(()))
        })
        .await?;
        Ok(Self { port, process: Some(process), folder })
    }

    /// The WebDriver address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Capabilities of a new session: headless, an empty profile of its own, and any certificate accepted.
    ///
    /// # Errors
    /// The profile's folder cannot be made.
    pub fn capabilities(&self, window: &Window) -> Result<Value> {
        let profile = tempfile::Builder::new().prefix("profile-").tempdir_in(self.folder.path())?.keep();
        let Window { width, height, language } = window;
        Ok(json!({
            "browserName": "chrome",
            "acceptInsecureCerts": true,
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "prefs": { "intl.accept_languages": language },
                "args": [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
                    "--no-first-run", "--disable-background-networking", "--disable-component-update",
                    "--disable-sync", "--no-proxy-server", "--hide-scrollbars",
                    format!("--lang={language}"),
                    format!("--window-size={width},{height}"),
                    format!("--user-data-dir={}", profile.display()),
                ],
            },
        }))
    }

    /// Tells a browser something by the protocol of its developer tools, such as which colours its machine is set to.
    ///
    /// # Errors
    /// The browser refuses, or there is no such session.
    pub async fn devtools(&self, session: &str, command: &str, parameters: &Value) -> Result<Value> {
        let url = format!("{}/session/{session}/goog/cdp/execute", self.url());
        let body = json!({ "cmd": command, "params": parameters });
        let reply = http::client(None)?.post(url).json(&body).send().await?;
        let status = reply.status();
        let mut answer: Value = reply.json().await?;
        ensure!(status.is_success(), "{command} was answered {status}: {answer}");
        Ok(answer["value"].take())
    }

    /// What chromedriver has logged.
    pub fn log(&self) -> String {
        self.process.as_ref().map(Child::log).unwrap_or_default()
    }

    /// Process ids of the browsers, and their helpers, that run on a profile of ours.
    pub fn browsers(&self) -> Vec<u32> {
        let folder = self.folder.path().display().to_string();
        let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
        processes
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|id: &u32| {
                let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
                String::from_utf8_lossy(&arguments).contains(&folder)
            })
            .collect()
    }
}

impl Drop for Driver {
    /// Ends the driver, then the browsers that a test left open, so that the folder can go.
    fn drop(&mut self) {
        self.process = None;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            let browsers = self.browsers();
            if browsers.is_empty() {
                break;
            }
            for id in browsers {
                // It may have ended by itself meanwhile.
                let _ = Command::new("kill").arg("-KILL").arg(id.to_string()).stderr(Stdio::null()).status();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
