//! Order, payment and refunds together: whatever comes in whatever order, paid = tickets + refunds + open.

use super::{
    money::{Currency, Money},
    order::OrderStatus,
    payment::{Move, PaymentStatus, Reading, Standing, decide},
    refund::{self, Plan, RefundStatus, Scope, Seat},
};
use crate::payments::ProviderVerdict as V;
use proptest::prelude::*;
use sync_protocol::id::TicketId;

const PAID: i64 = 100;
const VERDICTS: [V; 9] = [
    V::Pending,
    V::Paid,
    V::Paid,
    V::Denied,
    V::Expired,
    V::Cancelled,
    V::Disputed,
    V::Refunded,
    V::PartlyRefunded,
];

/// What `app` and the database keep of one order.
struct World {
    stored: Standing,
    seats: Vec<Seat>,
    refunds: Vec<(RefundStatus, i64)>,
    /// Money of other attempts: what came, and what of it is claimed to go back.
    beside: (i64, i64),
    seconds: Vec<String>,
}

fn fresh() -> World {
    World {
        stored: Standing {
            reference: "GRB-1".to_owned(),
            order: OrderStatus::Pending,
            transaction_ref: None,
            payment: PaymentStatus::Pending,
            amount: Money::new(PAID, Currency::Idr),
            claimed_minor: 0,
            returned_minor: 0,
            knows_second: false,
            is_off: false,
        },
        seats: Vec::new(),
        refunds: Vec::new(),
        beside: (0, 0),
        seconds: Vec::new(),
    }
}

impl World {
    fn notice(&mut self, verdict: V, transaction: &str) {
        let reading = Reading {
            reference: "GRB-1".to_owned(),
            transaction_ref: transaction.to_owned(),
            verdict,
            amount: Some(Money::new(PAID, Currency::Idr)),
            returned_minor: match verdict {
                V::Refunded => PAID,
                V::PartlyRefunded => 30,
                _ => 0,
            },
        };
        self.stored.knows_second = self.seconds.contains(&reading.transaction_ref);
        let decided = decide(&self.stored, &reading);
        let order = self.stored.order;
        let (order, payment) = match decided {
            Move::Pay => (order.pay(), PaymentStatus::Success),
            Move::PayAfterRelease => (order.pay_late(), PaymentStatus::Success),
            Move::KeepPending => (Ok(order), PaymentStatus::Pending),
            Move::FailAttempt => (Ok(order), PaymentStatus::Failed),
            Move::Fail => (order.fail(), PaymentStatus::Failed),
            Move::Cancel => (order.cancel(), PaymentStatus::Failed),
            Move::Expire => (order.expire(), PaymentStatus::Expired),
            Move::Reverse => (order.reverse(), PaymentStatus::Failed),
            Move::Freeze => (Ok(order), PaymentStatus::Disputed),
            Move::Unfreeze => (Ok(order), self.standing_payment()),
            Move::PayTwice => {
                self.seconds.push(reading.transaction_ref);
                self.beside = (self.beside.0 + PAID, self.beside.1 + PAID);
                return;
            }
            Move::BookRefunds => return self.book_elsewhere(reading.returned_minor),
            Move::PayBack | Move::Ignore(_) | Move::NeedsReview(_) => return,
        };
        match decided {
            Move::Pay | Move::PayAfterRelease => self.seats = seats(),
            Move::Reverse => self.seats.clear(),
            _ => {}
        }
        self.stored.order = order.expect("decide names only legal moves");
        self.stored.payment = payment;
        self.stored.transaction_ref = Some(reading.transaction_ref);
    }

    fn standing_payment(&self) -> PaymentStatus {
        match self.stored.returned_minor {
            0 => PaymentStatus::Success,
            PAID => PaymentStatus::Refunded,
            _ => PaymentStatus::PartlyRefunded,
        }
    }

    fn left(&self) -> i64 {
        PAID - self.stored.claimed_minor
    }

    fn book_elsewhere(&mut self, told: i64) {
        let new = (told - self.stored.returned_minor).min(self.left());
        if new == 0 {
            return;
        }
        self.stored.claimed_minor += new;
        self.refunds.push((RefundStatus::Done, new));
        self.stored.returned_minor += new;
        self.stored.payment = self.standing_payment();
        let moved = match self.left() {
            0 => {
                self.seats.clear();
                self.stored.order.refund()
            }
            _ => self.stored.order.refund_part(),
        };
        self.stored.order = moved.expect("money was left");
    }

    fn approve(&mut self, scope: &Scope) {
        if !self.stored.order.is_settled() || self.stored.payment == PaymentStatus::Disputed {
            return;
        }
        let Ok(plan) = refund::plan(self.left(), &self.seats, scope) else {
            return;
        };
        let Ok(order) = refund::order_after(self.stored.order, &plan) else {
            return;
        };
        let Plan {
            amount_minor,
            items,
            ..
        } = plan;
        self.stored.order = order;
        self.stored.claimed_minor += amount_minor;
        for seat in &mut self.seats {
            seat.stands &= !items.iter().any(|(ticket, _)| *ticket == seat.ticket);
        }
        self.refunds.push((RefundStatus::Approved, amount_minor));
    }

    fn follow(&mut self, at: usize, kind: i64) {
        let count = self.refunds.len();
        let Some((status, amount)) = self.refunds.get_mut(at % count.max(1)) else {
            return;
        };
        let moved = match kind {
            0 => status.send(),
            1 => status.fail(),
            2 => status.hand_over(),
            _ => status.finish(),
        };
        let Ok(to) = moved else { return };
        *status = to;
        if to == RefundStatus::Done {
            self.stored.returned_minor += *amount;
            self.stored.payment = match self.stored.payment {
                PaymentStatus::Disputed => PaymentStatus::Disputed,
                _ => self.standing_payment(),
            };
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let sum = |wanted: fn(RefundStatus) -> bool| -> i64 {
            let all = self.refunds.iter().filter(|(status, _)| wanted(*status));
            all.map(|(_, amount)| amount).sum()
        };
        let (open, back) = (sum(RefundStatus::is_open), sum(|s| s == RefundStatus::Done));
        let claimed = self.stored.claimed_minor;
        prop_assert_eq!(open + back, claimed, "claims are refunds");
        prop_assert_eq!(back, self.stored.returned_minor);
        prop_assert!((0..=PAID).contains(&claimed));
        let standing = self.seats.iter().any(|seat| seat.stands);
        let kept = match self.stored.order.is_settled() {
            true => self.left(),
            false => 0,
        };
        prop_assert!(kept == 0 || standing, "money without ticket or refund");
        prop_assert!(
            !standing || self.stored.order.is_settled(),
            "a ticket without money"
        );
        prop_assert_eq!(self.beside.0, self.beside.1, "what came twice goes back");
        Ok(())
    }
}

fn seats() -> Vec<Seat> {
    let seat = |(number, share_minor)| Seat {
        ticket: TicketId::from_u128(number),
        share_minor,
        stands: true,
    };
    (1..)
        .zip(refund::shares(PAID, &[3, 2, 1]))
        .map(seat)
        .collect()
}

proptest! {
    #[test]
    fn money_is_conserved(steps in prop::collection::vec((0u8..6, 0usize..9, 1u8..3, 1i64..120), 0..60)) {
        let mut world = fresh();
        for (kind, at, number, amount) in steps {
            match kind {
                0..3 => world.notice(VERDICTS[at], &format!("t{number}")),
                3 => {
                    let ticket = TicketId::from_u128(at as u128 % 4);
                    world.approve(&match number {
                        1 if at < 2 => Scope::Whole,
                        1 => Scope::Tickets(vec![ticket]),
                        _ => Scope::Amount(amount),
                    });
                }
                _ => world.follow(at, amount % 4),
            }
            world.check()?;
        }
    }
}
