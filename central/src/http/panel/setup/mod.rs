//! The set-up of an event, step by step: each step is a page of its own, beside the list of all steps and how they stand.
//!
//! Every page is described as cards (`card`) and rendered by one template. A form that is refused shows its page again,
//! with the reason and with what was typed (`answer`). Rules are kept by `app::catalog`; what is said of them here is
//! in `words`. Invariant: things are named within their event, so what belongs to another is not there.

mod access;
mod copy;
mod days;
mod end;
mod event;
mod fault;
mod gates;
mod kind;
mod move_days;
mod new;
mod opening;
mod page;
mod paper;
mod preview;
mod prices;
mod promos;
mod publish;
mod quotas;
mod rules;
mod search;
mod settings;
mod types;
mod words;

pub(super) use self::{
    access::save as save_access,
    copy::{make as make_copy, show as copy},
    days::{add as add_day, change as change_day},
    end::{cancel, cancelling, postpone, postponing},
    event::save as save_event,
    gates::{add as add_gate, remove as remove_gate, rename as rename_gate},
    kind::{remove as remove_type, save as save_type, show as kind},
    new::{create, show as new},
    opening::{
        ask as ask_opening, decline as decline_opening, may_ask, stands as opening_stands,
        withdraw as withdraw_opening,
    },
    page::{begin, step},
    paper::{receipts, refunds},
    preview::show as preview,
    prices::{charges, discounts},
    promos::{create as create_promo, create_many as create_promos},
    quotas::save as save_quotas,
    rules::save as save_rules,
    search::save as save_search,
    settings::save as save_settings,
    types::{add as add_type, categories, move_type},
    words::{catalog as catalog_words, missing},
};
