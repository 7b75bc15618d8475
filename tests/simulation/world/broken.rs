//! What a check says when its rule does not hold: the rule's name, and what was found instead.

/// A rule that does not hold.
#[derive(Debug)]
pub struct Broken {
    /// The rule's name.
    pub rule: &'static str,
    /// What was found.
    pub what: String,
}

/// Whether a rule holds.
pub type Held = Result<(), Broken>;

/// A rule does not hold.
pub fn broken<T>(rule: &'static str, what: impl Into<String>) -> Result<T, Broken> {
    let what = what.into();
    Err(Broken { rule, what })
}

/// Fails `rule` with `what` unless `holds`.
pub fn demand(holds: bool, rule: &'static str, what: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { broken(rule, what()) }
}
