//! The gate without a network: its log leaves as a file on a USB stick, and central's answer comes back as one.
//!
//! | act | file | what it keeps true |
//! | --- | --- | --- |
//! | export | [`mod@export`] | signed records leave whatever else is wrong with the node |
//! | import | [`import`] | only central's word for this node is taken, and nothing goes back in time |
//! | file | [`mod@file`] | a file is whole under its name or not there |
//!
//! The layout is [`sync_protocol::bundle`]. Called by `command`; a gate may run on the folder meanwhile.

pub mod export;
pub mod file;
pub mod import;

use std::path::PathBuf;

use sync_protocol::{
    bundle::BundleError,
    id::{EventId, NodeId},
    time::Timestamp,
};

use crate::{error::NodeError, moment_text::rfc3339};

/// Why a stick was of no use.
#[derive(Debug, thiserror::Error)]
pub enum StickError {
    /// There is such a file.
    #[error("{} is there already: choose another name, or say --force", .0.display())]
    Exists(PathBuf),
    /// The stick, or the file on it.
    #[error("{} failed: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The node itself.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// Another node's answer.
    #[error("this answer is for the node {0}: take it there")]
    OtherNode(NodeId),
    /// Another event's answer.
    #[error("this answer is for the event {0}, for which this node was not enrolled")]
    OtherEvent(EventId),
    /// The node never synced, or was erased.
    #[error(
        "this node holds no keys of its event, so it cannot tell who signed: it must sync once over a network"
    )]
    NoKeys,
    /// The event's keys were changed since the node last heard of them.
    #[error(
        "central signed with the event's key in slot {0}, of which this node never heard: it must sync once over a network"
    )]
    UnknownKey(u8),
    /// Replayed, or overtaken by a later answer or round.
    #[error(
        "this answer is of {}, and the node has heard of central at {}: it was taken in before, or is too old",
        rfc3339(*made_at), rfc3339(*heard_at)
    )]
    Old {
        /// When central made it.
        made_at: Timestamp,
        /// When central was last heard of.
        heard_at: Timestamp,
    },
    /// It continues another replica.
    #[error(
        "this answer does not continue what the node holds now: export again, and take that to central"
    )]
    DoesNotFit,
    /// Central has another record in this place of the log.
    #[error(
        "central has another record {0} of this node: this disk is a copy, enrol it as a new node"
    )]
    OtherLog(u64),
}

impl StickError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Exists(_) => "file_exists",
            Self::File { .. } => "file_failed",
            Self::Bundle(error) => error.code(),
            Self::Node(error) => error.code(),
            Self::OtherNode(_) => "answer_for_other_node",
            Self::OtherEvent(_) => "answer_for_other_event",
            Self::NoKeys => "event_keys_missing",
            Self::UnknownKey(_) => "event_key_unknown",
            Self::Old { .. } => "answer_old",
            Self::DoesNotFit => "answer_does_not_fit",
            Self::OtherLog(_) => "log_forked",
        }
    }
}
