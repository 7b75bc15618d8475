//! A scanner on a serial line: USB's own (`/dev/ttyACM*`), behind an adapter (`/dev/ttyUSB*`), or a real port.

use std::{
    io::{self, Read},
    path::Path,
    time::Duration,
};

use serialport::{ErrorKind, SerialPortBuilder, TTYPort};

use super::{
    ScannerState,
    lines::{Line, Lines},
    watch::Feed,
};

/// A scanner sends a code in one go; after this much silence there comes no more of it.
const SILENCE: Duration = Duration::from_millis(200);

/// Reads until the line is gone or the feed ends; says why it ended.
pub(super) fn read(path: &Path, baud: u32, feed: &mut Feed) -> ScannerState {
    let builder = serialport::new(path.to_string_lossy(), baud).timeout(SILENCE);
    match open(&builder) {
        Ok(line) => follow(line, feed),
        Err(state) => state,
    }
}

/// The port is taken exclusively: half of a code in another program would be a refusal here.
fn open(builder: &SerialPortBuilder) -> Result<TTYPort, ScannerState> {
    TTYPort::open(builder).map_err(|error| match error.kind() {
        ErrorKind::NoDevice => ScannerState::Busy,
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => ScannerState::Denied,
        ErrorKind::Io(io::ErrorKind::NotFound) => ScannerState::Gone,
        _ => {
            tracing::warn!(%error, "a serial line cannot be read");
            ScannerState::Failed
        }
    })
}

fn follow(mut line: TTYPort, feed: &mut Feed) -> ScannerState {
    feed.connected();
    let (mut lines, mut bytes) = (Lines::default(), [0; 512]);
    while !feed.is_ended() {
        match line.read(&mut bytes) {
            Ok(0) => return ScannerState::Gone,
            Ok(count) => lines
                .take(&bytes[..count])
                .into_iter()
                .for_each(|line| pass(line, feed)),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                lines
                    .silence()
                    .into_iter()
                    .for_each(|line| pass(line, feed));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return ScannerState::Gone,
        }
    }
    ScannerState::Gone
}

fn pass(line: Line, feed: &mut Feed) {
    match line {
        Line::Text(text) => feed.typed(&text),
        Line::Garbage => feed.garbled(),
    }
}

#[cfg(test)]
#[path = "serial_tests.rs"]
mod tests;
