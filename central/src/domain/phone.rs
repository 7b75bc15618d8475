//! Phone numbers in E.164: `+`, country code, number, at most 15 digits.
//!
//! Invariant: a [`Phone`] is ready to be sent to; an Indonesian one has the form of a mobile number,
//! because it is asked for WhatsApp. Written without a country code it is Indonesian, and a leading 62
//! **is** the country code (libphonenumber reads `62812345678` as `+6262812345678`).
//! `Debug` masks it. Used when an order is placed and by messages.
//! It does not ask whether anybody answers, and knows no other country's numbering plan.

use std::fmt;

/// A number that can be called from anywhere.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    e164: String,
}

/// What the person should do so that the number is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Something else than digits and separators.
    #[error("Enter the phone number in digits only, such as 0812 3456 7890.")]
    Characters,
    /// Neither Indonesian nor with a country code.
    #[error("Start the phone number with 08, or with + and the country code.")]
    CountryCode,
    /// Indonesian, but not a mobile number.
    #[error("Enter an Indonesian mobile number: 08 followed by 8 to 11 more digits.")]
    Mobile,
    /// Too short or too long for any country.
    #[error("Check the phone number: with its country code it has 8 to 15 digits.")]
    Length,
}

impl PhoneError {
    /// Stable name for answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Characters => "phone_characters",
            Self::CountryCode => "phone_country_code",
            Self::Mobile => "phone_mobile",
            Self::Length => "phone_length",
        }
    }
}

impl Phone {
    /// The number as typed, in E.164.
    ///
    /// # Errors
    /// [`PhoneError`], whose text tells the person what to do.
    pub fn parse(typed: &str) -> Result<Self, PhoneError> {
        let bare: String = typed.chars().filter(|c| !is_separator(*c)).collect();
        let (international, digits) =
            match bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")) {
                Some(digits) => (true, digits),
                None => (false, bare.as_str()),
            };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::Characters);
        }
        let digits = with_country_code(international, digits)?;
        if !(8..=15).contains(&digits.len()) {
            return Err(PhoneError::Length);
        }
        Ok(Self {
            e164: format!("+{digits}"),
        })
    }

    /// `+6281234567890`
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.e164
    }

    /// Without the plus, as `wa.me` links want it.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.e164[1..]
    }

    /// The first two digits, stars, and the last three: `+62********890`.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = self.e164.len() - 6;
        format!(
            "{}{}{}",
            &self.e164[..3],
            "*".repeat(hidden),
            &self.e164[3 + hidden..]
        )
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2013}')
}

fn with_country_code(international: bool, digits: &str) -> Result<String, PhoneError> {
    if let Some(national) = digits.strip_prefix("62") {
        return indonesian(national);
    }
    if international {
        // No country code begins with 0.
        let plausible = !digits.starts_with('0');
        return if plausible {
            Ok(digits.to_owned())
        } else {
            Err(PhoneError::CountryCode)
        };
    }
    if digits.starts_with(['0', '8']) {
        return indonesian(digits);
    }
    Err(PhoneError::CountryCode)
}

/// `8[1-35-9]` and 7 to 10 more digits; one leading 0 is forgiven, people write `+62 (0)812`.
fn indonesian(national: &str) -> Result<String, PhoneError> {
    let national = national.strip_prefix('0').unwrap_or(national);
    let [b'8', second, rest @ ..] = national.as_bytes() else {
        return Err(PhoneError::Mobile);
    };
    if !matches!(second, b'1'..=b'3' | b'5'..=b'9') || !(7..=10).contains(&rest.len()) {
        return Err(PhoneError::Mobile);
    }
    Ok(format!("62{national}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use PhoneError::*;

    #[test]
    fn numbers_become_e164_or_are_refused() {
        for (typed, expected) in [
            ("08123456789", Ok("+628123456789")),
            ("8123456789", Ok("+628123456789")),
            ("+62 812-3456-7890", Ok("+6281234567890")),
            ("62812345678", Ok("+62812345678")),
            ("6281234567890", Ok("+6281234567890")),
            ("006281234567890", Ok("+6281234567890")),
            ("+62 (0)812 3456 7890", Ok("+6281234567890")),
            ("(0812) 3456.7890", Ok("+6281234567890")),
            ("0812\u{A0}3456\u{2011}7890", Ok("+6281234567890")),
            ("  0896 1234 567\n", Ok("+628961234567")),
            ("0811234567890", Ok("+62811234567890")),
            ("0811 234 567 8901", Err(Mobile)),
            ("081123456", Err(Mobile)),
            ("08412345678", Err(Mobile)),
            ("021 5551234", Err(Mobile)),
            ("+62 21 5551234", Err(Mobile)),
            ("+254 712 345678", Ok("+254712345678")),
            ("+65 8123 4567", Ok("+6581234567")),
            ("+1 (415) 555-0123", Ok("+14155550123")),
            ("712345678", Err(CountryCode)),
            ("+0812345678", Err(CountryCode)),
            ("0000812345678", Err(CountryCode)),
            ("+6581", Err(Length)),
            ("+1234567890123456", Err(Length)),
            ("", Err(Characters)),
            ("+", Err(Characters)),
            ("0812-CALL-ME", Err(Characters)),
            ("0812+3456789", Err(Characters)),
            ("٠٨١٢٣٤٥٦٧٨٩", Err(Characters)),
        ] {
            let phone = Phone::parse(typed);
            let shown = phone.as_ref().map(Phone::as_str).map_err(|error| *error);
            assert_eq!(shown, expected, "{typed:?}");
        }
    }

    #[test]
    fn an_accepted_number_parses_to_itself() {
        for typed in ["08123456789", "62812345678", "+254712345678", "+6581234567"] {
            let phone = Phone::parse(typed).expect("valid");
            assert_eq!(Phone::parse(phone.as_str()).as_ref(), Ok(&phone));
            assert_eq!(format!("+{}", phone.digits()), phone.as_str());
        }
    }

    #[test]
    fn the_middle_is_hidden() {
        for (typed, masked) in [
            ("0812 3456 7890", "+62********890"),
            ("+6581234567", "+65*****567"),
            ("+12345678", "+12***678"),
        ] {
            let phone = Phone::parse(typed).expect("valid");
            assert_eq!(phone.masked(), masked);
            assert_eq!(format!("{phone:?}"), format!("Phone({masked})"));
        }
    }

    #[test]
    fn errors_have_codes_of_their_own() {
        let errors = [Characters, CountryCode, Mobile, Length];
        let codes: std::collections::BTreeSet<_> =
            errors.iter().map(|error| error.code()).collect();
        assert_eq!(codes.len(), errors.len());
    }
}
