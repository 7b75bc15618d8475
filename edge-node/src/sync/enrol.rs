//! Enrolment: a one-time code becomes a node with its own key, its papers and its trust anchor.
//!
//! The key is made here and its private half never leaves. The folder is looked at before the code is used, so a
//! full disk or a node that lives there already does not cost a code. Where the code carries a fingerprint, the
//! authority in the answer must match it and is pinned for ever after.

use std::{path::Path, sync::Arc};

use ambient::{Clock, Entropy};
use ed25519_dalek::SigningKey;
use sync_protocol::{
    enrol_code::{EnrolCode, EnrolCodeError, Fingerprint},
    time::Timestamp,
    wire::v1::{EnrolAnswer, EnrolRequest},
};
use zeroize::Zeroizing;

use super::{
    call::{ENROL, call},
    error::SyncError,
    http::{AddressError, HttpTransport},
    transport::Transport,
    trust::{Trust, TrustedTime},
};
use crate::{error::NodeError, home::Home, identity::Identity, node::Node};

/// Why a node was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The typed text is no code.
    #[error(transparent)]
    Code(#[from] EnrolCodeError),
    /// Central's address cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Central did not take the node in.
    #[error(transparent)]
    Central(#[from] SyncError),
    /// The authority in the answer is not the one of the code.
    #[error(
        "central names another certificate authority than the enrolment code: make a new code in the panel, and copy it whole"
    )]
    Authority,
    /// The folder cannot become a node.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl EnrolError {
    /// Stable name; central's own for a refusal.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Code(_) => "bad_enrol_code",
            Self::Address(error) => error.code(),
            Self::Central(error) => error.code(),
            Self::Authority => "authority_mismatch",
            Self::Node(error) => error.code(),
        }
    }
}

/// Enrols a node in the folder `home` with the central at `address`, and opens it.
///
/// # Errors
/// [`EnrolError`]; then the folder holds no node, and unless central had already answered the code is still good.
pub async fn enrol(
    home: &Path,
    address: &str,
    code: &str,
    clock: Arc<dyn Clock>,
    entropy: &dyn Entropy,
) -> Result<Node, EnrolError> {
    let code = EnrolCode::parse(code)?;
    let trust = code.authority.map_or(Trust::WebPki, Trust::Fingerprint);
    let time = Arc::new(TrustedTime::new(Arc::clone(&clock), Timestamp(0)));
    let transport = HttpTransport::new(address, &trust, time)?;
    enrol_over(&transport, home, address, &code, entropy).await?;
    Ok(Node::open(home, clock)?)
}

/// The same over a given transport; `address` is what the node will call central by.
///
/// # Errors
/// As [`enrol`].
pub async fn enrol_over(
    transport: &dyn Transport,
    home: &Path,
    address: &str,
    code: &EnrolCode,
    entropy: &dyn Entropy,
) -> Result<(), EnrolError> {
    check_home(home)?;
    let mut seed = Zeroizing::new([0; 32]);
    entropy.fill(&mut *seed);
    let key = SigningKey::from_bytes(&seed);
    let request = EnrolRequest {
        code: code.secret_text(),
        public_key: key.verifying_key().to_bytes(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let answer: EnrolAnswer = call(transport, ENROL, &request, None).await?;
    let central = address.trim().trim_end_matches('/').to_owned();
    let answer = pinned(answer, code, &central)?;
    let identity = Identity {
        answer,
        key,
        central,
    };
    Ok(Node::create(home, identity)?)
}

/// A way to the central of an enrolled node, trusted as its papers say.
///
/// # Errors
/// [`AddressError`] when the papers are damaged, [`NodeError`] when the log is.
pub fn transport_of(node: &Node) -> Result<HttpTransport, EnrolError> {
    let identity = node.identity();
    let trust = match &identity.answer.authority {
        Some(der) => Trust::Authority(der.to_vec()),
        None => Trust::WebPki,
    };
    let heard = node.contact()?.central_seen.max(Some(identity.answer.now));
    let time = TrustedTime::new(Arc::clone(&node.clock), heard.unwrap_or_default());
    Ok(HttpTransport::new(
        &identity.central,
        &trust,
        Arc::new(time),
    )?)
}

/// The folder can be made and written, nobody lives there, and nobody left anything behind.
fn check_home(path: &Path) -> Result<(), NodeError> {
    let home = Home::new(path);
    match Identity::load(&home) {
        Ok(identity) => Err(NodeError::AlreadyEnrolled {
            home: path.to_owned(),
            name: identity.answer.name,
        }),
        Err(NodeError::NotEnrolled(_)) => {
            home.make()?;
            home.try_writing()?;
            Node::check_free(&home)
        }
        Err(error) => Err(error),
    }
}

/// What is pinned must be what the code says. Without TLS there is nothing to pin.
fn pinned(answer: EnrolAnswer, code: &EnrolCode, central: &str) -> Result<EnrolAnswer, EnrolError> {
    if central.starts_with("http://") {
        return Ok(EnrolAnswer {
            authority: None,
            ..answer
        });
    }
    let found = answer.authority.as_ref().map(|der| Fingerprint::of(der));
    if found == code.authority {
        Ok(answer)
    } else {
        Err(EnrolError::Authority)
    }
}

#[cfg(test)]
#[path = "enrol_tests.rs"]
mod tests;
