//! Tests of the search's seals: who opens what, and what a hostile lock may not ask for.

use proptest::prelude::*;

use super::*;

const EVENT: EventId = EventId::from_u128(1);

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text).expect("a passphrase")
}

fn locked() -> SearchLock {
    let key = IndexKey::new(&[7; 32]);
    lock(
        EVENT,
        &key,
        &phrase("kopi tubruk pagi"),
        [3; 16],
        Cost::LEAST,
    )
    .expect("a lock")
}

fn refusal(event: EventId, lock: &SearchLock, typed: &str) -> SearchError {
    unlock(event, lock, &phrase(typed)).expect_err("it does not open")
}

#[test]
fn a_lock_opens_with_its_passphrase_alone() {
    let lock = locked();
    let key = unlock(EVENT, &lock, &phrase("  kopi tubruk pagi\n")).expect("it opens");
    assert_eq!(key.as_bytes(), &[7; 32]);
    for typed in ["kopi tubruk page", "Kopi tubruk pagi", "kopi", "x"] {
        let refused = refusal(EVENT, &lock, typed);
        assert_eq!(refused.code(), "wrong_passphrase", "{typed}");
    }
    let other = EventId::from_u128(2);
    let refused = refusal(other, &lock, "kopi tubruk pagi");
    assert_eq!(refused, SearchError::WrongPassphrase, "of another event");
}

#[test]
fn the_same_letters_open_it_however_they_were_composed() {
    let key = IndexKey::new(&[7; 32]);
    let composed = phrase("caf\u{e9} di s\u{fc}den");
    let lock = lock(EVENT, &key, &composed, [3; 16], Cost::LEAST).expect("a lock");
    let typed = phrase("cafe\u{301} di su\u{308}den");
    assert!(unlock(EVENT, &lock, &typed).is_ok());
}

#[test]
fn another_passphrase_is_another_lock_on_the_same_key() {
    let key = unlock(EVENT, &locked(), &phrase("kopi tubruk pagi")).expect("it opens");
    let next = phrase("teh tarik malam");
    let changed = lock(EVENT, &key, &next, [4; 16], Cost::LEAST).expect("a lock");
    let again = unlock(EVENT, &changed, &next).expect("it opens");
    assert_eq!(again.as_bytes(), key.as_bytes());
    let refused = refusal(EVENT, &changed, "kopi tubruk pagi");
    assert_eq!(refused, SearchError::WrongPassphrase);
}

#[test]
fn an_altered_lock_does_not_open() {
    let good = locked();
    let flipped = |at: usize| {
        let mut lock = good.clone();
        lock.sealed_key[at] ^= 1;
        lock
    };
    let mut altered: Vec<_> = (0..good.sealed_key.len())
        .step_by(15)
        .map(flipped)
        .collect();
    altered.push(SearchLock {
        salt: [4; 16],
        ..good.clone()
    });
    altered.push(SearchLock {
        rounds: 2,
        ..good.clone()
    });
    altered.push(SearchLock {
        memory_kib: 8_193,
        ..good.clone()
    });
    for sealed_key in [vec![], vec![1; 10], vec![1; 48], vec![1; 4_000]] {
        altered.push(SearchLock {
            sealed_key,
            ..good.clone()
        });
    }
    for lock in altered {
        let refused = refusal(EVENT, &lock, "kopi tubruk pagi");
        assert_eq!(refused, SearchError::WrongPassphrase, "{lock:?}");
    }
}

/// These would take a terabyte, or a year: each is answered at once, because nothing is begun.
#[test]
fn a_hostile_lock_costs_nothing() {
    for (memory_kib, rounds) in [
        (u32::MAX, 1),
        (u32::MAX, u32::MAX),
        (262_145, 1),
        (8_192, 13),
        (8_192, u32::MAX),
        (8_192, 0),
        (8_191, 1),
        (0, 0),
    ] {
        let lock = SearchLock {
            memory_kib,
            rounds,
            ..locked()
        };
        let refused = refusal(EVENT, &lock, "kopi tubruk pagi");
        assert_eq!(refused, SearchError::Cost { memory_kib, rounds });
    }
}

#[test]
fn a_passphrase_has_a_length_and_is_never_printed() {
    for typed in ["", "  \n ", &"x".repeat(MAX_PASSPHRASE + 1)] {
        let refused = Passphrase::new(typed).expect_err("no passphrase");
        assert_eq!(refused.code(), "passphrase_length");
    }
    assert!(!phrase("elevenchars").is_long());
    assert!(phrase("twelve chars").is_long());
    let shown = format!("{:?} {:?}", phrase("kopi tubruk"), IndexKey::new(&[7; 32]));
    assert_eq!(shown, "Passphrase(…) IndexKey(…)");
    let longest = "\u{fdfa}".repeat(MAX_PASSPHRASE / 3);
    let text = phrase(&longest).0;
    assert!(text.len() <= 18 * longest.len(), "{}", text.len());
}

proptest! {
    #[test]
    fn a_name_opens_for_its_ticket_under_its_key_alone(name in ".{0,60}", id: u128, other: u128) {
        let (ticket, key) = (TicketId::from_u128(id), IndexKey::new(&[7; 32]));
        let sealed = key.seal_name(ticket, &name);
        prop_assert_eq!(sealed.len(), name.len() + 16);
        let open = key.open_name(ticket, &sealed).expect("it opens");
        prop_assert_eq!(open.as_str(), name.as_str());
        prop_assume!(id != other);
        let elsewhere = key.open_name(TicketId::from_u128(other), &sealed);
        prop_assert_eq!(elsewhere.err(), Some(SearchError::Name));
        let foreign = IndexKey::new(&[8; 32]).open_name(ticket, &sealed);
        prop_assert_eq!(foreign.err(), Some(SearchError::Name));
        let spoilt = key.open_name(ticket, &sealed[1..]);
        prop_assert_eq!(spoilt.err(), Some(SearchError::Name));
    }
}
