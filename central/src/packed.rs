//! zstd with a limit on what comes out: a short text never becomes a long one (a "bomb").

use std::io::Read as _;

use zstd::stream::read::Decoder;

/// Largest window that a frame may ask memory for, as a power of two: 16 MiB, the longest message.
const WINDOW_LOG: u32 = 24;

/// Why nothing came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUnpacked {
    /// Not zstd, or damaged.
    Damaged,
    /// More came out than allowed; reading stopped there.
    TooLong,
}

/// What was packed, at most `limit` bytes of it.
///
/// # Errors
/// [`NotUnpacked`].
pub fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, NotUnpacked> {
    let damaged = |_| NotUnpacked::Damaged;
    let mut decoder = Decoder::with_buffer(packed).map_err(damaged)?;
    decoder.window_log_max(WINDOW_LOG).map_err(damaged)?;
    let mut body = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut body).map_err(damaged)?;
    match body.len() > limit {
        true => Err(NotUnpacked::TooLong),
        false => Ok(body),
    }
}

/// Packs.
#[must_use]
pub fn pack(bytes: &[u8], level: i32) -> Vec<u8> {
    zstd::bulk::compress(bytes, level).expect("packing in memory cannot fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back_and_bombs_and_damage_do_not() {
        let text = b"admitted ".repeat(1_000);
        let packed = pack(&text, 3);
        assert_eq!(unpack(&packed, text.len()), Ok(text.clone()));
        assert_eq!(unpack(&packed, text.len() - 1), Err(NotUnpacked::TooLong));
        let cut = &packed[..packed.len() - 2];
        assert_eq!(unpack(cut, text.len()), Err(NotUnpacked::Damaged));
        assert_eq!(unpack(b"<html>", 100), Err(NotUnpacked::Damaged));
    }
}
