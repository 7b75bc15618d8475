//! Why a letter did not leave.

/// A letter that did not leave; what is kept of it is a code, because servers repeat addresses in their answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The server could not be reached, or fell silent: nothing is known of the letter.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// The server cannot prove that it is the one that is meant: nothing was said to it.
    #[error("the mail server's certificate is refused: {0}")]
    Certificate(&'static str),
    /// The server does not speak as it is set.
    #[error(
        "the mail server cannot be used as it is set, because it offers no TLS there or no login that we know: check SMTP_TLS, SMTP_PORT and SMTP_USER"
    )]
    Unsuited,
    /// The server takes no letters of ours: a wrong password, or none.
    #[error("the mail server refuses us ({0}): check SMTP_USER, SMTP_PASSWORD and SMTP_TLS")]
    NotOurs(u16),
    /// The server may take it later.
    #[error("the mail server asks to try later ({0})")]
    Later(u16),
    /// The server does not take this letter.
    #[error("the mail server refuses the letter ({0})")]
    Refused(u16),
    /// The letter cannot be written.
    #[error("the letter cannot be written: {0}")]
    Unfit(&'static str),
    /// The folder cannot be written to.
    #[error("the folder for mail cannot be written: {0}")]
    Folder(std::io::ErrorKind),
}

impl MailError {
    /// Stable name, with the server's number where it gave one.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Unreachable => "mail_unreachable".to_owned(),
            Self::Certificate(_) => "mail_certificate".to_owned(),
            Self::Unsuited => "mail_unsuited".to_owned(),
            Self::NotOurs(code) => format!("mail_not_ours_{code}"),
            Self::Later(code) => format!("mail_later_{code}"),
            Self::Refused(code) => format!("mail_refused_{code}"),
            Self::Unfit(_) => "mail_unfit".to_owned(),
            Self::Folder(_) => "mail_folder".to_owned(),
        }
    }

    /// Whether it is about this letter alone, so that trying it often is no use.
    #[must_use]
    pub const fn is_for_good(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Unfit(_) => true,
            Self::Unreachable
            | Self::Certificate(_)
            | Self::Unsuited
            | Self::NotOurs(_)
            | Self::Later(_)
            | Self::Folder(_) => false,
        }
    }

    /// Whether no letter may leave now.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable
            | Self::Certificate(_)
            | Self::Unsuited
            | Self::NotOurs(_)
            | Self::Folder(_) => true,
            Self::Later(_) | Self::Refused(_) | Self::Unfit(_) => false,
        }
    }
}
