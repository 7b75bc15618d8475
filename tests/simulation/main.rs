//! The simulation: whole worlds from seeds, in which everything goes wrong that can (`world`).
//!
//! `cargo test -p tests --test simulation` plays the fixed seeds of CI. `SEED=123` before it plays that one alone and
//! tells every step; `make sim SEEDS=1000` plays many fresh ones (`FIRST=…` to begin elsewhere than at a new place).

mod asked;
mod many;
mod world;

use world::{run, terminal};

/// The seeds of one test; together they are those of CI.
const SHARE: u64 = 50;

/// Plays seeds one after the other and fails with all that broke, or if there was nothing to rule in any of them.
fn play(seeds: impl IntoIterator<Item = u64>) {
    if !asked::fixed() {
        return;
    }
    support::temp::in_memory();
    let (mut broken, mut doubles) = (Vec::new(), (0, 0));
    for seed in seeds {
        match run(seed, false) {
            Ok(told) => doubles = (doubles.0 + told.doubles.0, doubles.1 + told.doubles.1),
            Err(said) => broken.push(said),
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    assert!(
        doubles.0 > doubles.1 && doubles.1 > 0,
        "nothing happens in these worlds: {doubles:?}"
    );
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

/// Seeds outside the fixed ones in which something broke once.
#[test]
fn case_32_seeds_that_broke_once_hold() {
    play([
        1_022, 100_043, 100_121, 100_462, 100_650, 100_745, 100_845, 9, 23, 35,
    ]);
}

#[test]
fn case_32_a_seed_repeats_to_the_letter() {
    if !asked::fixed() {
        return;
    }
    support::temp::in_memory();
    for seed in [7, 77, 177] {
        assert_eq!(run(seed, false), run(seed, false), "seed {seed}");
    }
}

#[test]
fn the_seed_that_was_asked_for() {
    let Some(seed) = asked::seed() else {
        return;
    };
    support::temp::in_memory();
    let told = run(seed, true).unwrap_or_else(|broken| panic!("{broken}"));
    terminal(&format!("seed {seed} holds: {told:?}"));
}

/// Any number of seeds, for `make sim`.
#[test]
fn as_many_seeds_as_were_asked_for() {
    if let Some((first, count)) = asked::seeds() {
        support::temp::in_memory();
        many::play(first, count);
    }
}
