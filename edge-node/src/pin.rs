//! The node's PIN, which ends kiosk mode: its slow hash in the node's folder, and what a wrong one costs.
//!
//! A PIN is short, so a stolen disk gives it away sooner or later; it opens a menu and no gate. Failures make the next
//! try wait, in this program. The PIN is written to no log.

use std::{io::Write as _, path::Path, sync::Mutex};

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

/// A PIN that was set.
#[derive(Debug)]
pub struct Pin {
    salt: [u8; SALT],
    hash: [u8; HASH],
    attempts: Mutex<Attempts>,
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
    /// The PIN whose hash stands in this file; `None` where none was set.
    ///
    /// # Errors
    /// [`PinError::Damaged`] or [`PinError::File`].
    pub fn load(path: &Path) -> Result<Option<Self>, PinError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let bytes = HEXLOWER
            .decode(text.trim().as_bytes())
            .map_err(|_| PinError::Damaged)?;
        let (salt, hash) = bytes.split_at_checked(SALT).ok_or(PinError::Damaged)?;
        Ok(Some(Self {
            salt: salt.try_into().map_err(|_| PinError::Damaged)?,
            hash: hash.try_into().map_err(|_| PinError::Damaged)?,
            attempts: Mutex::default(),
        }))
    }

    /// Sets it, for the owner's eyes alone.
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
        let mut open = std::fs::OpenOptions::new();
        open.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        let mut file = open.open(path)?;
        let text = HEXLOWER.encode(&[&salt[..], &hash[..]].concat());
        writeln!(file, "{text}")?;
        Ok(file.sync_all()?)
    }

    /// Whether this is it; a wrong one makes the next try wait.
    ///
    /// # Errors
    /// [`PinError::Wrong`], [`PinError::TooSoon`] or [`PinError::Memory`].
    pub fn check(&self, typed: &str, now_ms: i64) -> Result<(), PinError> {
        let mut attempts = lock(&self.attempts);
        if let Some(wait_ms) = attempts.wait_ms(now_ms) {
            return Err(PinError::TooSoon { wait_ms });
        }
        let is_right = typed.len() <= LONGEST && *stretched(typed, &self.salt)? == self.hash;
        if is_right {
            attempts.succeeded();
            return Ok(());
        }
        let failures = attempts.failed(now_ms);
        tracing::warn!(failures, "a wrong PIN");
        Err(PinError::Wrong)
    }
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
        assert!(Pin::load(&path).expect("no file").is_none());
        let short = Pin::store(&path, "123", &SeededEntropy::new(1));
        assert!(matches!(short, Err(PinError::Length)), "{short:?}");
        Pin::store(&path, "4711", &SeededEntropy::new(1)).expect("stored");
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(!text.contains("4711"), "{text}");
        let pin = Pin::load(&path).expect("read").expect("a PIN");
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
        std::fs::write(&path, "00ff").expect("written");
        assert!(matches!(Pin::load(&path), Err(PinError::Damaged)));
    }
}
