//! How a command ended, as scripts see it.

use std::process::ExitCode;

/// The exit status, from good to bad; of several, the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Everything was admitted, or there was nothing to decide.
    AllAdmitted,
    /// Something was refused, asked about, or showed no code.
    SomeRefused,
    /// Something could not be read, decided or stored.
    CouldNotWork,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::AllAdmitted => 0,
            Outcome::SomeRefused => 1,
            Outcome::CouldNotWork => 2,
        })
    }
}
