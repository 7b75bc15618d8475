//! Whether stored rulings are what all stored scans together say, and whether the event's tally is that of its rows.
//!
//! Rulings are computed upload by upload from what each one touches. Ruling everything at once must give the same;
//! where it does not, a row was edited, or an upload went wrong. Called by `app::audit`.

use sync_protocol::{
    id::TicketId,
    manifest::Gap,
    merge::{Rules, Ruling},
    scan::ScanId,
};

use super::ingest::{self, Standing};

/// What does not hold in an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// An admitted scan without a ruling.
    #[error("scan {} of node {} let somebody in and has no ruling", .0.seq, .0.node)]
    Unruled(ScanId),
    /// A ruling that the scans do not bear out.
    #[error("scan {} of node {} is stored as {stored}, but all scans together say {fresh}", scan.seq, scan.node)]
    Ruling {
        /// The scan.
        scan: ScanId,
        /// What is stored.
        stored: Said,
        /// What a merge of everything says.
        fresh: Said,
    },
    /// The tally that gates prove their replicas by.
    #[error("the event's manifest is not that of its rows: {0}")]
    Manifest(#[from] Gap),
}

/// A ruling with the ticket that the scan counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The ruling.
    pub ruling: Ruling,
    /// The ticket.
    pub ticket: Option<TicketId>,
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.ruling.name())?;
        if let Ruling::Double { winner, .. } = self.ruling {
            write!(f, " of scan {} of node {}", winner.seq, winner.node)?;
        }
        self.ticket
            .map_or(Ok(()), |ticket| write!(f, " (ticket {ticket})"))
    }
}

/// The scans whose stored ruling differs from a merge of all of them.
#[must_use]
pub fn differing(rules: &Rules, standings: &[Standing]) -> Vec<EventFault> {
    let fresh = ingest::rulings(rules, standings);
    let differs = standings.iter().filter_map(|standing| {
        let was = standing.was?;
        let ruled = fresh.get(&was.scan)?;
        let [stored, fresh] = [(was.ruling, was.ticket), (ruled.ruling, ruled.ticket)]
            .map(|(ruling, ticket)| Said { ruling, ticket });
        let scan = was.scan;
        (stored != fresh).then_some(EventFault::Ruling {
            scan,
            stored,
            fresh,
        })
    });
    differs.collect()
}

#[cfg(test)]
mod tests {
    use sync_protocol::{
        config::EntryRule,
        id::{GateId, NodeId},
        merge::Fact,
        moment::Interval,
        scan::Action,
        time::Timestamp,
        wire::v1::PassageChange,
    };

    use super::*;

    fn standing(node: u128, at: i64, ruling: Ruling) -> Standing {
        let (scan, ticket) = (scan(node), Some(TicketId::from_u128(7)));
        let (gate, action, time) = (
            GateId::from_u128(node),
            Action::Entry,
            Interval::around(Timestamp(at), 50),
        );
        Standing {
            fact: Fact {
                scan,
                ticket,
                wristband: None,
                gate,
                action,
                undoes: None,
                day: 0,
                time,
            },
            was: Some(PassageChange {
                scan,
                ticket,
                action,
                gate,
                time,
                day: 0,
                ruling,
                revision: 1,
                wristband: None,
                flag: None,
            }),
        }
    }

    fn scan(node: u128) -> ScanId {
        ScanId {
            node: NodeId::from_u128(node),
            seq: 1,
        }
    }

    #[test]
    fn the_scan_whose_ruling_the_others_do_not_bear_out_is_named() {
        let rules = Rules::new(EntryRule::Single);
        let double = Ruling::Double {
            winner: scan(1),
            undecidable: false,
        };
        let first = standing(1, 1_000, Ruling::Counted);
        assert!(differing(&rules, &[first, standing(2, 9_000, double)]).is_empty());
        let found = differing(&rules, &[first, standing(2, 9_000, Ruling::Counted)]);
        assert_eq!(found.len(), 1);
        let said = found[0].to_string();
        assert!(
            said.contains("stored as counted") && said.contains("say double of scan 1"),
            "{said}"
        );
        let mut moved = first;
        moved.was.as_mut().expect("stored").ticket = None;
        assert_eq!(differing(&rules, &[moved]).len(), 1);
    }
}
