//! All scanners of a gate while they come and go: one thread looks what is there, one more reads each device.
//!
//! Looking is reading a few small folders once a second; a device that was busy, closed or unplugged is tried again as
//! often. Texts go into a short queue: while the gate is slow the devices' own buffers fill, and nothing overtakes.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    Affixes, Kind, Roots, ScannerState, ScannerStatus, Typed, Wanted,
    bounce::Bounce,
    device::{Device, found},
    serial,
    wanted::kind_at,
};
use crate::test_code;

/// How often it looks what is there.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Texts that wait for the gate.
const QUEUE: usize = 16;

/// Which scanners there should be.
#[derive(Clone, Debug)]
pub struct Setup {
    /// All that are wanted.
    pub wanted: Vec<Wanted>,
    /// What they were set to type around a code.
    pub affixes: Affixes,
    /// Where devices are listed.
    pub roots: Roots,
}

/// The scanners of a gate, from start to drop.
pub struct Scanners {
    shared: Arc<Shared>,
}

struct Shared {
    setup: Setup,
    started: Instant,
    board: Mutex<Board>,
    bell: Condvar,
}

#[derive(Default)]
struct Board {
    is_ended: bool,
    /// By path; those that are missing by what somebody called them.
    scanners: BTreeMap<PathBuf, Entry>,
}

struct Entry {
    status: ScannerStatus,
    is_read: bool,
}

impl Scanners {
    /// Starts to look, and gives what they type.
    #[must_use]
    pub fn start(setup: Setup) -> (Self, Receiver<Typed>) {
        let (to, typed) = sync_channel(QUEUE);
        let shared = Arc::new(Shared {
            setup,
            started: Instant::now(),
            board: Mutex::default(),
            bell: Condvar::new(),
        });
        let looking = Arc::clone(&shared);
        spawn("scanners", move || look(&looking, &to));
        (Self { shared }, typed)
    }

    /// How each of them stands, in the order of their places.
    #[must_use]
    pub fn states(&self) -> Vec<ScannerStatus> {
        let board = self.shared.board();
        board
            .scanners
            .values()
            .map(|entry| entry.status.clone())
            .collect()
    }
}

impl Drop for Scanners {
    /// The devices are let go within a moment; what waits for the gate is not typed any more.
    fn drop(&mut self) {
        self.shared.board().is_ended = true;
        self.shared.bell.notify_all();
    }
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn look(shared: &Arc<Shared>, to: &SyncSender<Typed>) {
    let mut board = shared.board();
    while !board.is_ended {
        for wanted in &shared.setup.wanted {
            let devices = found(wanted, &shared.setup.roots);
            board.note_missing(wanted, devices.is_empty());
            for device in devices {
                if board.begin(&device) {
                    read_beside(shared, device, to.clone());
                }
            }
        }
        let waited = shared.bell.wait_timeout(board, LOOK_AGAIN);
        board = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

impl Board {
    /// Somebody named it and it is not there, or is now.
    fn note_missing(&mut self, wanted: &Wanted, is_missing: bool) {
        let (name, kind) = match wanted {
            Wanted::At { path, .. } => (wanted.text(), kind_at(path)),
            Wanted::Named(_) => (wanted.text(), Kind::Keyboard),
            Wanted::Off | Wanted::Auto | Wanted::Serial => return,
        };
        let key = PathBuf::from(format!("missing {name}"));
        // One that was here is called gone, and that says more.
        let was_here = self.scanners.values().any(|entry| {
            let ScannerStatus {
                name: known,
                place,
                state,
                ..
            } = &entry.status;
            *state != ScannerState::Missing
                && (*place == name || known.to_lowercase().contains(&name))
        });
        if !is_missing || was_here {
            self.scanners.remove(&key);
        } else {
            let status = ScannerStatus {
                place: String::new(),
                name,
                kind,
                state: ScannerState::Missing,
                test_code: None,
            };
            self.scanners.entry(key).or_insert(Entry {
                status,
                is_read: false,
            });
        }
    }

    /// Whether a reader is to be started.
    fn begin(&mut self, device: &Device) -> bool {
        let entry = self
            .scanners
            .entry(device.path.clone())
            .or_insert_with(|| Entry {
                status: ScannerStatus {
                    name: device.name.clone(),
                    place: device.path.display().to_string(),
                    kind: device.kind,
                    state: ScannerState::Gone,
                    test_code: None,
                },
                is_read: false,
            });
        entry.status.name.clone_from(&device.name);
        !std::mem::replace(&mut entry.is_read, true)
    }

    /// It works; the place that it had before it was unplugged is forgotten.
    fn connected(&mut self, device: &Device) {
        self.scanners.retain(|path, entry| {
            let is_old =
                entry.status.name == device.name && entry.status.state == ScannerState::Gone;
            *path == device.path || entry.is_read || !is_old
        });
        self.set(device, ScannerState::Connected);
    }

    fn note_test(&mut self, device: &Device) {
        if let Some(entry) = self.scanners.get_mut(&device.path) {
            entry.status.test_code = Some(Instant::now());
        }
    }

    fn set(&mut self, device: &Device, state: ScannerState) {
        if let Some(entry) = self.scanners.get_mut(&device.path)
            && std::mem::replace(&mut entry.status.state, state) != state
        {
            match state.is_well() {
                true => tracing::info!(scanner = device.name, "a scanner works"),
                false => tracing::warn!(
                    scanner = device.name,
                    state = state.name(),
                    "a scanner does not work"
                ),
            }
        }
    }
}

fn read_beside(shared: &Arc<Shared>, device: Device, to: SyncSender<Typed>) {
    let mut feed = Feed {
        shared: Arc::clone(shared),
        device,
        to,
        bounce: Bounce::default(),
        is_refused: false,
    };
    spawn("scanner", move || {
        let state = read(&mut feed);
        let mut board = feed.shared.board();
        board.set(&feed.device, state);
        if let Some(entry) = board.scanners.get_mut(&feed.device.path) {
            entry.is_read = false;
        }
    });
}

fn read(feed: &mut Feed) -> ScannerState {
    let (path, baud) = (feed.device.path.clone(), feed.device.baud);
    match feed.device.kind {
        Kind::Serial => serial::read(&path, baud, feed),
        #[cfg(target_os = "linux")]
        Kind::Keyboard => super::keyboard::read(&path, feed),
        #[cfg(not(target_os = "linux"))]
        Kind::Keyboard => ScannerState::Failed,
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
        tracing::error!(%error, "no thread for scanners: restart the gate program");
    }
}

/// Where a reader puts what it reads.
pub(super) struct Feed {
    shared: Arc<Shared>,
    device: Device,
    to: SyncSender<Typed>,
    bounce: Bounce,
    is_refused: bool,
}

impl Feed {
    /// Whether nobody wants more.
    pub(super) fn is_ended(&self) -> bool {
        self.is_refused || self.shared.board().is_ended
    }

    /// The device is ours.
    pub(super) fn connected(&mut self) {
        self.shared.board().connected(&self.device);
    }

    /// It sent what is no text.
    pub(super) fn garbled(&mut self) {
        self.shared.board().set(&self.device, ScannerState::Garbled);
    }

    /// It typed something.
    pub(super) fn typed(&mut self, text: &str) {
        let text = self.shared.setup.affixes.strip(text);
        let now_ms = u64::try_from(self.shared.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.shared
            .board()
            .set(&self.device, ScannerState::Connected);
        if test_code::is_in(text) {
            self.shared.board().note_test(&self.device);
            return;
        }
        if self.bounce.is_again(text, now_ms) {
            return;
        }
        let typed = Typed {
            device: self.device.name.clone(),
            kind: self.device.kind,
            text: text.to_owned(),
        };
        self.is_refused = self.to.send(typed).is_err();
    }
}
