//! Tells the program when it was built: certificates are judged by no earlier time than that.
//!
//! `SOURCE_DATE_EPOCH` wins where a build must be repeatable. A build that reuses an older one keeps its date,
//! which is still a time that has passed.

use std::time::{SystemTime, UNIX_EPOCH};

#[expect(
    clippy::disallowed_methods,
    reason = "a build happens at a time, and cargo's environment is its configuration"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let pinned = std::env::var("SOURCE_DATE_EPOCH").ok();
    let seconds = pinned
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or_else(|| {
            let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
            elapsed.map_or(0, |elapsed| elapsed.as_secs())
        });
    println!("cargo::rustc-env=GERBANG_BUILT_AT={seconds}");
}
