//! Central's uses on a real database of both engines.
mod api;
mod changes;
mod database;
mod events;
mod lies;
mod nodes;
mod orders;
mod pages;
mod payments;
mod rulings;
mod secrets;
mod tickets;
mod uploads;
