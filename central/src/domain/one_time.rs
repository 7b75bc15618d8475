//! Passwords and codes that central makes for people to read and type: 32 letters without look-alikes.
//!
//! Pure: randomness is given. What is typed is understood however it is written: [`read`] takes capitals, blanks and
//! hyphens away and reads O as 0, I and L as 1.

const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const GROUP: usize = 5;

/// Random bytes of a one-time password: 100 bits.
pub const PASSWORD: usize = 20;
/// Random bytes of a recovery code: 50 bits, and guesses are counted.
pub const RECOVERY: usize = 10;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;

/// The text, in groups of five.
#[must_use]
pub fn text(random: &[u8]) -> String {
    let letters: Vec<char> = random
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    let groups: Vec<String> = letters.chunks(GROUP).map(String::from_iter).collect();
    groups.join("-")
}

/// What was typed, as [`text`] writes it but for the hyphens.
#[must_use]
pub fn read(typed: &str) -> String {
    let letters = typed
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .take(64)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_however_they_are_typed() {
        let made = text(&[0, 31, 1, 10, 17, 255, 32, 2, 3, 4]);
        assert_eq!(made, "0z1ah-z0234");
        assert_eq!(read(&made), "0z1ahz0234");
        assert_eq!(read(" OZ I AH zo234"), "0z1ahz0234");
    }
}
