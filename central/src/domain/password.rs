//! Passwords of people who sign in: kept as Argon2id hashes in the usual text form, checked in constant time.
//!
//! Pure: the salt is given. The costs stand in the hash, so they can grow: [`is_outdated`] tells who should be hashed
//! anew at the next sign-in. Checking takes tens of milliseconds of a core and 19 MiB by design, so callers limit how
//! often anybody may try, and run it off the threads that serve.

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use subtle::ConstantTimeEq as _;

/// Fewest characters.
pub const LEAST: usize = 10;
/// Most bytes: more would only cost time.
pub const MOST_BYTES: usize = 256;
const MEMORY_KIB: u32 = 19_456;
const ROUNDS: u32 = 2;
/// More than any of ours: a planted hash must not take the memory of the machine.
const MOST_MEMORY_KIB: u32 = 262_144;
const MOST_ROUNDS: u32 = 16;
const HASH_BYTES: usize = 32;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("Choose a password of at least 10 characters.")]
    Short,
    /// Too long.
    #[error("Choose a password of at most 256 bytes.")]
    Long,
}

/// A password that may be chosen.
///
/// # Errors
/// What to do about it.
pub fn check(password: &str) -> Result<(), PasswordError> {
    if password.len() > MOST_BYTES {
        return Err(PasswordError::Long);
    }
    if password.chars().count() < LEAST {
        return Err(PasswordError::Short);
    }
    Ok(())
}

/// The hash to keep; `salt` is random and new each time.
///
/// # Panics
/// Never: the costs are within what Argon2 takes.
#[must_use]
pub fn hash(password: &str, salt: &[u8; 16]) -> String {
    let sum = sum(password, salt, MEMORY_KIB, ROUNDS).expect("the costs are allowed");
    let (salt, sum) = (BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(&sum));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={ROUNDS},p=1${salt}${sum}")
}

/// Whether the password is the one that was hashed. A text that is no hash fits none.
#[must_use]
pub fn verify(password: &str, stored: &str) -> bool {
    let Some(stored) = Stored::parse(stored).filter(|_| password.len() <= MOST_BYTES) else {
        return false;
    };
    let sum = sum(password, &stored.salt, stored.memory_kib, stored.rounds);
    sum.is_some_and(|sum| sum.as_slice().ct_eq(&stored.sum).into())
}

/// Whether a hash is weaker than those that are made today.
#[must_use]
pub fn is_outdated(stored: &str) -> bool {
    Stored::parse(stored)
        .is_none_or(|stored| stored.memory_kib < MEMORY_KIB || stored.rounds < ROUNDS)
}

struct Stored {
    memory_kib: u32,
    rounds: u32,
    salt: Vec<u8>,
    sum: Vec<u8>,
}

impl Stored {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let mut costs = parts.next()?.split(',');
        let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.parse::<u32>().ok();
        let (memory_kib, rounds, lanes) = (cost("m=")?, cost("t=")?, cost("p=")?);
        let mut bytes = || BASE64_NOPAD.decode(parts.next()?.as_bytes()).ok();
        let (salt, sum) = (bytes()?, bytes()?);
        let is_ours = lanes == 1
            && memory_kib <= MOST_MEMORY_KIB
            && rounds <= MOST_ROUNDS
            && sum.len() == HASH_BYTES;
        (is_ours && parts.next().is_none()).then_some(Self {
            memory_kib,
            rounds,
            salt,
            sum,
        })
    }
}

fn sum(password: &str, salt: &[u8], memory_kib: u32, rounds: u32) -> Option<[u8; HASH_BYTES]> {
    let params = Params::new(memory_kib, rounds, 1, Some(HASH_BYTES)).ok()?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut sum = [0; HASH_BYTES];
    argon
        .hash_password_into(password.as_bytes(), salt, &mut sum)
        .ok()?;
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let kept = hash("correct horse", &[7; 16]);
        assert!(verify("correct horse", &kept) && !verify("correct horsf", &kept));
        assert_ne!(kept, hash("correct horse", &[8; 16]));
        assert!(!is_outdated(&kept) && is_outdated(&kept.replace("t=2", "t=1")));
        for spoiled in [
            "",
            "x",
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA",
            &kept.replace("m=19456", "m=4194304"),
        ] {
            assert!(!verify("correct horse", spoiled), "{spoiled}");
        }
    }

    /// Made by the reference implementation's command line.
    #[test]
    fn hashes_of_others_are_understood() {
        assert!(Stored::parse("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc").is_some());
        assert!(verify(
            "password",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        ));
    }

    #[test]
    fn passwords_have_a_length() {
        assert_eq!(check("short"), Err(PasswordError::Short));
        assert_eq!(check(&"x".repeat(257)), Err(PasswordError::Long));
        assert_eq!(check("ten letters"), Ok(()));
    }
}
