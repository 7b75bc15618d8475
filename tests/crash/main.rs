//! Real programs that die at the worst moment: `kill -9` in a loop, disks that are full, read-only or copied.
//!
//! Whatever a gate shows is remembered by a reader outside of it ([`witness`]) and looked for in the gate's files
//! after every blow, and in the end at central. Programs, their JSON and their database files are all that these
//! tests use, so nothing inside a program can help it look good.
//!
//! `GERBANG_KILLS` says how many kills (60 by itself, 500 and more for a night), `GERBANG_SEED` repeats the draws of
//! an earlier run. Disks are small mounts, so these tests need root and say so. What a cut of the power does to the
//! page cache cannot be seen here: that is for a virtual machine.
#![expect(
    clippy::print_stdout,
    reason = "a run is repeated from the seed that it prints, and a night's run is watched"
)]

mod copies;
mod dice;
mod doctor;
mod full_disk;
mod gate;
mod kills;
mod ledger;
mod logbook;
mod mount;
mod read_only;
mod replica;
mod story;
mod tickets;
mod venue;
mod victim;
mod wire;
mod witness;
