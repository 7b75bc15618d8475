//! Frames from PNG and JPEG files: one file, or all in a folder, in the order of their names.
//!
//! A folder gives its pictures by name ending alone, because other things lie in folders; a file that is named
//! is always tried. Called by `scan --frames` and `decode --frames`.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Why there are no frames.
#[derive(Debug, thiserror::Error)]
pub enum FramesError {
    /// Nothing is there.
    #[error("there is no file or folder {}", .0.display())]
    Missing(PathBuf),
    /// It cannot be looked into.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder holds other things only.
    #[error("the folder {} holds no .png, .jpg or .jpeg file", .0.display())]
    Empty(PathBuf),
}

impl FramesError {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "frames_missing",
            Self::Unreadable { .. } => "frames_unreadable",
            Self::Empty(_) => "frames_empty",
        }
    }
}

/// The picture files at `path`: itself, or the folder's in the order of their names.
///
/// # Errors
/// [`FramesError`].
pub fn paths(path: &Path) -> Result<Vec<PathBuf>, FramesError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => FramesError::Missing(path.to_owned()),
        _ => FramesError::Unreadable {
            path: path.to_owned(),
            source,
        },
    };
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(failed)?;
    let entries: Vec<_> = entries.collect::<Result<_, _>>().map_err(failed)?;
    let files = entries.into_iter().map(|entry| entry.path());
    let mut pictures: Vec<_> = files.filter(|file| is_picture(file)).collect();
    pictures.sort();
    if pictures.is_empty() {
        return Err(FramesError::Empty(path.to_owned()));
    }
    Ok(pictures)
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        ["png", "jpg", "jpeg"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    }) && path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_pictures_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["b.PNG", "a.jpeg", "c.jpg", "notes.txt", "no_ending"] {
            fs::write(folder.path().join(name), b"x").expect("a file");
        }
        fs::create_dir(folder.path().join("d.png")).expect("a folder that looks like a picture");
        let found = paths(folder.path()).expect("pictures");
        let names: Vec<_> = found.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(names, ["a.jpeg", "b.PNG", "c.jpg"]);
    }

    #[test]
    fn a_named_file_is_tried_whatever_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("frame.raw");
        fs::write(&file, b"x").expect("a file");
        assert_eq!(paths(&file).expect("itself"), [file]);
    }

    #[test]
    fn nothing_there_and_nothing_in_there_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = paths(&folder.path().join("none")).expect_err("nothing there");
        assert_eq!(missing.code(), "frames_missing");
        let empty = paths(folder.path()).expect_err("nothing in there");
        assert_eq!(empty.code(), "frames_empty");
    }
}
