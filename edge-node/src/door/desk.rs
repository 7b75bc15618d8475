//! The desk: what camera, scanners and programs scan for, and in whose name.
//!
//! One source of truth for all of them: the operator is whoever took the desk last and is still signed in, the action is
//! what that person chose and may do, else the first that they may do. So no device asks for what its operator may not
//! do, whoever signs in, locks or leaves, and whichever rights central changes meanwhile. In kiosk mode the action stays
//! what it was when that began: nobody's sign-in elsewhere may change what a locked screen does.

use std::sync::Mutex;

use sync_protocol::{id::OperatorId, rights::Rights, scan::Action};

use super::locked;
use crate::{error::NodeError, node::Node};

/// Who works the desk, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtDesk {
    /// Who answers for what devices scan.
    pub operator: Option<OperatorId>,
    /// What guests want from them.
    pub action: Action,
}

/// The desk of a door.
#[derive(Debug)]
pub(super) struct Desk {
    now: Mutex<AtDesk>,
    /// What this gate is for, where whoever works the desk chose nothing.
    wanted: Mutex<Action>,
    /// What it is for whoever works it.
    pinned: Mutex<Option<Action>>,
}

/// The actions that may be chosen, in the order of the switch.
#[must_use]
pub fn offered(rights: Rights, binds_wristbands: bool) -> Vec<Action> {
    let has = |action: &Action| binds_wristbands || *action != Action::Unpair;
    let allowed = Action::OF_GUESTS.into_iter().filter(has);
    allowed.filter(|action| rights.allow(*action)).collect()
}

impl Desk {
    pub(super) fn new(action: Action) -> Self {
        Self {
            now: Mutex::new(AtDesk {
                operator: None,
                action,
            }),
            wanted: Mutex::new(action),
            pinned: Mutex::new(None),
        }
    }

    /// As it was when it was last looked at.
    pub(super) fn now(&self) -> AtDesk {
        *locked(&self.now)
    }

    /// What this gate is for from now on.
    pub(super) fn want(&self, action: Action) {
        *locked(&self.wanted) = action;
    }

    /// Whoever works it, it is for this; `None` = what that person chose.
    pub(super) fn pin(&self, action: Option<Action>) {
        *locked(&self.pinned) = action;
    }

    /// Looks anew; tells also whether somebody else works it, or for something else. What cannot be read is nobody: the
    /// gate then says that somebody must sign in.
    pub(super) fn settle(&self, node: &Node, is_used: bool) -> (AtDesk, bool) {
        let found = self.look(node, is_used);
        let found = found.inspect_err(|error| tracing::error!(%error, "the desk's session"));
        let mut now = locked(&self.now);
        let found = found.unwrap_or(AtDesk {
            operator: None,
            ..*now
        });
        let is_other = *now != found;
        *now = found;
        (found, is_other)
    }

    fn look(&self, node: &Node, is_used: bool) -> Result<AtDesk, NodeError> {
        let operators = node.operators();
        let who = match is_used {
            true => operators.touch_desk()?,
            false => operators.desk()?,
        };
        let rights = match &who {
            Some(who) => who.rights,
            None => node.contact()?.rights,
        };
        let chosen = who.as_ref().and_then(|who| who.chosen);
        let wanted = chosen.unwrap_or(*locked(&self.wanted));
        let offered = offered(rights, node.binds_wristbands()?);
        let first = offered.first().copied();
        let free = match offered.contains(&wanted) {
            true => wanted,
            false => first.unwrap_or(wanted),
        };
        Ok(AtDesk {
            operator: who.map(|who| who.id),
            action: locked(&self.pinned).unwrap_or(free),
        })
    }
}
