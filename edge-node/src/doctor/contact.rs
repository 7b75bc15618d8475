//! What central last said: lease, rights, time, and what it has not got yet.

use sync_protocol::{
    rights::Rights,
    scan::Head,
    time::{Reading, Timestamp},
};

use super::Check;
use crate::{log::contact::Contact, moment_text::rfc3339};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// A shift.
const LEASE_SHORT: i64 = 12 * HOUR;
const SYNC_OLD: i64 = 15 * MINUTE;
/// Verdicts are right with any clock; people who read the wall are not.
const CLOCK_WRONG: i64 = 2 * MINUTE;
const SYNC: &str =
    "run `edge-node sync`, or bring central's answer on a stick (`edge-node import`)";
const SEND: &str = "run `edge-node sync`, or carry them out with `edge-node export`";

/// All of it.
#[must_use]
pub fn all(contact: &Contact, head: &Head, reading: &Reading, parked: Option<u64>) -> Vec<Check> {
    let now = contact.estimate(reading);
    vec![
        standing(contact),
        lease(contact, now),
        rights(contact),
        clock(contact, reading),
        last_sync(contact, now),
        unsent(contact, head),
        set_aside(parked.unwrap_or(0)),
    ]
}

/// Whether central works with this disk.
#[must_use]
pub fn standing(contact: &Contact) -> Check {
    if contact.is_copy {
        return Check::no_go(
            "standing",
            "central has other scans of this node: this disk, or another with its name, is a copy",
            "take one of the two disks out of use, then see \"A gate's disk was copied\" in docs/operations.md",
        );
    }
    if contact.is_erased {
        return Check::no_go(
            "standing",
            "central revoked this node and its tickets are erased",
            "carry out its scans (`edge-node export`) and enrol a new node in another folder",
        );
    }
    Check::ok("standing", "central works with this node")
}

/// How long it may decide.
#[must_use]
pub fn lease(contact: &Contact, now: Timestamp) -> Check {
    let Some(until) = contact.lease_until else {
        return Check::no_go("lease", "central never gave one", SYNC);
    };
    if contact.is_over {
        return Check::no_go("lease", "it ended, and only central can give another", SYNC);
    }
    let left = until.ms_since(now);
    let found = format!(
        "until {} ({} h {} min left)",
        rfc3339(until),
        left / HOUR,
        left % HOUR / MINUTE
    );
    match left {
        ..=0 => Check::no_go("lease", format!("it ended at {}", rfc3339(until)), SYNC),
        1..LEASE_SHORT => Check::warning("lease", found, SYNC),
        LEASE_SHORT.. => Check::ok("lease", found),
    }
}

/// What it may do.
#[must_use]
pub fn rights(contact: &Contact) -> Check {
    let names = contact.rights.names();
    if contact.rights == Rights::ALL && contact.central_seen.is_none() {
        return Check::warning("rights", "not known until the first sync", SYNC);
    }
    match names.is_empty() {
        true => Check::no_go(
            "rights",
            "this node may do nothing",
            "ask for other rights in the panel, then sync",
        ),
        false => Check::ok("rights", names.join(", ")),
    }
}

/// Whether times will be right, and whether the wall shows them.
#[must_use]
pub fn clock(contact: &Contact, reading: &Reading) -> Check {
    if let Some(time) = contact.central_time(reading) {
        let offset = reading.wall.ms_since(time.at);
        let found = format!("{offset:+} ms against central's, ± {} ms", time.error_ms());
        return match offset.saturating_abs() > CLOCK_WRONG {
            true => Check::warning(
                "clock",
                found,
                "set this machine's clock; scans are corrected meanwhile",
            ),
            false => Check::ok("clock", found),
        };
    }
    if let Some(seen) = contact.central_seen
        && reading.wall < seen
    {
        let found = format!(
            "it says {}, but central was heard of at {}",
            rfc3339(reading.wall),
            rfc3339(seen)
        );
        return Check::warning(
            "clock",
            found,
            "set this machine's clock, or sync: then scans are corrected",
        );
    }
    Check::warning(
        "clock",
        "not compared with central's since this machine started",
        "sync once: until then scans have this machine's time, and central knows it only roughly",
    )
}

/// How long ago central was heard of.
#[must_use]
pub fn last_sync(contact: &Contact, now: Timestamp) -> Check {
    let Some(seen) = contact.central_seen else {
        return Check::warning("last_sync", "never", SYNC);
    };
    let age = now.ms_since(seen);
    let found = format!("{} min ago ({})", age / MINUTE, rfc3339(seen));
    match age > SYNC_OLD {
        true => Check::warning("last_sync", found, SYNC),
        false => Check::ok("last_sync", found),
    }
}

/// What central has not got yet.
#[must_use]
pub fn unsent(contact: &Contact, head: &Head) -> Check {
    let left = head.seq.saturating_sub(contact.acknowledged);
    match left {
        0 => Check::ok("unsent", format!("none of {} records", head.seq)),
        _ => Check::warning("unsent", format!("{left} of {} records", head.seq), SEND),
    }
}

/// What central could not use.
#[must_use]
pub fn set_aside(parked: u64) -> Check {
    match parked {
        0 => Check::ok("parked", "central set no record aside"),
        _ => Check::warning(
            "parked",
            format!("central set {parked} records aside"),
            "`central node show` says why",
        ),
    }
}

#[cfg(test)]
#[path = "contact_tests.rs"]
mod tests;
