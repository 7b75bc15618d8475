//! The central server: sales, payments, the admin panel and the sync of gates.
//!
//! | folder | what | may call |
//! | --- | --- | --- |
//! | [`domain`] | rules of selling, pure | `sync-protocol` |
//! | [`store`] | all SQL | `domain` |
//! | [`http`], [`worker`], [`command`] | what people, gates, the clock and operators set in motion | `app` |
//! | [`app`] | load → decide → save; every write transaction begins and ends here | `domain`, `store`, `payments` |
//! | [`payments`], [`mail`] | payment providers, ways of mail, each behind one interface | – |

pub mod app;
pub mod command;
pub mod config;
pub mod counter;
pub mod domain;
pub mod http;
pub mod mail;
pub mod packed;
pub mod payments;
pub mod store;
pub mod telemetry;
pub mod worker;
