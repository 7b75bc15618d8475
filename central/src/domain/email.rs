//! E-mail addresses that tickets are sent to.
//!
//! Invariant: an [`Email`] is one plain ASCII address `local@domain` without blanks, control characters
//! or anything that could end a header, at most 254 characters, domain in small letters; so equal
//! addresses compare equal and every mail server takes it. The local part keeps its letters' case.
//! `Debug` masks it. Used by orders, mail and staff accounts.
//! Whether the address exists is only known once a mail arrives; quoted local parts are not accepted.

use std::fmt;

/// A deliverable-looking address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email {
    address: String,
    at: usize,
}

/// What the person should do so that the address is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// No `@`, or more than one.
    #[error("Enter one e-mail address with a single @, such as name@example.id.")]
    At,
    /// Longer than mail servers take.
    #[error("Enter an e-mail address of at most 254 characters, 64 of them before the @.")]
    Length,
    /// The part before the `@` is not plain.
    #[error(
        "Check the part before the @: letters, digits and . _ + - are allowed, without spaces."
    )]
    Local,
    /// The part after the `@` is no domain.
    #[error("Check the part after the @: it must be a domain such as example.id.")]
    Domain,
}

impl EmailError {
    /// Stable name for answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::At => "email_at",
            Self::Length => "email_length",
            Self::Local => "email_local",
            Self::Domain => "email_domain",
        }
    }
}

impl Email {
    /// The address as typed, trimmed, with its domain in small letters.
    ///
    /// # Errors
    /// [`EmailError`], whose text tells the person what to do.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let (local, domain) = typed.trim().split_once('@').ok_or(EmailError::At)?;
        if domain.contains('@') {
            return Err(EmailError::At);
        }
        if local.len() > 64 || local.len() + 1 + domain.len() > 254 {
            return Err(EmailError::Length);
        }
        if !is_local(local) {
            return Err(EmailError::Local);
        }
        if !is_domain(domain) {
            return Err(EmailError::Domain);
        }
        let address = format!("{local}@{}", domain.to_ascii_lowercase());
        Ok(Self {
            address,
            at: local.len(),
        })
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The domain, in small letters.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.address[self.at + 1..]
    }

    /// The first letter, three stars, the domain: `s***@example.id`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}***@{}", &self.address[..1], self.domain())
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.masked())
    }
}

/// Dot-separated atoms of RFC 5321.
fn is_local(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    })
}

/// At least two labels, the last not a number (that would be an address, not a name).
fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let last_is_name = labels
        .last()
        .is_some_and(|last| last.bytes().any(|b| b.is_ascii_alphabetic()));
    labels.len() >= 2 && last_is_name && labels.iter().all(|label| is_label(label))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use EmailError::*;

    #[test]
    fn addresses_are_made_uniform_or_refused() {
        for (typed, expected) in [
            ("siti@example.id", Ok("siti@example.id")),
            (
                "  Siti.R+konser@Mail.Example.ID \n",
                Ok("Siti.R+konser@mail.example.id"),
            ),
            (
                "o'neil_99@xn--mnchen-3ya.de",
                Ok("o'neil_99@xn--mnchen-3ya.de"),
            ),
            ("a@b.co", Ok("a@b.co")),
            ("", Err(At)),
            ("siti.example.id", Err(At)),
            ("siti@example@id", Err(At)),
            ("a@x.id, b@y.id", Err(At)),
            ("@example.id", Err(Local)),
            ("siti rahma@example.id", Err(Local)),
            ("siti\r\nBcc: x@example.id", Err(Local)),
            ("siti\u{0}@example.id", Err(Local)),
            ("Siti <siti@example.id>", Err(Local)),
            ("\"siti\"@example.id", Err(Local)),
            (".siti@example.id", Err(Local)),
            ("siti..r@example.id", Err(Local)),
            ("sití@example.id", Err(Local)),
            ("siti@", Err(Domain)),
            ("siti@localhost", Err(Domain)),
            ("siti@example..id", Err(Domain)),
            ("siti@-example.id", Err(Domain)),
            ("siti@exa mple.id", Err(Domain)),
            ("siti@exam_ple.id", Err(Domain)),
            ("siti@127.0.0.1", Err(Domain)),
            ("siti@example.id\u{7}", Err(Domain)),
        ] {
            let email = Email::parse(typed);
            let shown = email.as_ref().map(Email::as_str).map_err(|error| *error);
            assert_eq!(shown, expected, "{typed:?}");
        }
    }

    #[test]
    fn length_ends_at_254() {
        let domain = format!("{0}.{0}.{0}.id", "d".repeat(60));
        let local = |length| format!("{}@{domain}", "l".repeat(length));
        for (typed, fits) in [
            (local(64), true),
            (local(65), false),
            (
                format!("{}@{}", "l".repeat(64), domain.replacen('d', "ddd", 1)),
                true,
            ),
            (format!("{}@{domain}.{domain}", "l".repeat(64)), false),
        ] {
            assert_eq!(
                Email::parse(&typed).map(drop),
                if fits { Ok(()) } else { Err(Length) },
                "{}",
                typed.len()
            );
        }
    }

    #[test]
    fn the_name_is_hidden() {
        let email = Email::parse("siti.rahmawati@Example.id").expect("valid");
        assert_eq!(email.masked(), "s***@example.id");
        assert_eq!(format!("{email:?}"), "Email(s***@example.id)");
        assert_eq!(email.domain(), "example.id");
    }

    #[test]
    fn errors_have_codes_of_their_own() {
        let errors = [At, Length, Local, Domain];
        let codes: std::collections::BTreeSet<_> =
            errors.iter().map(|error| error.code()).collect();
        assert_eq!(codes.len(), errors.len());
    }
}
