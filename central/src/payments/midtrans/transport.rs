//! HTTP to Midtrans: two hosts, Basic auth, and their two shapes of errors made into one.
//!
//! Invariants: connecting takes at most 3 s and a whole call 10 s; redirects are not followed, so
//! that the key goes nowhere else; an answer is read up to a limit. In the Core API the body's
//! `status_code` decides, because it may tell of a failure under HTTP 200. Nothing is retried here:
//! the caller knows what may be repeated.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, RequestBuilder, Response, Url, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{MidtransConfig, wire};
use crate::payments::{ProviderError, Session};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_LENGTH: usize = 256 * 1024;

#[derive(Debug)]
pub(super) struct Transport {
    client: Client,
    snap_url: Url,
    core_url: Url,
    server_key: SecretString,
    notification_url: Option<String>,
}

impl Transport {
    pub(super) fn new(config: MidtransConfig) -> Result<Transport, ProviderError> {
        Ok(Transport {
            client: client()?,
            snap_url: base(&config.snap_url)?,
            core_url: base(&config.core_url)?,
            server_key: config.server_key,
            notification_url: config.notification_url,
        })
    }

    pub(super) async fn open_session(&self, body: &Value) -> Result<Session, ProviderError> {
        let mut request = self
            .client
            .post(at(&self.snap_url, "snap/v1/transactions"))
            .json(body);
        if let Some(url) = &self.notification_url {
            request = request.header("X-Override-Notification", url);
        }
        let (http_status, answer) = self.send(request).await?;
        read_session(http_status, &answer)
    }

    pub(super) async fn cancel_session(&self, token: &str) -> Result<(), ProviderError> {
        check_reference(token)?;
        let path = format!("snap/v1/transactions/{token}/cancel");
        let request = self.client.post(at(&self.snap_url, &path)).json(&json!({}));
        let (http_status, answer) = self.send(request).await?;
        read_cancelled(http_status, &answer)
    }

    pub(super) async fn core_get(&self, id: &str, what: &str) -> Result<Value, ProviderError> {
        check_reference(id)?;
        let request = self
            .client
            .get(at(&self.core_url, &format!("v2/{id}/{what}")));
        let (http_status, answer) = self.send(request).await?;
        // A reading succeeded if it shows a transaction, whatever code stands beside it.
        if http_status == 200 && answer["transaction_status"].is_string() {
            return Ok(answer);
        }
        read_core(http_status, answer)
    }

    pub(super) async fn core_post(
        &self,
        id: &str,
        what: &str,
        body: &Value,
    ) -> Result<Value, ProviderError> {
        check_reference(id)?;
        let url = at(&self.core_url, &format!("v2/{id}/{what}"));
        let (http_status, answer) = self.send(self.client.post(url).json(body)).await?;
        read_core(http_status, answer)
    }

    /// Sends and reads the answer as JSON; what is none becomes null.
    async fn send(&self, request: RequestBuilder) -> Result<(u16, Value), ProviderError> {
        let request = request
            .header("accept", "application/json")
            .basic_auth(self.server_key.expose_secret(), Some(""));
        let response = request.send().await.map_err(unreachable)?;
        let http_status = response.status().as_u16();
        let body = read_all(response).await?;
        Ok((
            http_status,
            serde_json::from_slice(&body).unwrap_or(Value::Null),
        ))
    }
}

fn client() -> Result<Client, ProviderError> {
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| ProviderError::Impossible { what: "TLS set-up" })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .redirect(Policy::none())
        .user_agent("gerbang")
        .build()
        .map_err(|_| ProviderError::Impossible {
            what: "HTTP client set-up",
        })
}

/// A base address that ends in a slash, so that paths can be joined to it.
fn base(url: &str) -> Result<Url, ProviderError> {
    let impossible = ProviderError::Impossible {
        what: "base address",
    };
    let url = Url::parse(&format!("{}/", url.trim_end_matches('/')));
    url.ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or(impossible)
}

/// Paths are made of literals and checked references, so joining cannot change the host.
fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path()));
    url
}

fn check_reference(reference: &str) -> Result<(), ProviderError> {
    if wire::is_reference(reference) {
        return Ok(());
    }
    Err(ProviderError::Impossible { what: "reference" })
}

fn unreachable(error: reqwest::Error) -> ProviderError {
    let cause = if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "no connection".to_owned()
    } else {
        error.without_url().to_string()
    };
    ProviderError::Unreachable { cause }
}

async fn read_all(mut response: Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > ANSWER_LENGTH {
            return Err(ProviderError::Malformed {
                what: "answer too long",
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What both APIs mean by a status; `None` if it is a success.
fn failure(status: u16, message: String) -> Option<ProviderError> {
    match status {
        // 407 is how the Core API says "expired", also when we asked for just that.
        200..=202 | 407 => None,
        401 => Some(ProviderError::WrongKey),
        404 => Some(ProviderError::UnknownPayment),
        406 => Some(ProviderError::ReferenceTaken),
        412 => Some(ProviderError::NotAllowed { message }),
        414 => Some(ProviderError::BalanceTooLow),
        429 | 500..=599 => Some(ProviderError::Unavailable { status }),
        _ => Some(ProviderError::Refused { status, message }),
    }
}

fn read_core(http_status: u16, answer: Value) -> Result<Value, ProviderError> {
    let body_status = answer["status_code"]
        .as_str()
        .and_then(|code| code.parse().ok());
    if let Some(error) = failure(
        body_status.unwrap_or(http_status),
        wire::message(&answer["status_message"]),
    ) {
        return Err(error);
    }
    if answer["transaction_status"].is_string() {
        return Ok(answer);
    }
    Err(ProviderError::Malformed {
        what: "answer without a transaction",
    })
}

fn read_session(http_status: u16, answer: &Value) -> Result<Session, ProviderError> {
    let message = wire::message(&answer["error_messages"][0]);
    if message.contains("order_id") && (message.contains("digunakan") || message.contains("taken"))
    {
        return Err(ProviderError::ReferenceTaken);
    }
    if let Some(error) = failure(http_status, message) {
        return Err(error);
    }
    let is_address = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    let redirect_url = answer["redirect_url"].as_str().filter(is_address);
    match (answer["token"].as_str(), redirect_url) {
        (Some(token), Some(url)) => Ok(Session {
            token: token.to_owned(),
            redirect_url: Some(url.to_owned()),
        }),
        _ => Err(ProviderError::Malformed {
            what: "answer without a token",
        }),
    }
}

fn read_cancelled(http_status: u16, answer: &Value) -> Result<(), ProviderError> {
    let message = wire::message(&answer["error_messages"][0]);
    match message.as_str() {
        "token already canceled" => return Ok(()),
        "Transaction is on progress" => return Err(ProviderError::NotAllowed { message }),
        "token not found" => return Err(ProviderError::UnknownPayment),
        _ => {}
    }
    failure(http_status, message).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_failures_are_read_from_the_body_or_the_http_status() {
        let not_allowed = ProviderError::NotAllowed {
            message: "no".to_owned(),
        };
        let refused = ProviderError::Refused {
            status: 413,
            message: "no".to_owned(),
        };
        let cases = [
            (200, "404", ProviderError::UnknownPayment),
            (404, "404", ProviderError::UnknownPayment),
            (200, "401", ProviderError::WrongKey),
            (200, "412", not_allowed),
            (200, "413", refused),
            (200, "414", ProviderError::BalanceTooLow),
            (200, "429", ProviderError::Unavailable { status: 429 }),
            (200, "500", ProviderError::Unavailable { status: 500 }),
        ];
        for (http_status, code, want) in cases {
            let answer = json!({"status_code": code, "status_message": "no"});
            assert_eq!(
                read_core(http_status, answer),
                Err(want),
                "{http_status} {code}"
            );
        }
        let html = read_core(502, Value::Null);
        assert_eq!(html, Err(ProviderError::Unavailable { status: 502 }));
        assert!(matches!(
            read_core(200, Value::Null),
            Err(ProviderError::Malformed { .. })
        ));
        assert!(
            read_core(
                200,
                json!({"status_code": "407", "transaction_status": "expire"})
            )
            .is_ok()
        );
    }

    #[test]
    fn session_answers_are_read() {
        let url = "https://app.midtrans.com/snap/v2/vtweb/t";
        let session = read_session(201, &json!({"token": "t", "redirect_url": url}));
        assert_eq!(session.expect("session").redirect_url.as_deref(), Some(url));
        let taken = json!({"error_messages": ["transaction_details.order_id sudah digunakan"]});
        assert_eq!(
            read_session(400, &taken),
            Err(ProviderError::ReferenceTaken)
        );
        let script = json!({"token": "t", "redirect_url": "javascript:alert(1)"});
        assert!(matches!(
            read_session(201, &script),
            Err(ProviderError::Malformed { .. })
        ));
        assert_eq!(read_session(401, &json!({})), Err(ProviderError::WrongKey));
        assert!(read_session(503, &Value::Null).is_err_and(|error| error.can_retry()));
    }

    #[test]
    fn addresses_keep_their_host_and_prefix() {
        let base = base("https://proxy.example/midtrans/").expect("base");
        assert_eq!(
            at(&base, "v2/A-1/status").as_str(),
            "https://proxy.example/midtrans/v2/A-1/status"
        );
        assert!(super::base("ftp://example").is_err());
        assert!(super::base("not an address").is_err());
    }
}
