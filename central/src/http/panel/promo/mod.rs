//! Promo codes as working lists: of one event, and over all that an account sets up, with deeds on those that are chosen;
//! one code with the orders that use it; and all of a list as a file. They are made in the set-up of their event.

mod bulk;
mod detail;
mod file;
mod list;

pub(super) use self::{
    bulk::{enable, end},
    detail::{limit, show, switch},
    file::{csv, csv_of_event, xlsx, xlsx_of_event},
    list::{all, of_event, used},
};
