//! The simulator over HTTP, as a merchant's server meets it. One file per subject; `shop` is
//! the shared set-up: a simulator on a free port with a clock that only moves when told, and a
//! merchant's server that keeps every notice.

mod control;
mod order_id;
mod refund;
mod rows;
mod shop;
mod snap;
