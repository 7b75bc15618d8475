//! Money in the panel: payments, refunds, disputes, and the papers, letters and wristband rolls that go with sales.
//!
//! Invariants: every move is a function of `app` that the command line calls too; what a form names besides its order is
//! looked up among what that order has, so another's id is answered as what does not exist; a form that is sent twice
//! meets what the first one made and moves nothing. Pages show what may be done next to whoever may do it, and no more.

mod dispute;
mod dispute_file;
mod dispute_list;
mod letter;
mod letter_bulk;
mod letter_file;
mod letter_list;
mod order;
mod paper;
mod payment;
mod payment_list;
mod receipt;
mod receipt_file;
mod refund;
mod refund_ask;
mod refund_bulk;
mod refund_list;
mod refund_run;
mod roll;
mod roll_file;
mod roll_list;
mod said;
mod taken;
pub(super) mod words;

use axum::response::Response;

pub(super) use self::{
    dispute::{act as dispute_act, note as dispute_note},
    dispute_file::{csv as disputes_csv, xlsx as disputes_xlsx},
    dispute_list::show as disputes,
    letter::{again as letter_again, preview as letter_preview},
    letter_bulk::again as letters_again,
    letter_file::{csv as letters_csv, xlsx as letters_xlsx},
    letter_list::show as letters,
    order::show as of_order,
    paper::{credit_note, invoice},
    payment::act as payment_act,
    payment_list::show as payments,
    receipt::{list as receipts, set as receipt_pattern},
    receipt_file::{csv as receipts_csv, xlsx as receipts_xlsx},
    refund::act as refund_act,
    refund_ask::{send as refund_send, show as refund_form},
    refund_bulk::agree as refunds_agree,
    refund_list::show as refunds,
    refund_run::show as refund_run,
    roll::{import as roll_import, make as roll_make, withdraw as roll_withdraw},
    roll_file::{codes as roll_codes, sheet as roll_sheet},
    roll_list::{csv as rolls_csv, show as rolls, xlsx as rolls_xlsx},
    said::done,
    taken::{payments_csv, payments_xlsx, refunds_csv, refunds_xlsx},
};
use super::{
    door::{Here, Meant},
    problem,
};
use crate::domain::{event::Event, order::Order, policy::Denial};

/// The order that is meant, with its event.
fn meant(here: &Here) -> Option<(&Order, &Event)> {
    match &here.meant {
        Meant::Order(order, event) => Some((order, event)),
        _ => None,
    }
}

/// What is not there, and what is another's: the same answer.
fn nothing(here: &Here) -> Response {
    problem::denied(&here.door, &here.signed, Denial::Foreign)
}
