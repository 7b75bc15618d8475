//! Disks without room: what a gate cannot store it refuses, and what central cannot store stays at the gate.
use crate::{
    gate::{Ended, Gate, Hand, Seen},
    logbook::Logbook,
    mount::{Ballast, Mount},
    venue::{GATES, Venue},
    victim::until,
    witness::Witness,
};

/// Room that databases may still have inside of their files is used up after so many scans.
const MANY: usize = 900;
/// So many refusals in a row mean that there is no room left.
const IN_A_ROW: u32 = 5;
const TICKETS: u32 = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_23_a_full_disk_refuses_and_never_shows_green() {
    let venue = Venue::open(TICKETS).await;
    let disk = Mount::memory(&venue.folder().join("disk"), 6 * 1024);
    let gate = venue.enrol(GATES[0], disk.path.join("gate")).await;
    let mut codes = venue.codes();
    let mut witness = Witness::default();

    let screen = gate.open_screen().await.expect("it opens");
    screen
        .hand
        .clone()
        .show_all(codes.split_off(codes.len() - 5))
        .await;
    let mut ballast = disk.fill();
    let refused = show_until_refused(&mut ballast, &screen.hand, &mut codes).await;
    ballast.grow();
    check_refused_page(&screen.hand, &refused).await;
    let status = screen.hand.status().await;
    assert!(status["scans"].as_u64() >= Some(5), "{status}");

    ballast.drop_it();
    let again = screen.hand.show(&refused).await.expect("an answer");
    assert!(again.is_green(), "the next scan works at once: {again:?}");

    let mut ballast = disk.fill();
    show_until_refused(&mut ballast, &screen.hand, &mut codes).await;
    // Killed while nothing can be written, and started again with still no room.
    witness.saw_all(screen.kill().await);
    let log = check(&gate, &mut witness);
    assert_eq!(
        log.records[usize_of(again.seq) - 1].1.decision.name(),
        "admit"
    );
    restart_on_full_disk(&gate, &mut ballast, &mut codes, &mut witness).await;
    witness.saw_all(gate.scan_one(&codes[0]).await.seen());
    check(&gate, &mut witness);

    ballast.drop_it();
    let before = check(&gate, &mut witness).len();
    let next = gate.scan(&codes[1..4]).await;
    assert_eq!(
        next[0].seq,
        Some(before + 1),
        "the log goes on without a gap"
    );
    assert!(next.iter().all(Seen::is_green), "{next:?}");
    witness.saw_all(next);
    check_arrived(&venue, &gate, &mut witness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_23_pages_that_do_not_fit_are_fetched_again_when_there_is_room() {
    let venue = Venue::open(TICKETS).await;
    let disk = Mount::memory(&venue.folder().join("disk"), 6 * 1024);
    let gate = venue.enrol(GATES[0], disk.path.join("gate")).await;
    let mut witness = Witness::default();
    let codes = venue.codes();
    witness.saw_all(gate.scan(&codes[..4]).await);
    gate.lose_replica();
    let ballast = disk.fill();
    assert_eq!(gate.sync().await.status, 2, "nothing can be taken in");
    ballast.drop_it();
    check_arrived(&venue, &gate, &mut witness).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_23_scans_stay_at_the_gate_while_central_has_no_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Mount::memory(&folder.path().join("disk"), 16 * 1024);
    let mut venue = Venue::open_in(folder, disk.path.join("central"), TICKETS).await;
    let gate = venue.enrol_here(GATES[0]).await;
    let codes = venue.codes();
    let mut witness = Witness::default();

    let screen = gate.open_screen().await.expect("it opens");
    screen.hand.show(&codes[0]).await.expect("an answer");
    until("a first upload", async || {
        (screen.hand.status().await["unsent"] == 0).then_some(())
    })
    .await;
    let ballast = disk.fill();
    screen.hand.clone().show_all(codes[1..40].to_vec()).await;
    let link = until("the gate hears that central cannot", async || {
        let link = screen.hand.status().await["link"].take();
        (link["state"] == "away").then_some(link)
    })
    .await;
    assert_eq!(link["code"], "internal", "{link}");
    let fresh = screen.hand.show(&codes[50]).await.expect("an answer");
    assert!(fresh.is_green(), "the gate goes on: {fresh:?}");
    witness.saw_all(screen.kill().await);
    let log = check(&gate, &mut witness);
    let ended = gate.sync().await;
    assert_eq!(ended.status, 2, "{}", ended.complaint);
    assert!(
        ended.complaint.contains("[internal]"),
        "{}",
        ended.complaint
    );
    let at_central = venue.ledger().acknowledged(log.node);
    assert!(at_central < log.len(), "nothing more fitted");

    // The same central, not started anew.
    ballast.drop_it();
    check_arrived(&venue, &gate, &mut witness).await;
    venue.kill_central().await;
    disk.take_away();
}

/// Shows tickets until none can be stored any more, and gives the last one: databases have room inside of their
/// files, and give some back when they tidy up. What is green until then is in the log, or the witness notices.
async fn show_until_refused(ballast: &mut Ballast, hand: &Hand, codes: &mut Vec<String>) -> String {
    let mut in_a_row = 0;
    for _ in 0..MANY {
        ballast.grow();
        let code = codes.pop().expect("a ticket is left");
        let seen = hand.show(&code).await.expect("the gate answers");
        in_a_row = if seen.seq.is_none() { in_a_row + 1 } else { 0 };
        if seen.seq.is_none() {
            check_refused(&seen);
        }
        if in_a_row == IN_A_ROW {
            return code;
        }
    }
    panic!("{MANY} scans found room on a full disk")
}

/// What the killed program left can make room when it is taken in; then verdicts are stored again, until it is gone.
async fn restart_on_full_disk(
    gate: &Gate,
    ballast: &mut Ballast,
    codes: &mut Vec<String>,
    witness: &mut Witness,
) {
    match gate.open_screen().await {
        Err(status) => assert_eq!(status, 2),
        Ok(screen) => {
            show_until_refused(ballast, &screen.hand, codes).await;
            witness.saw_all(screen.kill().await);
        }
    }
}

/// Red, with the reason and without a place.
pub fn check_refused(seen: &Seen) {
    assert_eq!(
        (seen.verdict.as_str(), seen.reason.as_str()),
        ("refuse", "cannot_store")
    );
    assert!(seen.seq.is_none() && seen.cause.is_some(), "{seen:?}");
}

/// The same before the eyes of a steward.
pub async fn check_refused_page(hand: &Hand, code: &str) {
    let page = hand.page(code).await;
    assert!(
        page.contains("verdict-refuse") && !page.contains("verdict-admit"),
        "{page}"
    );
    let cause = page.matches("verdict-note").count();
    assert_eq!(cause, 1, "the page says why: {page}");
}

/// A program that is started now has no way to store, and says so.
pub fn check_never_green(ended: &Ended) {
    assert_eq!(ended.status, 2, "{}", ended.complaint);
    ended.seen().iter().for_each(check_refused);
    assert!(
        ended.complaint.contains('['),
        "a reason with a code: {}",
        ended.complaint
    );
}

/// The gate does not open, or opens and refuses: with the files of a killed program there it can still read.
pub async fn check_opens_for_nobody(gate: &Gate, code: &str) {
    match gate.open_screen().await {
        Err(status) => assert_eq!(status, 2),
        Ok(screen) => {
            check_refused(&screen.hand.show(code).await.expect("an answer"));
            check_refused_page(&screen.hand, code).await;
            screen.kill().await;
        }
    }
}

/// Everything that was seen is in the log.
pub fn check(gate: &Gate, witness: &mut Witness) -> Logbook {
    let log = Logbook::read(gate);
    witness.check(&log);
    log
}

/// Everything that was seen is at central, once.
pub async fn check_arrived(venue: &Venue, gate: &Gate, witness: &mut Witness) {
    let ended = gate.sync().await;
    assert_eq!(ended.status, 0, "{}", ended.complaint);
    let log = check(gate, witness);
    let ledger = venue.ledger();
    log.check_against(&ledger);
    assert_eq!(log.acknowledged, log.len());
    assert_eq!((ledger.scans() as u64, ledger.parked()), (log.len(), 0));
    let status = gate.status().await;
    assert_eq!(
        (&status["unsent"], &status["replica"]["complete"]),
        (&0.into(), &true.into())
    );
}

fn usize_of(seq: Option<u64>) -> usize {
    usize::try_from(seq.expect("stored")).expect("small")
}
