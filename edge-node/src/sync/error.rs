//! Why a round came to nothing, and whether trying again can help.
//!
//! Whatever it is, nothing is dropped: records stay unsent until central acknowledged them.

use sync_protocol::wire::v1::Refusal;

use super::transport::TransportError;
use crate::error::NodeError;

/// Central's refusals of a log that contradicts what it has: at once, and from then on.
const OLD_COPY: [&str; 2] = ["log_forked", "node_quarantined"];

/// Central's refusal of records that do not follow those it has.
const GAP: &str = "log_gap";

/// Why a round came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Central did not answer, or what answered is not central.
    #[error(transparent)]
    Unreachable(#[from] TransportError),
    /// Central answered: no.
    #[error("central refuses: {}", refusal.message)]
    Refused {
        /// HTTP status.
        status: u16,
        /// Why.
        refusal: Refusal,
    },
    /// The answer makes no sense.
    #[error("central's answer makes no sense: {0}")]
    Protocol(String),
    /// The node itself cannot.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl SyncError {
    /// Stable name; central's own for a refusal.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable(TransportError::Unreachable(_)) => "central_unreachable",
            Self::Unreachable(TransportError::Untrusted(_)) => "central_untrusted",
            Self::Unreachable(TransportError::Unreadable(_)) => "answer_unreadable",
            Self::Refused { refusal, .. } => &refusal.code,
            Self::Protocol(_) => "answer_senseless",
            Self::Node(error) => error.code(),
        }
    }

    /// Whether central says that this node's log is not the one it knows: the disk is an old copy.
    #[must_use]
    pub fn means_copy(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if OLD_COPY.contains(&refusal.code.as_str()))
    }

    /// How far central has this node's log, where it says that records before those that were sent are missing.
    #[must_use]
    pub fn central_has(&self) -> Option<u64> {
        match self {
            Self::Refused { refusal, .. } if refusal.code == GAP => refusal.acknowledged,
            _ => None,
        }
    }

    /// Whether trying again can help without anybody doing something.
    #[must_use]
    pub const fn can_retry(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Protocol(_) => true,
            Self::Refused { status, .. } => matches!(*status, 408 | 409 | 425 | 429 | 500..),
            Self::Node(error) => matches!(error, NodeError::Database(_)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_central_is_asked_again_and_a_revoked_node_waits() {
        let refused = |status| SyncError::Refused {
            status,
            refusal: Refusal {
                code: "busy".to_owned(),
                message: "later".to_owned(),
                acknowledged: None,
            },
        };
        for (status, can_retry) in [
            (429, true),
            (503, true),
            (500, true),
            (403, false),
            (400, false),
        ] {
            assert_eq!(refused(status).can_retry(), can_retry, "{status}");
        }
        assert_eq!(refused(503).code(), "busy");
        let away = SyncError::from(TransportError::Unreachable("no route".to_owned()));
        assert!(away.can_retry());
        assert_eq!(away.code(), "central_unreachable");
    }
}
