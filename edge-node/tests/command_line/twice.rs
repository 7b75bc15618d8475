//! Two programs on one folder at once: each ticket is admitted by one of them, and the log is one chain.

use std::thread;

use crate::gate::Gate;

/// Tickets 1 to 19 are paid.
const TICKETS: u128 = 19;

#[test]
fn case_18_two_programs_on_one_folder_admit_each_ticket_once() {
    let gate = Gate::new();
    let codes: String = (1..=TICKETS).map(|n| gate.code(n) + "\n").collect();
    let scan = || gate.run_with_input(&["scan", "--stdin", "--json"], &codes);
    let said = thread::scope(|scope| {
        let both = [scope.spawn(scan), scope.spawn(scan)];
        both.map(|one| one.join().expect("no panic"))
    });
    let objects: Vec<_> = said.iter().flat_map(|one| one.objects()).collect();
    let reasons = |reason: &str| objects.iter().filter(|one| one["reason"] == reason).count();
    let counts = (reasons("admitted"), reasons("already_used"), objects.len());
    let tickets = usize::try_from(TICKETS).expect("few");
    assert_eq!(counts, (tickets, tickets, 2 * tickets), "{objects:#?}");
    let mut places: Vec<_> = objects
        .iter()
        .filter_map(|one| one["seq"].as_u64())
        .collect();
    places.sort_unstable();
    assert!(
        places.iter().copied().eq(1..=2 * 19),
        "one log, without gaps: {places:?}"
    );
}
