//! Kills at an exact system call, by strace's fault injection.

use anyhow::Result;
use std::path::Path;
use std::process::Command;
use testkit::process::{Child, need};
use testkit::wait;

/// Attaches to a running process and kills it (SIGKILL) as a thread of it enters the `nth` of the named calls.
///
/// Counting begins with the attachment, which is complete when this returns. The process may end in another way first; the
/// knife then ends with it.
///
/// # Errors
/// strace is not installed or may not attach.
pub async fn attach(process: u32, call: &str, nth: u64, log: &Path) -> Result<Child> {
    let strace = need("/usr/bin/strace", "strace")?;
    let mut command = Command::new(strace);
    command.args([
        "-f",
        "-p",
        &process.to_string(),
        "-e",
        &format!("trace={call}"),
        "-e",
        "signal=none",
        "-o",
        "/dev/null",
    ]);
    command.args(["-e", &format!("inject={call}:signal=SIGKILL:when={nth}")]);
    // Each knife has a log of its own: an older one's "attached" is not ours.
    let log = log.with_extension(format!("strace-{process}"));
    let mut knife = Child::spawn("strace", &mut command, &log)?;
    wait::until("strace to attach", wait::LIMIT, async || {
        if knife.log().contains("attached") {
            return Ok(Some(()));
        }
        knife.must_run()?;
        Ok(None)
    })
    .await?;
    Ok(knife)
}
