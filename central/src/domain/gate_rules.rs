//! How an event's gates decide: how often a ticket lets in, what needs a wristband, how long silence may last.
//!
//! Stored with the event, told to gates with its config ([`super::event::EventSetup::config`]).

use sync_protocol::config::{EntryRule, Policy};

/// How an event's gates decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateRules {
    /// How often a ticket lets in.
    pub entry_rule: EntryRule,
    /// Whether a ticket must be exchanged for a wristband before entry.
    pub exchange_required: bool,
    /// What to answer to a genuine ticket that the gate does not know yet.
    pub sold_after_sync: Policy,
    /// The same ticket at the same gate within this time is a repeat.
    pub repeat_ms: i64,
    /// How long a gate may decide without hearing from central.
    pub lease_ms: i64,
    /// How many people a node lets through in a minute at most: the premise of counts while nodes are silent.
    pub most_per_minute: u32,
}

impl GateRules {
    /// How the gates of an event decide that asked for nothing else.
    pub const USUAL: Self = Self {
        entry_rule: EntryRule::Single,
        exchange_required: false,
        sold_after_sync: Policy::Ask,
        repeat_ms: 30_000,
        lease_ms: 72 * 3_600_000,
        most_per_minute: 60,
    };
}

/// The stable name of an entry rule, and its limit.
#[must_use]
pub const fn entry_rule_columns(rule: EntryRule) -> (&'static str, i64) {
    match rule {
        EntryRule::Single => ("single", 1),
        EntryRule::OncePerDay => ("once_per_day", 1),
        EntryRule::Times(times) => ("times", times as i64),
        EntryRule::ReEntry => ("re_entry", 1),
        EntryRule::TimesPerGate(times) => ("times_per_gate", times as i64),
    }
}

/// The entry rule of a name and a limit.
#[must_use]
pub fn entry_rule(name: &str, limit: i64) -> Option<EntryRule> {
    let times = || u16::try_from(limit).ok().filter(|limit| *limit > 0);
    Some(match name {
        "single" => EntryRule::Single,
        "once_per_day" => EntryRule::OncePerDay,
        "times" => EntryRule::Times(times()?),
        "times_per_gate" => EntryRule::TimesPerGate(times()?),
        "re_entry" => EntryRule::ReEntry,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_rules_round_trip() {
        for rule in [
            EntryRule::Single,
            EntryRule::OncePerDay,
            EntryRule::Times(3),
            EntryRule::TimesPerGate(2),
            EntryRule::ReEntry,
        ] {
            let (name, limit) = entry_rule_columns(rule);
            assert_eq!(entry_rule(name, limit), Some(rule));
        }
        assert_eq!(entry_rule("times", 0), None);
        assert_eq!(entry_rule("sometimes", 1), None);
    }
}
