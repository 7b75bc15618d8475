//! What the person who started this wants: the fixed seeds of CI, one seed, or many.

/// A number from the environment.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of the simulation that reads the environment"
)]
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("SEED, SEEDS and FIRST are numbers"))
}

/// One seed, to be told step by step.
pub fn seed() -> Option<u64> {
    number("SEED")
}

/// Many seeds: the first, and how many.
pub fn seeds() -> Option<(u64, u64)> {
    let count = number("SEEDS").filter(|_| seed().is_none())?;
    Some((number("FIRST").unwrap_or_default(), count))
}

/// The fixed seeds.
pub fn fixed() -> bool {
    seed().is_none() && seeds().is_none()
}
