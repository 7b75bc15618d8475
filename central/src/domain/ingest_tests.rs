//! Tests of the rulings of an upload: only what changed is told.

use super::*;
use sync_protocol::{
    config::EntryRule, id::GateId, moment::Interval, scan::Action, time::Timestamp,
};

const NODE: NodeId = NodeId::from_u128(1);
const TICKET: TicketId = TicketId::from_u128(7);

fn fresh(node: u128, at: i64) -> Standing {
    let fact = Fact {
        scan: scan(NodeId::from_u128(node), 1),
        ticket: Some(TICKET),
        wristband: None,
        gate: GateId::from_u128(1),
        action: Action::Entry,
        undoes: None,
        day: 0,
        time: Interval::around(Timestamp(at), 5),
    };
    Standing { fact, was: None }
}

fn news(standings: &[Standing], doubts: &Doubts) -> Vec<Decided> {
    let rulings = rulings(&Rules::new(EntryRule::Single), standings);
    decide(standings, &rulings, doubts, 9)
}

fn told(standing: Standing) -> Standing {
    let was = news(&[standing], &Doubts::default())[0].now;
    Standing {
        was: Some(PassageChange { revision: 3, ..was }),
        ..standing
    }
}

#[test]
fn only_changed_rulings_are_told() {
    let counted = told(fresh(1, 900));
    assert_eq!(news(&[counted], &Doubts::default()), []);
    let late = fresh(2, 100);
    let decided = news(&[counted, late], &Doubts::default());
    let lost = Ruling::Double {
        winner: late.fact.scan,
        undecidable: false,
    };
    assert_eq!(decided.len(), 2);
    assert_eq!(decided[0].re_decided(), Some((Ruling::Counted, lost)));
    assert_eq!((decided[0].now.revision, decided[0].was), (9, counted.was));
    assert_eq!(
        (decided[1].re_decided(), decided[1].now.ruling),
        (None, Ruling::Counted)
    );
    let mut moved = standings(NODE, vec![counted], &Times::default(), &[]);
    assert_eq!(moved.pop(), Some(counted));
}

#[test]
fn case_7_a_flag_says_whether_the_gate_could_know() {
    for (since, cursor, flag) in [
        (None, 4, None),
        (Some(5), 4, Some(Flag::AfterRevocation)),
        (Some(4), 4, Some(Flag::NotValid)),
    ] {
        let scan = fresh(1, 900);
        let doubts = Doubts {
            invalid: since.map(|since| (TICKET, since)).into_iter().collect(),
            cursors: BTreeMap::from([(scan.fact.scan, cursor)]),
        };
        let decided = news(&[scan], &doubts);
        assert_eq!(decided[0].now.flag, flag, "{since:?}");
        // What was said once stays when the ticket is refunded later.
        let said = Standing {
            was: Some(decided[0].now),
            ..scan
        };
        let later = Doubts {
            invalid: BTreeMap::from([(TICKET, 8)]),
            ..Doubts::default()
        };
        assert_eq!(news(&[said], &later), []);
    }
}
