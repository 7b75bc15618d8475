//! A running virtual machine: a board with one disk, a serial line for commands, and perhaps a network.
//!
//! Emulated time is taken from the host by a clock source that needs no calibration: a busy host would make the
//! guest's own measurement of its processor's counter wrong by more than real boards drift.
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixStream, unix::OwnedReadHalf},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use crate::{disk::Disk, parts::Parts};

/// Emulation on a busy machine may take long; a guest that hangs is found nevertheless.
const LONG: Duration = Duration::from_secs(90);
/// How long a key stays down: the emulated keyboard forgets keys that come faster than it is asked for them.
const KEY_MS: u32 = 30;
/// By these names the guest reaches the host over QEMU's network.
pub const HOST: &str = "10.0.2.2";
const APPEND: &str = "console=ttyS0 quiet panic=-1 clocksource=acpi_pm";

/// How a machine is started.
#[derive(Clone, Copy, Default)]
pub struct Board {
    /// What its clock says; right, if nothing is said.
    pub wakes_in: Option<&'static str>,
    /// Whether it has a network card.
    pub has_network: bool,
    /// Whether it has USB, with a keyboard that the test types on.
    pub has_usb: bool,
}

/// A running machine; the power is cut when it is dropped.
pub struct Guest {
    qemu: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    /// The beginning of a line, while somebody gave up waiting for the rest.
    begun: Vec<u8>,
    console: PathBuf,
    monitor: PathBuf,
}

impl Guest {
    /// Switches a machine on.
    pub fn power_on(parts: &Parts, board: &Board, disk: &Disk, folder: &Path) -> Self {
        let (console, monitor) = (folder.join("console.log"), folder.join("monitor"));
        let mut qemu = Command::new("qemu-system-x86_64");
        qemu.args([
            "-accel",
            "tcg",
            "-cpu",
            "max",
            "-m",
            board.memory_mib(),
            "-display",
            "none",
        ])
        .args([
            "-nodefaults",
            "-no-user-config",
            "-no-reboot",
            "-append",
            APPEND,
        ])
        .arg("-kernel")
        .arg(&parts.kernel)
        .arg("-initrd")
        .arg(&parts.initramfs)
        .args(["-serial", &format!("file:{}", console.display())])
        .args(["-serial", "stdio"])
        .args([
            "-monitor",
            &format!("unix:{},server=on,wait=off", monitor.display()),
        ])
        .args(disk.attach())
        .args(board.arguments());
        let pipes = qemu.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut qemu = pipes.kill_on_drop(true).spawn().expect("QEMU starts");
        let (to, from) = (qemu.stdin.take(), qemu.stdout.take());
        Self {
            to: to.expect("a pipe"),
            from: BufReader::new(from.expect("a pipe")),
            begun: Vec::new(),
            qemu,
            console,
            monitor,
        }
    }

    /// Waits until it takes commands.
    pub async fn boot(&mut self) {
        let line = self.hear().await;
        assert_eq!(line, "ready", "{}", self.console());
    }

    /// Types a line.
    pub async fn say(&mut self, line: &str) {
        let line = format!("{line}\n");
        let said = self.to.write_all(line.as_bytes()).await;
        said.expect("the machine runs");
    }

    /// The next line that came whole.
    pub async fn hear(&mut self) -> String {
        let line = timeout(LONG, self.line()).await.ok().flatten();
        line.unwrap_or_else(|| panic!("the machine fell silent; its console:\n{}", self.console()))
    }

    /// Lets it do one command: what it said, and the exit status.
    pub async fn run(&mut self, command: &str) -> (Vec<String>, i32) {
        self.say(command).await;
        let mut said = Vec::new();
        loop {
            let line = self.hear().await;
            match line.strip_prefix("done ") {
                Some(status) => return (said, status.parse().expect("a status")),
                None => said.push(line),
            }
        }
    }

    /// The same where it must succeed.
    pub async fn must(&mut self, command: &str) -> Vec<String> {
        let (said, status) = self.run(command).await;
        assert_eq!(status, 0, "{command}: {said:?}");
        said
    }

    /// Waits until a command of the guest succeeds.
    pub async fn until(&mut self, command: &str) {
        let often = format!(
            "n=0; until {command}; do n=$((n+1)); [ $n -lt 600 ] || break; usleep 50000; done; {command}"
        );
        let (said, status) = self.run(&often).await;
        assert_eq!(status, 0, "never: {command}: {said:?}\n{}", self.console());
    }

    /// Tells the machine itself, not what runs in it: keys that go down, devices that come and go.
    pub async fn turn(&self, commands: &[String]) {
        let line = UnixStream::connect(&self.monitor).await;
        let (from, mut to) = line.expect("the machine's monitor").into_split();
        let mut from = BufReader::new(from);
        until_prompt(&mut from).await;
        for command in commands {
            let command = format!("{command}\n");
            to.write_all(command.as_bytes()).await.expect("it listens");
            until_prompt(&mut from).await;
        }
    }

    /// Types a text on its keyboard, as a scanner does, and Enter.
    pub async fn type_in(&self, text: &str) {
        let mut strokes: Vec<_> = text.chars().map(stroke).collect();
        strokes.push(format!("sendkey ret {KEY_MS}"));
        self.turn(&strokes).await;
    }

    /// Plugs its network cable in.
    pub async fn connect(&mut self) {
        for command in [
            "ip link set lo up",
            "ip link set eth0 up",
            "ip address add 10.0.2.15/24 dev eth0 2>/dev/null || true",
        ] {
            self.must(command).await;
        }
    }

    /// Cuts the power, at once, and gives the lines that had left the machine by then.
    pub async fn cut_power(mut self) -> Vec<String> {
        self.qemu.kill().await.expect("it ran");
        let mut lines = Vec::new();
        while let Some(line) = self.line().await {
            lines.push(line);
        }
        lines
    }

    /// Shuts down as a careful person does.
    pub async fn shut_down(mut self) {
        self.say("sync; poweroff -f").await;
        let ended = timeout(LONG, self.qemu.wait()).await;
        ended.expect("it stops").expect("its status");
    }

    async fn line(&mut self) -> Option<String> {
        let read = self.from.read_until(b'\n', &mut self.begun).await;
        read.expect("a pipe");
        let line = std::mem::take(&mut self.begun);
        let whole = line.strip_suffix(b"\n")?;
        Some(String::from_utf8_lossy(whole).into_owned())
    }

    fn console(&self) -> String {
        fs::read_to_string(&self.console).unwrap_or_default()
    }
}

/// The monitor shows that it takes the next command.
async fn until_prompt(from: &mut BufReader<OwnedReadHalf>) {
    let mut said = Vec::new();
    while !said.ends_with(b"(qemu) ") {
        let read = timeout(LONG, from.read_until(b' ', &mut said)).await;
        assert!(
            read.expect("the monitor answers").expect("a socket") > 0,
            "the monitor went away"
        );
    }
}

fn stroke(character: char) -> String {
    let key = match character {
        // Two keys that go down and up take the keyboard twice as long.
        'A'..='Z' => {
            return format!(
                "sendkey shift-{} {}",
                character.to_ascii_lowercase(),
                2 * KEY_MS
            );
        }
        'a'..='z' | '0'..='9' => character.to_string(),
        '-' => "minus".to_owned(),
        other => panic!("{other:?} is not typed here"),
    };
    format!("sendkey {key} {KEY_MS}")
}

impl Board {
    fn memory_mib(&self) -> &'static str {
        if self.has_usb { "512" } else { "256" }
    }

    fn arguments(&self) -> Vec<String> {
        let clock = self.wakes_in.map(|date| format!("-rtc base={date}"));
        let network = "-netdev user,id=net,ipv6=off -device virtio-net-pci,netdev=net,romfile=";
        let network = self.has_network.then(|| network.to_owned());
        let usb = "-device qemu-xhci -device usb-kbd,id=scanner";
        let usb = self.has_usb.then(|| usb.to_owned());
        let all = clock.into_iter().chain(network).chain(usb);
        all.flat_map(|words| words.split(' ').map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }
}
