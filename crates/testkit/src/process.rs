//! A program that runs beside the test and ends with it.

use anyhow::{Context, Result, bail};
use std::{
    fs::File,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// Time a program has to end after being asked, before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// A running program whose output goes to a file; dropping it ends it and waits for the end.
#[derive(Debug)]
pub struct Child {
    inner: std::process::Child,
    name: String,
    log: PathBuf,
    stop_signal: &'static str,
}

impl Child {
    /// Starts `command` with both its outputs appended to the file `log`.
    ///
    /// # Errors
    /// The log cannot be opened or the program cannot be started.
    pub fn spawn(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let output = File::options().create(true).append(true).open(log).with_context(|| log.display().to_string())?;
        let inner = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("{name} does not start: {command:?}"))?;
        Ok(Self { inner, name: name.to_owned(), log: log.to_owned(), stop_signal: "TERM" })
    }

    /// Has the drop send that signal instead of `TERM`, for example `QUIT`.
    #[must_use]
    pub fn stopped_by(mut self, signal: &'static str) -> Self {
        self.stop_signal = signal;
        self
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.inner.id()
    }

    /// All the program has written so far; empty where the log is gone.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// How the program ended; none while it runs.
    ///
    /// # Errors
    /// The operating system does not know the process.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.inner.try_wait()?)
    }

    /// Fails, with the log, where the program is no longer running.
    ///
    /// # Errors
    /// The program has ended.
    pub fn must_run(&mut self) -> Result<()> {
        match self.ended()? {
            None => Ok(()),
            Some(status) => bail!("{} ended with {status}:\n{}", self.name, self.log()),
        }
    }

    /// Sends a signal by its name without `SIG`, such as `TERM`, `STOP` or `CONT`, and returns at once.
    ///
    /// # Errors
    /// The program has ended, or the signal has no such name.
    pub fn signal(&mut self, signal: &str) -> Result<()> {
        self.must_run()?;
        // Not yet waited for, so the id is still ours and cannot mean another process.
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(self.id().to_string()).status()?;
        if !sent.success() {
            bail!("kill -{signal} {} ({}) failed", self.id(), self.name);
        }
        Ok(())
    }

    /// Asks the program to end (SIGTERM) and waits for it.
    ///
    /// # Errors
    /// The program does not end within 10 s.
    pub fn sigterm(&mut self) -> Result<ExitStatus> {
        self.stop("TERM")
    }

    /// Sends a signal that ends the program and waits for the end.
    ///
    /// # Errors
    /// The program does not end within 10 s.
    pub fn stop(&mut self, signal: &str) -> Result<ExitStatus> {
        self.signal(signal)?;
        let begun = Instant::now();
        while begun.elapsed() < GRACE {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        bail!("{} did not end within {} s of SIG{signal}", self.name, GRACE.as_secs())
    }

    /// Kills the program at once (SIGKILL), as a power cut would, and waits for the end.
    ///
    /// # Errors
    /// The operating system does not know the process.
    pub fn kill9(&mut self) -> Result<ExitStatus> {
        self.inner.kill()?;
        Ok(self.inner.wait()?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if matches!(self.ended(), Ok(None)) && self.stop(self.stop_signal).is_err() {
            // Nothing is left to do in a drop where even this fails.
            let _ = self.kill9();
        }
    }
}

/// The path of a program, or an error that names the Debian package which brings it.
///
/// # Errors
/// The program is not there.
pub fn need(program: &str, package: &str) -> Result<PathBuf> {
    let path = PathBuf::from(program);
    if !path.exists() {
        bail!("{program} is missing; install it with: apt-get install --no-install-recommends {package}");
    }
    Ok(path)
}

/// Whether this process runs as root, as a container's does.
///
/// # Errors
/// `/proc` is not mounted.
pub fn is_root() -> Result<bool> {
    Ok(std::fs::metadata("/proc/self").context("/proc is needed")?.uid() == 0)
}

/// Gives a file or folder to a user of this machine, which only root can do.
///
/// # Errors
/// There is no such user, or we are not root.
pub fn give_to(path: &Path, user: &str) -> Result<()> {
    let passwd = std::fs::read_to_string("/etc/passwd")?;
    let mut fields = passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&user))
        .with_context(|| format!("no user {user} in /etc/passwd"))?
        .into_iter()
        .skip(2)
        .map(str::parse::<u32>);
    let (uid, gid) = (fields.next().transpose()?, fields.next().transpose()?);
    std::os::unix::fs::chown(path, uid, gid).with_context(|| format!("cannot give {} to {user}", path.display()))
}
