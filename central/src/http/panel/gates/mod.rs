//! The gates as people watch and run them: nodes and how they come in, the door as it is now, scans, conflicts.
//!
//! What a form names by id is looked up among what the page's event has; anything else is answered as what does not
//! exist.

pub(super) mod conflict;
pub(super) mod enrol;
mod node_form;
pub(super) mod node_list;
pub(super) mod node_page;
mod node_row;
mod said;
