//! Receipts: central's signed word that a log is durable there up to a record.
//!
//! A node keeps the latest. Should central be restored from an older copy of its database, the receipt proves what
//! had once been acknowledged, and the node sends it again. Signed with the event's ticket key of the named slot,
//! under a domain of its own, so neither can be taken for the other.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::{digest::Digest, scan::Head, time::Timestamp};

/// Central's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Receipt {
    /// The node's log up to here is durable at central.
    #[n(0)]
    pub head: Head,
    /// When central said so.
    #[n(1)]
    pub at: Timestamp,
    /// Slot of the event's key that signed.
    #[n(2)]
    pub slot: u8,
    /// Ed25519 over all of the above.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: [u8; 64],
}

impl Receipt {
    /// Signs for a log.
    #[must_use]
    pub fn sign(head: Head, at: Timestamp, slot: u8, key: &SigningKey) -> Self {
        let signature = key.sign(&signed_bytes(&head, at, slot)).to_bytes();
        Self {
            head,
            at,
            slot,
            signature,
        }
    }

    /// Whether `key`, the event's key of the named slot, signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let signature = Signature::from_bytes(&self.signature);
        let signed = signed_bytes(&self.head, self.at, self.slot);
        key.verify_strict(&signed, &signature).is_ok()
    }
}

fn signed_bytes(head: &Head, at: Timestamp, slot: u8) -> Vec<u8> {
    let Digest(hash) = &head.hash;
    let (seq, at) = (head.seq.to_be_bytes(), at.0.to_be_bytes());
    let parts: [&[u8]; 6] = [
        b"gerbang receipt v1",
        head.node.as_bytes(),
        &seq,
        hash,
        &at,
        &[slot],
    ];
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;

    #[test]
    fn holds_only_as_it_was_signed() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let receipt = Receipt::sign(Head::empty(NodeId::from_u128(1)), Timestamp(5), 2, &key);
        assert!(receipt.is_signed_by(&key.verifying_key()));
        let stranger = SigningKey::from_bytes(&[2; 32]);
        assert!(!receipt.is_signed_by(&stranger.verifying_key()));
        for altered in [
            Receipt {
                at: Timestamp(6),
                ..receipt
            },
            Receipt { slot: 3, ..receipt },
            Receipt {
                head: Head {
                    seq: 9,
                    ..receipt.head
                },
                ..receipt
            },
        ] {
            assert!(!altered.is_signed_by(&key.verifying_key()), "{altered:?}");
        }
    }
}
