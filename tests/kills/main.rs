//! Central is killed (`kill -9`) while it moves money: between a webhook and its answer, between paid and mail, in the
//! middle of refunding a whole event. Nothing may be lost, and nothing may happen twice.
//!
//! The programs are the real ones: `central serve` on SQLite and on MariaDB, and the simulated Midtrans over HTTP, which
//! sends again what was not answered, as Midtrans does. What is looked at in the end is the database and the provider's
//! books.

mod cashier;
mod money;
