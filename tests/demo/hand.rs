//! The newcomer's hand on the network: three words typed into the demo's terminal.

use anyhow::Result;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{narrate::answer, venue::Venue};

/// Does what is typed, for ever; when there is nobody to type, just waits.
pub async fn follow(venue: &mut Venue) -> Result<()> {
    let mut lines = typed();
    loop {
        let Some(word) = lines.recv().await else {
            return std::future::pending().await;
        };
        match word.trim() {
            "off" if venue.is_connected() => {
                venue.stop_central().await?;
                answer("central is stopped: both gates are alone and go on deciding");
            }
            "on" if !venue.is_connected() => {
                venue.start_central().await?;
                answer("central is back: the gates reconcile within seconds");
            }
            "who" if venue.is_connected() => {
                answer(&venue.ask_central(&["conflicts", &venue.event]).await?);
            }
            "who" => answer("central is stopped: type on first"),
            "" => {}
            _ => answer("type off, on or who"),
        }
    }
}

/// Lines as they are typed. A thread of its own waits for them, so that nothing waits for it when the demo ends.
fn typed() -> UnboundedReceiver<String> {
    let (send, receive) = unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(std::result::Result::ok) {
            if send.send(line).is_err() {
                return;
            }
        }
    });
    receive
}
