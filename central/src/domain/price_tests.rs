//! Prices: tables of cases from the tax rules, and the laws that no cart may break.

use super::*;
use crate::domain::promo::PromoStatus;
use proptest::prelude::*;
use sync_protocol::time::Timestamp;

fn kind(n: u128) -> TicketTypeId {
    TicketTypeId::from_u128(n)
}

fn line(n: u128, quantity: u32, unit_minor: i64) -> Wanted {
    Wanted {
        ticket_type: kind(n),
        quantity,
        unit_minor,
    }
}

fn promo(code: &str, ticket_type: Option<u128>, cut: Cut) -> Promo {
    Promo {
        id: PromoId::from_u128(1),
        code: code.to_owned(),
        ticket_type: ticket_type.map(kind),
        cut,
        valid_from: Timestamp(0),
        valid_until: Timestamp(1),
        quota: 1,
        used: 0,
        per_buyer: 1,
        min_spend_minor: 0,
        is_stackable: true,
        status: PromoStatus::Active,
    }
}

fn charge(kind: ChargeKind, rate: Rate, base: ChargeBase, is_included: bool) -> Charge {
    Charge {
        kind,
        name: "charge".to_owned(),
        rate,
        base,
        is_included,
    }
}

fn group(ticket_type: Option<u128>, min_quantity: u32, cut: Cut) -> GroupDiscount {
    GroupDiscount {
        name: "many".to_owned(),
        ticket_type: ticket_type.map(kind),
        min_quantity,
        cut,
    }
}

/// Discount, fee, tax, total.
fn sums(price: &Price) -> (i64, i64, i64, i64) {
    let sums = price.sums;
    (
        sums.discount_minor,
        sums.fee_minor,
        sums.tax_minor,
        price.total_minor,
    )
}

#[test]
fn taxes_of_indonesia() {
    use ChargeBase::{Fees, Tickets};
    use ChargeKind::{Fee, Tax};
    let tickets = [line(1, 1, 150_000)];
    let pbjt = |is_included| charge(Tax, Rate::Percent(1_000), Tickets, is_included);
    let ppn = |base| charge(Tax, Rate::Percent(1_100), base, false);
    let service = charge(Fee, Rate::PerTicket(5_000), Tickets, false);
    for (charges, expected) in [
        (vec![pbjt(false)], (0, 0, 15_000, 165_000)),
        (vec![pbjt(true)], (0, 0, 0, 150_000)),
        // 12 % of 11/12 of the price.
        (vec![ppn(Tickets)], (0, 0, 16_500, 166_500)),
        // PBJT on the ticket, PPN on the service fee alone.
        (
            vec![service.clone(), pbjt(false), ppn(Fees)],
            (0, 5_000, 15_550, 170_550),
        ),
        // The other way round the fee is not there yet.
        (vec![ppn(Fees), service], (0, 5_000, 0, 155_000)),
    ] {
        let price = price(&tickets, &[], &[], &charges).expect("small");
        assert_eq!(sums(&price), expected, "{charges:?}");
    }
}

#[test]
fn what_is_included_is_extracted_and_not_added() {
    use ChargeBase::{Everything, Tickets};
    use ChargeKind::{Fee, Tax};
    let included = |rate, base| charge(Tax, Rate::Percent(rate), base, true);
    for (lines, charges, expected) in [
        (
            vec![line(1, 1, 110_000)],
            vec![included(1_000, Tickets)],
            vec![10_000],
        ),
        (
            vec![line(1, 3, 1_005)],
            vec![included(1_100, Tickets)],
            vec![299],
        ),
        // Two taxes of one price: 100.000 net.
        (
            vec![line(1, 1, 121_000)],
            vec![included(1_000, Tickets), included(1_100, Tickets)],
            vec![10_000, 11_000],
        ),
        // On everything, fee on top included.
        (
            vec![line(1, 1, 100_000)],
            vec![
                charge(Fee, Rate::PerOrder(10_000), Tickets, false),
                included(1_000, Everything),
            ],
            vec![10_000, 10_000],
        ),
        // A fee inside the price is at most the price.
        (
            vec![line(1, 1, 300)],
            vec![charge(Fee, Rate::PerTicket(500), Tickets, true)],
            vec![300],
        ),
    ] {
        let price = price(&lines, &[], &[], &charges).expect("small");
        let told: Vec<_> = price.adjustments.iter().map(|a| a.amount_minor).collect();
        assert_eq!(told, expected, "{charges:?}");
    }
}

#[test]
fn discounts_come_in_their_order() {
    let lines = [line(1, 5, 100_000), line(2, 1, 200_000)];
    let groups = [
        group(None, 5, Cut::Percent(1_000)),
        group(Some(1), 4, Cut::Fixed(5_000)),
    ];
    let percent = promo("ZEHN", None, Cut::Percent(1_000));
    let fixed = promo("A-FIXED", Some(2), Cut::Fixed(1_000_000));
    for (promos, expected) in [
        // The better of two group discounts: 10 % of 500.000.
        (vec![], (50_000, 0, 0, 650_000)),
        (vec![percent.clone()], (115_000, 0, 0, 585_000)),
        // Percentages first, whatever was typed first; a fixed one takes at most its type's lines.
        (
            vec![fixed.clone(), percent.clone()],
            (295_000, 0, 0, 405_000),
        ),
        (vec![fixed], (250_000, 0, 0, 450_000)),
    ] {
        let price = price(&lines, &promos, &groups, &[]).expect("small");
        assert_eq!(sums(&price), expected, "{promos:?}");
        assert_eq!(price.sums.subtotal_minor, 700_000);
    }
}

#[test]
fn what_costs_nothing_stays_free() {
    let charges = [
        charge(
            ChargeKind::Fee,
            Rate::PerOrder(5_000),
            ChargeBase::Tickets,
            false,
        ),
        charge(
            ChargeKind::Tax,
            Rate::Percent(1_000),
            ChargeBase::Everything,
            false,
        ),
    ];
    let all = promo("ALL", None, Cut::Percent(WHOLE));
    let price = price(&[line(1, 2, 75_000)], &[all], &[], &charges).expect("small");
    assert_eq!(sums(&price), (150_000, 0, 0, 0));
    assert_eq!(price.adjustments.len(), 1);
}

#[test]
fn too_much_is_an_error() {
    for lines in [
        vec![line(1, 2, i64::MAX)],
        vec![line(1, 1, i64::MAX), line(2, 1, 1)],
    ] {
        assert_eq!(price(&lines, &[], &[], &[]), Err(MoneyError::TooLarge));
    }
    let tax = charge(
        ChargeKind::Tax,
        Rate::Percent(1),
        ChargeBase::Tickets,
        false,
    );
    let dear = [line(1, 1, i64::MAX)];
    assert_eq!(price(&dear, &[], &[], &[tax]), Err(MoneyError::TooLarge));
}

fn lines() -> impl Strategy<Value = Vec<Wanted>> {
    prop::collection::vec((1_u32..12, 0_i64..3_000_000), 1..6).prop_map(|all| {
        let numbered = (1..).zip(all);
        numbered
            .map(|(n, (quantity, unit))| line(n, quantity, unit))
            .collect()
    })
}

fn cuts() -> impl Strategy<Value = Cut> {
    prop_oneof![
        (1_i64..=WHOLE).prop_map(Cut::Percent),
        (1_i64..5_000_000).prop_map(Cut::Fixed)
    ]
}

fn promos() -> impl Strategy<Value = Vec<Promo>> {
    let one = (prop::option::of(1_u128..7), cuts(), "[A-Z]{3,8}");
    let one = one.prop_map(|(kind, cut, code)| promo(&code, kind, cut));
    prop::collection::vec(one, 0..4)
}

fn groups() -> impl Strategy<Value = Vec<GroupDiscount>> {
    let one = (prop::option::of(1_u128..7), 2_u32..9, cuts());
    prop::collection::vec(one.prop_map(|(kind, n, cut)| group(kind, n, cut)), 0..4)
}

fn charges() -> impl Strategy<Value = Vec<Charge>> {
    let rate = prop_oneof![
        (0_i64..=WHOLE).prop_map(Rate::Percent),
        (0_i64..50_000).prop_map(Rate::PerTicket),
        (0_i64..50_000).prop_map(Rate::PerOrder),
    ];
    let kind = prop_oneof![Just(ChargeKind::Fee), Just(ChargeKind::Tax)];
    let base = prop_oneof![
        Just(ChargeBase::Tickets),
        Just(ChargeBase::Fees),
        Just(ChargeBase::Everything)
    ];
    let one = (kind, rate, base, any::<bool>());
    let one = one.prop_map(|(kind, rate, base, included)| charge(kind, rate, base, included));
    prop::collection::vec(one, 0..6)
}

proptest! {
    #[test]
    fn money_is_conserved(
        lines in lines(), promos in promos(), groups in groups(), charges in charges(),
    ) {
        let price = price(&lines, &promos, &groups, &charges).expect("small");
        let Sums { subtotal_minor, discount_minor, fee_minor, tax_minor, included_fee_minor, included_tax_minor } = price.sums;
        for part in [subtotal_minor, discount_minor, fee_minor, tax_minor, price.total_minor] {
            prop_assert!(part >= 0);
        }
        prop_assert!(price.adjustments.iter().all(|one| one.amount_minor >= 0));
        prop_assert_eq!(price.total_minor, subtotal_minor - discount_minor + fee_minor + tax_minor);
        let told: i64 = price.adjustments.iter().map(Adjustment::signed_minor).sum();
        prop_assert_eq!(price.total_minor, subtotal_minor + told);
        let included = price.adjustments.iter().filter(|a| a.is_included);
        let included = included.map(|a| a.amount_minor).sum::<i64>();
        prop_assert!(included <= price.total_minor);
        prop_assert_eq!(included, included_fee_minor + included_tax_minor);
        // Of each line at most the line, and all of them are the discount.
        for (line, off) in lines.iter().zip(&price.line_discounts) {
            prop_assert!((0..=line.unit_minor * i64::from(line.quantity)).contains(off));
        }
        prop_assert_eq!(price.line_discounts.iter().sum::<i64>(), discount_minor);
    }

    #[test]
    fn an_included_tax_is_what_was_put_on(net in 0_i64..10_000_000, rate in 0_i64..=WHOLE) {
        let gross = net + share(net, rate, WHOLE);
        let tax = charge(ChargeKind::Tax, Rate::Percent(rate), ChargeBase::Tickets, true);
        let price = price(&[line(1, 1, gross)], &[], &[], &[tax]).expect("small");
        let told: i64 = price.adjustments.iter().map(|a| a.amount_minor).sum();
        prop_assert!((gross - told - net).abs() <= 1, "{gross} holds {told} of tax, net {net}");
        prop_assert_eq!(price.total_minor, gross);
    }
}
