//! The ticket number printed under the QR, for typing by hand: `K7QF-2M9X-04TD`.
//!
//! Eleven random characters (55 bits) and one check character, in Crockford's alphabet, which has no
//! I, L, O or U; those that people type anyway are read as 1, 1 and 0. The check is a weighted sum over
//! GF(32): every single wrong character and every swap of neighbours changes it (acceptance case 34).
//! A number names a ticket but proves nothing: the signature in the code does that.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA_CHARS: u32 = 11;

/// A ticket number: 55 bits, unique within central.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct TicketNumber(#[n(0)] u64);

/// Why a typed text is no ticket number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not twelve characters once hyphens and spaces are gone.
    #[error("a ticket number has 12 characters")]
    Length,
    /// A character that is not in the alphabet.
    #[error("a ticket number has only digits and letters, without U")]
    Character,
    /// Every character is possible, but one of them is wrong.
    #[error("one character is wrong: compare with the ticket and type it again")]
    Check,
}

impl TicketNumber {
    /// How many numbers there are: 2 to the 55th.
    pub const SPACE: u64 = 1 << 55;

    /// The number with this value; bits above the 55th are dropped.
    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self(value % Self::SPACE)
    }

    /// The value, below [`Self::SPACE`].
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    /// Reads a typed number: any case, hyphens and spaces anywhere.
    ///
    /// # Errors
    /// [`NumberError`] says which rule was broken, in words for the person who typed.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let symbols: Vec<u8> = text
            .chars()
            .filter(|c| !matches!(c, '-' | ' '))
            .map(symbol)
            .collect::<Option<_>>()
            .ok_or(NumberError::Character)?;
        let (check, data) = symbols.split_last().ok_or(NumberError::Length)?;
        if symbols.len() != 12 {
            return Err(NumberError::Length);
        }
        let value = data.iter().fold(0, |value, s| value << 5 | u64::from(*s));
        if check_symbol(value) == *check {
            Ok(Self(value))
        } else {
            Err(NumberError::Check)
        }
    }
}

impl std::fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for place in 0..DATA_CHARS {
            if place == 4 || place == 8 {
                f.write_str("-")?;
            }
            write!(
                f,
                "{}",
                char::from(ALPHABET[usize::from(data_symbol(self.0, place))])
            )?;
        }
        write!(
            f,
            "{}",
            char::from(ALPHABET[usize::from(check_symbol(self.0))])
        )
    }
}

impl std::fmt::Debug for TicketNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TicketNumber({self})")
    }
}

fn symbol(c: char) -> Option<u8> {
    let upper = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET
        .iter()
        .position(|a| char::from(*a) == upper)
        .and_then(|p| u8::try_from(p).ok())
}

/// The five bits at `place`, counted from the left.
fn data_symbol(value: u64, place: u32) -> u8 {
    (value >> (5 * (DATA_CHARS - 1 - place))).to_le_bytes()[0] & 31
}

/// Sum of symbol × 2^(place+1) over GF(32): the weights are distinct powers of a generator.
fn check_symbol(value: u64) -> u8 {
    (0..DATA_CHARS).fold(0, |sum, place| {
        sum ^ (0..=place).fold(data_symbol(value, place), |s, _| double(s))
    })
}

/// Multiplies by the generator 2 of GF(32) with x⁵ + x² + 1.
fn double(symbol: u8) -> u8 {
    let shifted = symbol << 1;
    if shifted & 32 == 0 {
        shifted
    } else {
        shifted ^ 0b10_0101
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type() {
        let number = TicketNumber::new(0x0012_3456_789A_BCDE);
        let text = number.to_string();
        assert_eq!(text.len(), 14);
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', " "),
        ] {
            assert_eq!(TicketNumber::parse(&typed), Ok(number), "{typed}");
        }
        assert_eq!(
            TicketNumber::parse("OOOO-OOOO-OOOO"),
            TicketNumber::parse("000000000000")
        );
        assert_eq!(TicketNumber::parse("ABC"), Err(NumberError::Length));
        assert_eq!(TicketNumber::parse(""), Err(NumberError::Length));
        assert_eq!(
            TicketNumber::parse("0000-0000-000U"),
            Err(NumberError::Character)
        );
    }

    proptest! {
        #[test]
        fn round_trips(value in 0..TicketNumber::SPACE) {
            let number = TicketNumber::new(value);
            prop_assert_eq!(TicketNumber::parse(&number.to_string()), Ok(number));
        }

        #[test]
        fn case_34_one_wrong_character_is_caught(value in 0..TicketNumber::SPACE, place in 0usize..12, other in 0usize..32) {
            let mut text: Vec<u8> = TicketNumber::new(value).to_string().replace('-', "").into_bytes();
            prop_assume!(text[place] != ALPHABET[other]);
            text[place] = ALPHABET[other];
            let typed = String::from_utf8(text).expect("ascii");
            prop_assert_eq!(TicketNumber::parse(&typed), Err(NumberError::Check));
        }

        #[test]
        fn swapped_neighbours_are_caught(value in 0..TicketNumber::SPACE, place in 0usize..11) {
            let mut text: Vec<u8> = TicketNumber::new(value).to_string().replace('-', "").into_bytes();
            prop_assume!(text[place] != text[place + 1]);
            text.swap(place, place + 1);
            let typed = String::from_utf8(text).expect("ascii");
            prop_assert_eq!(TicketNumber::parse(&typed), Err(NumberError::Check));
        }
    }
}
