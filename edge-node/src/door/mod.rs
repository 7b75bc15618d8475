//! The door: the desk of this node, through which every means shows a text, and everybody hears what came of it.
//!
//! | noun | file |
//! | --- | --- |
//! | who works the desk, and what for | [`desk`] |
//! | the desk and its pages, each with the ticket that waits there | [`place`] |
//! | counts | [`recent`] |
//!
//! Invariants: the node decides, this only says for whom and at which place. A page scans with the action and the
//! operator of its own; camera, scanners and programs have none, so they take the desk's. A ticket that was shown by one
//! means may find its wristband by another, but two pages never share one, nor do two operators: a wristband goes to the
//! ticket that waits at its own page, or at the desk, and one that a device reads to the desk's, or to the only page of
//! the same operator where one waits.
//!
//! Called by `screen`, `camera`, `scanner` and `command`; never waits for the network.

pub mod desk;
pub mod place;
pub mod recent;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sync_protocol::{decision::Choice, id::OperatorId, scan::Action, verdict::Reason};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use self::{
    desk::{AtDesk, Desk},
    place::{DESK, Lease, Places},
    recent::Recent,
};
use crate::{
    node::Node,
    operator::{Operators, decision::DecisionError},
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
    desk: Desk,
    /// Devices take turns: a ticket and its wristband come one after the other, and nobody takes the desk in between.
    turn: Mutex<()>,
    places: Places,
    recent: Mutex<Recent>,
    shown: broadcast::Sender<Arc<Shown>>,
    closing: CancellationToken,
}

impl Door {
    /// Opens it; `hand` hears of scans, if this program syncs. `action` is what this gate is for.
    #[must_use]
    pub fn new(node: Arc<Node>, hand: Option<Hand>, action: Action) -> Self {
        Self {
            places: Places::new(node.clock.now()),
            node,
            hand,
            desk: Desk::new(action),
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
        let desk = self.settle(true);
        let showing = Showing {
            text,
            wristband: None,
            action: desk.action,
            operator: desk.operator,
        };
        let scan = self.pair(DESK, &showing);
        drop(turn);
        self.tell(scan, means, None)
    }

    /// Shows what was typed at a page, which says itself what the guest wants and who works there. The desk is no page.
    pub fn show_at(&self, page: u64, showing: &Showing) -> Scan {
        let page = if page == DESK { self.open_page() } else { page };
        let scan = self.pair(page, showing);
        self.tell(scan, Means::Page, Some(page))
    }

    /// Shows what a program has at once, the wristband included; no ticket waits for it. Without an action it is the
    /// desk's.
    pub fn show_whole(&self, text: &str, wristband: Option<&str>, action: Option<Action>) -> Scan {
        let desk = {
            let _turn = locked(&self.turn);
            self.settle(true)
        };
        let scan = self.node.show(&Showing {
            text,
            wristband,
            action: action.unwrap_or(desk.action),
            operator: desk.operator,
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

    /// What guests want from whatever has no page of its own, as of the last look.
    #[must_use]
    pub fn action(&self) -> Action {
        self.desk.now().action
    }

    /// Another action for a gate whose event has no operators, or for whoever works the desk and chose nothing.
    pub fn set_action(&self, wanted: Action) {
        self.change_desk(|_| self.desk.want(wanted));
    }

    /// From now on the desk is for what it is for now, whoever works it, until it is let go.
    pub fn pin_action(&self, is_pinned: bool) {
        self.change_desk(|_| self.desk.pin(is_pinned.then(|| self.desk.now().action)));
    }

    /// What the person at a page chose: for that person, and so for the devices of the desk, which goes with it.
    pub fn choose(&self, token: Option<&str>, wanted: Action) {
        self.change_desk(|operators| {
            let chose = token.is_some_and(|token| operators.choose(token, wanted).is_ok());
            if chose || operators.are_needed().is_ok_and(|needed| !needed) {
                self.desk.want(wanted);
            }
        });
    }

    /// Lets somebody take or leave the desk. No device shows anything meanwhile, and no ticket of whoever worked it waits
    /// for whoever does now.
    pub fn change_desk<T>(&self, change: impl FnOnce(Operators<'_>) -> T) -> T {
        let _turn = locked(&self.turn);
        let changed = change(self.node.operators());
        self.settle(false);
        changed
    }

    /// Looks anew who works the desk: sessions lock by themselves, and central changes rights.
    pub fn look_at_desk(&self) {
        self.change_desk(|_| ());
    }

    /// The number of a new page.
    pub fn open_page(&self) -> u64 {
        self.places.open()
    }

    /// Nothing is shown at this page any more: no ticket waits there either.
    pub fn clear_page(&self, page: u64) {
        if page != DESK {
            self.places.clear(page);
        }
    }

    /// From now on, what is shown by any means.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Shown>> {
        self.shown.subscribe()
    }

    /// How many pages are open.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.shown.receiver_count()
    }

    /// What was answered here since the program started.
    #[must_use]
    pub fn recent(&self) -> Recent {
        *locked(&self.recent)
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

    /// Who works the desk, and what for. Called while it is the caller's turn.
    fn settle(&self, is_used: bool) -> AtDesk {
        let (desk, is_other) = self.desk.settle(&self.node, is_used);
        if is_other {
            self.places.clear_for(desk.operator);
        }
        desk
    }

    /// Decides at a place, with the ticket that waits there or may be borrowed from another.
    fn pair(&self, place: u64, showing: &Showing) -> Scan {
        let mut lease = self.waiting_for(place, showing);
        let scan = lease.pairing.show(&self.node, showing);
        let begins = scan.verdict.reason == Reason::ShowWristband;
        self.places.put(lease, begins);
        scan
    }

    fn waiting_for(&self, place: u64, showing: &Showing) -> Lease {
        let own = self.places.take(place);
        let now_ms = self.node.clock.reading().mono_ms;
        let may_borrow = !own.pairing.is_waiting_at(now_ms)
            && showing.action == Action::Exchange
            && !self.node.names_ticket(showing.text);
        let borrowed = may_borrow.then(|| self.places.borrow(place, showing.operator, now_ms));
        match borrowed.flatten() {
            Some(borrowed) => {
                self.places.put(own, false);
                borrowed
            }
            None => own,
        }
    }

    /// Counts it, has the driver sync soon, and tells whoever listens.
    fn tell(&self, scan: Scan, means: Means, page: Option<u64>) -> Scan {
        locked(&self.recent).add(&scan);
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
