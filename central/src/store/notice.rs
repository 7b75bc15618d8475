//! Notices of payment providers, raw, before anything else is done with them.
//!
//! Invariant: the same body twice is one row that counts. Its first outcome stays, unless that was a refusal for what
//! we did not know then: a key that was being changed, an order or payment that was not there yet.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::time::Timestamp;

use super::{
    StoreError, Tx,
    many::{ask, change, write_many},
    tx::{execute, fetch_all, fetch_one, fetch_optional},
};
use crate::domain::id::{NoticeId, OrderId};

/// One notice as it came in.
#[derive(Clone, Copy, Debug)]
pub struct RawNotice<'a> {
    /// Its id if it is new.
    pub id: NoticeId,
    /// Stable name of the provider.
    pub provider: &'a str,
    /// SHA-256 of the body.
    pub digest: &'a [u8; 32],
    /// Our reference, if it is authentic.
    pub reference: Option<&'a str>,
    /// Whether its proof held.
    pub authentic: bool,
    /// The bytes.
    pub body: &'a [u8],
    /// When.
    pub now: Timestamp,
}

/// Stores a notice or counts it again; gives the id of its row.
///
/// # Errors
/// When the database fails.
pub async fn record(tx: &mut Tx, notice: RawNotice<'_>) -> Result<NoticeId, StoreError> {
    if !count(tx, notice).await? {
        match insert(tx, &[notice]).await {
            Ok(()) => return Ok(notice.id),
            // Another delivery of it was quicker.
            Err(StoreError::Duplicate) => count(tx, notice).await?,
            Err(error) => return Err(error),
        };
    }
    let sql = "SELECT id FROM payment_notices WHERE provider = ? AND digest = ?";
    let (id,) = fetch_one!(
        tx,
        (uuid::Uuid,),
        sql,
        notice.provider,
        notice.digest.as_slice()
    )?;
    Ok(NoticeId(id))
}

/// The authentic notice about a payment that came last.
///
/// # Errors
/// When the database fails.
pub async fn latest(
    tx: &mut Tx,
    (provider, reference): (&str, &str),
) -> Result<Option<NoticeId>, StoreError> {
    let sql = "SELECT id FROM payment_notices WHERE reference = ? AND provider = ? AND authentic = ? \
               ORDER BY received_at DESC, id DESC LIMIT 1";
    let row = fetch_optional!(tx, (uuid::Uuid,), sql, reference, provider, true)?;
    Ok(row.map(|(id,)| NoticeId(id)))
}

/// When a notice came first.
///
/// # Errors
/// When the database fails.
pub async fn received_at(tx: &mut Tx, notice: NoticeId) -> Result<Timestamp, StoreError> {
    let sql = "SELECT received_at FROM payment_notices WHERE id = ?";
    let (at,) = fetch_one!(tx, (i64,), sql, notice.0)?;
    Ok(Timestamp(at))
}

async fn count(tx: &mut Tx, notice: RawNotice<'_>) -> Result<bool, StoreError> {
    let counted = execute!(
        tx,
        "UPDATE payment_notices SET times_received = times_received + 1, authentic = (authentic OR ?), \
         reference = COALESCE(reference, ?) WHERE provider = ? AND digest = ?",
        notice.authentic,
        notice.reference,
        notice.provider,
        notice.digest.as_slice()
    )?;
    Ok(counted == 1)
}

async fn insert(tx: &mut Tx, notices: &[RawNotice<'_>]) -> Result<(), StoreError> {
    write_many!(
        tx,
        "INSERT INTO payment_notices (id, provider, digest, reference, authentic, body, times_received, \
         received_at) VALUES ",
        "",
        notices,
        |row| row.id.0,
        row.provider,
        row.digest.as_slice(),
        row.reference,
        row.authentic,
        row.body,
        1_i64,
        row.now.0,
    )
}

/// The same for authentic notices of one provider together; gives the ids of their rows, in their order.
///
/// # Errors
/// [`StoreError::Duplicate`] when one of them was stored elsewhere at the same moment.
pub async fn record_all(
    tx: &mut Tx,
    notices: &[RawNotice<'_>],
) -> Result<Vec<NoticeId>, StoreError> {
    let mut known = known(tx, notices).await?;
    let (mut ids, mut fresh, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for notice in notices {
        let id = match known.get(notice.digest.as_slice()) {
            Some((id, true)) => {
                again.push(*id);
                *id
            }
            // It could not prove itself when it came first.
            Some((_, false)) => record(tx, *notice).await?,
            None => {
                fresh.push(*notice);
                known.insert(notice.digest.to_vec(), (notice.id, true));
                notice.id
            }
        };
        ids.push(id);
    }
    insert(tx, &fresh).await?;
    count_again(tx, again).await?;
    Ok(ids)
}

/// Which of these are stored, and whether with all that an authentic one has.
async fn known(
    tx: &mut Tx,
    notices: &[RawNotice<'_>],
) -> Result<BTreeMap<Vec<u8>, (NoticeId, bool)>, StoreError> {
    let Some(first) = notices.first() else {
        return Ok(BTreeMap::new());
    };
    let rows = ask!(
        tx,
        (Vec<u8>, uuid::Uuid, bool, Option<String>),
        "SELECT digest, id, authentic, reference FROM payment_notices WHERE provider = ? AND digest IN ",
        "",
        [first.provider],
        notices,
        |notice| notice.digest.as_slice()
    )?;
    let known = |(digest, id, authentic, reference): (_, _, _, Option<String>)| {
        (digest, (NoticeId(id), authentic && reference.is_some()))
    };
    Ok(rows.into_iter().map(known).collect())
}

/// Counts rows as often as they stand here.
async fn count_again(tx: &mut Tx, mut again: Vec<NoticeId>) -> Result<(), StoreError> {
    while !again.is_empty() {
        let mut once = BTreeSet::new();
        again.retain(|id| !once.insert(id.0));
        let once: Vec<_> = once.into_iter().collect();
        change!(
            tx,
            "UPDATE payment_notices SET times_received = times_received + 1 WHERE id IN ",
            [],
            &once,
            |id| *id
        )?;
    }
    Ok(())
}

/// Whether `most` notices without a proof are kept already and this is not one of them.
///
/// # Errors
/// When the database fails.
pub async fn has_enough(tx: &mut Tx, notice: RawNotice<'_>, most: i64) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM payment_notices WHERE authentic = ?";
    let (kept,) = fetch_one!(tx, (i64,), sql, false)?;
    if kept < most {
        return Ok(false);
    }
    let sql = "SELECT times_received FROM payment_notices WHERE provider = ? AND digest = ?";
    let known = fetch_optional!(tx, (i64,), sql, notice.provider, notice.digest.as_slice())?;
    Ok(known.is_none())
}

/// Authentic notices of a provider that came between two moments and of which nothing came yet, the oldest first:
/// their bodies, and which they are.
///
/// # Errors
/// When the database fails.
pub async fn open(
    tx: &mut Tx,
    provider: &str,
    between: (Timestamp, Timestamp),
    most: i64,
) -> Result<Vec<(NoticeId, Vec<u8>)>, StoreError> {
    let rows = fetch_all!(
        tx,
        (uuid::Uuid, Vec<u8>),
        "SELECT id, body FROM payment_notices WHERE provider = ? AND outcome IS NULL AND authentic = ? \
         AND received_at > ? AND received_at < ? ORDER BY received_at LIMIT ?",
        provider,
        true,
        between.0.0,
        between.1.0,
        most
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, body)| (NoticeId(id), body))
        .collect())
}

/// Stores what came of notices, unless something that counts had come of one before.
///
/// # Errors
/// When the database fails.
pub async fn put_outcome(
    tx: &mut Tx,
    notices: &[NoticeId],
    outcome: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    change!(
        tx,
        "UPDATE payment_notices SET outcome = ?, handled_at = ? WHERE (outcome IS NULL \
         OR outcome IN ('bad_signature', 'malformed', 'unknown_order', 'unknown_payment')) AND id IN ",
        [outcome, now.0],
        notices,
        |notice| notice.0
    )?;
    Ok(())
}

/// A notice as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptNotice {
    /// When it came first.
    pub at: Timestamp,
    /// It proved itself.
    pub is_authentic: bool,
    /// How often it came.
    pub times: i64,
    /// Stable name of what came of it.
    pub outcome: Option<String>,
    /// As it came.
    pub body: Vec<u8>,
}

/// Most notices of an order that are read at once.
const OF_ORDER: i64 = 50;

/// The notices about an order's payments, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<KeptNotice>, StoreError> {
    let rows = fetch_all!(
        tx,
        (i64, bool, i64, Option<String>, Vec<u8>),
        "SELECT n.received_at, n.authentic, n.times_received, n.outcome, n.body FROM payments p \
         JOIN payment_notices n ON n.reference = p.reference AND n.provider = p.provider \
         WHERE p.order_id = ? ORDER BY n.received_at DESC, n.id DESC LIMIT ?",
        order.0,
        OF_ORDER
    )?;
    let notice = |(at, is_authentic, times, outcome, body)| KeptNotice {
        at: Timestamp(at),
        is_authentic,
        times,
        outcome,
        body,
    };
    Ok(rows.into_iter().map(notice).collect())
}
