//! Payment providers: what the shop needs of each, and the two it has (Midtrans Snap, and money
//! taken on site).
//!
//! Invariants: a notice only says "look again"; what counts is [`PaymentProvider::status`]. Amounts
//! are integer minor units of the named currency. Both references are kept: ours (chosen before the
//! first call, one per attempt) and theirs (known once they have one).
//! Called by the app layer and by the webhook routes. No database, clock or configuration is read
//! here, and no order moves: the rules for that are in `domain`.
//! A provider that charges by phone prompt or has its own second step fits as well: the session's
//! `redirect_url` is optional, and `status` may finish on their side what has to be finished.

pub mod error;
pub mod midtrans;
pub mod on_site;
pub mod verdict;

use std::fmt;

use axum::http::HeaderMap;
use futures_util::future::BoxFuture;

pub use error::ProviderError;
pub use midtrans::{Midtrans, MidtransConfig};
pub use on_site::OnSite;
pub use verdict::ProviderVerdict;

/// The answer of one call.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, ProviderError>>;

/// One way of taking money.
pub trait PaymentProvider: fmt::Debug + Send + Sync {
    /// Stable name: stored with each payment and part of the webhook's address.
    fn name(&self) -> &'static str;

    /// Decimal places of the integer amounts this provider is sent in `currency`, or `None` if it
    /// does not take that currency. Differs between providers (rupiah: 0 here, 2 elsewhere).
    fn wire_exponent(&self, currency: &str) -> Option<u32>;

    /// Opens a payment for the buyer. Repeating it with the same reference before the buyer began
    /// to pay is safe; the older session is then dead.
    fn create_session<'a>(&'a self, wish: &'a CreateSession) -> Answer<'a, Session>;

    /// Proves that a message came from the provider, from the bytes as they arrived.
    ///
    /// # Errors
    /// [`ProviderError::BadSignature`], [`ProviderError::Malformed`], or
    /// [`ProviderError::Unsupported`] where a provider sends no messages.
    fn authenticate(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notice, ProviderError>;

    /// Where a payment stands, by their reference if known (an order may have had several
    /// attempts), else by ours. `None`: the provider has no payment of that reference (yet).
    fn status<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<PaymentStatus>>;

    /// Closes a session whose buyer has not begun to pay.
    fn cancel_session<'a>(&'a self, token: &'a str) -> Answer<'a, ()>;

    /// Takes back a payment that has not settled.
    fn cancel<'a>(&'a self, reference: &'a str) -> Answer<'a, ()>;

    /// Ends a payment the buyer has begun but not made.
    fn expire<'a>(&'a self, reference: &'a str) -> Answer<'a, ()>;

    /// Lets a payment through that the provider suspects of fraud.
    fn approve<'a>(&'a self, reference: &'a str) -> Answer<'a, ()>;

    /// Refuses one.
    fn deny<'a>(&'a self, reference: &'a str) -> Answer<'a, ()>;

    /// Whether the provider can give money back that came by these means; where it cannot, a person must.
    fn can_refund(&self, channel: Option<&str>) -> bool;

    /// From when on the provider may be asked to give money back that came by these means; `now_ms` = at once.
    fn refund_opens_ms(&self, _channel: Option<&str>, now_ms: i64) -> i64 {
        now_ms
    }

    /// Gives money back. The key makes it happen once, however often it is asked.
    fn refund<'a>(&'a self, wish: &'a RefundWish) -> Answer<'a, Refunded>;
}

/// What a buyer is to pay, and until when.
#[derive(Clone, Debug)]
pub struct CreateSession {
    /// Our reference: at most 50 of `A-Z a-z 0-9 - _ ~ .`
    pub reference: String,
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// Must add up to the amount; discounts, fees and taxes are lines of their own.
    pub items: Vec<LineItem>,
    pub buyer: Buyer,
    /// Unix ms.
    pub now_ms: i64,
    /// End of the hold, Unix ms: money should not come later.
    pub hold_until_ms: i64,
    /// Where the buyer's browser returns to. What it brings back proves nothing.
    pub finish_url: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineItem {
    pub id: String,
    pub name: String,
    /// Negative for a discount.
    pub unit_minor: i64,
    pub quantity: u32,
}

/// Who pays. Personal: never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Buyer {
    pub name: String,
    pub email: String,
    pub phone: String,
}

impl fmt::Debug for Buyer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Buyer(..)")
    }
}

/// An open payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Names the session in [`PaymentProvider::cancel_session`].
    pub token: String,
    /// Where the buyer pays; `None` if there is nowhere to go (on site).
    pub redirect_url: Option<String>,
}

/// An authentic message. Only the references may be used, and only to ask for the status: not every
/// field a provider sends is covered by its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Our reference.
    pub reference: String,
    /// Theirs.
    pub provider_reference: String,
    /// What the message claims, for the log.
    pub claimed: ProviderVerdict,
}

/// Where a payment stands, from the provider's own records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentStatus {
    pub reference: String,
    pub provider_reference: String,
    pub verdict: ProviderVerdict,
    /// The provider's own words (`settlement/accept`), for the audit trail.
    pub provider_status: String,
    /// The means of payment in the provider's words (`bank_transfer`), if it says so.
    pub channel: Option<String>,
    /// What is paid for the order: compare this with the order's total.
    pub amount_minor: i64,
    /// What the buyer was charged: more, if the provider put its fee on top.
    pub charged_minor: i64,
    pub currency: String,
    /// Unix ms.
    pub settled_at_ms: Option<i64>,
    /// Unix ms.
    pub pending_until_ms: Option<i64>,
    pub refunds: Vec<RefundMade>,
}

impl PaymentStatus {
    /// Sum of the refunds made so far.
    #[must_use]
    pub fn refunded_minor(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount_minor).sum()
    }
}

/// One refund in the provider's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundMade {
    pub key: String,
    pub amount_minor: i64,
}

/// Money to give back.
#[derive(Clone, Debug)]
pub struct RefundWish {
    /// Theirs if known, else ours.
    pub reference: String,
    /// Unique per refund: at most 50 of `A-Z a-z 0-9 - _`
    pub key: String,
    pub amount_minor: i64,
    pub currency: String,
    pub reason: String,
    /// The means of payment in the provider's words.
    pub channel: Option<String>,
    /// It is all of the payment.
    pub is_whole: bool,
}

/// A refund the provider has taken on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refunded {
    pub key: String,
    pub amount_minor: i64,
    /// Refunded or partly refunded.
    pub verdict: ProviderVerdict,
    /// The key was used before and the provider did nothing new.
    pub is_repeat: bool,
}
