//! Tests of the rulings of an upload: only what changed is told.

use super::*;
use sync_protocol::{moment::Interval, time::Timestamp};

const NODE: NodeId = NodeId::from_u128(1);

#[test]
fn only_changed_rulings_are_told() {
    let fact = |node: u128, at: i64| Fact {
        scan: scan(NodeId::from_u128(node), 1),
        ticket: TicketId::from_u128(7),
        gate: GateId::from_u128(1),
        action: Action::Entry,
        day: 0,
        time: Interval::around(Timestamp(at), 5),
    };
    let counted = Standing {
        fact: fact(1, 900),
        ruling: Some(Ruling::Counted),
    };
    assert_eq!(rule(EntryRule::Single, &[counted]), []);
    let late = Standing {
        fact: fact(2, 100),
        ruling: None,
    };
    let decided = rule(EntryRule::Single, &[counted, late]);
    let lost = Ruling::Double {
        winner: late.fact.scan,
        undecidable: false,
    };
    assert_eq!(decided.len(), 2);
    assert_eq!(
        (decided[0].old, decided[0].new),
        (Some(Ruling::Counted), lost)
    );
    assert_eq!((decided[1].old, decided[1].new), (None, Ruling::Counted));
    let mut moved = standings(NODE, vec![counted], &Times::default(), &[]);
    assert_eq!(moved.pop(), Some(counted));
}
