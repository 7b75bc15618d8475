//! A page of what changed, read in one snapshot together with the manifest that proves it.

use minicbor::bytes::ByteVec;
use sync_protocol::{
    id::EventId,
    wire::v1::{Page, SyncRequest},
};

use super::{App, SyncError};
use crate::{domain::position::Position, store};

/// Most rows of a page: about 1.5 MB before compression.
const MOST_ROWS: u32 = 16_000;

impl App {
    /// The page after the request's position. It carries the manifest if nothing is left after it.
    pub(super) async fn page(
        &self,
        event: EventId,
        request: &SyncRequest,
    ) -> Result<Page, SyncError> {
        let position = Position::read(request.position.as_ref().map(|bytes| bytes.as_slice()))?;
        let rows = request.page_rows.clamp(1, MOST_ROWS) as usize;
        let mut tx = self.store.read().await?;
        let revision = store::revision::read(&mut tx, event).await?;
        let config = if revision.config_revision > request.config_revision {
            let gates = self
                .gates
                .get(&mut tx, &self.vault, event, revision.config_revision)
                .await?;
            Some(gates.config.clone())
        } else {
            None
        };
        let current = Position::at(revision.manifest.revision);
        let mut page = Page {
            config,
            ..empty(request)
        };
        let mut rest = rows;
        if position != current {
            page.tickets = store::change::tickets(&mut tx, event, &position.tickets, rest).await?;
            rest -= page.tickets.len();
        }
        if position != current && rest > 0 {
            page.passages =
                store::change::passages(&mut tx, event, &position.passages, rest).await?;
            page.overrides = store::change::overrides(&mut tx, event, &page.passages).await?;
            rest -= page.passages.len();
        }
        if position != current && rest > 0 {
            page.wristbands =
                store::change::wristbands(&mut tx, event, &position.wristbands, rest).await?;
            rest -= page.wristbands.len();
        }
        let is_last = rest > 0;
        let position = if is_last {
            current
        } else {
            position.after(&page)
        };
        page.position = ByteVec::from(position.to_bytes());
        page.manifest = is_last.then_some(revision.manifest);
        Ok(page)
    }
}

/// A page that says nothing, for a node that is to erase what it has.
pub(super) fn empty(request: &SyncRequest) -> Page {
    let start = || ByteVec::from(Position::default().to_bytes());
    Page {
        config: None,
        tickets: Vec::new(),
        passages: Vec::new(),
        wristbands: Vec::new(),
        overrides: None,
        position: request.position.clone().unwrap_or_else(start),
        manifest: None,
    }
}
