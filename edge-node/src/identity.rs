//! Who this node is: its papers from central and its own key.
//!
//! Invariant: the key never leaves the node, and nobody but its owner may read its file. Made once by
//! enrolment, read by [`crate::node::Node::open`]. The replica and the log are not part of it.

use std::{fs, io::Write, path::Path};

use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteVec;
use serde::{Deserialize, Serialize};
use sync_protocol::{
    id::{EventId, GateId, NodeId},
    time::Timestamp,
    wire::v1::EnrolAnswer,
};
use zeroize::Zeroizing;

use crate::{error::NodeError, home::Home};

/// What enrolment gave: central's answer, the node's key, and where central is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Central's answer: ids, names, trust anchor.
    pub answer: EnrolAnswer,
    /// The node's own key.
    pub key: SigningKey,
    /// Central's base address.
    pub central: String,
}

/// `node.json`: the part that is no secret.
#[derive(Serialize, Deserialize)]
struct Papers {
    node: NodeId,
    name: String,
    event: EventId,
    gate: GateId,
    central: String,
    enrolled_at_ms: i64,
}

impl Identity {
    /// Reads the papers and the key of the node that lives in `home`.
    ///
    /// # Errors
    /// [`NodeError::NotEnrolled`], [`NodeError::KeyRights`], or [`NodeError::Identity`] with the damaged file.
    pub fn load(home: &Home) -> Result<Self, NodeError> {
        let identity = Self::read(home)?;
        Self::check_rights(home)?;
        Ok(identity)
    }

    /// Whether nobody but its owner may read the key.
    ///
    /// # Errors
    /// [`NodeError::KeyRights`].
    pub fn check_rights(home: &Home) -> Result<(), NodeError> {
        check_rights(&home.key())
    }

    /// Reads the papers and the key, whoever else may read them too; for looking at a node, never for working as it.
    ///
    /// # Errors
    /// [`NodeError::NotEnrolled`], or [`NodeError::Identity`] with the damaged file.
    pub fn read(home: &Home) -> Result<Self, NodeError> {
        let papers = papers(home)?.ok_or_else(|| NodeError::NotEnrolled(home.root().to_owned()))?;
        let authority = read_if_there(&home.authority())?.map(ByteVec::from);
        Ok(Self {
            answer: EnrolAnswer {
                node: papers.node,
                name: papers.name,
                event: papers.event,
                gate: papers.gate,
                authority,
                now: Timestamp(papers.enrolled_at_ms),
            },
            key: load_key(&home.key())?,
            central: papers.central,
        })
    }

    /// Writes the papers and the key; `node.json` last, because a folder with it is an enrolled node.
    ///
    /// # Errors
    /// [`NodeError::AlreadyEnrolled`], or [`NodeError::File`].
    pub fn store(&self, home: &Home) -> Result<(), NodeError> {
        if let Some(papers) = papers(home)? {
            return Err(NodeError::AlreadyEnrolled {
                home: home.root().to_owned(),
                name: papers.name,
            });
        }
        home.make()?;
        write(&home.key(), &*Zeroizing::new(self.key.to_bytes()))?;
        match &self.answer.authority {
            Some(der) => write(&home.authority(), der)?,
            None => remove_if_there(&home.authority())?,
        }
        let papers = serde_json::to_vec_pretty(&self.papers()).unwrap_or_default();
        write(&home.papers(), &papers)
    }

    fn papers(&self) -> Papers {
        Papers {
            node: self.answer.node,
            name: self.answer.name.clone(),
            event: self.answer.event,
            gate: self.answer.gate,
            central: self.central.clone(),
            enrolled_at_ms: self.answer.now.0,
        }
    }
}

fn papers(home: &Home) -> Result<Option<Papers>, NodeError> {
    let path = home.papers();
    let Some(bytes) = read_if_there(&path)? else {
        return Ok(None);
    };
    let read = serde_json::from_slice(&bytes);
    read.map(Some).map_err(|error| NodeError::Identity {
        path,
        reason: error.to_string(),
    })
}

fn load_key(path: &Path) -> Result<SigningKey, NodeError> {
    let damaged = |reason: &str| NodeError::Identity {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let bytes = read_if_there(path)?.ok_or_else(|| damaged("the file is missing"))?;
    let bytes = Zeroizing::new(bytes);
    let seed = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| damaged("32 bytes expected"))?;
    Ok(SigningKey::from_bytes(seed))
}

#[cfg(unix)]
fn check_rights(path: &Path) -> Result<(), NodeError> {
    use std::os::unix::fs::PermissionsExt;
    let Ok(found) = fs::metadata(path) else {
        return Ok(());
    };
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(NodeError::KeyRights {
        path: path.to_owned(),
        mode,
    })
}

/// Other systems keep the rights of a person's folder themselves.
#[cfg(not(unix))]
fn check_rights(_: &Path) -> Result<(), NodeError> {
    Ok(())
}

/// Writes beside the file, makes it durable, and only then gives it its name.
fn write(path: &Path, bytes: &[u8]) -> Result<(), NodeError> {
    let beside = path.with_extension("new");
    let written = remove(&beside)
        .and_then(|()| create(&beside))
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| sync_folder(path));
    written.map_err(|source| failed(path, source))
}

fn create(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, NodeError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed(path, source)),
    }
}

fn remove_if_there(path: &Path) -> Result<(), NodeError> {
    remove(path).map_err(|source| failed(path, source))
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn failed(path: &Path, source: std::io::Error) -> NodeError {
    NodeError::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
