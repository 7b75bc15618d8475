//! The disk of a gate: a raw ext4 image, and what is left of it when the power goes.
//!
//! QEMU tells the guest that the disk has a volatile cache (`writeback`), so the guest must flush as on a real one.
//! With `writethrough`, `none` or `directsync` a flush that our code forgets could not be noticed, and with plain
//! `writeback` a killed QEMU loses nothing that was only in that cache: the host still has it. So every write and every
//! flush is also written down (QEMU's `blklogwrites`), and after a cut the image is made again: as it was before the
//! boot, with everything that was flushed, and with none, some or all sectors of what was not.
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use crate::{
    parts::{run, tool},
    write_log::{Loss, WriteLog},
};

const SIZE: &str = "32M";

/// A disk.
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// A disk in `folder` with a file system that holds the files of `content`.
    pub fn holding(content: &Path, folder: &Path) -> Self {
        let disk = Self {
            folder: folder.to_owned(),
        };
        let mut make = tool("mke2fs");
        make.args(["-q", "-t", "ext4", "-b", "4096", "-d"]);
        run(make.arg(content).arg(disk.image()).arg(SIZE), &[0]);
        disk
    }

    /// What QEMU is told of it. From here on a cut can be undone to this moment.
    pub fn attach(&self) -> Vec<String> {
        fs::copy(self.image(), self.before()).expect("a copy");
        File::create(self.writes()).expect("an empty log");
        // The host stays up, so its own disk need not be waited for.
        let file = |name, path: &Path| {
            let path = path.display();
            format!("{name}.driver=file,{name}.filename={path},{name}.cache.no-flush=on")
        };
        let (image, writes) = (file("file", &self.image()), file("log", &self.writes()));
        let logged =
            format!("driver=blklogwrites,node-name=disk,log-sector-size=512,{image},{writes}");
        let device = "virtio-blk-pci,drive=disk,write-cache=on".to_owned();
        vec!["-blockdev".to_owned(), logged, "-device".to_owned(), device]
    }

    /// How much was written down so far: the disk's own clock.
    pub fn written(&self) -> usize {
        let data = fs::metadata(self.writes()).expect("the log");
        usize::try_from(data.len()).expect("a short log")
    }

    /// Leaves what the power cut left.
    pub fn lose_power(&self, is_kept: &mut dyn FnMut() -> bool) -> Loss {
        let log = fs::read(self.writes()).expect("what was written");
        let Some(log) = WriteLog::read(&log) else {
            // Killed between two writes at once, of which the later is written down: the host's copy has all of both.
            return Loss::default();
        };
        let mut image = fs::read(self.before()).expect("the disk before");
        let loss = log.replay(&mut image, is_kept);
        fs::write(self.image(), image).expect("the disk after");
        loss
    }

    /// The files as a machine would find them that mounts the disk now; the disk itself stays as it is.
    pub fn files(&self, name: &str) -> PathBuf {
        fs::copy(self.image(), self.copy()).expect("a copy");
        self.files_of_copy(name)
    }

    /// The files as they would be, had the power gone in the last boot when so much was written; and the loss.
    pub fn files_at(
        &self,
        written: usize,
        name: &str,
        is_kept: &mut dyn FnMut() -> bool,
    ) -> (PathBuf, Loss) {
        let log = fs::read(self.writes()).expect("what was written");
        let mut image = fs::read(self.before()).expect("the disk before");
        let loss = WriteLog::start_of(&log[..written]).replay(&mut image, is_kept);
        fs::write(self.copy(), image).expect("the disk then");
        (self.files_of_copy(name), loss)
    }

    fn files_of_copy(&self, name: &str) -> PathBuf {
        let (copy, to) = (self.copy(), self.folder.join(name));
        // 1: the journal was replayed, and leftovers of unfinished work were tidied up.
        run(tool("e2fsck").arg("-fy").arg(&copy), &[0, 1]);
        let _ = fs::remove_dir_all(&to);
        fs::create_dir(&to).expect("a folder");
        let all = format!("rdump / {}", to.display());
        run(tool("debugfs").args(["-R", &all]).arg(&copy), &[0]);
        to
    }

    fn copy(&self) -> PathBuf {
        self.folder.join("disk.copy")
    }

    fn image(&self) -> PathBuf {
        self.folder.join("disk")
    }

    fn before(&self) -> PathBuf {
        self.folder.join("disk.before")
    }

    fn writes(&self) -> PathBuf {
        self.folder.join("disk.writes")
    }
}
