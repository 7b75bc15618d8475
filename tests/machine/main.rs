//! A gate in a virtual machine: power cuts that are real for everything above the disk, a clock that wakes in 1970, a
//! scanner that is a USB keyboard, and a USB camera.
//!
//! The real `edge-node` runs on Debian's kernel under QEMU's emulation (no KVM is needed), with its folder on an ext4
//! disk. One kernel and one memory disk serve all boots; `scripts/machine-kernel.sh` and `initramfs.sh` make them.
//!
//! - `GERBANG_POWER_CUTS=n`: so many cuts (6; the nightly form takes some hundred, under `cargo test`, which has no
//!   time limit).
//! - `GERBANG_POWER_SEED=n`: another series of cuts (1). A run prints its seed; how far a guest comes until a cut is up
//!   to the machine, so a seed repeats the plan and not every byte.
//! - `GERBANG_ARM64=off`: the program for another processor is not tried.
//! - `GERBANG_MACHINE=off`: these tests pass without a look, for machines that have no QEMU. Without it a missing part
//!   is a failure that names it.
mod arm64;
mod camera_device;
mod disk;
mod gate;
mod guest;
mod log_file;
mod parts;
mod power_cut;
mod scanning;
mod service;
mod settings;
mod typing_scanner;
mod usb_camera;
mod venue;
mod write_log;
mod wrong_clock;
