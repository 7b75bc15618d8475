//! The search by name at the gate: for a node that may, at an event that wants it, while an operator's passphrase
//! keeps it open.
//!
//! Invariants: names are in memory alone and wiped when the search closes, which it does by itself as soon as central
//! withdraws the right, the node locks or is erased, or the passphrase is another one. Neither a question nor whether
//! somebody was found is written anywhere; that it was opened is. What is found opens no gate: a person needs the
//! ticket, or its number and a supervisor.
//!
//! Called by the command line and the screen. A guest never waits for it.

mod fold;
mod index;

use std::sync::Mutex;

use serde::Serialize;
use sync_protocol::{
    config::SearchLock,
    decide::Passage,
    id::TicketId,
    number::TicketNumber,
    scan::Action,
    search::{self, IndexKey, Passphrase},
    ticket::{Ticket, TicketStatus},
    time::Timestamp,
};

use self::index::NameIndex;
use crate::{
    attempts::Attempts, database::lock, error::NodeError, log::contact::Contact, moment_text,
    node::Node, replica::View,
};

/// Why nothing can be found.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Central gave the node no such right.
    #[error("this node may not search by name: central gives that right")]
    NotAllowed,
    /// The node decides nothing, and tells nothing either.
    #[error("this node is locked: it must reach central first")]
    NodeLocked,
    /// The organiser did not turn it on.
    #[error("this event has no search by name")]
    NotOffered,
    /// Nobody opened it.
    #[error("the search by name is locked: its passphrase opens it")]
    Locked,
    /// Too many wrong passphrases.
    #[error("after a wrong passphrase wait {} seconds more", wait_ms.saturating_add(999) / 1_000)]
    TooSoon {
        /// How long.
        wait_ms: i64,
    },
    /// The passphrase or the lock.
    #[error(transparent)]
    Lock(#[from] search::SearchError),
    /// The node itself.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl SearchError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::NodeLocked => "node_locked",
            Self::NotOffered => "search_not_offered",
            Self::Locked => "search_locked",
            Self::TooSoon { .. } => "search_too_soon",
            Self::Lock(error) => error.code(),
            Self::Node(error) => error.code(),
        }
    }
}

/// How the search stands, for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SearchStatus {
    /// The event has one, and this node may use it.
    pub offered: bool,
    /// It is open in this program since then.
    #[serde(serialize_with = "moment_text::serialize_option")]
    pub unlocked_since: Option<Timestamp>,
}

/// A ticket that was found. It admits nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The ticket.
    pub ticket: TicketId,
    /// Its printed number.
    pub number: String,
    /// The name on it.
    pub name: String,
    /// What people call its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Where it stands.
    #[serde(serialize_with = "status_name")]
    pub status: TicketStatus,
    /// The first time that it was used, as far as this gate knows.
    pub first: Option<FirstUse>,
}

/// An admitted scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FirstUse {
    /// What for.
    pub action: Action,
    /// The gate's name.
    pub gate: String,
    /// When, as well as this gate knows.
    #[serde(serialize_with = "moment_text::serialize")]
    pub at: Timestamp,
}

/// The search of one running program.
#[derive(Default)]
pub(crate) struct Search {
    /// Held while a passphrase is tried: one try at a time.
    attempts: Mutex<Attempts>,
    open: Mutex<Option<Open>>,
}

struct Open {
    since: Timestamp,
    lock: SearchLock,
    index: NameIndex,
}

impl Node {
    /// Opens the search with a passphrase and reads all names; gives since when it is open.
    ///
    /// # Errors
    /// [`SearchError`]; a wrong passphrase makes the next try wait.
    pub fn unlock_search(&self, typed: &str) -> Result<Timestamp, SearchError> {
        let mut attempts = lock(&self.search.attempts);
        let offered = self.searchable()?;
        let key = self.try_passphrase(&mut attempts, &offered, typed)?;
        let mut index = NameIndex::new(key);
        index.refresh(&self.replica)?;
        let since = self.now_estimate()?;
        let (names, unopened) = (index.len(), index.unopened());
        tracing::warn!(names, unopened, "the search by name was unlocked");
        *lock(&self.search.open) = Some(Open {
            since,
            lock: offered,
            index,
        });
        Ok(since)
    }

    /// The best `most` tickets for a name, or a part of one.
    ///
    /// # Errors
    /// [`SearchError`] when the search is not open, or may not be.
    pub fn search(&self, question: &str, most: usize) -> Result<Vec<Found>, SearchError> {
        let found = self.look_up(|index| Some(index.find(question, most)))?;
        Ok(found.unwrap_or_default())
    }

    /// All tickets that bear a name, in the order of names; `None` where there are more than `most`.
    ///
    /// # Errors
    /// [`SearchError`] when the search is not open, or may not be.
    pub fn list_named(&self, most: usize) -> Result<Option<Vec<Found>>, SearchError> {
        self.look_up(|index| index.all(most))
    }

    /// The ticket of this number, if it bears a name.
    ///
    /// # Errors
    /// [`SearchError`] when the search is not open, or may not be.
    pub fn named(&self, number: &str) -> Result<Option<Found>, SearchError> {
        let ticket = match TicketNumber::parse(number) {
            Ok(number) => self.replica.ticket_by_number(number)?,
            Err(_) => None,
        };
        let ids = ticket.into_iter().map(|ticket| ticket.id).collect();
        let found = self.look_up(|_| Some(ids))?;
        Ok(found.and_then(|found| found.into_iter().next()))
    }

    fn look_up(
        &self,
        question: impl FnOnce(&NameIndex) -> Option<Vec<TicketId>>,
    ) -> Result<Option<Vec<Found>>, SearchError> {
        let offered = self.searchable()?;
        let mut place = lock(&self.search.open);
        close_unless(&mut place, |open| open.lock == offered);
        let open = place.as_mut().ok_or(SearchError::Locked)?;
        open.index.refresh(&self.replica)?;
        let view = self.replica.view()?;
        let Some(found) = question(&open.index) else {
            return Ok(None);
        };
        let found = found
            .into_iter()
            .map(|ticket| self.found(ticket, open.index.key(), &view));
        found
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Forgets all names.
    pub fn lock_search(&self) {
        close_unless(&mut lock(&self.search.open), |_| false);
    }

    /// After a word from central: where it withdrew the right, or ordered the replica erased, names go at once.
    pub(crate) fn close_search_unless_allowed(&self, contact: &Contact) {
        if !contact.rights.allow_search() || contact.is_erased || contact.is_copy {
            self.lock_search();
        }
    }

    /// How the search stands; one that may not be open any more is closed.
    pub(crate) fn search_status(&self, view: &View, contact: &Contact) -> SearchStatus {
        let offered = self.offered(view, contact);
        let mut open = lock(&self.search.open);
        close_unless(&mut open, |open| offered.as_ref().ok() == Some(&&open.lock));
        SearchStatus {
            offered: offered.is_ok(),
            unlocked_since: open.as_ref().map(|open| open.since),
        }
    }

    fn try_passphrase(
        &self,
        attempts: &mut Attempts,
        offered: &SearchLock,
        typed: &str,
    ) -> Result<IndexKey, SearchError> {
        if let Some(wait_ms) = attempts.wait_ms(self.clock.reading().mono_ms) {
            return Err(SearchError::TooSoon { wait_ms });
        }
        let passphrase = Passphrase::new(typed)?;
        let key = search::unlock(self.identity.answer.event, offered, &passphrase);
        match key {
            Ok(_) => attempts.succeeded(),
            Err(search::SearchError::WrongPassphrase) => {
                let failures = attempts.failed(self.clock.reading().mono_ms);
                tracing::warn!(failures, "a wrong passphrase for the search by name");
            }
            Err(_) => (),
        }
        Ok(key?)
    }

    /// The lock, where the search may be open now. Where it may not, it is closed.
    fn searchable(&self) -> Result<SearchLock, SearchError> {
        let (view, contact) = (self.replica.view()?, self.contact()?);
        let offered = self.offered(&view, &contact).cloned();
        if offered.is_err() {
            self.lock_search();
        }
        offered
    }

    fn offered<'a>(
        &self,
        view: &'a View,
        contact: &Contact,
    ) -> Result<&'a SearchLock, SearchError> {
        if !contact.rights.allow_search() {
            return Err(SearchError::NotAllowed);
        }
        if contact.is_locked(contact.estimate(&self.clock.reading())) {
            return Err(SearchError::NodeLocked);
        }
        let lock = view
            .config
            .as_ref()
            .and_then(|config| config.search.as_ref());
        lock.ok_or(SearchError::NotOffered)
    }

    /// A found ticket as people see it; `None` where the replica lost it just now.
    fn found(
        &self,
        id: TicketId,
        key: &IndexKey,
        view: &View,
    ) -> Result<Option<Found>, SearchError> {
        let ticket = self.replica.ticket(id)?;
        let Some(ticket) = ticket.filter(|ticket| !ticket.search.is_empty()) else {
            return Ok(None);
        };
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let first = self.first_use(&ticket)?.map(|passage| FirstUse {
            action: passage.action,
            gate: config.gate_name(passage.gate),
            at: passage.at,
        });
        Ok(Some(Found {
            ticket: id,
            number: ticket.number.to_string(),
            name: key.open_name(id, &ticket.search)?.to_string(),
            type_name: config.type_name(ticket.type_number),
            status: ticket.status,
            first,
        }))
    }

    /// Of an own scan the log knows first; of the others', the replica.
    fn first_use(&self, ticket: &Ticket) -> Result<Option<Passage>, NodeError> {
        let mut passages = lock(&self.log).passages(ticket.id)?;
        let others = self.replica.passages_of_ticket(ticket.id)?;
        passages.extend(others.into_iter().filter(|p| p.scan.node != self.id()));
        let uses = passages
            .into_iter()
            .filter(|passage| matches!(passage.action, Action::Exchange | Action::Entry));
        Ok(uses.min_by_key(|passage| (passage.at, passage.scan)))
    }
}

/// Closes an open search that `may_stay` does not let be.
fn close_unless(place: &mut Option<Open>, may_stay: impl FnOnce(&Open) -> bool) {
    let Some(open) = place.as_ref() else {
        return;
    };
    if !may_stay(open) {
        *place = None;
        tracing::warn!("the search by name was locked: its names are forgotten");
    }
}

fn status_name<S: serde::Serializer>(status: &TicketStatus, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(status.name())
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
