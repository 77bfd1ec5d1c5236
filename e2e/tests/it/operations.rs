//! What operators are given: alert rules for Prometheus and a unit for systemd, each judged by the program that will read it.

use anyhow::{Result, ensure};
use e2e::house::{Engine, Ground, House};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::madoguchi::binary;
use testkit::process::need;
use testkit::wait;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations").join(name)
}

/// What a program says of a file, where it finds nothing wrong.
fn judged(program: &str, package: &str, args: &[&str], file: &Path) -> Result<String> {
    let ran = Command::new(need(program, package)?).args(args).arg(file).output()?;
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    ensure!(ran.status.success(), "{program} {args:?}: {said}");
    Ok(said)
}

#[test]
fn the_alert_rules_fire_when_they_should_and_never_else() -> Result<()> {
    let said = judged("/usr/bin/promtool", "prometheus", &["test", "rules"], &file("prometheus-rules.test.yml"))?;
    ensure!(said.contains("SUCCESS"), "{said}");
    // Each rule is made to fire by some test.
    let (rules, tests) = (file("prometheus-rules.yml"), file("prometheus-rules.test.yml"));
    let (rules, tests) = (std::fs::read_to_string(rules)?, std::fs::read_to_string(tests)?);
    for name in rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        let fires = tests.split("eval_time:").any(|it| {
            it.lines().nth(1).is_some_and(|line| line.trim() == format!("alertname: {name}"))
                && it.contains("exp_alerts")
        });
        ensure!(fires, "no test makes {name} fire");
    }
    Ok(())
}

/// A rule over a name that nobody tells would never fire.
#[tokio::test]
async fn a_desk_tells_what_the_alert_rules_ask_for() -> Result<()> {
    let rules = std::fs::read_to_string(file("prometheus-rules.yml"))?;
    let asked: BTreeSet<&str> = rules
        .split(|it: char| !it.is_ascii_lowercase() && it != '_')
        .filter(|word| word.starts_with("madoguchi_"))
        .collect();
    ensure!(asked.len() > 5, "{asked:?}");
    let place = tempfile::tempdir()?;
    let packs = [
        ("MADOGUCHI_PACK__PASSPHRASE", "correct horse battery staple".to_owned()),
        ("MADOGUCHI_PACK__DIR", place.path().display().to_string()),
    ];
    let house = House::open(&Ground::lay(Engine::Sqlite).await?, &packs).await?;
    house.add_person("mo@msp.example", "mo", None).await?;
    for name in asked {
        wait::until(name, wait::LIMIT, async || {
            let told = house.client.get(house.desk.url("/metrics")).send().await?.text().await?;
            let is_told = told.lines().any(|line| line.split(['{', ' ']).next() == Some(name));
            Ok(is_told.then_some(()))
        })
        .await?;
    }
    Ok(())
}

#[test]
fn the_unit_is_one_that_systemd_takes_and_keeps_the_desk_to_itself() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let unit = folder.path().join("madoguchi.service");
    // systemd looks whether the program is there.
    let text = std::fs::read_to_string(file("madoguchi.service"))?;
    let there = text.replace("/usr/local/bin/madoguchi", &binary()?.display().to_string());
    ensure!(there != text, "the unit starts another program");
    std::fs::write(&unit, there)?;
    let said = judged("/usr/bin/systemd-analyze", "systemd", &["verify"], &unit)?;
    ensure!(said.is_empty(), "{said}");
    // Exposure in tenths: 0 is the least, 90 is a service without any fence.
    judged(
        "/usr/bin/systemd-analyze",
        "systemd",
        &["security", "--offline=yes", "--threshold=30", "--no-pager"],
        &unit,
    )?;
    Ok(())
}
