//! Money: whole minor units of one currency, and how an amount is written.
//!
//! Invariant: amounts of different currencies never meet, and no sum wraps; both are errors.
//! Minor units are ours: the rupiah counts whole rupiah (exponent 0), as Midtrans does. Providers that
//! count otherwise (Stripe: IDR x100) convert in their own adapter.
//! Used by orders, payments, pages and documents. There is no division and no rounding here: a discount
//! or tax rule rounds where the rule is written.

use std::fmt;

use documents::Language;

/// No-break space: an amount is never torn from its currency.
const GAP: char = '\u{A0}';

/// A currency we sell in. A new one is a variant and a row in `Currency::row`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Currency {
    /// Indonesian rupiah.
    Idr,
    /// Kenyan shilling.
    Kes,
}

/// What the table knows of a currency.
struct Row {
    code: &'static str,
    exponent: u32,
    /// How English and Indonesian readers see it named.
    english: &'static str,
    indonesian: &'static str,
}

impl Currency {
    /// Every currency there is.
    pub const ALL: [Self; 2] = [Self::Idr, Self::Kes];

    fn row(self) -> Row {
        match self {
            Self::Idr => Row {
                code: "IDR",
                exponent: 0,
                english: "IDR",
                indonesian: "Rp",
            },
            Self::Kes => Row {
                code: "KES",
                exponent: 2,
                english: "Ksh",
                indonesian: "KES",
            },
        }
    }

    /// ISO 4217 code, as stored and sent.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// Decimal places between our minor unit and the unit people speak of.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.row().exponent
    }

    /// The currency with this ISO 4217 code, in capitals.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|currency| currency.code() == code)
    }
}

/// An amount; negative for discounts and what is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units of `currency`.
    pub minor: i64,
    /// What they are units of.
    pub currency: Currency,
}

/// A sum that cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    TooLarge,
    /// Two currencies met.
    #[error("amounts in {0} and {1} cannot be added")]
    MixedCurrencies(&'static str, &'static str),
}

impl MoneyError {
    /// Stable name for logs and answers.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "amount_too_large",
            Self::MixedCurrencies(..) => "mixed_currencies",
        }
    }
}

impl Money {
    /// `minor` units of `currency`.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Both together.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the sum is too large.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.minor.checked_add(other.minor))
    }

    /// What is left after taking `other` away; may be negative.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the difference is too large.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.with(self.minor.checked_sub(other.minor))
    }

    /// The price of `quantity` pieces.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        self.with(self.minor.checked_mul(i64::from(quantity)))
    }

    /// All together; zero of `currency` when there are none.
    ///
    /// # Errors
    /// [`MoneyError`] as for [`Money::plus`].
    pub fn sum(
        currency: Currency,
        parts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The amount as a reader of `language` expects it: `Rp 1.234.567`, `IDR 1,234,567`.
    #[must_use]
    pub fn text(self, language: Language) -> String {
        let row = self.currency.row();
        let (name, group, point) = match language {
            Language::English => (row.english, ',', '.'),
            Language::Indonesian => (row.indonesian, '.', ','),
        };
        let sign = if self.minor < 0 { "-" } else { "" };
        let unit = 10_u64.pow(row.exponent);
        let (whole, part) = (
            self.minor.unsigned_abs() / unit,
            self.minor.unsigned_abs() % unit,
        );
        let mut text = format!("{sign}{name}{GAP}{}", grouped(whole, group));
        if row.exponent > 0 {
            let width = row.exponent as usize;
            text.push_str(&format!("{point}{part:0width$}"));
        }
        text
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::MixedCurrencies(
            self.currency.code(),
            other.currency.code(),
        ))
    }

    fn with(self, minor: Option<i64>) -> Result<Self, MoneyError> {
        let minor = minor.ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, ..self })
    }
}

/// As most buyers read it: in Indonesian.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::Indonesian))
    }
}

/// Thousands apart: `1.234.567`.
fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idr(minor: i64) -> Money {
        Money::new(minor, Currency::Idr)
    }

    #[test]
    fn amounts_read_as_cldr_writes_them() {
        for (money, indonesian, english) in [
            (idr(1_234_567), "Rp\u{A0}1.234.567", "IDR\u{A0}1,234,567"),
            (idr(0), "Rp\u{A0}0", "IDR\u{A0}0"),
            (idr(999), "Rp\u{A0}999", "IDR\u{A0}999"),
            (idr(1_000), "Rp\u{A0}1.000", "IDR\u{A0}1,000"),
            (idr(-50_000), "-Rp\u{A0}50.000", "-IDR\u{A0}50,000"),
            (
                idr(i64::MIN),
                "-Rp\u{A0}9.223.372.036.854.775.808",
                "-IDR\u{A0}9,223,372,036,854,775,808",
            ),
            (
                Money::new(123_456_700, Currency::Kes),
                "KES\u{A0}1.234.567,00",
                "Ksh\u{A0}1,234,567.00",
            ),
            (
                Money::new(-5, Currency::Kes),
                "-KES\u{A0}0,05",
                "-Ksh\u{A0}0.05",
            ),
        ] {
            assert_eq!(money.text(Language::Indonesian), indonesian);
            assert_eq!(money.text(Language::English), english);
            assert_eq!(money.to_string(), indonesian);
        }
    }

    #[test]
    fn sums_are_checked() {
        let kes = Money::new(1, Currency::Kes);
        let mixed = MoneyError::MixedCurrencies("IDR", "KES");
        for (result, expected) in [
            (idr(2).plus(idr(3)), Ok(idr(5))),
            (idr(2).minus(idr(3)), Ok(idr(-1))),
            (idr(150_000).times(3), Ok(idr(450_000))),
            (idr(150_000).times(0), Ok(idr(0))),
            (idr(i64::MAX).plus(idr(1)), Err(MoneyError::TooLarge)),
            (idr(i64::MIN).minus(idr(1)), Err(MoneyError::TooLarge)),
            (idr(i64::MAX).times(2), Err(MoneyError::TooLarge)),
            (idr(1).plus(kes), Err(mixed)),
            (idr(1).minus(kes), Err(mixed)),
            (Money::sum(Currency::Idr, []), Ok(idr(0))),
            (
                Money::sum(Currency::Idr, [idr(100), idr(-30), idr(5)]),
                Ok(idr(75)),
            ),
            (Money::sum(Currency::Idr, [idr(100), kes]), Err(mixed)),
        ] {
            assert_eq!(result, expected);
        }
    }

    #[test]
    fn codes_lead_back_to_their_currency() {
        for currency in Currency::ALL {
            assert_eq!(Currency::from_code(currency.code()), Some(currency));
        }
        for unknown in ["idr", "ZZZ", ""] {
            assert_eq!(Currency::from_code(unknown), None);
        }
        assert_eq!((Currency::Idr.exponent(), Currency::Kes.exponent()), (0, 2));
    }
}
