//! Flags: what must be said of an admitted scan beside its ruling.

use crate::cbor::closed_enum;

closed_enum! {
    /// Why somebody should look at an admitted scan.
    pub enum Flag {
        /// The ticket had been withdrawn or its money had gone back, after the gate's last sync.
        AfterRevocation = 1 => "after_revocation",
        /// The ticket was not valid, and the gate could have known.
        NotValid = 2 => "not_valid",
    }
}
