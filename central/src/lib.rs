//! The central server: sales, payments, the admin panel and the sync of gates.
//!
//! | folder | what | may call |
//! | --- | --- | --- |
//! | [`domain`] | rules of selling, pure | `sync-protocol` |
//! | [`store`] | all SQL | `domain` |
//! | [`app`] | load → decide → save; every write transaction begins and ends here | `domain`, `store`, `payments` |
//! | [`payments`] | payment providers behind one interface | – |

pub mod app;
pub mod domain;
pub mod http;
pub mod payments;
pub mod store;
