//! Lists in a real browser: what keys and boxes do there.

use support::panel::ADMIN;

use crate::{
    hands::Hands,
    panel::{looked_at, open, sign_in},
};

const DESK: (u32, u32) = (1280, 900);

#[tokio::test(flavor = "multi_thread")]
async fn enter_in_the_note_flags_and_sends_nothing() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    sign_in(&hands, &open, ADMIN).await;
    hands.go(&format!("{}/panel/orders", open.url)).await;
    hands
        .until("return document.readyState === 'complete' && !!window.htmx")
        .await;
    hands.click("input[data-all=row]").await;
    hands
        .until(
            "return [...document.querySelectorAll('input[name=row]')].every((box) => box.checked)",
        )
        .await;
    hands.click("#bulk input[name=note]").await;
    hands.press("call them\n").await;
    hands
        .until("return location.pathname === '/panel/orders/flag'")
        .await;
    looked_at(&hands, "panel-orders-flagged").await;
    let sent = "SELECT COUNT(*) FROM outbox WHERE kind = 'tickets_again'";
    assert_eq!(open.shop.number(sent).await, 0, "no letter");
    assert!(open.shop.number("SELECT COUNT(*) FROM order_flags").await >= 6);
    hands
        .go(&format!("{}/panel/orders?look=flag", open.url))
        .await;
    looked_at(&hands, "panel-orders-filtered").await;
}
