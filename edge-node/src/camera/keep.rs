//! Frames that the venue wants to keep: those in which a code came into view. Off unless a folder is named.
//!
//! Invariant: at most [`MOST`] files lie there, the oldest is overwritten, and only this user may read them: they
//! show guests. What cannot be written is told once and stops nothing.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use decoder::GrayFrame;
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};

/// How many frames are kept.
pub const MOST: u32 = 500;

/// A folder of frames.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    next: u32,
    has_complained: bool,
}

impl Keeper {
    /// Keeps frames in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)?;
        let next = next_number(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            next,
            has_complained: false,
        })
    }

    /// Keeps a frame.
    pub fn keep(&mut self, frame: &GrayFrame<'_>) {
        let path = self.folder.join(name(self.next));
        match write(&path, frame) {
            Ok(()) => self.next = (self.next + 1) % MOST,
            Err(error) if !self.has_complained => {
                self.has_complained = true;
                tracing::warn!(path = %path.display(), %error, "frames cannot be kept");
            }
            Err(_) => {}
        }
    }
}

fn name(number: u32) -> String {
    format!("frame-{number:03}.jpg")
}

/// After the youngest file, so that a new start overwrites the oldest.
fn next_number(folder: &Path) -> std::io::Result<u32> {
    let mut youngest = None;
    for number in 0..MOST {
        let written = match fs::metadata(folder.join(name(number))) {
            Ok(file) => file.modified()?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(number),
            Err(error) => return Err(error),
        };
        if youngest.is_none_or(|(when, _)| when <= written) {
            youngest = Some((written, number));
        }
    }
    Ok(youngest.map_or(0, |(_, number)| (number + 1) % MOST))
}

fn write(path: &Path, frame: &GrayFrame<'_>) -> std::io::Result<()> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 85)
        .encode(
            frame.luma(),
            frame.width(),
            frame.height(),
            ExtendedColorType::L8,
        )
        .map_err(std::io::Error::other)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    std::io::Write::write_all(&mut options.open(path)?, &jpeg)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn kept_frames_are_few_and_for_this_user_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("frames");
        let frame = GrayFrame::new(16, 16, vec![90; 256]).expect("a frame");
        let mut keeper = Keeper::open(&place).expect("a folder can be made");
        (0..MOST + 20).for_each(|_| keeper.keep(&frame));
        let files: Vec<_> = fs::read_dir(&place).expect("there").flatten().collect();
        assert_eq!(files.len(), MOST as usize);
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&place), 0o700);
        assert_eq!(mode(&files[0].path()), 0o600);
        assert!(GrayFrame::load(place.join(name(3))).is_ok());
    }

    #[test]
    fn a_new_start_goes_on_after_the_youngest() {
        let folder = tempfile::tempdir().expect("a folder");
        let frame = GrayFrame::new(8, 8, vec![1; 64]).expect("a frame");
        Keeper::open(folder.path()).expect("opened").keep(&frame);
        let mut again = Keeper::open(folder.path()).expect("opened");
        assert_eq!(again.next, 1);
        fs::remove_dir_all(folder.path()).expect("gone");
        again.keep(&frame);
        assert!(again.has_complained, "and nothing stops");
    }
}
