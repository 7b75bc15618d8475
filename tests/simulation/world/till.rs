//! The till: a payment provider in memory. It keeps its own books, can be out of order, loses answers, and is asked by
//! central like any other provider; what it says of a payment is the world's truth about money.
//!
//! More than came is never given: central must not even ask for it, also where it was restored from a copy in which
//! refunds that were made since are missing, or where money went back at the till itself.
//!
//! A buyer can pay one order twice; the second payment has a name of its own. Cards can be refunded, transfers cannot.
//! Banks take transfers back minutes later, and hold card payments that are disputed until somebody won.

use std::{
    collections::BTreeMap,
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
/// What keys begin with that are not told.
pub const UNNAMED: &str = "unnamed";
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
}

#[derive(Clone, Debug, Default)]
struct Account {
    amount: i64,
    channel: Option<&'static str>,
    refunds: BTreeMap<String, i64>,
    trouble: Option<Trouble>,
    /// What a bank kept when a dispute was lost.
    lost: i64,
}

/// What a bank did with a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// It took it back.
    Reversed,
    /// It holds it.
    Disputed,
    /// It held it, the shop won, and the till still says so.
    Won,
    /// It keeps it.
    Lost,
}

impl Account {
    fn refunded(&self) -> i64 {
        self.refunds.values().sum()
    }

    fn verdict(&self) -> ProviderVerdict {
        match (self.channel, self.trouble, self.refunded()) {
            (None, ..) => ProviderVerdict::Pending,
            (_, Some(Trouble::Reversed), _) => ProviderVerdict::Denied,
            (_, Some(_), _) => ProviderVerdict::Disputed,
            (.., 0) => ProviderVerdict::Paid,
            (.., all) if all == self.amount => ProviderVerdict::Refunded,
            _ => ProviderVerdict::PartlyRefunded,
        }
    }

    fn left(&self) -> i64 {
        self.amount - self.refunded() - self.lost
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

    /// A bank takes a transfer back, of which nothing has gone back; whether it did.
    pub fn reverse(&self, name: &str) -> bool {
        self.change(name, |account| {
            let may = account.channel == Some(TRANSFER)
                && account.trouble.is_none()
                && account.refunds.is_empty();
            if may {
                account.trouble = Some(Trouble::Reversed);
            }
            may
        })
    }

    /// A bank holds a card payment that is disputed; whether it does.
    pub fn dispute(&self, name: &str) -> bool {
        self.change(name, |account| {
            let may =
                account.channel == Some(CARD) && account.trouble.is_none() && account.left() > 0;
            if may {
                account.trouble = Some(Trouble::Disputed);
            }
            may
        })
    }

    /// A dispute is over.
    pub fn end_dispute(&self, name: &str, won: bool, still_says: bool) {
        self.change(name, |account| {
            account.trouble = match (won, still_says) {
                (true, true) => Some(Trouble::Won),
                (true, false) => None,
                (false, _) => Some(Trouble::Lost),
            };
            if !won {
                account.lost = account.left();
            }
            true
        });
    }

    /// Somebody gives money back on the till's own pages, under this key or none; gives how much.
    pub fn give_back(&self, name: &str, wish: i64, key: &str) -> i64 {
        let mut given = 0;
        self.change(name, |account| {
            if account.channel.is_some() && account.trouble.is_none() {
                given = wish.min(account.left());
                account.refunds.insert(key.to_owned(), given);
            }
            true
        });
        given
    }

    /// The payments that a bank holds.
    pub fn disputed(&self) -> Vec<String> {
        let books = self.books();
        let held = |(_, account): &(&String, &Account)| account.trouble == Some(Trouble::Disputed);
        books
            .payments
            .iter()
            .filter(held)
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Account) -> bool) -> bool {
        self.books().payments.get_mut(name).is_some_and(change)
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
            ..Account::default()
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

    /// What came for an order, both times, and what of it went back from here; money that a bank took back never came.
    pub fn totals(&self, reference: &str) -> (i64, i64) {
        self.sums(reference, |account| {
            account.trouble != Some(Trouble::Reversed)
        })
    }

    /// The same as it was said at some time.
    pub fn ever(&self, reference: &str) -> (i64, i64) {
        self.sums(reference, |_| true)
    }

    /// Whether a bank took money of this order back.
    pub fn was_reversed(&self, reference: &str) -> bool {
        self.totals(reference) != self.ever(reference)
    }

    fn sums(&self, reference: &str, counts: impl Fn(&Account) -> bool) -> (i64, i64) {
        let names = self.payments(reference);
        let books = self.books();
        let accounts = names.iter().filter_map(|name| books.payments.get(name));
        let accounts = accounts.filter(|account| counts(account));
        accounts.fold((0, 0), |(came, went), account| {
            let gone = account.refunded() + account.lost;
            (came + account.amount, went + gone)
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
            ..Account::default()
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
                    key: told(key),
                    amount_minor: *amount,
                })
                .collect(),
        }))
    }

    fn return_money(&self, wish: &RefundWish) -> Result<Refunded, ProviderError> {
        let mut books = self.up()?;
        let loses = books.loses_answers;
        let account = books.payments.get_mut(&wish.reference);
        let account = account.ok_or(ProviderError::UnknownPayment)?;
        let is_held = !matches!(account.trouble, None | Some(Trouble::Won));
        if account.channel != Some(CARD) || is_held {
            return Err(ProviderError::NotAllowed {
                message: "no way back".to_owned(),
            });
        }
        let is_repeat = account.refunds.contains_key(&wish.key);
        if !is_repeat {
            assert!(
                wish.amount_minor <= account.left(),
                "more goes back than came: {wish:?}"
            );
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

/// A key as central is told it: some means of payment name none.
fn told(key: &str) -> String {
    match key.starts_with(UNNAMED) {
        true => String::new(),
        false => key.to_owned(),
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
