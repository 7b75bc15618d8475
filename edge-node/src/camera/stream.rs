//! A stream of frames: a y4m or MJPEG file, a pipe, or standard input (`-`).
//!
//! A pipe is live: who writes into it sets the pace, and what the gate cannot decode in time is dropped. A file is
//! read frame by frame, at the pace of the film where it is watched, as quickly as possible where it is only read.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use decoder::GrayFrame;

use super::{FrameSource, Next, SourceError, file::FramesError, mjpeg, y4m};

/// Frames per second of a film that does not say.
const USUAL_RATE: f64 = 30.0;

/// An open stream.
pub struct Stream {
    name: String,
    is_live: bool,
    reader: Box<dyn BufRead + Send>,
    kind: Kind,
    pace: Option<Pace>,
}

enum Kind {
    Y4m(y4m::Film),
    Mjpeg,
}

/// When each frame of a film is due.
struct Pace {
    rate: f64,
    started: Option<Instant>,
    frames: u32,
}

/// Whether a path is read as a stream: standard input, a pipe, or a file that begins as a film does. A single
/// JPEG picture is one too, but by its name it is a picture.
#[must_use]
pub fn is_stream(path: &Path) -> bool {
    if path == Path::new("-") {
        return true;
    }
    let Ok(found) = path.metadata() else {
        return false;
    };
    if !found.is_file() {
        return !found.is_dir();
    }
    let ending = path.extension().and_then(|ending| ending.to_str());
    let is_film = ["y4m", "mjpeg", "mjpg"]
        .iter()
        .any(|known| ending.is_some_and(|ending| ending.eq_ignore_ascii_case(known)));
    is_film || begins_as_y4m(path)
}

fn begins_as_y4m(path: &Path) -> bool {
    let mut head = [0; y4m::MAGIC.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head == y4m::MAGIC
}

impl Stream {
    /// Opens a path; a pipe is waited for until somebody writes into it. `is_watched`: a file runs at its own pace.
    ///
    /// # Errors
    /// [`SourceError::Frames`], [`SourceError::Stream`].
    pub fn open(path: &Path, is_watched: bool) -> Result<Self, SourceError> {
        let name = path.display().to_string();
        if path == Path::new("-") {
            return Self::of(name, Box::new(io::stdin()), true, false);
        }
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => FramesError::Missing(path.to_owned()),
            _ => FramesError::Unreadable {
                path: path.to_owned(),
                source,
            },
        };
        let file = File::open(path).map_err(failed)?;
        let is_file = file.metadata().map_err(failed)?.is_file();
        Self::of(name, Box::new(file), !is_file, is_file && is_watched)
    }

    fn of(
        name: String,
        source: Box<dyn Read + Send>,
        is_live: bool,
        has_pace: bool,
    ) -> Result<Self, SourceError> {
        let mut reader = BufReader::with_capacity(256 * 1024, source);
        let no_stream = |reason: String| SourceError::Stream {
            name: name.clone(),
            reason,
        };
        let first = reader.fill_buf();
        let first = first.map_err(|error| no_stream(error.to_string()))?;
        // A pipe may give less than the whole word at first.
        let kind = match first.first() {
            None => return Err(no_stream("it is empty".to_owned())),
            Some(b'Y') => Kind::Y4m(y4m::Film::begin(&mut reader).map_err(no_stream)?),
            Some(_) => Kind::Mjpeg,
        };
        let rate = match &kind {
            Kind::Y4m(film) => film.rate,
            Kind::Mjpeg => None,
        };
        let pace = has_pace.then(|| Pace {
            rate: rate.unwrap_or(USUAL_RATE),
            started: None,
            frames: 0,
        });
        Ok(Self {
            name,
            is_live,
            reader: Box::new(reader),
            kind,
            pace,
        })
    }

    fn read(&mut self) -> Result<Option<GrayFrame<'static>>, SourceError> {
        let frame = match &self.kind {
            Kind::Y4m(film) => film.next(&mut self.reader),
            Kind::Mjpeg => match mjpeg::next(&mut self.reader) {
                Ok(Some(jpeg)) => return Ok(Some(jpeg.and_then(|jpeg| mjpeg::luma(&jpeg))?)),
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            },
        };
        frame.map_err(|error| SourceError::Stream {
            name: self.name.clone(),
            reason: match error.kind() {
                io::ErrorKind::UnexpectedEof => "it breaks off within a frame".to_owned(),
                _ => error.to_string(),
            },
        })
    }
}

impl FrameSource for Stream {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_live(&self) -> bool {
        self.is_live
    }

    fn next(&mut self) -> Result<Next, SourceError> {
        if let Some(pace) = &mut self.pace {
            pace.wait();
        }
        Ok(self.read()?.map_or(Next::End, Next::Frame))
    }
}

impl Pace {
    /// Waits until the next frame is due: what a camera would do.
    fn wait(&mut self) {
        let started = *self.started.get_or_insert_with(Instant::now);
        let due = Duration::from_secs_f64(f64::from(self.frames) / self.rate);
        thread::sleep(due.saturating_sub(started.elapsed()));
        self.frames = self.frames.saturating_add(1);
    }
}
