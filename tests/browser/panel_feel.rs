//! How the panel feels under the hand: keys, questions before what cannot be undone, forms that are sent once, and what
//! a visit weighs.

use serde_json::Value;
use support::panel::ADMIN;

use crate::{
    hands::Hands,
    panel::{open, sign_in},
};

const DESK: (u32, u32) = (1280, 900);
const READY: &str = "return document.readyState === 'complete' && !!window.htmx";
const ASKED: &str = "return document.querySelector('dialog#sure').open";

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_undone_is_asked_with_the_focus_on_no() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    sign_in(&hands, &open, ADMIN).await;
    let node = format!("{}/panel/nodes/{}", open.url, open.node);
    hands.go(&node).await;
    hands.until(READY).await;
    hands.click("form[action$='/revoke'] button").await;
    hands.until(ASKED).await;
    hands
        .until("return document.activeElement.value === 'no'")
        .await;
    hands
        .until("return document.querySelector('#sure').innerText.includes('erases its replica')")
        .await;
    hands.assert_accessible().await;
    hands.picture("panel-sure").await;
    // Escape and Enter are both a no.
    hands.press("\u{1b}").await;
    hands
        .until("return !document.querySelector('dialog#sure').open")
        .await;
    hands.click("form[action$='/revoke'] button").await;
    hands.until(ASKED).await;
    hands.press("\n").await;
    hands
        .until("return !document.querySelector('dialog#sure').open")
        .await;
    let revoked = "SELECT COUNT(*) FROM nodes WHERE status = 'revoked'";
    assert_eq!(open.shop.number(revoked).await, 0);
    hands.click("form[action$='/revoke'] button").await;
    hands.until(ASKED).await;
    hands.click("#sure [value=yes]").await;
    hands
        .until("return !!document.querySelector('.p-said-good')")
        .await;
    assert_eq!(open.shop.number(revoked).await, 1);
    // It is read aloud, and a page that is loaded again does not say it again.
    hands
        .until("return document.querySelector('#aloud').textContent.includes('revoked')")
        .await;
    hands.until("return location.search === ''").await;
    hands.assert_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_pressed_twice_is_sent_once() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    sign_in(&hands, &open, ADMIN).await;
    hands
        .go(&format!("{}/panel/events/festival/conflicts", open.url))
        .await;
    hands.until(READY).await;
    let form = "const form = document.querySelector('form:has([name=note])');";
    let twice = "form.querySelector('[name=outcome]').selectedIndex = 1; \
        form.querySelector('[name=note]').value = 'seen on film'; form.requestSubmit(); form.requestSubmit(); \
        return form.querySelector('button').getAttribute('aria-disabled')";
    assert_eq!(hands.ask(&format!("{form} {twice}")).await, "true");
    hands
        .until("return !!document.querySelector('.p-said-good')")
        .await;
    let kept = "SELECT COUNT(*) FROM conflict_notes";
    assert_eq!(open.shop.number(kept).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_lead_around_and_can_be_switched_off() {
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel?lang=en", open.url), DESK).await;
    sign_in(&hands, &open, ADMIN).await;
    hands.until(READY).await;
    // The first Tab is the way past the navigation.
    hands.press("\t").await;
    hands
        .until("return document.activeElement.className === 'p-skip'")
        .await;
    hands.press("\n").await;
    hands
        .until("return document.activeElement.id === 'content'")
        .await;
    hands.press("?").await;
    hands
        .until("return document.querySelector('dialog#keys').open")
        .await;
    hands.assert_accessible().await;
    hands.picture("panel-keys").await;
    hands.press("\u{1b}").await;
    hands.press("go").await;
    hands
        .until("return location.pathname === '/panel/orders'")
        .await;
    hands.until(READY).await;
    hands.press("jj").await;
    let second = "return [...document.querySelectorAll('#list tbody tr')].indexOf(document.activeElement.closest('tr')) === 1";
    hands.until(second).await;
    hands.press("\n").await;
    hands
        .until("return location.pathname.startsWith('/panel/orders/GRB-')")
        .await;
    hands.until(READY).await;
    // Who dictates says letters that are no wish: the keys rest then, and stay so on the next page.
    hands.press("?").await;
    hands
        .until("return document.querySelector('dialog#keys').open")
        .await;
    hands.click("#keys-off").await;
    hands.press("\u{1b}").await;
    hands.press("ge").await;
    hands.go(&format!("{}/panel/orders", open.url)).await;
    hands.until(READY).await;
    hands.press("/").await;
    let rests =
        "return location.pathname === '/panel/orders' && document.activeElement === document.body";
    hands.until(rests).await;
    hands.assert_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_is_light_and_later_ones_bring_the_page_alone() {
    const WEIGHT: &str = "const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]; \
        return all.map((one) => [one.name, one.transferSize])";
    let open = open().await;
    let hands = Hands::with_window(&format!("{}/panel/sign-in", open.url), DESK).await;
    let first = bytes(&hands.ask(WEIGHT).await);
    sign_in(&hands, &open, ADMIN).await;
    hands.go(&format!("{}/panel/orders", open.url)).await;
    hands.until(READY).await;
    let later = hands.ask(WEIGHT).await;
    assert!((1..140_000).contains(&first), "first visit: {first} bytes");
    let all = later.as_array().expect("a list");
    assert!(all.len() > 4, "{later}");
    let again = bytes(&Value::from(all[1..].to_vec()));
    assert_eq!(again, 0, "files come again: {later}");
    let page = bytes(&later);
    assert!((1..16_000).contains(&page), "a later visit: {page} bytes");
    eprintln!("first visit {first} bytes, a later page {page} bytes");
}

fn bytes(entries: &Value) -> u64 {
    let entries = entries.as_array().expect("a list").iter();
    entries.filter_map(|entry| entry[1].as_u64()).sum()
}
