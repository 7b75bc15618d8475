//! Where central has a node stand now, if that is not what it was told when it was taken in.

use minicbor::{Decode, Encode};

use crate::id::GateId;

/// A node's place and name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Assignment {
    /// The gate it stands at.
    #[n(0)]
    pub gate: GateId,
    /// What people call it.
    #[n(1)]
    pub name: String,
}
