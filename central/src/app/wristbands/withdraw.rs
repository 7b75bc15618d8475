//! Wristbands that must not be used any more: a lost roll, or a single one.

use serde_json::json;
use sync_protocol::{
    id::{EventId, WristbandId},
    wristband::{self, Wristband, WristbandStatus},
};
use uuid::Uuid;

use super::{Act, App, WristbandError, begin, find_roll, of_roll};
use crate::{
    app::users::By,
    domain::wristband::{CodeReader, RollKind, RollRecord},
    store::{self, StoreError, Tx, revision::EventRevision, tx::transact},
};

impl App {
    /// Withdraws a whole roll: its wristbands let nobody in any more, not even those that were handed out.
    ///
    /// # Errors
    /// [`WristbandError::UnknownRoll`] or [`WristbandError::AlreadyVoid`].
    pub async fn void_roll(
        &self,
        event: EventId,
        name: &str,
    ) -> Result<RollRecord, WristbandError> {
        let by = By::CommandLine;
        self.void_roll_by(&by, event, name).await
    }

    /// The same by somebody who is named.
    ///
    /// # Errors
    /// As [`App::void_roll`].
    pub async fn void_roll_by(
        &self,
        by: &By,
        event: EventId,
        name: &str,
    ) -> Result<RollRecord, WristbandError> {
        let now = self.clock.now();
        transact!(self.store, |tx| {
            let mut revision = begin(tx, event).await?;
            let mut roll = find_roll(tx, event, name).await?;
            if roll.status == WristbandStatus::Void {
                return Err(WristbandError::AlreadyVoid);
            }
            roll.status = WristbandStatus::Void;
            store::wristband::void_roll(tx, roll.id).await?;
            match roll.kind {
                RollKind::Printed => revision.config_revision = revision.manifest.revision,
                RollKind::Imported => void_rows(tx, event, roll.id, &mut revision).await?,
            }
            store::revision::put(tx, event, &revision).await?;
            self.say(tx, by, of_roll("wristband.void_roll", &roll), now)
                .await?;
            Ok(roll)
        })
    }

    /// Withdraws one wristband by its code.
    ///
    /// # Errors
    /// [`WristbandError::UnknownWristband`] or [`WristbandError::AlreadyVoid`].
    pub async fn void_wristband(
        &self,
        event: EventId,
        text: &str,
    ) -> Result<WristbandId, WristbandError> {
        let by = By::CommandLine;
        self.void_wristband_by(&by, event, text).await
    }

    /// The same by somebody who is named.
    ///
    /// # Errors
    /// As [`App::void_wristband`].
    pub async fn void_wristband_by(
        &self,
        by: &By,
        event: EventId,
        text: &str,
    ) -> Result<WristbandId, WristbandError> {
        let now = self.clock.now();
        let reader = self.code_reader(event);
        transact!(self.store, |tx| {
            let mut revision = begin(tx, event).await?;
            let at = revision.manifest.revision;
            let status = WristbandStatus::Void;
            let tally = &mut revision.manifest.wristbands;
            let id = match printed(tx, event, &reader, text).await? {
                Some((id, roll)) => {
                    let row = Wristband {
                        id,
                        status,
                        revision: at,
                    };
                    store::wristband::insert(tx, event, roll, &[row]).await?;
                    tally.add(&row.digest());
                    id
                }
                None => {
                    let old = imported(tx, event, &reader, text).await?;
                    store::wristband::void_one(tx, event, old.id, at).await?;
                    tally.remove(&old.digest());
                    tally.add(
                        &Wristband {
                            status,
                            revision: at,
                            ..old
                        }
                        .digest(),
                    );
                    old.id
                }
            };
            store::revision::put(tx, event, &revision).await?;
            let act = Act {
                action: "wristband.void",
                subject_kind: "wristband",
                subject: id.0,
                detail: json!({ "event": event.to_string() }),
            };
            self.say(tx, by, act, now).await?;
            Ok(id)
        })
    }
}

/// Withdraws the rows of an imported roll, and keeps the tally.
async fn void_rows(
    tx: &mut Tx,
    event: EventId,
    roll: Uuid,
    now: &mut EventRevision,
) -> Result<(), StoreError> {
    let (status, revision) = (WristbandStatus::Void, now.manifest.revision);
    let tally = &mut now.manifest.wristbands;
    for old in store::wristband::good_of_roll(tx, event, roll).await? {
        tally.remove(&old.digest());
        tally.add(
            &Wristband {
                status,
                revision,
                ..old
            }
            .digest(),
        );
    }
    store::wristband::void_of_roll(tx, event, roll, revision).await
}

/// A good wristband of a roll that central printed, with its roll.
async fn printed(
    tx: &mut Tx,
    event: EventId,
    reader: &CodeReader,
    text: &str,
) -> Result<Option<(WristbandId, Uuid)>, WristbandError> {
    let Some(serial) = reader.serial(text) else {
        return Ok(None);
    };
    let rolls = store::wristband::rolls(tx, event).await?;
    let is_its =
        |roll: &&RollRecord| roll.kind == RollKind::Printed && roll.serials().contains(serial);
    let roll = rolls.iter().find(is_its);
    let roll = roll.ok_or(WristbandError::UnknownWristband)?;
    let id = wristband::of_serial(event, serial);
    let row = store::wristband::by_id(tx, event, id).await?;
    if roll.status == WristbandStatus::Void || row.is_some() {
        return Err(WristbandError::AlreadyVoid);
    }
    Ok(Some((id, roll.id)))
}

/// A good wristband that was imported.
async fn imported(
    tx: &mut Tx,
    event: EventId,
    reader: &CodeReader,
    text: &str,
) -> Result<Wristband, WristbandError> {
    let row = store::wristband::by_id(tx, event, reader.imported(text)).await?;
    let row = row.ok_or(WristbandError::UnknownWristband)?;
    match row.status {
        WristbandStatus::Good => Ok(row),
        WristbandStatus::Void => Err(WristbandError::AlreadyVoid),
    }
}
