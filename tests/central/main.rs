//! Central's uses on a real database of both engines.
mod events;
mod orders;
