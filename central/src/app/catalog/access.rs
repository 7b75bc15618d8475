//! Which ticket type is good on which day.
//!
//! Invariant: a type of which tickets are sold or held never loses a day, because somebody paid for it; it may get more,
//! for tickets that are sold from then on.

use super::{Actor, App, CatalogError};
use crate::{
    domain::event::{EventSetup, TicketType},
    store::{self, Tx},
};

impl App {
    /// Says on which days types are good, in the caller's transaction: number of the type, and its days as bits. Types
    /// that are not named stay. [`CatalogError::Unknown`] for a type or day that the event has not.
    pub(super) async fn put_masks(
        &self,
        tx: &mut Tx,
        setup: &EventSetup,
        wanted: &[(u16, u16)],
        by: &Actor,
    ) -> Result<(), CatalogError> {
        let mut told = Vec::new();
        for (number, mask) in wanted {
            let kind = meant(setup, *number, *mask)?;
            if kind.day_mask == *mask {
                continue;
            }
            put_mask(tx, kind, *mask).await?;
            told.push(serde_json::json!({"type": kind.name, "from": days(kind.day_mask), "to": days(*mask)}));
        }
        if told.is_empty() {
            return Ok(());
        }
        let detail = serde_json::json!({"types": told});
        self.note_setup(tx, by, (setup.event.id, "event.access", detail))
            .await
    }
}

fn meant(setup: &EventSetup, number: u16, mask: u16) -> Result<&TicketType, CatalogError> {
    let known = setup
        .days
        .iter()
        .fold(0, |mask, day| mask | 1 << day.number);
    if mask & !known != 0 {
        return Err(CatalogError::Unknown);
    }
    let found = setup.types.iter().find(|kind| kind.number == number);
    found.ok_or(CatalogError::Unknown)
}

async fn put_mask(tx: &mut Tx, kind: &TicketType, mask: u16) -> Result<(), CatalogError> {
    let loses = kind.day_mask & !mask != 0;
    if store::ticket_type::put_days(tx, kind.id, mask, loses).await? {
        return Ok(());
    }
    Err(CatalogError::DayTaken)
}

/// Days as people count them.
fn days(mask: u16) -> Vec<u16> {
    (0..16)
        .filter(|day| mask & (1 << day) != 0)
        .map(|day| day + 1)
        .collect()
}
