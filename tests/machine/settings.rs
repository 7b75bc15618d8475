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
    let off = variable("GERBANG_MACHINE").is_some_and(|value| value == "off");
    if off {
        eprintln!("not tried: GERBANG_MACHINE=off");
    }
    off
}

/// Whether somebody asked for the one for a Raspberry Pi's processor.
pub fn is_arm64_on() -> bool {
    let on = variable("GERBANG_ARM64").is_some_and(|value| value == "on");
    if !on {
        eprintln!("not tried: GERBANG_ARM64=on builds and tries the program for arm64");
    }
    on
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
