//! Who gives a command: stands in the audit trail beside what was done.

use crate::app::trail::Actor;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Who {
    /// Who decides it, for the audit trail
    #[arg(long, value_name = "NAME", default_value = "the command line")]
    by: String,
}

impl Who {
    pub(super) fn actor(&self) -> Actor {
        Actor::Staff(self.by.clone())
    }
}
