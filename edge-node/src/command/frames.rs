//! The codes in pictures, films and what a camera sees, one frame after the other.

use std::{path::Path, time::Duration};

use decoder::{Cascade, CascadeOptions, Decoded, FrameError, GrayFrame};

use super::CommandError;
use crate::camera::{
    CameraState, FrameSource, Next, SourceError,
    capture::Capture,
    file,
    origin::Origin,
    stream::{self, Stream},
    watch::HUNG_AFTER,
};

/// How long a camera may take to give its first frame.
const START: Duration = Duration::from_secs(10);

/// A frame, and what was in it.
pub(super) struct Picture {
    /// The file, or the number of the frame in it.
    pub(super) name: String,
    /// Its codes, or why it is no picture.
    pub(super) decoded: Result<Decoded, FrameError>,
}

type Pictures = Box<dyn Iterator<Item = Result<Picture, CommandError>>>;

/// Reads the frames at `path`, each when it is asked for: pictures in the order of their names, or a film.
pub(super) fn pictures(path: &Path) -> Result<Pictures, CommandError> {
    let cascade = Cascade::default();
    if stream::is_stream(path) {
        return Ok(film(Stream::open(path, false)?, cascade));
    }
    let paths = file::paths(path)?;
    Ok(files(paths, cascade))
}

fn files(paths: Vec<std::path::PathBuf>, mut cascade: Cascade) -> Pictures {
    let pictures = paths.into_iter().map(move |path| {
        let decoded = GrayFrame::load(&path).map(|frame| cascade.read(&frame));
        Ok(Picture {
            name: path.display().to_string(),
            decoded,
        })
    });
    Box::new(pictures)
}

fn film(mut stream: Stream, mut cascade: Cascade) -> Pictures {
    let name = stream.name().to_owned();
    let mut number = 0;
    let mut has_ended = false;
    Box::new(std::iter::from_fn(move || {
        if has_ended {
            return None;
        }
        number += 1;
        let frame = match stream.next() {
            Ok(Next::Frame(frame)) => Ok(frame),
            Ok(Next::NotYet | Next::End) => return None,
            Err(SourceError::Frame(error)) => Err(error),
            Err(error) => {
                has_ended = true;
                return Some(Err(error.into()));
            }
        };
        Some(Ok(Picture {
            name: format!("{name}#{number}"),
            decoded: frame.map(|frame| cascade.read(&frame)),
        }))
    }))
}

/// What a camera sees, newest frame first; ends with an error once it sends nothing.
pub(super) fn seen(wish: &str) -> Result<Pictures, CommandError> {
    let origin = Origin::camera(wish).ok_or_else(|| {
        CommandError::Usage("--camera off sees nothing: name a camera, or auto".to_owned())
    })?;
    let capture = Capture::start(origin.opener()).map_err(CommandError::Runtime)?;
    let mut cascade = Cascade::new(CascadeOptions::live());
    let mut number = 0;
    Ok(Box::new(std::iter::from_fn(move || {
        let frame = match next(&capture, number > 0) {
            Ok(frame) => frame,
            Err(state) => return Some(Err(CommandError::Camera(state))),
        };
        number += 1;
        Some(Ok(Picture {
            name: format!("{}#{number}", capture.name()),
            decoded: Ok(cascade.read(&frame)),
        }))
    })))
}

fn next(capture: &Capture, has_begun: bool) -> Result<crate::camera::capture::Frame, CameraState> {
    let glance = Duration::from_millis(100);
    let mut waited = Duration::ZERO;
    loop {
        if let Some(frame) = capture.next(glance) {
            return Ok(frame);
        }
        let state = capture.state();
        waited += glance;
        if state.is_trouble() {
            return Err(state);
        }
        if waited > if has_begun { HUNG_AFTER } else { START } {
            return Err(CameraState::Hung);
        }
    }
}

/// Milliseconds, as JSON tells them.
pub(super) fn took_ms(decoded: &Decoded) -> f64 {
    decoded.took.as_secs_f64() * 1_000.0
}
