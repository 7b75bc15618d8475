//! One round with central, without the network: the request to send, and what its answer changes.
//!
//! Invariant: the log learns of an acknowledgement only after the page of the same answer is durable, so a crash
//! in between sends records twice, which central takes once, and never loses any. An order to erase is noted in
//! the log before the replica goes, so it is carried out even if the power goes first. Of an answer that a later
//! one overtook (another program on this folder) only the acknowledgement counts.
//!
//! Called by `sync`, which owns sockets, retries and waiting.

use minicbor::bytes::ByteVec;
use sync_protocol::{
    manifest::Gap,
    moment::Trip,
    scan::Head,
    wire::{
        self, MAX_BATCH,
        report::NodeReport,
        v1::{Order, SyncAnswer, SyncRequest},
    },
};

use crate::{
    database::lock, error::NodeError, log::contact::Contact, node::Node, receipt,
    replica::apply::Received,
};

/// What an answer changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// There is more to send or to fetch: ask again at once.
    pub more: bool,
    /// Central has every record up to this place.
    pub acknowledged: u64,
    /// How many ticket rows came.
    pub tickets: usize,
    /// How many records central put aside.
    pub parked: usize,
    /// The last page came and the replica does not equal central's: the next round fetches all again. Not at
    /// once, or two programs that disagree would never rest.
    pub gap: Option<Gap>,
    /// Central told the node to erase its replica, and it did.
    pub erased: bool,
}

impl Node {
    /// The next request: unsent records, `most_records` of them and never more than [`MAX_BATCH`], and where the
    /// replica stands.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn next_request(
        &self,
        page_rows: u32,
        most_records: usize,
    ) -> Result<SyncRequest, NodeError> {
        let view = self.replica.view()?;
        let log = lock(&self.log);
        let contact = log.contact()?;
        let batch = log.unsent(contact.acknowledged, most_records.min(MAX_BATCH))?;
        // Read after the batch: another program may have added to the log, never taken away.
        let head = log.head()?;
        let upto = batch.upto.unwrap_or(head);
        let reading = self.clock.reading();
        Ok(SyncRequest {
            event: self.identity.answer.event,
            boot: reading.boot,
            previous: contact.last_round,
            log: head.sign(self.key()),
            upto: upto.sign(self.key()),
            records: batch.records,
            position: view.state.position.clone().map(ByteVec::from),
            page_rows,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            config_revision: view.config.as_ref().map_or(0, |config| config.revision),
            report: Some(NodeReport {
                protocol: wire::NEWEST_VERSION,
                wall: reading.wall,
                proven: view.state.is_complete.then_some(view.state.revision),
            }),
        })
    }

    /// Takes in the answer to a request.
    ///
    /// # Errors
    /// [`NodeError::LogBehind`], [`NodeError::OtherEvent`], or [`NodeError::Database`]; then what is not yet
    /// durable comes again in the next round.
    pub fn apply(
        &self,
        request: &SyncRequest,
        answer: &SyncAnswer,
        trip: Trip,
    ) -> Result<Applied, NodeError> {
        self.check(answer)?;
        if self.is_overtaken(request, answer)? {
            let (_, _, contact) = self.note(request, answer, trip)?;
            return Ok(Applied {
                more: true,
                ..applied(answer, &contact, Received::default())
            });
        }
        if let Some(Order::Erase) = answer.order {
            return self.erase(request, answer, trip);
        }
        let from = request
            .position
            .as_ref()
            .map(|position| position.as_slice());
        let received = self.replica.apply(from, answer)?;
        let (head, before, contact) = self.note(request, answer, trip)?;
        // Another program may have been told to erase while this page was written.
        if contact.is_erased {
            self.replica.erase()?;
        }
        let is_last = received.fits && answer.page.manifest.is_some();
        let sends_on = contact.acknowledged != before && contact.acknowledged < head.seq;
        Ok(Applied {
            more: !is_last || sends_on,
            ..applied(answer, &contact, received)
        })
    }

    pub(crate) fn check(&self, answer: &SyncAnswer) -> Result<(), NodeError> {
        let event = self.identity.answer.event;
        if let Some(config) = &answer.page.config
            && config.event != event
        {
            return Err(NodeError::OtherEvent(config.event));
        }
        let head = lock(&self.log).head()?.seq;
        if answer.acknowledged > head {
            self.lock_as_copy()?;
            return Err(NodeError::LogBehind {
                acknowledged: answer.acknowledged,
                head,
            });
        }
        Ok(())
    }

    /// Central holds other or more scans of this node than its log: another disk went on after this copy was
    /// made, so whom it admitted is not known here. It decides no more, also after a restart.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn lock_as_copy(&self) -> Result<(), NodeError> {
        let mut log = lock(&self.log);
        let append = log.begin()?;
        let contact = Contact {
            is_copy: true,
            ..append.contact()?
        };
        append.set_contact(&contact)?;
        append.commit()
    }

    fn is_overtaken(&self, request: &SyncRequest, answer: &SyncAnswer) -> Result<bool, NodeError> {
        let mut log = lock(&self.log);
        let append = log.begin()?;
        Ok(append.contact()?.has_overtaken(request, answer))
    }

    fn erase(
        &self,
        request: &SyncRequest,
        answer: &SyncAnswer,
        trip: Trip,
    ) -> Result<Applied, NodeError> {
        let (head, before, contact) = self.note(request, answer, trip)?;
        self.replica.erase()?;
        tracing::warn!(
            "central revoked this node: its replica is erased, its unsent scans are kept"
        );
        let sends_on = contact.acknowledged != before && contact.acknowledged < head.seq;
        Ok(Applied {
            more: sends_on,
            erased: true,
            ..applied(answer, &contact, Received::default())
        })
    }

    /// Writes down what the answer says of the log, the time and the lease.
    fn note(
        &self,
        request: &SyncRequest,
        answer: &SyncAnswer,
        trip: Trip,
    ) -> Result<(Head, u64, Contact), NodeError> {
        let view = self.replica.view()?;
        let mut log = lock(&self.log);
        let append = log.begin()?;
        let mut contact = append.contact()?;
        let before = contact.clone();
        contact.note(request, answer, trip);
        if contact.acknowledged < before.acknowledged {
            receipt::tell(&before, contact.acknowledged);
        }
        self.keep_receipt(&append, &mut contact, answer, view.config.as_ref())?;
        append.set_contact(&contact)?;
        append.park(&answer.parked)?;
        let head = append.head()?;
        append.commit()?;
        self.close_search_unless_allowed(&contact);
        Ok((head, before.acknowledged, contact))
    }
}

fn applied(answer: &SyncAnswer, contact: &Contact, received: Received) -> Applied {
    Applied {
        more: false,
        acknowledged: contact.acknowledged,
        tickets: received.tickets,
        parked: answer.parked.len(),
        gap: received.gap,
        erased: false,
    }
}

#[cfg(test)]
#[path = "round_tests.rs"]
mod tests;
