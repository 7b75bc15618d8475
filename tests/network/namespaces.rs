//! Network namespaces of one test: made under names of this process, gone when the test ends, however it ends.
//!
//! A run that was killed leaves its namespaces behind, so the names carry the process's number and each new set
//! first removes those whose process is no more. Interfaces live inside namespaces only and go with them; nothing
//! is changed in the machine's own network.

use std::{
    fs::{self, File},
    os::fd::AsFd as _,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use anyhow::{Context as _, Result, ensure};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// In front of every name, so that nothing else is ever removed.
const PREFIX: &str = "gerbang-";
/// Where `ip netns` keeps its names.
const PLACE: &str = "/run/netns";

/// One network of a test, or one machine in it.
#[derive(Debug)]
pub struct Namespace {
    name: String,
}

impl Namespace {
    /// A namespace of its own with a working loopback.
    pub fn new() -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        if number == 0 {
            sweep();
        }
        let name = format!("{PREFIX}{}-{number}", std::process::id());
        tell(Command::new("ip").args(["netns", "add", &name]))?;
        let made = Self { name };
        made.ip("link set lo up")?;
        Ok(made)
    }

    /// Its name, for `ip … netns`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `ip` inside.
    pub fn ip(&self, words: &str) -> Result<()> {
        let mut ip = Command::new("ip");
        tell(ip.args(["-n", &self.name]).args(words.split_whitespace())).map(drop)
    }

    /// `tc` inside.
    pub fn tc(&self, words: &str) -> Result<()> {
        let mut tc = Command::new("tc");
        tell(tc.args(["-n", &self.name]).args(words.split_whitespace())).map(drop)
    }

    /// `ethtool` inside.
    pub fn ethtool(&self, words: &str) -> Result<()> {
        let mut ethtool = Command::new("ip");
        ethtool.args(["netns", "exec", &self.name, "ethtool"]);
        tell(ethtool.args(words.split_whitespace())).map(drop)
    }

    /// Rules for `nft` inside; gives what it says.
    pub fn nft(&self, rules: &str) -> Result<String> {
        let mut nft = Command::new("ip");
        tell(nft.args(["netns", "exec", &self.name, "nft", rules]))
    }

    /// The program, to be started inside.
    pub fn command(&self, program: &Path) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("ip");
        command
            .args(["netns", "exec", &self.name])
            .arg(program)
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Does something on a thread that lives inside; sockets opened there stay there.
    pub fn inside<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let entrance = File::open(path(&self.name)).context("the namespace")?;
        thread::scope(|scope| {
            let inside = scope.spawn(|| {
                move_into_link_name_space(entrance.as_fd(), Some(LinkNameSpaceType::Network))?;
                work()
            });
            inside.join().expect("the work inside does not panic")
        })
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        remove(&self.name);
    }
}

/// Removes what killed runs left behind.
fn sweep() {
    let names = fs::read_dir(PLACE).into_iter().flatten().flatten();
    for name in names.filter_map(|entry| entry.file_name().into_string().ok()) {
        let owner = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('-').next());
        if owner.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            remove(&name);
        }
    }
}

/// Ends what runs inside, then the namespace itself. There is nobody to tell if either fails.
fn remove(name: &str) {
    let mut pids = Command::new("ip");
    let inside = pids.args(["netns", "pids", name]).output();
    let inside = inside.map(|output| output.stdout).unwrap_or_default();
    for process in String::from_utf8_lossy(&inside).split_whitespace() {
        let process = process
            .parse()
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        let _ = process.map(|it| rustix::process::kill_process(it, rustix::process::Signal::KILL));
    }
    let _ = Command::new("ip").args(["netns", "del", name]).output();
}

fn path(name: &str) -> PathBuf {
    Path::new(PLACE).join(name)
}

fn tell(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("{command:?}: see scripts/setup.sh"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}", said.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_behind_is_removed_and_nothing_else() {
        // No process has this number: it is beyond what the kernel gives out.
        let (dead, own) = (
            format!("{PREFIX}99999999-0"),
            Namespace::new().expect("rights"),
        );
        tell(Command::new("ip").args(["netns", "add", &dead])).expect("a free name");
        sweep();
        assert!(!path(&dead).exists() && path(own.name()).exists());
        let place = path(own.name());
        let panicked = thread::spawn(move || {
            let _own = own;
            panic!("on purpose");
        });
        assert!(panicked.join().is_err() && !place.exists());
    }
}
