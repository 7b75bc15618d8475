//! A hand that plays a scanner, and the texts that come of it.

use proptest::prelude::*;
use sync_protocol::scanner_text::{MAX_LEN, clean, find_code};

use super::{
    Keys,
    Motion::{self, Down, Held, Up},
};
use crate::scanner::us_layout::{key, place};

const CODE: &str = include_str!("../../../sync-protocol/vectors/ticket-code-v1.txt");
/// A scanner's pace.
const STEP_MS: u64 = 8;

type Stroke = (u16, Motion, u64);

/// Plays a scanner.
#[derive(Default)]
struct Hand {
    strokes: Vec<Stroke>,
    now_ms: u64,
}

impl Hand {
    fn stroke(mut self, code: u16, motion: Motion) -> Self {
        self.strokes.push((code, motion, self.now_ms));
        self
    }

    fn press(mut self, code: u16) -> Self {
        self.now_ms += STEP_MS;
        self.stroke(code, Down).stroke(code, Up)
    }

    fn types(self, text: &str) -> Self {
        text.chars().fold(self, |hand, character| {
            match key(character).expect("a key") {
                (code, false) => hand.press(code),
                (code, true) => hand.stroke(42, Down).press(code).stroke(42, Up),
            }
        })
    }

    fn waits(mut self, ms: u64) -> Self {
        self.now_ms += ms;
        self
    }

    /// What was assembled, with the silence at the end.
    fn texts(self) -> Vec<String> {
        let mut keys = Keys::default();
        let take = |(code, motion, at)| keys.take(code, motion, at);
        let mut texts: Vec<_> = self.strokes.into_iter().filter_map(take).collect();
        texts.extend(keys.silence());
        texts
    }
}

fn hand() -> Hand {
    Hand::default()
}

fn code() -> &'static str {
    CODE.trim()
}

fn read(text: &str) -> Option<String> {
    find_code(&clean(text)).map(|code| code.to_text())
}

#[test]
fn case_12_a_code_as_scanners_type_it() {
    let code = code();
    let lower = code.to_lowercase();
    for (name, hand, texts) in [
        ("Enter", hand().types(code).press(place::ENTER), 1),
        (
            "Enter of the digits",
            hand().types(code).press(place::KEYPAD_ENTER),
            1,
        ),
        ("Tab", hand().types(code).press(place::TAB), 1),
        ("Arrow down", hand().types(code).press(place::DOWN), 1),
        ("no end", hand().types(code), 1),
        ("lower case", hand().types(&lower).press(place::ENTER), 1),
        (
            "AIM prefix",
            hand().types("]Q1").types(code).press(place::ENTER),
            1,
        ),
        (
            "doubled without an end",
            hand().types(code).types(code).press(place::ENTER),
            1,
        ),
        (
            "doubled",
            hand().types(code).press(28).types(code).press(28),
            2,
        ),
        (
            "two ends",
            hand().types(code).press(28).press(place::TAB),
            1,
        ),
        (
            "a stray key just before it",
            hand().types("x").types(code).press(28),
            1,
        ),
        (
            "a stray key long before it",
            hand().types("x").waits(5_000).types(code).press(28),
            1,
        ),
        (
            "a key that types nothing",
            hand().press(59).types(code).press(28),
            1,
        ),
        (
            "Ctrl+M",
            hand().types(code).stroke(29, Down).press(50).stroke(29, Up),
            1,
        ),
        (
            "two at once, only a silence between",
            hand().types(code).waits(1_200).types(code),
            2,
        ),
    ] {
        let found = hand.texts();
        assert_eq!(found.len(), texts, "{name}: {found:?}");
        assert!(
            found.iter().all(|text| read(text).as_deref() == Some(code)),
            "{name}: {found:?}"
        );
    }
}

/// What looks like a code still is another one, and its signature does not fit.
#[test]
fn case_12_damage_stays_damage() {
    let (code, half) = (code(), &code()[..100]);
    for (name, hand) in [
        ("truncated", hand().types(half).press(place::ENTER)),
        ("truncated, no end", hand().types(half)),
        (
            "a scanner set to German keys",
            hand().types(&swapped(code, 'Y', 'Z')).press(28),
        ),
        (
            "a scanner set to French keys",
            hand().types(&swapped(code, 'A', 'Q')).press(28),
        ),
        (
            "a pause inside",
            hand()
                .types(half)
                .waits(1_500)
                .types(&code[100..])
                .press(28),
        ),
    ] {
        let found = hand.texts();
        assert!(!found.is_empty(), "{name}: the operator must see a refusal");
        assert!(
            found.iter().all(|text| read(text).as_deref() != Some(code)),
            "{name}: {found:?}"
        );
    }
}

fn swapped(text: &str, one: char, other: char) -> String {
    let swap = |c| match c {
        c if c == one => other,
        c if c == other => one,
        c => c,
    };
    text.chars().map(swap).collect()
}

#[test]
fn strays_and_stuck_keys_are_no_texts() {
    let stuck = (0..50).fold(hand().stroke(30, Down), |hand, _| {
        hand.waits(30).stroke(30, Held)
    });
    for (name, hand) in [
        ("nothing", hand()),
        ("ends alone", hand().press(place::ENTER).press(place::TAB)),
        (
            "a sleeve",
            hand().types("x").waits(2_000).types("qw").waits(2_000),
        ),
        ("a stuck key", stuck.stroke(30, Up)),
        ("blanks", hand().types("      ").press(place::ENTER)),
    ] {
        assert_eq!(hand.texts(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn shift_belongs_to_the_keys_that_it_was_down_for() {
    let both = hand()
        .stroke(42, Down)
        .stroke(54, Down)
        .press(30)
        .stroke(42, Up)
        .press(48);
    let typed = both.stroke(54, Up).press(46).press(place::ENTER);
    assert_eq!(typed.texts(), ["ABc"]);
}

#[test]
fn a_character_by_its_number() {
    let alt = |hand: Hand, digits: &str| hand.stroke(56, Down).types(digits).stroke(56, Up);
    let typed = alt(alt(alt(hand(), "71"), "0066"), "052").press(place::ENTER);
    assert_eq!(typed.texts(), ["GB4"]);
}

#[test]
fn how_long_a_silence_ends_a_text_is_learned() {
    let code = code();
    let ends = |hand: Hand| hand.types(code).press(place::ENTER);
    let paused = ends(hand()).waits(50).types(&code[..70]).waits(1_500);
    let paused = paused.types(&code[70..]).press(place::ENTER);
    assert_eq!(
        paused.texts(),
        [code, code],
        "a scanner that ends with Enter may pause"
    );
    let quick = hand()
        .types(code)
        .waits(1_200)
        .types(code)
        .waits(300)
        .types(code);
    assert_eq!(
        quick.texts(),
        [code; 3],
        "one that does not is waited for briefly"
    );
}

#[test]
fn after_lost_keys_shift_is_not_stuck() {
    let mut keys = Keys::default();
    keys.take(42, Down, 0);
    keys.lose_track();
    keys.take(30, Down, 1);
    assert_eq!(keys.take(place::ENTER, Down, 2).as_deref(), Some("a"));
}

#[test]
fn an_endless_text_is_bounded_and_the_next_one_is_whole() {
    let endless = "A".repeat(100_000);
    let found = hand()
        .types(&endless)
        .press(28)
        .types(code())
        .press(28)
        .texts();
    assert_eq!(
        found[0].len(),
        MAX_LEN + 1,
        "longer than any code, so it is refused"
    );
    assert_eq!(found[1], code());
}

proptest! {
    #[test]
    fn whatever_is_pressed_texts_are_bounded(strokes in prop::collection::vec((0u16..600, 0u8..3, 0u64..3_000), 0..500)) {
        let mut keys = Keys::default();
        let mut now = 0;
        for (code, motion, after) in strokes {
            now += after;
            let motion = [Down, Up, Held][usize::from(motion)];
            if let Some(text) = keys.take(code, motion, now) {
                prop_assert!(!text.trim().is_empty() && text.len() <= MAX_LEN + 4);
            }
        }
    }
}
