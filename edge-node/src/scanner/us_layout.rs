//! The American keyboard, as scanners speak it unless somebody set them to another country.
//!
//! Codes are the kernel's (`input-event-codes.h`): the place of a key, not what is printed on it. A scanner that is set to
//! another country presses other keys, and then its codes come out damaged: the signature says so, nobody guesses.

/// Places of keys that type no character.
pub mod place {
    /// Return.
    pub const ENTER: u16 = 28;
    /// Return among the digits.
    pub const KEYPAD_ENTER: u16 = 96;
    /// Tabulator.
    pub const TAB: u16 = 15;
    /// Arrow down.
    pub const DOWN: u16 = 108;
    /// Both shift keys.
    pub const SHIFTS: [u16; 2] = [42, 54];
    /// Both control keys.
    pub const CONTROLS: [u16; 2] = [29, 97];
    /// Both alternate keys.
    pub const ALTERNATES: [u16; 2] = [56, 100];
}

/// Rows of keys: the place of the first, the characters without shift, and with it.
const ROWS: [(u16, &str, &str); 7] = [
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (55, "*", "*"),
];

/// The character of a key; `None` for keys that type none.
#[must_use]
pub fn character(code: u16, is_shifted: bool) -> Option<char> {
    if code == 98 {
        return Some('/');
    }
    ROWS.iter().find_map(|(first, plain, shifted)| {
        let at = usize::from(code.checked_sub(*first)?);
        let row = if is_shifted { shifted } else { plain };
        row.chars().nth(at)
    })
}

/// The key of a character, and whether shift goes with it: the other direction, for whoever plays a scanner.
#[must_use]
pub fn key(character: char) -> Option<(u16, bool)> {
    let find = |row: &str| row.chars().position(|c| c == character);
    ROWS.iter().find_map(|(first, plain, shifted)| {
        let (at, is_shifted) = match find(plain) {
            Some(at) => (at, false),
            None => (find(shifted)?, true),
        };
        Some((first + u16::try_from(at).ok()?, is_shifted))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_character_has_a_key_that_types_it() {
        for byte in b' '..=b'~' {
            let wanted = char::from(byte);
            let (code, is_shifted) = key(wanted).unwrap_or_else(|| panic!("no key for {wanted:?}"));
            assert_eq!(character(code, is_shifted), Some(wanted));
        }
    }

    #[test]
    fn keys_that_type_nothing() {
        for code in [
            1,
            14,
            place::ENTER,
            place::TAB,
            place::DOWN,
            42,
            58,
            59,
            88,
            200,
            u16::MAX,
        ] {
            assert_eq!(character(code, false), None, "{code}");
        }
    }
}
