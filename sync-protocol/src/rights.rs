//! What a node may do: central says so at every sync (acceptance case 17).
//!
//! A gate that only validates wristbands cannot hand any out, and a scanner that only scans cannot search names,
//! whatever its screen offers: the verdict asks here first. Who works the gate may do what both their role
//! ([`crate::operator`]) and the node allow.

use crate::scan::Action;

/// A set of rights, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Rights(#[n(0)] u32);

/// The rights that are no action at the gate.
const SEARCH: u32 = 1 << 16;
const OVERRIDE: u32 = 1 << 17;

/// Names, in the order in which they are listed.
const NAMES: [(&str, u32); 7] = [
    ("exchange", 1 << Action::Exchange as u32),
    ("entry", 1 << Action::Entry as u32),
    ("exit", 1 << Action::Exit as u32),
    ("unpair", 1 << Action::Unpair as u32),
    ("search", SEARCH),
    ("override", OVERRIDE),
    ("undo", 1 << Action::Undo as u32),
];

/// A word that names no right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no right {0}: choose from exchange, entry, exit, unpair, search, override, undo")]
pub struct UnknownRight(pub String);

impl Rights {
    /// Everything: what a node has that was enrolled without a restriction.
    pub const ALL: Self = Self(u32::MAX);

    /// The rights with these bits; bits that this program does not know are kept.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether scans of this action are allowed.
    #[must_use]
    pub const fn allow(self, action: Action) -> bool {
        self.0 & 1 << action as u32 != 0
    }

    /// Whether attendees may be searched by name.
    #[must_use]
    pub const fn allow_search(self) -> bool {
        self.0 & SEARCH != 0
    }

    /// Whether a supervisor may decide where the gate asked or refused.
    #[must_use]
    pub const fn allow_override(self) -> bool {
        self.0 & OVERRIDE != 0
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// These rights alone, where no name has to be read.
    #[must_use]
    pub(crate) const fn of_actions(actions: &[Action]) -> Self {
        let (mut bits, mut place) = (0, 0);
        while place < actions.len() {
            bits |= 1 << actions[place] as u32;
            place += 1;
        }
        Self(bits)
    }

    /// The names of what is allowed.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let allowed = NAMES.iter().filter(|(_, bit)| self.0 & bit != 0);
        allowed.map(|(name, _)| *name).collect()
    }

    /// Reads `entry,exit`; `all` is everything.
    ///
    /// # Errors
    /// [`UnknownRight`].
    pub fn parse(text: &str) -> Result<Self, UnknownRight> {
        if text.trim() == "all" {
            return Ok(Self::ALL);
        }
        let bit = |word: &str| {
            let found = NAMES.iter().find(|(name, _)| *name == word);
            found
                .map(|(_, bit)| *bit)
                .ok_or_else(|| UnknownRight(word.to_owned()))
        };
        let words = text
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty());
        words
            .map(bit)
            .try_fold(0, |all, bit| Ok(all | bit?))
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_17_rights_are_what_they_say() {
        let validator = Rights::parse("entry, exit").expect("known");
        assert!(validator.allow(Action::Entry) && validator.allow(Action::Exit));
        assert!(!validator.allow(Action::Exchange) && !validator.allow(Action::Unpair));
        assert!(!validator.allow_search());
        assert_eq!(validator.names(), ["entry", "exit"]);
        assert_eq!(Rights::from_bits(validator.bits()), validator);
        assert_eq!(Rights::parse("all"), Ok(Rights::ALL));
        assert_eq!(
            Rights::parse("entry,sing"),
            Err(UnknownRight("sing".to_owned()))
        );
        assert!(!Rights::parse("").expect("nothing").allow(Action::Entry));
    }
}
