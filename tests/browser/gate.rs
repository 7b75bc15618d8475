//! A synced gate whose door is open, its page in a browser, and tickets.

use std::sync::Arc;

use edge_node::{
    door::Door,
    reason_text::Language,
    screen::{self, Options},
};
use support::{
    central::{Engine, TestCentral},
    real_gate::{RealGate, Sold},
};
use sync_protocol::scan::Action;
use tokio::sync::oneshot;

use crate::hands::Hands;

pub const REFUSED: &str = "return !!document.querySelector('#stage .verdict-refuse')";
pub const ADMITTED: &str = "return !!document.querySelector('#stage .verdict-admit')";
pub const READY: &str = "return !!window.htmx && document.readyState === 'complete' && document.documentElement.dataset.live === 'yes'";

/// The gate, and hands on its page.
pub struct Gate {
    pub real: RealGate,
    pub door: Arc<Door>,
    pub sold: Vec<Sold>,
    pub hands: Hands,
    pub address: String,
    _open: oneshot::Sender<()>,
}

impl Gate {
    /// Six tickets, the page in English.
    pub async fn open() -> Self {
        let central = TestCentral::new(Engine::Sqlite).await;
        let event = central.festival().await;
        let sold = central.sell_to(&event, 0, 6, &["Ayu Lestari"]).await;
        let real = central.open_gate(&event, "Gate A", "north").await;
        real.sync(&central).await;
        let listening = screen::listen(([127, 0, 0, 1], 0).into()).await;
        let listening = listening.expect("a port");
        let address = format!("http://{}", listening.address);
        let options = Options {
            listen: listening.address,
            language: Language::English,
            ..Options::default()
        };
        let (open, closed) = oneshot::channel();
        let door = Arc::new(Door::new(Arc::clone(&real.node), None, Action::Entry));
        let until_closed = async { closed.await.unwrap_or_default() };
        tokio::spawn(screen::serve(
            listening,
            Arc::clone(&door),
            options,
            until_closed,
        ));
        let hands = Hands::on(&format!("{address}/?lang=en")).await;
        hands.until(READY).await;
        Self {
            real,
            door,
            sold,
            hands,
            address,
            _open: open,
        }
    }

    pub fn code(&self, place: usize) -> &str {
        &self.sold[place].code
    }

    /// Waits until the page shows the verdict of this many scans.
    pub async fn shows(&self, scans: u64, what: &str) {
        self.hands.until(what).await;
        assert_eq!(self.real.status().scans, scans);
    }

    /// Waits until the stage holds a text.
    pub async fn stage_says(&self, text: &str) {
        let said = format!("return document.getElementById('stage').innerText.includes({text:?})");
        self.hands.until(&said).await;
    }
}
