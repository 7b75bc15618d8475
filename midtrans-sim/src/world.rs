//! Everything the simulated Midtrans remembers: Snap pages (by token), orders and their
//! transactions, and the notices that are due to be sent.
//!
//! Invariants: an order id has at most one live token; after a channel was chosen the id is taken
//! until that attempt ends unpaid; a page ends silently, a pending transaction ends with a notice.
//! Every method is synchronous, takes `now` (Unix ms) and only appends to the outbox: sending is
//! the business of `delivery`, so no lock is ever held across a network call.
//! Called by `simulator`. Moves of the Core API are in `moves`, free driving is in `drive`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    body::{self, Kind, Merchant},
    channel::Channel,
    fault::{Faults, Release},
    ids::Ids,
    refusal::Refusal,
    replay::Replays,
    request::SnapRequest,
    row::Row,
    transaction::Transaction,
};

/// One Snap page.
#[derive(Clone, Debug)]
pub struct Session {
    pub request: SnapRequest,
    pub made_at: i64,
    pub status: SessionStatus,
    pub notification_urls: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    Open,
    /// A newer page for the same order took its place.
    Replaced,
    Cancelled,
}

/// An order id and every attempt to pay it, oldest first.
#[derive(Clone, Debug)]
pub struct Order {
    /// The live token, or the last one.
    pub token: String,
    pub transactions: Vec<Transaction>,
    pub last_notice: Option<Notice>,
}

/// One message to be sent: the exact bytes, and where to.
#[derive(Clone, Debug)]
pub struct Notice {
    pub order_id: String,
    pub transaction_id: String,
    pub transaction_status: String,
    pub urls: Vec<String>,
    pub body: String,
}

#[derive(Debug)]
pub struct World {
    pub(crate) merchant: Merchant,
    pub(crate) notification_url: Option<String>,
    pub(crate) is_notifying: bool,
    /// What the merchant has for refunds, whole rupiah; `None` is plenty.
    pub(crate) balance: Option<i64>,
    pub(crate) ids: Ids,
    /// What happens to notices on their way.
    pub(crate) faults: Faults,
    pub(crate) replays: Replays,
    sessions: BTreeMap<String, Session>,
    pub(crate) orders: BTreeMap<String, Order>,
    /// Transaction id → order id and place in its list.
    places: BTreeMap<String, (String, usize)>,
    /// Pending transactions by the moment they expire.
    due: BTreeSet<(i64, String)>,
    outbox: Vec<Notice>,
    /// Notices that are kept back.
    held: Vec<Notice>,
}

impl World {
    #[must_use]
    pub fn new(merchant: Merchant, notification_url: Option<String>, seed: String) -> World {
        World {
            merchant,
            notification_url,
            is_notifying: true,
            balance: None,
            ids: Ids::new(seed),
            faults: Faults::default(),
            replays: Replays::default(),
            held: Vec::new(),
            sessions: BTreeMap::new(),
            orders: BTreeMap::new(),
            places: BTreeMap::new(),
            due: BTreeSet::new(),
            outbox: Vec::new(),
        }
    }

    /// Expires what is due. To be called before anything looks at the world.
    pub fn sweep(&mut self, now: i64) {
        while let Some((at, id)) = self.due.first().cloned() {
            if at > now {
                break;
            }
            self.due.remove(&(at, id.clone()));
            self.enter(&id, Row::Expire, now);
        }
    }

    /// Hands over the notices to be sent, oldest first, with whatever goes wrong with them.
    pub fn take_outbox(&mut self) -> Vec<Notice> {
        let due = std::mem::take(&mut self.outbox);
        let sent = due.into_iter().flat_map(|notice| self.faults.apply(notice));
        if self.faults.hold {
            let kept: Vec<_> = sent.collect();
            self.held.extend(kept);
            return Vec::new();
        }
        sent.collect()
    }

    /// Lets held notices go; from here on none is held. Gives how many there were.
    pub fn release(&mut self, order: Release) -> usize {
        self.faults = Faults::default();
        let mut held = std::mem::take(&mut self.held);
        if matches!(order, Release::Reversed) {
            held.reverse();
        }
        self.outbox.extend(held.iter().cloned());
        held.len()
    }

    /// Opens a page and returns its token; an unused older page of the same order dies.
    ///
    /// # Errors
    /// 406 if the order id is taken.
    pub fn open_session(
        &mut self,
        request: SnapRequest,
        notification_urls: Vec<String>,
        now: i64,
    ) -> Result<String, Refusal> {
        let order_id = request.order_id.clone();
        let last = self
            .orders
            .get(&order_id)
            .and_then(|order| order.transactions.last());
        if last.is_some_and(|transaction| !transaction.frees_order_id()) {
            return Err(Refusal::new(
                406,
                "transaction_details.order_id sudah digunakan",
            ));
        }
        let (token, _) = self.ids.make();
        let session = Session {
            request,
            made_at: now,
            status: SessionStatus::Open,
            notification_urls,
        };
        self.sessions.insert(token.clone(), session);
        let fresh = Order {
            token: token.clone(),
            transactions: Vec::new(),
            last_notice: None,
        };
        let order = self.orders.entry(order_id).or_insert(fresh);
        let older = std::mem::replace(&mut order.token, token.clone());
        if older != token
            && let Some(session) = self.sessions.get_mut(&older)
            && session.status == SessionStatus::Open
        {
            session.status = SessionStatus::Replaced;
        }
        Ok(token)
    }

    /// Closes a page before a channel was chosen.
    ///
    /// # Errors
    /// 404 for an unknown token, 409 for a closed page or one where a payment began.
    pub fn cancel_session(&mut self, token: &str) -> Result<(), Refusal> {
        let is_busy = self
            .current(token)
            .is_some_and(|last| !last.row.is_failed_attempt());
        let Some(session) = self.sessions.get_mut(token) else {
            return Err(Refusal::new(404, "token not found"));
        };
        if session.status != SessionStatus::Open {
            return Err(Refusal::new(409, "token already canceled"));
        }
        if is_busy {
            return Err(Refusal::new(409, "Transaction is on progress"));
        }
        session.status = SessionStatus::Cancelled;
        Ok(())
    }

    /// The page behind a token.
    ///
    /// # Errors
    /// 404 for a token that is unknown, replaced, cancelled or past its life.
    pub fn session(&self, token: &str, now: i64) -> Result<&Session, Refusal> {
        let gone = || Refusal::new(404, "token not found");
        let session = self.sessions.get(token).ok_or_else(gone)?;
        let is_alive = now < session.made_at + session.request.page_life_ms;
        if session.status == SessionStatus::Open && is_alive {
            Ok(session)
        } else {
            Err(gone())
        }
    }

    /// The latest attempt made on the page behind `token`.
    #[must_use]
    pub fn current(&self, token: &str) -> Option<&Transaction> {
        let order_id = &self.sessions.get(token)?.request.order_id;
        let order = self.orders.get(order_id)?;
        if order.token == token {
            order.transactions.last()
        } else {
            None
        }
    }

    /// Begins an attempt on an open page: the channel is chosen and the transaction is pending.
    ///
    /// # Errors
    /// 404 if the page is gone, 402 if the channel is not offered, 407 if the merchant's end has
    /// passed, 406 while an attempt is open or paid.
    pub fn choose(
        &mut self,
        token: &str,
        channel: Channel,
        customer_fee: i64,
        now: i64,
    ) -> Result<String, Refusal> {
        let session = self.session(token, now)?.clone();
        if !channel.is_enabled(&session.request.enabled_payments) {
            return Err(Refusal::new(402, "Payment channel is not activated"));
        }
        let pending_until = channel.pending_until(now, session.request.payable_until(now));
        if pending_until <= now {
            return Err(Refusal::new(407, "Transaction is expired"));
        }
        if self
            .current(token)
            .is_some_and(|last| !last.row.is_failed_attempt())
        {
            return Err(Refusal::new(406, "Transaction is on progress"));
        }
        Ok(self.begin(session, channel, customer_fee, pending_until, now))
    }

    /// Begins an attempt beside one that is open or paid, as two customers on one page do.
    ///
    /// # Errors
    /// 404 if the page is gone.
    pub fn choose_again(
        &mut self,
        token: &str,
        channel: Channel,
        customer_fee: i64,
        now: i64,
    ) -> Result<String, Refusal> {
        let session = self.session(token, now)?.clone();
        let pending_until = channel.pending_until(now, session.request.payable_until(now));
        Ok(self.begin(session, channel, customer_fee, pending_until, now))
    }

    fn begin(
        &mut self,
        session: Session,
        channel: Channel,
        customer_fee: i64,
        pending_until: i64,
        now: i64,
    ) -> String {
        let (id, serial) = self.ids.make();
        let request = session.request;
        self.insert(Transaction {
            id: id.clone(),
            serial,
            order_id: request.order_id,
            channel,
            row: Row::Pending,
            order_amount: request.gross_amount,
            customer_fee,
            chosen_at: now,
            settled_at: None,
            pending_until,
            ended_from_pending: false,
            refunds: Vec::new(),
            custom_fields: request.custom_fields,
            metadata: request.metadata,
            notification_urls: session.notification_urls,
        });
        self.announce(&id);
        id
    }

    fn insert(&mut self, transaction: Transaction) {
        self.due
            .insert((transaction.pending_until, transaction.id.clone()));
        if let Some(order) = self.orders.get_mut(&transaction.order_id) {
            let place = (transaction.order_id.clone(), order.transactions.len());
            self.places.insert(transaction.id.clone(), place);
            order.transactions.push(transaction);
        }
    }

    /// A transaction by its own id, or the latest one of an order id.
    ///
    /// # Errors
    /// 404 if there is none: the id is unknown or no channel was chosen yet.
    pub fn find(&self, id: &str) -> Result<&Transaction, Refusal> {
        let by_order = self
            .orders
            .get(id)
            .and_then(|order| order.transactions.last());
        let by_own_id = || {
            let (order_id, index) = self.places.get(id)?;
            self.orders.get(order_id)?.transactions.get(*index)
        };
        by_order
            .or_else(by_own_id)
            .ok_or_else(Refusal::unknown_transaction)
    }

    pub(crate) fn find_mut(&mut self, transaction_id: &str) -> Option<&mut Transaction> {
        let (order_id, index) = self.places.get(transaction_id)?;
        self.orders.get_mut(order_id)?.transactions.get_mut(*index)
    }

    /// Moves a transaction to `row` and queues the notice of it.
    pub(crate) fn enter(&mut self, transaction_id: &str, row: Row, now: i64) {
        if let Some(transaction) = self.find_mut(transaction_id) {
            transaction.enter(row, now);
            let due = (transaction.pending_until, transaction.id.clone());
            self.due.remove(&due);
        }
        self.announce(transaction_id);
    }

    /// Queues a notice of where a transaction stands; while notices are off it is only remembered.
    pub(crate) fn announce(&mut self, transaction_id: &str) {
        let Ok(transaction) = self.find(transaction_id) else {
            return;
        };
        let body = body::render(transaction, Kind::Notice, &self.merchant);
        let notice = Notice {
            order_id: transaction.order_id.clone(),
            transaction_id: transaction.id.clone(),
            transaction_status: transaction.row.status().to_owned(),
            urls: transaction.notification_urls.clone(),
            body: Value::Object(body).to_string(),
        };
        if let Some(order) = self.orders.get_mut(&notice.order_id) {
            order.last_notice = Some(notice.clone());
        }
        if self.is_notifying {
            self.outbox.push(notice);
        }
    }

    /// Queues the last notice of an order again, byte for byte, also while notices are off.
    ///
    /// # Errors
    /// 404 if the order has had none.
    pub fn resend(&mut self, order_id: &str) -> Result<(), Refusal> {
        let notice = self
            .orders
            .get(order_id)
            .and_then(|order| order.last_notice.clone());
        self.outbox
            .push(notice.ok_or_else(Refusal::unknown_transaction)?);
        Ok(())
    }
}
