//! Real nodes and the real central in one process: what must hold from the sale to the door and back.
//!
//! No test here has a network: gates are offline unless the test carries a round (`support::real_gate`), or gives
//! them a link to central's own routes.
mod link;
mod venue;

mod addons;
mod audits;
mod decisions;
mod disks;
mod entries;
mod forgeries;
mod locks;
mod moved_days;
mod news;
mod numbers;
mod operators;
mod passages;
mod reasons;
mod restored;
mod rights;
mod rulings;
mod screen;
mod search;
mod search_theft;
mod size;
mod sticks;
mod theft;
mod trouble;
mod uploads;
mod wristbands;
