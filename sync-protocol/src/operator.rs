//! Who may work a gate: a role, and the secret that proves it without a network.
//!
//! Central makes each secret (fifty random bits), prints it once and keeps a slow hash; nodes get the hash with the
//! event's config. So a stolen disk holds nothing that signs in anywhere, and trying them all costs Argon2id each time.
//! A secret works at gates alone: nothing here has to do with the panel. The hash is bound to its operator, so that none
//! can be put in the place of another's. Counting failures is the node's ([`check`] knows no clock).

use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{
    cbor::closed_enum,
    id::OperatorId,
    rights::Rights,
    scan::Action,
    search::{Cost, SearchError, stretch},
};

/// Characters of a secret; a hyphen stands in the middle when it is printed.
pub const SECRET_CHARS: usize = 10;
/// Longest login name.
pub const MOST_LOGIN_CHARS: usize = 40;
/// Longest text that is looked at as a secret.
const MOST_TYPED_BYTES: usize = 64;
/// A fifth of a second on a small board, and more memory than a graphics card has for each of its many hands.
pub const COST: Cost = Cost {
    memory_kib: 19_456,
    rounds: 2,
};
const LABEL: &[u8] = b"gerbang gate secret v1";
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

closed_enum! {
    /// What a person is at a gate.
    pub enum Role {
        /// Exchanges tickets for wristbands.
        ExchangeOfficer = 1 => "wristband_exchange_officer",
        /// Lets in and out.
        Validator = 2 => "wristband_validator",
        /// Both, searches, and decides where the gate asks.
        Supervisor = 3 => "gate_supervisor",
    }
}

impl Role {
    /// What it may do where the node may too.
    #[must_use]
    pub const fn rights(self) -> Rights {
        match self {
            Self::ExchangeOfficer => Rights::of_actions(&[Action::Exchange, Action::Unpair]),
            Self::Validator => Rights::of_actions(&[Action::Entry, Action::Exit]),
            Self::Supervisor => Rights::ALL,
        }
    }
}

/// A secret under Argon2id.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct SecretHash {
    /// Random, of this secret alone.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub salt: [u8; 16],
    /// Memory, KiB.
    #[n(1)]
    pub memory_kib: u32,
    /// Rounds over it.
    #[n(2)]
    pub rounds: u32,
    /// What came out.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub hash: [u8; 32],
}

/// A person who may work the event's gates, or who might.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Operator {
    /// Who.
    #[n(0)]
    pub id: OperatorId,
    /// The name to sign in with.
    #[n(1)]
    pub login: String,
    /// What people call them.
    #[n(2)]
    pub name: String,
    /// What they are here.
    #[n(3)]
    pub role: Role,
    /// What their secret is checked with.
    #[n(4)]
    pub secret: SecretHash,
    /// They may sign in.
    #[n(5)]
    pub is_active: bool,
}

/// Who may work an event's gates. With nobody active, nobody may.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct OperatorRules {
    /// Everybody who has a secret for its gates.
    #[n(0)]
    pub operators: Vec<Operator>,
    /// A gate that was left alone for this long locks.
    #[n(1)]
    pub idle_ms: i64,
}

/// Why a secret cannot be checked here, whatever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The hash asks for too much of this machine, or for so little that anybody could guess.
    #[error(
        "the gate secret asks for {memory_kib} KiB of memory and {rounds} rounds, which is beyond what is allowed: reset it at central"
    )]
    Cost {
        /// As the hash says.
        memory_kib: u32,
        /// As the hash says.
        rounds: u32,
    },
    /// There is not enough memory left to try.
    #[error("there is not enough free memory to sign in: close other programs and try again")]
    Memory,
}

/// A secret as it is printed or typed: any case, O for 0, I and L for 1, hyphens and blanks anywhere.
pub struct GateSecret(Zeroizing<String>);

impl GateSecret {
    /// The secret out of random bytes.
    #[must_use]
    pub fn new(random: &[u8; SECRET_CHARS]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(SECRET_CHARS));
        text.extend(
            random
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte & 31)])),
        );
        Self(text)
    }

    /// What somebody typed. What is no secret at all is a wrong one.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        let mut clean = Zeroizing::new(String::with_capacity(MOST_TYPED_BYTES));
        let typed = text.bytes().take(MOST_TYPED_BYTES);
        clean.extend(typed.filter(u8::is_ascii_alphanumeric).map(|byte| {
            match byte.to_ascii_uppercase() {
                b'O' => '0',
                b'I' | b'L' => '1',
                other => char::from(other),
            }
        }));
        Self(clean)
    }

    /// As it is printed, once.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let (left, right) = self.0.split_at(self.0.len() / 2);
        Zeroizing::new([left, right].join("-"))
    }

    /// The hash that is kept. `salt` is random and used for nothing else.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn hash(
        &self,
        operator: OperatorId,
        salt: [u8; 16],
        cost: Cost,
    ) -> Result<SecretHash, SecretError> {
        let Cost { memory_kib, rounds } = cost;
        let stretched = stretch(self.0.as_bytes(), &salt, cost).map_err(|error| match error {
            SearchError::Cost { .. } => SecretError::Cost { memory_kib, rounds },
            _ => SecretError::Memory,
        })?;
        let mut hash = [0; 32];
        let info = [LABEL, operator.as_bytes()].concat();
        let expanded = Hkdf::<Sha256>::new(None, &*stretched).expand(&info, &mut hash);
        assert!(expanded.is_ok(), "32 bytes are within what HKDF gives");
        Ok(SecretHash {
            salt,
            memory_kib,
            rounds,
            hash,
        })
    }
}

impl std::fmt::Debug for GateSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GateSecret(…)")
    }
}

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// Checks a secret. Where there is no such operator the same work is done for nothing, so that the time it takes tells
/// nobody which names there are.
///
/// # Errors
/// [`SecretError`].
pub fn check(operator: Option<&Operator>, secret: &GateSecret) -> Result<bool, SecretError> {
    let nobody = SecretHash {
        salt: [0; 16],
        memory_kib: COST.memory_kib,
        rounds: COST.rounds,
        hash: [0; 32],
    };
    let kept = operator.map_or(&nobody, |operator| &operator.secret);
    let cost = Cost {
        memory_kib: kept.memory_kib,
        rounds: kept.rounds,
    };
    let id = operator.map_or(OperatorId::from_u128(0), |operator| operator.id);
    let made = secret.hash(id, kept.salt, cost)?;
    let equal = bool::from(made.hash.ct_eq(&kept.hash));
    Ok(equal && operator.is_some_and(|operator| operator.is_active))
}

/// Whether a text is a login name: 2 to 40 small letters, digits, dots, hyphens and underscores.
#[must_use]
pub fn is_login(text: &str) -> bool {
    let fits =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    (2..=MOST_LOGIN_CHARS).contains(&text.len()) && text.bytes().all(fits)
}

impl OperatorRules {
    /// Who has this id, active or not.
    #[must_use]
    pub fn operator(&self, id: OperatorId) -> Option<&Operator> {
        self.operators.iter().find(|operator| operator.id == id)
    }

    /// Who signs in with this name, active or not.
    #[must_use]
    pub fn by_login(&self, login: &str) -> Option<&Operator> {
        let login = login.trim();
        let same = |operator: &&Operator| operator.login.eq_ignore_ascii_case(login);
        self.operators.iter().find(same)
    }
}

#[cfg(test)]
#[path = "operator_tests.rs"]
mod tests;
