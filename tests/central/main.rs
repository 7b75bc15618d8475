//! Central's uses on a real database of both engines.
mod api;
mod events;
mod orders;
mod pages;
mod payments;
mod secrets;
mod tickets;
