//! What every open page hears: server-sent events, from the moment at which it opened.
//!
//! | event | what it carries |
//! | --- | --- |
//! | `hello` | the number of this run of the program: a page that hears another one is out of date |
//! | `stage` | the verdict of something that no page showed, as it fills the screen |
//! | `scanned` | nothing: somebody was scanned, so the panel is old |
//! | `over` | nothing: the page is not theirs any more who opened it, so it has to be opened anew |
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
use sync_protocol::id::OperatorId;
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

type Whose = (bool, Option<OperatorId>, bool);

/// One page that listens.
struct Listener {
    screen: Arc<Screen>,
    choice: Choice,
    headers: HeaderMap,
    /// Whose page it is: who worked there when it began to listen, and whether it was a kiosk. `None`: that could not be
    /// read then, so the page is opened anew as soon as it can be.
    whose: Option<Whose>,
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
        whose: screen.whose(&headers).await,
        choice: screen.choice(&asked, &headers),
        heard: screen.door.listen(),
        beat: interval(BEAT),
        screen,
        headers,
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
            _ = self.beat.tick() => return Some(self.beat().await),
        };
        match shown {
            Ok(shown) => Some(self.told(&shown).await),
            // What was missed is in the panel's last scans.
            Err(RecvError::Lagged(_)) => Some(scanned()),
            Err(RecvError::Closed) => None,
        }
    }

    async fn beat(&self) -> Event {
        // What cannot be read is as it was: the next beat asks again.
        let is_over = match self.screen.whose(&self.headers).await {
            None => false,
            Some(whose) => self.whose != Some(whose),
        };
        let name = if is_over { "over" } else { "beat" };
        Event::default().event(name).data("-")
    }

    async fn told(&self, shown: &Shown) -> Event {
        if shown.means == Means::Page {
            return scanned();
        }
        // A name is for whoever works here, and a crew that cannot be read is nobody.
        let crew = self.screen.crew(&self.headers).await;
        let Some(crew) = crew.ok().filter(|crew| !crew.is_missing()) else {
            return scanned();
        };
        let zone = self.screen.ask(zone).await.unwrap_or(Zone::UTC);
        let may_decide = crew.supervises() && !self.screen.kiosk.is_on();
        let stage = Stage::scanned(&shown.scan, self.choice, zone, may_decide);
        match stage.render() {
            Ok(html) => Event::default().event("stage").data(html),
            Err(error) => {
                tracing::error!(%error, "a verdict could not be drawn");
                scanned()
            }
        }
    }
}

impl Screen {
    /// `None` where it cannot be read.
    async fn whose(&self, headers: &HeaderMap) -> Option<Whose> {
        let crew = self.crew(headers).await.ok()?;
        Some((crew.is_missing(), crew.operator(), self.kiosk.is_on()))
    }
}

fn scanned() -> Event {
    Event::default().event("scanned").data("-")
}
