//! Real networks: central and gates as processes in network namespaces, with cables that are cut and links that are
//! thin. Packets are lost by the kernel (nftables), the rate is the kernel's (tbf).
//!
//! It needs the rights to make networks (root) and `ip`, `tc`, `nft`, `ethtool`, which `scripts/setup.sh test` installs.

#![expect(
    clippy::print_stdout,
    reason = "the figures of the thin link are for a person"
)]

mod cuts;
mod machine;
mod namespaces;
mod thin;
mod thin_link;
mod venue;
