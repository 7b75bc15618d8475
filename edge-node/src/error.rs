//! Why the node cannot do what it was told, in one sentence for the person and one stable code for programs.
//!
//! A refusal at the gate is no error and never passes here: [`crate::scan`] turns whatever stands in the way
//! of a verdict into a verdict. Called by the command line and by the sync rounds.

use std::path::PathBuf;

use sync_protocol::id::EventId;

/// The node cannot work, or not like this.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// Nobody enrolled a node in this folder.
    #[error("there is no node in {}: enrol one with `edge-node enrol URL CODE`", .0.display())]
    NotEnrolled(PathBuf),
    /// A second enrolment would orphan the first one's scans.
    #[error("{} already holds the node {name}: choose another folder with --home", home.display())]
    AlreadyEnrolled {
        /// The folder.
        home: PathBuf,
        /// What people call the node in it.
        name: String,
    },
    /// What an earlier node left there would be taken for the new one's.
    #[error("{} holds another node's scans: choose another folder with --home", .0.display())]
    Remains(PathBuf),
    /// The replica was fetched for another node.
    #[error(
        "{} holds the tickets of the event {event}, for which this node was not enrolled: remove it and \
         sync again",
        path.display()
    )]
    ForeignReplica {
        /// The database.
        path: PathBuf,
        /// Its event.
        event: EventId,
    },
    /// Others on this machine could read the key and sign scans in this node's name.
    #[error("{} may be read by others (mode {mode:o}): run `chmod 600` on it first", path.display())]
    KeyRights {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The node's own papers are damaged.
    #[error("{} is damaged: {reason}", path.display())]
    Identity {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Starting a log anew would give old places to new scans, which central takes for a fork.
    #[error("the scan log {} is gone: restore it, or enrol this machine as a new node", .0.display())]
    LogMissing(PathBuf),
    /// The program is older than its data.
    #[error(
        "{} is of version {found}, and this program knows {known} at most: update the program",
        path.display()
    )]
    NewerDatabase {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: usize,
        /// The newest version that this program knows.
        known: usize,
    },
    /// Without a write-ahead log a scan would wait for whoever reads, or be lost with the power.
    #[error(
        "{} cannot be kept safely, because its file system allows no write-ahead log (journal mode \
         {found}): choose a folder on a local disk with --home",
        path.display()
    )]
    NoWal {
        /// The database.
        path: PathBuf,
        /// What SQLite uses instead.
        found: String,
    },
    /// A database did not open.
    #[error("{} cannot be opened: {source}", path.display())]
    Open {
        /// The database.
        path: PathBuf,
        /// What the database says.
        source: rusqlite::Error,
    },
    /// A database failed while it was used.
    #[error("the node's database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// A row is not what this program wrote.
    #[error("the node's database is damaged: {0}")]
    Damaged(String),
    /// A file or folder failed.
    #[error("{} failed: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Central holds scans of this node that the log lacks: the disk is an old copy.
    #[error(
        "central has {acknowledged} scans of this node and the log only {head}: this disk is an old \
         copy, enrol it as a new node"
    )]
    LogBehind {
        /// How many central has.
        acknowledged: u64,
        /// How many the log has.
        head: u64,
    },
    /// The answer speaks of another event than the node was enrolled for.
    #[error("central answered for the event {0}, for which this node was not enrolled")]
    OtherEvent(EventId),
}

impl NodeError {
    /// The stable name, for JSON and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotEnrolled(_) => "not_enrolled",
            Self::AlreadyEnrolled { .. } => "already_enrolled",
            Self::Remains(_) => "home_has_remains",
            Self::ForeignReplica { .. } => "replica_of_other_event",
            Self::KeyRights { .. } => "key_rights",
            Self::Identity { .. } => "identity_damaged",
            Self::LogMissing(_) => "scan_log_missing",
            Self::NewerDatabase { .. } => "database_newer",
            Self::NoWal { .. } => "wal_refused",
            Self::Open { .. } => "database_not_opened",
            Self::Database(_) => "database_failed",
            Self::Damaged(_) => "database_damaged",
            Self::File { .. } => "file_failed",
            Self::LogBehind { .. } => "log_behind_central",
            Self::OtherEvent(_) => "other_event",
        }
    }
}
