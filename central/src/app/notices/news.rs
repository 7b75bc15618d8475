//! What a provider's records say now, as it is applied to an order and told in its trail.

use serde_json::{Value, json};
use sync_protocol::{id::EventId, time::Timestamp};

use crate::{
    app::trail::Actor,
    domain::{
        attention::Attention,
        id::{NoticeId, OrderId, PaymentId},
        money::{Currency, Money},
        noted::Noted,
        payment::Reading,
    },
    payments::{self, ProviderVerdict},
};

/// What is being applied, and to what.
pub(super) struct News<'a> {
    pub(super) status: &'a payments::PaymentStatus,
    pub(super) reading: Reading,
    pub(super) notice: Option<NoticeId>,
    /// The outcome's name if it is not the move's own.
    pub(super) named: Option<&'static str>,
    pub(super) order: OrderId,
    pub(super) event: EventId,
    pub(super) now: Timestamp,
}

impl News<'_> {
    /// Who brings it.
    pub(super) fn who(&self) -> Actor {
        match self.notice {
            Some(_) => Actor::Provider,
            None => Actor::System,
        }
    }

    /// A reason to look, with what is read now: the same reading is the same thing, another one is not.
    pub(super) fn noted(&self, why: Attention) -> Noted {
        let about = json!({
            "transaction": self.reading.transaction_ref,
            "status": self.status.provider_status,
            "amount_minor": self.status.amount_minor,
            "currency": self.status.currency,
            "returned_minor": self.reading.returned_minor,
        });
        Noted::about(why, about)
    }
}

/// What the audit trail tells of a payment that moves.
pub(super) fn detail_of_payment(
    payment: PaymentId,
    reference: &str,
    status: &payments::PaymentStatus,
) -> Value {
    json!({
        "payment": payment.to_string(),
        "reference": reference,
        "transaction": status.provider_reference,
        "status": status.provider_status,
        "channel": status.channel,
        "amount_minor": status.amount_minor,
        "charged_minor": status.charged_minor,
    })
}

pub(super) fn reading(status: &payments::PaymentStatus) -> Reading {
    let currency = Currency::from_code(&status.currency);
    let returned_minor = match status.verdict {
        // Some means of payment tell that all went back, and not in which pieces.
        ProviderVerdict::Refunded => status.amount_minor,
        // A fee on top may go back as well; it is none of ours.
        _ => status.refunded_minor().min(status.amount_minor),
    };
    Reading {
        reference: status.reference.clone(),
        transaction_ref: status.provider_reference.clone(),
        verdict: status.verdict,
        amount: currency.map(|currency| Money::new(status.amount_minor, currency)),
        returned_minor,
    }
}
