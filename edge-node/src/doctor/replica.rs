//! The replica: proven equal to central's, its rows still what was taken in, and the keys to check tickets with.

use sync_protocol::{config::EventConfig, id::EventId, manifest::Gap};

use super::Check;
use crate::{
    identity::Identity,
    replica::{Replica, state::State},
};

const SYNC: &str =
    "run `edge-node sync`, or bring central's answer on a stick (`edge-node import`)";

/// The replica and its keys.
#[must_use]
pub fn all(replica: &Replica, identity: &Identity) -> Vec<Check> {
    let (view, gap) = match replica
        .view()
        .and_then(|view| Ok((view, replica.compare()?)))
    {
        Ok(read) => read,
        Err(error) => return vec![Check::failed("replica", &error)],
    };
    let event = identity.answer.event;
    vec![proof(&view.state, gap), keys(view.config.as_ref(), event)]
}

/// Whether it is central's, row by row.
#[must_use]
pub fn proof(state: &State, gap: Option<Gap>) -> Check {
    let total = state.running.total();
    if let Some(gap) = gap {
        let found = format!("rows on this disk were lost or altered: {gap}");
        return Check::no_go("replica", found, SYNC);
    }
    match (&state.gap, state.pass) {
        _ if state.is_complete => Check::ok(
            "replica",
            format!(
                "{total} tickets, equal to central's at revision {}",
                state.revision
            ),
        ),
        (_, 0) => Check::no_go("replica", "there are no tickets yet", SYNC),
        (Some(gap), _) => Check::no_go("replica", format!("it is not central's: {gap}"), SYNC),
        (None, _) => Check::no_go("replica", format!("only {total} tickets came so far"), SYNC),
    }
}

/// Whether the event's own keys are there.
#[must_use]
pub fn keys(config: Option<&EventConfig>, event: EventId) -> Check {
    let Some(config) = config else {
        return Check::no_go(
            "event_keys",
            "there are none: no ticket can be checked",
            SYNC,
        );
    };
    if config.event != event {
        let found = format!("they are those of the event {}", config.event);
        return Check::no_go("event_keys", found, "remove replica.db and sync again");
    }
    let own = config.keys.iter().filter(|key| key.event == event).count();
    match own {
        0 => Check::no_go(
            "event_keys",
            "there are none: no ticket can be checked",
            SYNC,
        ),
        _ => Check::ok("event_keys", format!("{own} for {}", config.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        doctor::Level,
        testing::{EVENT, config},
    };

    #[test]
    fn only_a_proven_replica_is_a_go() {
        let complete = State {
            pass: 1,
            is_complete: true,
            ..State::default()
        };
        let receiving = State {
            pass: 1,
            ..State::default()
        };
        let gap = State {
            gap: Some("37 missing".to_owned()),
            ..receiving.clone()
        };
        for (state, found, level, says) in [
            (&complete, None, Level::Ok, "equal to central's"),
            (
                &complete,
                Some(Gap::Different),
                Level::NoGo,
                "lost or altered",
            ),
            (&State::default(), None, Level::NoGo, "no tickets yet"),
            (&receiving, None, Level::NoGo, "so far"),
            (&gap, None, Level::NoGo, "37 missing"),
        ] {
            let check = proof(state, found);
            assert_eq!(check.level, level, "{check:?}");
            assert!(check.found.contains(says), "{check:?}");
        }
    }

    #[test]
    fn without_the_events_keys_nothing_can_be_checked() {
        let mut other = config();
        other.event = EventId::from_u128(99);
        let mut keyless = config();
        keyless.keys.clear();
        for (config, level) in [
            (Some(config()), Level::Ok),
            (Some(other), Level::NoGo),
            (Some(keyless), Level::NoGo),
            (None, Level::NoGo),
        ] {
            assert_eq!(keys(config.as_ref(), EVENT).level, level);
        }
    }
}
