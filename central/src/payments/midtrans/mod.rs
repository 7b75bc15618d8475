//! Midtrans Snap: the buyer pays on Midtrans' page, a signed notice tells us to look, and the Core
//! API is the truth.
//!
//! Invariants: a notice is believed only to the extent of its signature, which covers neither status
//! nor transaction id; decisions rest on [`PaymentProvider::status`]. Midtrans' end for paying is
//! tied to our hold at creation. The server key leaves this folder only in the Authorization header.
//! Pure parts: `wish` (what we ask), `notice` (what they tell), `status` (what they answer).
//! `transport` speaks HTTP. Pre-authorisation and GoPay account notices are not used.

mod notice;
mod status;
mod transport;
mod wire;
mod wish;

use axum::http::HeaderMap;
use futures_util::FutureExt;
use secrecy::SecretString;
use serde_json::{Value, json};

pub use status::verdict;
use transport::Transport;

use super::{
    Answer, CreateSession, Notice, PaymentProvider, PaymentStatus, ProviderError, ProviderVerdict,
    RefundWish, Refunded, Session,
};

/// Where Midtrans is and who we are there.
#[derive(Clone, Debug)]
pub struct MidtransConfig {
    /// Base address of Snap, without a path.
    pub snap_url: String,
    /// Base address of the Core API, without a path.
    pub core_url: String,
    pub server_key: SecretString,
    /// Where notices are to go, if not where the dashboard says.
    pub notification_url: Option<String>,
}

impl MidtransConfig {
    #[must_use]
    pub fn production(server_key: SecretString) -> MidtransConfig {
        MidtransConfig {
            snap_url: "https://app.midtrans.com".to_owned(),
            core_url: "https://api.midtrans.com".to_owned(),
            server_key,
            notification_url: None,
        }
    }

    #[must_use]
    pub fn sandbox(server_key: SecretString) -> MidtransConfig {
        MidtransConfig {
            snap_url: "https://app.sandbox.midtrans.com".to_owned(),
            core_url: "https://api.sandbox.midtrans.com".to_owned(),
            server_key,
            notification_url: None,
        }
    }

    /// One address for both APIs, as the simulator has it.
    #[must_use]
    pub fn at(base_url: &str, server_key: SecretString) -> MidtransConfig {
        MidtransConfig {
            snap_url: base_url.trim_end_matches('/').to_owned(),
            core_url: base_url.trim_end_matches('/').to_owned(),
            server_key,
            notification_url: None,
        }
    }
}

/// The client. Cheap to share behind an `Arc`; connections are kept and reused.
#[derive(Debug)]
pub struct Midtrans {
    transport: Transport,
    server_key: SecretString,
}

impl Midtrans {
    /// # Errors
    /// [`ProviderError::Impossible`] if a base address is not one, or TLS cannot be set up.
    pub fn new(config: MidtransConfig) -> Result<Midtrans, ProviderError> {
        let server_key = config.server_key.clone();
        Ok(Midtrans {
            transport: Transport::new(config)?,
            server_key,
        })
    }

    /// Makes a move and checks that the transaction stands where the move leads.
    async fn make(&self, reference: &str, what: &str, want: &str) -> Result<(), ProviderError> {
        let reply = self
            .transport
            .core_post(reference, what, &json!({}))
            .await?;
        if reply["transaction_status"].as_str() == Some(want) {
            return Ok(());
        }
        Err(ProviderError::NotAllowed {
            message: wire::message(&reply["status_message"]),
        })
    }

    async fn read_status(&self, reference: &str) -> Result<Option<PaymentStatus>, ProviderError> {
        match self.transport.core_get(reference, "status").await {
            Ok(reply) => status::parse(&reply).map(Some),
            Err(ProviderError::UnknownPayment) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn ask_refund(&self, wish: &RefundWish) -> Result<Refunded, ProviderError> {
        let body = wish::refund_body(wish)?;
        let path = wish::refund_path(wish.channel.as_deref());
        match self.transport.core_post(&wish.reference, path, &body).await {
            Ok(reply) => refunded(wish, &reply),
            Err(error) if is_final(&error) => self.find_refund(wish, error).await,
            Err(error) => Err(error),
        }
    }

    /// A key that was used before is refused in more than one way; the records say whether the money
    /// has gone back under it. A card payment that has not settled cannot be refunded but cancelled, as a whole.
    async fn find_refund(
        &self,
        wish: &RefundWish,
        refusal: ProviderError,
    ) -> Result<Refunded, ProviderError> {
        let Some(status) = self.read_status(&wish.reference).await? else {
            return Err(refusal);
        };
        match status.provider_status.as_str() {
            "capture/accept" if wish.is_whole => {
                self.make(&wish.reference, "cancel", "cancel").await?;
                return Ok(cancelled(wish, false));
            }
            "capture/accept" => return Err(ProviderError::NotSettled),
            _ if wish.is_whole && status.verdict == ProviderVerdict::Cancelled => {
                return Ok(cancelled(wish, true));
            }
            _ => {}
        }
        let Some(made) = status.refunds.iter().find(|refund| refund.key == wish.key) else {
            return Err(refusal);
        };
        if made.amount_minor != wish.amount_minor {
            return Err(ProviderError::Impossible {
                what: "refund key used for another amount",
            });
        }
        Ok(Refunded {
            key: made.key.clone(),
            amount_minor: made.amount_minor,
            verdict: status.verdict,
            is_repeat: true,
        })
    }
}

/// Cancelled before it settled: the buyer is charged nothing.
fn cancelled(wish: &RefundWish, is_repeat: bool) -> Refunded {
    Refunded {
        key: wish.key.clone(),
        amount_minor: wish.amount_minor,
        verdict: ProviderVerdict::Refunded,
        is_repeat,
    }
}

fn is_final(error: &ProviderError) -> bool {
    matches!(
        error,
        ProviderError::Refused { .. }
            | ProviderError::NotAllowed { .. }
            | ProviderError::ReferenceTaken
    )
}

fn refunded(wish: &RefundWish, reply: &Value) -> Result<Refunded, ProviderError> {
    let verdict = status::verdict(
        reply["transaction_status"].as_str().unwrap_or_default(),
        reply["fraud_status"].as_str(),
    );
    if !matches!(
        verdict,
        ProviderVerdict::Refunded | ProviderVerdict::PartlyRefunded
    ) {
        return Err(ProviderError::Malformed {
            what: "refund reply without a refund status",
        });
    }
    let (key, amount_minor) = (wish.key.clone(), wish.amount_minor);
    Ok(Refunded {
        key,
        amount_minor,
        verdict,
        is_repeat: false,
    })
}

impl PaymentProvider for Midtrans {
    fn name(&self) -> &'static str {
        "midtrans"
    }

    /// Whole rupiah only.
    fn wire_exponent(&self, currency: &str) -> Option<u32> {
        (currency == "IDR").then_some(0)
    }

    fn create_session<'a>(&'a self, wish: &'a CreateSession) -> Answer<'a, Session> {
        async move {
            let body = wish::session_body(wish)?;
            self.transport.open_session(&body).await
        }
        .boxed()
    }

    fn authenticate(&self, _headers: &HeaderMap, body: &[u8]) -> Result<Notice, ProviderError> {
        notice::authenticate(body, &self.server_key)
    }

    fn status<'a>(&'a self, reference: &'a str) -> Answer<'a, Option<PaymentStatus>> {
        self.read_status(reference).boxed()
    }

    fn cancel_session<'a>(&'a self, token: &'a str) -> Answer<'a, ()> {
        self.transport.cancel_session(token).boxed()
    }

    fn cancel<'a>(&'a self, reference: &'a str) -> Answer<'a, ()> {
        self.make(reference, "cancel", "cancel").boxed()
    }

    fn expire<'a>(&'a self, reference: &'a str) -> Answer<'a, ()> {
        self.make(reference, "expire", "expire").boxed()
    }

    fn approve<'a>(&'a self, reference: &'a str) -> Answer<'a, ()> {
        self.make(reference, "approve", "capture").boxed()
    }

    fn deny<'a>(&'a self, reference: &'a str) -> Answer<'a, ()> {
        self.make(reference, "deny", "deny").boxed()
    }

    /// Transfers to virtual accounts and money paid in shops have no way back.
    fn can_refund(&self, channel: Option<&str>) -> bool {
        channel.is_some_and(|channel| wish::REFUNDABLE.contains(&channel))
    }

    fn refund_opens_ms(&self, channel: Option<&str>, now_ms: i64) -> i64 {
        wish::refund_opens_ms(channel, now_ms)
    }

    fn refund<'a>(&'a self, wish: &'a RefundWish) -> Answer<'a, Refunded> {
        self.ask_refund(wish).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_key_is_never_printed() {
        let key = "SB-Mid-server-TESTKEY123";
        let config = MidtransConfig::at("http://127.0.0.1:1", SecretString::from(key));
        let printed = format!(
            "{config:?} {:?}",
            Midtrans::new(config.clone()).expect("client")
        );
        assert!(!printed.contains(key), "{printed}");
    }
}
