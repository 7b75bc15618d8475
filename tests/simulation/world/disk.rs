//! What is on a device's or central's disk: copied while programs run, as a kill or a power cut leaves it, and torn
//! in the middle of a commit.
//!
//! An image holds the databases and their write-ahead logs, never the shared-memory index, which does not outlive a
//! machine. Between two images of one file the power may go at any byte of what was written in between.

use std::{
    collections::BTreeMap, fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path,
};

use super::{chance::Chance, room::BALLAST};

/// The files of a folder.
#[derive(Clone)]
pub struct Image(BTreeMap<String, Vec<u8>>);

impl Image {
    /// What is in `folder` now.
    pub fn take(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("our own names");
            if !name.ends_with("-shm") && name != BALLAST {
                files.insert(name, fs::read(entry.path()).expect("our own file"));
            }
        }
        Self(files)
    }

    /// Writes it into a new folder.
    pub fn lay(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder");
        for (name, bytes) in &self.0 {
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true).mode(0o600);
            let mut file = options.open(folder.join(name)).expect("a new file");
            file.write_all(bytes).expect("room");
        }
    }

    /// What a power cut leaves that came somewhere between `self` and `after`, when `databases` were written in this
    /// order, one after the other.
    pub fn torn(&self, after: &Self, databases: &[&str], chance: &Chance) -> Self {
        let mut files = self.0.clone();
        let last = chance.below(databases.len());
        for database in &databases[..last] {
            after.put_into(&mut files, database);
        }
        let database = databases[last];
        match (self.written(after, database), chance.percent(50)) {
            (Some(written), true) => {
                let wal = files.entry(format!("{database}-wal")).or_default();
                wal.extend_from_slice(&written[..chance.below(written.len() + 1)]);
                scorch(wal, self.wal(database).len(), chance);
            }
            (_, false) => after.put_into(&mut files, database),
            (None, true) => {}
        }
        Self(files)
    }

    /// What was added to a database's write-ahead log, if nothing else of it changed.
    fn written<'a>(&self, after: &'a Self, database: &str) -> Option<&'a [u8]> {
        let same = self.0.get(database) == after.0.get(database);
        let added = after.wal(database).strip_prefix(self.wal(database))?;
        (same && !added.is_empty()).then_some(added)
    }

    fn wal(&self, database: &str) -> &[u8] {
        let wal = self.0.get(&format!("{database}-wal"));
        wal.map_or(&[], Vec::as_slice)
    }

    fn put_into(&self, files: &mut BTreeMap<String, Vec<u8>>, database: &str) {
        for name in [database.to_owned(), format!("{database}-wal")] {
            match self.0.get(&name) {
                Some(bytes) => files.insert(name, bytes.clone()),
                None => files.remove(&name),
            };
        }
    }
}

/// A sector that was being written may hold anything. What was durable before `from` stays.
fn scorch(wal: &mut [u8], from: usize, chance: &Chance) {
    if chance.percent(50) {
        let start = from.max(wal.len().saturating_sub(512));
        wal[start..].iter_mut().for_each(|byte| *byte ^= 0x5A);
    }
}
