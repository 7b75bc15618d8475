//! Mail: one letter to one address, and the ways in which it leaves.
//!
//! Invariants: the same letter carries the same `Message-ID` each time it is sent, so that a repeat is known as one;
//! nothing that a person typed can become a header of its own (`mime`); addresses and contents stay out of the log
//! and out of errors. Called by `app::letters`. No database is read here, and what is written to whom is not decided
//! here.

mod config;
mod error;
mod folder;
mod mime;
mod page;
mod smtp;

use std::fmt;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

pub use config::MailConfig;
pub use error::MailError;
pub use folder::Folder;
pub use mime::{Sender, message};
pub use page::{Button, Page};
pub use smtp::{Protection, Server, Smtp};

/// One way for letters to leave.
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands the letter over; it is the receiver's once this returns.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>>;

    /// Where letters go, for the operator.
    fn describe(&self) -> String;
}

/// One letter.
#[derive(Clone)]
pub struct Letter {
    /// Stable name of what sends it, unique; the part of `Message-ID` before the `@`.
    pub id: String,
    /// Name of the person.
    pub name: String,
    /// Address of the person, checked.
    pub to: String,
    /// What it is about.
    pub page: Page,
    /// When it is sent.
    pub at: DateTime<Utc>,
    /// What comes with it.
    pub attachments: Vec<Attachment>,
}

/// A file that comes with a letter.
#[derive(Clone)]
pub struct Attachment {
    /// Plain ASCII.
    pub file: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({})", self.id)
    }
}
