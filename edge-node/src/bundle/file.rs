//! Files on sticks: read with a limit, written beside their name and given it only when they are whole and durable.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
};

use minicbor::{Decode, Encode};
use sync_protocol::{
    bundle::{BundleError, MAX_FILE},
    wire::{self, MAX_BODY},
};

use super::StickError;
use crate::sync::compress::decompress;

/// Scans compress well, and a stick is slower than the level.
const LEVEL: i32 = 6;

/// A file that is being written.
pub struct Draft {
    path: PathBuf,
    beside: PathBuf,
    file: Option<BufWriter<File>>,
    replace: bool,
    written: u64,
}

impl Draft {
    /// Begins a file; with `replace` it may take another one's place.
    ///
    /// # Errors
    /// [`StickError::Exists`] or [`StickError::File`].
    pub fn begin(path: &Path, replace: bool) -> Result<Self, StickError> {
        let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
        name.push(".part");
        let mut draft = Self {
            path: path.to_owned(),
            beside: path.with_file_name(name),
            file: None,
            replace,
            written: 0,
        };
        draft.check_free()?;
        // Perhaps the stick was pulled out before.
        let _ = fs::remove_file(&draft.beside);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&draft.beside);
        draft.file = Some(BufWriter::new(file.map_err(|e| draft.failed(e))?));
        Ok(draft)
    }

    /// Writes on.
    ///
    /// # Errors
    /// [`StickError::File`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StickError> {
        self.written += bytes.len() as u64;
        let written = match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        };
        written.map_err(|source| self.failed(source))
    }

    /// Makes it durable under its name; gives its length in bytes.
    ///
    /// # Errors
    /// [`StickError::Exists`] or [`StickError::File`]; then there is no new file.
    pub fn finish(mut self) -> Result<u64, StickError> {
        self.check_free()?;
        self.settle().map_err(|source| self.failed(source))?;
        Ok(self.written)
    }

    fn settle(&mut self) -> std::io::Result<()> {
        if let Some(mut file) = self.file.take() {
            file.flush()?;
            file.get_ref().sync_all()?;
        }
        fs::rename(&self.beside, &self.path)?;
        match self.path.parent() {
            Some(folder) if cfg!(unix) && folder != Path::new("") => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }

    fn check_free(&self) -> Result<(), StickError> {
        match self.path.try_exists() {
            Ok(true) if !self.replace => Err(StickError::Exists(self.path.clone())),
            Ok(_) => Ok(()),
            Err(source) => Err(self.failed(source)),
        }
    }

    fn failed(&self, source: std::io::Error) -> StickError {
        failed(&self.path, source)
    }
}

impl Drop for Draft {
    /// What was not finished leaves nothing; after a rename there is nothing beside the name.
    fn drop(&mut self) {
        drop(self.file.take());
        let _ = fs::remove_file(&self.beside);
    }
}

/// The whole file, if it is not longer than any bundle.
///
/// # Errors
/// [`StickError::File`], or [`BundleError::TooLong`].
pub fn read(path: &Path) -> Result<Vec<u8>, StickError> {
    let file = File::open(path).map_err(|source| failed(path, source))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| failed(path, source))?;
    match bytes.len() > MAX_FILE {
        true => Err(BundleError::TooLong.into()),
        false => Ok(bytes),
    }
}

/// A message as a frame holds it.
#[must_use]
pub fn pack(message: &impl Encode<()>) -> Vec<u8> {
    zstd::bulk::compress(&wire::encode(message), LEVEL).expect("packing in memory cannot fail")
}

/// The message in the frame at `place`.
///
/// # Errors
/// [`BundleError::Packed`] also for one that would become too long, [`BundleError::Malformed`].
pub fn unpack<T>(frames: &[&[u8]], place: usize) -> Result<T, BundleError>
where
    T: for<'b> Decode<'b, ()>,
{
    let packed = frames.get(place).ok_or(BundleError::Malformed(place))?;
    let body = decompress(packed, MAX_BODY).map_err(|_| BundleError::Packed(place))?;
    wire::decode(&body).map_err(|_| BundleError::Malformed(place))
}

fn failed(path: &Path, source: std::io::Error) -> StickError {
    StickError::File {
        path: path.to_owned(),
        source,
    }
}
