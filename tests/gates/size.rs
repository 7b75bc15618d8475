//! Many tickets: what the figures time is also right.
use support::{central::Engine, large_event};

/// As many as a run of the tests can bear on both engines.
const TICKETS: u32 = 10_000;

#[tokio::test]
async fn case_31_many_tickets_sync_change_and_scan_right() {
    for engine in Engine::both() {
        let took = large_event::play(engine, TICKETS).await;
        let steps = [took.cold_sync, took.delta, took.lookup, took.scan];
        assert!(steps.iter().all(|step| !step.is_empty()));
    }
}

/// The same play, with 200,000 tickets, is an area of the figures, and the figures are what `make bench` runs.
#[test]
fn case_31_make_bench_has_the_figures_of_200_000_tickets() {
    assert_eq!(large_event::TICKETS, 200_000);
    let area = include_str!("../bench/large_event.rs");
    assert!(area.contains("play(Engine::Sqlite, large_event::TICKETS)"));
    for step in ["cold_sync", "delta", "lookup", "scan"] {
        assert!(area.contains(&format!("\"event.200k.{step}\"")), "{step}");
    }
    let figures = include_str!("../bench/main.rs");
    assert!(figures.contains("large_event::run(&mut report)"));
    let make = include_str!("../../Makefile");
    let bench = make.split("\nbench:").nth(1).expect("a target");
    let recipe = bench.split("\n\n").next().expect("its lines");
    assert!(recipe.contains("--bench figures"), "{recipe}");
}
