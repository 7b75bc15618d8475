//! The door: the desk of this node, through which every means shows a text, and everybody hears what came of it.
//!
//! | noun | file |
//! | --- | --- |
//! | the desk and its pages, each with the ticket that waits there | [`place`] |
//! | counts and the last few scans | [`recent`] |
//!
//! Invariants: the node decides, this only says for whom and at which place. A page scans with the action and the
//! operator of its own; camera and scanners have none, so they take the desk's: the action that was last switched to, and
//! the operator who signed in last. A ticket that was shown by one means
//! may find its wristband by another, but two pages never share one: a wristband goes to the ticket that waits at its
//! own page, or at the desk, and one that a device reads to the desk's, or to the only page where one waits.
//!
//! Called by `screen`, `camera`, `scanner` and `command`; never waits for the network.

pub mod place;
pub mod recent;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sync_protocol::{decision::Choice, id::OperatorId, scan::Action};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use self::{
    place::{DESK, Places},
    recent::Recent,
};
use crate::{
    node::Node,
    operator::decision::DecisionError,
    pairing::Pairing,
    scan::{Scan, Showing},
    sync::{Hand, Link},
};

/// A listener that is further behind has lost sight of the door anyway.
const MOST_UNHEARD: usize = 64;

/// How a text came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// Typed at a page, by a person or by a scanner that is a keyboard.
    Page,
    /// A program on this machine.
    Program,
    /// Read from a picture.
    Camera,
    /// A scanner that is a keyboard and belongs to the node.
    Keyboard,
    /// A scanner on a serial line.
    Serial,
}

/// What was shown, for everybody who listens.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What the gate answered.
    pub scan: Scan,
    /// How it came.
    pub means: Means,
    /// The page where it was typed.
    pub page: Option<u64>,
}

/// The door.
pub struct Door {
    node: Arc<Node>,
    hand: Option<Hand>,
    /// What guests want from whatever has no page of its own.
    action: Mutex<Action>,
    /// Devices take turns: a ticket and its wristband come one after the other.
    turn: Mutex<()>,
    places: Places,
    recent: Mutex<Recent>,
    shown: broadcast::Sender<Arc<Shown>>,
    closing: CancellationToken,
}

impl Door {
    /// Opens it; `hand` hears of scans, if this program syncs.
    #[must_use]
    pub fn new(node: Arc<Node>, hand: Option<Hand>, action: Action) -> Self {
        Self {
            places: Places::new(node.clock.now()),
            node,
            hand,
            action: Mutex::new(action),
            turn: Mutex::default(),
            recent: Mutex::default(),
            shown: broadcast::Sender::new(MOST_UNHEARD),
            closing: CancellationToken::new(),
        }
    }

    /// Shows what a device read: with the desk's action, in the name of who works the desk. Waits for the disk, for
    /// nothing else.
    pub fn show(&self, text: &str, means: Means) -> Scan {
        let turn = locked(&self.turn);
        let showing = Showing {
            text,
            wristband: None,
            action: self.action(),
            operator: self.desk_operator(),
        };
        let scan = self.pair(DESK, &showing);
        drop(turn);
        self.tell(scan, means, None)
    }

    /// Shows what was typed at a page, which says itself what the guest wants and who works there.
    pub fn show_at(&self, page: u64, showing: &Showing) -> Scan {
        let scan = self.pair(page, showing);
        self.tell(scan, Means::Page, Some(page))
    }

    /// Shows what a program has at once, the wristband included; no ticket waits for it.
    pub fn show_whole(&self, text: &str, wristband: Option<&str>, action: Action) -> Scan {
        let scan = self.node.show(&Showing {
            text,
            wristband,
            action,
            operator: self.desk_operator(),
        });
        self.tell(scan, Means::Program, None)
    }

    /// A supervisor decides about an earlier scan of this gate.
    ///
    /// # Errors
    /// [`DecisionError`]; then nothing is recorded.
    pub fn decide(
        &self,
        seq: u64,
        choice: Choice,
        operator: OperatorId,
    ) -> Result<Scan, DecisionError> {
        let scan = self.node.decide_for(seq, choice, Some(operator))?;
        Ok(self.tell(scan, Means::Page, None))
    }

    /// A supervisor takes an earlier scan of this gate back.
    ///
    /// # Errors
    /// [`DecisionError`]; then nothing is recorded.
    pub fn undo(&self, seq: u64, operator: OperatorId) -> Result<Scan, DecisionError> {
        let scan = self.node.undo(seq, Some(operator))?;
        Ok(self.tell(scan, Means::Page, None))
    }

    /// What guests want from whatever has no page of its own.
    #[must_use]
    pub fn action(&self) -> Action {
        *locked(&self.action)
    }

    /// Another action for all devices; a ticket that waited for its wristband waits no longer.
    pub fn set_action(&self, wanted: Action) {
        let mut action = locked(&self.action);
        if *action != wanted {
            *action = wanted;
            self.clear_desk();
        }
    }

    /// Somebody else works the desk: no ticket of theirs waits there.
    pub fn clear_desk(&self) {
        drop(self.places.take(DESK));
    }

    /// The number of a new page.
    pub fn open_page(&self) -> u64 {
        self.places.open()
    }

    /// Nothing is shown at this page any more: no ticket waits there either.
    pub fn clear_page(&self, page: u64) {
        drop(self.places.take(page));
    }

    /// From now on, what is shown by any means.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Shown>> {
        self.shown.subscribe()
    }

    /// What was scanned here since the program started.
    #[must_use]
    pub fn recent(&self) -> Recent {
        locked(&self.recent).clone()
    }

    /// How the link to central is; `None` when this program does not sync.
    #[must_use]
    pub fn link(&self) -> Option<Link> {
        self.hand.as_ref().map(Hand::link)
    }

    /// The node behind it.
    #[must_use]
    pub const fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// Tells one run of the program from another.
    #[must_use]
    pub const fn run(&self) -> u64 {
        self.places.first()
    }

    /// Ends all who listen, so that the program can end.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Resolves when it closes.
    pub async fn closed(&self) {
        self.closing.cancelled().await;
    }

    /// Who answers for devices. A session that cannot be read is none: the gate then says that somebody must sign in.
    fn desk_operator(&self) -> Option<OperatorId> {
        let worked = self.node.operators().touch_desk();
        let worked = worked.inspect_err(|error| tracing::error!(%error, "the desk's session"));
        worked.ok().flatten().map(|who| who.id)
    }

    /// Decides at a place, with the ticket that waits there or may be borrowed from another.
    fn pair(&self, place: u64, showing: &Showing) -> Scan {
        let (from, mut pairing) = self.waiting_for(place, showing);
        let scan = pairing.show(&self.node, showing);
        self.places.put(from, pairing);
        scan
    }

    fn waiting_for(&self, place: u64, showing: &Showing) -> (u64, Pairing) {
        let own = self.places.take(place);
        let may_borrow = !own.is_waiting()
            && showing.action == Action::Exchange
            && !self.node.names_ticket(showing.text);
        match may_borrow {
            true => self.places.borrow(place).unwrap_or((place, own)),
            false => (place, own),
        }
    }

    /// Remembers for the glance back, has the driver sync soon, and tells whoever listens.
    fn tell(&self, scan: Scan, means: Means, page: Option<u64>) -> Scan {
        locked(&self.recent).add(&scan, scan.action);
        if let Some(hand) = &self.hand {
            hand.scanned();
        }
        let shown = Arc::new(Shown { scan, means, page });
        // An error says that nobody listens.
        let _ = self.shown.send(Arc::clone(&shown));
        shown.scan.clone()
    }
}

fn locked<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "door_tests.rs"]
mod tests;
