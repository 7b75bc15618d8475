//! The log of a gate without a network, brought as a file, and the answer that goes back as one.
//!
//! A file is believed as far as it is signed: the cover names a node, and that node's key sealed the whole. What is in
//! it then takes the way of every upload (`app::sync`), so a file that comes twice, late or beside a network changes
//! nothing twice. The answer is signed with the event's key and holds what a round would have answered; it is no clock
//! sample, and it is for one node. Called by the panel and by `central import`.

use ed25519_dalek::VerifyingKey;
use minicbor::Decode;
use serde_json::json;
use sync_protocol::{
    bundle::{AnswerCover, AnswerSheet, BundleError, Kind, LogCover, MAX_FILE, Sealed, Writer},
    id::{EventId, NodeId},
    receipt::Receipt,
    time::Timestamp,
    wire::{
        self, MAX_BODY,
        v1::{Parked, SyncAnswer, SyncRequest},
    },
};
use uuid::Uuid;

use super::{
    App,
    bundle_refusals::Whose,
    events::EventError,
    sync::{CarriedIn, SyncError},
    users::By,
};
use crate::{
    domain::node::Node,
    packed::{pack, unpack},
    store::{self, StoreError, bundle_import::BundleImport, tx::transact},
};

/// Names and ids hardly shrink.
const LEVEL: i32 = 3;

/// Why a file is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Central knows no such node.
    #[error("central does not know the node {0}: was it enrolled here?")]
    UnknownNode(NodeId),
    /// The node works for another event.
    #[error("the node was not enrolled for the event {0} that its file names")]
    OtherEvent(EventId),
    /// Records contradict what is stored, or each other.
    #[error("{source}; {taken} records of the file were taken in before that")]
    Sync {
        /// Why not.
        source: SyncError,
        /// How many were new and are kept.
        taken: usize,
    },
    /// The event's key does not open.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bundle(error) => error.code(),
            Self::UnknownNode(_) => "unknown_node",
            Self::OtherEvent(_) => "other_event",
            Self::Sync { source, .. } => source.code(),
            Self::Event(error) => error.code(),
            Self::Store(_) => "internal",
        }
    }
}

/// What became of a log.
#[derive(Clone, Debug)]
pub struct Imported {
    /// By which its answer can be asked for later.
    pub id: Uuid,
    /// The node after it.
    pub node: Node,
    /// When it was written, as well as the node could tell.
    pub made_at: Timestamp,
    /// How many records the file holds.
    pub records: usize,
    /// How many of them central had not.
    pub fresh: usize,
    /// Those that were set aside.
    pub parked: Vec<Parked>,
    /// Where the replica stands: an answer continues there.
    stands: SyncRequest,
}

impl App {
    /// Takes in a node's log; `progress` hears the place it has reached and where it ends. Of another event than the
    /// one that is named, a node is not known.
    ///
    /// # Errors
    /// [`ImportError`]; what was taken in before it is kept, what was refused is set aside, and a row says so.
    pub async fn import_log_by(
        &self,
        by: &By,
        event: Option<EventId>,
        file: &[u8],
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Imported, ImportError> {
        let mut whose = Whose { event, node: None };
        let taken = self.take_log_in(by, &mut whose, file, progress).await;
        if let Err(error) = &taken {
            self.keep_refusal(by, whose, error).await;
        }
        taken
    }

    async fn take_log_in(
        &self,
        by: &By,
        whose: &mut Whose,
        file: &[u8],
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Imported, ImportError> {
        let now = self.clock.now();
        let sealed = Sealed::read(file, Kind::Log)?;
        let cover: LogCover = message(&sealed, 0)?;
        let node = self.check_cover(&sealed, &cover, whose.event).await?;
        *whose = Whose {
            event: Some(node.event),
            node: Some(node.id),
        };
        let (id, mut imported) = (self.new_id(now), None::<Imported>);
        for place in 1..sealed.frames.len() {
            let mut request: SyncRequest = message(&sealed, place)?;
            // Where the replica stands bears on the answer alone: scans get in whatever it says.
            let position = request.position.take();
            let taken = self.carry_in(node.id, &request, now).await;
            let before = imported.as_ref().map_or(0, |so_far| so_far.fresh);
            let taken = taken.map_err(|source| ImportError::Sync {
                source,
                taken: before,
            })?;
            progress(request.upto.head.seq, cover.upto);
            request.position = position;
            imported = Some(Imported::add(imported, (id, &cover), request, taken));
        }
        let imported = imported.ok_or(BundleError::Malformed(1))?;
        self.note_import(by, &imported, now).await?;
        Ok(imported)
    }

    /// Whose it is, and whether that node sealed it.
    async fn check_cover(
        &self,
        sealed: &Sealed<'_>,
        cover: &LogCover,
        event: Option<EventId>,
    ) -> Result<Node, ImportError> {
        let mut tx = self.store.read().await?;
        let node = store::node::by_id(&mut tx, cover.node).await?;
        let node = node.filter(|node| event.is_none_or(|event| event == node.event));
        let node = node.ok_or(ImportError::UnknownNode(cover.node))?;
        let key = VerifyingKey::from_bytes(&node.public_key);
        sealed.verify(&key.map_err(|_| BundleError::Forged)?)?;
        if node.event != cover.event {
            return Err(ImportError::OtherEvent(cover.event));
        }
        Ok(node)
    }

    async fn note_import(
        &self,
        by: &By,
        imported: &Imported,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let detail = json!({
            "made_at": imported.made_at.0, "records": imported.records, "new": imported.fresh,
            "parked": imported.parked.len(), "acknowledged": imported.node.log_seq,
        });
        let subject = ("node", imported.node.id.0);
        let row = BundleImport {
            id: imported.id,
            event: imported.node.event,
            node: imported.node.id,
            author: by.name().to_owned(),
            imported_at: now,
            made_at: imported.made_at,
            records: imported.records as u64,
            fresh: imported.fresh as u64,
            parked: wire::encode(&imported.parked),
            stands: wire::encode(&imported.stands),
        };
        transact!(self.store, |tx| {
            store::bundle_import::insert(tx, &row).await?;
            self.note_by(tx, by, "node.import", subject, now, detail.clone())
                .await
        })
    }

    /// The answer to a log that was taken in earlier, as of now; `None` = the event has no such import.
    ///
    /// # Errors
    /// As [`App::answer_log`].
    pub async fn answer_import(
        &self,
        event: EventId,
        id: Uuid,
    ) -> Result<Option<Vec<u8>>, ImportError> {
        let (row, node) = {
            let mut tx = self.store.read().await?;
            let row = store::bundle_import::by_id(&mut tx, id).await?;
            let Some(row) = row.filter(|row| row.event == event) else {
                return Ok(None);
            };
            let node = store::node::by_id(&mut tx, row.node).await?;
            (row, node)
        };
        let node = node.ok_or(ImportError::UnknownNode(row.node))?;
        let corrupt = |_| StoreError::Corrupt("an import");
        let imported = Imported {
            id,
            node,
            made_at: row.made_at,
            records: usize::try_from(row.records).unwrap_or(usize::MAX),
            fresh: usize::try_from(row.fresh).unwrap_or(usize::MAX),
            parked: wire::decode(&row.parked).map_err(corrupt)?,
            stands: wire::decode(&row.stands).map_err(corrupt)?,
        };
        self.answer_log(&imported).await.map(Some)
    }

    /// The answer to a log that was just taken in: acknowledgement and receipt, what changed since the replica's
    /// place, rights and lease.
    ///
    /// # Errors
    /// [`ImportError`], among them a place that central never gave.
    pub async fn answer_log(&self, imported: &Imported) -> Result<Vec<u8>, ImportError> {
        let (now, node) = (self.clock.now(), &imported.node);
        let failed = |source| ImportError::Sync {
            source,
            taken: imported.fresh,
        };
        let mut tx = self.store.read().await?;
        let (slot, key) = self.signing_key(&mut tx, node.event).await?;
        drop(tx);
        let lease_until = self.carried_lease(node, now).await.map_err(failed)?;
        let (mut writer, mut file) = Writer::begin(Kind::Answer);
        let cover = AnswerCover {
            node: node.id,
            event: node.event,
            made_at: now,
            slot,
        };
        file.extend(writer.frame(&pack(&wire::encode(&cover), LEVEL)));
        let mut request = imported.stands.clone();
        loop {
            let (page, order) = self.carried_page(node, &request).await.map_err(failed)?;
            let is_last = order.is_some() || page.manifest.is_some();
            let from = request.position.replace(page.position.clone());
            if let Some(config) = &page.config {
                request.config_revision = config.revision;
            }
            let answer = SyncAnswer {
                round: node.round,
                received_at: now,
                answered_at: now,
                acknowledged: node.log_seq,
                parked: imported.parked.clone(),
                page,
                lease_until,
                order,
                receipt: Some(Receipt::sign(node.head(), now, slot, &key)),
                rights: Some(node.rights),
                assignment: node.assignment(),
            };
            let sheet = wire::encode(&AnswerSheet { from, answer });
            file.extend(writer.frame(&pack(&sheet, LEVEL)));
            if is_last {
                break;
            }
        }
        file.extend(writer.seal(&key));
        match file.len() > MAX_FILE {
            true => Err(BundleError::TooLong.into()),
            false => Ok(file),
        }
    }
}

impl Imported {
    fn add(
        so_far: Option<Self>,
        (id, cover): (Uuid, &LogCover),
        mut request: SyncRequest,
        taken: CarriedIn,
    ) -> Self {
        let records = std::mem::take(&mut request.records).len();
        let before = so_far.map(|one| (one.records, one.fresh, one.parked));
        let (all, fresh, mut parked) = before.unwrap_or_default();
        parked.extend(taken.parked);
        Self {
            id,
            node: taken.node,
            made_at: cover.made_at,
            records: all + records,
            fresh: fresh + taken.fresh,
            parked,
            stands: request,
        }
    }
}

/// The message in the frame at `place`.
fn message<T>(sealed: &Sealed<'_>, place: usize) -> Result<T, BundleError>
where
    T: for<'b> Decode<'b, ()>,
{
    let packed = sealed.frames.get(place);
    let packed = packed.ok_or(BundleError::Malformed(place))?;
    let body = unpack(packed, MAX_BODY).map_err(|_| BundleError::Packed(place))?;
    wire::decode(&body).map_err(|_| BundleError::Malformed(place))
}
