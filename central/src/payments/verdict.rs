//! What a provider's status means to us, in one word.
//!
//! Invariant: only [`ProviderVerdict::Paid`] says that money is safe; whatever is not understood is
//! [`ProviderVerdict::NeedsReview`], never a guess.

/// Where a payment stands, whichever provider it came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderVerdict {
    /// Begun, no money yet: keep the hold.
    Pending,
    /// Money is reserved and must still be captured.
    Reserved,
    /// Money is ours: issue the tickets.
    Paid,
    /// The provider suspects fraud and waits for our approval or denial: issue nothing.
    Challenged,
    /// This attempt failed; the buyer may try again. After `Paid` it means a reversal.
    Denied,
    /// Failed on the provider's side: release.
    Failed,
    /// Taken back before it settled: release.
    Cancelled,
    /// Not paid in time: release.
    Expired,
    Refunded,
    PartlyRefunded,
    /// The buyer's bank took the money back: freeze the tickets.
    Disputed,
    /// A status or a combination we do not know: show it to an admin, change nothing.
    NeedsReview,
}

impl ProviderVerdict {
    /// Stable name, as stored and logged.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ProviderVerdict::Pending => "pending",
            ProviderVerdict::Reserved => "reserved",
            ProviderVerdict::Paid => "paid",
            ProviderVerdict::Challenged => "challenged",
            ProviderVerdict::Denied => "denied",
            ProviderVerdict::Failed => "failed",
            ProviderVerdict::Cancelled => "cancelled",
            ProviderVerdict::Expired => "expired",
            ProviderVerdict::Refunded => "refunded",
            ProviderVerdict::PartlyRefunded => "partly_refunded",
            ProviderVerdict::Disputed => "disputed",
            ProviderVerdict::NeedsReview => "needs_review",
        }
    }
}
