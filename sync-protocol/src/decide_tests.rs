//! Every reason as a row of a table: what the gate knows on the left, what it answers on the right.

use super::*;
use crate::{
    code::CodeError,
    config::{EntryRule, EventDay, GateEntry, TypeEntry},
    id::{EventId, NodeId, TicketId},
    number::TicketNumber,
    ticket::TicketStatus,
    verdict::Decision,
};

const GATE: GateId = GateId::from_u128(1);
const OTHER_GATE: GateId = GateId::from_u128(2);
const HOUR: i64 = 3_600_000;
const DIGEST: Digest = Digest([0; 32]);

/// Two days: day 0 opens at hour 10 and closes at hour 20, day 1 at hours 34 to 44.
fn config(entry_rule: EntryRule, exchange_required: bool) -> EventConfig {
    let day = |number, from, until| EventDay {
        number,
        label: format!("Day {number}"),
        opens_at: Timestamp(from * HOUR),
        closes_at: Timestamp(until * HOUR),
    };
    EventConfig {
        event: EventId::from_u128(1),
        name: "Show".into(),
        time_zone: "Asia/Jakarta".into(),
        revision: 1,
        days: vec![day(0, 10, 20), day(1, 34, 44)],
        types: vec![TypeEntry {
            number: 9,
            name: "VIP".into(),
            gates: vec![OTHER_GATE],
            addon: false,
        }],
        gates: vec![GateEntry {
            id: GATE,
            name: "North".into(),
        }],
        keys: vec![],
        entry_rule,
        exchange_required,
        sold_after_sync: Policy::Ask,
        repeat_ms: 30_000,
        check_outs: vec![],
        wristbands: None,
        search: None,
        operators: None,
    }
}

struct Case {
    config: EventConfig,
    action: Action,
    at: i64,
    status: Option<TicketStatus>,
    type_number: u16,
    day_mask: u16,
    issued_at: u32,
    history: Vec<Passage>,
    standing: Standing,
    shown: Option<Shown>,
}

/// A good ticket of day 0 at an open gate, first time.
fn good() -> Case {
    Case {
        config: config(EntryRule::Single, false),
        action: Action::Entry,
        at: 12 * HOUR,
        status: Some(TicketStatus::Valid),
        type_number: 1,
        day_mask: 0b01,
        issued_at: 0,
        history: vec![],
        standing: Standing {
            locked: false,
            complete: true,
            as_of: Timestamp(11 * HOUR),
            unattended: false,
            rights: Rights::ALL,
        },
        shown: None,
    }
}

fn passage_at(action: Action, gate: GateId, at: i64, day: u8) -> Passage {
    let scan = ScanId {
        node: NodeId::from_u128(1),
        seq: 1,
    };
    Passage {
        scan,
        ticket: Some(TicketId::from_u128(7)),
        wristband: None,
        action,
        gate,
        at: Timestamp(at),
        day,
    }
}

fn ask(case: &Case) -> Answer {
    let ticket = case.status.map(|status| Ticket {
        id: TicketId::from_u128(7),
        number: TicketNumber::new(7),
        type_number: case.type_number,
        day_mask: case.day_mask,
        status,
        revision: 1,
        sealed: vec![],
        holder: None,
        search: vec![],
    });
    let payload = Payload {
        key_slot: 0,
        ticket: TicketId::from_u128(7),
        type_number: case.type_number,
        day_mask: case.day_mask,
        issued_at: case.issued_at,
    };
    decide(&Question {
        config: &case.config,
        gate: GATE,
        action: case.action,
        at: Timestamp(case.at),
        shown: &case.shown.unwrap_or(Shown::Ticket {
            payload,
            signature: [0; 64],
        }),
        ticket: ticket.as_ref(),
        several_addons: false,
        wristband: None,
        history: &case.history,
        standing: case.standing,
    })
}

#[test]
fn case_6_every_reason_has_its_row() {
    use Action::{Entry, Exchange, Exit};
    let single = || vec![passage_at(Entry, OTHER_GATE, 11 * HOUR, 0)];
    let complete = good().standing;
    let late = |c: Case| Case {
        status: None,
        issued_at: 12 * 3600,
        ..c
    };
    let rule = |entry_rule| config(entry_rule, false);
    #[rustfmt::skip]
    let rows: Vec<(&str, Case, &str)> = vec![
        ("first entry", good(), "admit admitted"),
        ("second entry", Case { history: single(), ..good() }, "refuse already_used"),
        ("exchange", Case { action: Exchange, ..good() }, "admit exchanged"),
        ("second exchange", Case { action: Exchange, history: vec![passage_at(Exchange, GATE, 11 * HOUR, 0)], ..good() }, "refuse already_exchanged"),
        ("exchange after entry", Case { action: Exchange, history: single(), ..good() }, "refuse already_used"),
        ("entry before exchange", Case { config: config(EntryRule::Single, true), ..good() }, "refuse not_exchanged"),
        ("entry after exchange", Case { config: config(EntryRule::Single, true), history: vec![passage_at(Exchange, GATE, 11 * HOUR, 0)], ..good() }, "admit admitted"),
        ("unpaid", Case { status: Some(TicketStatus::Unpaid), ..good() }, "refuse not_paid"),
        ("revoked", Case { status: Some(TicketStatus::Revoked), ..good() }, "refuse revoked"),
        ("case 8: transferred", Case { status: Some(TicketStatus::Transferred), ..good() }, "refuse revoked"),
        ("refunded", Case { status: Some(TicketStatus::Refunded), ..good() }, "refuse refunded"),
        ("type of another gate", Case { type_number: 9, ..good() }, "refuse wrong_gate"),
        ("before the doors open", Case { at: 9 * HOUR, ..good() }, "refuse not_yet_valid"),
        ("after the last day of the ticket", Case { at: 21 * HOUR, ..good() }, "refuse no_longer_valid"),
        ("day 1 ticket on day 0", Case { day_mask: 0b10, ..good() }, "refuse wrong_day"),
        ("two-day ticket between the days", Case { day_mask: 0b11, at: 25 * HOUR, ..good() }, "refuse wrong_day"),
        ("at the first moment", Case { at: 10 * HOUR, ..good() }, "admit admitted"),
        ("at the closing moment", Case { at: 20 * HOUR, ..good() }, "refuse no_longer_valid"),
        ("other event", Case { shown: Some(Shown::OtherEvent(EventId::from_u128(2), DIGEST)), status: None, ..good() }, "refuse wrong_event"),
        ("forged", Case { shown: Some(Shown::Forged(CodeError::BadSignature, DIGEST)), status: None, ..good() }, "refuse bad_signature"),
        ("unreadable", Case { shown: Some(Shown::Unreadable(DIGEST)), status: None, ..good() }, "refuse unreadable"),
        ("unknown number", Case { shown: Some(Shown::Number(TicketNumber::new(3))), status: None, ..good() }, "refuse unknown_ticket"),
        ("known number", Case { shown: Some(Shown::Number(TicketNumber::new(7))), ..good() }, "ask typed_number"),
        ("known number of a used ticket", Case { shown: Some(Shown::Number(TicketNumber::new(7))), history: single(), ..good() }, "refuse already_used"),
        ("case 9: exit after the doors closed", Case { action: Exit, at: 21 * HOUR, history: single(), ..good() }, "admit admitted"),
        ("exit after a refund", Case { action: Exit, status: Some(TicketStatus::Refunded), history: single(), ..good() }, "admit admitted"),
        ("case 5: unknown though issued long before the sync", Case { status: None, issued_at: 3600, ..good() }, "refuse unknown_ticket"),
        ("sold after the last sync", late(good()), "ask sold_after_last_sync"),
        ("sold after the last sync, for another day", late(Case { day_mask: 0b10, ..good() }), "refuse wrong_day"),
        ("sold after the last sync, second showing", late(Case { history: single(), ..good() }), "refuse already_used"),
        ("replica incomplete", Case { status: None, standing: Standing { complete: false, ..complete }, ..good() }, "ask replica_incomplete"),
        ("node locked", Case { standing: Standing { locked: true, ..complete }, ..good() }, "refuse node_locked"),
        ("case 9: exit without entry", Case { action: Exit, ..good() }, "refuse outside"),
        ("exit after entry", Case { action: Exit, history: single(), ..good() }, "admit admitted"),
        ("re-entry while inside", Case { config: rule(EntryRule::ReEntry), history: single(), ..good() }, "refuse inside"),
        ("re-entry after exit", Case { config: rule(EntryRule::ReEntry), history: [single(), vec![passage_at(Exit, GATE, 11 * HOUR + 5, 0)]].concat(), ..good() }, "admit admitted"),
        ("case 10: once per day, next day", Case { config: rule(EntryRule::OncePerDay), day_mask: 0b11, at: 35 * HOUR, history: single(), ..good() }, "admit admitted"),
        ("case 10: once per day, same day", Case { config: rule(EntryRule::OncePerDay), history: single(), ..good() }, "refuse already_used"),
        ("case 10: second of two entries", Case { config: rule(EntryRule::Times(2)), history: single(), ..good() }, "admit admitted"),
        ("case 10: third of two entries", Case { config: rule(EntryRule::Times(2)), history: [single(), single()].concat(), ..good() }, "refuse already_used"),
    ];
    for (name, case, want) in rows {
        let verdict = ask(&case).verdict;
        assert_eq!(
            format!("{} {}", verdict.decision, verdict.reason),
            want,
            "{name}"
        );
    }
}

#[test]
fn the_policy_answers_what_the_replica_cannot_know() {
    for (policy, decision) in [
        (Policy::Admit, Decision::Admit),
        (Policy::Ask, Decision::Ask),
        (Policy::Refuse, Decision::Refuse),
    ] {
        let mut case = Case {
            status: None,
            issued_at: 12 * 3600,
            ..good()
        };
        case.config.sold_after_sync = policy;
        let answer = ask(&case);
        assert_eq!(
            (answer.verdict.decision, answer.provisional),
            (decision, true),
            "{policy}"
        );
    }
}

#[test]
fn case_3_a_second_showing_names_the_first_gate_and_time() {
    let first = passage_at(Action::Entry, OTHER_GATE, 11 * HOUR, 0);
    let answer = ask(&Case {
        history: vec![first],
        ..good()
    });
    assert_eq!((answer.first, answer.repeat), (Some(first), false));
}

#[test]
fn the_same_ticket_at_the_same_gate_within_30_seconds_is_a_repeat() {
    for (name, gate, ago, repeat) in [
        ("a moment ago", GATE, 5_000, true),
        ("30 s ago", GATE, 30_000, true),
        ("31 s ago", GATE, 31_000, false),
        ("at another gate", OTHER_GATE, 5_000, false),
    ] {
        let history = vec![passage_at(Action::Entry, gate, 12 * HOUR - ago, 0)];
        assert_eq!(ask(&Case { history, ..good() }).repeat, repeat, "{name}");
    }
}

#[test]
fn a_known_ticket_is_provisional_while_its_uses_may_be_missing() {
    for complete in [false, true] {
        let standing = Standing {
            complete,
            ..good().standing
        };
        let answer = ask(&Case { standing, ..good() });
        assert_eq!(
            (answer.verdict.admits(), answer.provisional),
            (true, !complete)
        );
    }
}
