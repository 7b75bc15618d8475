//! What this gate knows of the thing that was shown: the ticket that is meant, the wristband at hand, and their past.
//!
//! The past is what the log (own scans) and the replica (all gates' scans as central rules them) hold together. Where
//! the event has wristbands, tickets and wristbands that scans tie together are looked up until nothing new comes,
//! and the merge itself ([`sync_protocol::merge`]) says who wears what: a gate and central cannot disagree about the
//! same facts. Called by [`crate::scan`], under the log's write lock. The number of look-ups is bounded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
        self.with_addon(ticket)
    }

    /// The ticket, and the add-on that it stands for at this gate.
    fn with_addon(&self, ticket: Option<Ticket>) -> Result<Known, NodeError> {
        let Some((shown, holder)) = ticket.as_ref().and_then(|t| Some((t, t.holder?))) else {
            return Ok(Known {
                ticket,
                ..Known::default()
            });
        };
        let others = self.replica.tickets_of_holder(holder)?;
        let meant = meant(self.config, self.gate, shown, &others);
        let addon = match meant {
            Meant::Addon(addon) => Some(addon.clone()),
            Meant::Shown | Meant::Several => None,
        };
        Ok(Known {
            addon,
            several_addons: meant == Meant::Several,
            ticket,
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
        let shown_ticket = known.ticket.as_ref().map(|ticket| ticket.id);
        let asked = [
            wristband.map(Thing::Wristband),
            ticket.map(Thing::Ticket),
            shown_ticket.map(Thing::Ticket),
        ];
        let passages = self.in_order(self.reach(asked)?);
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
            let worn = known.wristband;
            known = self.with_addon(self.replica.ticket(wearer)?)?;
            known.wristband = worn;
        }
        let tied = known.ticket.as_ref().map(|ticket| ticket.id);
        known.history = match known.meant().map(|ticket| ticket.id).or(ticket).or(wearer) {
            Some(ticket) => self.history_of(ticket, tied, &passages, &merged)?,
            None => passages,
        };
        Ok(known)
    }

    /// What counts for a ticket. The exchange of the ticket that was shown ties its add-on too.
    fn history_of(
        &self,
        ticket: TicketId,
        tied: Option<TicketId>,
        passages: &[Passage],
        merged: &Merged,
    ) -> Result<Vec<Passage>, NodeError> {
        let mut history = of_ticket(ticket, passages, merged);
        let Some(shown) = tied.filter(|shown| *shown != ticket) else {
            return Ok(history);
        };
        let ties = |p: &Passage| matches!(p.action, Action::Exchange | Action::Unpair);
        let shown = of_ticket(shown, passages, merged);
        history.extend(shown.into_iter().filter(ties));
        // A wristband's owner was only found by the look-ups, so its add-on may not have been among them.
        if !passages
            .iter()
            .any(|passage| passage.ticket == Some(ticket))
        {
            history.extend(self.passages_of(ticket)?);
        }
        Ok(self.in_order(history))
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
        let is_loose = |p: &&Passage| {
            let ruled = merged.rulings.get(&p.scan);
            p.wristband == Some(id) && ruled.is_some_and(|ruled| ruled.ruling == Ruling::Unbound)
        };
        let loose = passages.iter().find(is_loose);
        Ok(match (by, loose) {
            (Some(by), _) => Worn::Bound(*by),
            (None, Some(by)) => Worn::Loose(*by),
            (None, None) => Worn::Free(id),
        })
    }

    /// Everything that scans tie to what was asked for, which is looked up first.
    fn reach(&self, asked: [Option<Thing>; 3]) -> Result<Vec<Passage>, NodeError> {
        let mut found = BTreeMap::new();
        let mut queue = Queue::default();
        asked.into_iter().for_each(|thing| queue.add(thing));
        for _ in 0..MOST_LOOK_UPS {
            let passages = match queue.next() {
                Some(Thing::Ticket(ticket)) => self.passages_of(ticket)?,
                Some(Thing::Wristband(wristband)) => self.passages_by(wristband)?,
                None => break,
            };
            for passage in passages {
                queue.add(passage.ticket.map(Thing::Ticket));
                queue.add(passage.wristband.map(Thing::Wristband));
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

    /// The log knows an own scan first; once central has corrected its time, the replica knows when it really was.
    fn merged(&self, mut own: Vec<Passage>, all: Vec<Passage>) -> Vec<Passage> {
        let (corrected, others): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|passage| passage.scan.node == self.node);
        for passage in &mut own {
            let known = corrected.iter().find(|known| known.scan == passage.scan);
            if let Some(known) = known {
                (passage.at, passage.day) = (known.at, known.day);
            }
        }
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

/// What scans tie together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Ticket(TicketId),
    Wristband(WristbandId),
}

/// Things to be looked up, each once, in the order in which they were named.
#[derive(Default)]
struct Queue {
    seen: BTreeSet<Thing>,
    todo: VecDeque<Thing>,
}

impl Queue {
    fn add(&mut self, thing: Option<Thing>) {
        if let Some(thing) = thing
            && self.seen.insert(thing)
        {
            self.todo.push_back(thing);
        }
    }

    fn next(&mut self) -> Option<Thing> {
        self.todo.pop_front()
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
