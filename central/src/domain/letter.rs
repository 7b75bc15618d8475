//! Letters: what is written to whom, when it is tried again, and when it is given up.
//!
//! Invariant: a letter is tried until it left or a person must look; the pauses grow, and a letter that its receiver
//! refuses is not tried as often as one whose server is away. Which letters are due stands in `store::outbox`.

use sync_protocol::time::Timestamp;
use uuid::Uuid;

use super::{id::OrderId, named::named_enum};

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
        /// Whoever sets an event up asks that it be opened; to those who may.
        OpeningAsked => "opening_asked",
    }
}

impl LetterKind {
    /// The order that such a letter is about, out of its subject and what it holds; `None` = it is about none, or about a
    /// refund, whose order is known where refunds are.
    #[must_use]
    pub fn order(self, subject: Uuid, payload: &str) -> Option<OrderId> {
        match self {
            Self::Tickets | Self::PaymentPending | Self::PaymentExpired => Some(OrderId(subject)),
            Self::TicketsAgain
            | Self::AddressChanged
            | Self::EventReminder
            | Self::EventCancelled
            | Self::EventPostponed
            | Self::EventMoved
            | Self::PaymentReversed
            | Self::PaymentDisputed
            | Self::DisputeWon => {
                let first = payload.split_whitespace().next()?;
                Uuid::parse_str(first).ok().map(OrderId)
            }
            Self::Refund
            | Self::SalesDigest
            | Self::TrackingCode
            | Self::PasswordReset
            | Self::OpeningAsked => None,
        }
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
    fn the_order_of_a_letter_is_its_subject_or_its_first_word() {
        let (order, other) = (Uuid::from_u128(7), Uuid::from_u128(9));
        let about = |kind: LetterKind, subject, payload: &str| kind.order(subject, payload);
        let is_it = Some(OrderId(order));
        assert_eq!(about(LetterKind::Tickets, order, ""), is_it);
        assert_eq!(
            about(LetterKind::EventReminder, other, &format!("{order} 5")),
            is_it
        );
        assert_eq!(about(LetterKind::TicketsAgain, other, ""), None);
        assert_eq!(about(LetterKind::PasswordReset, order, ""), None);
        assert_eq!(
            about(LetterKind::SalesDigest, other, &order.to_string()),
            None
        );
    }

    #[test]
    fn what_is_refused_is_given_up_sooner() {
        assert_eq!([0, 1, 2].map(|n| is_last(n, true)), [false, false, true]);
        assert!(!is_last(14, false) && is_last(15, false));
    }
}
