//! Why a provider's answer is not the one we hoped for, and whether asking again can help.
//!
//! Invariant: no variant carries a key, a header or personal data; provider messages are cut short.

use thiserror::Error;

/// A call or a message that failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProviderError {
    #[error("the payment provider cannot be reached: {cause}")]
    Unreachable { cause: String },
    #[error("the payment provider is unavailable (status {status})")]
    Unavailable { status: u16 },
    #[error("the payment provider refuses our key")]
    WrongKey,
    #[error("the payment provider knows no such payment")]
    UnknownPayment,
    #[error("the payment reference is in use at the provider")]
    ReferenceTaken,
    #[error("the payment's status does not allow this: {message}")]
    NotAllowed { message: String },
    #[error("the balance at the provider is too low for this refund")]
    BalanceTooLow,
    #[error("the payment has not settled yet, so only all of it can be given back")]
    NotSettled,
    #[error("the payment provider refused (status {status}): {message}")]
    Refused { status: u16, message: String },
    #[error("the message's signature is wrong")]
    BadSignature,
    #[error("the payment provider's message cannot be read: {what}")]
    Malformed { what: &'static str },
    #[error("not a request this provider can take: {what}")]
    Impossible { what: &'static str },
    #[error("this provider cannot do that")]
    Unsupported,
}

impl ProviderError {
    /// Stable name for logs and answers.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            ProviderError::Unreachable { .. } => "provider_unreachable",
            ProviderError::Unavailable { .. } => "provider_unavailable",
            ProviderError::WrongKey => "provider_wrong_key",
            ProviderError::UnknownPayment => "provider_unknown_payment",
            ProviderError::ReferenceTaken => "provider_reference_taken",
            ProviderError::NotAllowed { .. } => "provider_not_allowed",
            ProviderError::BalanceTooLow => "provider_balance_too_low",
            ProviderError::NotSettled => "provider_not_settled",
            ProviderError::Refused { .. } => "provider_refused",
            ProviderError::BadSignature => "bad_signature",
            ProviderError::Malformed { .. } => "provider_malformed",
            ProviderError::Impossible { .. } => "provider_impossible",
            ProviderError::Unsupported => "provider_unsupported",
        }
    }

    /// Whether the same call may succeed later without a change of the call. The outcome of a call that could not be
    /// reached is unknown: repeat it under the same reference or key.
    #[must_use]
    pub fn can_retry(&self) -> bool {
        self.is_outage()
            || matches!(
                self,
                ProviderError::NotSettled | ProviderError::BalanceTooLow
            )
    }

    /// Whether the provider as a whole may be out of reach.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            ProviderError::Unreachable { .. } | ProviderError::Unavailable { .. }
        )
    }
}
