//! zstd for bodies, with a limit on what comes out: a short body never becomes a long one (a "bomb").

use std::io::Read as _;

use zstd::stream::read::Decoder;

/// Bodies below this length gain nothing.
const WORTH_BYTES: usize = 512;
/// Compression level: the default trades best on our rows.
const LEVEL: i32 = 3;
/// Largest window that a frame may ask memory for, as a power of two: 16 MiB, the longest body.
const WINDOW_LOG: u32 = 24;

/// Why a body was not decompressed.
#[derive(Debug, thiserror::Error)]
pub enum CompressError {
    /// More came out than allowed; reading stopped there.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    /// Not zstd, or damaged.
    #[error("the body is not valid zstd: {0}")]
    Damaged(std::io::Error),
}

/// The body compressed, where that is worth it.
#[must_use]
pub fn compress(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() < WORTH_BYTES {
        return None;
    }
    let packed = zstd::bulk::compress(body, LEVEL).ok()?;
    (packed.len() < body.len()).then_some(packed)
}

/// The body as it was, at most `limit` bytes of it.
///
/// # Errors
/// [`CompressError`].
pub fn decompress(packed: &[u8], limit: usize) -> Result<Vec<u8>, CompressError> {
    let mut decoder = Decoder::with_buffer(packed).map_err(CompressError::Damaged)?;
    decoder
        .window_log_max(WINDOW_LOG)
        .map_err(CompressError::Damaged)?;
    let mut body = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .take(most)
        .read_to_end(&mut body)
        .map_err(CompressError::Damaged)?;
    if body.len() > limit {
        return Err(CompressError::TooLong(limit));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_comes_back() {
        let body = b"admitted ".repeat(1_000);
        let packed = compress(&body).expect("worth it");
        assert!(packed.len() * 20 < body.len());
        assert_eq!(decompress(&packed, body.len()).expect("fits"), body);
        assert_eq!(compress(b"short"), None);
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 19).expect("compresses");
        assert!(bomb.len() < 10_000);
        let refused = decompress(&bomb, 1 << 20);
        assert!(matches!(refused, Err(CompressError::TooLong(_))));
    }

    #[test]
    fn a_frame_that_wants_a_huge_window_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
        encoder.window_log(27).expect("a window");
        std::io::copy(&mut std::io::repeat(7).take(300 << 20), &mut encoder).expect("in memory");
        let frame = encoder.finish().expect("finishes");
        let refused = decompress(&frame, 512 << 20);
        assert!(matches!(refused, Err(CompressError::Damaged(_))));
    }

    #[test]
    fn damage_is_named() {
        let mut packed = compress(&b"admitted ".repeat(1_000)).expect("worth it");
        packed.truncate(packed.len() - 3);
        for bytes in [packed.as_slice(), b"<html>captive portal</html>"] {
            assert!(matches!(
                decompress(bytes, 1 << 20),
                Err(CompressError::Damaged(_))
            ));
        }
    }
}
