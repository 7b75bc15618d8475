//! Pictures in files as a source of frames: one after the other, and on request those that are put there later.
//!
//! A folder that is followed is a camera for tests, demonstrations and rehearsals: a picture that is moved into it
//! is seen, once. Invariant: every picture is seen, in the order of names among those that came together; what is
//! being written, and so is damaged still, is tried again while it is young.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use decoder::{FrameError, GrayFrame};

use super::{
    FrameSource, Next, SourceError,
    file::{self, FramesError},
};

/// Between two looks into a folder.
const LOOK: Duration = Duration::from_millis(50);

/// How often a damaged picture is tried before it is left alone.
const TRIES: u32 = 40;

/// Picture files.
#[derive(Debug)]
pub struct Pictures {
    path: PathBuf,
    name: String,
    waiting: VecDeque<PathBuf>,
    /// What was seen, and how often it was damaged; `None`: the folder is not followed.
    followed: Option<BTreeMap<PathBuf, u32>>,
}

impl Pictures {
    /// The picture at `path`, or those in that folder, and then the end.
    ///
    /// # Errors
    /// [`FramesError`].
    pub fn open(path: &Path) -> Result<Self, FramesError> {
        Ok(Self {
            path: path.to_owned(),
            name: path.display().to_string(),
            waiting: file::paths(path)?.into(),
            followed: None,
        })
    }

    /// The same, and then those that are put into the folder.
    ///
    /// # Errors
    /// [`FramesError`]; an empty folder is none.
    pub fn follow(path: &Path) -> Result<Self, FramesError> {
        if !path.is_dir() {
            return Self::open(path);
        }
        Ok(Self {
            path: path.to_owned(),
            name: path.display().to_string(),
            waiting: VecDeque::new(),
            followed: Some(BTreeMap::new()),
        })
    }

    fn look(&mut self) -> Result<(), FramesError> {
        let Some(seen) = &mut self.followed else {
            return Ok(());
        };
        let there = match file::paths(&self.path) {
            Err(FramesError::Empty(_)) => Vec::new(),
            there => there?,
        };
        // Forgets what left, so that a folder that is emptied and filled again costs no memory.
        seen.retain(|path, _| there.contains(path));
        let fresh = there.into_iter().filter(|path| !seen.contains_key(path));
        self.waiting.extend(fresh);
        Ok(())
    }

    fn load(&mut self, path: &PathBuf) -> Result<Next, SourceError> {
        let frame = GrayFrame::load(path);
        if let Some(seen) = &mut self.followed {
            let tries = seen.entry(path.clone()).or_default();
            *tries += 1;
            if matches!(&frame, Err(error) if may_be_unfinished(error)) && *tries < TRIES {
                self.waiting.push_back(path.clone());
                thread::sleep(LOOK);
                return Ok(Next::NotYet);
            }
        }
        Ok(Next::Frame(frame?))
    }
}

const fn may_be_unfinished(error: &FrameError) -> bool {
    matches!(
        error,
        FrameError::Damaged { .. } | FrameError::UnknownFormat
    )
}

impl FrameSource for Pictures {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_live(&self) -> bool {
        false
    }

    fn next(&mut self) -> Result<Next, SourceError> {
        if self.waiting.is_empty() {
            self.look()?;
        }
        match self.waiting.pop_front() {
            Some(path) => self.load(&path),
            None if self.followed.is_some() => {
                thread::sleep(LOOK);
                Ok(Next::NotYet)
            }
            None => Ok(Next::End),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use decoder::synth;

    use super::*;

    fn save(path: &Path, text: &str) {
        let frame = synth::clean_frame(text, 320, 240);
        let format = image::ImageFormat::Png;
        image::save_buffer_with_format(path, frame.luma(), 320, 240, image::ColorType::L8, format)
            .expect("saved");
    }

    fn frame(source: &mut Pictures) -> GrayFrame<'static> {
        for _ in 0..1_000 {
            match source.next().expect("no error") {
                Next::Frame(frame) => return frame,
                Next::NotYet => {}
                Next::End => break,
            }
        }
        panic!("no frame came");
    }

    #[test]
    fn a_folder_is_read_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        save(&folder.path().join("b.png"), "B");
        save(&folder.path().join("a.png"), "A");
        let mut source = Pictures::open(folder.path()).expect("a source");
        let (a, b) = (frame(&mut source), frame(&mut source));
        assert_eq!(a, synth::clean_frame("A", 320, 240));
        assert_eq!(b, synth::clean_frame("B", 320, 240));
        assert!(matches!(source.next(), Ok(Next::End)));
    }

    #[test]
    fn a_picture_that_comes_later_is_seen_once_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut source = Pictures::follow(folder.path()).expect("a source");
        assert!(matches!(source.next(), Ok(Next::NotYet)));
        let (whole, path) = (
            folder.path().join("whole.tmp"),
            folder.path().join("late.png"),
        );
        save(&whole, "LATE");
        let bytes = fs::read(&whole).expect("bytes");
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("half of it");
        assert!(matches!(source.next(), Ok(Next::NotYet)));
        fs::write(&path, &bytes).expect("all of it");
        assert_eq!(frame(&mut source), synth::clean_frame("LATE", 320, 240));
        assert!(matches!(source.next(), Ok(Next::NotYet)), "once");
    }

    #[test]
    fn what_stays_damaged_is_left_alone_and_named() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("bad.png"), b"no picture").expect("written");
        let mut source = Pictures::follow(folder.path()).expect("a source");
        let error = (0..1_000).find_map(|_| source.next().err());
        assert_eq!(error.expect("told").code(), "image_format_unknown");
        assert!(matches!(source.next(), Ok(Next::NotYet)), "and left alone");
    }
}
