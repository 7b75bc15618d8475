//! Who is signed in: one session per browser, named by the digest of its token, and which of them work the desk.
//!
//! The desk is worked by whoever took it last. Once that session ends or locks, whoever took it before works it again, so
//! that devices never wait for a person while another one is signed in beside them.
//! Kept in memory alone, so a restart signs everybody out. A session holds no right: what its operator may do is asked
//! of the event and the node each time, so a revoked one is out as soon as the node hears of it.

use std::collections::BTreeMap;

use sync_protocol::{
    digest::Digest,
    id::OperatorId,
    operator::{Operator, SecretHash},
    scan::Action,
    time::Timestamp,
};

/// Sessions at once; beyond that the one that was left alone longest ends.
const MOST: usize = 64;

/// What a session is named by: a stolen memory image opens none.
pub(super) type Name = Digest;

/// One browser's session.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) operator: OperatorId,
    /// The secret that opened it: another one at central ends it.
    pub(super) secret: SecretHash,
    pub(super) since: Timestamp,
    /// Monotonic milliseconds of the last thing that was done.
    pub(super) touched_ms: i64,
    pub(super) is_locked: bool,
    /// What its operator chose to do here.
    pub(super) chosen: Option<Action>,
    /// When it took the desk, counted in takings; 0 = never.
    pub(super) took_desk: u64,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    held: BTreeMap<Name, Held>,
    takings: u64,
}

/// The name of the session with this token.
pub(super) fn name(token: &str) -> Name {
    Digest::of("gerbang operator session v1", &[token.as_bytes()])
}

impl Held {
    /// Whether it was opened with what the operator has now.
    pub(super) fn is_of(&self, operator: &Operator) -> bool {
        operator.is_active && operator.id == self.operator && operator.secret == self.secret
    }

    /// Whether it was left alone for so long.
    pub(super) const fn is_idle(&self, now_ms: i64, idle_ms: i64) -> bool {
        now_ms.saturating_sub(self.touched_ms) > idle_ms
    }
}

impl Sessions {
    pub(super) fn open(&mut self, name: Name, held: Held) {
        if self.held.len() >= MOST {
            let oldest = self.held.iter().min_by_key(|(_, held)| held.touched_ms);
            if let Some(oldest) = oldest.map(|(name, _)| *name) {
                self.end(oldest);
            }
        }
        self.held.insert(name, held);
    }

    pub(super) fn get(&self, name: Name) -> Option<&Held> {
        self.held.get(&name)
    }

    pub(super) fn get_mut(&mut self, name: Name) -> Option<&mut Held> {
        self.held.get_mut(&name)
    }

    pub(super) fn end(&mut self, name: Name) {
        self.held.remove(&name);
    }

    /// The same session under another token.
    pub(super) fn rename(&mut self, old: Name, new: Name) {
        if let Some(held) = self.held.remove(&old) {
            self.held.insert(new, held);
        }
    }

    /// This session works the desk's devices, until it ends or another one does.
    pub(super) fn take_desk(&mut self, name: Name) {
        if let Some(held) = self.held.get_mut(&name) {
            self.takings += 1;
            held.took_desk = self.takings;
        }
    }

    /// Who took the desk, the last first.
    pub(super) fn at_desk(&self) -> Vec<Name> {
        let took = self.held.iter().filter(|(_, held)| held.took_desk > 0);
        let mut took: Vec<_> = took.map(|(name, held)| (held.took_desk, *name)).collect();
        took.sort_unstable_by(|one, other| other.cmp(one));
        took.into_iter().map(|(_, name)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(touched_ms: i64) -> Held {
        Held {
            operator: OperatorId::from_u128(1),
            secret: SecretHash {
                salt: [0; 16],
                memory_kib: 8_192,
                rounds: 1,
                hash: [0; 32],
            },
            since: Timestamp(0),
            touched_ms,
            is_locked: false,
            chosen: None,
            took_desk: 0,
        }
    }

    #[test]
    fn the_session_that_was_left_alone_longest_makes_room() {
        let mut sessions = Sessions::default();
        for touched in 0..=i64::try_from(MOST).expect("small") {
            sessions.open(name(&touched.to_string()), held(touched));
        }
        assert!(sessions.get(name("0")).is_none());
        assert!(sessions.get(name("1")).is_some());
    }

    #[test]
    fn the_desk_goes_back_to_who_had_it_before() {
        let mut sessions = Sessions::default();
        sessions.take_desk(name("nobody"));
        assert_eq!(sessions.at_desk(), []);
        for one in ["one", "two", "beside"] {
            sessions.open(name(one), held(0));
        }
        sessions.take_desk(name("one"));
        sessions.take_desk(name("two"));
        assert_eq!(sessions.at_desk(), [name("two"), name("one")]);
        sessions.rename(name("two"), name("again"));
        assert_eq!(sessions.at_desk(), [name("again"), name("one")]);
        sessions.end(name("again"));
        assert_eq!(sessions.at_desk(), [name("one")]);
        sessions.end(name("one"));
        assert_eq!(sessions.at_desk(), []);
    }
}
