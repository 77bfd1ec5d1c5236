//! axe-core, which looks for what keeps people from using a page: `cargo xtask packages` lays it beside the build.

use crate::madoguchi;
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// Where it lies in cargo's target folder.
const SCRIPT: &str = "axe/axe_playwright_python/axe.min.js";

/// A finding of a page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// The rule, such as `color-contrast`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: Option<String>,
    /// What is to be done.
    pub help: String,
    /// The elements.
    pub nodes: Vec<Node>,
}

/// An element with a finding.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Node {
    /// Its markup.
    pub html: String,
    /// What is wrong with it.
    #[serde(rename = "failureSummary")]
    pub summary: Option<String>,
}

impl Finding {
    /// Whether it keeps somebody from using the page.
    pub fn is_grave(&self) -> bool {
        matches!(self.impact.as_deref(), Some("serious" | "critical"))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.id, self.impact.as_deref().unwrap_or("no impact"), self.help)?;
        for node in &self.nodes {
            write!(f, "\n  {}\n    {}", node.html, node.summary.as_deref().unwrap_or_default().replace('\n', " "))?;
        }
        Ok(())
    }
}

/// The script, to be run in a page before [`ASK`].
///
/// # Errors
/// It is not there; the error names the line to run.
pub fn script() -> Result<String> {
    let binary = madoguchi::binary()?;
    let target = binary.ancestors().nth(2).context("the binary lies in target/PROFILE")?;
    let path = target.join(SCRIPT);
    std::fs::read_to_string(&path)
        .with_context(|| format!("axe-core is not at {}; get it with: cargo xtask packages", path.display()))
}

/// An asynchronous script that hands its callback what [`findings`] reads.
pub const ASK: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] })
        .then((it) => done({ rules: it.passes.length, violations: it.violations }), (error) => done({ error: String(error) }))";

/// What [`ASK`] answered.
///
/// # Errors
/// axe-core failed, or looked at nothing.
pub fn findings(answer: &Value) -> Result<Vec<Finding>> {
    // A page on which no rule applied was none.
    anyhow::ensure!(answer["rules"].as_u64().is_some_and(|rules| rules > 0), "axe-core looked at nothing: {answer}");
    Ok(serde_json::from_value(answer["violations"].clone())?)
}
