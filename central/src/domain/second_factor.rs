//! The second factor: six digits that an app on a phone makes anew every half minute (RFC 6238).
//!
//! Pure: the secret and `now` are given. A code of the step before or after is taken, because phones' clocks err; the
//! step that matched is returned, so that the caller takes each once.

use data_encoding::BASE32_NOPAD;
use sync_protocol::time::Timestamp;
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret.
pub const SECRET: usize = 20;
const ISSUER: &str = "Gerbang";

fn totp(secret: &[u8; SECRET]) -> Totp {
    Builder::new()
        .with_secret(Secret::new_stack(*secret))
        .with_skew(1)
        .build_noncompliant()
}

/// The step whose code this is, around now.
#[must_use]
pub fn step(secret: &[u8; SECRET], typed: &str, now: Timestamp) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.0 / 1_000).ok()?;
    let step = totp(secret).check(&digits, seconds)?;
    i64::try_from(step).ok()
}

/// The code of now, as the phone shows it.
#[must_use]
pub fn code(secret: &[u8; SECRET], now: Timestamp) -> String {
    let seconds = u64::try_from(now.0 / 1_000).unwrap_or_default();
    totp(secret).generate(seconds).to_string()
}

/// The secret as people type it.
#[must_use]
pub fn typed(secret: &[u8; SECRET]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The address that apps read from a QR code.
#[must_use]
pub fn address(secret: &[u8; SECRET], account: &str) -> String {
    let account: String = form_urlencoded::byte_serialize(account.as_bytes()).collect();
    let secret = typed(secret);
    format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From RFC 6238, appendix B, its last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, want) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
        ] {
            assert_eq!(code(secret, Timestamp(seconds * 1_000)), want);
        }
    }

    #[test]
    fn a_neighbouring_step_is_taken_and_said() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| step(secret, "287 082", Timestamp(seconds * 1_000));
        assert_eq!((at(59), at(89), at(29)), (Some(1), Some(1), Some(1)));
        assert_eq!((at(119), at(0)), (None, Some(1)));
        assert_eq!(step(secret, "", Timestamp(59_000)), None);
        assert_eq!(step(secret, "+87082", Timestamp(59_000)), None);
    }
}
