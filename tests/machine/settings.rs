//! What a person may set for these tests; the environment is read here alone.

/// How many times the power is cut.
pub fn power_cuts() -> u32 {
    number("GERBANG_POWER_CUTS").unwrap_or(6)
}

/// Where the series of cuts begins.
pub fn power_seed() -> u64 {
    number("GERBANG_POWER_SEED").unwrap_or(1)
}

/// Whether somebody turned these tests off.
pub fn is_off() -> bool {
    is_turned_off("GERBANG_MACHINE")
}

/// Whether somebody turned off the one for a Raspberry Pi's processor.
pub fn is_arm64_off() -> bool {
    is_turned_off("GERBANG_ARM64")
}

fn is_turned_off(name: &str) -> bool {
    let off = variable(name).is_some_and(|value| value == "off");
    if off {
        eprintln!("not tried: {name}=off");
    }
    off
}

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    let parse = |value: String| value.parse().ok();
    variable(name).map(|value| parse(value).unwrap_or_else(|| panic!("{name} is no number")))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
