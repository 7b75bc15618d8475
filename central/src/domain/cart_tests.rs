//! What can be bought, and what each refusal is called.

use super::*;
use crate::domain::{
    event::{Event, EventSetup, EventStatus, GateRules, Visibility},
    id::{CategoryId, ClientId},
};
use sync_protocol::{
    config::{EntryRule, Policy},
    id::EventId,
};

const NOW: Timestamp = Timestamp(1_000);

fn types() -> Vec<TicketType> {
    let on_sale = |id, price_minor, visibility| TicketType {
        addon: false,
        id: TicketTypeId::from_u128(id),
        event: EventId::from_u128(1),
        category: CategoryId::from_u128(1),
        number: 1,
        name: format!("Type {id}"),
        description: String::new(),
        price_minor,
        quota: 10,
        taken: 0,
        sale_from: Timestamp(0),
        sale_until: Timestamp(2_000),
        min_per_order: 1,
        max_per_order: 4,
        visibility,
        day_mask: 1,
        place: 1,
        gates: Vec::new(),
        shared_quota: None,
        access_code: (visibility == Visibility::Hidden).then(|| "BACKSTAGE".to_owned()),
        version: 3,
    };
    vec![
        on_sale(1, 150_000, Visibility::Public),
        on_sale(2, 50_000, Visibility::Public),
        on_sale(3, 0, Visibility::Hidden),
    ]
}

fn offer(types: Vec<TicketType>) -> Offer {
    let event = Event {
        id: EventId::from_u128(1),
        client: ClientId::from_u128(1),
        slug: String::new(),
        name: String::new(),
        summary: String::new(),
        description: String::new(),
        terms: String::new(),
        venue: String::new(),
        address: String::new(),
        city: String::new(),
        time_zone: String::new(),
        currency: Currency::Idr,
        status: EventStatus::Published,
        starts_at: Timestamp(0),
        ends_at: Timestamp(1),
        hold_ms: 1,
        rules: GateRules {
            entry_rule: EntryRule::Single,
            exchange_required: false,
            sold_after_sync: Policy::Ask,
            repeat_ms: 0,
            lease_ms: 1,
            most_per_minute: 1,
        },
        calendar_sequence: 0,
        status_sequence: 0,
        days_sequence: 0,
    };
    Offer {
        revision: 0,
        setup: EventSetup {
            event,
            days: Vec::new(),
            gates: Vec::new(),
            types,
            check_outs: Vec::new(),
        },
        categories: Vec::new(),
        charges: Vec::new(),
        group_discounts: Vec::new(),
        shared_quotas: Vec::new(),
    }
}

fn item(id: u128, quantity: i64, attendees: &[&str]) -> ItemForm {
    ItemForm {
        ticket_type_id: TicketTypeId::from_u128(id).to_string(),
        quantity,
        attendees: attendees.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn form(items: Vec<ItemForm>) -> OrderForm {
    let buyer = BuyerForm {
        full_name: "Siti Rahma".to_owned(),
        identity_type: "passport".to_owned(),
        identity_number: "A1234567".to_owned(),
        email: "siti@example.id".to_owned(),
        whatsapp_number: "081234567890".to_owned(),
        language: "en".to_owned(),
    };
    OrderForm {
        buyer,
        items,
        promo_codes: Vec::new(),
    }
}

fn refusals(form: &OrderForm, types: &[TicketType]) -> Vec<(String, &'static str)> {
    match check(form, &offer(types.to_vec()), &[], NOW) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|e| (e.field, e.code)).collect(),
    }
}

#[test]
fn lines_are_priced_from_the_offer() {
    let cart = check(
        &form(vec![
            item(1, 2, &["Ani Wijaya", " Budi  Wijaya"]),
            item(2, 3, &[]),
        ]),
        &offer(types()),
        &[],
        NOW,
    )
    .unwrap_or_else(|errors| panic!("refused: {errors:?}"));
    assert_eq!(cart.total, Money::new(450_000, Currency::Idr));
    assert_eq!(cart.lines[0].attendees, ["Ani Wijaya", "Budi Wijaya"]);
    assert_eq!(cart.lines[1].attendees, ["Siti Rahma"; 3]);
    assert_eq!(cart.lines[1].amount, Money::new(150_000, Currency::Idr));
}

#[test]
fn refusals_name_field_and_reason() {
    let many = (0..21).map(|_| item(1, 1, &[])).collect();
    let mut garbage = item(1, 1, &[]);
    garbage.ticket_type_id = "1' OR 1=1".to_owned();
    for (items, field, code) in [
        (vec![], "items", "items_empty"),
        (
            vec![item(1, 1, &[]), item(1, 1, &[])],
            "items",
            "items_repeated",
        ),
        (
            vec![item(9, 1, &[])],
            "items[0].ticket_type_id",
            "ticket_type_unknown",
        ),
        (
            vec![item(3, 1, &[])],
            "items[0].ticket_type_id",
            "ticket_type_unknown",
        ),
        (
            vec![garbage],
            "items[0].ticket_type_id",
            "ticket_type_unknown",
        ),
        (
            vec![item(1, 0, &[])],
            "items[0].quantity",
            "quantity_out_of_range",
        ),
        (
            vec![item(2, 1, &[]), item(1, 5, &[])],
            "items[1].quantity",
            "quantity_out_of_range",
        ),
        (
            vec![item(1, -1, &[])],
            "items[0].quantity",
            "quantity_out_of_range",
        ),
        (
            vec![item(1, i64::MAX, &[])],
            "items[0].quantity",
            "quantity_out_of_range",
        ),
        (
            vec![item(1, 2, &["Ani Wijaya"])],
            "items[0].attendees",
            "attendees_count",
        ),
        (
            vec![item(1, 2, &["Ani Wijaya", "?"])],
            "items[0].attendees[1]",
            "name_form",
        ),
    ] {
        assert!(
            refusals(&form(items), &types()).contains(&(field.to_owned(), code)),
            "{field} {code}"
        );
    }
    assert!(refusals(&form(many), &types()).contains(&("items".to_owned(), "items_repeated")));
}

#[test]
fn the_sale_has_a_beginning_and_an_end() {
    for (from, until, want) in [
        (1_000, 1_001, None),
        (1_001, 2_000, Some("sale_not_begun")),
        (0, 1_000, Some("sale_ended")),
    ] {
        let mut types = types();
        types[0].sale_from = Timestamp(from);
        types[0].sale_until = Timestamp(until);
        let found = refusals(&form(vec![item(1, 1, &[])]), &types);
        assert_eq!(
            found.first().map(|(_, code)| *code),
            want,
            "{from}..{until}"
        );
    }
}

#[test]
fn a_sum_that_does_not_fit_is_refused() {
    let mut dear = types();
    dear[0].price_minor = i64::MAX;
    let found = refusals(&form(vec![item(1, 2, &[])]), &dear);
    assert_eq!(found[0], ("items".to_owned(), "amount_too_large"));
}

#[test]
fn a_hidden_type_is_sold_to_who_knows_its_code() {
    let mut wish = form(vec![item(3, 1, &[])]);
    for (codes, want) in [
        (vec![], Some("ticket_type_unknown")),
        (vec!["WRONG-DOOR"], Some("ticket_type_unknown")),
        (vec![" backstage "], None),
    ] {
        wish.promo_codes = codes.into_iter().map(str::to_owned).collect();
        let found = refusals(&wish, &types());
        assert_eq!(found.first().map(|(_, code)| *code), want);
    }
}

#[test]
fn a_live_cart_costs_what_the_order_will() {
    let items = vec![item(1, 2, &[]), item(2, 1, &[])];
    let live = QuoteForm {
        items: items.clone(),
        promo_codes: Vec::new(),
    };
    let offer = offer(types());
    let quoted = quote(&live, &offer, &[], NOW).expect("on sale");
    let cart = check(&form(items), &offer, &[], NOW);
    let cart = cart.unwrap_or_else(|errors| panic!("refused: {errors:?}"));
    assert_eq!((quoted.total, quoted.price), (cart.total, cart.price));
    assert_eq!(cart.lines[0].type_version, 3);
}
