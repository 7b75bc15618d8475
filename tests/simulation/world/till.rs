//! The till: a payment provider in memory. It keeps its own books, can be out of order, loses answers, and is asked by
//! central like any other provider; what it says of a payment is the world's truth about money.
//!
//! More than came is never given: central must not even ask for it, unless it was restored from a copy in which refunds
//! that were made since are missing. Then the till refuses, as the provider does.
//!
//! A buyer can pay one order twice; the second payment has a name of its own. Cards can be refunded, transfers cannot.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::HeaderMap;
use central::payments::{
    CreateSession, Notice, PaymentProvider, PaymentStatus, ProviderError, ProviderVerdict,
    RefundMade, RefundWish, Refunded, Session,
};
use futures_util::{FutureExt as _, future};

type Answer<'a, T> = central::payments::Answer<'a, T>;

/// What follows the reference of a second payment.
const SECOND: &str = "~2";
/// Means of payment with a way back.
pub const CARD: &str = "card";
/// Means of payment without one.
pub const TRANSFER: &str = "transfer";

/// The provider.
#[derive(Debug, Default)]
pub struct Till(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    /// By the name of the payment: an order's reference, or that of its second payment.
    payments: BTreeMap<String, Account>,
    is_down: bool,
    loses_answers: bool,
    /// Keys of refunds that were made and that central has forgotten.
    forgotten: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Account {
    amount: i64,
    channel: Option<&'static str>,
    refunds: BTreeMap<String, i64>,
}

impl Account {
    fn refunded(&self) -> i64 {
        self.refunds.values().sum()
    }

    fn verdict(&self) -> ProviderVerdict {
        match (self.channel, self.refunded()) {
            (None, _) => ProviderVerdict::Pending,
            (_, 0) => ProviderVerdict::Paid,
            (_, all) if all == self.amount => ProviderVerdict::Refunded,
            _ => ProviderVerdict::PartlyRefunded,
        }
    }
}

impl Till {
    /// It stops or starts answering.
    pub fn set_down(&self, is_down: bool) {
        self.books().is_down = is_down;
    }

    /// It does what it is asked and its answers are lost, or not.
    pub fn lose_answers(&self, loses: bool) {
        self.books().loses_answers = loses;
    }

    /// Central was restored from an older copy, which knows refunds of these keys only.
    pub fn forget_all_but(&self, known: &BTreeSet<String>) {
        let mut books = self.books();
        let made = books.payments.values().flat_map(|a| a.refunds.keys());
        books.forgotten = made.filter(|key| !known.contains(*key)).cloned().collect();
    }

    /// Somebody pays by these means; gives the name of the payment, which is another one the second time, or `None`
    /// when there is nothing to pay.
    pub fn pay(&self, reference: &str, channel: &'static str) -> Option<String> {
        let mut books = self.books();
        let account = books.payments.get_mut(reference)?;
        if account.channel.is_none() {
            account.channel = Some(channel);
            return Some(reference.to_owned());
        }
        let second = format!("{reference}{SECOND}");
        let amount = account.amount;
        let paid = Account {
            amount,
            channel: Some(channel),
            refunds: BTreeMap::new(),
        };
        books.payments.entry(second.clone()).or_insert(paid);
        Some(second)
    }

    /// Whether an order was paid.
    pub fn is_paid(&self, reference: &str) -> bool {
        let books = self.books();
        let account = books.payments.get(reference);
        account.is_some_and(|account| account.channel.is_some())
    }

    /// The names of an order's payments that were made.
    pub fn payments(&self, reference: &str) -> Vec<String> {
        let books = self.books();
        let names = [reference.to_owned(), format!("{reference}{SECOND}")];
        let is_made = |name: &String| {
            let account = books.payments.get(name);
            account.is_some_and(|account| account.channel.is_some())
        };
        names.into_iter().filter(is_made).collect()
    }

    /// What came for an order, both times, and what of it went back from here.
    pub fn totals(&self, reference: &str) -> (i64, i64) {
        let names = self.payments(reference);
        let books = self.books();
        let accounts = names.iter().filter_map(|name| books.payments.get(name));
        accounts.fold((0, 0), |(came, went), account| {
            (came + account.amount, went + account.refunded())
        })
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn up(&self) -> Result<MutexGuard<'_, Books>, ProviderError> {
        let books = self.books();
        match books.is_down {
            true => Err(closed()),
            false => Ok(books),
        }
    }

    fn open(&self, wish: &CreateSession) -> Result<Session, ProviderError> {
        let mut books = self.up()?;
        let known = books.payments.entry(wish.reference.clone());
        known.or_insert(Account {
            amount: wish.amount_minor,
            channel: None,
            refunds: BTreeMap::new(),
        });
        Ok(Session {
            token: wish.reference.clone(),
            redirect_url: None,
        })
    }

    fn look(&self, name: &str) -> Result<Option<PaymentStatus>, ProviderError> {
        let books = self.up()?;
        Ok(books.payments.get(name).map(|account| PaymentStatus {
            reference: name.trim_end_matches(SECOND).to_owned(),
            provider_reference: name.to_owned(),
            verdict: account.verdict(),
            provider_status: account.verdict().name().to_owned(),
            channel: account.channel.map(str::to_owned),
            amount_minor: account.amount,
            charged_minor: account.amount,
            currency: "IDR".to_owned(),
            settled_at_ms: None,
            pending_until_ms: None,
            refunds: account
                .refunds
                .iter()
                .map(|(key, amount)| RefundMade {
                    key: key.clone(),
                    amount_minor: *amount,
                })
                .collect(),
        }))
    }

    fn return_money(&self, wish: &RefundWish) -> Result<Refunded, ProviderError> {
        let mut books = self.up()?;
        let loses = books.loses_answers;
        let Books {
            payments,
            forgotten,
            ..
        } = &mut *books;
        let account = payments.get_mut(&wish.reference);
        let account = account.ok_or(ProviderError::UnknownPayment)?;
        if account.channel != Some(CARD) {
            return Err(ProviderError::NotAllowed {
                message: "no way back".to_owned(),
            });
        }
        let is_repeat = account.refunds.contains_key(&wish.key);
        if !is_repeat {
            let left = account.amount - account.refunded();
            let is_forgotten = |made: &(&String, &i64)| forgotten.contains(made.0);
            let made = account.refunds.iter().filter(is_forgotten);
            let unknown: i64 = made.map(|(_, amount)| amount).sum();
            assert!(
                wish.amount_minor <= left + unknown,
                "more goes back than came: {wish:?}"
            );
            if wish.amount_minor > left {
                return Err(too_much(left));
            }
            account.refunds.insert(wish.key.clone(), wish.amount_minor);
        }
        if loses {
            return Err(closed());
        }
        Ok(Refunded {
            key: wish.key.clone(),
            amount_minor: wish.amount_minor,
            verdict: account.verdict(),
            is_repeat,
        })
    }
}

/// As Midtrans refuses it: the status of what went back as a whole allows no refund, and a part must not exceed the rest.
fn too_much(left: i64) -> ProviderError {
    let message = format!("{left} left");
    match left {
        0 => ProviderError::NotAllowed { message },
        _ => ProviderError::Refused {
            status: 400,
            message,
        },
    }
}

fn closed() -> ProviderError {
    ProviderError::Unreachable {
        cause: "the till is closed".to_owned(),
    }
}

impl PaymentProvider for Till {
    fn name(&self) -> &'static str {
        "till"
    }

    fn wire_exponent(&self, _currency: &str) -> Option<u32> {
        Some(0)
    }

    fn create_session<'a>(&'a self, wish: &'a CreateSession) -> Answer<'a, Session> {
        future::ready(self.open(wish)).boxed()
    }

    fn authenticate(&self, _headers: &HeaderMap, body: &[u8]) -> Result<Notice, ProviderError> {
        let name = String::from_utf8_lossy(body).into_owned();
        Ok(Notice {
            reference: name.trim_end_matches(SECOND).to_owned(),
            provider_reference: name,
            claimed: ProviderVerdict::Paid,
        })
    }

    fn status<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<PaymentStatus>> {
        future::ready(self.look(reference)).boxed()
    }

    fn cancel_session<'a>(&'a self, _token: &'a str) -> Answer<'a, ()> {
        future::ready(self.up().map(|_| ())).boxed()
    }

    fn cancel<'a>(&'a self, _reference: &'a str) -> Answer<'a, ()> {
        future::ready(self.up().map(|_| ())).boxed()
    }

    fn expire<'a>(&'a self, _reference: &'a str) -> Answer<'a, ()> {
        future::ready(self.up().map(|_| ())).boxed()
    }

    fn approve<'a>(&'a self, _reference: &'a str) -> Answer<'a, ()> {
        future::ready(self.up().map(|_| ())).boxed()
    }

    fn deny<'a>(&'a self, _reference: &'a str) -> Answer<'a, ()> {
        future::ready(self.up().map(|_| ())).boxed()
    }

    fn can_refund(&self, channel: Option<&str>) -> bool {
        channel == Some(CARD)
    }

    fn refund<'a>(&'a self, wish: &'a RefundWish) -> Answer<'a, Refunded> {
        future::ready(self.return_money(wish)).boxed()
    }
}
