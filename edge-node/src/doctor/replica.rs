//! The replica: proven equal to central's, its rows still what was taken in, and the keys to check tickets with.

use sync_protocol::{config::EventConfig, id::EventId, manifest::Gap};

use super::{
    Check,
    said::{Words, said},
};
use crate::{
    doctor::contact::SYNC,
    identity::Identity,
    replica::{Replica, state::State},
};

const NO_KEYS: Words = (
    "there are none: no ticket can be checked",
    "tidak ada: tiket tidak dapat diperiksa",
);

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
    let (total, revision) = (state.running.total(), state.revision);
    if let Some(gap) = gap {
        let found = said!(
            "rows on this disk were lost or altered: {gap}",
            "data di disk ini hilang atau berubah: {gap}"
        );
        return Check::no_go("replica", found, SYNC);
    }
    match (&state.gap, state.pass) {
        _ if state.is_complete => Check::ok(
            "replica",
            said!(
                "{total} tickets, equal to central's at revision {revision}",
                "{total} tiket, sama dengan pusat pada revisi {revision}"
            ),
        ),
        (_, 0) => Check::no_go(
            "replica",
            ("there are no tickets yet", "belum ada tiket"),
            SYNC,
        ),
        (Some(gap), _) => Check::no_go(
            "replica",
            said!(
                "it is not central's: {gap}",
                "tidak sama dengan pusat: {gap}"
            ),
            SYNC,
        ),
        (None, _) => Check::no_go(
            "replica",
            said!(
                "only {total} tickets came so far",
                "baru {total} tiket yang datang"
            ),
            SYNC,
        ),
    }
}

/// Whether the event's own keys are there.
#[must_use]
pub fn keys(config: Option<&EventConfig>, event: EventId) -> Check {
    let Some(config) = config else {
        return Check::no_go("event_keys", NO_KEYS, SYNC);
    };
    if config.event != event {
        let other = config.event;
        let found = said!(
            "they are those of the event {other}",
            "ini kunci acara {other}"
        );
        let advice = (
            "remove replica.db and sync again",
            "hapus replica.db lalu sinkronkan lagi",
        );
        return Check::no_go("event_keys", found, advice);
    }
    let own = config.keys.iter().filter(|key| key.event == event).count();
    match own {
        0 => Check::no_go("event_keys", NO_KEYS, SYNC),
        _ => {
            let name = &config.name;
            Check::ok(
                "event_keys",
                said!("{own} for {name}", "{own} untuk {name}"),
            )
        }
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
            assert!(check.found.to_string().contains(says), "{check:?}");
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
