//! Every move from every status, shares to the last unit, and what may be asked for.

use super::*;
use proptest::prelude::*;

type Step = fn(RefundStatus) -> Result<RefundStatus, IllegalRefundMove>;
const STEPS: [(&str, Step, &[RefundStatus], RefundStatus); 8] = [
    ("approve", RefundStatus::approve, &[Requested], Approved),
    ("decline", RefundStatus::decline, &[Requested], Declined),
    ("overtake", RefundStatus::overtake, &[Requested], Overtaken),
    ("send", RefundStatus::send, &[Approved, Sent, Failed], Sent),
    (
        "finish",
        RefundStatus::finish,
        &[Approved, Sent, Failed, Manual],
        Done,
    ),
    ("fail", RefundStatus::fail, &[Sent], Failed),
    (
        "void",
        RefundStatus::void,
        &[Approved, Sent, Failed, Manual],
        Void,
    ),
    (
        "hand_over",
        RefundStatus::hand_over,
        &[Approved, Sent, Failed],
        Manual,
    ),
];

#[test]
fn exactly_the_legal_moves_are_possible() {
    for from in RefundStatus::ALL.iter().copied() {
        for (name, step, starts, to) in STEPS {
            let want = starts.contains(&from).then_some(to);
            assert_eq!(step(from).ok(), want, "{from:?} {name}");
        }
    }
}

fn seat(number: u128, share_minor: i64, stands: bool) -> Seat {
    Seat {
        ticket: TicketId::from_u128(number),
        share_minor,
        stands,
    }
}

#[test]
fn refunds_are_made_up_of_what_is_left() {
    let id = TicketId::from_u128;
    let seats = [seat(1, 50, true), seat(2, 30, true), seat(3, 20, false)];
    let all = vec![(id(1), 50), (id(2), 30)];
    let tickets = |wanted: &[u128]| Scope::Tickets(wanted.iter().map(|n| id(*n)).collect());
    let ok = |amount_minor, items: &[(TicketId, i64)], is_last| {
        Ok(Plan {
            amount_minor,
            items: items.to_vec(),
            is_last,
        })
    };
    let cases = [
        (80, Scope::Whole, ok(80, &all, true)),
        (0, Scope::Whole, ok(0, &all, true)),
        (80, tickets(&[1]), ok(50, &all[..1], false)),
        (80, tickets(&[1, 1]), ok(50, &all[..1], false)),
        (80, tickets(&[2, 1]), ok(80, &all, true)),
        (70, tickets(&[2, 1]), ok(70, &all, true)),
        (95, tickets(&[2, 1]), ok(95, &all, true)),
        (40, tickets(&[1]), ok(40, &all[..1], false)),
        (80, tickets(&[3]), Err(PlanError::TicketGone)),
        (80, tickets(&[4]), Err(PlanError::UnknownTicket)),
        (80, tickets(&[]), Err(PlanError::NothingLeft)),
        (80, Scope::Amount(1), ok(1, &[], false)),
        (80, Scope::Amount(79), ok(79, &[], false)),
        (80, Scope::Amount(80), Err(PlanError::KeepsTickets)),
        (80, Scope::Amount(81), Err(PlanError::Amount)),
        (80, Scope::Amount(0), Err(PlanError::Amount)),
        (80, Scope::Amount(-5), Err(PlanError::Amount)),
    ];
    for (left, scope, want) in cases {
        assert_eq!(plan(left, &seats, &scope), want, "{left} {scope:?}");
    }
    let gone = [seat(1, 50, false)];
    assert_eq!(plan(0, &gone, &Scope::Whole), Err(PlanError::NothingLeft));
    assert_eq!(plan(5, &gone, &Scope::Amount(5)), ok(5, &[], true));
}

#[test]
fn shares_follow_the_prices_and_add_up() {
    let cases: [(i64, &[i64], &[i64]); 7] = [
        (300, &[100, 100, 100], &[100, 100, 100]),
        (100, &[1, 1, 1], &[33, 33, 34]),
        (90, &[100, 50], &[60, 30]),
        (110, &[0, 100], &[0, 110]),
        (10, &[0, 0], &[5, 5]),
        (0, &[100, 50], &[0, 0]),
        (5, &[], &[]),
    ];
    for (paid, prices, want) in cases {
        assert_eq!(shares(paid, prices), want, "{paid} {prices:?}");
    }
}

proptest! {
    #[test]
    fn shares_lose_and_invent_nothing(
        paid in 0_i64..1_000_000_000_000,
        prices in prop::collection::vec(0_i64..1_000_000_000, 1..30),
    ) {
        let shares = shares(paid, &prices);
        prop_assert_eq!(shares.iter().sum::<i64>(), paid);
        prop_assert!(shares.iter().all(|share| (0..=paid).contains(share)));
    }

    /// Whatever is asked for in whatever order: what went back never exceeds what was paid, and at the end either
    /// something of both money and tickets is left, or nothing of either.
    #[test]
    fn money_and_tickets_go_together(
        paid in 1_i64..1_000_000,
        prices in prop::collection::vec(1_i64..1_000_000, 1..6),
        asks in prop::collection::vec((0u8..3, 0usize..6, 1_i64..1_000_000), 0..12),
    ) {
        let mut seats: Vec<Seat> = (0..).zip(shares(paid, &prices)).map(|(n, share)| seat(n, share, true)).collect();
        let mut left = paid;
        for (kind, at, amount) in asks {
            let scope = match kind {
                0 => Scope::Whole,
                1 => Scope::Tickets(vec![TicketId::from_u128(at as u128)]),
                _ => Scope::Amount(amount),
            };
            let Ok(plan) = plan(left, &seats, &scope) else { continue };
            prop_assert!((0..=left).contains(&plan.amount_minor));
            left -= plan.amount_minor;
            for (ticket, _) in &plan.items {
                let seat = seats.iter_mut().find(|seat| seat.ticket == *ticket);
                seat.expect("planned from these").stands = false;
            }
            let standing = seats.iter().filter(|seat| seat.stands).count();
            prop_assert_eq!(plan.is_last, left == 0 && standing == 0);
            prop_assert!(standing > 0 || left == 0, "money stays for no ticket");
        }
    }
}
