//! Starting the project's programs as their users do, and ending them whatever happens.
//!
//! Demo, stories and figures run the real binaries, which stand in the build folder beside the running one.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{ExitStatus, Output, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
}

/// Where a program of this project was built: beside the running one, or one folder above it (tests, benches).
///
/// # Errors
/// When it was not built; the message says how.
pub fn path(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("this program's own path")?;
    let folders = own.ancestors().skip(1).take(2);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.with_context(|| format!("{name} is not built: run cargo build --workspace --bins"))
}

/// A program of the project, ready for arguments.
///
/// # Errors
/// When it was not built.
pub fn command(name: &str) -> Result<Command> {
    let mut command = Command::new(path(name)?);
    command.stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

/// Starts a program that goes on running; what it says goes to a file in `folder`.
///
/// # Errors
/// When it cannot be started.
pub fn start(mut command: Command, name: &str, folder: &Path) -> Result<Running> {
    let log = File::options()
        .append(true)
        .create(true)
        .open(folder.join(format!("{name}.log")))?;
    command.stdout(log.try_clone()?).stderr(log);
    let child = command
        .spawn()
        .with_context(|| format!("starting {name}"))?;
    Ok(Running {
        child,
        name: name.to_owned(),
    })
}

/// Runs a program to its end.
///
/// # Errors
/// When it ends with a status that is not `accepted`; its own words are the error's.
pub async fn finish(mut command: Command, accepted: &[i32]) -> Result<Output> {
    let output = command.output().await.context("starting a program")?;
    let code = output.status.code().unwrap_or(-1);
    if !accepted.contains(&code) {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("a program ended with status {code}: {}", said.trim());
    }
    Ok(output)
}

impl Running {
    /// Waits until `url` answers.
    ///
    /// # Errors
    /// When the program ends first, or does not answer within 30 seconds.
    pub async fn answers(&mut self, url: &str) -> Result<()> {
        let client = crate::http::client();
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "{} ended at once ({status}): see its log in the demo's folder",
                    self.name
                );
            }
            if client.get(url).send().await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{} did not answer at {url} within 30 seconds", self.name)
    }

    /// The process, for reading what the kernel says of it.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends the program without a warning, and waits until it is gone.
    ///
    /// # Errors
    /// When the system does not say that it is gone.
    pub async fn kill(mut self) -> Result<()> {
        let killed = self.child.kill().await;
        killed.with_context(|| format!("{} could not be killed", self.name))
    }

    /// Asks the program to stop, as its operator would, and waits until it has.
    ///
    /// # Errors
    /// When it does not stop within 20 seconds.
    pub async fn stop(self) -> Result<()> {
        self.stop_with_status().await.map(drop)
    }

    /// The same; how it ended.
    ///
    /// # Errors
    /// As for [`Running::stop`].
    pub async fn stop_with_status(mut self) -> Result<ExitStatus> {
        let id = self.child.id().context("it has stopped before")?;
        let process = Pid::from_raw(i32::try_from(id)?).context("a process has a number")?;
        kill_process(process, Signal::TERM)
            .with_context(|| format!("{} could not be asked to stop", self.name))?;
        let ended = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        let ended =
            ended.with_context(|| format!("{} did not stop within 20 seconds", self.name))?;
        Ok(ended?)
    }
}

/// Returns on Ctrl-C, a polite kill, or a closed terminal.
///
/// # Panics
/// When the system refuses to watch for signals.
pub async fn asked_to_stop() {
    let listen = |kind| signal(kind).expect("signals can be listened to");
    let (mut interrupt, mut terminate, mut hang_up) = (
        listen(SignalKind::interrupt()),
        listen(SignalKind::terminate()),
        listen(SignalKind::hangup()),
    );
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
}
