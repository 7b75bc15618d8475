//! Notices that lie: kept, named, and without effect.
use serde_json::json;
use support::{
    central::Engine,
    http::client,
    shop::{Bought, Forged, KEY, Shop},
};

async fn assert_untouched(shop: &Shop, order: &Bought) {
    let seen = shop.look(order).await;
    assert_eq!(
        (&seen["status"], &seen["tickets"]),
        (&json!("pending"), &json!([])),
        "{seen}"
    );
    // Nothing but the letter that says how to pay.
    let asked = "SELECT COUNT(*) FROM outbox WHERE kind <> 'payment_pending'";
    assert_eq!(shop.number(asked).await, 0);
}

#[tokio::test]
async fn notices_that_lie_move_nothing() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("liars-target", &[(0, 1)]).await;
        let transaction = shop.drive_silently(&order, "pending").await;
        let good = Forged {
            order: &order.number,
            code: "200",
            amount: "150000.00",
            transaction: &transaction,
            status: "settlement",
        };
        let signed = shop.forge(&good);
        let unsigned = signed.replace("\"signature_key\":\"", "\"signature_key\":\"0");
        let unknown = shop.forge(&Forged {
            order: "GRB-NOBODY",
            ..good
        });
        let never = shop.forge(&Forged {
            transaction: "00000000-aaaa",
            ..good
        });
        for (name, body, want) in [
            ("bad signature", unsigned.as_str(), (401, "bad_signature")),
            ("not a notice", "{\"hello\": 1}", (400, "malformed")),
            (
                "altered status under a valid signature",
                &signed,
                (200, "status_differs"),
            ),
            ("unknown order", &unknown, (200, "unknown_order")),
            ("unknown transaction", &never, (200, "unknown_payment")),
        ] {
            let (status, answer) = shop.hook(body.to_owned()).await;
            assert_eq!(
                (status, answer["outcome"].as_str()),
                (want.0, Some(want.1)),
                "{name}"
            );
            assert_untouched(&shop, &order).await;
        }
        let kept = shop.outcomes().await;
        assert_eq!(kept.len(), 5, "each is kept with its outcome: {kept:?}");
        let unproven = "SELECT COUNT(*) FROM payment_notices WHERE NOT authentic";
        assert_eq!(shop.number(unproven).await, 2);
        let (_, _) = shop.hook(unsigned.clone()).await;
        assert_eq!(shop.number("SELECT COUNT(*) FROM payment_notices").await, 5);
        assert_eq!(
            shop.number("SELECT MAX(times_received) FROM payment_notices")
                .await,
            2
        );
    }
}

#[tokio::test]
async fn anothers_payment_does_not_pay_this_order() {
    let shop = Shop::open(Engine::Sqlite).await;
    let (mine, theirs) = (
        shop.buy("mine-unpaid", &[(0, 1)]).await,
        shop.buy("theirs-paid", &[(0, 1)]).await,
    );
    shop.drive_silently(&mine, "pending").await;
    let paid = shop.drive_silently(&theirs, "settlement").await;
    let body = shop.forge(&Forged {
        order: &mine.number,
        code: "200",
        amount: "150000.00",
        transaction: &paid,
        status: "settlement",
    });
    let (status, answer) = shop.hook(body).await;
    assert_eq!(
        (status, &answer["outcome"]),
        (200, &json!("other_reference"))
    );
    assert_untouched(&shop, &mine).await;
    let attention = "SELECT COUNT(*) FROM orders WHERE attention IS NOT NULL";
    assert_eq!(shop.number(attention).await, 0);
}

/// A notice that the order was paid with another amount: somebody with the key replaced its session by a cheaper one
/// under the same reference.
pub async fn wrong_amount(shop: &Shop, order: &Bought) -> String {
    let wish = json!({"transaction_details": {"order_id": order.number, "gross_amount": 1}});
    let url = format!("{}/snap/v1/transactions", shop.midtrans.base_url);
    let request = client().post(url).basic_auth(KEY, Some("")).json(&wish);
    assert_eq!(request.send().await.expect("answer").status(), 201);
    let transaction = shop.drive_silently(order, "settlement").await;
    shop.forge(&Forged {
        order: &order.number,
        code: "200",
        amount: "1.00",
        transaction: &transaction,
        status: "settlement",
    })
}

#[tokio::test]
async fn a_wrong_amount_moves_nothing_and_is_shown_to_an_admin() {
    for engine in Engine::both() {
        let shop = Shop::open(engine).await;
        let order = shop.buy("wrong-amount", &[(0, 1)]).await;
        let notice = wrong_amount(&shop, &order).await;
        let (status, answer) = shop.hook(notice).await;
        assert_eq!(
            (status, &answer["outcome"]),
            (200, &json!("amount_differs"))
        );
        assert_untouched(&shop, &order).await;
        let shown = "SELECT COUNT(*) FROM orders WHERE attention = 'amount_differs'";
        assert_eq!(shop.number(shown).await, 1);
    }
}
