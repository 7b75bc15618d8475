//! Bodies of gates' messages: version, compression with a limit on what comes out, CBOR.

use axum::{
    http::{
        HeaderMap,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use minicbor::{Decode, Encode};
use sync_protocol::wire;

use super::refusal::NodeRefusal;
use crate::packed::{self, NotUnpacked};

/// Bodies below this length gain nothing.
const WORTH_BYTES: usize = 512;
/// Compression level: ids and sealed names do not shrink, so more effort buys nothing.
const LEVEL: i32 = 1;

/// The version to answer in.
pub fn version(headers: &HeaderMap) -> Result<u32, NodeRefusal> {
    let named = headers.get(wire::VERSION_HEADER);
    let theirs = named.and_then(|value| value.to_str().ok()?.parse().ok());
    let common = theirs.and_then(wire::negotiate);
    common.ok_or_else(|| {
        let (oldest, newest) = (wire::OLDEST_VERSION, wire::NEWEST_VERSION);
        let message =
            format!("central speaks versions {oldest} to {newest}: update the older program");
        NodeRefusal::bad_request("unknown_version", &message)
    })
}

/// Reads a message as long as messages may be.
pub fn read<T>(headers: &HeaderMap, body: &[u8]) -> Result<T, NodeRefusal>
where
    T: for<'b> Decode<'b, ()>,
{
    read_upto(headers, body, wire::MAX_BODY)
}

/// Reads a message that has at most so many bytes once it is unpacked: strangers may send only short ones.
pub fn read_upto<T>(headers: &HeaderMap, body: &[u8], most: usize) -> Result<T, NodeRefusal>
where
    T: for<'b> Decode<'b, ()>,
{
    let encoding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes());
    let decoded = match encoding {
        None | Some(b"identity") => wire::decode(body),
        Some(b"zstd") => wire::decode(&unpack(body, most)?),
        Some(_) => {
            let message = "the body's encoding is unknown: send it plain or as zstd";
            return Err(NodeRefusal::bad_request("unknown_encoding", message));
        }
    };
    decoded.map_err(|error| {
        let message = format!("the message cannot be read: {error}");
        NodeRefusal::bad_request("malformed_message", &message)
    })
}

/// A short body never becomes a long one (a "bomb").
fn unpack(packed: &[u8], most: usize) -> Result<Vec<u8>, NodeRefusal> {
    packed::unpack(packed, most).map_err(|why| match why {
        NotUnpacked::Damaged => {
            NodeRefusal::bad_request("malformed_body", "the body is not valid zstd")
        }
        NotUnpacked::TooLong => {
            let message = format!("the body is longer than {most} bytes");
            NodeRefusal::bad_request("body_too_long", &message)
        }
    })
}

/// Answers with a message, compressed where the node takes that and it is worth it.
pub fn answer(headers: &HeaderMap, version: u32, message: &impl Encode<()>) -> Response {
    let body = wire::encode(message);
    let common = [
        (CONTENT_TYPE.as_str(), wire::CONTENT_TYPE.to_owned()),
        (wire::VERSION_HEADER, version.to_string()),
    ];
    match pack(headers, &body) {
        Some(packed) => (common, [(CONTENT_ENCODING, "zstd")], packed).into_response(),
        None => (common, body).into_response(),
    }
}

fn pack(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    let takes = headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
    let takes_zstd = takes.split(',').any(|coding| coding.trim() == "zstd");
    if !takes_zstd || body.len() < WORTH_BYTES {
        return None;
    }
    let packed = zstd::bulk::compress(body, LEVEL).ok()?;
    (packed.len() < body.len()).then_some(packed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use sync_protocol::wire::v1::Challenge;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            axum::http::HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )])
    }

    #[test]
    fn messages_come_plain_or_packed_and_bombs_stop_at_the_limit() {
        let challenge = Challenge { nonce: [7; 32] };
        let body = wire::encode(&challenge);
        let read = |encoding, body: &[u8]| {
            super::read::<Challenge>(&headers("content-encoding", encoding), body)
                .map_err(|refused| format!("{refused:?}"))
        };
        let packed = zstd::bulk::compress(&body, 1).expect("packs");
        assert_eq!(read("identity", &body), Ok(challenge));
        assert_eq!(read("zstd", &packed), Ok(challenge));
        let bomb = zstd::bulk::compress(&vec![0; wire::MAX_BODY + 2], 19).expect("packs");
        for (encoding, body, code) in [
            ("zstd", bomb.as_slice(), "body_too_long"),
            ("zstd", &body, "malformed_body"),
            ("gzip", &body, "unknown_encoding"),
            ("identity", &body[..9], "malformed_message"),
        ] {
            let refused = read(encoding, body).expect_err(code);
            assert!(refused.contains(code), "{refused}");
        }
    }

    #[test]
    fn versions_are_negotiated_first() {
        assert_eq!(
            version(&headers("gerbang-protocol", "9")).expect("newer"),
            1
        );
        for bad in ["0", "x", ""] {
            assert!(version(&headers("gerbang-protocol", bad)).is_err());
        }
        assert!(version(&HeaderMap::new()).is_err());
    }
}
