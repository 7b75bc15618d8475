//! Tests of the index: who is found by what, in which order, and how it follows what central changes.

use proptest::prelude::*;

use super::*;

fn key() -> IndexKey {
    IndexKey::new(&[9; 32])
}

fn row(id: u128, revision: Revision, name: &str) -> SealedName {
    let ticket = TicketId::from_u128(id);
    SealedName {
        ticket,
        status: TicketStatus::Valid,
        revision,
        sealed: key().seal_name(ticket, name),
    }
}

fn index(names: &[&str]) -> NameIndex {
    let mut index = NameIndex::new(key());
    for (id, name) in (1..).zip(names) {
        index.take(&row(id, 1, name));
    }
    index
}

fn ids(index: &NameIndex, question: &str) -> Vec<u128> {
    let found = index.find(question, 10);
    found.iter().map(|id| id.0.as_u128()).collect()
}

#[test]
fn the_closest_comes_first() {
    let index = index(&[
        "Anastasia Putri",       // 1
        "Putri Ana",             // 2
        "Ana Maria Putri Ayu",   // 3
        "Johana Putra",          // 4
        "Budi Santoso",          // 5
        "Müller-Łukasz O'Brien", // 6
    ]);
    assert_eq!(
        ids(&index, "ana"),
        [2, 3, 1, 4],
        "word, word, beginning, inside"
    );
    assert_eq!(ids(&index, "ana putri"), [2, 3, 1]);
    assert_eq!(ids(&index, "PUTRI   ANA"), [2, 3, 1]);
    assert_eq!(ids(&index, "putr"), [2, 4, 1, 3], "the shorter name first");
    assert_eq!(ids(&index, "muller"), [6]);
    assert_eq!(ids(&index, "łuk obrien"), [6]);
    assert_eq!(ids(&index, "oso"), [5]);
    assert_eq!(index.find("ana", 1), [TicketId::from_u128(2)]);
    for nobody in ["", " ", "-", "siti", "ana budi", "santosobudi", "\n"] {
        assert_eq!(ids(&index, nobody), [0; 0], "{nobody:?}");
    }
}

#[test]
fn several_tickets_of_one_name_are_all_found() {
    let index = index(&["Siti Siti Siti", "Budi", "siti", "SITI"]);
    assert_eq!(ids(&index, "siti"), [3, 4, 1]);
}

#[test]
fn it_follows_what_central_changes() {
    let mut index = index(&["Siti Rahma", "Siti Rahma"]);
    index.take(&SealedName {
        status: TicketStatus::Transferred,
        ..row(1, 2, "Siti Rahma")
    });
    assert_eq!(
        ids(&index, "siti"),
        [2, 1],
        "who stands comes before who is gone"
    );
    let empty = |id| SealedName {
        sealed: Vec::new(),
        ..row(id, 3, "")
    };
    index.take(&empty(2));
    index.take(&empty(7));
    assert_eq!(ids(&index, "siti"), [1]);
    index.take(&row(2, 4, "Siti Rahma"));
    assert_eq!(ids(&index, "siti"), [2, 1], "once, though it came twice");
    assert_eq!((index.len(), index.unopened()), (2, 0));
    index.take(&SealedName {
        sealed: vec![7; 40],
        ..row(9, 5, "")
    });
    assert_eq!((index.len(), index.unopened()), (2, 1));
    index.clear();
    assert_eq!(ids(&index, "siti"), [0; 0]);
}

#[test]
fn the_text_moves_and_stays_whole() {
    let long = "Maximiliana ".repeat(60);
    let names: Vec<_> = (0..40).map(|n| format!("{long} Gast{n}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let index = index(&names);
    assert!(index.text.0.len() > 4_096 * 4);
    for n in [0, 7, 39] {
        assert_eq!(ids(&index, &format!("gast{n}"))[0], n + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_name_is_found_by_each_of_its_words(
        names in prop::collection::vec("[\\PC]{0,12}( [\\PC]{1,8}){0,3}", 1..12),
    ) {
        let borrowed: Vec<_> = names.iter().map(String::as_str).collect();
        let index = index(&borrowed);
        for (id, name) in (1..).zip(&names) {
            let mut folded = String::new();
            for word in name.split_whitespace() {
                folded.clear();
                fold(word, |c| folded.push(c));
                if folded.is_empty() {
                    continue;
                }
                let found = index.find(word, names.len());
                prop_assert!(found.contains(&TicketId::from_u128(id)), "{name:?} by {word:?}");
            }
        }
    }
}
