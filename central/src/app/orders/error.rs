//! Why something about an order is not done, in words for its buyer.

use crate::{
    app::events::EventError,
    domain::{field::FieldError, order::IllegalMove},
    payments::ProviderError,
    store::{StoreError, Transient},
};

/// Why something about an order is not done.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// Fields of the request are wrong.
    #[error("Some fields are not right.")]
    Invalid(Vec<FieldError>),
    /// No such event, or not published.
    #[error("There is no such event.")]
    UnknownEvent,
    /// The event is not sold here now.
    #[error("This event is not on sale.")]
    NotOnSale,
    /// Not enough capacity of one type.
    #[error("There are not enough tickets left of {0}.")]
    SoldOut(String),
    /// Too many wait, or the database did not take it; nothing is held.
    #[error("The order could not be stored now: send it again with the same Idempotency-Key.")]
    NotStored,
    /// Missing or of another form.
    #[error(
        "Send a header Idempotency-Key of 8 to 64 letters, digits, - or _, new for each request."
    )]
    KeyForm,
    /// The key was used for another request.
    #[error("This Idempotency-Key was used for another request: use a new one.")]
    KeyReused,
    /// No such order, or another secret.
    #[error("There is no such order, or the link is not right.")]
    UnknownOrder,
    /// The order's status does not allow it.
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    /// The hold has ended.
    #[error("The time to pay this order has ended: place a new one.")]
    HoldEnded,
    /// Another request is talking to the provider for this order.
    #[error("The payment is being prepared: try again in a few seconds.")]
    PaymentInPreparation,
    /// The provider did not open a payment.
    #[error("The payment could not be started: try again.")]
    Provider(#[source] ProviderError),
    /// Documents exist for what is paid.
    #[error("There is no invoice before the order is paid.")]
    NotPaid,
    /// The tickets were sent often enough today.
    #[error(
        "The tickets were sent three times today already: look into your mail, also the spam folder."
    )]
    SentOften,
    /// A form was made for what is not there any more.
    #[error("Somebody else changed this order meanwhile: look at it again.")]
    ChangedMeanwhile,
    /// It has this address.
    #[error("The order has this address already: enter another one.")]
    SameAddress,
    /// Looking is not enough.
    #[error("The provider waits for an answer: give it on the page of the order's money.")]
    AnswerFirst,
    /// The invoice could not be drawn.
    #[error("The document could not be made.")]
    Document(#[from] documents::DocumentError),
    /// The event's part failed.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OrderError {
    /// Stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_fields",
            Self::UnknownEvent => "unknown_event",
            Self::NotOnSale => "not_on_sale",
            Self::SoldOut(_) => "sold_out",
            Self::NotStored => "not_stored",
            Self::KeyForm => "idempotency_key_form",
            Self::KeyReused => "idempotency_key_reused",
            Self::UnknownOrder => "unknown_order",
            Self::Illegal(_) => "illegal_move",
            Self::HoldEnded => "hold_ended",
            Self::PaymentInPreparation => "payment_in_preparation",
            Self::Provider(_) => "payment_not_started",
            Self::NotPaid => "not_paid",
            Self::SentOften => "sent_often",
            Self::ChangedMeanwhile => "changed_meanwhile",
            Self::SameAddress => "same_address",
            Self::AnswerFirst => "answer_first",
            Self::Document(_) | Self::Event(_) | Self::Store(_) => "internal",
        }
    }
}

impl Transient for OrderError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Event(error) => error.is_transient(),
            _ => false,
        }
    }
}
