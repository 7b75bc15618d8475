//! The gates as people watch and run them: nodes and how they come in, the door as it is now, scans, conflicts, checks
//! of the logs, logs that come as files, and who works there.
//!
//! What a form names by id is looked up among what the page's event has; anything else is answered as what does not
//! exist.

pub(super) mod bundle;
pub(super) mod check;
pub(super) mod conflict;
mod conflict_row;
pub(super) mod enrol;
mod first_staff;
pub(super) mod gate_rule;
pub(super) mod live;
mod live_shown;
pub(super) mod node_bulk;
mod node_form;
pub(super) mod node_list;
pub(super) mod node_page;
mod node_row;
pub(super) mod operator;
pub(super) mod operator_bulk;
pub(super) mod operator_list;
pub(super) mod operator_new;
mod said;
pub(super) mod scan_list;
pub(super) mod taken;

pub(super) use live_shown::reason_words;
pub(super) use said::done;
