//! Money taken on site (cash, a card terminal, a transfer seen on a statement) and recorded by an
//! admin.
//!
//! Invariant: nobody outside can speak for this provider. It sends no messages and has no records of
//! its own; the admin's entry in the audit trail is the truth, so `status` knows nothing and a
//! refund is done as soon as it is recorded.

use axum::http::HeaderMap;
use futures_util::{FutureExt, future};

use super::{
    Answer, CreateSession, Notice, PaymentProvider, PaymentStatus, ProviderError, ProviderVerdict,
    RefundWish, Refunded, Session,
};

/// The desk.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnSite;

impl PaymentProvider for OnSite {
    fn name(&self) -> &'static str {
        "on_site"
    }

    /// Nothing goes over a wire: every currency is taken, in its own minor units.
    fn wire_exponent(&self, _currency: &str) -> Option<u32> {
        Some(0)
    }

    fn create_session<'a>(&'a self, wish: &'a CreateSession) -> Answer<'a, Session> {
        let session = Session {
            token: wish.reference.clone(),
            redirect_url: None,
        };
        future::ready(Ok(session)).boxed()
    }

    fn authenticate(&self, _headers: &HeaderMap, _body: &[u8]) -> Result<Notice, ProviderError> {
        Err(ProviderError::Unsupported)
    }

    fn status<'a>(&'a self, _reference: &'a str) -> Answer<'a, Option<PaymentStatus>> {
        future::ready(Ok(None)).boxed()
    }

    fn cancel_session<'a>(&'a self, _token: &'a str) -> Answer<'a, ()> {
        future::ready(Ok(())).boxed()
    }

    fn cancel<'a>(&'a self, _reference: &'a str) -> Answer<'a, ()> {
        future::ready(Ok(())).boxed()
    }

    fn expire<'a>(&'a self, _reference: &'a str) -> Answer<'a, ()> {
        future::ready(Ok(())).boxed()
    }

    fn approve<'a>(&'a self, _reference: &'a str) -> Answer<'a, ()> {
        future::ready(Err(ProviderError::Unsupported)).boxed()
    }

    fn deny<'a>(&'a self, _reference: &'a str) -> Answer<'a, ()> {
        future::ready(Err(ProviderError::Unsupported)).boxed()
    }

    /// A person gives it back, and says so.
    fn can_refund(&self, _channel: Option<&str>) -> bool {
        false
    }

    /// The money changes hands at the desk. Whether it is all of it is known to the order alone, so
    /// the verdict says "partly"; the order's own sum decides.
    fn refund<'a>(&'a self, wish: &'a RefundWish) -> Answer<'a, Refunded> {
        let refunded = Refunded {
            key: wish.key.clone(),
            amount_minor: wish.amount_minor,
            verdict: ProviderVerdict::PartlyRefunded,
            is_repeat: false,
        };
        future::ready(Ok(refunded)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_send_a_message_for_the_desk() {
        let refused = OnSite.authenticate(&HeaderMap::new(), b"{}");
        assert_eq!(refused, Err(ProviderError::Unsupported));
    }
}
