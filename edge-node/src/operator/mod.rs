//! Who works this gate: operators sign in without a network, by the hashes that came with the event's config.
//!
//! Invariants: a secret is kept nowhere, and neither it nor what was typed as a name reaches a log. Failures make the
//! next try of the same operator wait, also after a restart; names that nobody has share one such wait, and cost as much
//! time as others. What an operator may do is what role *and* node allow (`rights`), asked for each scan. Where the
//! event has operators, nothing is decided without one: the verdict says `sign_in_first`.
//!
//! Called by the screen (one token per browser), by devices that have no page (the *desk*: the browser session that works
//! them) and by the command line. What a supervisor decides or takes back stands in [`decision`].

pub mod decision;
mod question;
mod session;
mod sign_in;

use std::{collections::BTreeMap, sync::Mutex};

use ambient::{Entropy, SystemEntropy};
use data_encoding::BASE64URL_NOPAD;
use sync_protocol::{
    config::EventConfig,
    id::OperatorId,
    operator::{GateSecret, Operator, OperatorRules, check},
    rights::Rights,
    scan::Action,
};
use zeroize::Zeroizing;

use self::session::{Held, Name, Sessions, name};
pub use self::sign_in::{Session, SessionState, SignInError, SignedIn};
use crate::{
    attempts::Attempts, database::lock, error::NodeError, log::failure::Failures, node::Node,
};

/// Names that nobody has share one wait.
const NOBODY: OperatorId = OperatorId::from_u128(0);

/// The sign-ins of one running program.
#[derive(Default)]
pub(crate) struct Desk {
    /// Held while a secret is tried: one try at a time. What a full disk could not keep is in memory.
    attempts: Mutex<BTreeMap<OperatorId, Attempts>>,
    sessions: Mutex<Sessions>,
}

/// What may be done: the node's rights where the event has no operators; `None` = somebody must sign in first.
pub(crate) fn rights(
    config: Option<&EventConfig>,
    node: Rights,
    operator: Option<OperatorId>,
) -> Option<Rights> {
    let Some(rules) = config.and_then(|config| config.operators.as_ref()) else {
        return Some(node);
    };
    let operator = rules.operator(operator?)?;
    operator.is_active.then(|| operator.role.rights().and(node))
}

/// The operators of a node's event.
#[derive(Clone, Copy)]
pub struct Operators<'n> {
    node: &'n Node,
}

impl Node {
    /// The operators of its event.
    #[must_use]
    pub const fn operators(&self) -> Operators<'_> {
        Operators { node: self }
    }
}

impl Operators<'_> {
    /// Whether somebody must sign in before this gate decides anything.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn are_needed(&self) -> Result<bool, NodeError> {
        Ok(self.rules()?.is_some())
    }

    /// Whether a supervisor could sign in and decide here.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn can_override(&self) -> Result<bool, NodeError> {
        let node = self.node.contact()?.rights;
        let rules = self.rules()?;
        let mut operators = rules.iter().flat_map(|rules| &rules.operators);
        Ok(operators.any(|it| it.is_active && it.role.rights().and(node).allow_override()))
    }

    /// Checks name and secret without keeping a session: for one command of the command line.
    ///
    /// # Errors
    /// [`SignInError`]; a wrong secret makes the next try wait.
    pub fn identify(&self, login: &str, secret: &str) -> Result<SignedIn, SignInError> {
        let held = self.tried(login, secret)?;
        self.signed_in(&held)?.ok_or(SignInError::Wrong)
    }

    /// Opens a session for a browser.
    ///
    /// # Errors
    /// [`SignInError`]; a wrong secret makes the next try wait.
    pub fn sign_in(&self, login: &str, secret: &str) -> Result<Session, SignInError> {
        let held = self.tried(login, secret)?;
        let who = self.signed_in(&held)?.ok_or(SignInError::Wrong)?;
        let token = new_token();
        lock(&self.node.desk.sessions).open(name(&token), held);
        tracing::info!(operator = %who.id, role = %who.role, "an operator signed in");
        Ok(Session { token, who })
    }

    /// How a browser's session stands. One that may not be any more ends here; one that was left alone is locked.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn state(&self, token: &str) -> Result<SessionState, NodeError> {
        self.state_of(name(token))
    }

    /// Who is signed in with this token, if the session is open.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn of(&self, token: &str) -> Result<Option<SignedIn>, NodeError> {
        Ok(self.state(token)?.open())
    }

    /// The same, and something was done: the time to the lock begins anew.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn touch(&self, token: &str) -> Result<Option<SignedIn>, NodeError> {
        self.touched(name(token))
    }

    /// Locks a session: nothing can be done in it until its operator's secret opens it again.
    pub fn lock(&self, token: &str) {
        if let Some(held) = lock(&self.node.desk.sessions).get_mut(name(token)) {
            held.is_locked = true;
        }
    }

    /// Opens a locked session again, with the secret of its operator; under a new token, so that whoever saw the old one
    /// is not let in with them.
    ///
    /// # Errors
    /// [`SignInError`]; a wrong secret makes the next try wait.
    pub fn unlock(&self, token: &str, secret: &str) -> Result<Session, SignInError> {
        let login = match self.state(token)? {
            SessionState::Over => return Err(SignInError::NoSession),
            SessionState::Locked { login, .. } => login,
            SessionState::Open(who) => who.login,
        };
        self.tried(&login, secret)?;
        let (now_ms, new) = (self.now_ms(), new_token());
        {
            let mut sessions = lock(&self.node.desk.sessions);
            if let Some(held) = sessions.get_mut(name(token)) {
                (held.is_locked, held.touched_ms) = (false, now_ms);
            }
            sessions.rename(name(token), name(&new));
        }
        let who = self.of(&new)?.ok_or(SignInError::NoSession)?;
        Ok(Session { token: new, who })
    }

    /// Ends a session; its token opens nothing any more. To switch operators: sign in, then sign the old one out.
    pub fn sign_out(&self, token: &str) {
        lock(&self.node.desk.sessions).end(name(token));
    }

    /// From now on this session also answers for what devices without a page scan.
    ///
    /// # Errors
    /// [`SignInError::NoSession`] when the session is not open.
    pub fn take_desk(&self, token: &str) -> Result<SignedIn, SignInError> {
        let who = self.touch(token)?.ok_or(SignInError::NoSession)?;
        lock(&self.node.desk.sessions).take_desk(name(token));
        Ok(who)
    }

    /// What the operator of this session does here from now on; with it goes the desk, whose devices do the same.
    ///
    /// # Errors
    /// [`SignInError::NoSession`] when the session is not open.
    pub fn choose(&self, token: &str, action: Action) -> Result<SignedIn, SignInError> {
        self.take_desk(token)?;
        if let Some(held) = lock(&self.node.desk.sessions).get_mut(name(token)) {
            held.chosen = Some(action);
        }
        self.of(token)?.ok_or(SignInError::NoSession)
    }

    /// Who answers for devices without a page: of those whose session is open, whoever took the desk last.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn desk(&self) -> Result<Option<SignedIn>, NodeError> {
        Ok(self.at_desk()?.map(|(_, who)| who))
    }

    /// The same, and something was scanned: the time to the lock begins anew.
    ///
    /// # Errors
    /// [`NodeError::Database`].
    pub fn touch_desk(&self) -> Result<Option<SignedIn>, NodeError> {
        match self.at_desk()? {
            Some((name, _)) => self.touched(name),
            None => Ok(None),
        }
    }

    fn at_desk(&self) -> Result<Option<(Name, SignedIn)>, NodeError> {
        let took = lock(&self.node.desk.sessions).at_desk();
        for name in took {
            if let Some(who) = self.state_of(name)?.open() {
                return Ok(Some((name, who)));
            }
        }
        Ok(None)
    }

    fn touched(&self, name: Name) -> Result<Option<SignedIn>, NodeError> {
        if self.state_of(name)?.open().is_none() {
            return Ok(None);
        }
        let now_ms = self.now_ms();
        if let Some(held) = lock(&self.node.desk.sessions).get_mut(name) {
            held.touched_ms = now_ms;
        }
        Ok(self.state_of(name)?.open())
    }

    fn state_of(&self, name: Name) -> Result<SessionState, NodeError> {
        let held = lock(&self.node.desk.sessions).get(name).cloned();
        let Some(mut held) = held else {
            return Ok(SessionState::Over);
        };
        let rules = self.rules()?;
        let operator = rules
            .as_ref()
            .and_then(|rules| rules.operator(held.operator));
        let Some(operator) = operator.filter(|operator| held.is_of(operator)) else {
            lock(&self.node.desk.sessions).end(name);
            return Ok(SessionState::Over);
        };
        let idle_ms = rules.as_ref().map_or(0, |rules| rules.idle_ms);
        if held.is_idle(self.now_ms(), idle_ms) && !held.is_locked {
            held.is_locked = true;
            if let Some(place) = lock(&self.node.desk.sessions).get_mut(name) {
                place.is_locked = true;
            }
        }
        if held.is_locked {
            return Ok(SessionState::Locked {
                login: operator.login.clone(),
                name: operator.name.clone(),
            });
        }
        let who = self.signed_in(&held)?;
        Ok(who.map_or(SessionState::Over, SessionState::Open))
    }

    /// What is to be held of somebody whose name and secret are right.
    fn tried(&self, login: &str, secret: &str) -> Result<Held, SignInError> {
        let mut attempts = lock(&self.node.desk.attempts);
        let rules = self.rules()?.ok_or(SignInError::NotOffered)?;
        let operator = rules.by_login(login);
        let id = operator.map_or(NOBODY, |operator| operator.id);
        let own = attempts.entry(id).or_default();
        self.recall(id, own)?;
        if let Some(wait_ms) = own.wait_ms(self.now_ms()) {
            return Err(SignInError::TooSoon { wait_ms });
        }
        let is_right = check(operator, &GateSecret::typed(secret))?;
        let Some(operator) = operator.filter(|_| is_right) else {
            let failures = own.failed(self.now_ms());
            // What was typed as a name may be a secret, so it is not told.
            tracing::warn!(operator = %id, failures, "a wrong gate secret");
            self.keep(id, own)?;
            return Err(SignInError::Wrong);
        };
        own.succeeded();
        self.keep(id, own)?;
        Ok(self.held(operator)?)
    }

    /// What another program on this folder, or this one before a restart, saw.
    fn recall(&self, id: OperatorId, own: &mut Attempts) -> Result<(), NodeError> {
        let kept = lock(&self.node.log).failures(id)?;
        let reading = self.node.clock.reading();
        match kept {
            Some(kept) if kept.boot == reading.boot && kept.count >= own.to_keep().0 => {
                *own = Attempts::kept(kept.count, kept.not_before_ms);
            }
            Some(kept) if kept.boot != reading.boot => {
                *own = Attempts::begun_anew(kept.count, reading.mono_ms);
                self.keep(id, own)?;
            }
            _ => (),
        }
        Ok(())
    }

    fn keep(&self, id: OperatorId, own: &Attempts) -> Result<(), NodeError> {
        let (count, not_before_ms) = own.to_keep();
        let failures = (count > 0).then(|| Failures {
            count,
            boot: self.node.clock.reading().boot,
            not_before_ms,
        });
        lock(&self.node.log).set_failures(id, failures)
    }

    fn held(&self, operator: &Operator) -> Result<Held, NodeError> {
        Ok(Held {
            operator: operator.id,
            secret: operator.secret.clone(),
            since: self.node.now_estimate()?,
            touched_ms: self.now_ms(),
            is_locked: false,
            chosen: None,
            took_desk: 0,
        })
    }

    fn signed_in(&self, held: &Held) -> Result<Option<SignedIn>, NodeError> {
        let contact = self.node.contact()?;
        let view = self.node.replica.view()?;
        let config = view.config.as_ref();
        let rights = rights(config, contact.rights, Some(held.operator));
        let rules = config.and_then(|config| config.operators.as_ref());
        let operator = rules.and_then(|rules| rules.operator(held.operator));
        let (Some(rights), Some(rules), Some(operator)) = (rights, rules, operator) else {
            return Ok(None);
        };
        let idle_for = self.now_ms().saturating_sub(held.touched_ms);
        Ok(Some(SignedIn {
            id: operator.id,
            login: operator.login.clone(),
            name: operator.name.clone(),
            role: operator.role,
            rights,
            since: held.since,
            chosen: held.chosen,
            locks_in_ms: rules.idle_ms.saturating_sub(idle_for).max(0),
        }))
    }

    fn rules(&self) -> Result<Option<OperatorRules>, NodeError> {
        let view = self.node.replica.view()?;
        let config = view.config.as_ref();
        Ok(config.and_then(|config| config.operators.clone()))
    }

    fn now_ms(&self) -> i64 {
        self.node.clock.reading().mono_ms
    }
}

fn new_token() -> Zeroizing<String> {
    let mut random = Zeroizing::new([0; 32]);
    SystemEntropy.fill(&mut *random);
    Zeroizing::new(BASE64URL_NOPAD.encode(&*random))
}

#[cfg(test)]
#[path = "operator_tests.rs"]
mod tests;
