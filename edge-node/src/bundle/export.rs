//! `export`: the log as a signed file.
//!
//! Invariant: it needs the node's papers, its key and its log, and nothing else: a node that is locked, revoked,
//! erased or a copy gets its scans out all the same, and so does one whose replica is damaged. Records leave as they
//! stand; whether they hold together is for whoever takes them in. It ends where the log stood when it began, so a
//! gate may scan on meanwhile.

use std::path::Path;

use ambient::Clock;
use minicbor::bytes::ByteVec;
use serde::Serialize;
use sync_protocol::{
    bundle::{Kind, LogCover, Writer},
    scan::SignedHead,
    time::Timestamp,
    wire::{MAX_BATCH, v1::SyncRequest},
};

use super::{
    StickError,
    file::{Draft, pack},
};
use crate::{home::Home, identity::Identity, log::Log, moment_text, replica::Replica};

/// Which records, and whether another file may be replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// From the first record, not only what central has not acknowledged.
    pub all: bool,
    /// A file of this name may be replaced.
    pub force: bool,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// How many records.
    pub records: u64,
    /// They follow this place in the log.
    pub after: u64,
    /// And end at this one.
    pub upto: u64,
    /// Length of the file.
    pub bytes: u64,
    /// The node's best estimate of the time.
    #[serde(serialize_with = "moment_text::serialize")]
    pub made_at: Timestamp,
}

/// What all batches repeat.
struct Sheet {
    identity: Identity,
    log: SignedHead,
    boot: sync_protocol::id::BootId,
    position: Option<ByteVec>,
    config_revision: u64,
}

/// Writes the log of the node that lives in `home`; `progress` hears the place it has reached and where it ends.
///
/// # Errors
/// [`StickError`]; then there is no new file.
pub fn export(
    home: &Path,
    clock: &dyn Clock,
    target: &Path,
    options: Options,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Exported, StickError> {
    let home = Home::new(home);
    let identity = Identity::load(&home)?;
    let log = Log::open(&home.log(), identity.answer.node)?;
    let (contact, head) = (log.contact()?, log.head()?);
    let after = match options.all {
        true => 0,
        false => contact.acknowledged.min(head.seq),
    };
    let reading = clock.reading();
    let cover = LogCover {
        node: identity.answer.node,
        event: identity.answer.event,
        made_at: contact.estimate(&reading),
        program: program(),
        after,
        upto: head.seq,
    };
    let (position, config_revision) = replica_stands(&home);
    let sheet = Sheet {
        log: head.sign(&identity.key),
        identity,
        boot: reading.boot,
        position,
        config_revision,
    };
    let bytes = write(
        &log,
        &cover,
        &sheet,
        Draft::begin(target, options.force)?,
        progress,
    )?;
    Ok(Exported {
        records: cover.upto - after,
        after,
        upto: cover.upto,
        bytes,
        made_at: cover.made_at,
    })
}

fn write(
    log: &Log,
    cover: &LogCover,
    sheet: &Sheet,
    mut draft: Draft,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, StickError> {
    let (mut writer, begin) = Writer::begin(Kind::Log);
    draft.write(&begin)?;
    draft.write(&writer.frame(&pack(cover)))?;
    let mut at = cover.after;
    loop {
        let left = usize::try_from(cover.upto - at).unwrap_or(usize::MAX);
        let batch = log.unsent(at, left.min(MAX_BATCH))?;
        let upto = batch.upto.filter(|upto| upto.seq <= cover.upto);
        // A log that lost rows ends early; central names the row.
        at = upto.map_or(cover.upto, |upto| upto.seq);
        let request = sheet.request(batch.records, upto);
        draft.write(&writer.frame(&pack(&request)))?;
        progress(at, cover.upto);
        if at >= cover.upto {
            break;
        }
    }
    draft.write(&writer.seal(&sheet.identity.key))?;
    draft.finish()
}

impl Sheet {
    /// What the node would send with these records, but for the clock sample: a stick has no round trip.
    fn request(
        &self,
        records: Vec<ByteVec>,
        upto: Option<sync_protocol::scan::Head>,
    ) -> SyncRequest {
        SyncRequest {
            event: self.identity.answer.event,
            boot: self.boot,
            previous: None,
            log: self.log,
            upto: upto.map_or(self.log, |upto| upto.sign(&self.identity.key)),
            records,
            position: self.position.clone(),
            page_rows: u32::MAX,
            program: program(),
            config_revision: self.config_revision,
            report: None,
        }
    }
}

/// Where the replica stands; one that cannot be read is fetched from the start.
fn replica_stands(home: &Home) -> (Option<ByteVec>, u64) {
    let view = Replica::open(&home.replica()).and_then(|replica| replica.view());
    match view {
        Ok(view) => (
            view.state.position.clone().map(ByteVec::from),
            view.config.as_ref().map_or(0, |config| config.revision),
        ),
        Err(error) => {
            tracing::warn!(%error, "the replica cannot be read: only the log is exported");
            (None, 0)
        }
    }
}

fn program() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
