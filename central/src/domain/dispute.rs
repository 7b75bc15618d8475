//! A dispute: the buyer's bank holds the money of a payment until somebody has won.
//!
//! Pure. A dispute begins by the provider's word and ends by a person's; until when the bank wants an answer is known
//! from its letter alone, so a person writes it down.

use sync_protocol::time::Timestamp;

use super::named::named_enum;

named_enum! {
    /// Where a dispute stands.
    pub enum DisputeStatus {
        /// The bank holds the money.
        Open => "open",
        /// The money is ours again.
        Won => "won",
        /// The money is gone.
        Lost => "lost",
    }
}

/// An answer is urgent this long before it is due.
const SOON_MS: i64 = 3 * 24 * 3_600_000;

/// Whether somebody must answer the bank now.
#[must_use]
pub fn is_urgent(status: DisputeStatus, due_at: Option<Timestamp>, now: Timestamp) -> bool {
    status == DisputeStatus::Open && due_at.is_some_and(|due| due <= soon(now))
}

/// What is due by then is urgent.
#[must_use]
pub fn soon(now: Timestamp) -> Timestamp {
    now.plus_ms(SOON_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_dispute_is_urgent_three_days_before_its_answer_is_due() {
        use DisputeStatus::{Lost, Open, Won};
        let now = Timestamp(1_000_000_000_000);
        let in_days = |days: i64| Some(now.plus_ms(days * 24 * 3_600_000));
        for (status, due_at, want) in [
            (Open, None, false),
            (Open, in_days(4), false),
            (Open, in_days(3), true),
            (Open, in_days(-9), true),
            (Won, in_days(1), false),
            (Lost, in_days(1), false),
        ] {
            assert_eq!(
                is_urgent(status, due_at, now),
                want,
                "{status:?} {due_at:?}"
            );
        }
    }
}
