//! `import`: central's answer to an export.
//!
//! Invariant: only what the event's key signed for this very node is taken, and it moves nothing back: an answer older
//! than central's last word is refused, the acknowledged place and the lease only grow, the round and the clock sample
//! stay (a stick tells no time). Pages are taken in before the log learns of the acknowledgement, so after a crash the
//! same file goes on where it was cut.

use serde::Serialize;
use sync_protocol::{
    bundle::{AnswerCover, AnswerSheet, BundleError, Kind, Sealed},
    rights::Rights,
    time::Timestamp,
    wire::v1::{Order, SyncAnswer},
};

use ed25519_dalek::VerifyingKey;

use super::{StickError, file::unpack};
use crate::{database::lock, moment_text, node::Node};

/// What an answer changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// When central made it.
    #[serde(serialize_with = "moment_text::serialize")]
    pub made_at: Timestamp,
    /// Central has every record up to this place.
    pub acknowledged: u64,
    /// How many records it has not acknowledged yet.
    pub unsent: u64,
    /// How many ticket rows came.
    pub tickets: usize,
    /// How many records central put aside.
    pub parked: usize,
    /// The replica does not equal central's: `37 missing`. The next answer brings all of it.
    pub gap: Option<String>,
    /// Central revoked this node, and its replica is erased.
    pub erased: bool,
    /// The node may decide until then.
    #[serde(serialize_with = "moment_text::serialize_option")]
    pub lease_until: Option<Timestamp>,
}

/// Takes in the answer that is in a file; `progress` hears the page and how many there are.
///
/// # Errors
/// [`StickError`] says why nothing, or nothing more, was taken in.
pub fn import(
    node: &Node,
    file: &[u8],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Taken, StickError> {
    let sealed = Sealed::read(file, Kind::Answer)?;
    let (cover, key) = check_cover(node, &sealed)?;
    let last_place = sealed.frames.len() - 1;
    let last: AnswerSheet = unpack(&sealed.frames, last_place)?;
    let is_known = check_log(node, &last.answer, &key)?;
    let mut pages = Pages::default();
    if last.answer.order.is_none() {
        for place in 1..=last_place {
            pages.take(node, &unpack(&sealed.frames, place)?)?;
            progress(place, last_place);
        }
        pages.check(node, &last)?;
    }
    let (acknowledged, unsent, lease_until) = note(node, &cover, &last.answer, is_known)?;
    let erased = last.answer.order == Some(Order::Erase);
    if erased {
        node.replica.erase()?;
        tracing::warn!(
            "central revoked this node: its replica is erased, its unsent scans are kept"
        );
    }
    Ok(Taken {
        made_at: cover.made_at,
        acknowledged,
        unsent,
        tickets: pages.tickets,
        parked: last.answer.parked.len(),
        gap: pages.gap,
        erased,
        lease_until,
    })
}

/// Whom it is for, who signed it, and whether it is news.
fn check_cover(
    node: &Node,
    sealed: &Sealed<'_>,
) -> Result<(AnswerCover, VerifyingKey), StickError> {
    let cover: AnswerCover = unpack(&sealed.frames, 0)?;
    if cover.node != node.id() {
        return Err(StickError::OtherNode(cover.node));
    }
    let event = node.identity.answer.event;
    if cover.event != event {
        return Err(StickError::OtherEvent(cover.event));
    }
    let view = node.replica.view()?;
    let config = view.config.as_ref().ok_or(StickError::NoKeys)?;
    let entry = config
        .keys
        .iter()
        .find(|key| key.event == event && key.slot == cover.slot);
    let entry = entry.ok_or(StickError::UnknownKey(cover.slot))?;
    let key = VerifyingKey::from_bytes(&entry.key);
    let key = key.map_err(|_| StickError::UnknownKey(cover.slot))?;
    sealed.verify(&key)?;
    if sealed.frames.len() < 2 {
        return Err(BundleError::Malformed(1).into());
    }
    let made_at = cover.made_at;
    match node.contact()?.central_seen {
        Some(heard_at) if made_at <= heard_at => Err(StickError::Old { made_at, heard_at }),
        _ => Ok((cover, key)),
    }
}

/// Whether central is known to speak of this disk's log, and not of another's that carries the same name.
fn check_log(node: &Node, answer: &SyncAnswer, key: &VerifyingKey) -> Result<bool, StickError> {
    node.check(answer)?;
    let ours = |receipt: &&sync_protocol::receipt::Receipt| {
        receipt.head.node == node.id() && receipt.is_signed_by(key)
    };
    let Some(receipt) = answer.receipt.as_ref().filter(ours) else {
        return Ok(false);
    };
    let seq = receipt.head.seq;
    let own = match seq {
        0 => return Ok(false),
        _ => lock(&node.log).unsent(seq - 1, 1)?.upto,
    };
    if own == Some(receipt.head) {
        return Ok(true);
    }
    node.lock_as_copy()?;
    Err(StickError::OtherLog(seq))
}

/// What came of the pages so far.
#[derive(Default)]
struct Pages {
    fits: bool,
    tickets: usize,
    gap: Option<String>,
}

impl Pages {
    fn take(&mut self, node: &Node, sheet: &AnswerSheet) -> Result<(), StickError> {
        node.check(&sheet.answer)?;
        let from = sheet.from.as_ref().map(|from| from.as_slice());
        let received = node.replica.apply(from, &sheet.answer)?;
        self.fits |= received.fits;
        self.tickets += received.tickets;
        if received.fits {
            self.gap = received.gap.map(|gap| gap.to_string());
        }
        Ok(())
    }

    /// Some page continued the replica, or a crash came just after the last one did.
    fn check(&self, node: &Node, last: &AnswerSheet) -> Result<(), StickError> {
        let stands = node.replica.view()?.state.position.clone();
        let is_there = stands.as_deref() == Some(last.answer.page.position.as_slice());
        match self.fits || is_there {
            true => Ok(()),
            false => Err(StickError::DoesNotFit),
        }
    }
}

/// Writes down what central says of the log and the lease; gives the acknowledged place, what is left, and the lease.
fn note(
    node: &Node,
    cover: &AnswerCover,
    answer: &SyncAnswer,
    is_known: bool,
) -> Result<(u64, u64, Option<Timestamp>), StickError> {
    let view = node.replica.view()?;
    let mut log = lock(&node.log);
    let append = log.begin()?;
    let mut contact = append.contact()?;
    // The running gate may have heard of central while the pages were read.
    let made_at = cover.made_at;
    if let Some(heard_at) = contact.central_seen.filter(|heard_at| made_at <= *heard_at) {
        return Err(StickError::Old { made_at, heard_at });
    }
    contact.acknowledged = contact.acknowledged.max(answer.acknowledged);
    contact.central_seen = contact.central_seen.max(Some(cover.made_at));
    contact.is_over &= contact.lease_until >= Some(answer.lease_until);
    contact.lease_until = contact.lease_until.max(Some(answer.lease_until));
    contact.is_erased = answer.order.is_some();
    // Central took this very log: it was the right one, should it have been stopped with its copy.
    contact.is_copy &= !is_known;
    contact.rights = answer.rights.unwrap_or(Rights::ALL);
    contact.assignment.clone_from(&answer.assignment);
    node.keep_receipt(&append, &mut contact, answer, view.config.as_ref())?;
    append.set_contact(&contact)?;
    append.park(&answer.parked)?;
    let head = append.head()?.seq;
    append.commit()?;
    let unsent = head.saturating_sub(contact.acknowledged);
    Ok((contact.acknowledged, unsent, contact.lease_until))
}
