//! Starting the project's programs, and ending them whatever happens.

use std::{
    fs::File,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

use crate::place::Place;

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
}

/// A program of the project, ready for arguments.
pub fn command(name: &str) -> Result<Command> {
    let mut command = Command::new(Place::program(name)?);
    command.stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

/// Starts a program that goes on running; what it says goes to a file.
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

/// Runs a program to its end; its words are the error when it could not work.
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
    /// Waits until `url` answers, or the program ends.
    pub async fn answers(&mut self, url: &str) -> Result<()> {
        let client = reqwest::Client::new();
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

    /// Asks the program to stop, as its operator would, and waits until it has.
    pub async fn stop(mut self) -> Result<()> {
        let id = self.child.id().context("it has stopped before")?;
        let asked = Command::new("kill")
            .args(["-TERM", &id.to_string()])
            .status()
            .await?;
        anyhow::ensure!(asked.success(), "{} could not be asked to stop", self.name);
        let ended = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        ended.with_context(|| format!("{} did not stop within 20 seconds", self.name))??;
        Ok(())
    }
}

/// Returns on Ctrl-C, a polite kill, or a closed terminal.
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
