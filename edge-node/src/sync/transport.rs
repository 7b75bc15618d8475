//! Transport: one request to central, one answer.
//!
//! Two real implementations: [`super::http::HttpTransport`], and the in-process link of the tests, which loses,
//! repeats and delays. It knows paths and bytes, nothing of their meaning; bodies are plain CBOR on both sides
//! of this trait, and compression is the transport's own affair.

use futures_util::future::BoxFuture;
use sync_protocol::time::Timestamp;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The protocol version that the answer names, if it names one.
    pub version: Option<u32>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// Why nothing usable came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No way to central: no network, no name, no answer in time, cut off.
    #[error("central cannot be reached: {0}")]
    Unreachable(String),
    /// Something answered that is not our central, or its certificate does not hold.
    #[error("the certificate of central is not to be trusted: {0}")]
    Untrusted(String),
    /// An answer came that cannot be read: too long, or not what it says it is.
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
}

/// A way to central.
pub trait Transport: Send + Sync {
    /// Posts `body` (CBOR) to `path` (such as `/node/v1/sync`), as the holder of `bearer` if there is one.
    ///
    /// Any status is an answer; only what never became one is an error.
    fn call<'a>(
        &'a self,
        path: &'a str,
        body: Vec<u8>,
        bearer: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Answered, TransportError>>;

    /// Central told its time; a transport that judges certificates never goes back behind it.
    fn heard(&self, _central: Timestamp) {}
}
