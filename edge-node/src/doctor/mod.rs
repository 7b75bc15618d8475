//! The go / no-go before doors: one line per thing that must be right, and what to do where it is not.
//!
//! | looks at | file |
//! | --- | --- |
//! | papers, key, log, replica | [`papers`], [`log`], [`replica`] |
//! | lease, clock, rounds with central | [`contact`] |
//! | disk, power | [`disk`], [`power`] |
//! | camera and scanners that are plugged in, other programs | [`machine`], [`scanner`] |
//! | camera and scanners of the program that runs | [`device`] |
//!
//! Each check is a plain function of what was read, so it can be tested in a table; [`examine`] reads. Nothing is
//! repaired and nothing is written but a probe file on the disk. Warnings do not make a no-go. Called by `command`.

pub mod contact;
pub mod device;
pub mod disk;
pub mod log;
pub mod machine;
pub mod papers;
pub mod power;
pub mod replica;
pub mod said;
pub mod scanner;

use std::path::Path;

use ambient::Clock;
use serde::Serialize;

use self::said::{Said, Words, said};
use crate::{error::NodeError, home::Home, identity::Identity, log::Log, replica::Replica};

const EXPORT: Words = (
    "see docs/operations.md; the scans can still be saved with `edge-node export`",
    "lihat docs/operations.md; pindaian masih dapat disimpan dengan `edge-node export`",
);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// The gate can open; somebody should look.
    Warning,
    /// The gate must not open like this.
    NoGo,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub found: Said,
    /// What to do.
    pub advice: Option<Said>,
}

/// All lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The gate can open.
    pub go: bool,
    /// In the order in which they were made.
    pub checks: Vec<Check>,
}

impl Check {
    /// All is well.
    #[must_use]
    pub fn ok(name: &'static str, found: impl Into<Said>) -> Self {
        Self {
            name,
            level: Level::Ok,
            found: found.into(),
            advice: None,
        }
    }

    /// Somebody should look.
    #[must_use]
    pub fn warning(name: &'static str, found: impl Into<Said>, advice: Words) -> Self {
        Self {
            level: Level::Warning,
            advice: Some(advice.into()),
            ..Self::ok(name, found)
        }
    }

    /// The gate must not open.
    #[must_use]
    pub fn no_go(name: &'static str, found: impl Into<Said>, advice: Words) -> Self {
        Self {
            level: Level::NoGo,
            ..Self::warning(name, found, advice)
        }
    }

    pub(crate) fn failed(name: &'static str, error: &NodeError) -> Self {
        let code = error.code();
        let found = said!("{error} [{code}]", "tidak dapat dibaca: {error} [{code}]");
        Self::no_go(name, found, EXPORT)
    }
}

impl Report {
    /// Sums up. Where nothing was looked at, nothing is known to be good.
    #[must_use]
    pub fn new(checks: Vec<Check>) -> Self {
        let is_good = checks.iter().all(|check| check.level < Level::NoGo);
        Self {
            go: is_good && !checks.is_empty(),
            checks,
        }
    }

    /// What the running program knows better takes the place of what was found from outside.
    #[must_use]
    pub fn corrected(self, better: Vec<Check>) -> Self {
        let is_corrected = |check: &Check| better.iter().any(|it| it.name == check.name);
        let (at, mut checks) = self.checks.into_iter().fold(
            (None, Vec::new()),
            |(at, mut kept): (Option<usize>, Vec<Check>), check| {
                if is_corrected(&check) {
                    return (at.or(Some(kept.len())), kept);
                }
                kept.push(check);
                (at, kept)
            },
        );
        let at = at.unwrap_or(checks.len());
        checks.splice(at..at, better);
        Self::new(checks)
    }

    /// The names of the checks of this level.
    #[must_use]
    pub fn names(&self, level: Level) -> Vec<&'static str> {
        let found = self.checks.iter().filter(|check| check.level == level);
        found.map(|check| check.name).collect()
    }
}

/// Looks at the node that lives in `home`; `progress` hears how many records were followed, of how many.
///
/// # Errors
/// [`NodeError::NotEnrolled`], or papers that cannot be read: then there is no node to look at.
pub fn examine(
    home: &Path,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, NodeError> {
    let home = Home::new(home);
    let identity = Identity::read(&home)?;
    let mut checks = vec![papers::identity(&identity), papers::key(&home)];
    match Log::open(&home.log(), identity.answer.node) {
        Ok(log) => checks.extend(of_log(&log, &identity, clock, progress)),
        Err(error) => checks.push(Check::failed("log", &error)),
    }
    match Replica::open(&home.replica()) {
        Ok(replica) => checks.extend(replica::all(&replica, &identity)),
        Err(error) => checks.push(Check::failed("replica", &error)),
    }
    checks.push(disk::all(&home, clock));
    checks.push(power::all());
    checks.extend(machine::all(&home));
    checks.push(Check::ok(
        "peers",
        (
            "none: this version works alone",
            "tidak ada: versi ini bekerja sendiri",
        ),
    ));
    Ok(Report::new(checks))
}

fn of_log(
    log: &Log,
    identity: &Identity,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(u64, u64),
) -> Vec<Check> {
    let contact = match log.contact() {
        Ok(contact) => contact,
        Err(error) => return vec![Check::failed("log", &error)],
    };
    let head = match log.head() {
        Ok(head) => head,
        Err(error) => return vec![Check::failed("log", &error)],
    };
    let mut checks = vec![log::chain(log, &contact, progress)];
    checks.extend(contact::all(
        &contact,
        &head,
        &clock.reading(),
        log.parked().ok(),
    ));
    tracing::debug!(node = %identity.answer.node, "the log was followed");
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_report_is_no_go() {
        assert!(!Report::new(Vec::new()).go);
        let good = Check::ok("disk", ("good", "baik"));
        assert!(Report::new(vec![good]).go);
    }

    #[test]
    fn what_the_running_program_knows_takes_the_place_of_what_was_found_from_outside() {
        let check = |name| Check::ok(name, ("good", "baik"));
        let report = Report::new(vec![check("disk"), check("camera"), check("peers")]);
        let down = Check::no_go("camera", ("gone", "hilang"), ("plug it in", "pasang"));
        let report = report.corrected(vec![down, check("scanner")]);
        let names: Vec<_> = report.checks.iter().map(|check| check.name).collect();
        assert_eq!(names, ["disk", "camera", "scanner", "peers"]);
        assert_eq!(
            (report.go, report.names(Level::NoGo)),
            (false, vec!["camera"])
        );
    }
}
