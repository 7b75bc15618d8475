//! Codes as a scanner types them: each ends with Enter, Return or Tab, whichever the scanner was set to.
//!
//! Invariant: however long the input without an end, no more is kept than a code could need.

use std::io::BufRead;

use sync_protocol::scanner_text::MAX_LEN;

/// The next text that is not empty; `None` at the end of the input. What is longer than any code is cut, and
/// then refused as unreadable.
pub(super) fn next(input: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut text = Vec::new();
    loop {
        let (used, ended) = take(input, &mut text)?;
        input.consume(used);
        if used == 0 && text.is_empty() {
            return Ok(None);
        }
        if (used == 0 || ended) && !text.is_empty() {
            return Ok(Some(String::from_utf8_lossy(&text).into_owned()));
        }
    }
}

/// Moves bytes up to an end or the end of what is there; tells how many, and whether there was an end.
fn take(input: &mut impl BufRead, text: &mut Vec<u8>) -> std::io::Result<(usize, bool)> {
    let there = input.fill_buf()?;
    let end = there
        .iter()
        .position(|b| matches!(b, b'\n' | b'\r' | b'\t'));
    let bytes = &there[..end.unwrap_or(there.len())];
    let room = (MAX_LEN + 1).saturating_sub(text.len());
    text.extend_from_slice(&bytes[..bytes.len().min(room)]);
    Ok((bytes.len() + usize::from(end.is_some()), end.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Vec<String> {
        let mut input = std::io::BufReader::with_capacity(7, input);
        std::iter::from_fn(|| next(&mut input).expect("memory can be read")).collect()
    }

    #[test]
    fn ends_as_scanners_send_them() {
        assert_eq!(
            all(b"AAAA\r\nBBBBBBBBBBBB\tCC\rDD\n\n\nEE"),
            ["AAAA", "BBBBBBBBBBBB", "CC", "DD", "EE"]
        );
        assert!(all(b"\r\n\n\t").is_empty());
        assert!(all(b"").is_empty());
    }

    #[test]
    fn an_endless_text_is_cut_and_the_next_one_is_whole() {
        let mut input = vec![b'A'; 100_000];
        input.extend_from_slice(b"\nBB\n");
        let texts = all(&input);
        assert_eq!(
            texts[0].len(),
            MAX_LEN + 1,
            "longer than any code, so it is refused"
        );
        assert_eq!(texts[1], "BB");
    }

    #[test]
    fn bytes_that_are_no_text_do_not_stop_it() {
        assert_eq!(all(b"\xff\xfe\nBB\n").len(), 2);
    }
}
