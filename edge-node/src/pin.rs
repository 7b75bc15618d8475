//! The node's PIN, which ends kiosk mode: its slow hash in the node's folder, and what a wrong one costs.
//!
//! A PIN is short, so a stolen disk gives it away sooner or later; it opens a menu and no gate. Failures make the next
//! try wait, in this program. The PIN is written to no log.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
};

use ambient::Entropy;
use argon2::Argon2;
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use crate::{attempts::Attempts, database::lock};

/// Digits, at least.
pub const SHORTEST: usize = 4;
const LONGEST: usize = 64;
const SALT: usize = 16;
const HASH: usize = 32;

/// The place of a PIN: its file, and what wrong ones cost. The file is read at each try, so one that was damaged or never
/// set can be set while the gate is open.
#[derive(Debug)]
pub struct Pin {
    path: PathBuf,
    attempts: Mutex<Attempts>,
}

/// What the file holds.
struct Kept {
    salt: [u8; SALT],
    hash: [u8; HASH],
}

/// Why it is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// Another one.
    #[error("that is not the PIN")]
    Wrong,
    /// Too many wrong ones.
    #[error("after a wrong PIN wait {} seconds more", wait_ms.saturating_add(999) / 1_000)]
    TooSoon {
        /// How long.
        wait_ms: i64,
    },
    /// Too short, or far too long.
    #[error("a PIN has {SHORTEST} to {LONGEST} characters: choose another")]
    Length,
    /// Nobody set one.
    #[error("this node has no PIN: set one with `edge-node pin`")]
    NotSet,
    /// The file is not one that was written here.
    #[error("the PIN's file is damaged: set the PIN again with `edge-node pin`")]
    Damaged,
    /// The disk.
    #[error("the PIN's file cannot be used: {0}")]
    File(#[from] std::io::Error),
    /// The hash could not be made.
    #[error("there is not enough free memory for the PIN: close other programs and try again")]
    Memory,
}

impl Pin {
    /// The PIN whose hash stands in this file, now or later.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            attempts: Mutex::default(),
        }
    }

    /// Whether one was set.
    ///
    /// # Errors
    /// [`PinError::Damaged`] or [`PinError::File`].
    pub fn is_set(&self) -> Result<bool, PinError> {
        Ok(Kept::read(&self.path)?.is_some())
    }

    /// Sets it, for the owner's eyes alone. Whenever the machine stops, the file holds the old PIN or the new one.
    ///
    /// # Errors
    /// [`PinError::Length`], [`PinError::Memory`] or [`PinError::File`].
    pub fn store(path: &Path, typed: &str, entropy: &dyn Entropy) -> Result<(), PinError> {
        if !(SHORTEST..=LONGEST).contains(&typed.len()) {
            return Err(PinError::Length);
        }
        let mut salt = [0; SALT];
        entropy.fill(&mut salt);
        let hash = stretched(typed, &salt)?;
        let text = HEXLOWER.encode(&[&salt[..], &hash[..]].concat());
        let new = path.with_extension("new");
        write(&new, &text)?;
        std::fs::rename(&new, path)?;
        // The name is on the disk too.
        let folder = path.parent().unwrap_or(Path::new("."));
        Ok(File::open(folder)?.sync_all()?)
    }

    /// Whether this is it; a wrong one makes the next try wait.
    ///
    /// # Errors
    /// [`PinError::Wrong`] or [`PinError::TooSoon`]; others where it cannot be compared.
    pub fn check(&self, typed: &str, now_ms: i64) -> Result<(), PinError> {
        let mut attempts = lock(&self.attempts);
        if let Some(wait_ms) = attempts.wait_ms(now_ms) {
            return Err(PinError::TooSoon { wait_ms });
        }
        let kept = Kept::read(&self.path)?.ok_or(PinError::NotSet)?;
        let is_right = typed.len() <= LONGEST && *stretched(typed, &kept.salt)? == kept.hash;
        if is_right {
            attempts.succeeded();
            return Ok(());
        }
        let failures = attempts.failed(now_ms);
        tracing::warn!(failures, "a wrong PIN");
        Err(PinError::Wrong)
    }
}

impl Kept {
    fn read(path: &Path) -> Result<Option<Self>, PinError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                return match error.kind() {
                    ErrorKind::NotFound => Ok(None),
                    ErrorKind::InvalidData => Err(PinError::Damaged),
                    _ => Err(error.into()),
                };
            }
        };
        let bytes = HEXLOWER
            .decode(text.trim().as_bytes())
            .map_err(|_| PinError::Damaged)?;
        let (salt, hash) = bytes.split_at_checked(SALT).ok_or(PinError::Damaged)?;
        Ok(Some(Self {
            salt: salt.try_into().map_err(|_| PinError::Damaged)?,
            hash: hash.try_into().map_err(|_| PinError::Damaged)?,
        }))
    }
}

/// A file for its owner alone, durable when this returns.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut open = OpenOptions::new();
    open.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    let mut file = open.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

/// What the hash is compared by tells nothing of the PIN, however long the comparison takes.
fn stretched(typed: &str, salt: &[u8]) -> Result<Zeroizing<[u8; HASH]>, PinError> {
    let mut hash = Zeroizing::new([0; HASH]);
    let made = Argon2::default().hash_password_into(typed.as_bytes(), salt, &mut *hash);
    made.map(|()| hash).map_err(|_| PinError::Memory)
}

#[cfg(test)]
mod tests {
    use ambient::SeededEntropy;

    use super::*;

    #[test]
    fn guessing_a_pin_costs_ever_more_time_and_the_file_does_not_hold_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kiosk.pin");
        let pin = Pin::at(&path);
        assert!(!pin.is_set().expect("no file"));
        assert!(matches!(pin.check("4711", 0), Err(PinError::NotSet)));
        let short = Pin::store(&path, "123", &SeededEntropy::new(1));
        assert!(matches!(short, Err(PinError::Length)), "{short:?}");
        Pin::store(&path, "4711", &SeededEntropy::new(1)).expect("stored");
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(!text.contains("4711"), "{text}");
        assert!(pin.is_set().expect("read"), "set while the gate is open");
        assert!(matches!(pin.check("4712", 0), Err(PinError::Wrong)));
        assert!(matches!(
            pin.check("4711", 999),
            Err(PinError::TooSoon { wait_ms: 1 })
        ));
        assert!(matches!(pin.check("4710", 1_000), Err(PinError::Wrong)));
        assert!(matches!(
            pin.check("4711", 2_999),
            Err(PinError::TooSoon { .. })
        ));
        pin.check("4711", 3_000).expect("right");
    }

    #[test]
    fn a_damaged_file_is_told_and_a_new_pin_mends_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kiosk.pin");
        let pin = Pin::at(&path);
        for damage in [&b"00ff"[..], b"", b"\xff\xfe", b"no hexadecimal"] {
            std::fs::write(&path, damage).expect("written");
            assert!(matches!(pin.is_set(), Err(PinError::Damaged)), "{damage:?}");
            assert!(matches!(pin.check("4711", 0), Err(PinError::Damaged)));
        }
        Pin::store(&path, "4711", &SeededEntropy::new(1)).expect("stored");
        pin.check("4711", 0).expect("right");
    }

    #[test]
    fn a_new_pin_takes_the_place_of_the_old_one_at_once_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kiosk.pin");
        Pin::store(&path, "4711", &SeededEntropy::new(1)).expect("stored");
        // The new file cannot be made: the old PIN stays good.
        let in_the_way = path.with_extension("new");
        std::fs::create_dir(&in_the_way).expect("made");
        assert!(Pin::store(&path, "0815", &SeededEntropy::new(2)).is_err());
        Pin::at(&path).check("4711", 0).expect("the old one");
        std::fs::remove_dir(&in_the_way).expect("gone");
        Pin::store(&path, "0815", &SeededEntropy::new(2)).expect("stored");
        Pin::at(&path).check("0815", 0).expect("the new one");
        let files = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(files, 1, "nothing is left beside it");
        let rights = std::fs::metadata(&path).expect("a file").permissions();
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&rights) & 0o777,
            0o600
        );
    }
}
