//! edge-node

pub mod sync;
