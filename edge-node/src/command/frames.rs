//! The codes in picture files, one picture after the other.

use std::path::{Path, PathBuf};

use decoder::{Cascade, Decoded, FrameError, GrayFrame};

use crate::camera::file::{self, FramesError};

/// A picture, and what was in it.
pub(super) struct Picture {
    /// The file.
    pub(super) path: PathBuf,
    /// Its codes, or why it is no picture.
    pub(super) decoded: Result<Decoded, FrameError>,
}

impl Picture {
    /// The file's name as it was given.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// Reads the pictures at `path` in the order of their names, each when it is asked for.
pub(super) fn pictures(path: &Path) -> Result<impl Iterator<Item = Picture>, FramesError> {
    let mut cascade = Cascade::default();
    let paths = file::paths(path)?;
    Ok(paths.into_iter().map(move |path| {
        let frame = GrayFrame::load(&path);
        let decoded = frame.map(|frame| cascade.read(&frame));
        Picture { path, decoded }
    }))
}

/// Milliseconds, as JSON tells them.
pub(super) fn took_ms(decoded: &Decoded) -> f64 {
    decoded.took.as_secs_f64() * 1_000.0
}
