//! The code that the panel prints when a node is to be taken in: `7K3M-09QF-X2ZD-4A8T`, good once.
//!
//! Sixteen characters of Crockford's alphabet are 80 bits of secret. Where central uses a certificate
//! authority of its own, a dot and 26 characters of base32 follow: half of the SHA-256 of that authority's
//! certificate, so that the node's very first connection is already with the right machine, and nobody on
//! the venue's network can stand between. Central prints these codes, `edge-node enrol` reads them; only the
//! secret ([`EnrolCode::secret_text`]) travels back.

use std::sync::LazyLock;

use data_encoding::{BASE32_NOPAD, Encoding, Specification};
use sha2::{Digest as _, Sha256};

/// An enrolment code, read or about to be printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EnrolCode {
    /// Eighty random bits.
    pub secret: [u8; 10],
    /// Central's own certificate authority; `None` = the public web PKI.
    pub authority: Option<Fingerprint>,
}

/// The first half of the SHA-256 of a certificate's DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 16]);

/// Why a text is no enrolment code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolCodeError {
    /// The part before the dot is not sixteen characters of the alphabet.
    #[error("an enrolment code has 16 digits and letters, such as 7K3M-09QF-X2ZD-4A8T")]
    Secret,
    /// The part after the dot is not a fingerprint.
    #[error(
        "the part of the enrolment code after the dot has 26 letters and digits: copy it whole"
    )]
    Fingerprint,
}

/// Crockford's base32: any case, O for 0, I and L for 1, hyphens and spaces anywhere.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification
        .translate
        .from
        .push_str("abcdefghjkmnpqrstvwxyzoOiIlL");
    specification
        .translate
        .to
        .push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    specification.ignore.push_str("- ");
    specification.encoding().expect("the alphabet is valid")
});

impl EnrolCode {
    /// Reads a code as a person typed it or a scanner read it.
    ///
    /// # Errors
    /// [`EnrolCodeError`] names the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, EnrolCodeError> {
        let (secret, authority) = match text.trim().split_once('.') {
            Some((secret, authority)) => (secret, Some(authority)),
            None => (text.trim(), None),
        };
        let secret = CROCKFORD.decode(secret.as_bytes()).ok();
        Ok(Self {
            secret: secret
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or(EnrolCodeError::Secret)?,
            authority: authority.map(Fingerprint::parse).transpose()?,
        })
    }

    /// The secret as it is printed, and as a node sends it: sixteen characters in groups of four.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let symbols = CROCKFORD.encode(&self.secret);
        [
            &symbols[..4],
            &symbols[4..8],
            &symbols[8..12],
            &symbols[12..],
        ]
        .join("-")
    }
}

impl std::fmt::Display for EnrolCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.secret_text())?;
        match self.authority {
            Some(authority) => write!(f, ".{authority}"),
            None => Ok(()),
        }
    }
}

/// The secret is not for logs.
impl std::fmt::Debug for EnrolCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolCode")
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}

impl Fingerprint {
    /// The fingerprint of a certificate.
    #[must_use]
    pub fn of(certificate_der: &[u8]) -> Self {
        let digest: [u8; 32] = Sha256::digest(certificate_der).into();
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        Self(half)
    }

    fn parse(text: &str) -> Result<Self, EnrolCodeError> {
        let compact: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        let bytes = BASE32_NOPAD.decode(compact.to_ascii_uppercase().as_bytes());
        let half = bytes.ok().and_then(|bytes| bytes.try_into().ok());
        half.map(Self).ok_or(EnrolCodeError::Fingerprint)
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&BASE32_NOPAD.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: &str = "041J-JT5V-AGRR-D9FD";
    const SECRET: [u8; 10] = [1, 3, 0x29, 0x68, 0xBB, 0x54, 0x31, 0x86, 0xA5, 0xED];
    const HALF: [u8; 16] = [0xA5; 16];
    const HALF_TEXT: &str = "UWS2LJNFUWS2LJNFUWS2LJNFUU";

    #[test]
    fn reads_what_people_type() {
        let plain = EnrolCode {
            secret: SECRET,
            authority: None,
        };
        let own = EnrolCode {
            authority: Some(Fingerprint(HALF)),
            ..plain
        };
        let (secret, fingerprint) = (Err(EnrolCodeError::Secret), EnrolCodeError::Fingerprint);
        for (text, expected) in [
            (PLAIN.to_owned(), Ok(plain)),
            (PLAIN.to_lowercase(), Ok(plain)),
            (PLAIN.replace('-', ""), Ok(plain)),
            (format!("  {}\r\n", PLAIN.replace('-', " ")), Ok(plain)),
            (PLAIN.replace('0', "o").replace('1', "l"), Ok(plain)),
            (PLAIN.replace('0', "O").replace('1', "I"), Ok(plain)),
            (format!("{PLAIN}.{HALF_TEXT}"), Ok(own)),
            (format!("{PLAIN}.{HALF_TEXT}").to_lowercase(), Ok(own)),
            (
                format!("{PLAIN}.{}-{}", &HALF_TEXT[..13], &HALF_TEXT[13..]),
                Ok(own),
            ),
            (String::new(), secret),
            (PLAIN[..18].to_owned(), secret),
            (format!("{PLAIN}0"), secret),
            (PLAIN.replace('J', "U"), secret),
            (format!("{PLAIN}."), Err(fingerprint)),
            (format!("{PLAIN}.{}", &HALF_TEXT[..25]), Err(fingerprint)),
            (format!("{PLAIN}.{HALF_TEXT}A"), Err(fingerprint)),
            (format!("{PLAIN}.{HALF_TEXT}.A"), Err(fingerprint)),
        ] {
            assert_eq!(EnrolCode::parse(&text), expected, "{text:?}");
        }
    }

    #[test]
    fn prints_what_it_reads_and_hides_the_secret() {
        let text = format!("{PLAIN}.{HALF_TEXT}");
        let code = EnrolCode::parse(&text).expect("a code");
        assert_eq!(code.to_string(), text);
        assert_eq!(code.secret_text(), PLAIN);
        assert!(!format!("{code:?}").contains("041J"));
    }

    #[test]
    fn a_fingerprint_is_half_of_the_sha256() {
        let abc = Fingerprint::of(b"abc");
        assert_eq!(abc.0[..4], [0xBA, 0x78, 0x16, 0xBF]);
        assert_ne!(abc, Fingerprint::of(b"abd"));
    }

    proptest! {
        #[test]
        fn round_trips(secret: [u8; 10], half: Option<[u8; 16]>) {
            let code = EnrolCode { secret, authority: half.map(Fingerprint) };
            prop_assert_eq!(EnrolCode::parse(&code.to_string()), Ok(code));
        }

        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = EnrolCode::parse(&text);
        }
    }
}
