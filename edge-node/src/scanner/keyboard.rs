//! A scanner that pretends to be a keyboard, read from the kernel (evdev), exclusively: what it types reaches neither the
//! desktop nor a login prompt.

use std::{
    io,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use evdev::{EventSummary, EventType, SynchronizationCode, raw_stream::RawDevice};
use rustix::{
    event::{PollFd, PollFlags, poll},
    time::Timespec,
};

use super::{
    ScannerState,
    keys::{Keys, Motion},
    watch::Feed,
};

/// How soon a reader notices that it should end.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Reads until the device is gone or the feed ends; says why it ended.
pub(super) fn read(path: &Path, feed: &mut Feed) -> ScannerState {
    match follow(path, feed) {
        Ok(()) => ScannerState::Gone,
        Err(error) => state_of(&error),
    }
}

fn follow(path: &Path, feed: &mut Feed) -> io::Result<()> {
    let mut device = RawDevice::open(path)?;
    // A key that is down when the others stop hearing of this keyboard would stay down for them.
    while device.get_key_state()?.iter().next().is_some() {
        if feed.is_ended() {
            return Ok(());
        }
        if is_readable(&device, LOOK_UP)? {
            device.fetch_events()?.for_each(drop);
        }
    }
    device.grab()?;
    // What was typed until now reached the others.
    while is_readable(&device, Duration::ZERO)? {
        device.fetch_events()?.for_each(drop);
    }
    feed.connected();
    let mut keys = Keys::default();
    while !feed.is_ended() {
        let patience = if keys.is_typing() {
            Duration::from_millis(keys.patience_ms())
        } else {
            LOOK_UP
        };
        if is_readable(&device, patience)? {
            for event in device.fetch_events()? {
                take(&mut keys, event)
                    .into_iter()
                    .for_each(|text| feed.typed(&text));
            }
        } else {
            keys.silence()
                .into_iter()
                .for_each(|text| feed.typed(&text));
        }
    }
    Ok(())
}

/// By the kernel's time of each key, so that a busy machine cuts no text.
fn take(keys: &mut Keys, event: evdev::InputEvent) -> Option<String> {
    if event.event_type() == EventType::SYNCHRONIZATION {
        if event.code() == SynchronizationCode::SYN_DROPPED.0 {
            keys.lose_track();
        }
        return None;
    }
    let EventSummary::Key(_, key, value) = event.destructure() else {
        return None;
    };
    let motion = match value {
        0 => Motion::Up,
        1 => Motion::Down,
        _ => Motion::Held,
    };
    let at = event
        .timestamp()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    keys.take(
        key.code(),
        motion,
        u64::try_from(at.as_millis()).unwrap_or(0),
    )
}

fn is_readable(device: &RawDevice, patience: Duration) -> io::Result<bool> {
    let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
    let mut ends = [PollFd::new(device, PollFlags::IN)];
    match poll(&mut ends, Some(&patience)) {
        Ok(0) | Err(rustix::io::Errno::INTR) => Ok(false),
        // An end that hung up is readable: reading says why.
        Ok(_) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

fn state_of(error: &io::Error) -> ScannerState {
    const NO_SUCH_DEVICE: i32 = 19;
    match error.kind() {
        io::ErrorKind::PermissionDenied => ScannerState::Denied,
        io::ErrorKind::NotFound => ScannerState::Gone,
        io::ErrorKind::ResourceBusy => ScannerState::Busy,
        _ if error.raw_os_error() == Some(NO_SUCH_DEVICE) => ScannerState::Gone,
        _ => {
            tracing::warn!(%error, "a scanner cannot be read");
            ScannerState::Failed
        }
    }
}
