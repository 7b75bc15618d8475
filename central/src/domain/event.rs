//! An event as it stands: the show, its days, ticket types, gates, and what its gates are told of it.
//!
//! Values come out of `store::event` and go to pages, orders and gates. A new event is a wish first
//! ([`super::new_event`]). Every window is in absolute time: zones only matter for showing it.

use sync_protocol::{
    config::{EventConfig, EventDay, GateEntry, KeyEntry, TypeEntry},
    id::{EventId, GateId},
    time::Timestamp,
};

pub use super::gate_rules::{GateRules, entry_rule, entry_rule_columns};
use super::{
    id::{CategoryId, ClientId, SharedQuotaId, TicketTypeId},
    money::Currency,
    named::named_enum,
};

named_enum! {
    /// Where an event stands.
    pub enum EventStatus {
        /// Being set up; nobody sees it.
        Draft => "draft",
        /// Listed and on sale.
        Published => "published",
        /// Listed, not on sale.
        Closed => "closed",
        /// Will not take place.
        Cancelled => "cancelled",
        /// Will take place later.
        Postponed => "postponed",
        /// Is over.
        Completed => "completed",
    }
}

named_enum! {
    /// Who sees a ticket type.
    pub enum Visibility {
        /// Everybody.
        Public => "public",
        /// Who knows of it.
        Hidden => "hidden",
    }
}

/// A move that an event's status does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is {}, so it cannot become {}", from.name(), to.name())]
pub struct IllegalStep {
    /// Where it stands.
    pub from: EventStatus,
    /// Where it was to go.
    pub to: EventStatus,
}

impl EventStatus {
    /// Moves to `to`. A draft was never seen, so nothing but its opening or its end is said of it; cancelled and
    /// completed are the end.
    ///
    /// # Errors
    /// [`IllegalStep`], also for a move to where it stands.
    pub fn step(self, to: Self) -> Result<Self, IllegalStep> {
        use EventStatus::{Cancelled, Closed, Completed, Draft, Postponed, Published};
        let is_legal = match self {
            Draft => matches!(to, Published | Cancelled),
            Published => matches!(to, Closed | Cancelled | Postponed | Completed),
            Closed | Postponed => {
                to != self && matches!(to, Published | Closed | Cancelled | Postponed | Completed)
            }
            Cancelled | Completed => false,
        };
        if is_legal {
            return Ok(to);
        }
        Err(IllegalStep { from: self, to })
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// The organiser.
    pub client: ClientId,
    /// Its name in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// One paragraph for lists.
    pub summary: String,
    /// All there is to say.
    pub description: String,
    /// What buyers agree to.
    pub terms: String,
    /// The place.
    pub venue: String,
    /// Where that is.
    pub address: String,
    /// In which city.
    pub city: String,
    /// IANA name of the venue's time zone.
    pub time_zone: String,
    /// What it is sold in.
    pub currency: Currency,
    /// Where it stands.
    pub status: EventStatus,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// How long an order holds capacity, milliseconds.
    pub hold_ms: i64,
    /// How its gates decide.
    pub rules: GateRules,
    /// How often its days, texts, place or status changed.
    pub calendar_sequence: i64,
    /// What that was after the last move of its status.
    pub status_sequence: i64,
    /// What it was after the last change of its days or beginning.
    pub days_sequence: i64,
}

/// One day of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Bit number in day masks, 0–15.
    pub number: u8,
    /// What people call it.
    pub label: String,
    /// The calendar day in the event's zone, ISO 8601.
    pub local_date: String,
    /// First moment at which a ticket of this day is good, tolerance included.
    pub opens_at: Timestamp,
    /// First moment at which it is no longer good.
    pub closes_at: Timestamp,
}

/// One gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Its id.
    pub id: GateId,
    /// What people call it.
    pub name: String,
}

/// A group of ticket types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// The category it is a part of; a part has no parts.
    pub parent: Option<CategoryId>,
    /// What people call it.
    pub name: String,
    /// Place in lists.
    pub place: i64,
}

/// One ticket type as it is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketType {
    /// Its id.
    pub id: TicketTypeId,
    /// The event.
    pub event: EventId,
    /// Its group.
    pub category: CategoryId,
    /// The number in ticket codes.
    pub number: u16,
    /// What people call it.
    pub name: String,
    /// What it includes.
    pub description: String,
    /// Price in the event's currency.
    pub price_minor: i64,
    /// How many there are.
    pub quota: i64,
    /// How many of them are held or sold.
    pub taken: i64,
    /// First moment of its sale.
    pub sale_from: Timestamp,
    /// First moment at which it is no longer sold.
    pub sale_until: Timestamp,
    /// Fewest in one order.
    pub min_per_order: i64,
    /// Most in one order.
    pub max_per_order: i64,
    /// Who sees it.
    pub visibility: Visibility,
    /// Bit n set: good for event day n.
    pub day_mask: u16,
    /// Place in lists.
    pub place: i64,
    /// Gates at which it is taken; empty = all.
    pub gates: Vec<GateId>,
    /// It goes with another ticket of the same person.
    pub addon: bool,
    /// The quota that it draws on beside its own.
    pub shared_quota: Option<SharedQuotaId>,
    /// Opens a hidden type to who has it.
    pub access_code: Option<String>,
    /// Of what it is offered as; an order keeps the one it was sold at.
    pub version: i64,
}

/// Everything about an event that is not sales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSetup {
    /// The event.
    pub event: Event,
    /// Its days, ascending by number.
    pub days: Vec<Day>,
    /// Its gates, by name.
    pub gates: Vec<Gate>,
    /// Its types, by number.
    pub types: Vec<TicketType>,
    /// When everybody counts as outside again, ascending.
    pub check_outs: Vec<Timestamp>,
}

impl Event {
    /// `Stadium, Jakarta`; of a draft as much as is known.
    #[must_use]
    pub fn place(&self) -> String {
        let parts = [self.venue.trim(), self.city.trim()];
        let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        known.join(", ")
    }
}

impl EventSetup {
    /// The types in the order in which buyers see those of one category.
    #[must_use]
    pub fn types_in_order(&self) -> Vec<&TicketType> {
        let mut types: Vec<_> = self.types.iter().collect();
        types.sort_by_key(|kind| (kind.place, kind.number));
        types
    }

    /// What gates are told; `keys` are the public keys that they check tickets with.
    #[must_use]
    pub fn config(&self, revision: u64, keys: Vec<KeyEntry>) -> EventConfig {
        let rules = self.event.rules;
        let mut days: Vec<EventDay> = self.days.iter().map(Day::entry).collect();
        days.sort_by_key(|day| (day.opens_at, day.number));
        EventConfig {
            event: self.event.id,
            name: self.event.name.clone(),
            time_zone: self.event.time_zone.clone(),
            revision,
            days,
            types: self.types.iter().map(TicketType::entry).collect(),
            gates: self.gates.iter().map(Gate::entry).collect(),
            keys,
            entry_rule: rules.entry_rule,
            exchange_required: rules.exchange_required,
            sold_after_sync: rules.sold_after_sync,
            repeat_ms: rules.repeat_ms,
            check_outs: self.check_outs.clone(),
            wristbands: None,
            search: None,
            operators: None,
        }
    }
}

impl Day {
    fn entry(&self) -> EventDay {
        EventDay {
            number: self.number,
            label: self.label.clone(),
            opens_at: self.opens_at,
            closes_at: self.closes_at,
        }
    }
}

impl Gate {
    fn entry(&self) -> GateEntry {
        GateEntry {
            id: self.id,
            name: self.name.clone(),
        }
    }
}

impl TicketType {
    fn entry(&self) -> TypeEntry {
        TypeEntry {
            number: self.number,
            name: self.name.clone(),
            gates: self.gates.clone(),
            addon: self.addon,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_legal_moves_are_possible() {
        use EventStatus::{Cancelled, Closed, Completed, Draft, Postponed, Published};
        let legal = [
            (Draft, vec![Published, Cancelled]),
            (Published, vec![Closed, Cancelled, Postponed, Completed]),
            (Closed, vec![Published, Cancelled, Postponed, Completed]),
            (Postponed, vec![Published, Closed, Cancelled, Completed]),
            (Cancelled, vec![]),
            (Completed, vec![]),
        ];
        for (from, ways) in legal {
            for to in EventStatus::ALL.iter().copied() {
                let expected = if ways.contains(&to) {
                    Ok(to)
                } else {
                    Err(IllegalStep { from, to })
                };
                assert_eq!(from.step(to), expected);
            }
        }
    }

    proptest::proptest! {
        /// Whatever is tried: nobody gets back to a draft, and an end is an end.
        #[test]
        fn an_end_is_an_end(tries in proptest::collection::vec(0usize..6, 0..30)) {
            let mut status = EventStatus::Draft;
            for at in tries {
                let to = EventStatus::ALL[at];
                if status.step(to).is_ok() {
                    proptest::prop_assert_ne!(to, EventStatus::Draft);
                    proptest::prop_assert_ne!(status, EventStatus::Cancelled);
                    proptest::prop_assert_ne!(status, EventStatus::Completed);
                    status = to;
                }
            }
        }
    }

    #[test]
    fn statuses_have_names_of_their_own() {
        assert_eq!(
            EventStatus::from_name("published"),
            Some(EventStatus::Published)
        );
        assert_eq!(EventStatus::from_name("Published"), None);
        assert_eq!(Visibility::Hidden.name(), "hidden");
    }
}
