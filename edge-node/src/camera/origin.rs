//! What a person names as the gate's eye: a camera, or frames from elsewhere.

use std::{path::PathBuf, sync::Arc};

use super::{FrameSource, SourceError, capture::Open, pictures::Pictures, stream};

/// Where the gate looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A camera by path, number or part of its name; `None`: the first that works.
    Camera(Option<String>),
    /// A picture, a folder of them, a y4m or MJPEG file, a pipe, or `-` for standard input.
    Frames(PathBuf),
}

impl Origin {
    /// From the word that names a camera: `off`, `auto`, or which one.
    #[must_use]
    pub fn camera(word: &str) -> Option<Self> {
        match word {
            "off" => None,
            "auto" => Some(Self::Camera(None)),
            name => Some(Self::Camera(Some(name.to_owned()))),
        }
    }

    /// Whether a silence is a fault.
    #[must_use]
    pub const fn can_hang(&self) -> bool {
        matches!(self, Self::Camera(_))
    }

    /// Opens it to be watched: a folder is followed, a film runs at its own pace.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn watched(&self) -> Result<Box<dyn FrameSource>, SourceError> {
        match self {
            Self::Camera(wish) => camera(wish.as_deref()),
            Self::Frames(path) if stream::is_stream(path) => {
                Ok(Box::new(stream::Stream::open(path, true)?))
            }
            Self::Frames(path) => Ok(Box::new(Pictures::follow(path)?)),
        }
    }

    /// The same as often as it must be opened.
    #[must_use]
    pub fn opener(self) -> Open {
        Arc::new(move || self.watched())
    }
}

#[cfg(all(feature = "v4l", target_os = "linux"))]
fn camera(wish: Option<&str>) -> Result<Box<dyn FrameSource>, SourceError> {
    Ok(Box::new(super::device::OpenCamera::find(wish)?))
}

#[cfg(not(all(feature = "v4l", target_os = "linux")))]
fn camera(_: Option<&str>) -> Result<Box<dyn FrameSource>, SourceError> {
    Err(SourceError::NotBuilt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_names_a_camera() {
        assert_eq!(Origin::camera("off"), None);
        assert_eq!(Origin::camera("auto"), Some(Origin::Camera(None)));
        let brio = Some(Origin::Camera(Some("brio".to_owned())));
        assert_eq!(Origin::camera("brio"), brio);
    }

    #[test]
    fn what_is_missing_is_named() {
        let nowhere = Origin::Frames(PathBuf::from("/nowhere/at/all"));
        let error = nowhere.watched().err().expect("nothing there");
        assert_eq!(error.code(), "frames_missing");
        let nobody = Origin::Camera(Some("no such camera".to_owned()));
        assert!(nobody.watched().is_err());
    }
}
