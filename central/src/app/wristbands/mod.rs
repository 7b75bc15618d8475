//! Wristbands of an event: rolls are printed, imported and withdrawn, and gates are told of them.
//!
//! Invariants: whatever gates can see takes the event's next revision first and is in its manifest; a list of codes is
//! taken in whole or not at all; each act has its row in the audit trail. Codes are stored nowhere: those of central's
//! own rolls are made from the key again, imported ones are known by their id. What binds a wristband to a ticket is a
//! scan (`sync_protocol::merge`), never a row of these tables.

mod error;
mod roll;
mod withdraw;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sync_protocol::{
    config::WristbandRules,
    id::{EventId, WristbandId},
    time::Timestamp,
    wristband::{self, WristbandKey, WristbandStatus},
};
use uuid::Uuid;

pub use self::error::WristbandError;
use super::{App, aside::aside, users::By, vault::Vault};
use crate::{
    domain::wristband::{CodeReader, RollKind, RollRecord},
    store::{self, StoreError, Tx, revision::EventRevision},
};

const KEY_PURPOSE: &str = "wristband key";

/// A roll, and how much of it is withdrawn one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollSummary {
    /// The roll.
    pub roll: RollRecord,
    /// Wristbands of it that are void; all of them where the roll is.
    pub void: u64,
}

/// What is said of an act in the audit trail.
struct Act {
    action: &'static str,
    subject_kind: &'static str,
    subject: Uuid,
    detail: serde_json::Value,
}

/// The key of an event's wristband codes: made from the master key, stored nowhere.
#[must_use]
pub fn key(vault: &Vault, event: EventId) -> WristbandKey {
    WristbandKey(vault.digest(KEY_PURPOSE, event.as_bytes()))
}

/// What gates are told; `None` = the event binds no wristbands.
///
/// # Errors
/// When the database fails.
pub async fn rules(
    tx: &mut Tx,
    vault: &Vault,
    event: EventId,
) -> Result<Option<WristbandRules>, StoreError> {
    let Some(unbound) = store::wristband::unbound(tx, event).await? else {
        return Ok(None);
    };
    Ok(Some(WristbandRules {
        key: key(vault, event),
        rolls: store::wristband::printed(tx, event).await?,
        unbound,
    }))
}

impl App {
    /// All rolls of an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wristband_rolls(&self, event: EventId) -> Result<Vec<RollSummary>, StoreError> {
        let mut tx = self.store.read().await?;
        let mut summaries = Vec::new();
        for roll in store::wristband::rolls(&mut tx, event).await? {
            let void = match roll.status {
                WristbandStatus::Good => {
                    store::wristband::count_void(&mut tx, event, roll.id).await?
                }
                WristbandStatus::Void => u64::from(roll.count()),
            };
            summaries.push(RollSummary { roll, void });
        }
        Ok(summaries)
    }

    /// A roll of central's own by its name, as it is to be printed.
    ///
    /// # Errors
    /// [`WristbandError::UnknownRoll`] or [`WristbandError::NotOurs`].
    pub async fn roll_to_print(
        &self,
        event: EventId,
        name: &str,
    ) -> Result<RollRecord, WristbandError> {
        let mut tx = self.store.read().await?;
        let roll = find_roll(&mut tx, event, name).await?;
        match roll.kind {
            RollKind::Printed => Ok(roll),
            RollKind::Imported => Err(WristbandError::NotOurs),
        }
    }

    /// Serials and codes of a roll of central's own, made from the key again.
    pub fn roll_codes(
        &self,
        event: EventId,
        roll: &RollRecord,
    ) -> impl ExactSizeIterator<Item = (u32, String)> + Clone + use<> {
        let key = key(&self.vault, event);
        let first = roll.first;
        // A range from its length, because only such a one knows how long it is.
        (0..roll.count()).map(move |place| {
            let serial = first + place;
            (serial, wristband::code(event, serial, &key))
        })
    }

    /// How many wristbands of each roll an exchange has given to somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wristbands_in_use(
        &self,
        event: EventId,
    ) -> Result<BTreeMap<Uuid, u64>, StoreError> {
        let mut tx = self.store.read().await?;
        let used = store::wristband::in_use(&mut tx, event).await?;
        let mut rolls = Vec::new();
        for roll in store::wristband::rolls(&mut tx, event).await? {
            let ids = match roll.kind {
                RollKind::Imported if !used.is_empty() => {
                    store::wristband::of_roll(&mut tx, event, roll.id).await?
                }
                _ => Vec::new(),
            };
            rolls.push((roll, ids));
        }
        // Counting needs the processor alone.
        drop(tx);
        Ok(aside(move || count_used(event, rolls, used)).await)
    }

    fn code_reader(&self, event: EventId) -> CodeReader {
        CodeReader {
            event,
            key: key(&self.vault, event),
        }
    }

    /// Nobody signs in to the command line: whoever may start it may do this.
    async fn say(&self, tx: &mut Tx, by: &By, act: Act, now: Timestamp) -> Result<(), StoreError> {
        let subject = (act.subject_kind, act.subject);
        self.note_by(tx, by, act.action, subject, now, act.detail)
            .await
    }
}

/// How many of each roll are in use; imported ones come with their wristbands.
fn count_used(
    event: EventId,
    rolls: Vec<(RollRecord, Vec<WristbandId>)>,
    used: Vec<WristbandId>,
) -> BTreeMap<Uuid, u64> {
    let used: BTreeSet<WristbandId> = used.into_iter().collect();
    let is_used = |id: &WristbandId| used.contains(id);
    let counted = rolls.into_iter().map(|(roll, ids)| {
        let count = match roll.kind {
            _ if used.is_empty() => 0,
            RollKind::Printed => {
                let ids = (roll.first..=roll.last).map(|one| wristband::of_serial(event, one));
                ids.filter(is_used).count()
            }
            RollKind::Imported => ids.into_iter().filter(is_used).count(),
        };
        (roll.id, u64::try_from(count).unwrap_or(u64::MAX))
    });
    counted.collect()
}

/// The event's next revision, where it binds wristbands.
async fn begin(tx: &mut Tx, event: EventId) -> Result<EventRevision, WristbandError> {
    let revision = store::revision::take(tx, event).await?;
    match store::wristband::unbound(tx, event).await? {
        Some(_) => Ok(revision),
        None => Err(WristbandError::NotBound),
    }
}

async fn find_roll(tx: &mut Tx, event: EventId, name: &str) -> Result<RollRecord, WristbandError> {
    let rolls = store::wristband::rolls(tx, event).await?;
    let found = rolls.into_iter().find(|roll| roll.name == name.trim());
    found.ok_or(WristbandError::UnknownRoll)
}

fn of_roll(action: &'static str, roll: &RollRecord) -> Act {
    Act {
        action,
        subject_kind: "wristband_roll",
        subject: roll.id,
        detail: json!({
            "name": roll.name,
            "kind": roll.kind.name(),
            "first": roll.first,
            "last": roll.last,
        }),
    }
}
