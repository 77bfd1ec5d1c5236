use anyhow::Result;
use std::process::Command;
use testkit::{process::Child, wait};

#[tokio::test]
async fn a_child_is_logged_asked_to_end_and_killed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let script = "echo begun; trap 'echo asked; exit 3' TERM; while :; do sleep 0.05; done";
    let mut child = Child::spawn("script", Command::new("bash").args(["-c", script]), &folder.path().join("log"))?;
    wait::until("the first line", wait::LIMIT, async || Ok(child.log().contains("begun").then_some(()))).await?;
    assert_eq!(child.sigterm()?.code(), Some(3));
    assert!(child.log().ends_with("asked\n"), "{}", child.log());
    assert!(child.must_run().is_err());

    let mut child = Child::spawn("cat", Command::new("tail").args(["-f", "/dev/null"]), &folder.path().join("log"))?;
    let id = child.id();
    assert_eq!(child.kill9()?.code(), None, "killed, so it has no exit code");
    assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    Ok(())
}

#[tokio::test]
async fn a_child_ends_with_its_owner() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let child = Child::spawn("tail", Command::new("tail").args(["-f", "/dev/null"]), &folder.path().join("log"))?;
    let process = format!("/proc/{}", child.id());
    assert!(std::path::Path::new(&process).exists());
    drop(child);
    assert!(!std::path::Path::new(&process).exists());
    Ok(())
}

#[test]
fn a_missing_program_names_its_package() {
    let error = testkit::process::need("/usr/bin/no-such-program", "some-package").unwrap_err().to_string();
    assert_eq!(
        error,
        "/usr/bin/no-such-program is missing; install it with: apt-get install --no-install-recommends some-package"
    );
}
