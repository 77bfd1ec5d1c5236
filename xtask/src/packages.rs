//! Debian packages of the real peers: fetched by apt when root, else the line to run is printed. axe-core is fetched by pip.

use crate::root;
use crate::run::{command, installed, say, target};
use anyhow::bail;
use std::path::Path;

/// A file that shows a package is there, the package, and what it is for.
const NEEDED: [(&str, &str, &str); 9] = [
    ("/usr/bin/chromium", "chromium", "the browser of the end-to-end tests"),
    ("/usr/bin/chromedriver", "chromium-driver", "drives it over WebDriver"),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "fonts-noto-cjk", "Japanese in screenshots"),
    ("/usr/sbin/postfix", "postfix", "the real SMTP server"),
    ("/usr/bin/prometheus-alertmanager", "prometheus-alertmanager", "the real alert sender"),
    ("/usr/bin/promtool", "prometheus", "judges the alert rules for operators"),
    ("/usr/bin/systemd-analyze", "systemd", "judges the unit for operators"),
    ("/usr/lib/postgresql/15/bin/postgres", "postgresql-15", "the second database"),
    ("/usr/bin/strace", "strace", "kills at an exact write in the fault tests"),
];

/// Fetches axe-core, and the package that brings it.
const PIP: (&str, &str, &str) = ("pip3", "python3-pip", "fetches axe-core, which looks at the pages");
/// Which axe-core: a list of requirements, with the hash of each file.
const AXE: &str = "e2e/axe.txt";

/// Gets what is missing.
pub(crate) fn ensure() -> anyhow::Result<()> {
    debian()?;
    axe()
}

/// Lays axe-core into cargo's target folder, anew where another one is asked for.
fn axe() -> anyhow::Result<()> {
    let folder = target().join("axe");
    let (wanted, there) = (std::fs::read_to_string(root().join(AXE))?, folder.join("wanted.txt"));
    if std::fs::read_to_string(&there).is_ok_and(|it| it == wanted) {
        return Ok(());
    }
    let place = folder.display().to_string();
    let quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action", "ignore"];
    let what = ["--no-deps", "--no-compile", "--upgrade", "--target", &place, "--requirement", AXE];
    command(PIP.0, &[&["install"], &quiet[..], &what[..]].concat())?;
    Ok(std::fs::write(there, wanted)?)
}

fn debian() -> anyhow::Result<()> {
    let mut missing: Vec<_> = NEEDED.iter().filter(|(file, ..)| !Path::new(file).exists()).collect();
    if !installed(PIP.0) {
        missing.push(&PIP);
    }
    if missing.is_empty() {
        return Ok(());
    }
    for (_, package, purpose) in &missing {
        say(&format!("missing: {package} ({purpose})"));
    }
    let names: Vec<&str> = missing.iter().map(|(_, package, _)| *package).collect();
    if !is_root() {
        bail!(
            "run this once, then again what you ran: sudo apt-get install --no-install-recommends {}",
            names.join(" ")
        );
    }
    // Postfix must not ask how this machine's own mail is set up, nor start: the tests run private instances.
    let unasked = "echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections";
    command("sh", &["-c", unasked])?;
    command("apt-get", &["update", "-q"])?;
    let mut args = vec!["install", "-y", "-q", "--no-install-recommends"];
    args.extend(names);
    command("env", &[&["DEBIAN_FRONTEND=noninteractive", "apt-get"], args.as_slice()].concat())
}

fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| {
        status
            .lines()
            .any(|line| line.strip_prefix("Uid:").is_some_and(|ids| ids.split_whitespace().nth(1) == Some("0")))
    })
}
