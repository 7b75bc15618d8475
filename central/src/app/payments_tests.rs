//! What the provider is told adds up, whatever an order is made of.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    charge::{Charge, ChargeBase, ChargeKind, Cut, GroupDiscount, Rate},
    id::{OrderItemId, PromoId, TicketTypeId},
    money::{Currency, Money},
    price::{Wanted, price},
    promo::{Promo, PromoStatus},
};
use sync_protocol::time::Timestamp;

fn promo(off: i64) -> Promo {
    Promo {
        id: PromoId::from_u128(1),
        code: "CODE".to_owned(),
        ticket_type: None,
        cut: Cut::Fixed(off),
        valid_from: Timestamp(0),
        valid_until: Timestamp(1),
        quota: 1,
        used: 0,
        per_buyer: 1,
        min_spend_minor: 0,
        is_stackable: false,
        status: PromoStatus::Active,
    }
}

fn charge(kind: ChargeKind, rate: Rate, is_included: bool) -> Charge {
    Charge {
        kind,
        name: "charge".to_owned(),
        rate,
        base: ChargeBase::Everything,
        is_included,
    }
}

proptest! {
    #[test]
    fn item_lines_sum_to_the_gross_amount(
        lines in prop::collection::vec((1_u32..9, 0_i64..900_000), 1..5),
        off in 1_i64..500_000,
        rates in (0_i64..=10_000, 0_i64..=10_000, 0_i64..9_000),
        many in 2_u32..6,
    ) {
        let items: Vec<OrderItem> = (1..).zip(&lines).map(|(n, (quantity, unit))| OrderItem {
            id: OrderItemId::from_u128(n),
            ticket_type: TicketTypeId::from_u128(n),
            name: "Type".to_owned(),
            type_version: 1,
            quantity: *quantity,
            unit_price: Money::new(*unit, Currency::Idr),
        }).collect();
        let wanted: Vec<Wanted> = items.iter().map(|item| Wanted {
            ticket_type: item.ticket_type,
            quantity: item.quantity,
            unit_minor: item.unit_price.minor,
        }).collect();
        let group = GroupDiscount {
            name: "many".to_owned(),
            ticket_type: None,
            min_quantity: many,
            cut: Cut::Percent(1_250),
        };
        let charges = [
            charge(ChargeKind::Tax, Rate::Percent(rates.0), true),
            charge(ChargeKind::Fee, Rate::PerTicket(rates.2), false),
            charge(ChargeKind::Tax, Rate::Percent(rates.1), false),
        ];
        let price = price(&wanted, &[promo(off)], &[group], &charges).expect("small");
        let told = line_items(&Vec::from_iter(&items), &Vec::from_iter(&price.adjustments));
        let sum: i64 = told.iter().map(|line| line.unit_minor * i64::from(line.quantity)).sum();
        prop_assert_eq!(sum, price.total_minor);
    }
}
