//! A ticket that waits for its wristband: an exchange in two scans, one after the other.
//!
//! Invariant: a ticket waits for a short while, at one place, until the next ticket; what binds is the record of both
//! together, never what is remembered here. A wristband that will not do leaves the ticket waiting for another one.
//! Kept by whoever takes scans one by one: the door, and the command line.

use sync_protocol::{id::OperatorId, scan::Action, shown::Shown, shown::identify, verdict::Reason};

use crate::{
    error::NodeError,
    known::with_imported,
    node::Node,
    scan::{Scan, Showing},
};

/// How long a ticket waits.
pub const WAIT_MS: u32 = 60_000;

/// One place to scan, and the ticket that waits there, if one does.
#[derive(Debug, Default)]
pub struct Pairing(Option<Waiting>);

#[derive(Debug)]
struct Waiting {
    ticket: String,
    since_ms: i64,
    operator: Option<OperatorId>,
}

impl Waiting {
    fn is_recent(&self, now_ms: i64) -> bool {
        now_ms - self.since_ms <= i64::from(WAIT_MS)
    }
}

impl Pairing {
    /// Shows a text: the wristband of the ticket that waits, or else whatever it is.
    #[must_use]
    pub fn show(&mut self, node: &Node, showing: &Showing) -> Scan {
        let now_ms = node.clock.reading().mono_ms;
        let waits = |waiting: &Waiting| {
            let is_second = showing.action == Action::Exchange && showing.wristband.is_none();
            waiting.is_recent(now_ms) && is_second && !node.names_ticket(showing.text)
        };
        let waiting = self.0.take().filter(waits);
        let scan = match &waiting {
            Some(Waiting { ticket, .. }) => node.show(&Showing {
                text: ticket,
                wristband: Some(showing.text),
                ..*showing
            }),
            None => node.show(showing),
        };
        self.0 = match scan.verdict.reason {
            Reason::ShowWristband => Some(Waiting {
                ticket: showing.text.to_owned(),
                since_ms: now_ms,
                operator: showing.operator,
            }),
            Reason::UnknownWristband
            | Reason::WristbandTaken
            | Reason::WristbandVoid
            | Reason::CannotStore => waiting.map(|waiting| Waiting {
                since_ms: now_ms,
                ..waiting
            }),
            // Whoever may not show it here takes nobody's ticket away.
            Reason::SignInFirst | Reason::NotAllowed => waiting,
            _ => None,
        };
        scan
    }

    /// Whether a ticket waits.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.0.is_some()
    }

    /// Whether one still waits.
    #[must_use]
    pub fn is_waiting_at(&self, now_ms: i64) -> bool {
        let waiting = self.0.as_ref();
        waiting.is_some_and(|waiting| waiting.is_recent(now_ms))
    }

    /// Whether this operator showed it.
    #[must_use]
    pub fn is_of(&self, operator: Option<OperatorId>) -> bool {
        let waiting = self.0.as_ref();
        waiting.is_some_and(|waiting| waiting.operator == operator)
    }
}

impl Node {
    /// Whether a text is a ticket's, good or bad, rather than a wristband's. What cannot be looked up is none.
    pub(crate) fn names_ticket(&self, text: &str) -> bool {
        let shown = self.identified(text);
        matches!(
            shown,
            Ok(Shown::Ticket { .. } | Shown::Number(_) | Shown::OtherEvent(..) | Shown::Forged(..))
        )
    }

    /// Whether the first text is something genuine and the second is not: the same keys on two keyboard layouts.
    pub(crate) fn reads_better(&self, one: &str, other: &str) -> bool {
        let is_genuine = |text| {
            let shown = self.identified(text);
            matches!(
                shown,
                Ok(Shown::Ticket { .. }
                    | Shown::Number(_)
                    | Shown::Wristband { .. }
                    | Shown::Rehearsal { .. })
            )
        };
        !is_genuine(other) && is_genuine(one)
    }

    fn identified(&self, text: &str) -> Result<Shown, NodeError> {
        let view = self.replica.view()?;
        let config = view.config.as_ref().unwrap_or(&self.unknown_event);
        let keyring = view.keyring.as_ref().unwrap_or(&self.unknown_keys);
        with_imported(config, &self.replica, identify(text, keyring), text)
    }
}
