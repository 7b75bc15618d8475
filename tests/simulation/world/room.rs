//! A small disk of a device's own, which can be filled to the last byte.
//!
//! It is a file system in memory, mounted over the device's folder; only the machine's administrator may mount one, so
//! elsewhere the disks of a world never fill.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Bytes of such a disk.
const SIZE: usize = 24 << 20;
/// The file that takes the room.
pub const BALLAST: &str = "ballast";

/// A mounted disk.
pub struct Room(PathBuf);

impl Room {
    /// Mounts one over `folder`; `None` where that is not allowed.
    pub fn mount(folder: &Path) -> Option<Self> {
        let size = format!("size={SIZE}");
        let arguments = ["-t", "tmpfs", "-o", &size, "tmpfs"];
        let done = quiet("mount").args(arguments).arg(folder).status();
        done.is_ok_and(|done| done.success())
            .then(|| Self(folder.to_owned()))
    }

    /// Fills it.
    pub fn fill(&self) {
        let mut file = File::create(self.0.join(BALLAST)).expect("a file");
        let mut piece = vec![0; 1 << 20];
        while !piece.is_empty() {
            while file.write_all(&piece).is_ok() {}
            piece.truncate(piece.len() / 2);
        }
    }

    /// Makes room again.
    pub fn free(&self) {
        // Nothing to take away when it was never filled.
        let _ = std::fs::remove_file(self.0.join(BALLAST));
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // What cannot be taken off goes with the machine.
        let _ = quiet("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}
