//! A private Prometheus Alertmanager out of the Debian package.

use crate::{
    http, ports,
    process::{Child, need},
    wait,
};
use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::{fmt::Write, fs, path::Path, process::Command};
use tempfile::TempDir;

/// Where Alertmanager sends its alerts, and how soon. Every alert goes to all receivers named here.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of an Events API v2 and its `routing_key`.
    pub pagerduty: Option<(String, String)>,
    /// Address of a webhook.
    pub webhook: Option<String>,
    /// File of the authority to trust for https.
    pub ca_file: Option<std::path::PathBuf>,
    /// Labels that make a group, and so one notification.
    pub group_by: Vec<String>,
    /// Wait before the first notification of a group, in Alertmanager's notation.
    pub group_wait: &'static str,
    /// Wait before a changed group is told again; a resolved alert waits this long too.
    pub group_interval: &'static str,
    /// Wait before an unchanged group is told again.
    pub repeat_interval: &'static str,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            pagerduty: None,
            webhook: None,
            ca_file: None,
            group_by: vec!["alertname".to_owned(), "instance".to_owned()],
            group_wait: "100ms",
            group_interval: "1s",
            repeat_interval: "4h",
        }
    }
}

impl Config {
    /// The configuration file, resolved alerts included.
    pub fn yaml(&self) -> String {
        let tls = self.ca_file.as_ref().map_or_else(String::new, |file| {
            format!("        http_config: {{ tls_config: {{ ca_file: {} }} }}\n", quoted(&file.display().to_string()))
        });
        let mut text = format!(
            "route:\n  receiver: desk\n  group_by: {}\n  group_wait: {}\n  group_interval: {}\n  repeat_interval: {}\n\
             receivers:\n  - name: desk\n",
            json!(self.group_by),
            self.group_wait,
            self.group_interval,
            self.repeat_interval
        );
        if let Some((url, key)) = &self.pagerduty {
            text += "    pagerduty_configs:\n";
            // Writing to a String cannot fail.
            let _ = writeln!(text, "      - url: {}\n        routing_key: {}", quoted(url), quoted(key));
            text += &format!("        send_resolved: true\n{tls}");
        }
        if let Some(url) = &self.webhook {
            text += "    webhook_configs:\n";
            text += &format!("      - url: {}\n        send_resolved: true\n{tls}", quoted(url));
        }
        text
    }
}

/// A JSON string, which is a YAML string too.
fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// A running Alertmanager.
#[derive(Debug)]
pub struct Server {
    /// Its port on 127.0.0.1.
    pub port: u16,
    client: reqwest::Client,
    // Before the folder, so that the server is stopped before its files go.
    process: Child,
    _folder: TempDir,
}

impl Server {
    /// Starts an Alertmanager with that configuration file, alone and not in a cluster.
    ///
    /// # Errors
    /// The Debian package is missing, the configuration is wrong, or it is not ready within a minute.
    pub async fn start(config: &str) -> Result<Self> {
        let program = need("/usr/bin/prometheus-alertmanager", "prometheus-alertmanager")?;
        let folder = tempfile::Builder::new().prefix("testkit-alertmanager-").tempdir()?;
        let file = folder.path().join("alertmanager.yml");
        fs::write(&file, config)?;
        let port = ports::free()?;
        let mut process = spawn(&program, folder.path(), &file, port)?;
        let client = http::client(None)?;
        wait::until("Alertmanager to be ready", wait::LIMIT, async || {
            process.must_run()?;
            let ready = client.get(format!("http://127.0.0.1:{port}/-/ready")).send().await;
            Ok(ready.ok().filter(|reply| reply.status().is_success()).map(drop))
        })
        .await?;
        Ok(Self { port, client, process, _folder: folder })
    }

    /// Posts alerts to `/api/v2/alerts`, as Prometheus does: an array of objects with `labels`, `annotations`,
    /// `startsAt`, `endsAt`.
    ///
    /// # Errors
    /// Alertmanager refuses them.
    pub async fn post_alerts(&self, alerts: &Value) -> Result<()> {
        let url = format!("http://127.0.0.1:{}/api/v2/alerts", self.port);
        let reply = self.client.post(url).json(alerts).send().await?;
        let status = reply.status();
        if !status.is_success() {
            bail!("Alertmanager refused the alerts with {status}: {}", reply.text().await?);
        }
        Ok(())
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.process.log()
    }
}

fn spawn(program: &Path, folder: &Path, config: &Path, port: u16) -> Result<Child> {
    let mut command = Command::new(program);
    command
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.path={}", folder.join("data").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .arg("--cluster.listen-address=")
        .arg("--log.level=debug")
        .current_dir(folder);
    Child::spawn("prometheus-alertmanager", &mut command, &folder.join("log"))
}
