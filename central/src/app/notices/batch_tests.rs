//! What is made together, and what is handed back.

use uuid::Uuid;

use super::*;
use crate::domain::money::{Currency, Money};

const REFERENCE: &str = "GRB-1";

fn order(n: u128) -> OrderId {
    OrderId(Uuid::from_u128(n))
}

fn told(reference: &str, of: u128, verdict: ProviderVerdict, attempt: &str) -> Told {
    Told {
        notice: NoticeId(Uuid::from_u128(1)),
        reference: reference.to_owned(),
        order: order(of),
        status: payments::PaymentStatus {
            reference: reference.to_owned(),
            provider_reference: attempt.to_owned(),
            verdict,
            provider_status: String::new(),
            channel: None,
            amount_minor: 100,
            charged_minor: 100,
            currency: "IDR".to_owned(),
            settled_at_ms: None,
            pending_until_ms: None,
            refunds: Vec::new(),
        },
        differs: false,
    }
}

fn standing_of(reference: &str, of: u128) -> (String, Locked) {
    let standing = Standing {
        reference: reference.to_owned(),
        order: OrderStatus::Pending,
        transaction_ref: None,
        payment: PaymentStatus::Pending,
        amount: Money::new(100, Currency::Idr),
        claimed_minor: 0,
        returned_minor: 0,
        knows_second: false,
        is_won: false,
        is_off: false,
    };
    let locked = Locked {
        payment: PaymentId(Uuid::from_u128(of)),
        order: order(of),
        channel: None,
        held: 1,
        has_beside: false,
        standing,
    };
    (reference.to_owned(), locked)
}

/// What becomes of notices of one order that stands like this.
fn moves(change: impl FnOnce(&mut Locked), told: &[Told]) -> Vec<Joint> {
    let (reference, mut one) = standing_of(REFERENCE, 1);
    change(&mut one);
    plan(told, &BTreeMap::from([(reference, one)])).moves
}

#[test]
fn of_two_notices_of_one_payment_the_second_sees_what_the_first_made() {
    use ProviderVerdict as V;
    let repeated = Joint::Made(Move::Ignore(payment::Known::Repeated));
    let lower = Joint::Made(Move::Ignore(payment::Known::LowerState));
    let (pay, begin) = (Joint::Made(Move::Pay), Joint::Made(Move::KeepPending));
    for (first, second, want) in [
        (V::Paid, V::Paid, [pay, repeated]),
        (V::Paid, V::Pending, [pay, lower]),
        // The payment of one that has only just begun: alone, after this one.
        (V::Pending, V::Paid, [begin, Joint::Alone]),
    ] {
        let both = [first, second].map(|verdict| told(REFERENCE, 1, verdict, "t1"));
        assert_eq!(moves(|_| {}, &both), want, "{first:?} {second:?}");
    }
}

#[test]
fn what_is_not_plain_is_made_alone() {
    use ProviderVerdict as V;
    let paid = [told(REFERENCE, 1, V::Paid, "t1")];
    type Change = (&'static str, fn(&mut Locked));
    let changes: [Change; 7] = [
        ("an order that was given up", |one| {
            one.standing.order = OrderStatus::Expired;
        }),
        ("an order that holds nothing", |one| one.held = 0),
        ("an attempt after one that failed", |one| {
            one.standing.payment = PaymentStatus::Failed;
        }),
        ("a payment that another came beside", |one| {
            one.has_beside = true;
            one.standing.order = OrderStatus::Paid;
            one.standing.payment = PaymentStatus::Success;
        }),
        ("an event that is off", |one| one.standing.is_off = true),
        ("another amount", |one| {
            one.standing.amount = Money::new(99, Currency::Idr);
        }),
        ("a payment of another order", |one| one.order = order(2)),
    ];
    for (what, change) in changes {
        assert_eq!(moves(change, &paid), [Joint::Alone], "{what}");
    }
    for verdict in [
        V::PartlyRefunded,
        V::Denied,
        V::Expired,
        V::Refunded,
        V::Disputed,
        V::NeedsReview,
    ] {
        let news = [told(REFERENCE, 1, verdict, "t1")];
        assert_eq!(moves(|_| {}, &news), [Joint::Alone], "{verdict:?}");
    }
}

#[test]
fn what_stands_in_one_notices_way_leaves_its_neighbours_alone() {
    let all = [
        told("GRB-1", 1, ProviderVerdict::Paid, "t1"),
        told("GRB-2", 2, ProviderVerdict::Denied, "t2"),
        told("GRB-3", 3, ProviderVerdict::Paid, "t3"),
        told("gone", 4, ProviderVerdict::Paid, "t4"),
    ];
    let locked = [("GRB-1", 1), ("GRB-2", 2), ("GRB-3", 3)];
    let locked = locked
        .map(|(reference, of)| standing_of(reference, of))
        .into();
    let plan = plan(&all, &locked);
    let pay = Joint::Made(Move::Pay);
    assert_eq!(plan.moves, [pay, Joint::Alone, pay, Joint::Alone]);
    let paid: Vec<_> = plan.paid.iter().map(|step| step.locked.order).collect();
    assert_eq!(paid, [order(1), order(3)]);
}
