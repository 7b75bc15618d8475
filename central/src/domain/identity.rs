//! Identity numbers: what a guest types from a KTP, SIM, student card or passport.
//!
//! Invariant: an [`IdentityNumber`] has the form its kind prescribes, without separators and in capitals,
//! so equal cards compare equal. The number is personal data: `Debug` masks it, there is no `Display`,
//! errors never repeat it, and only [`IdentityNumber::reveal`] gives it away (to encrypt or look up).
//! Used when an order is placed and when a buyer looks for it.
//! A NIK is never compared with a typed birth date or address: it is not re-issued when those change.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which card the number stands on. The names are stored and sent: never change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// Indonesian identity card; its number is the NIK.
    Ktp,
    /// Indonesian driving licence.
    Sim,
    /// Card of a school or university.
    StudentCard,
    /// Passport of any country.
    Passport,
}

impl IdentityKind {
    /// Every kind, in the order pages offer them.
    pub const ALL: [Self; 4] = [Self::Ktp, Self::Sim, Self::StudentCard, Self::Passport];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ktp => "ktp",
            Self::Sim => "sim",
            Self::StudentCard => "student_card",
            Self::Passport => "passport",
        }
    }

    /// The kind with this stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A checked number together with its kind.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityNumber {
    kind: IdentityKind,
    number: String,
}

/// What the person should do so that the number is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not 16 digits.
    #[error("Enter all 16 digits of the NIK as printed on the KTP.")]
    NikLength,
    /// The first two digits are no province.
    #[error("Check the first two digits of the NIK: they must be the code of a province.")]
    NikProvince,
    /// Digits 7 to 12 are no date.
    #[error("Check digits 7 to 12 of the NIK: they must be a date of birth (women: day plus 40).")]
    NikBirthDate,
    /// The last four digits are 0000.
    #[error("Check the last four digits of the NIK: they cannot be 0000.")]
    NikSerial,
    /// Not 12, 14 or 16 digits.
    #[error("Enter the 12, 14 or 16 digits of the SIM as printed on the card.")]
    SimLength,
    /// Not 4 to 20 letters or digits.
    #[error("Enter the number of the student card: 4 to 20 letters or digits.")]
    StudentCardForm,
    /// Not 6 to 9 letters or digits.
    #[error("Enter the passport number: 6 to 9 letters or digits.")]
    PassportForm,
}

impl IdentityError {
    /// Stable name for answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NikLength => "nik_length",
            Self::NikProvince => "nik_province",
            Self::NikBirthDate => "nik_birth_date",
            Self::NikSerial => "nik_serial",
            Self::SimLength => "sim_length",
            Self::StudentCardForm => "student_card_form",
            Self::PassportForm => "passport_form",
        }
    }
}

impl IdentityNumber {
    /// The number as typed, made uniform and checked.
    ///
    /// # Errors
    /// [`IdentityError`], whose text tells the person what to do.
    pub fn parse(kind: IdentityKind, typed: &str) -> Result<Self, IdentityError> {
        let number: String = typed
            .chars()
            .filter(|c| {
                !c.is_whitespace() && !matches!(c, '-' | '.' | '/' | '\u{2010}'..='\u{2013}')
            })
            .map(|c| c.to_ascii_uppercase())
            .collect();
        match kind {
            IdentityKind::Ktp => check_nik(&number)?,
            IdentityKind::Sim => check_sim(&number)?,
            IdentityKind::StudentCard if is_alphanumeric(&number, 4, 20) => {}
            IdentityKind::StudentCard => return Err(IdentityError::StudentCardForm),
            IdentityKind::Passport if is_alphanumeric(&number, 6, 9) => {}
            IdentityKind::Passport => return Err(IdentityError::PassportForm),
        }
        Ok(Self { kind, number })
    }

    /// Which card it stands on.
    #[must_use]
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// The whole number. For encryption and look-up only: never for logs, pages or mails.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.number
    }

    /// Stars and the last quarter (at most four characters): enough for the owner to know the card.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = self.number.len() - self.number.len() / 4;
        format!("{}{}", "*".repeat(hidden), &self.number[hidden..])
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityNumber({} {})", self.kind.name(), self.masked())
    }
}

/// Province 2, regency 2, district 2, DDMMYY of birth (women: day + 40), serial 4 from 0001.
fn check_nik(number: &str) -> Result<(), IdentityError> {
    if !is_digits(number, 16) {
        return Err(IdentityError::NikLength);
    }
    let part = |at: usize| number[at..at + 2].parse::<u32>().unwrap_or_default();
    // Codes run from 11 (Aceh) to 97 (Papua) with gaps; new provinces fill them, so no table.
    if !(11..=99).contains(&part(0)) {
        return Err(IdentityError::NikProvince);
    }
    let day = if part(6) > 40 { part(6) - 40 } else { part(6) };
    if !(1..=days_in_month(part(8), part(10))).contains(&day) {
        return Err(IdentityError::NikBirthDate);
    }
    if number.ends_with("0000") {
        return Err(IdentityError::NikSerial);
    }
    Ok(())
}

/// Longest the month can be in a year ending in `year`: the century is not part of a NIK, and of the
/// years ending in 00 that living people were born in, 2000 was a leap year. No days in a month that
/// does not exist.
fn days_in_month(month: u32, year: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Cards since July 2024 carry the NIK; older ones (12, or 14 digits) are valid until they lapse.
fn check_sim(number: &str) -> Result<(), IdentityError> {
    if is_digits(number, 16) {
        return check_nik(number);
    }
    if is_digits(number, 12) || is_digits(number, 14) {
        return Ok(());
    }
    Err(IdentityError::SimLength)
}

fn is_digits(number: &str, length: usize) -> bool {
    number.len() == length && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_alphanumeric(number: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentityError::*;
    use IdentityKind::*;

    #[test]
    fn numbers_are_made_uniform_or_refused() {
        for (kind, typed, expected) in [
            // Vectors checked with python-stdnum.
            (Ktp, "3171011708450001", Ok("3171011708450001")),
            (Ktp, "3515145005680002", Ok("3515145005680002")),
            (Ktp, "3602041211870001", Ok("3602041211870001")),
            (Ktp, "3515143202680001", Err(NikBirthDate)),
            (Ktp, " 3171 0117-0845.0001 ", Ok("3171011708450001")),
            (Ktp, "317101170845000", Err(NikLength)),
            (Ktp, "31710117084500011", Err(NikLength)),
            (Ktp, "31710117084500O1", Err(NikLength)),
            (Ktp, "３１７１０１１７０８４５０００１", Err(NikLength)),
            (Ktp, "", Err(NikLength)),
            (Ktp, "1071011708450001", Err(NikProvince)),
            (Ktp, "0071011708450001", Err(NikProvince)),
            (Ktp, "3171010008450001", Err(NikBirthDate)),
            (Ktp, "3171014008450001", Err(NikBirthDate)),
            (Ktp, "3171014108450001", Ok("3171014108450001")),
            (Ktp, "3171017108450001", Ok("3171017108450001")),
            (Ktp, "3171017208450001", Err(NikBirthDate)),
            (Ktp, "3171011713450001", Err(NikBirthDate)),
            (Ktp, "3171011700450001", Err(NikBirthDate)),
            (Ktp, "3171013104450001", Err(NikBirthDate)),
            (Ktp, "3171012902000001", Ok("3171012902000001")),
            (Ktp, "3171012902960001", Ok("3171012902960001")),
            (Ktp, "3171012902950001", Err(NikBirthDate)),
            (Ktp, "3171013002960001", Err(NikBirthDate)),
            (Ktp, "3171011708450000", Err(NikSerial)),
            (Sim, "850712345678", Ok("850712345678")),
            (Sim, "1234-5678-901234", Ok("12345678901234")),
            (Sim, "3171011708450001", Ok("3171011708450001")),
            (Sim, "3515143202680001", Err(NikBirthDate)),
            (Sim, "1234567890123", Err(SimLength)),
            (Sim, "85071234567A", Err(SimLength)),
            (Passport, "a1234567", Ok("A1234567")),
            (Passport, "AB 1234567", Ok("AB1234567")),
            (Passport, "X12345", Ok("X12345")),
            (Passport, "X1234", Err(PassportForm)),
            (Passport, "AB12345678", Err(PassportForm)),
            (Passport, "Ä1234567", Err(PassportForm)),
            (Passport, "A12345<6", Err(PassportForm)),
            (StudentCard, "2106", Ok("2106")),
            (StudentCard, "if/2021-06.751", Ok("IF202106751")),
            (StudentCard, "210", Err(StudentCardForm)),
            (StudentCard, "123456789012345678901", Err(StudentCardForm)),
            (StudentCard, "21'; DROP", Err(StudentCardForm)),
        ] {
            let number = IdentityNumber::parse(kind, typed);
            let shown = number
                .as_ref()
                .map(IdentityNumber::reveal)
                .map_err(|error| *error);
            assert_eq!(shown, expected, "{} {typed:?}", kind.name());
        }
    }

    #[test]
    fn only_the_end_is_shown() {
        for (kind, typed, masked) in [
            (Ktp, "3171011708450001", "************0001"),
            (Sim, "850712345678", "*********678"),
            (Passport, "A1234567", "******67"),
            (StudentCard, "2106", "***6"),
        ] {
            let number = IdentityNumber::parse(kind, typed).expect("valid");
            assert_eq!(number.masked(), masked);
            assert_eq!(
                format!("{number:?}"),
                format!("IdentityNumber({} {masked})", kind.name())
            );
        }
    }

    #[test]
    fn names_are_stable() {
        for (kind, name) in
            IdentityKind::ALL
                .into_iter()
                .zip(["ktp", "sim", "student_card", "passport"])
        {
            assert_eq!(kind.name(), name);
            assert_eq!(IdentityKind::from_name(name), Some(kind));
            assert_eq!(
                serde_json::to_string(&kind).expect("json"),
                format!("\"{name}\"")
            );
        }
        assert_eq!(IdentityKind::from_name("KTP"), None);
    }

    #[test]
    fn errors_say_what_to_do_in_one_sentence() {
        let errors = [
            NikLength,
            NikProvince,
            NikBirthDate,
            NikSerial,
            SimLength,
            StudentCardForm,
            PassportForm,
        ];
        let codes: std::collections::BTreeSet<_> =
            errors.iter().map(|error| error.code()).collect();
        assert_eq!(codes.len(), errors.len());
        for error in errors {
            let text = error.to_string();
            assert!(
                text.starts_with("Enter") || text.starts_with("Check"),
                "{text}"
            );
            assert_eq!(text.matches(". ").count(), 0, "one sentence: {text}");
        }
    }
}
