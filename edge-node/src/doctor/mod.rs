//! The go / no-go before doors: one line per thing that must be right, and what to do where it is not.
//!
//! | looks at | file |
//! | --- | --- |
//! | papers, key, log, replica | [`papers`], [`log`], [`replica`] |
//! | lease, clock, rounds with central | [`contact`] |
//! | disk, camera, other programs | [`disk`], [`machine`] |
//!
//! Each check is a plain function of what was read, so it can be tested in a table; [`examine`] reads. Nothing is
//! repaired and nothing is written but a probe file on the disk. Warnings do not make a no-go. Called by `command`.

pub mod contact;
pub mod disk;
pub mod log;
pub mod machine;
pub mod papers;
pub mod replica;

use std::path::Path;

use ambient::Clock;
use serde::Serialize;

use crate::{error::NodeError, home::Home, identity::Identity, log::Log, replica::Replica};

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
    pub found: String,
    /// What to do.
    pub advice: Option<String>,
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
    pub fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            name,
            level: Level::Ok,
            found: found.into(),
            advice: None,
        }
    }

    /// Somebody should look.
    #[must_use]
    pub fn warning(name: &'static str, found: impl Into<String>, advice: &str) -> Self {
        Self {
            level: Level::Warning,
            advice: Some(advice.to_owned()),
            ..Self::ok(name, found)
        }
    }

    /// The gate must not open.
    #[must_use]
    pub fn no_go(name: &'static str, found: impl Into<String>, advice: &str) -> Self {
        Self {
            level: Level::NoGo,
            ..Self::warning(name, found, advice)
        }
    }

    fn failed(name: &'static str, error: &NodeError) -> Self {
        let advice = "see docs/operations.md; the scans can still be saved with `edge-node export`";
        Self::no_go(name, format!("{error} [{}]", error.code()), advice)
    }
}

impl Report {
    /// Sums up.
    #[must_use]
    pub fn new(checks: Vec<Check>) -> Self {
        let go = checks.iter().all(|check| check.level < Level::NoGo);
        Self { go, checks }
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
    checks.extend(machine::all(&home));
    checks.push(Check::ok("peers", "none: this version works alone"));
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
