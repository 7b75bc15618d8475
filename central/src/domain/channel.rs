//! The channel: how an order came. Reports tell sales apart by it.

use super::named::named_enum;

named_enum! {
    /// How an order came.
    pub enum Channel {
        /// By the pages.
        Web => "web",
        /// By another program.
        Api => "api",
        /// At a desk: its money was taken by hand, however it was placed.
        Desk => "desk",
    }
}
