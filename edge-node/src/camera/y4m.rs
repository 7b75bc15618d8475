//! YUV4MPEG2: the plainest film there is, as `ffmpeg -f yuv4mpegpipe` writes it. Of each frame the luma is taken.
//!
//! Invariant: a header is at most `MAX_LINE` bytes, a frame at most as large as the decoder takes, both asked
//! before memory is. Eight bits per sample; deeper films are refused by name.

use std::io::{BufRead, Read as _};

use decoder::{FrameError, GrayFrame, MAX_PIXELS};

/// How a film begins.
pub const MAGIC: &[u8] = b"YUV4MPEG2";

const MAX_LINE: u64 = 1_024;

/// What stands at the head of a film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Film {
    width: u32,
    height: u32,
    /// Bytes of colour after each frame's luma.
    colour: u64,
    /// Frames per second.
    pub rate: Option<f64>,
}

impl Film {
    /// Reads the head.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn begin(stream: &mut impl BufRead) -> Result<Self, String> {
        let line = line(stream).map_err(|error| error.to_string())?;
        let line = String::from_utf8(line).map_err(|_| "its head is no text".to_owned())?;
        let mut words = line.split_ascii_whitespace();
        if words.next().map(str::as_bytes) != Some(MAGIC) {
            return Err("it does not begin as y4m does".to_owned());
        }
        let mut film = Self {
            width: 0,
            height: 0,
            colour: 0,
            rate: None,
        };
        let mut sampling = "420";
        for word in words {
            let (kind, value) = word.split_at(word.len().min(1));
            match kind {
                "W" => film.width = number(value)?,
                "H" => film.height = number(value)?,
                "F" => film.rate = rate(value),
                "C" => sampling = value,
                _ => {}
            }
        }
        film.colour = film.colour(sampling)?;
        Ok(film)
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// `UnexpectedEof` where it breaks off, `InvalidData` where no frame begins.
    pub fn next(&self, stream: &mut impl BufRead) -> std::io::Result<Option<GrayFrame<'static>>> {
        let line = line(stream)?;
        if line.is_empty() {
            return Ok(None);
        }
        if !line.starts_with(b"FRAME") {
            let said = "where a frame should begin there is none";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, said));
        }
        let mut luma = vec![0; self.width as usize * self.height as usize];
        stream.read_exact(&mut luma)?;
        let passed = std::io::copy(&mut stream.by_ref().take(self.colour), &mut std::io::sink())?;
        if passed < self.colour {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let frame = GrayFrame::new(self.width, self.height, luma);
        frame.map(Some).map_err(std::io::Error::other)
    }

    fn colour(&self, sampling: &str) -> Result<u64, String> {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        if width == 0 || height == 0 || width * height > MAX_PIXELS {
            let (width, height) = (self.width, self.height);
            let error = FrameError::TooLarge { width, height };
            return Err(error.to_string());
        }
        let halves = |value: u64| value.div_ceil(2);
        match sampling {
            "mono" => Ok(0),
            "420" | "420jpeg" | "420paldv" | "420mpeg2" => Ok(2 * halves(width) * halves(height)),
            "422" => Ok(2 * halves(width) * height),
            "411" => Ok(2 * width.div_ceil(4) * height),
            "444" => Ok(2 * width * height),
            "444alpha" => Ok(3 * width * height),
            other => Err(format!(
                "its colours ({other}) are not read: use 420jpeg or mono"
            )),
        }
    }
}

/// A line without its end; empty at the end of the stream.
fn line(stream: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    stream
        .by_ref()
        .take(MAX_LINE)
        .read_until(b'\n', &mut line)?;
    match line.pop() {
        None | Some(b'\n') => Ok(line),
        Some(_) => Err(std::io::ErrorKind::UnexpectedEof.into()),
    }
}

fn number(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| format!("{text} is no number of pixels"))
}

fn rate(text: &str) -> Option<f64> {
    let (frames, seconds) = text.split_once(':')?;
    let (frames, seconds): (f64, f64) = (frames.parse().ok()?, seconds.parse().ok()?);
    let rate = frames / seconds;
    (0.1..=1_000.0).contains(&rate).then_some(rate)
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn film(head: &str, rest: &[u8]) -> Result<Vec<Vec<u8>>, String> {
        let bytes = [head.as_bytes(), rest].concat();
        let mut stream = BufReader::with_capacity(5, &*bytes);
        let film = Film::begin(&mut stream)?;
        let frames = std::iter::from_fn(|| film.next(&mut stream).transpose());
        frames
            .map(|frame| frame.map(|frame| frame.luma().to_vec()))
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn frames_are_cut_by_what_the_head_says_of_colour() {
        let two = |frame: &[u8]| [b"FRAME\n", frame, b"FRAME Ixyz\n", frame].concat();
        let luma = vec![vec![1, 2, 3, 4, 5, 6]; 2];
        for (colour, bytes) in [
            ("Cmono", 0),
            ("C420jpeg", 4),
            ("C422", 8),
            ("C411", 4),
            ("C444", 12),
            ("C444alpha", 18),
        ] {
            let frame = [&[1, 2, 3, 4, 5, 6][..], &vec![9; bytes]].concat();
            let head = format!("YUV4MPEG2 W3 H2 F25:1 Ip A1:1 {colour} XANY\n");
            assert_eq!(film(&head, &two(&frame)).as_ref(), Ok(&luma), "{colour}");
        }
        let frame = [&[1, 2, 3, 4, 5, 6][..], &[9; 4]].concat();
        assert_eq!(film("YUV4MPEG2 W3 H2\n", &two(&frame)), Ok(luma));
    }

    #[test]
    fn the_rate_is_read() {
        let rate = |text| Film::begin(&mut &*format!("YUV4MPEG2 W2 H2 {text}\n").into_bytes());
        assert_eq!(
            rate("F30000:1001").expect("a film").rate.map(f64::round),
            Some(30.0)
        );
        for odd in ["F0:0", "Fx", "F1:0", "F-1:1"] {
            assert_eq!(rate(odd).expect("a film").rate, None, "{odd}");
        }
    }

    #[test]
    fn what_is_no_film_is_refused_before_memory_is_taken() {
        let head = |text: &str| film(text, b"").expect_err("no film");
        assert!(head("RIFF....\n").contains("does not begin"));
        assert!(head("YUV4MPEG2 W70000 H70000\n").contains("too large"));
        assert!(head("YUV4MPEG2 H2\n").contains("too large"));
        assert!(head("YUV4MPEG2 W2 H2 C420p10\n").contains("420p10"));
        assert!(head("YUV4MPEG2 Wx H2\n").contains("no number"));
        assert!(film(&"YUV4MPEG2 ".repeat(500), b"").is_err());
    }

    #[test]
    fn a_film_that_breaks_off_gives_what_was_whole() {
        let mut stream = &b"YUV4MPEG2 W2 H1 Cmono\nFRAME\n\x01\x02FRAME\n\x03"[..];
        let film = Film::begin(&mut stream).expect("a film");
        assert!(film.next(&mut stream).expect("whole").is_some());
        assert!(film.next(&mut stream).is_err());
        let mut noise = &b"YUV4MPEG2 W2 H1 Cmono\nNOISE\n"[..];
        let film = Film::begin(&mut noise).expect("a film");
        assert!(film.next(&mut noise).is_err());
    }
}
