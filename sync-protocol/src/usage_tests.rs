//! Wristbands: whatever is worn, whatever is wanted, whatever the event's policy.

use crate::{
    code::Payload,
    config::{EntryRule, EventConfig, EventDay, Policy, WristbandRules},
    decide::{Answer, Passage, Question, Standing, Worn, decide},
    id::{EventId, GateId, NodeId, TicketId, WristbandId},
    number::TicketNumber,
    rights::Rights,
    scan::{Action, ScanId, Subject},
    shown::Shown,
    ticket::{Ticket, TicketStatus},
    time::Timestamp,
    wristband::WristbandKey,
};

const GATE: GateId = GateId::from_u128(1);
const BAND: WristbandId = WristbandId::from_u128(8);
const TICKET: TicketId = TicketId::from_u128(7);
const NOW: Timestamp = Timestamp(1_000_000);

fn config(unbound: Policy) -> EventConfig {
    EventConfig {
        event: EventId::from_u128(1),
        name: "Show".into(),
        time_zone: "Asia/Jakarta".into(),
        revision: 1,
        days: vec![EventDay {
            number: 0,
            label: "Day".into(),
            opens_at: Timestamp(0),
            closes_at: Timestamp(2_000_000),
        }],
        types: vec![],
        gates: vec![],
        keys: vec![],
        entry_rule: EntryRule::Single,
        exchange_required: true,
        sold_after_sync: Policy::Ask,
        repeat_ms: 30_000,
        check_outs: vec![],
        wristbands: Some(WristbandRules {
            key: WristbandKey([0; 32]),
            rolls: vec![],
            unbound,
        }),
        search: None,
        operators: None,
    }
}

fn passage(action: Action, seq: u64) -> Passage {
    Passage {
        scan: ScanId {
            node: NodeId::from_u128(1),
            seq,
        },
        ticket: Some(TICKET),
        wristband: Some(BAND),
        action,
        gate: GateId::from_u128(2),
        at: Timestamp(seq.cast_signed() * 1_000),
        day: 0,
    }
}

/// What is at the gate.
#[derive(Clone, Copy)]
enum Hand {
    /// The ticket.
    Ticket,
    /// Its number, typed.
    Number,
    /// A wristband alone, bound to a ticket that the replica has.
    Band,
    /// A wristband alone, without a ticket that the replica has.
    LoneBand,
}

fn ask(
    config: &EventConfig,
    action: Action,
    hand: Hand,
    worn: Option<Worn>,
    history: &[Passage],
) -> Answer {
    let ticket = Ticket {
        id: TICKET,
        number: TicketNumber::new(7),
        type_number: 1,
        day_mask: 1,
        status: TicketStatus::Valid,
        revision: 1,
        sealed: vec![],
        holder: None,
        search: vec![],
    };
    let payload = Payload {
        key_slot: 0,
        ticket: TICKET,
        type_number: 1,
        day_mask: 1,
        issued_at: 0,
    };
    let shown = match hand {
        Hand::Ticket => Shown::Ticket {
            payload,
            signature: [0; 64],
        },
        Hand::Number => Shown::Number(ticket.number),
        Hand::Band | Hand::LoneBand => Shown::Wristband {
            id: BAND,
            void: false,
        },
    };
    decide(&Question {
        config,
        gate: GATE,
        action,
        at: NOW,
        shown: &shown,
        ticket: (!matches!(hand, Hand::LoneBand)).then_some(&ticket),
        several_addons: false,
        wristband: worn,
        history,
        standing: Standing {
            locked: false,
            complete: true,
            as_of: NOW,
            unattended: false,
            rights: Rights::ALL,
        },
    })
}

fn said(answer: &Answer) -> String {
    format!("{} {}", answer.verdict.decision, answer.verdict.reason)
}

#[test]
fn case_33_a_lone_wristband_whatever_is_worn_wanted_and_decreed() {
    use Action::{Entry, Exchange, Exit, Unpair};
    let bound = Worn::Bound(passage(Exchange, 1));
    let exchanged = [passage(Exchange, 1)];
    let (none, known): (&[Passage], &[Passage]) = (&[], &exchanged);
    #[rustfmt::skip]
    let rows = [
        (Worn::Free(BAND), Entry, none, ["admit binding_unknown", "ask binding_unknown", "refuse binding_unknown"]),
        (Worn::Free(BAND), Exit, none, ["admit binding_unknown"; 3]),
        (Worn::Free(BAND), Exchange, none, ["refuse unknown_wristband"; 3]),
        (Worn::Free(BAND), Unpair, none, ["refuse not_paired"; 3]),
        (Worn::Void(BAND), Entry, none, ["refuse wristband_void"; 3]),
        (Worn::Void(BAND), Exit, none, ["admit binding_unknown"; 3]),
        (Worn::Void(BAND), Exchange, none, ["refuse unknown_wristband"; 3]),
        (Worn::Void(BAND), Unpair, none, ["refuse not_paired"; 3]),
        // Bound to a ticket that was sold after the last sync: that policy decides.
        (bound, Entry, known, ["ask sold_after_last_sync"; 3]),
        (bound, Exit, known, ["ask sold_after_last_sync"; 3]),
        (bound, Exchange, known, ["refuse already_exchanged"; 3]),
        (bound, Unpair, known, ["ask sold_after_last_sync"; 3]),
        (Worn::Unknown, Entry, none, ["refuse unknown_wristband"; 3]),
        (Worn::Unknown, Exit, none, ["refuse unknown_wristband"; 3]),
        (Worn::Unknown, Exchange, none, ["refuse unknown_wristband"; 3]),
        (Worn::Unknown, Unpair, none, ["refuse unknown_wristband"; 3]),
    ];
    for (worn, action, history, want) in rows {
        for (policy, want) in Policy::ALL.iter().zip(want) {
            let answer = ask(
                &config(*policy),
                action,
                Hand::LoneBand,
                Some(worn),
                history,
            );
            assert_eq!(said(&answer), want, "{worn:?} {action} {policy}");
            assert_eq!(answer.subject, Subject::Wristband(BAND));
        }
    }
}

#[test]
fn case_33_a_wristband_that_is_bound_stands_for_its_ticket() {
    use Action::{Entry, Exchange, Exit, Unpair};
    let exchanged = passage(Exchange, 1);
    let (bound, void) = (Worn::Bound(exchanged), Worn::Void(BAND));
    let inside = [exchanged, passage(Entry, 2)];
    let outside = [exchanged];
    #[rustfmt::skip]
    let rows: [(Worn, Action, &[Passage], &str); 9] = [
        (bound, Entry, &outside, "admit admitted"),
        (bound, Entry, &inside, "refuse already_used"),
        (bound, Exit, &inside, "admit admitted"),
        (bound, Exit, &outside, "refuse outside"),
        (bound, Exchange, &outside, "refuse already_exchanged"),
        (bound, Unpair, &outside, "admit unpaired"),
        (void, Entry, &outside, "refuse wristband_void"),
        (void, Exit, &inside, "admit admitted"),
        (void, Unpair, &inside, "admit unpaired"),
    ];
    for policy in Policy::ALL {
        for (worn, action, history, want) in rows {
            let answer = ask(&config(*policy), action, Hand::Band, Some(worn), history);
            assert_eq!(said(&answer), want, "{worn:?} {action} {policy}");
        }
    }
}

#[test]
fn case_33_an_exchange_whatever_wristband_is_at_hand() {
    use Action::{Entry, Exchange, Unpair};
    let other = passage(Exchange, 3);
    let free = Some(Worn::Free(BAND));
    let exchanged = passage(Exchange, 1);
    let replaced = [exchanged, passage(Unpair, 2)];
    #[rustfmt::skip]
    type Row<'a> = (Option<Worn>, &'a [Passage], &'a str, Option<WristbandId>);
    let rows: [Row; 10] = [
        (None, &[], "ask show_wristband", None),
        (free, &[], "admit exchanged", Some(BAND)),
        (Some(Worn::Unknown), &[], "refuse unknown_wristband", None),
        (
            Some(Worn::Void(BAND)),
            &[],
            "refuse wristband_void",
            Some(BAND),
        ),
        (
            Some(Worn::Bound(other)),
            &[],
            "refuse wristband_taken",
            Some(BAND),
        ),
        (None, &[exchanged], "refuse already_exchanged", None),
        (free, &[exchanged], "refuse already_exchanged", Some(BAND)),
        (
            free,
            &[passage(Entry, 1)],
            "refuse already_used",
            Some(BAND),
        ),
        (None, &replaced, "ask show_wristband", None),
        (free, &replaced, "admit exchanged", Some(BAND)),
    ];
    for policy in Policy::ALL {
        for (worn, history, want, wristband) in rows {
            let answer = ask(&config(*policy), Exchange, Hand::Ticket, worn, history);
            assert_eq!(said(&answer), want, "{worn:?} {history:?}");
            assert_eq!(answer.wristband, wristband, "{worn:?} {history:?}");
        }
    }
    let taken = ask(
        &config(Policy::Ask),
        Exchange,
        Hand::Ticket,
        Some(Worn::Bound(other)),
        &[],
    );
    assert_eq!(
        taken.first,
        Some(other),
        "the screen names where it was given"
    );
}

#[test]
fn case_33_a_ticket_enters_after_its_exchange_and_gives_its_wristband_back() {
    use Action::{Entry, Exchange, Unpair};
    let (exchange, unpair) = (passage(Exchange, 1), passage(Unpair, 2));
    #[rustfmt::skip]
    let rows: [(Action, &[Passage], &str, Option<WristbandId>); 6] = [
        (Entry, &[], "refuse not_exchanged", None),
        (Entry, &[exchange], "admit admitted", None),
        (Entry, &[exchange, unpair], "refuse not_exchanged", None),
        (Unpair, &[exchange], "admit unpaired", Some(BAND)),
        (Unpair, &[], "refuse not_paired", None),
        (Unpair, &[exchange, unpair], "refuse not_paired", None),
    ];
    for (action, history, want, wristband) in rows {
        let answer = ask(&config(Policy::Ask), action, Hand::Ticket, None, history);
        assert_eq!(said(&answer), want, "{action} {history:?}");
        assert_eq!(answer.wristband, wristband, "{action} {history:?}");
    }
}

#[test]
fn case_33_a_wristband_that_was_taken_back_lets_nobody_in() {
    let history = [passage(Action::Exchange, 1), passage(Action::Unpair, 2)];
    for policy in Policy::ALL {
        let free = Some(Worn::Free(BAND));
        let answer = ask(
            &config(*policy),
            Action::Entry,
            Hand::LoneBand,
            free,
            &history,
        );
        assert_eq!(said(&answer), "refuse unknown_wristband", "{policy}");
    }
}

#[test]
fn a_typed_number_waits_for_its_wristband_and_a_person_decides_about_both() {
    for (worn, want) in [
        (None, "ask show_wristband"),
        (Some(Worn::Free(BAND)), "ask typed_number"),
        (Some(Worn::Void(BAND)), "refuse wristband_void"),
    ] {
        let config = config(Policy::Admit);
        let answer = ask(&config, Action::Exchange, Hand::Number, worn, &[]);
        assert_eq!(said(&answer), want);
        assert_eq!(answer.wristband.is_some(), worn.is_some());
    }
}
