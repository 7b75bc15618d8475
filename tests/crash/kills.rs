//! `kill -9` in a loop, at seven kinds of places, each at a moment that the dice choose.
use std::time::Duration;

use serde_json::Value;

use crate::{
    gate::Seen,
    replica::Replica,
    story::{Story, Totals},
    victim::{Victim, pause, until},
};

const KILLS: &str = "GERBANG_KILLS";
const SEED: &str = "GERBANG_SEED";
/// Guests for each kill: with fewer, most would soon be inside already.
const GUESTS: usize = 15;
/// Records of one upload.
const UPLOAD: usize = 12;
/// Most time between two guests at one scanner.
const GUEST: Duration = Duration::from_millis(20);
/// So long takes a piece of an answer while an upload or a page is to be hit.
const SLOW_ANSWER: Duration = Duration::from_millis(25);
const SLOW_PAGE: Duration = Duration::from_millis(3);

/// What is killed, and doing what.
#[derive(Clone, Copy, Debug)]
enum Point {
    /// A gate that decides, stores and prints, one scan after the other.
    Scan,
    /// An open gate: several scans at once, with uploads beside them.
    Screen,
    /// A program that scans beside an open gate, on the same folder; the gate lives on for a while.
    Beside,
    /// A gate whose scans have arrived, before it hears so.
    Upload,
    /// A gate that takes in pages.
    Intake,
    /// Central, while both gates send.
    CentralUpload,
    /// Central, while both gates fetch pages.
    CentralPages,
}

const POINTS: [Point; 7] = [
    Point::Scan,
    Point::Screen,
    Point::Beside,
    Point::Upload,
    Point::Intake,
    Point::CentralUpload,
    Point::CentralPages,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_23_no_green_scan_is_lost_by_kill_9() {
    let (kills, seed) = (number(KILLS, 60), number(SEED, 23));
    println!("{kills} kills, {SEED}={seed}");
    let count = usize::try_from(kills).expect("a number of kills");
    let mut story = Story::open(seed, count * GUESTS).await;
    let fetch = story.time_a_fetch(SLOW_PAGE).await;
    let mut points: Vec<_> = POINTS.into_iter().cycle().take(count).collect();
    story.dice.shuffle(&mut points);
    for (kill, point) in points.into_iter().enumerate() {
        let how = story.strike(point, fetch).await;
        println!("{kill:4} {point:?}: {how}");
        story.check();
    }
    let (unheard, unseen) = (story.unheard, story.stored_unseen);
    let totals = story.rest().await;
    let Totals {
        scans,
        greens,
        doubles,
    } = totals;
    println!(
        "{scans} scans, {greens} seen green, {doubles} let in twice; {unseen} stored and never shown"
    );
    println!("{unheard} kills fell between sending and acknowledgement");
    assert!(doubles > 0, "no ticket met both gates");
    assert!(
        unheard > 0,
        "no kill fell between sending and acknowledgement"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn case_1_scans_that_arrived_before_a_crash_are_sent_again_and_stand_once() {
    let mut story = Story::open(1, 40).await;
    for gate in [0, 1] {
        while story.heard(gate) == story.arrived(gate) {
            story.strike_upload(gate).await;
        }
        let lost = story.arrived(gate) - story.heard(gate);
        story.venue.wire.slow(Duration::ZERO);
        let again = story.gates[gate].sync().await;
        assert_eq!(
            again.status, 0,
            "success the second time: {}",
            again.complaint
        );
        let summary: Value = serde_json::from_str(&again.lines[0]).expect("JSON");
        assert_eq!(summary["sent"], lost, "all of them go again: {summary}");
        assert_eq!(summary["parked"], 0);
    }
    story.check();
    story.rest().await;
}

impl Story {
    /// Kills once; says how it was.
    async fn strike(&mut self, point: Point, fetch: Duration) -> String {
        let gate = self.dice.below(2);
        self.venue.wire.slow(Duration::ZERO);
        match point {
            Point::Scan => self.strike_scan(gate).await,
            Point::Screen => self.strike_screen(gate).await,
            Point::Beside => self.strike_beside(gate).await,
            Point::Upload => self.strike_upload(gate).await,
            Point::Intake => self.strike_intake(gate, fetch).await,
            Point::CentralUpload => self.strike_central_upload().await,
            Point::CentralPages => self.strike_central_pages(fetch).await,
        }
    }

    async fn strike_scan(&mut self, gate: usize) -> String {
        let (count, after) = (30, self.dice.below(25));
        // Before the first line it is still opening its databases.
        let most = if after == 0 { 40_000 } else { 4_000 };
        let wait = self.dice.before(Duration::from_micros(most));
        let before = self.stored(gate);
        let mut victim = self.gates[gate].scanning(&self.guests(count));
        let mut lines = Vec::new();
        for _ in 0..after {
            lines.push(victim.line().await.expect("a verdict"));
        }
        pause(wait).await;
        lines.extend(victim.kill().await.1);
        let seen: Vec<_> = lines.iter().map(|line| Seen::read(line)).collect();
        self.struck_while_scanning(gate, before, seen, wait)
    }

    async fn strike_screen(&mut self, gate: usize) -> String {
        let wait = self.dice.before(Duration::from_millis(500));
        let before = self.stored(gate);
        let screen = self.gates[gate].open_screen().await.expect("it opens");
        let hands = [0; 3].map(|_| {
            let pace = self.dice.before(GUEST);
            let hand = screen.hand.clone();
            tokio::spawn(hand.show_each(self.guests(30), pace))
        });
        pause(wait).await;
        let hand = screen.hand.clone();
        let mut seen = screen.kill().await;
        for one in hands {
            one.await.expect("no panic");
        }
        seen.extend(hand.take());
        self.struck_while_scanning(gate, before, seen, wait)
    }

    async fn strike_beside(&mut self, gate: usize) -> String {
        let wait = self.dice.before(Duration::from_millis(60));
        let before = self.stored(gate);
        let screen = self.gates[gate].open_screen().await.expect("it opens");
        let hand = tokio::spawn(screen.hand.clone().show_all(self.guests(40)));
        let mut victim = self.gates[gate].scanning(&self.guests(40));
        let first = victim.line().await.expect("a verdict");
        pause(wait).await;
        let (_, rest) = victim.kill().await;
        hand.await.expect("no panic");
        for code in self.guests(3) {
            let seen = screen.hand.show(&code).await.expect("the gate lives");
            assert!(
                seen.seq.is_some(),
                "what was killed is in its way: {seen:?}"
            );
        }
        let mut seen = screen.kill().await;
        let beside = [first].into_iter().chain(rest);
        seen.extend(beside.map(|line| Seen::read(&line)));
        self.struck_while_scanning(gate, before, seen, wait)
    }

    async fn strike_upload(&mut self, gate: usize) -> String {
        self.scan(gate, UPLOAD).await;
        let before = self.arrived(gate);
        self.venue.wire.slow(SLOW_ANSWER);
        let mut victim = self.gates[gate].syncing();
        until("the upload arrives", async || {
            (self.arrived(gate) > before || victim.has_ended()).then_some(())
        })
        .await;
        let wait = self.dice.before(SLOW_ANSWER);
        pause(wait).await;
        let (struck, _) = victim.kill().await;
        let (arrived, heard) = (self.arrived(gate), self.heard(gate));
        self.unheard += u64::from(heard < arrived);
        let records = arrived - before;
        format!("gate {gate}, in time: {struck}; {records} records had arrived for {wait:?}")
    }

    async fn strike_intake(&mut self, gate: usize, fetch: Duration) -> String {
        // Half of the time it goes on with the pages that the last kill left.
        if self.dice.below(2) == 0 || Replica::read(&self.gates[gate]).is_complete {
            self.gates[gate].lose_replica();
        }
        self.venue.wire.slow(SLOW_PAGE);
        let victim = self.gates[gate].syncing();
        let wait = self.dice.before(fetch);
        pause(wait).await;
        let (struck, _) = victim.kill().await;
        let Replica {
            is_complete,
            tickets,
        } = Replica::read(&self.gates[gate]);
        format!(
            "gate {gate} after {wait:?}, in time: {struck}; {tickets} tickets, complete: {is_complete}"
        )
    }

    async fn strike_central_upload(&mut self) -> String {
        for gate in [0, 1] {
            self.scan(gate, UPLOAD).await;
        }
        self.venue.wire.slow(SLOW_ANSWER / 5);
        let both = self.gates.each_ref().map(|gate| gate.syncing());
        let wait = self.dice.before(Duration::from_millis(120));
        self.strike_central(both, wait).await
    }

    async fn strike_central_pages(&mut self, fetch: Duration) -> String {
        self.gates.iter().for_each(|gate| gate.lose_replica());
        self.venue.wire.slow(SLOW_PAGE);
        let both = self.gates.each_ref().map(|gate| gate.syncing());
        let wait = self.dice.before(fetch);
        self.strike_central(both, wait).await
    }

    async fn strike_central(&mut self, both: [Victim; 2], wait: Duration) -> String {
        pause(wait).await;
        self.venue.kill_central().await;
        let mut ends = Vec::new();
        for gate in both {
            ends.push(gate.end().await.0);
        }
        self.venue.start_central().await;
        format!("after {wait:?}; the gates' rounds ended with {ends:?}")
    }

    fn struck_while_scanning(
        &mut self,
        gate: usize,
        before: u64,
        seen: Vec<Seen>,
        wait: Duration,
    ) -> String {
        let count = seen.iter().filter(|seen| seen.seq.is_some()).count() as u64;
        self.saw(gate, seen);
        let stored = self.stored(gate) - before;
        assert!(stored >= count, "{count} seen and {stored} stored");
        self.stored_unseen += stored - count;
        format!("gate {gate} after {wait:?}: {count} seen, {stored} stored")
    }
}

/// A setting of this test.
#[expect(
    clippy::disallowed_methods,
    reason = "the test's own two settings, read here and nowhere else"
)]
fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().expect("a number"))
}
