//! Order, payment and refunds together: whatever comes in whatever order, paid = tickets + refunds + open.

use super::{
    id::RefundId,
    money::{Currency, Money},
    order::OrderStatus,
    payment::{Move, PaymentStatus, Reading, Standing, decide},
    refund::{self, Plan, RefundStatus, Scope, Seat},
    returned::{self, Booking, Ours},
};
use crate::payments::ProviderVerdict as V;
use proptest::prelude::*;
use sync_protocol::id::TicketId;
use uuid::Uuid;

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
            is_won: false,
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
            Move::PayTwice => {
                self.seconds.push(reading.transaction_ref);
                self.beside = (self.beside.0 + PAID, self.beside.1 + PAID);
                return;
            }
            Move::BookRefunds => return self.book_returned(reading.returned_minor),
            Move::PayBack | Move::Ignore(_) | Move::NeedsReview(_) => return,
        };
        match decided {
            Move::Pay | Move::PayAfterRelease => self.seats = seats(),
            Move::Reverse => {
                self.seats.clear();
                self.stored.claimed_minor = 0;
                for (status, _) in &mut self.refunds {
                    *status = status.void().unwrap_or(*status);
                }
            }
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

    /// Books what went back by the provider's word, which tells no pieces.
    fn book_returned(&mut self, returned_minor: i64) {
        let ours = |(number, (status, amount_minor)): (u128, &(RefundStatus, i64))| Ours {
            id: RefundId(Uuid::from_u128(number)),
            key: number.to_string(),
            status: *status,
            amount_minor: *amount_minor,
        };
        let known: Vec<Ours> = (0..).zip(&self.refunds).map(ours).collect();
        let mut is_news = false;
        for booking in returned::bookings(&known, &[], returned_minor) {
            let at = |refund: RefundId| known.iter().position(|one| one.id == refund);
            match booking {
                Booking::Made { refund, .. } => {
                    let at = at(refund).expect("one of ours");
                    self.refunds[at].0 = self.refunds[at].0.finish().expect("it is open");
                }
                Booking::Part {
                    refund,
                    amount_minor,
                    ..
                } => {
                    self.refunds[at(refund).expect("one of ours")].1 -= amount_minor;
                    self.refunds.push((RefundStatus::Done, amount_minor));
                    is_news = true;
                }
                Booking::News { amount_minor, .. } => {
                    self.stored.claimed_minor += amount_minor;
                    self.refunds.push((RefundStatus::Done, amount_minor));
                    is_news = true;
                }
            }
        }
        self.count_returned();
        if !is_news || self.stored.order == OrderStatus::Refunded {
            return;
        }
        let moved = match self.left() {
            0 => {
                self.seats.clear();
                self.stored.order.refund()
            }
            _ => self.stored.order.refund_part(),
        };
        self.stored.order = moved.expect("money was left");
    }

    fn count_returned(&mut self) {
        let done = self
            .refunds
            .iter()
            .filter(|one| one.0 == RefundStatus::Done);
        self.stored.returned_minor = done.map(|one| one.1).sum();
        self.stored.payment = match self.stored.payment {
            PaymentStatus::Disputed if self.stored.returned_minor < PAID => PaymentStatus::Disputed,
            _ => self.standing_payment(),
        };
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

    /// A person says that a dispute is won.
    fn win(&mut self) {
        self.stored.payment = self.standing_payment();
        self.stored.is_won = true;
    }

    fn follow(&mut self, at: usize, kind: i64) {
        let count = self.refunds.len();
        let Some((status, _)) = self.refunds.get_mut(at % count.max(1)) else {
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
            self.count_returned();
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
                4 if world.stored.payment == PaymentStatus::Disputed => world.win(),
                _ => world.follow(at, amount % 4),
            }
            world.check()?;
        }
    }
}
