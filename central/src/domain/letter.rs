//! Letters: what is written to whom, when it is tried again, and when it is given up.
//!
//! Invariant: a letter is tried until it left or a person must look; the pauses grow, and a letter that its receiver
//! refuses is not tried as often as one whose server is away. Which letters are due stands in `store::outbox`.

use sync_protocol::time::Timestamp;

use super::named::named_enum;

named_enum! {
    /// What a letter is about. The names are stored in the outbox.
    pub enum LetterKind {
        /// The tickets of an order, in the moment it is paid.
        Tickets => "tickets_mail",
        /// The same again, because its buyer asked.
        TicketsAgain => "tickets_again",
        /// An order waits for its money.
        PaymentPending => "payment_pending",
        /// The time to pay has ended.
        PaymentExpired => "payment_expired",
        /// Money went back.
        Refund => "refund_mail",
        /// The order has another address; to the one that it had.
        AddressChanged => "address_changed",
        /// The event is tomorrow.
        EventReminder => "event_reminder",
        /// The event will not take place.
        EventCancelled => "event_cancelled",
        /// The event takes place at another time.
        EventPostponed => "event_postponed",
        /// The event has other days, other times or another place.
        EventMoved => "event_moved",
        /// The money of an order did not come after all.
        PaymentReversed => "payment_reversed",
        /// The buyer's bank holds the money until a dispute is decided.
        PaymentDisputed => "payment_disputed",
        /// The dispute is over, and the tickets are good again.
        DisputeWon => "dispute_won",
        /// What an organiser sold since the last letter.
        SalesDigest => "sales_digest",
        /// The way back to one's orders.
        TrackingCode => "tracking_code",
        /// The way to another password.
        PasswordReset => "password_reset",
    }
}

/// A try takes less than this, so nobody begins the next one meanwhile.
const FIRST_PAUSE_MS: i64 = 120_000;
/// Longest pause.
const LONGEST_PAUSE_MS: i64 = 4 * 3_600_000;
/// Tries of a letter while its server may come back: about a day and a half.
const MOST_TRIES: i64 = 16;
/// Tries of a letter that is refused: servers err, but not often.
const MOST_REFUSALS: i64 = 3;

/// When a letter that was tried `attempts` times before is tried again, should this try fail.
#[must_use]
pub fn next_try(attempts: i64, now: Timestamp) -> Timestamp {
    let doubled = FIRST_PAUSE_MS << attempts.clamp(0, 10);
    now.plus_ms(doubled.min(LONGEST_PAUSE_MS))
}

/// Whether the try after `attempts` others was the last.
#[must_use]
pub const fn is_last(attempts: i64, is_refused: bool) -> bool {
    attempts + 1
        >= if is_refused {
            MOST_REFUSALS
        } else {
            MOST_TRIES
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_an_end() {
        let pause = |attempts| next_try(attempts, Timestamp(0)).0 / 60_000;
        assert_eq!([0, 1, 2, 6, 7, 99].map(pause), [2, 4, 8, 128, 240, 240]);
        let all: i64 = (0..MOST_TRIES).map(pause).sum();
        assert!(
            (24 * 60..72 * 60).contains(&all),
            "{all} minutes until it is given up"
        );
    }

    #[test]
    fn what_is_refused_is_given_up_sooner() {
        assert_eq!([0, 1, 2].map(|n| is_last(n, true)), [false, false, true]);
        assert!(!is_last(14, false) && is_last(15, false));
    }
}
