//! Checking what is stored: every node's log from its first record on.
//!
//! It reads in pieces and writes nothing, so it may run beside a working central; rounds that come in meanwhile are
//! seen whole or not at all, because each log is read in one snapshot.

use std::collections::BTreeMap;

use sync_protocol::id::NodeId;

use super::App;
use crate::{
    domain::{
        log_check::{LogFault, Walk},
        node::Node,
    },
    store::{self, StoreError, Tx},
};

/// Records read at a time.
const PIECE: usize = 2_000;

/// What became of one log.
#[derive(Clone, Debug)]
pub struct LogCheck {
    /// The node.
    pub node: NodeId,
    /// What people call it.
    pub name: String,
    /// How many records hold together from the first on.
    pub records: u64,
    /// The first row that does not hold.
    pub fault: Option<LogFault>,
}

impl App {
    /// Follows every stored log.
    ///
    /// # Errors
    /// When the database fails; what does not hold is no error but a finding.
    pub async fn verify_logs(&self) -> Result<Vec<LogCheck>, StoreError> {
        let mut checks = Vec::new();
        for node in self.nodes(None).await? {
            checks.push(self.verify_log(node.id).await?);
        }
        Ok(checks)
    }

    async fn verify_log(&self, id: NodeId) -> Result<LogCheck, StoreError> {
        let mut tx = self.store.read().await?;
        let node = store::node::by_id(&mut tx, id).await?;
        let node = node.ok_or(StoreError::Corrupt("a node that vanished"))?;
        let mut walk = Walk::new(node.id);
        let fault = follow(&mut tx, &node, &mut walk).await?.err();
        Ok(LogCheck {
            node: node.id,
            name: node.name,
            records: walk.next_seq() - 1,
            fault,
        })
    }
}

async fn follow(
    tx: &mut Tx,
    node: &Node,
    walk: &mut Walk,
) -> Result<Result<(), LogFault>, StoreError> {
    let mut parked = BTreeMap::<u64, Vec<Vec<u8>>>::new();
    for (seq, _, bytes) in store::ruling::parked_of(tx, node.id).await? {
        parked.entry(seq).or_default().push(bytes);
    }
    let mut after = 0;
    loop {
        let piece = store::scan::stored_records(tx, node.id, after, PIECE).await?;
        for row in &piece {
            if let Err(fault) = bridge(walk, &parked, row.seq).and_then(|()| walk.take(row)) {
                return Ok(Err(fault));
            }
            after = row.seq;
        }
        if piece.len() < PIECE {
            break;
        }
    }
    let end = bridge(walk, &parked, node.log_seq + 1);
    Ok(end.and_then(|()| walk.finish(&node.head())))
}

/// Walks over places whose records were set aside, up to the place `until`.
fn bridge(
    walk: &mut Walk,
    parked: &BTreeMap<u64, Vec<Vec<u8>>>,
    until: u64,
) -> Result<(), LogFault> {
    while walk.next_seq() < until {
        let versions = parked.get(&walk.next_seq());
        let versions: Vec<&[u8]> = versions.into_iter().flatten().map(Vec::as_slice).collect();
        walk.take_parked(&versions)?;
    }
    Ok(())
}
