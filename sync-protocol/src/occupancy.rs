//! Occupancy: how many tickets are inside, as a range whose bound is true, and what it is wide for.
//!
//! The number is of one moment, `as_of`: the latest up to which every node in contact has told all. A ticket is inside
//! when its last counted pass since the last check-out let it in. What is not known widens the range: records that a
//! node has and central has not; the silence of a node, by a stated premise ([`Premises::most_per_minute`]); clocks
//! that cannot tell whether somebody went in or out last; wristbands that no exchange is known for. A pass that comes
//! to light changes one ticket; where wristbands are bound it may also take one from another, and set off exchanges
//! that had lost. A node that let more through than the premise allows is found by [`rush`].
//!
//! Pure. Central asks the same questions in SQL, and is tested against this; a gate asks them of its replica.

use std::collections::BTreeMap;

use crate::{
    id::{NodeId, TicketId},
    moment::Interval,
    scan::{Action, ScanId},
    time::Timestamp,
};

/// A node that was heard of within this time is in contact: three of the longest waits.
pub const IN_CONTACT_MS: i64 = 60_000;
/// A request is taken to have been on its way for this long at most.
pub const ON_THE_WAY_MS: i64 = 5_000;
/// Clocks that are wider than this place a scan in no minute.
const MINUTE_MS: i64 = 60_000;

/// An admitted entry or exit that nobody took back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Its name.
    pub scan: ScanId,
    /// The ticket that it counts for.
    pub ticket: TicketId,
    /// In or out.
    pub action: Action,
    /// When.
    pub time: Interval,
    /// The merge counts it.
    pub counted: bool,
}

/// The stretch of time that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The last check-out; everybody was outside then.
    pub since: Timestamp,
    /// The moment that the number is of.
    pub as_of: Timestamp,
}

/// Tickets, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Inside, by the best estimate.
    pub inside: u64,
    /// Those of them that may be outside: clocks cannot tell.
    pub unsure_inside: u64,
    /// Tickets that count as outside and may be inside.
    pub unsure_outside: u64,
}

/// A node, as far as its log may hold what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reporter {
    /// The node.
    pub node: NodeId,
    /// When it was last heard of; `None` = never, so it has no tickets to decide by.
    pub last_contact_at: Option<Timestamp>,
    /// Records that it had then and that have not arrived.
    pub unsent: u64,
    /// Records that arrived and cannot be used.
    pub unusable: u64,
    /// It was told to stop and to erase its tickets.
    pub is_stopped: bool,
}

/// What the bound rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Premises {
    /// Most people that a node lets through in one minute of the clock.
    pub most_per_minute: u32,
    /// Tickets that there are.
    pub tickets: u64,
    /// The event binds wristbands, so one record can change whom others count for.
    pub binds_wristbands: bool,
    /// Exchanges and undoings that lost, and would count if what they lost to did not.
    pub lost_bindings: u64,
    /// Wristbands in use of which no exchange is known.
    pub unbound: u64,
}

/// Why the range is as wide as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The node has records that have not arrived.
    Unsent {
        /// The node.
        node: NodeId,
        /// How many.
        records: u64,
    },
    /// Records of the node arrived and cannot be used.
    Unusable {
        /// The node.
        node: NodeId,
        /// How many.
        records: u64,
    },
    /// The node was not heard of.
    Silent {
        /// The node.
        node: NodeId,
        /// Since then.
        since: Timestamp,
        /// By the premise it let this many through at most.
        at_most: u64,
    },
    /// Clocks cannot tell whether these tickets went in or out last.
    Unsure {
        /// How many.
        tickets: u64,
    },
    /// Wristbands in use of which no exchange is known.
    Unbound {
        /// How many.
        wristbands: u64,
    },
}

/// How many are inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occupancy {
    /// The moment that the number is of.
    pub as_of: Timestamp,
    /// By the best estimate.
    pub inside: u64,
    /// Not fewer.
    pub low: u64,
    /// Not more.
    pub high: u64,
    /// Why the two differ.
    pub reasons: Vec<Reason>,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.inside += other.inside;
        self.unsure_inside += other.unsure_inside;
        self.unsure_outside += other.unsure_outside;
    }
}

impl Reason {
    /// The stable name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unsent { .. } => "unsent",
            Self::Unusable { .. } => "unusable",
            Self::Silent { .. } => "silent",
            Self::Unsure { .. } => "unsure",
            Self::Unbound { .. } => "unbound",
        }
    }
}

impl Window {
    /// From the last of `check_outs` (ascending) that is not after `as_of`.
    #[must_use]
    pub fn at(check_outs: &[Timestamp], as_of: Timestamp) -> Self {
        let past = check_outs.partition_point(|moment| *moment <= as_of);
        let since = past.checked_sub(1).map(|last| check_outs[last]);
        Self {
            since: since.unwrap_or(Timestamp(0)),
            as_of,
        }
    }

    fn holds(&self, at: Timestamp) -> bool {
        self.since <= at && at <= self.as_of
    }

    fn may_hold(&self, time: &Interval) -> bool {
        time.lo <= self.as_of && time.hi >= self.since
    }

    /// Whether it happened within cannot be told, and matters.
    fn cuts(&self, pass: &Pass) -> bool {
        let at_end = pass.time.lo <= self.as_of && pass.time.hi > self.as_of;
        let at_start = pass.time.lo < self.since && pass.time.hi >= self.since;
        at_end || (at_start && pass.action == Action::Entry)
    }
}

/// The moment up to which every node in contact has told all; `now` when none is.
#[must_use]
pub fn as_of(nodes: &[Reporter], now: Timestamp) -> Timestamp {
    let heard = nodes.iter().filter_map(|node| node.last_contact_at);
    let recent = heard.filter(|at| now.ms_since(*at) <= IN_CONTACT_MS);
    recent
        .map(|at| at.plus_ms(-ON_THE_WAY_MS))
        .min()
        .map_or(now, |at| at.min(now))
}

/// Counts tickets by their passes, given in any order.
#[must_use]
pub fn tally<'a>(window: &Window, passes: impl IntoIterator<Item = &'a Pass>) -> Tally {
    let mut tickets: BTreeMap<TicketId, Vec<&Pass>> = BTreeMap::new();
    for pass in passes {
        if window.may_hold(&pass.time) {
            tickets.entry(pass.ticket).or_default().push(pass);
        }
    }
    let mut tally = Tally::default();
    for passes in tickets.values() {
        tally += ticket(window, passes);
    }
    tally
}

fn ticket(window: &Window, passes: &[&Pass]) -> Tally {
    let counted = passes
        .iter()
        .filter(|pass| pass.counted && window.holds(pass.time.at));
    let last = counted.max_by_key(|pass| (pass.time.at, pass.scan));
    let is_inside = last.is_some_and(|last| last.action == Action::Entry);
    let contradicts = |last: &Pass, pass: &Pass| {
        pass.action != last.action
            && pass.scan.node != last.scan.node
            && pass.time.overlaps(&last.time)
    };
    let is_unsure = passes
        .iter()
        .any(|pass| window.cuts(pass) || last.is_some_and(|last| contradicts(last, pass)));
    Tally {
        inside: u64::from(is_inside),
        unsure_inside: u64::from(is_inside && is_unsure),
        unsure_outside: u64::from(!is_inside && is_unsure),
    }
}

/// The range, out of what is counted and what is not known.
#[must_use]
pub fn range(window: &Window, tally: &Tally, nodes: &[Reporter], premises: &Premises) -> Occupancy {
    let mut reasons = Vec::new();
    for node in nodes {
        reasons.extend(unknown(window, node, premises));
    }
    let records = reasons.iter().map(may_hold).sum();
    let unsure = tally.unsure_inside + tally.unsure_outside;
    if unsure > 0 {
        reasons.push(Reason::Unsure { tickets: unsure });
    }
    if premises.unbound > 0 {
        let wristbands = premises.unbound;
        reasons.push(Reason::Unbound { wristbands });
    }
    let spread = spread(records, premises);
    let low = (tally.inside - tally.unsure_inside).saturating_sub(spread);
    let high = (tally.inside + tally.unsure_outside).saturating_add(spread);
    Occupancy {
        as_of: window.as_of,
        inside: tally.inside,
        low,
        high: high.min(premises.tickets).max(tally.inside),
        reasons,
    }
}

/// How many tickets unknown records may move in or out: one each. Where wristbands are bound, a record may also take
/// one from another ticket, and every binding that lost may come to count and do the same.
fn spread(records: u64, premises: &Premises) -> u64 {
    let moved = match (premises.binds_wristbands, records) {
        (false, records) => records,
        (true, 0) => 0,
        (true, records) => records
            .saturating_add(premises.lost_bindings)
            .saturating_mul(2),
    };
    moved.saturating_add(premises.unbound)
}

fn unknown(window: &Window, node: &Reporter, premises: &Premises) -> Vec<Reason> {
    let Reporter {
        node: id,
        unsent: records,
        ..
    } = *node;
    let mut reasons = Vec::new();
    if records > 0 {
        reasons.push(Reason::Unsent { node: id, records });
    }
    if node.unusable > 0 {
        let records = node.unusable;
        reasons.push(Reason::Unusable { node: id, records });
    }
    let heard = node.last_contact_at.filter(|_| !node.is_stopped);
    let from = heard.map(|at| at.plus_ms(-ON_THE_WAY_MS));
    if let Some(from) = from.filter(|from| *from < window.as_of) {
        let minutes = minutes(from.max(window.since), window.as_of);
        reasons.push(Reason::Silent {
            node: id,
            since: node.last_contact_at.unwrap_or(from),
            at_most: minutes.saturating_mul(u64::from(premises.most_per_minute)),
        });
    }
    reasons
}

const fn may_hold(reason: &Reason) -> u64 {
    match reason {
        Reason::Unsent { records, .. } | Reason::Unusable { records, .. } => *records,
        Reason::Silent { at_most, .. } => *at_most,
        Reason::Unsure { .. } | Reason::Unbound { .. } => 0,
    }
}

/// How many minutes of the clock a stretch touches.
fn minutes(from: Timestamp, to: Timestamp) -> u64 {
    let minute = |at: Timestamp| at.0.div_euclid(MINUTE_MS);
    u64::try_from(minute(to) - minute(from) + 1).unwrap_or(0)
}

/// A time in which a node let more people through than the premise allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rush {
    /// From then.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
    /// So many.
    pub passes: u64,
}

/// The first time in which one node, whose admitted scans were at `times`, was faster than `most_per_minute`. Scans
/// that are placed within a minute count in the minute of their estimate; those that only the rounds around them
/// place count together.
#[must_use]
pub fn rush(times: impl IntoIterator<Item = Interval>, most_per_minute: u32) -> Option<Rush> {
    let mut groups: BTreeMap<(Timestamp, Timestamp), u64> = BTreeMap::new();
    for time in times {
        *groups.entry(group(&time)).or_default() += 1;
    }
    let most = u64::from(most_per_minute);
    let is_fast = |&((from, until), passes): &((Timestamp, Timestamp), u64)| {
        passes > most.saturating_mul(minutes(from, until))
    };
    let rush = groups.into_iter().find(is_fast);
    rush.map(|((from, until), passes)| Rush {
        from,
        until,
        passes,
    })
}

fn group(time: &Interval) -> (Timestamp, Timestamp) {
    if time.hi.ms_since(time.lo) >= MINUTE_MS {
        return (time.lo, time.hi);
    }
    let from = Timestamp(time.at.0.div_euclid(MINUTE_MS) * MINUTE_MS);
    (from, from.plus_ms(MINUTE_MS - 1))
}

#[cfg(test)]
#[path = "occupancy_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "occupancy_law_tests.rs"]
mod laws;
