//! Promo codes and prices as orders meet them: what they take off, how often, and when a use is given back.
use central::app::trail::Actor;
use central::domain::{
    charge::{Charge, ChargeBase, ChargeKind, Cut, GroupDiscount, Rate},
    new_event::NewEvent,
    new_price::NewPromo,
};
use serde_json::{Value, json};
use support::{
    buyers::{form_with, name},
    central::{Engine, START},
    festival::new_type,
    shop::{Bought, Forged, Shop},
};

const HOUR: i64 = 3_600_000;

fn promo(code: &str, cut: Cut) -> NewPromo {
    NewPromo {
        code: code.into(),
        ticket_type: None,
        cut,
        valid_from: START,
        valid_until: START.plus_ms(24 * HOUR),
        quota: 2,
        per_buyer: 1,
        min_spend_minor: 0,
        is_stackable: true,
    }
}

fn with_codes(wish: &mut NewEvent) {
    wish.prices.promos = vec![
        promo("HALF", Cut::Percent(5_000)),
        promo("TEN", Cut::Fixed(10_000)),
    ];
}

/// The use of the event's first code: how often, and its status.
async fn used(shop: &Shop) -> (i64, &'static str) {
    let promos = shop.central.app.promos(shop.event.event.id).await;
    let half = promos
        .expect("codes")
        .into_iter()
        .find(|p| p.code == "HALF");
    let half = half.expect("the code");
    (half.used, half.status.name())
}

/// A wish for one ticket of the first type by buyer `n`, with these codes.
fn wish(shop: &Shop, n: usize, codes: &[&str]) -> Value {
    let mut wish = shop.wish(&[(0, 1)]);
    wish["buyer"]["identity_type"] = json!("passport");
    wish["buyer"]["identity_number"] = json!(format!("A{n:07}"));
    wish["buyer"]["email"] = json!(format!("buyer{n}@example.id"));
    wish["promo_codes"] = json!(codes);
    wish
}

#[tokio::test]
async fn a_use_is_given_back_with_the_order_and_kept_with_the_money() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, with_codes).await;
        let place = async |n: usize| {
            let wish = wish(&shop, n, &["half"]);
            let (status, body) = shop.place(&format!("promo-buyer-{n}"), &wish).await;
            assert_eq!(status, 201, "{body}");
            assert_eq!(body["total_minor"], 75_000);
            let text = |name: &str| body[name].as_str().expect(name).to_owned();
            Bought {
                number: text("number"),
                access: text("access"),
            }
        };
        let (first, second) = (place(1).await, place(2).await);
        assert_eq!(used(&shop).await, (2, "used_up"), "{engine:?}");
        let (status, body) = shop.place("promo-third", &wish(&shop, 3, &["HALF"])).await;
        assert_eq!(
            (status, &body["fields"][0]["code"]),
            (422, &json!("promo_used_up"))
        );

        let (status, _) = shop.post(&first.path("/cancel"), &[], "").await;
        assert_eq!(status, 200);
        assert_eq!(used(&shop).await, (1, "active"));
        let third = place(4).await;
        shop.drive(&second, "settlement").await;
        shop.central.clock.advance_ms(shop.event.event.hold_ms);
        let app = &shop.central.app;
        assert_eq!(app.expire_holds(10).await.expect("expires"), 1);
        assert_eq!(shop.look(&third).await["status"], "expired");
        assert_eq!(shop.look(&second).await["status"], "paid");
        assert_eq!(used(&shop).await, (1, "active"), "{engine:?}");
        let promos = app.promos(shop.event.event.id).await.expect("codes");
        let uses = app.promo_usages(promos[0].id).await.expect("uses");
        let mut uses: Vec<_> = uses
            .iter()
            .map(|u| (u.status.name(), u.discount_minor))
            .collect();
        uses.sort_unstable();
        assert_eq!(
            uses,
            [
                ("given_back", 75_000),
                ("given_back", 75_000),
                ("used", 75_000)
            ]
        );
    }
}

#[tokio::test]
async fn money_that_comes_late_takes_the_use_of_a_code_again_or_has_no_stock() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| {
            with_codes(wish);
            wish.prices.promos[0].quota = 1;
        })
        .await;
        let (mut late, mut transactions) = (Vec::new(), Vec::new());
        for n in 1..=2 {
            let wish = wish(&shop, n, &["HALF"]);
            let (status, body) = shop.place(&format!("late-buyer-{n}"), &wish).await;
            assert_eq!(status, 201, "{body}");
            let text = |name: &str| body[name].as_str().expect(name).to_owned();
            late.push(Bought {
                number: text("number"),
                access: text("access"),
            });
            transactions.push(shop.drive_silently(&late[n - 1], "settlement").await);
            shop.central.clock.advance_ms(shop.event.event.hold_ms);
            shop.central.app.expire_holds(10).await.expect("expires");
        }
        for (order, transaction) in late.iter().zip(&transactions) {
            let notice = shop.forge(&Forged {
                order: &order.number,
                code: "200",
                amount: "75000.00",
                transaction,
                status: "settlement",
            });
            shop.hook(notice).await;
        }
        assert_eq!(shop.look(&late[0]).await["status"], "paid", "{engine:?}");
        assert_eq!(shop.look(&late[1]).await["status"], "expired", "{engine:?}");
        assert_eq!(used(&shop).await, (1, "used_up"));
        let outcomes = shop.outcomes().await;
        assert_eq!(outcomes.get("paid_without_stock"), Some(&1), "{outcomes:?}");
        assert_eq!(shop.taken(0).await, 1);
    }
}

#[tokio::test]
async fn a_buyer_is_known_by_identity_and_by_address() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| {
            with_codes(wish);
            wish.prices.promos[0].quota = 100;
        })
        .await;
        let app = &shop.central.app;
        let (slug, kind) = (&shop.event.event.slug, shop.event.types[0].id);
        let first = form_with(1, kind, 1, "HALF");
        let placed = app.place_order(slug, "one-person-1", &first).await;
        placed.expect("the first use");
        let mut same_card = form_with(2, kind, 1, "HALF");
        same_card.buyer.identity_number = first.buyer.identity_number.to_lowercase();
        let mut same_mail = form_with(3, kind, 1, "HALF");
        same_mail.buyer.email = first.buyer.email.to_uppercase();
        for (n, form) in [same_card, same_mail].into_iter().enumerate() {
            let refused = app
                .place_order(slug, &format!("one-person-again-{n}"), &form)
                .await;
            let refused = refused.expect_err("the second use");
            assert_eq!(name(refused), "promo_used_by_buyer", "{engine:?} {n}");
        }
        assert_eq!(used(&shop).await, (1, "active"));
    }
}

#[tokio::test]
async fn an_order_is_priced_as_quoted_and_the_provider_is_told_every_line() {
    for engine in Engine::both() {
        let shop = Shop::open_with(engine, |wish| {
            with_codes(wish);
            let charge = |kind, name: &str, rate, base| Charge {
                kind,
                name: name.to_owned(),
                rate,
                base,
                is_included: false,
            };
            wish.prices.charges = vec![
                charge(
                    ChargeKind::Fee,
                    "Service fee",
                    Rate::PerTicket(5_000),
                    ChargeBase::Tickets,
                ),
                charge(
                    ChargeKind::Tax,
                    "PBJT 10%",
                    Rate::Percent(1_000),
                    ChargeBase::Tickets,
                ),
                charge(
                    ChargeKind::Tax,
                    "PPN 11%",
                    Rate::Percent(1_100),
                    ChargeBase::Fees,
                ),
            ];
            wish.types.push(new_type("Group", 100_000, 50));
        })
        .await;
        let (app, event) = (&shop.central.app, &shop.event.event);
        let group = GroupDiscount {
            name: "Four or more".into(),
            ticket_type: Some(shop.event.types[2].id),
            min_quantity: 4,
            cut: Cut::Percent(2_500),
        };
        app.change_group_discounts(event.id, &[group], &Actor::System)
            .await
            .expect("changed");
        let mut wish = wish(&shop, 1, &["ten", "half"]);
        wish["items"] = json!([{"ticket_type_id": shop.event.types[2].id, "quantity": 4}]);
        let quote = central::domain::cart::QuoteForm {
            items: vec![central::domain::cart::ItemForm {
                ticket_type_id: shop.event.types[2].id.to_string(),
                quantity: 4,
                attendees: Vec::new(),
            }],
            promo_codes: vec!["TEN".into(), "HALF".into()],
        };
        let quoted = app.quote(&event.slug, &quote).await.expect("a price");
        // 400.000 - 100.000 - 150.000 - 10.000 = 140.000; + 20.000 fee + 14.000 + 2.200 tax.
        assert_eq!(quoted.total.minor, 176_200);
        let (status, body) = shop.place("priced-order", &wish).await;
        assert_eq!(
            (status, &body["total_minor"]),
            (201, &json!(176_200)),
            "{body}"
        );
        // The simulator refuses item lines that do not sum to the amount.
        assert!(body["pay_url"].is_string(), "{body}");
        let (number, access) = (&body["number"], &body["access"]);
        let view = app.find_order(
            number.as_str().expect("text"),
            access.as_str().expect("text"),
        );
        let view = view.await.expect("found");
        let told: Vec<_> = view
            .adjustments
            .iter()
            .map(|a| (a.name.as_str(), a.signed_minor()))
            .collect();
        let expected = [
            ("Four or more", -100_000),
            ("HALF", -150_000),
            ("TEN", -10_000),
            ("Service fee", 20_000),
            ("PBJT 10%", 14_000),
            ("PPN 11%", 2_200),
        ];
        assert_eq!(told, expected, "{engine:?}");
        let sums = view.order.sums;
        assert_eq!(
            (sums.discount_minor, sums.fee_minor, sums.tax_minor),
            (260_000, 20_000, 16_200)
        );
    }
}
