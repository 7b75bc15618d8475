//! Small disks that a test may fill, break and take away. They need root, and the tests say so: a disk that could
//! not be mounted proves nothing.
use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

/// A mounted disk, unmounted when dropped.
pub struct Mount {
    /// Where it is.
    pub path: PathBuf,
}

/// A disk in a file: what is on it outlives its mount.
pub struct Image {
    file: PathBuf,
    path: PathBuf,
}

/// A file that takes all the room there is.
pub struct Ballast {
    path: PathBuf,
    file: File,
}

impl Mount {
    /// A disk of so many KiB in memory.
    pub fn memory(path: &Path, kib: u32) -> Self {
        let size = format!("size={kib}k");
        Self::new(&["-t", "tmpfs", "-o", &size, "tmpfs"], path)
    }

    fn new(what: &[&str], path: &Path) -> Self {
        fs::create_dir_all(path).expect("a folder to mount on");
        let path = path.to_owned();
        run(Command::new("mount").args(what).arg(&path));
        Self { path }
    }

    /// Fills it to the last byte.
    pub fn fill(&self) -> Ballast {
        let path = self.path.join("ballast");
        let file = File::create(&path).expect("a file");
        let mut ballast = Ballast { path, file };
        ballast.grow();
        ballast
    }

    /// Has the kernel meet an error of the disk. A file system that was told `errors=remount-ro` becomes read-only
    /// under the programs that write to it, as a worn memory card does.
    pub fn fail(&self) {
        let device = self.device();
        let name = device.rsplit('/').next().expect("a name");
        let switch = format!("/sys/fs/ext4/{name}/trigger_fs_error");
        let opened = OpenOptions::new().write(true).open(&switch);
        let mut switch = opened.unwrap_or_else(|error| panic!("{switch} is needed: {error}"));
        switch.write_all(b"1").expect("the switch");
        let refused = File::create(self.path.join("probe")).expect_err("it is read-only now");
        assert_eq!(refused.kind(), ErrorKind::ReadOnlyFilesystem);
    }

    /// Takes it away; every program that used it must have ended.
    pub fn take_away(self) {
        run(Command::new("umount").arg(&self.path));
        std::mem::forget(self);
    }

    fn device(&self) -> String {
        let mounts = fs::read_to_string("/proc/mounts").expect("what is mounted");
        let path = self.path.display().to_string();
        let mut words = mounts.lines().map(|line| line.split(' '));
        let found = words.find_map(|mut words| {
            let device = words.next()?;
            (words.next()? == path).then(|| device.to_owned())
        });
        found.expect("it is mounted")
    }
}

impl Drop for Mount {
    /// Lazily, because a program of a failed test may still be there.
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).output();
    }
}

impl Image {
    /// A disk of so many MiB in a file beside the folder on which it will be mounted.
    pub fn new(path: &Path, mib: u64) -> Self {
        let file = path.with_extension("image");
        let image = File::create(&file).expect("a file");
        image.set_len(mib << 20).expect("room");
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&file));
        let path = path.to_owned();
        Self { file, path }
    }

    /// Mounts it: `rw` or `ro`.
    pub fn mount(&self, how: &str) -> Mount {
        let options = format!("loop,errors=remount-ro,{how}");
        let file = self.file.display().to_string();
        Mount::new(&["-t", "ext4", "-o", &options, &file], &self.path)
    }

    /// Repairs it, as the next boot would.
    pub fn repair(&self) {
        let output = Command::new("e2fsck").arg("-p").arg(&self.file).output();
        let status = output.expect("e2fsck is needed (Debian: e2fsprogs)").status;
        // 1: errors were found and mended.
        assert!(matches!(status.code(), Some(0 | 1)), "e2fsck: {status}");
    }
}

impl Ballast {
    /// Takes the room that others have given back since.
    pub fn grow(&mut self) {
        // Large pieces first, then bytes: a small one fits where a large one no longer does.
        for piece in [64 * 1024, 512, 1] {
            let bytes = vec![0x55; piece];
            let full = loop {
                if let Err(error) = self.file.write_all(&bytes) {
                    break error;
                }
            };
            assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
        }
    }

    /// There is room again.
    pub fn drop_it(self) {
        fs::remove_file(&self.path).expect("it was there");
    }
}

fn run(command: &mut Command) {
    let shown = format!("{command:?}");
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{shown} is needed: {error}"));
    assert!(
        output.status.success(),
        "disks are mounted by root (or with CAP_SYS_ADMIN), and loop mounts need /dev/loop-control: {shown}: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
}
