//! What a camera or a scanner of the node reads, on every page that is open.

use edge_node::door::Means;

use crate::{
    gate::{ADMITTED, Gate, READY, REFUSED},
    hands::Hands,
};

#[tokio::test]
async fn case_35_what_a_camera_reads_is_shown_on_every_page_and_the_scanner_stays_live() {
    let gate = Gate::open().await;
    let other = Hands::with_window(&format!("{}/?lang=id", gate.address), (420, 800)).await;
    other.until(READY).await;
    gate.door.show("not-a-ticket", Means::Camera);
    gate.hands.until(REFUSED).await;
    other.until(REFUSED).await;
    gate.door.show(gate.code(0), Means::Camera);
    gate.hands.until(ADMITTED).await;
    other.until(ADMITTED).await;
    gate.stage_says("Ayu Lestari").await;
    other.picture("gate-phone").await;
    // A person at one page does not wipe the verdict that another one looks at.
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands.until(REFUSED).await;
    gate.stage_says("Ticket already used").await;
    other.until(ADMITTED).await;
    for page in [&gate.hands, &other] {
        page.assert_quiet().await;
        page.prefer("dark").await;
        page.assert_accessible().await;
    }
}

#[tokio::test]
async fn the_switch_changes_what_devices_scan_for() {
    let gate = Gate::open().await;
    gate.hands.click(".gate-switch [value=exit]").await;
    gate.hands.until(READY).await;
    gate.door.show(gate.code(0), Means::Serial);
    gate.hands.until(REFUSED).await;
    gate.stage_says("Not inside").await;
    gate.hands.fill("#code", &gate.sold[0].number).await;
    let typed = format!(
        "return document.getElementById('code').value === '{}'",
        gate.sold[0].number
    );
    gate.hands.until(&typed).await;
}
