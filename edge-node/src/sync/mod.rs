//! Sync: scans up to central, changes down to the replica, over whatever way there is.

pub mod compress;
mod first_contact;
pub mod http;
#[cfg(test)]
mod test_server;
pub mod transport;
pub mod trust;
