//! Questions of reports: rows grouped by quarters of an hour, which `domain::report` adds up.
//!
//! Invariants: each question is about named events and a limited time, and is answered from an index that holds all
//! that is asked for (migrations/central/0022_reports.sql) or from the few rows that it leads to.

pub mod sale;
pub mod scan;
