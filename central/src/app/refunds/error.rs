//! Why a refund is not made, in words for the person who asked.

use crate::{
    app::{events::EventError, orders::OrderError},
    domain::{
        order::IllegalMove,
        refund::{IllegalRefundMove, PlanError},
    },
    store::{StoreError, Transient},
};

/// Why a refund is not made.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// No such order.
    #[error("There is no such order.")]
    UnknownOrder,
    /// No such refund.
    #[error("There is no such refund.")]
    UnknownRefund,
    /// It cannot be made up.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Money has not come, or all of it went back.
    #[error("Only a paid order can be refunded.")]
    NotPaid,
    /// The buyer's bank decides about this money now.
    #[error("The payment is disputed: end the dispute first.")]
    Disputed,
    /// The buyer has asked before.
    #[error("A refund of this order is asked for already: wait for the answer.")]
    AskedBefore,
    /// Buyers may not ask any more.
    #[error("Refunds can no longer be asked for.")]
    TooLate,
    /// No ticket was named.
    #[error("Choose the tickets that are to be refunded.")]
    NoneChosen,
    /// Who asked for it does not agree to it.
    #[error("You asked for this refund: somebody else must agree to it.")]
    OwnRequest,
    /// It does not say why.
    #[error("Say why, in a few words.")]
    NoReason,
    /// The refund's status does not allow it.
    #[error(transparent)]
    Illegal(#[from] IllegalRefundMove),
    /// The order's status does not allow it.
    #[error(transparent)]
    IllegalOrder(#[from] IllegalMove),
    /// The order, or the link to it.
    #[error(transparent)]
    Order(#[from] Box<OrderError>),
    /// The event's part failed.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RefundError {
    /// Stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownOrder => "unknown_order",
            Self::UnknownRefund => "unknown_refund",
            Self::Plan(error) => error.code(),
            Self::NotPaid => "not_paid",
            Self::Disputed => "disputed",
            Self::AskedBefore => "asked_before",
            Self::TooLate => "too_late",
            Self::NoneChosen => "none_chosen",
            Self::OwnRequest => "own_request",
            Self::NoReason => "no_reason",
            Self::Illegal(_) | Self::IllegalOrder(_) => "illegal_move",
            Self::Order(error) => error.code(),
            Self::Event(error) => error.code(),
            Self::Store(_) => "internal",
        }
    }
}

impl From<OrderError> for RefundError {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::UnknownOrder => Self::UnknownOrder,
            OrderError::Store(error) => Self::Store(error),
            other => Self::Order(Box::new(other)),
        }
    }
}

impl Transient for RefundError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Event(error) => error.is_transient(),
            _ => false,
        }
    }
}
