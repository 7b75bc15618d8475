//! What the panel tells.

use std::sync::LazyLock;

use sync_protocol::{id::WristbandId, scan::ScanId, wire::v1::PassageChange};

use super::*;
use crate::{
    reason_text::Language,
    testing::{GATE_A, Gate, NODE_A, START, answer, passage_at_b, valid},
};

#[test]
fn what_keeps_the_gate_from_central_is_said() {
    let gate = Gate::new();
    let status = gate.node.status().expect("a status");
    let choice = Choice {
        language: Language::English,
        action: Action::Entry,
    };
    let link = Link::Away {
        code: "log_behind_central".to_owned(),
        message: "this disk is an old copy".to_owned(),
    };
    let facts = facts(&status, Some(&link));
    let shown = Panel::of(&facts, choice).render().expect("it renders");
    assert!(
        shown.contains("this disk is an old copy") && shown.contains("log_behind_central"),
        "{shown}"
    );
}

#[test]
fn what_was_let_in_and_should_not_have_been_is_said_in_both_languages() {
    use sync_protocol::{flag::Flag, merge::Ruling};

    let gate = Gate::with(&[valid(1), valid(2)]);
    assert_eq!((gate.enter(1), gate.enter(2)), ("admitted", "admitted"));
    let mut news = answer(2, START);
    let own = |n, seq, ruling| PassageChange {
        scan: ScanId { node: NODE_A, seq },
        gate: GATE_A,
        ..passage_at_b(n, seq, START, ruling)
    };
    let flagged = PassageChange {
        flag: Some(Flag::AfterRevocation),
        ..own(1, 1, Ruling::Counted)
    };
    let unbound = PassageChange {
        ticket: None,
        wristband: Some(WristbandId::from_u128(9)),
        ..own(2, 2, Ruling::Unbound)
    };
    news.page.passages = vec![flagged, unbound];
    gate.round(&news);
    let status = gate.node.status().expect("a status");
    let json = serde_json::to_value(&status).expect("an object");
    let mut kinds: Vec<_> = status.conflicts.iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["after_revocation", "unbound"]);
    assert_eq!(json["doubles"].as_array().map(Vec::len), Some(0));
    for language in [Language::English, Language::Indonesian] {
        let (words, action) = (Words::of(language), Action::Entry);
        let facts = facts(&status, None);
        let panel = Panel::of(&facts, Choice { language, action });
        let shown = panel.render().expect("it renders");
        for word in [words.conflicts, words.unbound, words.after_revocation] {
            assert!(shown.contains(word), "{word}: {shown}");
        }
        assert!(shown.contains(&valid(1).number.to_string()), "{shown}");
    }
}

#[test]
fn thousands_stand_apart() {
    for (count, text) in [
        (0, "0"),
        (999, "999"),
        (1_000, "1\u{202f}000"),
        (1_234_567, "1\u{202f}234\u{202f}567"),
    ] {
        assert_eq!(grouped(count), text);
    }
}

fn facts<'a>(status: &'a Status, link: Option<&'a Link>) -> Facts<'a> {
    static NOTHING: (LazyLock<Recent>, LazyLock<Tally>) = (
        LazyLock::new(Recent::default),
        LazyLock::new(Tally::default),
    );
    Facts {
        status,
        link,
        recent: &NOTHING.0,
        last: &[],
        zone: Zone::UTC,
        inside: None,
        tally: &NOTHING.1,
        types: &[],
        devices: Vec::new(),
        desk: Action::Entry,
        pages: 1,
    }
}
