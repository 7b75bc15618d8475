//! Samples of fields that came after the first release of their message: the older samples stay beside them.
use sync_protocol::wire::{
    assignment::Assignment,
    report::NodeReport,
    v1::{SyncAnswer, SyncRequest},
};

use crate::sample::{GATE, NOW, sync_answer_erase, sync_request};

/// A node says how it finds itself.
pub fn sync_request_report() -> SyncRequest {
    SyncRequest {
        report: Some(NodeReport {
            protocol: 1,
            wall: NOW.plus_ms(-90_000),
            proven: Some(41),
        }),
        ..sync_request()
    }
}

/// The node stands elsewhere now.
pub fn sync_answer_assignment() -> SyncAnswer {
    SyncAnswer {
        assignment: Some(Assignment {
            gate: GATE,
            name: "East 2".into(),
        }),
        ..sync_answer_erase()
    }
}
