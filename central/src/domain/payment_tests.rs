//! Every row of the status table against every status of an order, and what orders of arrival cannot change.

use super::*;
use crate::domain::money::Currency;
use ProviderVerdict as V;
use proptest::prelude::*;

fn idr(minor: i64) -> Money {
    Money::new(minor, Currency::Idr)
}

fn reading(verdict: V, transaction: &str) -> Reading {
    Reading {
        reference: "GRB-1".to_owned(),
        transaction_ref: transaction.to_owned(),
        verdict,
        amount: Some(idr(100)),
        returned_minor: match verdict {
            V::Refunded => 100,
            V::PartlyRefunded => 40,
            _ => 0,
        },
    }
}

/// As stored after an order of this status was reached through transaction `t1`.
fn standing(order: OrderStatus) -> Standing {
    let payment = match order {
        OrderStatus::Pending => PaymentStatus::Pending,
        OrderStatus::Paid => PaymentStatus::Success,
        OrderStatus::PartlyRefunded => PaymentStatus::PartlyRefunded,
        OrderStatus::Refunded => PaymentStatus::Refunded,
        OrderStatus::Expired => PaymentStatus::Expired,
        OrderStatus::Cancelled | OrderStatus::Failed => PaymentStatus::Failed,
    };
    let claimed_minor = match order {
        OrderStatus::PartlyRefunded => 40,
        OrderStatus::Refunded => 100,
        _ => 0,
    };
    Standing {
        reference: "GRB-1".to_owned(),
        order,
        transaction_ref: Some("t1".to_owned()),
        payment,
        amount: idr(100),
        claimed_minor,
        returned_minor: claimed_minor,
        knows_second: false,
        is_won: false,
        is_off: false,
    }
}

const VERDICTS: [V; 12] = [
    V::Pending,
    V::Reserved,
    V::Paid,
    V::Challenged,
    V::Denied,
    V::Failed,
    V::Cancelled,
    V::Expired,
    V::Refunded,
    V::PartlyRefunded,
    V::Disputed,
    V::NeedsReview,
];

/// One line per verdict; columns: pending, paid, partly refunded, refunded, released.
#[rustfmt::skip]
const TABLE: [(V, [&str; 5]); 12] = [
    (V::Pending,        ["pending", "lower_state", "lower_state", "lower_state", "lower_state"]),
    (V::Reserved,       ["reserved", "lower_state", "lower_state", "lower_state", "reserved"]),
    (V::Paid,           ["paid", "repeated", "lower_state", "lower_state", "paid_after_release"]),
    (V::Challenged,     ["challenged", "lower_state", "lower_state", "lower_state", "challenged"]),
    (V::Denied,         ["attempt_failed", "reversed", "reversed", "other_attempt", "repeated"]),
    (V::Failed,         ["failed", "reversed", "reversed", "other_attempt", "repeated"]),
    (V::Cancelled,      ["cancelled", "reversed", "reversed", "other_attempt", "repeated"]),
    (V::Expired,        ["expired", "reversed", "reversed", "other_attempt", "repeated"]),
    (V::Refunded,       ["refunded_elsewhere", "refunded", "refunded", "repeated", "refunded_elsewhere"]),
    (V::PartlyRefunded, ["paid", "refunded", "repeated", "repeated", "paid_after_release"]),
    (V::Disputed,       ["disputed", "disputed", "disputed", "disputed", "disputed"]),
    (V::NeedsReview,    ["unknown_status", "unknown_status", "unknown_status", "unknown_status", "unknown_status"]),
];

#[test]
fn every_row_against_every_order_status() {
    let columns = |order| match order {
        OrderStatus::Pending => 0,
        OrderStatus::Paid => 1,
        OrderStatus::PartlyRefunded => 2,
        OrderStatus::Refunded => 3,
        OrderStatus::Expired | OrderStatus::Cancelled | OrderStatus::Failed => 4,
    };
    for (verdict, names) in TABLE {
        for order in OrderStatus::ALL.iter().copied() {
            let found = decide(&standing(order), &reading(verdict, "t1")).name();
            assert_eq!(found, names[columns(order)], "{verdict:?} for {order:?}");
        }
    }
}

#[test]
fn a_second_attempt_neither_undoes_nor_doubles_the_first() {
    use OrderStatus::{Paid, Pending};
    let mut denied = standing(Pending);
    denied.payment = PaymentStatus::Failed;
    for (name, stored, verdict, want) in [
        (
            "expiry of the first while the second is open",
            standing(Pending),
            V::Expired,
            "other_attempt",
        ),
        (
            "expiry of the first after the second was paid",
            standing(Paid),
            V::Expired,
            "other_attempt",
        ),
        (
            "denial of another after payment",
            standing(Paid),
            V::Denied,
            "other_attempt",
        ),
        ("a second payment", standing(Paid), V::Paid, "paid_twice"),
        (
            "a second attempt begins after a denial",
            denied.clone(),
            V::Pending,
            "pending",
        ),
        (
            "a second attempt is paid after a denial",
            denied,
            V::Paid,
            "paid",
        ),
        (
            "the second attempt is paid, its pending notice lost",
            standing(Pending),
            V::Paid,
            "paid",
        ),
    ] {
        assert_eq!(
            decide(&stored, &reading(verdict, "t2")).name(),
            want,
            "{name}"
        );
    }
}

#[test]
fn money_without_a_ticket_is_watched_like_any_other() {
    for order in [
        OrderStatus::Expired,
        OrderStatus::Cancelled,
        OrderStatus::Failed,
    ] {
        let stored = Standing {
            payment: PaymentStatus::Success,
            ..standing(order)
        };
        let said = |verdict, transaction| decide(&stored, &reading(verdict, transaction)).name();
        for verdict in [V::Denied, V::Failed, V::Cancelled, V::Expired] {
            assert_eq!(said(verdict, "t1"), "reversed", "{verdict:?} for {order:?}");
            assert_eq!(
                said(verdict, "t2"),
                "repeated",
                "another attempt, {order:?}"
            );
        }
        assert_eq!(
            said(V::Paid, "t1"),
            "paid_after_release",
            "stock may be back"
        );
        assert_eq!(said(V::Paid, "t2"), "paid_twice", "{order:?}");
        let goes_back = Standing {
            claimed_minor: 100,
            ..stored
        };
        let said = |verdict| decide(&goes_back, &reading(verdict, "t1")).name();
        assert_eq!(
            said(V::Paid),
            "goes_back",
            "no seat for money that goes back"
        );
        assert_eq!(said(V::Cancelled), "goes_back", "that is how it goes back");
        assert_eq!(decide(&goes_back, &reading(V::Denied, "t1")), Move::Reverse);
        assert_eq!(said(V::Refunded), "refunded");
        let went = Standing {
            returned_minor: 40,
            ..goes_back
        };
        let undone = decide(&went, &reading(V::Denied, "t1"));
        assert_eq!(undone, Move::NeedsReview(Doubt::Reversed));
    }
}

#[test]
fn money_for_an_event_that_is_off_goes_back() {
    for order in [OrderStatus::Pending, OrderStatus::Expired] {
        let stored = Standing {
            is_off: true,
            ..standing(order)
        };
        let decided = decide(&stored, &reading(V::Paid, "t1"));
        assert_eq!(decided, Move::PayBack, "{order:?}");
    }
}

#[test]
fn money_beside_a_payment_by_hand_goes_back() {
    let by_hand = Standing {
        payment: PaymentStatus::Failed,
        transaction_ref: None,
        ..standing(OrderStatus::Paid)
    };
    let paid = reading(V::Paid, "t1");
    assert_eq!(decide(&by_hand, &paid), Move::PayTwice);
    let known = Standing {
        knows_second: true,
        ..standing(OrderStatus::Paid)
    };
    for verdict in [V::Paid, V::PartlyRefunded] {
        let again = decide(&known, &reading(verdict, "t2"));
        assert_eq!(again, Move::Ignore(Known::Repeated), "{verdict:?}");
        let first = decide(&standing(OrderStatus::Paid), &reading(verdict, "t2"));
        assert_eq!(
            first,
            Move::PayTwice,
            "{verdict:?}: the rest of it goes back"
        );
    }
}

#[test]
fn a_dispute_freezes_once_and_no_reading_lifts_it() {
    let paid = standing(OrderStatus::Paid);
    assert_eq!(decide(&paid, &reading(V::Disputed, "t1")), Move::Freeze);
    let frozen = Standing {
        payment: PaymentStatus::Disputed,
        ..paid
    };
    let said = |verdict, transaction| decide(&frozen, &reading(verdict, transaction));
    assert_eq!(said(V::Disputed, "t1"), Move::Ignore(Known::Repeated));
    let in_part = Reading {
        returned_minor: 40,
        ..reading(V::Disputed, "t1")
    };
    assert_eq!(decide(&frozen, &in_part), Move::BookRefunds);
    assert_eq!(said(V::Paid, "t1"), Move::Ignore(Known::LowerState));
    assert_eq!(said(V::Paid, "t2"), Move::PayTwice);
    assert_eq!(said(V::Disputed, "t2"), Move::NeedsReview(Doubt::Disputed));
    let won = Standing {
        is_won: true,
        ..standing(OrderStatus::Paid)
    };
    let again = decide(&won, &reading(V::Disputed, "t1"));
    assert_eq!(
        again,
        Move::NeedsReview(Doubt::Disputed),
        "not frozen twice"
    );
}

#[test]
fn only_the_whole_amount_of_this_order_pays_it() {
    for order in [OrderStatus::Pending, OrderStatus::Expired] {
        for amount in [
            Some(idr(99)),
            Some(idr(101)),
            Some(Money::new(100, Currency::Kes)),
            None,
        ] {
            let wrong = Reading {
                amount,
                ..reading(V::Paid, "t1")
            };
            assert_eq!(
                decide(&standing(order), &wrong).name(),
                "amount_differs",
                "{amount:?}"
            );
        }
    }
    let other = Reading {
        reference: "GRB-2".to_owned(),
        ..reading(V::Paid, "t1")
    };
    assert_eq!(
        decide(&standing(OrderStatus::Pending), &other).name(),
        "other_reference"
    );
}

/// What `app` stores when it makes a move, and the money that it counts.
fn make(stored: &mut Standing, books: &mut Books, decided: Move, reading: &Reading) {
    let (order, payment) = match decided {
        Move::Pay => (stored.order.pay(), PaymentStatus::Success),
        Move::PayAfterRelease => (stored.order.pay_late(), PaymentStatus::Success),
        Move::KeepPending => (Ok(stored.order), PaymentStatus::Pending),
        Move::FailAttempt => (Ok(stored.order), PaymentStatus::Failed),
        Move::Fail => (stored.order.fail(), PaymentStatus::Failed),
        Move::Cancel => (stored.order.cancel(), PaymentStatus::Failed),
        Move::Expire => (stored.order.expire(), PaymentStatus::Expired),
        Move::Reverse => (stored.order.reverse(), PaymentStatus::Failed),
        Move::Freeze => (Ok(stored.order), PaymentStatus::Disputed),
        Move::PayTwice => {
            books.seconds.insert(reading.transaction_ref.clone());
            return;
        }
        Move::BookRefunds => {
            stored.returned_minor = reading.returned_minor;
            stored.claimed_minor = reading.returned_minor;
            match reading.returned_minor == stored.amount.minor {
                true => (stored.order.refund(), PaymentStatus::Refunded),
                false => (stored.order.refund_part(), PaymentStatus::PartlyRefunded),
            }
        }
        Move::PayBack => unreachable!("the event takes place"),
        Move::Ignore(_) | Move::NeedsReview(_) => return,
    };
    books.paid += u32::from(matches!(decided, Move::Pay | Move::PayAfterRelease));
    books.reversed += u32::from(decided == Move::Reverse);
    stored.order = order.expect("decide names only legal moves");
    stored.payment = payment;
    stored.transaction_ref = Some(reading.transaction_ref.clone());
}

#[derive(Default)]
struct Books {
    paid: u32,
    reversed: u32,
    /// Attempts whose money goes back because the order was paid by another.
    seconds: std::collections::BTreeSet<String>,
}

proptest! {
    /// Any notices in any order: every attempt that was paid either pays the order or goes back, the order is settled
    /// exactly while one payment of it stands, and what went back is never more than what came.
    #[test]
    fn arrival_changes_nothing_that_counts(picks in prop::collection::vec((0usize..12, 1u8..3), 0..40)) {
        let mut stored = Standing { transaction_ref: None, ..standing(OrderStatus::Pending) };
        let mut books = Books::default();
        for (at, transaction) in &picks {
            let reading = reading(VERDICTS[*at], &format!("t{transaction}"));
            stored.knows_second = books.seconds.contains(&reading.transaction_ref);
            let decided = decide(&stored, &reading);
            make(&mut stored, &mut books, decided, &reading);
            prop_assert!(stored.returned_minor <= stored.amount.minor);
            prop_assert_eq!(stored.order.is_settled(), books.paid == books.reversed + 1);
            if reading.verdict == V::Paid {
                let knows = books.seconds.contains(&reading.transaction_ref);
                let pays = stored.transaction_ref.as_ref() == Some(&reading.transaction_ref);
                prop_assert!(knows || (pays && stored.order.is_settled()), "money is nowhere: {decided:?}");
            }
        }
    }
}
