//! What goes wrong while guests stand there: answers that nobody hears, a program that is gone, a full disk, a page that is
//! open twice. No scan is lost, none is judged twice, and the page says what to do.

use std::sync::Arc;

use edge_node::{
    door::Door,
    screen::{self, Options},
};
use serde_json::json;
use support::filled::filled;
use sync_protocol::scan::Action;

use crate::{
    gate::{ADMITTED, Gate, READY, REFUSED},
    hands::Hands,
    small_disk::SmallDisk,
};

/// The next answer to a scan is given, and does not arrive.
const UNHEARD: &str = "
    const real = window.fetch;
    window.fetch = async (...asked) => {
        const answer = await real(...asked);
        if (asked[0] === '/scan') {
            window.fetch = real;
            throw new TypeError('the answer was lost');
        }
        return answer;
    };
    return true";

async fn offline(gate: &Gate, is_off: bool) {
    let network =
        json!({"offline": is_off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    gate.hands.tools("Network.enable", &json!({})).await;
    gate.hands
        .tools("Network.emulateNetworkConditions", &network)
        .await;
}

#[tokio::test]
async fn an_answer_that_was_lost_on_its_way_is_shown_and_the_guest_is_not_judged_twice() {
    let gate = Gate::open().await;
    gate.hands.until(UNHEARD).await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands.until(ADMITTED).await;
    gate.stage_says("Ayu Lestari").await;
    gate.shows(1, ADMITTED).await;
    gate.hands.press(&format!("{}\n", gate.code(1))).await;
    gate.shows(2, ADMITTED).await;
}

#[tokio::test]
async fn what_was_scanned_while_the_gate_was_gone_is_judged_or_named() {
    let gate = Gate::open().await;
    offline(&gate, true).await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    let lost = "return !document.getElementById('lost').hidden";
    gate.hands.until(lost).await;
    gate.hands.picture("gate-lost").await;
    gate.hands.assert_accessible().await;
    offline(&gate, false).await;
    gate.stage_says("Ayu Lestari").await;
    gate.shows(1, ADMITTED).await;
    // Gone for longer than any guest waits.
    offline(&gate, true).await;
    gate.hands.press(&format!("{}\n", gate.code(1))).await;
    let tail = &gate.code(1)[gate.code(1).len() - 6..];
    let named = format!(
        "return document.getElementById('missed-codes').textContent === '…{tail}' && !document.getElementById('missed').hidden"
    );
    gate.hands.until(&named).await;
    offline(&gate, false).await;
    gate.hands
        .until("return document.getElementById('lost').hidden")
        .await;
    gate.looks("gate-missed").await;
    assert_eq!(
        gate.real.status().scans,
        1,
        "nobody judged it behind the steward's back"
    );
    gate.hands.click("#missed button").await;
    gate.hands.press(&format!("{}\n", gate.code(1))).await;
    gate.shows(2, ADMITTED).await;
    gate.hands
        .until("return document.getElementById('missed').hidden")
        .await;
}

#[tokio::test]
async fn a_full_disk_refuses_and_says_so_and_the_next_scan_works_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = SmallDisk::mount(&folder.path().join("disk"));
    let filled = filled(&disk.path.join("node"), 400, 400).expect("a node");
    let mut codes = filled.codes.into_iter();
    let listening = screen::listen(([127, 0, 0, 1], 0).into())
        .await
        .expect("a port");
    let address = format!("http://{}", listening.address);
    let door = Arc::new(Door::new(Arc::new(filled.node), None, Action::Entry));
    let options = Options {
        listen: listening.address,
        home: Some(disk.path.join("node")),
        ..Options::default()
    };
    let (open, closed) = tokio::sync::oneshot::channel::<()>();
    let until = async { closed.await.unwrap_or_default() };
    let serving = tokio::spawn(screen::serve(listening, door, options, until));
    let hands = Hands::on(&format!("{address}/?lang=en")).await;
    hands.until(READY).await;
    disk.fill();
    // Databases have some room inside of their files.
    let refused = loop {
        let code = codes.next().expect("there is room without end");
        hands.press(&format!("{code}\n")).await;
        let judged = "const box = document.getElementById('code'); return box.value === '' && !!document.querySelector('#stage [data-sound]')";
        hands.until(judged).await;
        disk.fill();
        let full = "return document.getElementById('stage').innerText.includes('cannot be stored')";
        if hands.ask(full).await == json!(true) {
            break code;
        }
        hands.press("\u{1b}").await;
    };
    hands.until(REFUSED).await;
    let what_to_do = "return document.getElementById('stage').innerText.includes('Make room')";
    hands.until(what_to_do).await;
    hands.picture("gate-full-disk").await;
    hands.assert_accessible().await;
    hands.go(&format!("{address}/ready?lang=id")).await;
    let told = "return document.body.innerText.includes('BELUM SIAP') && document.body.innerText.includes('kosongkan ruang')";
    hands.until(told).await;
    hands.picture("gate-full-disk-ready-id").await;
    hands.assert_accessible().await;
    disk.make_room();
    hands.go(&format!("{address}/?lang=en")).await;
    hands.until(READY).await;
    hands.press(&format!("{refused}\n")).await;
    hands.until(ADMITTED).await;
    drop((hands, open));
    serving.await.expect("no panic").expect("it ended well");
}

#[tokio::test]
async fn a_page_that_is_open_twice_says_so_and_each_shows_its_own_guest() {
    let gate = Gate::open().await;
    let other = Hands::with_window(&format!("{}/?lang=id", gate.address), (1024, 600)).await;
    other.until(READY).await;
    let twice = "return document.body.innerText.includes('Halaman terbuka di sini') && document.getElementById('panel').innerText.includes(': 2')";
    other.until(twice).await;
    gate.hands.press(&format!("{}\n", gate.code(0))).await;
    gate.hands.until(ADMITTED).await;
    other.press(&format!("{}\n", gate.code(0))).await;
    other.until(REFUSED).await;
    gate.hands.until(ADMITTED).await;
    other.picture("gate-small-id").await;
    other.assert_accessible().await;
    other.assert_fits().await;
    for page in [&gate.hands, &other] {
        page.assert_quiet().await;
    }
}
