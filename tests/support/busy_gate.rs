//! A gate that works hard, as a program of its own: frames that hold tickets come down a pipe at a camera's pace, and a
//! serial scanner types as quickly as the gate takes it.
//!
//! For those who watch what the program costs while it runs.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use decoder::synth::clean_frame;
use serde_json::Value;
use serialport::{SerialPort, TTYPort};

use crate::{http, program};

/// As cameras at a door send them.
const SIZE: (u32, u32) = (640, 480);
const PACE: Duration = Duration::from_millis(33);
/// A gate that takes no scan for this long has stopped.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running gate, its camera and its scanner.
pub struct BusyGate {
    gate: Child,
    screen: String,
    client: reqwest::Client,
    work: Arc<AtomicBool>,
}

/// What a program holds of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// Memory that is really there, in bytes.
    pub resident_bytes: u64,
    /// Open files, sockets and devices.
    pub handles: usize,
    /// Threads.
    pub threads: usize,
}

impl BusyGate {
    /// Starts the gate that lives in `home`; `seen` are the codes before its camera, one after the other, `typed` those
    /// that its scanner types, both over and over.
    ///
    /// # Errors
    /// When a part of it does not start.
    pub fn start(home: &Path, seen: &[String], typed: Vec<String>) -> Result<Self> {
        let (far, near) = TTYPort::pair().context("a pseudo-terminal")?;
        let line = near.name().context("it has a path")?;
        let mut gate = Command::new(program::path("edge-node")?);
        gate.arg("--home").arg(home);
        gate.args([
            "run",
            "--listen",
            "127.0.0.1:0",
            "--no-sync",
            "--json",
            "--frames",
            "-",
        ]);
        gate.args(["--scanner", &line]);
        let pipes = gate.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut gate = pipes.spawn().context("starting edge-node")?;
        let (camera, said) = (gate.stdin.take(), gate.stdout.take());
        let mut told = String::new();
        BufReader::new(said.context("a pipe")?).read_line(&mut told)?;
        let told: Value = serde_json::from_str(&told)?;
        let work = Arc::new(AtomicBool::new(true));
        let frames = film(seen);
        let goes_on = Arc::clone(&work);
        thread::spawn(move || roll(camera, &frames, &goes_on));
        let goes_on = Arc::clone(&work);
        thread::spawn(move || type_all(far, near, &typed, &goes_on));
        Ok(Self {
            gate,
            screen: told["screen"].as_str().context("an address")?.to_owned(),
            client: http::client(),
            work,
        })
    }

    /// Waits until so many scans were decided, with its page open now and then as a browser has it.
    ///
    /// # Errors
    /// When it stops deciding.
    pub async fn decides(&self, scans: u64) -> Result<()> {
        let (mut last, mut since) = (0, Instant::now());
        loop {
            self.page("").await?;
            let decided = self.decided().await?;
            if decided >= scans {
                return Ok(());
            }
            if decided > last {
                (last, since) = (decided, Instant::now());
            }
            if since.elapsed() > PATIENCE {
                bail!("the gate has decided {decided} scans and decides no more");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What it holds now.
    ///
    /// # Errors
    /// When it has ended.
    pub fn holding(&self) -> Result<Holding> {
        let process = Path::new("/proc").join(self.gate.id().to_string());
        let status = fs::read_to_string(process.join("status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: u64 = resident
            .and_then(|line| line.split_whitespace().next())
            .context("no VmRSS")?
            .parse()?;
        Ok(Holding {
            resident_bytes: kib * 1_024,
            handles: fs::read_dir(process.join("fd"))?.count(),
            threads: fs::read_dir(process.join("task"))?.count(),
        })
    }

    async fn decided(&self) -> Result<u64> {
        let counters = self.page("metrics").await?;
        let scans = counters
            .lines()
            .filter(|line| line.starts_with("gerbang_gate_scans_total"));
        let counts = scans.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
        Ok(counts.sum())
    }

    async fn page(&self, path: &str) -> Result<String> {
        let answer = self
            .client
            .get(format!("{}{path}", self.screen))
            .send()
            .await?;
        Ok(answer.error_for_status()?.text().await?)
    }
}

impl Drop for BusyGate {
    fn drop(&mut self) {
        self.work.store(false, Ordering::Relaxed);
        let _ = self.gate.kill();
        let _ = self.gate.wait();
    }
}

/// Frames of a y4m film without colour.
fn film(codes: &[String]) -> Vec<Vec<u8>> {
    let frame = |code: &String| [b"FRAME\n", clean_frame(code, SIZE.0, SIZE.1).luma()].concat();
    codes.iter().map(frame).collect()
}

/// Ends when the gate does.
fn roll(camera: Option<ChildStdin>, frames: &[Vec<u8>], goes_on: &AtomicBool) {
    let Some(mut camera) = camera else { return };
    let head = format!("YUV4MPEG2 W{} H{} F30:1 Ip Cmono\n", SIZE.0, SIZE.1);
    let mut sent = camera.write_all(head.as_bytes());
    for frame in frames.iter().cycle() {
        if sent.is_err() || !goes_on.load(Ordering::Relaxed) {
            return;
        }
        sent = camera.write_all(frame);
        thread::sleep(PACE);
    }
}

/// The near end stays open here too: the line is there before the gate opens it.
fn type_all(mut far: TTYPort, near: TTYPort, codes: &[String], goes_on: &AtomicBool) {
    // A full line is waited for, not an error.
    let _ = far.set_timeout(PATIENCE);
    for code in codes.iter().cycle() {
        if !goes_on.load(Ordering::Relaxed)
            || far.write_all(format!("{code}\r").as_bytes()).is_err()
        {
            break;
        }
    }
    drop(near);
}
