//! Central's word for what it has of this log, and what follows when it no longer has it.
//!
//! Central signs what it acknowledges, and the node keeps the latest receipt that holds. When central turns out to
//! have less than it acknowledged (its database was replaced by an older copy), the node believes that, because it
//! comes over the channel that proves central, says so with both numbers, and sends again from there; the receipt
//! still shows what had been promised. A receipt that does not hold is told and ignored: scans matter more.
//!
//! Called by `round` and `sync`.

use ed25519_dalek::VerifyingKey;
use sync_protocol::{
    config::{EventConfig, KeyEntry},
    digest::Digest,
    receipt::Receipt,
    scan::genesis,
    wire::v1::SyncAnswer,
};

use crate::{
    database::lock,
    error::NodeError,
    log::{Append, contact::Contact},
    node::Node,
};

/// Why a receipt does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("it is for another place than the answer acknowledges")]
    OtherPlace,
    #[error("it is for another log")]
    OtherLog,
    #[error("its key is not known here")]
    UnknownKey,
    #[error("its signature does not hold")]
    BadSignature,
}

impl Node {
    /// Central says that it has this log up to `has` only. Whether that is less than it acknowledged: then records
    /// are sent again from there.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn send_again_from(&self, has: u64) -> Result<bool, NodeError> {
        let mut log = lock(&self.log);
        let append = log.begin()?;
        let mut contact = append.contact()?;
        if has >= contact.acknowledged {
            return Ok(false);
        }
        tell(&contact, has);
        contact.acknowledged = has;
        append.set_contact(&contact)?;
        append.commit()?;
        Ok(true)
    }

    /// Keeps the receipt that came with an answer.
    pub(crate) fn keep_receipt(
        &self,
        append: &Append<'_>,
        contact: &mut Contact,
        answer: &SyncAnswer,
        config: Option<&EventConfig>,
    ) -> Result<(), NodeError> {
        let Some(receipt) = &answer.receipt else {
            return Ok(());
        };
        let own = match receipt.head.seq {
            0 => Some(genesis(self.id())),
            seq => append.hash(seq)?,
        };
        if let Err(fault) = self.check_receipt(receipt, answer.acknowledged, own, config) {
            tracing::warn!(seq = receipt.head.seq, %fault, "central's receipt is ignored");
            return Ok(());
        }
        let newest = contact.receipt.map_or(0, |kept| kept.head.seq);
        if receipt.head.seq >= newest {
            contact.receipt = Some(*receipt);
        }
        Ok(())
    }

    fn check_receipt(
        &self,
        receipt: &Receipt,
        acknowledged: u64,
        own: Option<Digest>,
        config: Option<&EventConfig>,
    ) -> Result<(), Fault> {
        if receipt.head.seq != acknowledged {
            return Err(Fault::OtherPlace);
        }
        if receipt.head.node != self.id() || Some(receipt.head.hash) != own {
            return Err(Fault::OtherLog);
        }
        let key = config.and_then(|config| key_in_slot(config, receipt.slot));
        let key = key.ok_or(Fault::UnknownKey)?;
        match receipt.is_signed_by(&key) {
            true => Ok(()),
            false => Err(Fault::BadSignature),
        }
    }
}

/// Says that central has only `has` records of those it acknowledged.
pub(crate) fn tell(before: &Contact, has: u64) {
    let signed = before.receipt.map(|receipt| receipt.head.seq);
    tracing::warn!(
        acknowledged = before.acknowledged,
        has,
        receipt = signed,
        "central has less of this log than it acknowledged, as after a restore from an older copy: sending it again"
    );
}

fn key_in_slot(config: &EventConfig, slot: u8) -> Option<VerifyingKey> {
    let is_own = |key: &&KeyEntry| key.event == config.event && key.slot == slot;
    let entry = config.keys.iter().find(is_own)?;
    VerifyingKey::from_bytes(&entry.key).ok()
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
