//! What a machine is put together from: the kernel that setup unpacked, and the memory disk with the gate's program.
//!
//! The memory disk is made once for a build of the program and used by all boots. A part that is missing is named.
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

use support::program;

/// Kernel and memory disk.
pub struct Parts {
    /// Debian's kernel.
    pub kernel: PathBuf,
    /// The first file system.
    pub initramfs: PathBuf,
}

/// A machine as clouds have it.
const BARE: (&str, &[&str]) = ("kernel", &["virtio_pci", "virtio_blk", "virtio_net"]);
/// A machine with USB: keyboards, and a port that is not there, for a camera that is not there either.
const WITH_USB: (&str, &[&str]) = (
    "kernel-devices",
    &[
        "virtio_pci",
        "virtio_blk",
        "virtio_net",
        "crc32c_generic",
        "ext4",
        "xhci-pci",
        "hid-generic",
        "usbhid",
        "evdev",
        "vhci-hcd",
        "uvcvideo",
    ],
);

impl Parts {
    /// Finds or makes those of a machine with a disk and a network.
    pub fn ready() -> Self {
        Self::of(BARE)
    }

    /// The same for a machine with USB devices.
    pub fn with_usb() -> Self {
        Self::of(WITH_USB)
    }

    fn of((kernel, modules): (&str, &[&str])) -> Self {
        let place = project().join("target/machine");
        let kernel = place.join(kernel);
        let hint =
            "run `scripts/setup.sh test` on an x86_64 Debian, or set GERBANG_MACHINE=off elsewhere";
        assert!(kernel.join("ready").exists(), "no kernel to boot: {hint}");
        let qemu = Command::new("qemu-system-x86_64").arg("--version").output();
        assert!(qemu.is_ok(), "qemu-system-x86_64 does not start: {hint}");
        Self {
            initramfs: initramfs(&place, &kernel, modules),
            kernel: only_file(&kernel.join("boot"), "vmlinuz-"),
        }
    }
}

/// Made anew when the program or what makes it is younger. One process makes it, the others wait.
fn initramfs(place: &Path, kernel: &Path, modules: &[&str]) -> PathBuf {
    let lock = File::create(place.join("lock")).expect("a lock");
    lock.lock().expect("its turn");
    let edge_node = program::path("edge-node").expect("the program");
    let file = kernel.with_extension("initramfs");
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("machine");
    let script = here.join("initramfs.sh");
    let from = [
        &edge_node,
        &script,
        &here.join("init"),
        &here.join("parts.rs"),
    ];
    let newest = from.into_iter().filter_map(|path| made_at(path)).max();
    if made_at(&file) < newest {
        let mut make = Command::new(script);
        run(make.args([kernel, &edge_node, &file]).args(modules), &[0]);
    }
    file
}

fn made_at(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

fn only_file(folder: &Path, start: &str) -> PathBuf {
    let files = fs::read_dir(folder).expect("the unpacked kernel");
    let mut paths = files.map(|file| file.expect("a file").path());
    let named = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with(start))
    };
    paths.find(named).expect("a kernel")
}

/// The project's folder.
pub fn project() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the project's folder")
}

/// A program of the system; those for disks stand where only root's shell looks.
pub fn tool(name: &str) -> Command {
    let folders = ["/usr/sbin", "/sbin"].map(|folder| Path::new(folder).join(name));
    let found = folders.into_iter().find(|path| path.is_file());
    Command::new(found.unwrap_or_else(|| name.into()))
}

/// Runs it to its end, which must be one of `accepted`.
pub fn run(command: &mut Command, accepted: &[i32]) -> Output {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let code = output.status.code().unwrap_or(-1);
    assert!(
        accepted.contains(&code),
        "{command:?} ended with {code}: {output:?}"
    );
    output
}
