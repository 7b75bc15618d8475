//! A small disk in memory that a test may fill. Mounting needs root; a disk that could not be mounted proves nothing.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

/// The disk; gone when dropped.
pub struct SmallDisk {
    /// Where it is.
    pub path: PathBuf,
}

impl SmallDisk {
    /// Six MiB.
    pub fn mount(path: &Path) -> Self {
        fs::create_dir_all(path).expect("a folder to mount on");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
            .arg(path);
        let mounted = mount.output().expect("mount is needed");
        let said = String::from_utf8_lossy(&mounted.stderr);
        assert!(
            mounted.status.success(),
            "disks are mounted by root: {said}"
        );
        Self {
            path: path.to_owned(),
        }
    }

    /// Takes all the room that there is, and that others have given back since.
    pub fn fill(&self) {
        let mut ballast = File::options();
        let ballast = ballast.append(true).create(true).open(self.ballast());
        let mut ballast = ballast.expect("a file");
        // Large pieces first: a byte fits where they no longer do.
        for piece in [64 * 1024, 512, 1] {
            let bytes = vec![0x55; piece];
            let full = loop {
                if let Err(error) = ballast.write_all(&bytes) {
                    break error;
                }
            };
            assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
        }
    }

    /// There is room again.
    pub fn make_room(&self) {
        fs::remove_file(self.ballast()).expect("it was there");
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for SmallDisk {
    /// Lazily, because a program of a failed test may still be there.
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).output();
    }
}
