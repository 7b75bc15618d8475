//! What every open page hears: server-sent events, from the moment at which it opened.
//!
//! | event | what it carries |
//! | --- | --- |
//! | `hello` | the number of this run of the program: a page that hears another one is out of date |
//! | `stage` | the verdict of something that no page showed, as it fills the screen |
//! | `scanned` | nothing: somebody was scanned, so the panel is old |
//! | `beat` | nothing, every second: a page that misses it has lost the program |
//!
//! A verdict of another page is told by `scanned` alone: two stewards side by side each see their own guest.

use std::{convert::Infallible, sync::Arc, time::Duration};

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::sse::{Event, Sse},
};
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Interval, interval},
};

use super::{
    Screen,
    choice::{Asked, Choice},
    handler::zone,
    place_time::Zone,
    stage::Stage,
};
use crate::door::{Means, Shown};

const BEAT: Duration = Duration::from_secs(1);

/// One page that listens.
struct Listener {
    screen: Arc<Screen>,
    choice: Choice,
    heard: Receiver<Arc<Shown>>,
    beat: Interval,
}

/// `GET /events`.
pub(super) async fn events(
    State(screen): State<Arc<Screen>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let hello = Event::default()
        .event("hello")
        .data(screen.door.run().to_string());
    let listener = Listener {
        choice: screen.choice(&asked, &headers),
        heard: screen.door.listen(),
        beat: interval(BEAT),
        screen,
    };
    let news = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((event, listener))
    });
    let first = stream::once(async { hello });
    Sse::new(first.chain(news).map(Ok))
}

impl Listener {
    /// `None` when the door closes.
    async fn next(&mut self) -> Option<Event> {
        let shown = tokio::select! {
            biased;
            () = self.screen.door.closed() => return None,
            shown = self.heard.recv() => shown,
            _ = self.beat.tick() => return Some(Event::default().event("beat").data("")),
        };
        match shown {
            Ok(shown) => Some(self.told(&shown).await),
            // What was missed is in the panel's last scans.
            Err(RecvError::Lagged(_)) => Some(scanned()),
            Err(RecvError::Closed) => None,
        }
    }

    async fn told(&self, shown: &Shown) -> Event {
        if shown.means == Means::Page {
            return scanned();
        }
        let zone = self.screen.ask(zone).await.unwrap_or(Zone::UTC);
        let stage = Stage::scanned(&shown.scan, self.choice, zone);
        match stage.render() {
            Ok(html) => Event::default().event("stage").data(html),
            Err(error) => {
                tracing::error!(%error, "a verdict could not be drawn");
                scanned()
            }
        }
    }
}

fn scanned() -> Event {
    Event::default().event("scanned").data("")
}
