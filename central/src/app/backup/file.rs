//! Files of a backup: for their owner alone, durable before they count.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use super::BackupError;

/// What failed, and where.
pub(super) fn disk(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |error| BackupError::Disk(path, error)
}

/// The same name with an end; with none, the name itself.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(if end.is_empty() || end.starts_with('-') {
        OsString::from(end)
    } else {
        format!(".{end}").into()
    });
    name.into()
}

/// Where something is made before it gets its name.
pub(super) fn beside(path: &Path) -> PathBuf {
    let text = path.as_os_str().to_string_lossy();
    with_end(Path::new(text.trim_end_matches('/')), "part")
}

/// A name for what is replaced that nothing has.
pub(super) fn free_name(path: &Path) -> PathBuf {
    let names = (1..).map(|n| with_end(path, &format!("replaced-{n}")));
    let mut free = names.filter(|name| !name.exists());
    free.next().unwrap_or_else(|| with_end(path, "replaced"))
}

/// Makes a folder that nobody else may open; what a fallen run left there goes.
pub(super) fn make_folder(path: &Path) -> Result<(), BackupError> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(disk(path))?;
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(disk(path))
}

/// Makes an empty file that nobody else may read.
pub(super) fn create(path: &Path) -> Result<File, BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(disk(path))
}

/// Writes a file, and waits until the disk has it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let mut file = create(path)?;
    file.write_all(bytes).map_err(disk(path))?;
    file.sync_all().map_err(disk(path))
}

/// Copies a file, and waits until the disk has it.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(disk(folder))?;
    }
    let mut source = File::open(from).map_err(disk(from))?;
    let mut file = create(to)?;
    std::io::copy(&mut source, &mut file).map_err(disk(to))?;
    file.sync_all().map_err(disk(to))
}

/// Waits until the disk has a file that another hand wrote.
pub(super) fn make_durable(path: &Path) -> Result<(), BackupError> {
    let file = File::open(path).map_err(disk(path))?;
    file.sync_all().map_err(disk(path))
}

/// Gives something its name, for good.
pub(super) fn name(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::rename(from, to).map_err(disk(to))?;
    match to.parent() {
        Some(folder) if folder != Path::new("") => make_durable(folder),
        _ => make_durable(Path::new(".")),
    }
}
