//! New rolls: printed by central, or taken in from a list.

use std::collections::BTreeSet;

use sync_protocol::{
    id::{EventId, WristbandId},
    time::Timestamp,
    wristband::{Wristband, WristbandStatus},
};

use super::{App, WristbandError, begin, of_roll};
use crate::{
    app::{aside::aside, users::By},
    domain::wristband::{RollError, RollKind, RollRecord, next_serials, roll_name},
    store::{self, StoreError, Tx, tx::transact},
};

impl App {
    /// Gives out the next serials of an event; gates take their codes from then on.
    ///
    /// # Errors
    /// [`WristbandError`].
    pub async fn print_roll(
        &self,
        event: EventId,
        name: &str,
        count: u32,
    ) -> Result<RollRecord, WristbandError> {
        let by = By::CommandLine;
        self.print_roll_by(&by, event, name, count).await
    }

    /// The same by somebody who is named.
    ///
    /// # Errors
    /// As [`App::print_roll`].
    pub async fn print_roll_by(
        &self,
        by: &By,
        event: EventId,
        name: &str,
        count: u32,
    ) -> Result<RollRecord, WristbandError> {
        let name = roll_name(name)?;
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let mut revision = begin(tx, event).await?;
            let rolls = store::wristband::rolls(tx, event).await?;
            let (first, last) = next_serials(&rolls, count)?;
            let roll = self.new_roll(&name, RollKind::Printed, (first, last), now);
            insert_roll(tx, event, &roll).await?;
            revision.config_revision = revision.manifest.revision;
            store::revision::put(tx, event, &revision).await?;
            self.say(tx, by, of_roll("wristband.roll", &roll), now)
                .await?;
            Ok(roll)
        })
    }

    /// Takes in codes that were printed elsewhere, one per line.
    ///
    /// # Errors
    /// [`WristbandError::Roll`] names every wrong line, and nothing was taken in.
    pub async fn import_roll(
        &self,
        event: EventId,
        name: &str,
        list: &[u8],
    ) -> Result<RollRecord, WristbandError> {
        let by = By::CommandLine;
        self.import_roll_by(&by, event, name, list).await
    }

    /// The same by somebody who is named.
    ///
    /// # Errors
    /// As [`App::import_roll`].
    pub async fn import_roll_by(
        &self,
        by: &By,
        event: EventId,
        name: &str,
        list: &[u8],
    ) -> Result<RollRecord, WristbandError> {
        let name = roll_name(name)?;
        let ids = self.read_list(event, list).await?;
        let stored = self.store_list(by, event, &name, &ids).await;
        if let Err(WristbandError::Store(StoreError::Duplicate)) = &stored {
            // Another list with some of these codes was quicker: reading this one again names their lines.
            self.read_list(event, list).await?;
        }
        stored
    }

    /// All of a list in one transaction. Which codes are new was found out before; that they still are, the rows' key
    /// decides, so that nobody waits while the event's codes are read.
    async fn store_list(
        &self,
        by: &By,
        event: EventId,
        name: &str,
        ids: &[WristbandId],
    ) -> Result<RollRecord, WristbandError> {
        let now = self.clock.now();
        let count = u32::try_from(ids.len()).map_err(|_| RollError::TooMany)?;
        let roll = self.new_roll(name, RollKind::Imported, (1, count), now);
        transact!(self.store, |tx| {
            let mut revision = begin(tx, event).await?;
            insert_roll(tx, event, &roll).await?;
            let good = |id: &WristbandId| Wristband {
                id: *id,
                status: WristbandStatus::Good,
                revision: revision.manifest.revision,
            };
            let rows: Vec<Wristband> = ids.iter().map(good).collect();
            store::wristband::insert(tx, event, roll.id, &rows).await?;
            for row in &rows {
                revision.manifest.wristbands.add(&row.digest());
            }
            store::revision::put(tx, event, &revision).await?;
            self.say(tx, by, of_roll("wristband.import", &roll), now)
                .await?;
            Ok(roll.clone())
        })
    }

    /// The wristbands of a list: read beside the runtime, and before anybody else has to wait for its event.
    async fn read_list(
        &self,
        event: EventId,
        list: &[u8],
    ) -> Result<Vec<WristbandId>, WristbandError> {
        let known = {
            let mut tx = self.store.read().await?;
            known(&mut tx, event).await?
        };
        let (reader, list) = (self.code_reader(event), list.to_vec());
        let read = aside(move || reader.list(&list, |id| known.contains(&id)));
        Ok(read.await?)
    }

    fn new_roll(
        &self,
        name: &str,
        kind: RollKind,
        (first, last): (u32, u32),
        now: Timestamp,
    ) -> RollRecord {
        RollRecord {
            id: self.new_id(now),
            name: name.to_owned(),
            kind,
            first,
            last,
            status: WristbandStatus::Good,
            created_at: now,
        }
    }
}

/// Wristbands that the event has rows of.
async fn known(tx: &mut Tx, event: EventId) -> Result<BTreeSet<WristbandId>, StoreError> {
    let ids = store::wristband::ids(tx, event).await?;
    Ok(ids.into_iter().collect())
}

async fn insert_roll(tx: &mut Tx, event: EventId, roll: &RollRecord) -> Result<(), WristbandError> {
    match store::wristband::insert_roll(tx, event, roll).await {
        Err(StoreError::Duplicate) => Err(WristbandError::NameTaken),
        inserted => Ok(inserted?),
    }
}
