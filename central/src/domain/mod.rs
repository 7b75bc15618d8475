//! The rules of selling: plain functions on plain values.
//!
//! Invariant: no async, SQL, HTTP, clock, randomness or environment; what a rule needs is a parameter.
//! Called by `app`, which loads values, asks one rule and stores the result.

pub mod account;
pub mod allotment;
pub mod attention;
pub mod batch;
#[cfg(test)]
mod books_tests;
pub mod buyer;
pub mod cart;
pub mod cause;
pub mod charge;
pub mod conflict;
pub mod conflict_search;
pub mod dispute;
pub mod email;
pub mod event;
pub mod field;
pub mod flagged;
pub mod forecast;
pub mod four_eyes;
pub mod guess;
pub mod hold;
pub mod id;
pub mod identity;
pub mod ingest;
pub mod letter;
pub mod listing;
pub mod log_check;
pub mod log_time;
pub mod mailing;
pub mod money;
pub(crate) mod named;
pub mod new_event;
pub mod new_price;
pub mod node;
pub mod notice_text;
pub mod offer;
pub mod one_time;
pub mod order;
pub mod order_search;
pub mod password;
pub mod payment;
pub mod payment_search;
pub mod permission;
pub mod phone;
pub mod policy;
pub mod position;
pub mod price;
pub mod promo;
pub mod readiness;
pub mod receipt;
pub mod refund;
pub mod returned;
pub mod ruling_check;
pub mod saved_filter;
pub mod scan_search;
pub mod schedule;
pub mod second_factor;
pub mod session;
pub mod ticket;
pub mod tracking;
pub mod wristband;
