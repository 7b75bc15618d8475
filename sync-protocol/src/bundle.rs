//! Bundles: what travels on a USB stick where there is no network: a node's log to central, central's answer back.
//!
//! ```text
//! magic · version · kind │ length · frame │ length · frame │ … │ 0 │ signature │ digest
//! ```
//!
//! Frames are messages, packed by the caller ([`LogCover`] and then one [`SyncRequest`] per batch; [`AnswerCover`] and
//! then [`AnswerSheet`]s). The digest tells a worn stick from a forger; the signature is the node's, or the event's key
//! in its own domain. Nothing here reads a file or unpacks: central and gate do, with limits.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode, bytes::ByteVec};
use sha2::{Digest as _, Sha256};

use crate::{
    digest::Digest,
    id::{EventId, NodeId},
    time::Timestamp,
    wire::{MAX_BODY, v1::SyncAnswer},
};

#[cfg(doc)]
use crate::wire::v1::SyncRequest;

/// Longest file that either side reads: some three million scans.
pub const MAX_FILE: usize = 256 * 1024 * 1024;
/// The version that this program writes and reads.
pub const VERSION: u8 = 1;

const MAGIC: &[u8; 14] = b"gerbang bundle";
const BEGIN: usize = MAGIC.len() + 2;
const END: usize = 64 + 32;
/// A packed frame is hardly longer than what is in it.
const MAX_FRAME: usize = MAX_BODY + MAX_BODY / 128;
/// Most frames of a file: millions of scans take fifteen hundred.
const MAX_FRAMES: usize = 20_000;

/// Which way a bundle goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// From a node to central.
    Log,
    /// From central to a node.
    Answer,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Longer than [`MAX_FILE`].
    #[error("the file is longer than {MAX_FILE} bytes: no bundle is")]
    TooLong,
    /// It does not begin like one.
    #[error("the file is no bundle of Gerbang")]
    NotABundle,
    /// Written by another version of the program.
    #[error(
        "the bundle is of version {0}, and this program reads version {VERSION}: update the older program"
    )]
    Version(u8),
    /// It goes the other way.
    #[error("{}", match .0 {
        Kind::Log => "this is a node's log on its way to central: give it to `central import`",
        Kind::Answer => "this is central's answer on its way to a node: give it to `edge-node import`",
    })]
    OtherWay(Kind),
    /// It ends too early.
    #[error("the bundle ends too early: copy it again")]
    Truncated,
    /// Some byte is not what was written.
    #[error("the bundle is damaged: copy it again, or use another stick")]
    Damaged,
    /// Whole, but not signed by whom it names.
    #[error("the bundle is not signed by whom it names: it was forged or altered")]
    Forged,
    /// A frame does not unpack, or becomes too long.
    #[error("frame {0} of the bundle cannot be unpacked, or is longer than any message")]
    Packed(usize),
    /// A frame holds no message that belongs there.
    #[error("frame {0} of the bundle cannot be read")]
    Malformed(usize),
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Answer => 2,
        }
    }

    const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Log),
            2 => Some(Self::Answer),
            _ => None,
        }
    }

    /// What the signature is made over, so that neither kind can be taken for the other, or for anything else.
    fn signed_bytes(self, content: &Digest) -> Vec<u8> {
        let domain: &[u8] = match self {
            Self::Log => b"gerbang log bundle v1",
            Self::Answer => b"gerbang answer bundle v1",
        };
        [domain, content.as_bytes()].concat()
    }
}

impl BundleError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "bundle_too_long",
            Self::NotABundle => "not_a_bundle",
            Self::Version(_) => "bundle_version",
            Self::OtherWay(_) => "bundle_other_way",
            Self::Truncated => "bundle_truncated",
            Self::Damaged => "bundle_damaged",
            Self::Forged => "bundle_forged",
            Self::Packed(_) => "bundle_not_unpacked",
            Self::Malformed(_) => "bundle_malformed",
        }
    }
}

/// The first frame of a log: whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogCover {
    /// The node.
    #[n(0)]
    pub node: NodeId,
    /// Its event.
    #[n(1)]
    pub event: EventId,
    /// When, as well as the node could tell; for people, never for rulings.
    #[n(2)]
    pub made_at: Timestamp,
    /// The program's version.
    #[n(3)]
    pub program: String,
    /// The records after this place.
    #[n(4)]
    pub after: u64,
    /// And up to this one: where the log stood.
    #[n(5)]
    pub upto: u64,
}

/// The first frame of an answer: whom it is for, and which key signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AnswerCover {
    /// The node.
    #[n(0)]
    pub node: NodeId,
    /// Its event.
    #[n(1)]
    pub event: EventId,
    /// Central's time.
    #[n(2)]
    pub made_at: Timestamp,
    /// Slot of the event's key that signed.
    #[n(3)]
    pub slot: u8,
}

/// A further frame of an answer: what a round would have answered to a replica that stood at `from`. It is no round:
/// its times are no clock sample.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AnswerSheet {
    /// Where the page begins.
    #[n(0)]
    pub from: Option<ByteVec>,
    /// The answer.
    #[n(1)]
    pub answer: SyncAnswer,
}

/// A bundle being written: each call gives the bytes that come next.
#[derive(Clone)]
pub struct Writer {
    kind: Kind,
    content: Sha256,
}

impl Writer {
    /// The first bytes.
    #[must_use]
    pub fn begin(kind: Kind) -> (Self, Vec<u8>) {
        let bytes = [MAGIC.as_slice(), &[VERSION, kind.code()]].concat();
        let content = Sha256::new().chain_update(&bytes);
        (Self { kind, content }, bytes)
    }

    /// A frame.
    #[must_use]
    pub fn frame(&mut self, packed: &[u8]) -> Vec<u8> {
        assert!(!packed.is_empty() && packed.len() <= MAX_FRAME, "no frame");
        let length = u32::try_from(packed.len()).unwrap_or(u32::MAX);
        let bytes = [length.to_be_bytes().as_slice(), packed].concat();
        self.content.update(&bytes);
        bytes
    }

    /// The last bytes.
    #[must_use]
    pub fn seal(self, key: &SigningKey) -> Vec<u8> {
        let last = [0; 4];
        let content = Digest(self.content.chain_update(last).finalize().into());
        let signature = key.sign(&self.kind.signed_bytes(&content)).to_bytes();
        let digest = file_digest(&content, &signature);
        [last.as_slice(), &signature, digest.as_bytes()].concat()
    }
}

/// A file whose bytes are as they were written. Who wrote them is not known before [`Sealed::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed<'f> {
    kind: Kind,
    /// The frames as they were packed.
    pub frames: Vec<&'f [u8]>,
    content: Digest,
    signature: [u8; 64],
}

impl<'f> Sealed<'f> {
    /// Takes a file apart.
    ///
    /// # Errors
    /// [`BundleError`] says what is wrong with it.
    pub fn read(file: &'f [u8], kind: Kind) -> Result<Self, BundleError> {
        check_beginning(file, kind)?;
        let Some((body, end)) = file.split_last_chunk::<END>() else {
            return Err(BundleError::Truncated);
        };
        let frames = frames(body.get(BEGIN..).ok_or(BundleError::Truncated)?)?;
        let content = Digest(Sha256::digest(body).into());
        let mut signature = [0; 64];
        signature.copy_from_slice(&end[..64]);
        if file_digest(&content, &signature).as_bytes() != &end[64..] {
            return Err(BundleError::Damaged);
        }
        Ok(Self {
            kind,
            frames,
            content,
            signature,
        })
    }

    /// Checks who sealed it.
    ///
    /// # Errors
    /// [`BundleError::Forged`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), BundleError> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&self.kind.signed_bytes(&self.content), &signature)
            .map_err(|_| BundleError::Forged)
    }
}

fn check_beginning(file: &[u8], kind: Kind) -> Result<(), BundleError> {
    if file.len() > MAX_FILE {
        return Err(BundleError::TooLong);
    }
    let rest = file.strip_prefix(MAGIC).ok_or(BundleError::NotABundle)?;
    match *rest {
        [] | [_] => Err(BundleError::Truncated),
        [VERSION, code, ..] => match Kind::from_code(code) {
            Some(found) if found == kind => Ok(()),
            Some(found) => Err(BundleError::OtherWay(found)),
            None => Err(BundleError::Damaged),
        },
        [version, ..] => Err(BundleError::Version(version)),
    }
}

fn frames(mut body: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut frames = Vec::new();
    loop {
        let (length, rest) = body.split_first_chunk().ok_or(BundleError::Truncated)?;
        let length = u32::from_be_bytes(*length) as usize;
        if length == 0 {
            return rest
                .is_empty()
                .then_some(frames)
                .ok_or(BundleError::Damaged);
        }
        if length > MAX_FRAME {
            return Err(BundleError::Damaged);
        }
        let (frame, rest) = rest
            .split_at_checked(length)
            .ok_or(BundleError::Truncated)?;
        if frames.len() == MAX_FRAMES {
            return Err(BundleError::Damaged);
        }
        frames.push(frame);
        body = rest;
    }
}

fn file_digest(content: &Digest, signature: &[u8; 64]) -> Digest {
    let parts: [&[u8]; 2] = [content.as_bytes(), signature];
    Digest::of("gerbang bundle file v1", &parts)
}

#[cfg(test)]
#[path = "bundle_tests.rs"]
mod tests;
