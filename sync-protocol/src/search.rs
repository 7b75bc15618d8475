//! The search by name at gates: opt-in per event, and sealed until an operator's passphrase opens it for a shift.
//!
//! One random key per event, the *index key*, seals the name of every ticket. It travels in the event's config under
//! a *lock*: Argon2id makes a secret of passphrase and salt, HKDF makes of that a key for this purpose alone, and
//! XChaCha20-Poly1305 seals the index key with it for this event. Another passphrase is another lock on the same key.
//!
//! No nonce is random, and none comes twice under a key. A lock's is derived beside its key, and each lock has a fresh
//! salt. A name's is the ticket's id: ids are unique, the index key seals nothing else, and a ticket has one name for
//! ever, because a new name is a new ticket.
//!
//! A lock comes from outside, so what it asks of this machine is checked before anything is allocated. Called by
//! central, which seals, and by a node that may search. It keeps nothing and counts no attempts.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    config::SearchLock,
    id::{EventId, TicketId},
};

/// Fewest characters of a new passphrase: who steals a gate's disk may try as long as they like.
pub const MIN_PASSPHRASE: usize = 12;
/// Most bytes of a passphrase.
pub const MAX_PASSPHRASE: usize = 1_024;
/// What a lock may ask for: enough to slow down who guesses, never more than the smallest gate has.
const MEMORY_KIB: std::ops::RangeInclusive<u32> = 8_192..=262_144;
const ROUNDS: std::ops::RangeInclusive<u32> = 1..=12;
const LOCK_LABEL: &[u8] = b"gerbang search lock v1";
/// Fills a nonce up behind a ticket's id.
const NAME_LABEL: &[u8; 8] = b"name v1\0";

/// Why a lock does not open, or is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Nothing, or far too much, was typed.
    #[error("a passphrase has 1 to {MAX_PASSPHRASE} bytes")]
    PassphraseLength,
    /// The lock asks for too much of this machine, or for so little that anybody could guess.
    #[error(
        "the search's lock asks for {memory_kib} KiB of memory and {rounds} rounds, which is beyond what is allowed"
    )]
    Cost {
        /// As the lock says.
        memory_kib: u32,
        /// As the lock says.
        rounds: u32,
    },
    /// There is not enough memory left to try.
    #[error("there is not enough free memory to open the search: {memory_kib} KiB are needed")]
    Memory {
        /// As the lock says.
        memory_kib: u32,
    },
    /// Another passphrase; an altered lock looks the same.
    #[error("this is not the passphrase of the search by name")]
    WrongPassphrase,
    /// A name that was not sealed for this ticket under this key.
    #[error("the name of this ticket does not open with the event's search key")]
    Name,
}

impl SearchError {
    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PassphraseLength => "passphrase_length",
            Self::Cost { .. } => "search_lock_cost",
            Self::Memory { .. } => "search_lock_memory",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::Name => "search_name_sealed",
        }
    }
}

/// What an operator types: without blanks around it, and the same bytes whichever keyboard composed its letters.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// The passphrase in `typed`.
    ///
    /// # Errors
    /// [`SearchError::PassphraseLength`].
    pub fn new(typed: &str) -> Result<Self, SearchError> {
        let typed = typed.trim();
        if typed.is_empty() || typed.len() > MAX_PASSPHRASE {
            return Err(SearchError::PassphraseLength);
        }
        // Compatible forms are at most eighteen times as long: the text never moves and leaves nothing behind.
        let mut text = Zeroizing::new(String::with_capacity(18 * typed.len()));
        text.extend(typed.nfkc());
        Ok(Self(text))
    }

    /// Whether it is long enough for a new lock.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.0.chars().count() >= MIN_PASSPHRASE
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// How hard a passphrase is to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Rounds over it.
    pub rounds: u32,
}

impl Cost {
    /// For new locks: a fraction of a second on a laptop, a second or two on a small board.
    pub const NEW: Self = Self {
        memory_kib: 65_536,
        rounds: 3,
    };
    /// The least that is allowed.
    pub const LEAST: Self = Self {
        memory_kib: *MEMORY_KIB.start(),
        rounds: *ROUNDS.start(),
    };

    const fn of(lock: &SearchLock) -> Self {
        Self {
            memory_kib: lock.memory_kib,
            rounds: lock.rounds,
        }
    }

    fn params(self) -> Result<Params, SearchError> {
        let Self { memory_kib, rounds } = self;
        let refused = SearchError::Cost { memory_kib, rounds };
        if !MEMORY_KIB.contains(&memory_kib) || !ROUNDS.contains(&rounds) {
            return Err(refused);
        }
        Params::new(memory_kib, rounds, 1, Some(32)).map_err(|_| refused)
    }
}

/// The key that an event's names are sealed under.
pub struct IndexKey(Zeroizing<[u8; 32]>);

impl IndexKey {
    /// The key with these bytes: 32 random ones.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Its bytes, to be sealed by who keeps it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals the name on a ticket. The same name of the same ticket gives the same bytes.
    #[must_use]
    pub fn seal_name(&self, ticket: TicketId, name: &str) -> Vec<u8> {
        let sealed = self.cipher().encrypt(&nonce(ticket), name.as_bytes());
        // It fails only for what does not fit into memory.
        sealed.unwrap_or_default()
    }

    /// Opens the name on a ticket.
    ///
    /// # Errors
    /// [`SearchError::Name`] when it was altered, or sealed for another ticket or event.
    pub fn open_name(
        &self,
        ticket: TicketId,
        sealed: &[u8],
    ) -> Result<Zeroizing<String>, SearchError> {
        let name = self.cipher().decrypt(&nonce(ticket), sealed);
        let name = String::from_utf8(name.map_err(|_| SearchError::Name)?);
        name.map(Zeroizing::new).map_err(|error| {
            error.into_bytes().zeroize();
            SearchError::Name
        })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

impl std::fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IndexKey(…)")
    }
}

/// Locks an event's index key with a passphrase. `salt` is random and used for nothing else.
///
/// # Errors
/// [`SearchError::Cost`] or [`SearchError::Memory`].
pub fn lock(
    event: EventId,
    key: &IndexKey,
    passphrase: &Passphrase,
    salt: [u8; 16],
    cost: Cost,
) -> Result<SearchLock, SearchError> {
    let (cipher, nonce) = derive(passphrase, &salt, cost)?;
    let payload = Payload {
        msg: key.as_bytes(),
        aad: event.as_bytes(),
    };
    let sealed = cipher.encrypt(&nonce, payload);
    Ok(SearchLock {
        salt,
        memory_kib: cost.memory_kib,
        rounds: cost.rounds,
        sealed_key: sealed.map_err(|_| SearchError::Memory {
            memory_kib: cost.memory_kib,
        })?,
    })
}

/// Opens an event's lock.
///
/// # Errors
/// [`SearchError::WrongPassphrase`], [`SearchError::Cost`] or [`SearchError::Memory`].
pub fn unlock(
    event: EventId,
    lock: &SearchLock,
    passphrase: &Passphrase,
) -> Result<IndexKey, SearchError> {
    let (cipher, nonce) = derive(passphrase, &lock.salt, Cost::of(lock))?;
    let payload = Payload {
        msg: &lock.sealed_key,
        aad: event.as_bytes(),
    };
    let key = cipher.decrypt(&nonce, payload);
    let key = Zeroizing::new(key.map_err(|_| SearchError::WrongPassphrase)?);
    let key = <&[u8; 32]>::try_from(key.as_slice());
    key.map(IndexKey::new)
        .map_err(|_| SearchError::WrongPassphrase)
}

fn derive(
    passphrase: &Passphrase,
    salt: &[u8; 16],
    cost: Cost,
) -> Result<(XChaCha20Poly1305, XNonce), SearchError> {
    let secret = stretch(passphrase.0.as_bytes(), salt, cost)?;
    let mut okm = Zeroizing::new([0; 56]);
    let expanded = Hkdf::<Sha256>::new(None, &*secret).expand(LOCK_LABEL, &mut *okm);
    assert!(expanded.is_ok(), "56 bytes are within what HKDF gives");
    let (key, nonce) = okm.split_at(32);
    let (mut place, mut number) = (Zeroizing::new([0; 32]), [0; 24]);
    place.copy_from_slice(key);
    number.copy_from_slice(nonce);
    Ok((XChaCha20Poly1305::new(&(*place).into()), number.into()))
}

/// Argon2id. Its memory is asked for before it is used, and wiped after: the secret can be read out of it.
pub(crate) fn stretch(
    typed: &[u8],
    salt: &[u8; 16],
    cost: Cost,
) -> Result<Zeroizing<[u8; 32]>, SearchError> {
    let memory_kib = cost.memory_kib;
    let no_memory = SearchError::Memory { memory_kib };
    let params = cost.params()?;
    let mut blocks = Zeroizing::new(Vec::new());
    let count = params.block_count();
    blocks.try_reserve_exact(count).map_err(|_| no_memory)?;
    blocks.resize(count, Block::default());
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut secret = Zeroizing::new([0; 32]);
    let hashed = argon.hash_password_into_with_memory(typed, salt, &mut *secret, &mut blocks[..]);
    hashed.map_err(|_| no_memory)?;
    Ok(secret)
}

fn nonce(ticket: TicketId) -> XNonce {
    let mut nonce = [0; 24];
    nonce[..16].copy_from_slice(ticket.as_bytes());
    nonce[16..].copy_from_slice(NAME_LABEL);
    nonce.into()
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
