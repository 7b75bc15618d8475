//! The till: a payment provider in memory. It keeps its own books, can be out of order, and is asked by central like
//! any other provider; what it says of a payment is the world's truth about money.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::HeaderMap;
use central::payments::{
    CreateSession, Notice, PaymentProvider, PaymentStatus, ProviderError, ProviderVerdict,
    RefundWish, Refunded, Session,
};
use futures_util::{FutureExt as _, future};

type Answer<'a, T> = central::payments::Answer<'a, T>;

/// The provider.
#[derive(Debug, Default)]
pub struct Till(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    /// What is to be paid, and whether it was.
    payments: BTreeMap<String, (i64, bool)>,
    is_down: bool,
}

impl Till {
    /// It stops or starts answering.
    pub fn set_down(&self, is_down: bool) {
        self.books().is_down = is_down;
    }

    /// Somebody pays; false when it knows no such payment.
    pub fn pay(&self, reference: &str) -> bool {
        match self.books().payments.get_mut(reference) {
            Some((_, paid)) => {
                *paid = true;
                true
            }
            None => false,
        }
    }

    /// Whether this was paid.
    pub fn is_paid(&self, reference: &str) -> bool {
        self.books()
            .payments
            .get(reference)
            .is_some_and(|(_, paid)| *paid)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn up(&self) -> Result<MutexGuard<'_, Books>, ProviderError> {
        let books = self.books();
        match books.is_down {
            true => Err(ProviderError::Unreachable {
                cause: "the till is closed".to_owned(),
            }),
            false => Ok(books),
        }
    }

    fn open(&self, wish: &CreateSession) -> Result<Session, ProviderError> {
        let amount = wish.amount_minor;
        let mut books = self.up()?;
        let known = books.payments.entry(wish.reference.clone());
        known.or_insert((amount, false));
        Ok(Session {
            token: wish.reference.clone(),
            redirect_url: None,
        })
    }

    fn look(&self, reference: &str) -> Result<Option<PaymentStatus>, ProviderError> {
        let books = self.up()?;
        Ok(books.payments.get(reference).map(|(amount, paid)| {
            let verdict = match paid {
                true => ProviderVerdict::Paid,
                false => ProviderVerdict::Pending,
            };
            PaymentStatus {
                reference: reference.to_owned(),
                provider_reference: reference.to_owned(),
                verdict,
                provider_status: verdict.name().to_owned(),
                channel: None,
                amount_minor: *amount,
                charged_minor: *amount,
                currency: "IDR".to_owned(),
                settled_at_ms: None,
                pending_until_ms: None,
                refunds: Vec::new(),
            }
        }))
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
        let reference = String::from_utf8_lossy(body).into_owned();
        Ok(Notice {
            provider_reference: reference.clone(),
            reference,
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

    fn refund<'a>(&'a self, _wish: &'a RefundWish) -> Answer<'a, Refunded> {
        future::ready(Err(ProviderError::Unsupported)).boxed()
    }
}
