//! What went back by the provider's word, matched with the refunds that we know of a payment.
//!
//! Invariants: afterwards exactly what the provider says is booked, however often and in whatever pieces it says so; a sum
//! that nobody here asked for pays off what we still owe first (the refund of that amount, then the oldest), because money
//! that went back must not go a second time; only what exceeds all that is news. Called by `app::notices`.

use super::{id::RefundId, refund::RefundStatus};

/// One refund of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// Which.
    pub id: RefundId,
    /// What the provider knows it by, if it knows it.
    pub key: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// How much.
    pub amount_minor: i64,
}

/// One piece in the provider's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its key; none where the provider names none.
    pub key: Option<String>,
    /// How much.
    pub amount_minor: i64,
}

/// What is to be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Booking {
    /// This open refund is made.
    Made {
        /// Which.
        refund: RefundId,
        /// The key it was made under, if that is not its own.
        key: Option<String>,
    },
    /// A part of this open refund went back another way; the rest of it is still owed.
    Part {
        /// Which.
        refund: RefundId,
        /// The key of the part, if it has a new one.
        key: Option<String>,
        /// How much.
        amount_minor: i64,
    },
    /// Nobody here knew of it.
    News {
        /// Its key, if it has a new one.
        key: Option<String>,
        /// How much.
        amount_minor: i64,
    },
}

/// What is to be booked of a payment of which `returned_minor` went back, in these pieces or in pieces that are not told.
/// `ours` are all its refunds, the oldest first.
#[must_use]
pub fn bookings(ours: &[Ours], told: &[Told], returned_minor: i64) -> Vec<Booking> {
    let booked = ours.iter().filter(|one| one.status == RefundStatus::Done);
    let booked: i64 = booked.map(|one| one.amount_minor).sum();
    let mut match_up = MatchUp {
        open: ours.iter().filter(|one| one.status.is_open()).collect(),
        owed: ours.iter().map(|one| (one.id, one.amount_minor)).collect(),
        missing_minor: returned_minor - booked,
        found: Vec::new(),
    };
    let loose = match_up.by_key(ours, told);
    let loose = match_up.by_amount(loose);
    match_up.by_age(loose);
    match_up.found
}

struct MatchUp<'a> {
    /// Not made yet.
    open: Vec<&'a Ours>,
    /// What is left of each.
    owed: std::collections::BTreeMap<RefundId, i64>,
    /// What went back and is not booked.
    missing_minor: i64,
    found: Vec<Booking>,
}

impl MatchUp<'_> {
    /// Books refunds that the provider names; gives the pieces that are none of them, nor booked before.
    fn by_key(&mut self, ours: &[Ours], told: &[Told]) -> Vec<Told> {
        let mut loose = Vec::new();
        let mut made: Vec<&Ours> = ours
            .iter()
            .filter(|o| o.status == RefundStatus::Done)
            .collect();
        for piece in told.iter().filter(|piece| piece.amount_minor > 0) {
            let named = ours.iter().find(|one| piece.key.as_ref() == Some(&one.key));
            match named {
                Some(one) if one.status.is_open() => self.make(one.id, None),
                Some(one) if one.status == RefundStatus::Done => made.retain(|o| o.id != one.id),
                // Its approval is forgotten, and its key is taken.
                Some(_) => loose.push(Told {
                    key: None,
                    ..piece.clone()
                }),
                // Keys stand once.
                None if loose.iter().any(|other: &Told| other.key == piece.key) => {
                    loose.push(Told {
                        key: None,
                        ..piece.clone()
                    });
                }
                None => loose.push(piece.clone()),
            }
        }
        // A person said that it was made, or the provider named no key: it is that one.
        loose.retain(|piece| {
            let same = made
                .iter()
                .position(|one| one.amount_minor == piece.amount_minor);
            same.map(|at| made.swap_remove(at)).is_none()
        });
        loose
    }

    /// Books open refunds of just the amount of a piece; gives the pieces that are left.
    fn by_amount(&mut self, loose: Vec<Told>) -> Vec<Told> {
        let mut left = Vec::new();
        for piece in loose {
            let is_it = |one: &&&Ours| one.amount_minor == piece.amount_minor;
            let same = self.open.iter().find(is_it).map(|one| one.id);
            match same {
                Some(id) if piece.amount_minor <= self.missing_minor => self.make(id, piece.key),
                _ => left.push(piece),
            }
        }
        left
    }

    /// Books what is missing: the newest pieces first, of the oldest open refunds first.
    fn by_age(&mut self, loose: Vec<Told>) {
        let untold = Told {
            key: None,
            amount_minor: i64::MAX,
        };
        for piece in loose.into_iter().rev().chain([untold]) {
            let mut amount_minor = piece.amount_minor.min(self.missing_minor);
            let mut key = piece.key;
            while amount_minor > 0 {
                let Some(oldest) = self.open.first().map(|one| one.id) else {
                    self.missing_minor -= amount_minor;
                    self.found.push(Booking::News { key, amount_minor });
                    break;
                };
                let owed = self.owed.get(&oldest).copied().unwrap_or_default();
                if owed > amount_minor {
                    self.missing_minor -= amount_minor;
                    self.owed.insert(oldest, owed - amount_minor);
                    self.found.push(Booking::Part {
                        refund: oldest,
                        key,
                        amount_minor,
                    });
                    break;
                }
                amount_minor -= owed;
                self.make(oldest, key.take());
            }
        }
    }

    fn make(&mut self, refund: RefundId, key: Option<String>) {
        self.missing_minor -= self.owed.get(&refund).copied().unwrap_or_default();
        self.open.retain(|one| one.id != refund);
        self.found.push(Booking::Made { refund, key });
    }
}

#[cfg(test)]
#[path = "returned_tests.rs"]
mod tests;
