//! A USB scanner in front of the gate's real page: it types, wherever the focus is, and never looks up.

use std::sync::Arc;

use edge_node::{
    reason_text::Language,
    screen::{self, Options},
};
use support::{
    central::{Engine, TestCentral},
    real_gate::{RealGate, Sold},
};
use tokio::sync::oneshot;

use crate::hands::Hands;

const REFUSED: &str = "return !!document.querySelector('#stage .verdict-refuse')";
const ADMITTED: &str = "return !!document.querySelector('#stage .verdict-admit')";
const READY: &str = "return !!window.htmx && document.readyState === 'complete'";

/// A synced gate, its page in a browser, and tickets.
struct Door {
    gate: RealGate,
    sold: Vec<Sold>,
    hands: Hands,
    _open: oneshot::Sender<()>,
}

impl Door {
    async fn open() -> Self {
        let central = TestCentral::new(Engine::Sqlite).await;
        let event = central.festival().await;
        let sold = central.sell_to(&event, 0, 6, &["Ayu Lestari"]).await;
        let gate = central.open_gate(&event, "Gate A", "north").await;
        gate.sync(&central).await;
        let listening = screen::listen(([127, 0, 0, 1], 0).into()).await;
        let listening = listening.expect("a port");
        let url = format!("http://{}/?lang=en", listening.address);
        let options = Options {
            listen: listening.address,
            language: Language::English,
            ..Options::default()
        };
        let (open, closed) = oneshot::channel();
        let node = Arc::clone(&gate.node);
        let until_closed = async { closed.await.unwrap_or_default() };
        tokio::spawn(screen::serve(listening, node, options, until_closed));
        let hands = Hands::on(&url).await;
        hands.until(READY).await;
        Self {
            gate,
            sold,
            hands,
            _open: open,
        }
    }

    fn code(&self, place: usize) -> &str {
        &self.sold[place].code
    }

    /// Waits until the page shows the verdict of this many scans.
    async fn shows(&self, scans: u64, what: &str) {
        self.hands.until(what).await;
        assert_eq!(self.gate.status().scans, scans);
    }
}

#[tokio::test]
async fn case_35_on_the_real_page_the_next_scan_works_at_once_after_a_refusal() {
    let door = Door::open().await;
    door.hands.press("not-a-ticket-at-all\n").await;
    door.shows(1, REFUSED).await;
    door.hands.press(&format!("{}\n", door.code(0))).await;
    door.shows(2, ADMITTED).await;
    // The trigger is pulled again before the answer is there: refused, admitted, refused, admitted.
    let (again, next, last) = (door.code(0), door.code(1), door.code(2));
    let burst = format!("{again}\n{next}\n{again}\n{last}\n");
    door.hands.press(&burst).await;
    let number = &door.sold[2].number;
    let last_shown =
        format!("return document.getElementById('stage').innerText.includes('{number}')");
    door.hands.until(&last_shown).await;
    door.shows(6, ADMITTED).await;
    let dialogs = "return document.querySelectorAll('dialog[open]').length === 0 && document.getElementById('lost').hidden";
    door.hands.until(dialogs).await;
}

#[tokio::test]
async fn case_12_on_the_real_page_a_scanner_is_heard_wherever_the_focus_is() {
    let door = Door::open().await;
    let elsewhere = [
        "document.getElementById('code').blur(); return true",
        "document.querySelector('.gate-switch a').focus(); return true",
        "document.querySelector('#scan button').focus(); return true",
    ];
    for (place, focus) in elsewhere.iter().enumerate() {
        door.hands.until(focus).await;
        door.hands.press(&format!("{}\n", door.code(place))).await;
        let number = &door.sold[place].number;
        let shown =
            format!("return document.getElementById('stage').innerText.includes('{number}')");
        door.hands.until(&shown).await;
        door.hands.until(ADMITTED).await;
    }
    // A stray key long before the scan, lower case, and Tab for Enter.
    door.hands.press("x").await;
    let code = door.code(3).to_lowercase();
    door.hands.press(&format!("{code}\t")).await;
    let number = &door.sold[3].number;
    let shown = format!("return document.getElementById('stage').innerText.includes('{number}')");
    door.hands.until(&shown).await;
    door.shows(4, ADMITTED).await;
    let is_empty = "return document.getElementById('code').value === '' && document.activeElement.id === 'code'";
    door.hands.until(is_empty).await;
}
