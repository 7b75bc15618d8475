//! Whether a ticket is good here and now: its status, its gates and its days; and which of a person's tickets is meant.
//!
//! The half of the verdict that does not ask what happened before (`usage` does). Pure; called by
//! [`crate::decide`] and, for add-ons, by the node before it loads a history.

use crate::{
    config::{EventConfig, TypeEntry},
    id::GateId,
    ticket::{Ticket, TicketStatus},
    time::Timestamp,
    verdict::Reason,
};

/// Which ticket a scan is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant<'a> {
    /// The one that was shown.
    Shown,
    /// The same person's add-on, which is taken here.
    Addon(&'a Ticket),
    /// One of several add-ons: a person must say which.
    Several,
}

/// Which ticket is meant when `shown` is shown at `gate`; `others` are the same person's other tickets.
///
/// A ticket that is taken here stands for itself. One that is not stands for the add-on of the same person that is,
/// if it is good itself and there is exactly one (acceptance case 11).
#[must_use]
pub fn meant<'a>(
    config: &EventConfig,
    gate: GateId,
    shown: &Ticket,
    others: &'a [Ticket],
) -> Meant<'a> {
    if shown.status != TicketStatus::Valid || is_taken(config, gate, shown.type_number) {
        return Meant::Shown;
    }
    let is_addon = |ticket: &&Ticket| {
        let kind = kind(config, ticket.type_number);
        kind.is_some_and(|kind| kind.addon) && is_taken(config, gate, ticket.type_number)
    };
    let valid = |ticket: &&Ticket| ticket.id != shown.id && ticket.status == TicketStatus::Valid;
    let mut addons = others.iter().filter(valid).filter(is_addon);
    match (addons.next(), addons.next()) {
        (Some(addon), None) => Meant::Addon(addon),
        (Some(_), Some(_)) => Meant::Several,
        (None, _) => Meant::Shown,
    }
}

/// Why a ticket that the replica holds is not good, whatever happened before.
pub(crate) fn standing_of(
    config: &EventConfig,
    gate: GateId,
    at: Timestamp,
    ticket: &Ticket,
) -> Option<Reason> {
    match ticket.status {
        TicketStatus::Valid => place_and_day(config, gate, at, ticket.type_number, ticket.day_mask),
        TicketStatus::Unpaid => Some(Reason::NotPaid),
        TicketStatus::Revoked | TicketStatus::Transferred => Some(Reason::Revoked),
        TicketStatus::Refunded => Some(Reason::Refunded),
    }
}

/// Why a type with these days is not taken here and now.
pub(crate) fn place_and_day(
    config: &EventConfig,
    gate: GateId,
    at: Timestamp,
    type_number: u16,
    day_mask: u16,
) -> Option<Reason> {
    if !is_taken(config, gate, type_number) {
        return Some(Reason::WrongGate);
    }
    let open = |day: &&crate::config::EventDay| day.opens_at <= at && at < day.closes_at;
    let mut days = config
        .days
        .iter()
        .filter(|day| is_of_day(day_mask, day.number));
    if days.clone().any(|day| open(&day)) {
        return None;
    }
    if days.clone().all(|day| at >= day.closes_at) {
        return Some(Reason::NoLongerValid);
    }
    let event_is_open = config.days.iter().any(|day| open(&day));
    let before_all = days.all(|day| at < day.opens_at);
    Some(if before_all && !event_is_open {
        Reason::NotYetValid
    } else {
        Reason::WrongDay
    })
}

fn is_taken(config: &EventConfig, gate: GateId, type_number: u16) -> bool {
    let kind = kind(config, type_number);
    kind.is_none_or(|kind| kind.gates.is_empty() || kind.gates.contains(&gate))
}

fn kind(config: &EventConfig, type_number: u16) -> Option<&TypeEntry> {
    config.types.iter().find(|kind| kind.number == type_number)
}

/// Whether a mask has the bit of an event day; a day beyond the mask is in none.
fn is_of_day(day_mask: u16, day: u8) -> bool {
    day_mask
        .checked_shr(u32::from(day))
        .is_some_and(|rest| rest & 1 == 1)
}
