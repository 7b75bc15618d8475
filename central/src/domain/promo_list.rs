//! What a list of promo codes is asked for, and how a code stands in it.
//!
//! Pure. A code stands in one state at a time, the gravest of those that fit; `store::promo_list` asks the same in SQL,
//! and a test holds the two together.

use sync_protocol::{id::EventId, time::Timestamp};
use uuid::Uuid;

use super::{
    named::named_enum,
    promo::{Promo, PromoStatus, normal},
};

named_enum! {
    /// How a code stands now.
    pub enum PromoState {
        /// May be used.
        Open => "open",
        /// Its time is to come.
        Coming => "coming",
        /// Its time is over.
        Ended => "ended",
        /// Its uses are used up.
        UsedUp => "used_up",
        /// Switched off by a person.
        Off => "off",
    }
}

impl PromoState {
    /// How a code stands.
    #[must_use]
    pub fn of(promo: &Promo, now: Timestamp) -> Self {
        match promo.status {
            PromoStatus::Disabled => Self::Off,
            PromoStatus::UsedUp => Self::UsedUp,
            PromoStatus::Active if now >= promo.valid_until => Self::Ended,
            PromoStatus::Active if now < promo.valid_from => Self::Coming,
            PromoStatus::Active => Self::Open,
        }
    }
}

/// All that a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromoFilter {
    /// Of one event.
    pub event: Option<EventId>,
    /// Codes that begin so, in normal form.
    pub code: String,
    /// That stand here.
    pub state: Option<PromoState>,
}

/// Where a code stands in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PromoPlace {
    /// What is sorted by.
    pub code: String,
    /// Which of equal ones.
    pub id: Uuid,
}

impl PromoPlace {
    /// As addresses carry it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.code, self.id.simple())
    }

    /// Out of an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (code, id) = text.rsplit_once('.')?;
        Some(Self {
            code: normal(code),
            id: Uuid::try_parse(id).ok()?,
        })
    }
}

/// Letters and digits that nobody mistakes for others when they read them out.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters of a made code, after what it begins with: 40 bits, which nobody guesses.
pub const MADE_LETTERS: usize = 8;

/// A made code out of random bytes.
#[must_use]
pub fn made(prefix: &str, random: [u8; MADE_LETTERS]) -> String {
    let letters = random.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    let letters: String = letters.into_iter().collect();
    normal(&format!("{prefix}{letters}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{charge::Cut, id::PromoId, promo::is_code};

    #[test]
    fn a_code_stands_in_one_state_at_a_time() {
        let promo = |status, from, until| Promo {
            id: PromoId::from_u128(1),
            code: "CODE".into(),
            ticket_type: None,
            cut: Cut::Fixed(1),
            valid_from: Timestamp(from),
            valid_until: Timestamp(until),
            quota: 1,
            used: 0,
            per_buyer: 1,
            min_spend_minor: 0,
            is_stackable: false,
            status,
        };
        for (status, from, until, state) in [
            (PromoStatus::Active, 0, 11, PromoState::Open),
            (PromoStatus::Active, 10, 11, PromoState::Open),
            (PromoStatus::Active, 11, 12, PromoState::Coming),
            (PromoStatus::Active, 0, 10, PromoState::Ended),
            (PromoStatus::UsedUp, 0, 10, PromoState::UsedUp),
            (PromoStatus::Disabled, 0, 11, PromoState::Off),
        ] {
            let promo = promo(status, from, until);
            assert_eq!(PromoState::of(&promo, Timestamp(10)), state);
        }
    }

    #[test]
    fn made_codes_are_codes_and_places_round_trip() {
        let code = made("gema-", [0, 31, 32, 255, 7, 8, 9, 10]);
        assert!(is_code(&code), "{code}");
        assert_eq!(code, "GEMA-A9A9HJKL");
        let place = PromoPlace {
            code,
            id: Uuid::from_u128(7),
        };
        assert_eq!(PromoPlace::parse(&place.text()), Some(place));
        assert_eq!(PromoPlace::parse("x"), None);
    }
}
