//! What this gate knows of the thing that was shown: the ticket that is meant, the wristband at hand, and their past.
//!
//! The past is what the log (own scans) and the replica (all gates' scans as central rules them) hold together. Where
//! the event has wristbands, tickets and wristbands that scans tie together are looked up until nothing new comes,
//! and the merge itself ([`sync_protocol::merge`]) says who wears what: a gate and central cannot disagree about the
//! same facts. Called by [`crate::scan`], under the log's write lock. The number of look-ups is bounded.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{
    config::EventConfig,
    decide::{Passage, Worn},
    id::{GateId, NodeId, TicketId, WristbandId},
    merge::{Fact, Merged, Rules, Ruling, merge},
    scan::Action,
    scanner_text,
    shown::Shown,
    ticket::Ticket,
    time::Timestamp,
    validity::{Meant, meant},
    wristband::{self, WristbandStatus},
};

use crate::{error::NodeError, log::Append, replica::Replica};

/// Look-ups of one scan into each database. Honest guests need two or three; a heap of conflicts may need more, and
/// what lies beyond is central's to rule.
const MOST_LOOK_UPS: usize = 12;

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The ticket that was shown, or that the wristband is bound to.
    pub(crate) ticket: Option<Ticket>,
    /// The same person's add-on, where that is what is taken here.
    pub(crate) addon: Option<Ticket>,
    /// Several add-ons could be meant.
    pub(crate) several_addons: bool,
    /// The wristband at hand.
    pub(crate) wristband: Option<Worn>,
    /// Admitted scans that bear on the ticket that is meant, by time.
    pub(crate) history: Vec<Passage>,
}

/// Where the knowledge comes from.
pub(crate) struct Sources<'a> {
    pub(crate) node: NodeId,
    pub(crate) gate: GateId,
    pub(crate) config: &'a EventConfig,
    pub(crate) replica: &'a Replica,
    pub(crate) log: &'a Append<'a>,
}

/// A wristband by its text, as far as it can be told.
#[derive(Clone, Copy)]
pub(crate) enum Hand {
    /// No wristband of this event.
    Unknown,
    /// This one.
    Is {
        /// Which.
        id: WristbandId,
        /// Its roll must not be used any more.
        void: bool,
    },
}

impl Known {
    /// The ticket that is meant.
    pub(crate) const fn meant(&self) -> Option<&Ticket> {
        match &self.addon {
            Some(addon) => Some(addon),
            None => self.ticket.as_ref(),
        }
    }
}

/// A wristband that was printed elsewhere reads like nothing of ours, or like a ticket number: only its row tells.
pub(crate) fn with_imported(
    config: &EventConfig,
    replica: &Replica,
    shown: Shown,
    raw: &str,
) -> Result<Shown, NodeError> {
    let could_be = matches!(
        shown,
        Shown::Unreadable(_) | Shown::FalseWristband(_) | Shown::Number(_)
    );
    if config.wristbands.is_none() || !could_be || raw.len() > scanner_text::MAX_LEN {
        return Ok(shown);
    }
    let cleaned = scanner_text::clean(raw);
    for text in [cleaned.as_str(), once(&cleaned)] {
        let id = wristband::of_text(config.event, text);
        if replica.wristband(id)?.is_some() {
            return Ok(Shown::Wristband { id, void: false });
        }
    }
    Ok(shown)
}

impl Sources<'_> {
    /// The second thing that was shown, which is to be a wristband.
    pub(crate) fn hand(&self, shown: Shown, raw: &str) -> Result<Hand, NodeError> {
        let shown = with_imported(self.config, self.replica, shown, raw)?;
        Ok(match shown {
            Shown::Wristband { id, void } => Hand::Is { id, void },
            _ => Hand::Unknown,
        })
    }

    /// What is known of `shown`; `second` is the wristband that an exchange is to bind.
    pub(crate) fn of(&self, shown: &Shown, second: Option<Hand>) -> Result<Known, NodeError> {
        let mut known = self.ticket(shown)?;
        let hand = match shown {
            Shown::Wristband { id, void } => Some(Hand::Is {
                id: *id,
                void: *void,
            }),
            _ => second,
        };
        let ticket = known.meant().map(|ticket| ticket.id).or(payload_of(shown));
        if self.config.wristbands.is_none() {
            if let Some(ticket) = ticket {
                known.history = self.in_order(self.passages_of(ticket)?);
            }
            return Ok(known);
        }
        self.with_wristbands(known, shown, ticket, hand)
    }

    fn ticket(&self, shown: &Shown) -> Result<Known, NodeError> {
        let ticket = match shown {
            Shown::Ticket { payload, .. } => self.replica.ticket(payload.ticket)?,
            Shown::Number(number) => self.replica.ticket_by_number(*number)?,
            _ => None,
        };
        let Some(holder) = ticket.as_ref().and_then(|ticket| ticket.holder) else {
            return Ok(Known {
                ticket,
                ..Known::default()
            });
        };
        let others = self.replica.tickets_of_holder(holder)?;
        let meant = ticket
            .as_ref()
            .map(|ticket| meant(self.config, self.gate, ticket, &others));
        let addon = match meant {
            Some(Meant::Addon(addon)) => Some(addon.clone()),
            _ => None,
        };
        let several_addons = meant == Some(Meant::Several);
        Ok(Known {
            ticket,
            addon,
            several_addons,
            ..Known::default()
        })
    }

    fn with_wristbands(
        &self,
        mut known: Known,
        shown: &Shown,
        ticket: Option<TicketId>,
        hand: Option<Hand>,
    ) -> Result<Known, NodeError> {
        let wristband = match hand {
            Some(Hand::Is { id, .. }) => Some(id),
            _ => None,
        };
        let passages = self.in_order(self.reach(ticket, wristband)?);
        let facts: Vec<Fact> = passages.iter().map(Passage::fact).collect();
        let merged = merge(&Rules::of(self.config), &facts);
        known.wristband = match hand {
            Some(Hand::Is { id, void: true }) => Some(Worn::Void(id)),
            Some(Hand::Is { id, .. }) => Some(self.worn(id, &merged, &passages)?),
            Some(Hand::Unknown) => Some(Worn::Unknown),
            None => None,
        };
        let worn_by = wristband.and_then(|id| merged.bound.get(&id)?.ticket);
        let wearer = worn_by.filter(|_| matches!(shown, Shown::Wristband { .. }));
        if let Some(wearer) = wearer {
            known.ticket = self.replica.ticket(wearer)?;
        }
        known.history = match ticket.or(wearer) {
            Some(ticket) => of_ticket(ticket, &passages, &merged),
            None => passages,
        };
        Ok(known)
    }

    fn worn(
        &self,
        id: WristbandId,
        merged: &Merged,
        passages: &[Passage],
    ) -> Result<Worn, NodeError> {
        if self.replica.wristband(id)? == Some(WristbandStatus::Void) {
            return Ok(Worn::Void(id));
        }
        let by = merged.bound.get(&id);
        let by = by.and_then(|fact| passages.iter().find(|p| p.scan == fact.scan));
        Ok(by.map_or(Worn::Free(id), |passage| Worn::Bound(*passage)))
    }

    /// Everything that scans tie to these.
    fn reach(
        &self,
        ticket: Option<TicketId>,
        wristband: Option<WristbandId>,
    ) -> Result<Vec<Passage>, NodeError> {
        let mut found = BTreeMap::new();
        let (mut tickets, mut wristbands) = (Queue::from(ticket), Queue::from(wristband));
        for _ in 0..MOST_LOOK_UPS {
            let passages = if let Some(ticket) = tickets.next() {
                self.passages_of(ticket)?
            } else if let Some(wristband) = wristbands.next() {
                self.passages_by(wristband)?
            } else {
                break;
            };
            for passage in passages {
                tickets.add(passage.ticket);
                wristbands.add(passage.wristband);
                found.insert(passage.scan, passage);
            }
        }
        Ok(found.into_values().collect())
    }

    fn passages_of(&self, ticket: TicketId) -> Result<Vec<Passage>, NodeError> {
        let own = self.log.passages(ticket)?;
        Ok(self.merged(own, self.replica.passages_of_ticket(ticket)?))
    }

    fn passages_by(&self, wristband: WristbandId) -> Result<Vec<Passage>, NodeError> {
        let own = self.log.passages_by(wristband)?;
        Ok(self.merged(own, self.replica.passages_of_wristband(wristband)?))
    }

    /// What the replica says of an own scan is its ruling; the log knows it first.
    fn merged(&self, own: Vec<Passage>, all: Vec<Passage>) -> Vec<Passage> {
        let others = all
            .into_iter()
            .filter(|passage| passage.scan.node != self.node);
        own.into_iter().chain(others).collect()
    }

    /// By time. Own scans stay in the order of the log: after a boot without a clock one may have an estimate that lies
    /// before earlier ones, so none counts as earlier than the one before it.
    fn in_order(&self, mut passages: Vec<Passage>) -> Vec<Passage> {
        passages.sort_by_key(|passage| passage.scan);
        let mut latest = Timestamp(i64::MIN);
        for own in passages
            .iter_mut()
            .filter(|passage| passage.scan.node == self.node)
        {
            latest = latest.max(own.at);
            own.at = latest;
        }
        passages.sort_by_key(|passage| (passage.at, passage.scan));
        passages
    }
}

/// Things to be looked up, each once.
struct Queue<T> {
    seen: BTreeSet<T>,
    todo: Vec<T>,
}

impl<T: Ord + Copy> Queue<T> {
    fn from(first: Option<T>) -> Self {
        let mut queue = Self {
            seen: BTreeSet::new(),
            todo: Vec::new(),
        };
        queue.add(first);
        queue
    }

    fn add(&mut self, thing: Option<T>) {
        if let Some(thing) = thing
            && self.seen.insert(thing)
        {
            self.todo.push(thing);
        }
    }

    fn next(&mut self) -> Option<T> {
        self.todo.pop()
    }
}

/// The code alone, where a scanner's trigger bounced and it came twice.
fn once(cleaned: &str) -> &str {
    let (first, second) = cleaned
        .split_at_checked(cleaned.len() / 2)
        .unwrap_or((cleaned, ""));
    let first = first.trim_end();
    if first == second.trim_start() {
        first
    } else {
        cleaned
    }
}

/// What counts for a ticket. An exchange that lost bound nothing, so it is no part of the ticket's past.
fn of_ticket(ticket: TicketId, passages: &[Passage], merged: &Merged) -> Vec<Passage> {
    let counts = |passage: &&Passage| {
        let Some(ruled) = merged.rulings.get(&passage.scan) else {
            return false;
        };
        let ties = matches!(passage.action, Action::Exchange | Action::Unpair);
        ruled.ticket == Some(ticket) && (!ties || ruled.ruling == Ruling::Counted)
    };
    passages.iter().filter(counts).copied().collect()
}

const fn payload_of(shown: &Shown) -> Option<TicketId> {
    match shown {
        Shown::Ticket { payload, .. } => Some(payload.ticket),
        _ => None,
    }
}

#[cfg(test)]
#[path = "wristband_tests.rs"]
pub(crate) mod tests;
