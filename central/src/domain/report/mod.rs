//! Reports: what was sold, what of the money is whose, and how guests came.
//!
//! The database groups rows by quarters of an hour, which no zone of today cuts in two; these functions put them into
//! days, weeks or months of one zone, and add up. Called by the panel's reports.

pub mod crowd;
pub mod period;
pub mod sale;
