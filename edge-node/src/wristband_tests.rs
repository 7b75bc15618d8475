//! Wristbands at one gate without a network: bound, worn, refused, taken back and replaced.

use sync_protocol::{
    config::{EventConfig, Policy, WristbandRules},
    id::{TicketId, WristbandId},
    merge::Ruling,
    scan::Action,
    ticket::Ticket,
    wire::v1::PassageChange,
    wristband::{self, Roll, Wristband, WristbandKey, WristbandStatus},
};

use crate::{
    pairing::{Pairing, WAIT_MS},
    scan::{Scan, Showing},
    testing::{EVENT, Gate, START, answer, code, config, manifest, passage_at_b, valid},
};

const KEY: WristbandKey = WristbandKey([3; 32]);
/// Of a roll that was withdrawn.
const VOID: u32 = 150;
const NEVER_PRINTED: u32 = 500;

pub(crate) fn band(serial: u32) -> String {
    wristband::code(EVENT, serial, &KEY)
}

fn with_wristbands(unbound: Policy) -> EventConfig {
    let roll = |first, last, void| Roll { first, last, void };
    EventConfig {
        wristbands: Some(WristbandRules {
            key: KEY,
            rolls: vec![roll(1, 100, false), roll(101, 200, true)],
            unbound,
        }),
        ..config()
    }
}

/// A gate with tickets 1 to 3, and wristbands that were printed elsewhere.
pub(crate) fn gate(unbound: Policy, imported: &[(&str, WristbandStatus)]) -> Gate {
    let gate = Gate::new();
    let tickets: Vec<Ticket> = (1..=3).map(valid).collect();
    let row = |(text, status): &(&str, WristbandStatus)| Wristband {
        id: wristband::of_text(EVENT, text),
        status: *status,
        revision: 1,
    };
    let mut first = answer(1, START);
    first.page.config = Some(with_wristbands(unbound));
    first.page.tickets.clone_from(&tickets);
    first.page.wristbands = imported.iter().map(row).collect();
    let mut proof = manifest(1, &tickets);
    for row in &first.page.wristbands {
        proof.wristbands.add(&row.digest());
    }
    first.page.manifest = Some(proof);
    assert_eq!(gate.round(&first).gap, None);
    gate
}

fn show(gate: &Gate, text: &str, wristband: Option<&str>, action: Action) -> Scan {
    gate.node.show(&Showing {
        text,
        wristband,
        action,
        operator: None,
    })
}

fn exchange(gate: &Gate, ticket: u128, wristband: &str) -> &'static str {
    let text = code(ticket).to_text();
    let scan = show(gate, &text, Some(wristband), Action::Exchange);
    scan.verdict.reason.name()
}

fn said(gate: &Gate, text: &str, action: Action) -> &'static str {
    show(gate, text, None, action).verdict.reason.name()
}

fn enter(gate: &Gate, text: &str) -> &'static str {
    said(gate, text, Action::Entry)
}

#[test]
fn case_33_ticket_or_wristband_lets_in_once_between_them() {
    for first_shows_ticket in [false, true] {
        let gate = gate(Policy::Refuse, &[]);
        assert_eq!(exchange(&gate, 1, &band(1)), "exchanged");
        let gate = gate.reopened();
        let (ticket, worn) = (code(1).to_text(), band(1));
        let (first, second) = match first_shows_ticket {
            true => (&ticket, &worn),
            false => (&worn, &ticket),
        };
        let scan = show(&gate, first, None, Action::Entry);
        assert_eq!(scan.verdict.reason.name(), "admitted");
        let meant = scan.ticket.expect("the ticket that is meant");
        assert_eq!(meant.id, TicketId::from_u128(1));
        for again in [first, second] {
            let scan = show(&gate, again, None, Action::Entry);
            assert_eq!(scan.verdict.reason.name(), "already_used");
            assert_eq!(scan.first.expect("where it was used").gate, "Gate A");
        }
        assert_eq!(said(&gate, second, Action::Exit), "admitted");
        assert_eq!(said(&gate, first, Action::Exit), "outside");
    }
}

#[test]
fn case_33_one_gate_binds_a_ticket_and_a_wristband_once() {
    let gate = gate(Policy::Admit, &[]);
    let asked = show(&gate, &code(1).to_text(), None, Action::Exchange);
    assert_eq!(asked.verdict.reason.name(), "show_wristband");
    assert_eq!(exchange(&gate, 1, &band(1)), "exchanged");
    assert_eq!(exchange(&gate, 1, &band(2)), "already_exchanged");
    let text = code(2).to_text();
    let taken = show(&gate, &text, Some(&band(1)), Action::Exchange);
    assert_eq!(taken.verdict.reason.name(), "wristband_taken");
    assert_eq!(taken.first.expect("who has it").gate, "Gate A");
    assert_eq!(exchange(&gate, 2, &band(2)), "exchanged", "a free one does");
}

#[test]
fn case_33_a_wristband_without_a_known_exchange_follows_the_policy() {
    for (policy, verdict) in [
        (Policy::Admit, "admit"),
        (Policy::Ask, "ask"),
        (Policy::Refuse, "refuse"),
    ] {
        let gate = gate(policy, &[]);
        let scan = show(&gate, &band(7), None, Action::Entry);
        let said = (scan.verdict.decision.name(), scan.verdict.reason.name());
        assert_eq!(said, (verdict, "binding_unknown"));
        assert!(scan.provisional && scan.ticket.is_none());
        let id = wristband::of_serial(EVENT, 7);
        assert_eq!(scan.wristband, Some(id));
        let again = enter(&gate, &band(7));
        let once = policy == Policy::Admit;
        let want = if once {
            "already_used"
        } else {
            "binding_unknown"
        };
        assert_eq!(again, want, "an unbound wristband lets in once too");
    }
}

#[test]
fn case_33_false_and_void_wristbands_are_told_apart() {
    let gate = gate(Policy::Admit, &[("GONE-1", WristbandStatus::Void)]);
    let forged = wristband::code(EVENT, 1, &WristbandKey([4; 32]));
    for text in [forged.as_str(), &band(NEVER_PRINTED), "NOBODY-PRINTED-THIS"] {
        assert_eq!(exchange(&gate, 1, text), "unknown_wristband", "{text}");
    }
    assert_eq!(enter(&gate, &forged), "unknown_wristband");
    assert_eq!(enter(&gate, &band(NEVER_PRINTED)), "unknown_wristband");
    for void in [band(VOID), "GONE-1".to_owned()] {
        assert_eq!(exchange(&gate, 1, &void), "wristband_void", "{void}");
        assert_eq!(enter(&gate, &void), "wristband_void", "{void}");
    }
    assert_eq!(
        exchange(&gate, 1, &band(1)),
        "exchanged",
        "nothing of it bound"
    );
}

#[test]
fn case_33_a_roll_that_was_lost_lets_out_but_not_in_and_is_replaced() {
    let gate = gate(Policy::Admit, &[]);
    assert_eq!(exchange(&gate, 1, &band(1)), "exchanged");
    assert_eq!(enter(&gate, &band(1)), "admitted");
    let mut news = answer(2, START);
    let mut changed = with_wristbands(Policy::Admit);
    changed.revision = 2;
    let rules = changed.wristbands.as_mut().expect("rules");
    rules.rolls[0].void = true;
    rules.rolls[1].void = false;
    news.page.config = Some(changed);
    gate.round(&news);
    assert_eq!(enter(&gate, &band(1)), "wristband_void");
    assert_eq!(said(&gate, &band(1), Action::Exit), "admitted");
    assert_eq!(said(&gate, &band(1), Action::Unpair), "unpaired");
    assert_eq!(exchange(&gate, 1, &band(VOID)), "exchanged");
}

#[test]
fn case_33_imported_wristbands_read_as_they_are_scanned() {
    let good = WristbandStatus::Good;
    // The second one reads as a ticket number, check character and all.
    let number = valid(2).number.to_string();
    let number_like = number.as_str();
    let link = "HTTPS://CASHLESS.EXAMPLE/W/1";
    let gate = gate(
        Policy::Refuse,
        &[("WB-1", good), (number_like, good), (link, good)],
    );
    assert_eq!(exchange(&gate, 1, "wb-1\r\n"), "exchanged");
    assert_eq!(enter(&gate, "]C1WB-1"), "admitted");
    assert_eq!(
        enter(&gate, "WB-1WB-1\r"),
        "already_used",
        "the trigger bounced"
    );
    assert_eq!(exchange(&gate, 2, number_like), "exchanged");
    assert_eq!(
        enter(&gate, number_like),
        "admitted",
        "a wristband, no typed number"
    );
    assert_eq!(
        exchange(&gate, 3, "https://cashless.example/w/1"),
        "exchanged"
    );
    assert_eq!(enter(&gate, "WB-2"), "unreadable");
}

#[test]
fn case_33_a_broken_wristband_is_taken_back_and_replaced() {
    for by_wristband in [false, true] {
        let gate = gate(Policy::Admit, &[]);
        let ticket = code(1).to_text();
        assert_eq!(said(&gate, &ticket, Action::Unpair), "not_paired");
        assert_eq!(said(&gate, &band(1), Action::Unpair), "not_paired");
        assert_eq!(exchange(&gate, 1, &band(1)), "exchanged");
        assert_eq!(enter(&gate, &band(1)), "admitted");
        let shown = if by_wristband { band(1) } else { ticket };
        let back = show(&gate, &shown, None, Action::Unpair);
        assert_eq!(back.verdict.reason.name(), "unpaired");
        assert_eq!(back.wristband, Some(wristband::of_serial(EVENT, 1)));
        assert_eq!(enter(&gate, &band(1)), "unknown_wristband");
        let gate = gate.reopened();
        assert_eq!(exchange(&gate, 1, &band(2)), "exchanged");
        assert_eq!(enter(&gate, &band(2)), "already_used", "the entry stays");
        assert_eq!(said(&gate, &band(2), Action::Exit), "admitted");
        assert_eq!(said(&gate, &band(1), Action::Unpair), "not_paired");
    }
}

#[test]
fn case_33_what_another_gate_bound_is_known_here_after_a_round() {
    let gate = gate(Policy::Refuse, &[]);
    assert_eq!(enter(&gate, &band(1)), "binding_unknown");
    let mut news = answer(2, START);
    news.page.passages = vec![PassageChange {
        action: Action::Exchange,
        wristband: Some(wristband::of_serial(EVENT, 1)),
        ..passage_at_b(1, 1, START.plus_ms(-5_000), Ruling::Counted)
    }];
    gate.round(&news);
    assert_eq!(exchange(&gate, 2, &band(1)), "wristband_taken");
    assert_eq!(exchange(&gate, 1, &band(2)), "already_exchanged");
    assert_eq!(enter(&gate, &band(1)), "admitted");
    assert_eq!(enter(&gate, &code(1).to_text()), "already_used");
}

/// Scans one after the other at one place.
struct Counter {
    gate: Gate,
    pairing: Pairing,
}

impl Counter {
    fn scan(&mut self, text: &str, action: Action) -> &'static str {
        let showing = Showing {
            text,
            wristband: None,
            action,
            operator: None,
        };
        let scan = self.pairing.show(&self.gate.node, &showing);
        scan.verdict.reason.name()
    }

    fn exchange(&mut self, text: &str) -> &'static str {
        self.scan(text, Action::Exchange)
    }
}

fn counter() -> Counter {
    Counter {
        gate: gate(Policy::Refuse, &[("WB-1", WristbandStatus::Good)]),
        pairing: Pairing::default(),
    }
}

#[test]
fn case_33_a_ticket_waits_for_the_wristband_that_is_scanned_next() {
    let mut counter = counter();
    for (ticket, worn) in [(1, band(1)), (2, "wb-1".to_owned())] {
        assert_eq!(counter.exchange(&code(ticket).to_text()), "show_wristband");
        assert!(counter.pairing.is_waiting());
        assert_eq!(counter.exchange(&worn), "exchanged");
        assert!(!counter.pairing.is_waiting());
    }
    assert_eq!(
        counter.exchange(&band(9)),
        "unknown_wristband",
        "the ticket comes first"
    );
}

#[test]
fn case_33_a_wristband_that_will_not_do_leaves_the_ticket_waiting() {
    let mut counter = counter();
    assert_eq!(exchange(&counter.gate, 1, &band(1)), "exchanged");
    assert_eq!(counter.exchange(&code(2).to_text()), "show_wristband");
    for (text, want) in [
        (band(1), "wristband_taken"),
        (band(VOID), "wristband_void"),
        ("SMUDGE".to_owned(), "unknown_wristband"),
        (band(2), "exchanged"),
    ] {
        assert_eq!(counter.exchange(&text), want);
    }
    assert_eq!(enter(&counter.gate, &band(2)), "admitted");
}

#[test]
fn case_33_a_waiting_ticket_is_replaced_by_another_and_forgotten_in_time() {
    let mut counter = counter();
    assert_eq!(counter.exchange(&code(1).to_text()), "show_wristband");
    assert_eq!(counter.exchange(&code(2).to_text()), "show_wristband");
    assert_eq!(counter.exchange(&band(1)), "exchanged");
    let scan = show(&counter.gate, &band(1), None, Action::Entry);
    assert_eq!(
        scan.ticket.map(|ticket| ticket.id),
        Some(TicketId::from_u128(2))
    );

    assert_eq!(counter.exchange(&code(1).to_text()), "show_wristband");
    assert_eq!(counter.scan(&code(3).to_text(), Action::Entry), "admitted");
    assert_eq!(
        counter.exchange(&band(2)),
        "unknown_wristband",
        "entry ended it"
    );

    assert_eq!(counter.exchange(&code(1).to_text()), "show_wristband");
    counter.gate.clock.advance_ms(i64::from(WAIT_MS) + 1);
    assert_eq!(counter.exchange(&band(2)), "unknown_wristband");
    let id: WristbandId = wristband::of_serial(EVENT, 2);
    assert_eq!(
        show(&counter.gate, &band(2), None, Action::Unpair).wristband,
        Some(id)
    );
    assert_eq!(
        exchange(&counter.gate, 1, &band(2)),
        "exchanged",
        "nothing was bound"
    );
}
