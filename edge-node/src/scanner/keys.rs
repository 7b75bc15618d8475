//! Keys that go down and up → texts: a scanner that pretends to be a keyboard.
//!
//! A text ends with Enter, Tab or Arrow down, or with a silence: scanners type a key every few milliseconds, so what
//! stands there after one is whole as far as it will ever be. How long it must be is learned from how the last text
//! ended. A key or two before a silence are strays, hit by a sleeve, and forgotten. Keys that repeat because they are stuck count once.
//!
//! Besides plain keys it knows what scanners do to be independent of a keyboard's country: Ctrl with a letter for control
//! characters, and Alt with digits for a character's number. Pure: the reader gives each key its time.

use super::{
    text::Text,
    us_layout::{self, place},
};

/// Shortest text that a silence ends; below it, keys were strays.
const LEAST_WITHOUT_END: usize = 4;
/// How long a silence ends a text: of a scanner that typed nothing yet, of one that ends its texts with a key, and of one
/// that does not. The second may pause, because the machine is busy; the third lets somebody wait each time.
const PATIENCE_MS: [u64; 3] = [1_000, 2_000, 250];

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// It went down.
    Down,
    /// It went up.
    Up,
    /// It is still down.
    Held,
}

/// The text that is being typed.
#[derive(Debug)]
pub struct Keys {
    text: Text,
    /// Modifiers that are down, each of the pair.
    shifts: [bool; 2],
    controls: [bool; 2],
    alternates: [bool; 2],
    /// The digits that were typed while Alt is down.
    number: Option<u32>,
    last_ms: u64,
    patience_ms: u64,
}

impl Default for Keys {
    /// Nothing typed yet.
    fn default() -> Self {
        Self {
            text: Text::default(),
            shifts: [false; 2],
            controls: [false; 2],
            alternates: [false; 2],
            number: None,
            last_ms: 0,
            patience_ms: PATIENCE_MS[0],
        }
    }
}

impl Keys {
    /// Takes in a key; gives the text that it, or the silence before it, ended.
    pub fn take(&mut self, code: u16, motion: Motion, at_ms: u64) -> Option<String> {
        if motion == Motion::Held || self.takes_modifier(code, motion) || motion == Motion::Up {
            return None;
        }
        let before = match at_ms.saturating_sub(self.last_ms) > self.patience_ms {
            true => self.silence(),
            false => None,
        };
        self.last_ms = at_ms;
        let ended = match self.is_end(code) {
            true => self.ended(1, PATIENCE_MS[1]),
            false => {
                self.type_key(code);
                None
            }
        };
        before.or(ended)
    }

    /// Nothing came for as long as one can wait: gives what stands there, if it is more than strays.
    pub fn silence(&mut self) -> Option<String> {
        self.ended(LEAST_WITHOUT_END, PATIENCE_MS[2])
    }

    /// How long a silence must be to end the text that is under way.
    #[must_use]
    pub const fn patience_ms(&self) -> u64 {
        self.patience_ms
    }

    /// The scanner will end its next text as it ended this one.
    fn ended(&mut self, least: usize, patience_ms: u64) -> Option<String> {
        let text = self.text.take(least)?;
        self.patience_ms = patience_ms;
        Some(text)
    }

    /// Whether a text is under way.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        !self.text.is_empty()
    }

    /// The system lost keys: nobody knows which of them are down.
    pub fn lose_track(&mut self) {
        (self.shifts, self.controls, self.alternates) = Default::default();
        self.number = None;
    }

    /// Notes shift, control and alternate; a character's number ends when the last Alt goes up.
    fn takes_modifier(&mut self, code: u16, motion: Motion) -> bool {
        let pairs = [
            (place::SHIFTS, &mut self.shifts),
            (place::CONTROLS, &mut self.controls),
            (place::ALTERNATES, &mut self.alternates),
        ];
        let mut is_modifier = false;
        for (places, are_down) in pairs {
            for (place, is_down) in places.into_iter().zip(are_down) {
                if place == code {
                    *is_down = motion == Motion::Down;
                    is_modifier = true;
                }
            }
        }
        if is_modifier
            && !has(self.alternates)
            && let Some(character) = self.number.take().and_then(char::from_u32)
        {
            self.text.push(character);
        }
        is_modifier
    }

    fn is_end(&self, code: u16) -> bool {
        match code {
            place::ENTER | place::KEYPAD_ENTER | place::TAB | place::DOWN => true,
            // Ctrl+I, Ctrl+J and Ctrl+M are tabulator, line feed and carriage return.
            _ => {
                has(self.controls)
                    && matches!(us_layout::character(code, false), Some('i' | 'j' | 'm'))
            }
        }
    }

    fn type_key(&mut self, code: u16) {
        let character = us_layout::character(code, has(self.shifts));
        if has(self.alternates) {
            // Four digits at most, as on the keyboards that have this.
            let digit = character.and_then(|c| c.to_digit(10));
            let number = self.number.unwrap_or(0);
            self.number = digit
                .filter(|_| number < 1_000)
                .map(|digit| number * 10 + digit);
        } else if let Some(character) = character.filter(|_| !has(self.controls)) {
            self.text.push(character);
        }
    }
}

const fn has(are_down: [bool; 2]) -> bool {
    are_down[0] || are_down[1]
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
