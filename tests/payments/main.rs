//! Our payment client against the simulated provider, over real HTTP. Both were written from the
//! documents, not from each other; what they disagree on is a bug in one of them.

mod midtrans_client;
mod official_client;
