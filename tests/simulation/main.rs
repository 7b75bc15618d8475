//! The simulation: whole worlds from seeds, in which everything goes wrong that can (`world`).
//!
//! `cargo test -p tests --test simulation` plays the fixed seeds of CI. `SEED=123` before it plays that one alone and
//! tells every step; `make sim SEEDS=1000` plays many fresh ones (`FIRST=…` to begin elsewhere than at a new place).

mod many;
mod world;

use world::{run, terminal};

/// The seeds of one test; together they are those of CI.
const SHARE: u64 = 50;

/// Whether this run was started for one seed or for many, so that the fixed ones rest.
fn is_for_somebody_else() -> bool {
    ["SEED", "SEEDS"]
        .into_iter()
        .any(|name| std::env::var_os(name).is_some())
}

/// Plays seeds one after the other and fails with all that broke.
fn play(seeds: impl IntoIterator<Item = u64>) {
    if is_for_somebody_else() {
        return;
    }
    support::temp::in_memory();
    let broken: Vec<String> = seeds
        .into_iter()
        .filter_map(|seed| run(seed, false).err())
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

macro_rules! shares {
    ($($name:ident: $share:literal),+ $(,)?) => {
        $(#[test]
        fn $name() {
            play($share * SHARE..($share + 1) * SHARE);
        })+
    };
}

shares!(
    case_32_central_and_all_nodes_converge_1_of_6: 0,
    case_32_central_and_all_nodes_converge_2_of_6: 1,
    case_32_central_and_all_nodes_converge_3_of_6: 2,
    case_32_central_and_all_nodes_converge_4_of_6: 3,
    case_32_central_and_all_nodes_converge_5_of_6: 4,
    case_32_central_and_all_nodes_converge_6_of_6: 5,
);

#[test]
fn case_32_a_seed_repeats_to_the_letter() {
    if is_for_somebody_else() {
        return;
    }
    support::temp::in_memory();
    for seed in [7, 77, 177] {
        assert_eq!(run(seed, false), run(seed, false), "seed {seed}");
    }
}

#[test]
fn the_seed_that_was_asked_for() {
    let Ok(seed) = std::env::var("SEED") else {
        return;
    };
    support::temp::in_memory();
    let seed = seed.parse().expect("SEED is a number");
    let told = run(seed, true).unwrap_or_else(|broken| panic!("{broken}"));
    terminal(&format!("seed {seed} holds: {told:?}"));
}

/// Any number of seeds, for `make sim`.
#[test]
fn as_many_seeds_as_were_asked_for() {
    let number = |name: &str| Some(std::env::var(name).ok()?.parse::<u64>().expect(name));
    let Some(count) = number("SEEDS") else {
        return;
    };
    support::temp::in_memory();
    many::play(number("FIRST").unwrap_or_default(), count);
}
