//! Messages between node and central: CBOR bodies with integer keys, so that fields can be added.
//!
//! A request names the newest version it speaks in [`VERSION_HEADER`]; central answers in that version or says
//! which it knows. Frozen samples of every message stay in `tests/fixtures/wire`; a released key never changes
//! its meaning. Reading refuses over-long bodies before it decodes them.

pub mod assignment;
mod chained;
pub mod report;
pub mod v1;

/// HTTP header that carries the protocol version, in requests and answers.
pub const VERSION_HEADER: &str = "gerbang-protocol";
/// The newest version that this program speaks.
pub const NEWEST_VERSION: u32 = 1;
/// The oldest version that this program still speaks.
pub const OLDEST_VERSION: u32 = 1;
/// Content type of all bodies.
pub const CONTENT_TYPE: &str = "application/cbor";
/// Longest body that either side reads, decompressed.
pub const MAX_BODY: usize = 16 * 1024 * 1024;
/// Most records in one upload.
pub const MAX_BATCH: usize = 2_000;

/// The version to speak with a peer whose newest is `theirs`; `None` when there is no common one.
#[must_use]
pub const fn negotiate(theirs: u32) -> Option<u32> {
    let common = if theirs < NEWEST_VERSION {
        theirs
    } else {
        NEWEST_VERSION
    };
    if common >= OLDEST_VERSION {
        Some(common)
    } else {
        None
    }
}

/// Encodes a message.
#[must_use]
pub fn encode<T: minicbor::Encode<()>>(message: &T) -> Vec<u8> {
    minicbor::to_vec(message).expect("writing to memory cannot fail")
}

/// Decodes a whole message; anything after it is an error.
///
/// # Errors
/// What is wrong with the bytes.
pub fn decode<'b, T: minicbor::Decode<'b, ()>>(
    bytes: &'b [u8],
) -> Result<T, minicbor::decode::Error> {
    if bytes.len() > MAX_BODY {
        return Err(minicbor::decode::Error::message("message too long"));
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let message = decoder.decode()?;
    if decoder.position() == bytes.len() {
        Ok(message)
    } else {
        Err(minicbor::decode::Error::message("bytes after the message").at(decoder.position()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_meet_at_the_older_one() {
        assert_eq!(negotiate(0), None);
        assert_eq!(negotiate(1), Some(1));
        assert_eq!(negotiate(99), Some(NEWEST_VERSION));
    }

    #[test]
    fn trailing_bytes_and_over_long_bodies_are_refused() {
        assert!(decode::<u64>(&[1]).is_ok());
        assert!(decode::<u64>(&[1, 1]).is_err());
        assert!(decode::<minicbor::bytes::ByteVec>(&vec![0; MAX_BODY + 1]).is_err());
    }
}
