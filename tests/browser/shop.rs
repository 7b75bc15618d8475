//! A buyer with a phone: from the list of events to the PDF, in a real browser, paying at the simulated Midtrans.
//!
//! On every page: no error in the console, no request that leaves the machine, nothing that axe-core finds wrong.

use serde_json::Value;

use crate::{hands::Hands, venue::DemoVenue};

const PHONE: (u32, u32) = (390, 844);
const DESK: (u32, u32) = (1280, 900);
const READY: &str = "return document.readyState === 'complete' && !!window.htmx";

async fn looked_at(hands: &Hands, picture: &str) {
    hands.until(READY).await;
    hands.picture(picture).await;
    hands.assert_accessible().await;
    hands.assert_quiet().await;
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    hands.until(fits).await;
}

async fn says(hands: &Hands, text: &str) {
    hands
        .until(&format!(
            "return document.body.innerText.includes({text:?})"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_with_a_phone_walks_from_the_list_to_the_tickets() {
    let venue = DemoVenue::open();
    let shop = venue.address("Shop (buy a ticket)");
    let hands = Hands::with_window(&format!("{shop}/?lang=en"), PHONE).await;
    says(&hands, "Festival Gerbang").await;
    looked_at(&hands, "shop").await;
    hands.click(".event-card a").await;
    says(&hands, "Regular").await;
    looked_at(&hands, "event").await;

    // Two of the first type; the price is there before anything is sent.
    hands.click(".stepper button[data-step='1']").await;
    hands.click(".stepper button[data-step='1']").await;
    hands
        .until("return document.querySelector('#total')?.innerText.includes('700,000')")
        .await;
    hands.click("#choose button[type=submit]").await;
    hands
        .until("return location.pathname.endsWith('/cart')")
        .await;
    looked_at(&hands, "cart").await;
    fill_in(&hands).await;
    hands.click("#order button.w-100").await;

    says(&hands, "Waiting for payment").await;
    hands.until("return /^[0-9]+:[0-9]{2} left$/.test(document.querySelector('.countdown-left').innerText)").await;
    looked_at(&hands, "order-pending").await;
    let order = hands.ask("return location.href").await;
    let order = order.as_str().expect("an address").to_owned();

    // A second window of the same buyer notices by itself.
    let other = Hands::with_window(&order, PHONE).await;
    says(&other, "Waiting for payment").await;
    hands.click("#pay").await;
    hands
        .until("return !location.pathname.startsWith('/orders/')")
        .await;
    hands.click("button[value=pay]").await;
    says(&hands, "Your tickets are ready.").await;
    looked_at(&hands, "order-paid").await;
    says(&other, "Your tickets are ready.").await;
    other.assert_quiet().await;

    let download = "const done = arguments[arguments.length - 1]; const url = document.getElementById('documents').href;
        fetch(url).then((answer) => answer.text()).then((text) => done([text.slice(0, 5), text.length]), (e) => done(String(e)))";
    let document = hands.ask_later(download).await;
    assert_eq!(document[0], "%PDF-", "{document}");
    assert!(
        document[1].as_u64().is_some_and(|length| length > 20_000),
        "{document}"
    );
    hands.assert_quiet().await;
}

async fn fill_in(hands: &Hands) {
    hands.fill("#full_name", "Siti Rahma").await;
    hands.fill("#identity_number", "3171011708450001").await;
    hands.fill("#email", "siti@example.id").await;
    hands.fill("#whatsapp_number", "081234567890").await;
    hands.click("#terms").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_in_order_on_a_desk_and_in_indonesian() {
    let venue = DemoVenue::open();
    let shop = venue.address("Shop (buy a ticket)");
    let hands = Hands::with_window(&format!("{shop}/?lang=id"), DESK).await;
    assert_eq!(
        hands.ask("return document.documentElement.lang").await,
        Value::from("id")
    );
    looked_at(&hands, "shop-desk").await;
    hands.go(&format!("{shop}/?view=calendar")).await;
    says(&hands, "Kalender").await;
    looked_at(&hands, "calendar-desk").await;
    hands.go(&format!("{shop}/track")).await;
    says(&hands, "Cari pesanan").await;
    looked_at(&hands, "track-desk").await;
    hands.go(&format!("{shop}/events/festival-gerbang")).await;
    says(&hands, "Lanjut").await;
    looked_at(&hands, "event-desk").await;
    hands.fill(".stepper input", "1").await;
    hands.click("#choose button[type=submit]").await;
    says(&hands, "Data Anda").await;
    looked_at(&hands, "cart-desk").await;
    // What is wrong stands beside its field.
    fill_in(&hands).await;
    hands.fill("#identity_number", "3171019908450001").await;
    hands.click("#order button.w-100").await;
    hands.until("return document.querySelector('#identity_number_error')?.innerText.startsWith('Periksa NIK')").await;
    hands
        .until("return document.getElementById('full_name').value === 'Siti Rahma'")
        .await;
    hands
        .until("return document.getElementById('identity_number').value === ''")
        .await;
    hands.until(READY).await;
    hands.picture("cart-errors").await;
    hands.assert_accessible().await;
    hands.go(&format!("{shop}/nowhere")).await;
    says(&hands, "Tidak ada apa-apa di alamat ini").await;
}
