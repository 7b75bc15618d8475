//! Where temporary folders of a test lie.
use std::path::Path;

/// Puts all of this process's temporary folders into memory where the system has such a place: a simulation writes
/// and syncs thousands of small files, and what a disk does with them is not what it asks.
pub fn in_memory() {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        // Said before by another test of this process.
        let _ = tempfile::env::override_temp_dir(memory);
    }
}
