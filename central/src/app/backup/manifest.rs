//! What a backup says of itself: of when and what it is, and what each of its files must be.

use std::{fs::File, io::Read as _, path::Path};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{BackupError, file};

/// The form of backups that this program makes and reads.
pub(super) const FORMAT: u32 = 1;

/// The kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// One file.
    Sqlite,
    /// MySQL or MariaDB.
    MySql,
}

impl Engine {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::MySql => "MySQL or MariaDB",
        }
    }
}

/// The manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the backup.
    pub format: u32,
    /// The kind of database.
    pub engine: Engine,
    /// The newest migration that it had.
    pub schema: i64,
    /// The version of the program that made it.
    pub program: String,
    /// When, UTC milliseconds.
    pub taken_at: i64,
    /// Opens under the right master key, hexadecimal; it tells nothing of the key.
    pub vault_check: Option<String>,
    /// Its files.
    pub files: Vec<Kept>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its name in the folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it, hexadecimal.
    pub sha256: String,
}

impl Manifest {
    pub(super) fn text(&self) -> Vec<u8> {
        let text = serde_json::to_vec_pretty(self);
        text.unwrap_or_default()
    }

    pub(super) fn read(text: &[u8]) -> Result<Self, BackupError> {
        let bad = || BackupError::Damaged("its manifest cannot be read".to_owned());
        let manifest: Self = serde_json::from_slice(text).map_err(|_| bad())?;
        if manifest.format != FORMAT || manifest.files.len() != 1 {
            return Err(bad());
        }
        Ok(manifest)
    }

    pub(super) fn sealed_check(&self) -> Result<Option<Vec<u8>>, BackupError> {
        let bytes = self
            .vault_check
            .as_ref()
            .map(|hex| HEXLOWER.decode(hex.as_bytes()));
        let bad = |_| BackupError::Damaged("its manifest cannot be read".to_owned());
        bytes.transpose().map_err(bad)
    }
}

impl Kept {
    pub(super) fn of(folder: &Path, name: &str) -> Result<Self, BackupError> {
        let (bytes, sha256) = digest(&folder.join(name))?;
        Ok(Self {
            name: name.to_owned(),
            bytes,
            sha256,
        })
    }

    /// Finds out whether the file is as it was.
    pub(super) fn check(&self, folder: &Path) -> Result<(), BackupError> {
        // A name of ours, and no way out of the folder.
        if ![super::DATABASE, super::ROWS].contains(&self.name.as_str()) {
            return Err(BackupError::Damaged(format!(
                "{} is no file of a backup",
                self.name
            )));
        }
        if Self::of(folder, &self.name)? == *self {
            return Ok(());
        }
        Err(BackupError::Damaged(format!(
            "{} is not as it was made",
            self.name
        )))
    }
}

fn digest(path: &Path) -> Result<(u64, String), BackupError> {
    let mut source = File::open(path).map_err(file::disk(path))?;
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let read = source.read(&mut piece).map_err(file::disk(path))?;
        if read == 0 {
            return Ok((bytes, HEXLOWER.encode(&hash.finalize())));
        }
        hash.update(&piece[..read]);
        bytes += read as u64;
    }
}
