//! The transport that gates use: HTTPS by reqwest over rustls with ring, bodies compressed both ways.
//!
//! Redirects are not followed and proxies not asked: what answers for central but is not (a hotel's login page)
//! must not get a scan. Nothing is read beyond [`wire::MAX_BODY`], compressed or not.

use std::{error::Error as StdError, net::IpAddr, sync::Arc, time::Duration};

use futures_util::{FutureExt as _, future::BoxFuture};
use reqwest::{
    Client, Request, RequestBuilder, Response, Url,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE},
    redirect::Policy,
};
use sync_protocol::{time::Timestamp, wire};

use super::{
    compress::{compress, decompress},
    transport::{Answered, Transport, TransportError},
    trust::{Trust, TrustError, TrustedTime, client_config},
};

/// To find that nobody is there.
const CONNECT_LIMIT: Duration = Duration::from_secs(8);
/// Without a single byte of the answer; a thin link is slow, but not silent. Sending the request is no silence.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// Bytes that nobody confirms for so long are given up, so that a request of which the node thinks no more cannot arrive
/// later: central takes a request for at most a minute old (`sync_protocol::moment::REQUEST_LIMIT_MS`).
const UNSENT_LIMIT: Duration = Duration::from_secs(30);
/// Bytes per second of the thinnest link that still is one; a request may take as long to send.
const THINNEST: u32 = 2_048;
/// For one call as a whole.
const CALL_LIMIT: Duration = Duration::from_secs(300);

/// Why central's address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Not `https://host[:port]` (or `http://`, for development).
    #[error("central's address must look like https://tickets.example: {0}")]
    Address(String),
    /// A pinned authority, or a code with a fingerprint, and an address without TLS.
    #[error(
        "this central has a certificate authority of its own, so its address begins with https://"
    )]
    NeedsTls,
    /// The pinned authority is damaged.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(#[from] reqwest::Error),
}

impl AddressError {
    /// Stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address(_) => "bad_address",
            Self::NeedsTls => "address_needs_tls",
            Self::Trust(_) => "bad_authority",
            Self::Client(_) => "http_client",
        }
    }
}

/// Central at the end of a network.
#[derive(Debug)]
pub struct HttpTransport {
    base: Url,
    client: Client,
    silence: Duration,
    time: Arc<TrustedTime>,
}

impl HttpTransport {
    /// A way to the central at `address`, which is trusted as `trust` says. Nothing is sent yet.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn new(address: &str, trust: &Trust, time: Arc<TrustedTime>) -> Result<Self, AddressError> {
        let base = base_address(address)?;
        if base.scheme() == "http" {
            if *trust != Trust::WebPki {
                return Err(AddressError::NeedsTls);
            }
            if !is_this_machine(&base) {
                tracing::warn!(central = %base, "no TLS: whoever is on the way reads and changes it");
            }
        }
        let client = Client::builder()
            .tls_backend_preconfigured(client_config(trust, time.clone())?)
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_LIMIT)
            .tcp_user_timeout(UNSENT_LIMIT)
            .timeout(CALL_LIMIT)
            .build()?;
        Ok(Self {
            base,
            client,
            silence: SILENCE_LIMIT,
            time,
        })
    }

    fn request(&self, path: &str, body: Vec<u8>, bearer: Option<&str>) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(path);
        let mut request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, wire::CONTENT_TYPE)
            .header(wire::VERSION_HEADER, wire::NEWEST_VERSION)
            .header(ACCEPT_ENCODING, "zstd");
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        match compress(&body) {
            Some(packed) => request.header(CONTENT_ENCODING, "zstd").body(packed),
            None => request.body(body),
        }
    }
}

impl Transport for HttpTransport {
    fn call<'a>(
        &'a self,
        path: &'a str,
        body: Vec<u8>,
        bearer: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Answered, TransportError>> {
        async move {
            let request = self.request(path, body, bearer);
            let request = request.build().map_err(|error| explain(&error))?;
            let limit = self.silence + time_to_send(&request);
            let response = in_time(limit, self.client.execute(request)).await?;
            read(response, self.silence).await
        }
        .boxed()
    }

    fn heard(&self, central: Timestamp) {
        self.time.heard(central);
    }
}

/// Scheme, host and port; anything else in it would be lost on the way.
fn base_address(address: &str) -> Result<Url, AddressError> {
    let refused = |what: &str| AddressError::Address(what.to_owned());
    let url = Url::parse(address.trim()).map_err(|error| refused(&error.to_string()))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(refused("it begins with neither https:// nor http://"));
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(refused("leave out what follows the host and port"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("leave out user and password"));
    }
    Ok(url)
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    ip.map_or(host == "localhost", |ip| ip.is_loopback())
}

/// reqwest's own read timeout would count from the first byte of the request and cut off a long upload.
fn time_to_send(request: &Request) -> Duration {
    let body = request.body().and_then(|body| body.as_bytes());
    let bytes = u32::try_from(body.map_or(0, <[u8]>::len)).unwrap_or(u32::MAX);
    Duration::from_secs(1) * bytes / THINNEST
}

async fn in_time<T>(
    limit: Duration,
    doing: impl Future<Output = reqwest::Result<T>>,
) -> Result<T, TransportError> {
    match tokio::time::timeout(limit, doing).await {
        Ok(done) => done.map_err(|error| explain(&error)),
        Err(_) => Err(TransportError::Unreachable("no answer in time".to_owned())),
    }
}

async fn read(response: Response, silence: Duration) -> Result<Answered, TransportError> {
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok());
    let status = response.status().as_u16();
    let version = header(wire::VERSION_HEADER).and_then(|text| text.parse().ok());
    let packed = match header(CONTENT_ENCODING.as_str()) {
        None | Some("identity") => false,
        Some("zstd") => true,
        Some(other) => return Err(TransportError::Unreadable(format!("encoded as {other}"))),
    };
    let raw = limited(response, silence).await?;
    let body = if packed {
        decompress(&raw, wire::MAX_BODY)
            .map_err(|error| TransportError::Unreadable(error.to_string()))?
    } else {
        raw
    };
    Ok(Answered {
        status,
        version,
        body,
    })
}

async fn limited(mut response: Response, silence: Duration) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(chunk) = in_time(silence, response.chunk()).await? {
        if body.len() + chunk.len() > wire::MAX_BODY {
            let limit = wire::MAX_BODY;
            return Err(TransportError::Unreadable(format!(
                "longer than {limit} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The innermost cause says most; a certificate's fault is told apart from a missing network.
fn explain(error: &reqwest::Error) -> TransportError {
    let mut cause: &(dyn StdError + 'static) = error;
    while let Some(inner) = inside(cause) {
        cause = inner;
        if let Some(rustls::Error::InvalidCertificate(fault)) = cause.downcast_ref() {
            return TransportError::Untrusted(fault.to_string());
        }
    }
    if error.is_timeout() {
        return TransportError::Unreachable("no answer in time".to_owned());
    }
    TransportError::Unreachable(cause.to_string())
}

/// The next cause. An IO error that wraps another error passes over it in its `source`.
fn inside<'e>(cause: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    let wrapped = cause
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    match wrapped {
        Some(inner) => Some(inner),
        None => cause.source(),
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
