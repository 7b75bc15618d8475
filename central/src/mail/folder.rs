//! A folder instead of a mail server: each letter becomes a file that mail programs open. For demos and for trying
//! things out; nobody receives anything.
//!
//! Invariant: a letter sent twice is one file, as it would be one mail to who compares message ids; a file is whole
//! when it has its name.

use std::{
    io,
    path::{Path, PathBuf},
};

use futures_util::future::BoxFuture;

use super::{Letter, MailError, Mailer, Sender, message};

/// Letters as files.
#[derive(Debug)]
pub struct Folder {
    folder: PathBuf,
    sender: Sender,
}

impl Folder {
    /// Letters into this folder, which is made if need be.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path, sender: Sender) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.to_owned();
        Ok(Self { folder, sender })
    }

    async fn write(&self, letter: &Letter) -> Result<(), MailError> {
        let bytes = message(letter, &self.sender)?.formatted();
        let at = letter.at.format("%Y%m%d-%H%M%S");
        let mut same = tokio::fs::read_dir(&self.folder).await.map_err(failed)?;
        let end = format!("-{}.eml", letter.id);
        while let Some(entry) = same.next_entry().await.map_err(failed)? {
            if entry.file_name().to_string_lossy().ends_with(&end) {
                return Ok(());
            }
        }
        let path = self.folder.join(format!("{at}{end}"));
        let half = path.with_extension("part");
        tokio::fs::write(&half, bytes).await.map_err(failed)?;
        tokio::fs::rename(&half, &path).await.map_err(failed)
    }
}

impl Mailer for Folder {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.write(letter))
    }

    fn describe(&self) -> String {
        format!("files in {}", self.folder.display())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn failed(error: io::Error) -> MailError {
    MailError::Folder(error.kind())
}
