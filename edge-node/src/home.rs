//! The node's folder: which file is where. One folder is one node.
//!
//! | file | what | who writes it |
//! | --- | --- | --- |
//! | `node.json` | ids, name, central's address | enrolment, once |
//! | `node.key` | Ed25519 seed, mode 0600 | enrolment, once |
//! | `authority.der` | central's own certificate authority, if it has one | enrolment, once |
//! | `log.db` | scans and dealings with central; never erased | [`crate::log`] |
//! | `kiosk.pin` | slow hash of the PIN that ends kiosk mode, mode 0600 | [`crate::pin`] |
//! | `replica.db` | tickets and other gates' scans; can be erased and fetched again | [`crate::replica`] |

use std::path::{Path, PathBuf};

use crate::error::NodeError;

/// A node's folder; it need not exist yet.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

impl Home {
    /// The folder at `root`.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self(root.to_owned())
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.0
    }

    pub(crate) fn papers(&self) -> PathBuf {
        self.0.join("node.json")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.0.join("node.key")
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.0.join("authority.der")
    }

    pub(crate) fn pin(&self) -> PathBuf {
        self.0.join("kiosk.pin")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("log.db")
    }

    pub(crate) fn replica(&self) -> PathBuf {
        self.0.join("replica.db")
    }

    /// Makes the folder, closed to others.
    pub(crate) fn make(&self) -> Result<(), NodeError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0).map_err(|source| NodeError::File {
            path: self.0.clone(),
            source,
        })
    }

    /// Whether files can be written there. Asked before central is: a code that was used up for nothing is lost.
    pub(crate) fn try_writing(&self) -> Result<(), NodeError> {
        let path = self.0.join("enrolling");
        let tried = std::fs::write(&path, b"").and_then(|()| std::fs::remove_file(&path));
        tried.map_err(|source| NodeError::File { path, source })
    }
}
