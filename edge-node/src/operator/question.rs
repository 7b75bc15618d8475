//! Whether what the gate asked is still the question: nobody passed since, and nothing was withdrawn.
//!
//! A supervisor saw the question as it was then, so a yes counts only for that. What happened here since stands behind
//! it in the log. What happened at other gates is in the replica with the revision at which this gate heard of it: that
//! is compared, not the time, because a passage from before the question may be heard of after it, and clocks differ.
//! Called by [`super::decision`], under the log's write lock.

use sync_protocol::{
    config::EventConfig,
    decide::Passage,
    decision::{bears_on, has_lapsed, tells_of_use},
    id::NodeId,
    scan::Action,
    time::Timestamp,
    wristband::WristbandStatus,
};

use super::decision::DecisionError;
use crate::{
    error::NodeError,
    log::{Append, row::Written},
    replica::Replica,
};

/// What a question is held against.
pub(super) struct Now<'a> {
    pub(super) node: NodeId,
    pub(super) config: &'a EventConfig,
    pub(super) replica: &'a Replica,
    pub(super) log: &'a Append<'a>,
    pub(super) at: Timestamp,
}

impl Now<'_> {
    /// Whether a yes to this question still says what was meant.
    ///
    /// # Errors
    /// [`DecisionError::PassedSince`] or [`DecisionError::ChangedSince`]; else the databases.
    pub(super) fn check(&self, asked: &Written) -> Result<(), DecisionError> {
        let seq = asked.record.seq;
        let (own, others) = (self.passed_here(asked)?, self.passed_elsewhere(asked)?);
        if let Some(passage) = others.or(own) {
            return Err(DecisionError::PassedSince {
                seq,
                gate: self.config.gate_name(passage.gate),
                at: passage.at,
            });
        }
        match self.is_withdrawn(asked)? {
            true => Err(DecisionError::ChangedSince(seq)),
            false => Ok(()),
        }
    }

    fn passed_here(&self, asked: &Written) -> Result<Option<Passage>, NodeError> {
        let mut passages = match asked.ticket {
            Some(ticket) => self.log.passages(ticket)?,
            None => Vec::new(),
        };
        if let Some(wristband) = asked.wristband() {
            passages.extend(self.log.passages_by(wristband)?);
        }
        let bears = |passage: &Passage| {
            passage.scan.seq > asked.record.seq && bears_on(passage.action, asked.record.action)
        };
        Ok(passages.into_iter().find(bears))
    }

    /// An earlier use that the question itself was about is no news, also where its ruling changed since.
    fn passed_elsewhere(&self, asked: &Written) -> Result<Option<Passage>, NodeError> {
        let heard =
            self.replica
                .heard_since(asked.record.cursor, asked.ticket, asked.wristband())?;
        let tells = tells_of_use(asked.record.reason);
        let bears = |passage: &Passage| {
            passage.scan.node != self.node
                && bears_on(passage.action, asked.record.action)
                && (!tells || passage.action == Action::Unpair || passage.at > asked.at)
        };
        Ok(heard.into_iter().find(bears))
    }

    fn is_withdrawn(&self, asked: &Written) -> Result<bool, NodeError> {
        let worn = asked.wristband();
        let worn = worn.map(|id| self.replica.wristband(id)).transpose()?;
        if worn.flatten() == Some(WristbandStatus::Void) {
            return Ok(true);
        }
        let ticket = asked.ticket.map(|id| self.replica.ticket(id)).transpose()?;
        Ok(ticket
            .flatten()
            .is_some_and(|ticket| has_lapsed(self.config, &asked.record, &ticket, self.at)))
    }
}
