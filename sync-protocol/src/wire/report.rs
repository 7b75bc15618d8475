//! What a node tells of itself in a round, for people who look at central: it bears on no verdict and on no time.

use minicbor::{Decode, Encode};

use crate::{ticket::Revision, time::Timestamp};

/// How a node finds itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NodeReport {
    /// The newest version of these messages that it speaks.
    #[n(0)]
    pub protocol: u32,
    /// What its wall clock says, right or wrong.
    #[n(1)]
    pub wall: Timestamp,
    /// The revision at which its replica was last proven to equal central's; `None` = it is not proven now.
    #[n(2)]
    pub proven: Option<Revision>,
}
