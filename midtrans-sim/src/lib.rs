//! A simulated Midtrans: Snap and Core API on one address, for the demo and the tests.
//!
//! It obeys what is documented (order id rules, page life, expiry, status codes, signatures, error
//! shapes, refunds, retries of notices) and a person or a test can drive any order to any row of
//! the status table. State is in memory; the clock is passed in, so expiry needs no waiting.
//! It is written from the documents and not from our client, and the production binary never
//! contains it.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use midtrans_sim::{Options, Simulator};
//! let options = Options::new("SB-Mid-server-demo", std::sync::Arc::new(|| 1_764_547_200_000));
//! let midtrans = Simulator::start(options).await?;
//! println!("{}", midtrans.base_url);
//! # Ok(()) }
//! ```

pub mod body;
pub mod channel;
pub mod delivery;
pub mod drive;
pub mod fault;
mod http;
mod ids;
pub mod moves;
pub mod refusal;
pub mod replay;
pub mod request;
pub mod row;
pub mod signature;
mod simulator;
pub mod transaction;
pub mod wib;
pub mod world;

pub use drive::Drive;
pub use fault::{Faults, Release, Spoil};
pub use refusal::Refusal;
pub use row::Row;
pub use simulator::{Now, Options, Running, Simulator};
