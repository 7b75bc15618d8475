//! The power goes, again and again, at any moment: in the middle of a scan, while the disk's journal is replayed, while
//! the program starts.
use std::{collections::BTreeSet, fs, ops::AddAssign, path::PathBuf, time::Duration};

use ambient::{Entropy, SeededEntropy};
use sync_protocol::{id::TicketId, verdict::Decision};
use tokio::time::timeout;

use crate::{
    disk::Disk,
    guest::{Board, Guest},
    log_file::{self, Logged},
    parts::Parts,
    scanning::{Scanning, Seen},
    settings,
    venue::{Sold, Venue, on_host},
    write_log::{Loss, unflushed_kept},
};

/// Tickets for one boot; an emulated gate needs some ten milliseconds for each.
const PER_CUT: u32 = 150;
/// For each cut so many moments before it are looked at too: a killed QEMU seldom dies between a write and its flush.
const EARLIER_MOMENTS: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn case_23_a_power_cut_loses_no_green_scan() {
    if settings::is_off() {
        return;
    }
    let (cuts, seed) = (settings::power_cuts(), settings::power_seed());
    let venue = Venue::open(cuts * PER_CUT).await;
    let mut gate = Gate::set_up(&venue, seed).await;
    let mut count = Count::default();
    for fresh in venue.sold.chunks(PER_CUT as usize) {
        count += gate.run_until_cut(fresh).await;
    }
    eprintln!("{cuts} power cuts (GERBANG_POWER_SEED={seed}): {count:?}");
    assert!(
        count.green >= cuts,
        "too few scans to prove anything: {count:?}"
    );
    gate.sync_and_compare(&venue).await;
}

/// What the cuts met.
#[derive(Debug, Default)]
struct Count {
    /// Verdicts that were seen green.
    green: u32,
    /// Records of scans whose colour nobody saw any more.
    unseen: usize,
    /// Moments before a cut that were looked at too.
    earlier: u32,
    /// Sectors in the disk's cache at any of these.
    volatile: usize,
    /// Those of them that reached the disk.
    kept: usize,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.green += other.green;
        self.unseen += other.unseen;
        self.earlier += other.earlier;
        self.volatile += other.volatile;
        self.kept += other.kept;
    }
}

/// The gate, as it is between two boots.
struct Gate {
    parts: Parts,
    disk: Disk,
    folder: PathBuf,
    dice: SeededEntropy,
    /// Tickets to show again: the last one that was answered, and those whose answer nobody saw.
    again: Vec<Sold>,
    log: Vec<Logged>,
}

impl Gate {
    async fn set_up(venue: &Venue, seed: u64) -> Self {
        let folder = venue.folder().join("machine");
        let home = venue.enrol("North").await;
        let content = venue.folder().join("content");
        fs::create_dir_all(&folder).expect("a folder");
        fs::create_dir_all(&content).expect("a folder");
        fs::rename(home, content.join("node")).expect("moved");
        Self {
            parts: Parts::ready(),
            disk: Disk::holding(&content, &folder),
            folder,
            dice: SeededEntropy::new(seed),
            again: Vec::new(),
            log: Vec::new(),
        }
    }

    /// Switches the machine on, lets it scan, and cuts the power: mostly at some moment after the first green, at times
    /// before, while the journal is replayed or the program starts.
    async fn run_until_cut(&mut self, fresh: &[Sold]) -> Count {
        let plan = [&self.again, fresh].concat();
        let used = admitted(&self.log);
        let mut scanning = Scanning::new(plan, self.log.len(), used);
        let mut guest = Guest::power_on(&self.parts, &Board::default(), &self.disk, &self.folder);
        let early = !self.log.is_empty() && self.dice.next_u64().is_multiple_of(4);
        if early {
            let work = start_and_scan(&mut guest, &mut scanning, &self.disk, |_| false);
            let _ = timeout(self.moment(4_000), work).await;
        } else {
            let started =
                start_and_scan(&mut guest, &mut scanning, &self.disk, Scanning::has_green);
            started.await;
            let work = scan_until(&mut guest, &mut scanning, &self.disk, |_| false);
            let _ = timeout(self.moment(2_000), work).await;
        }
        let left = guest.cut_power().await;
        for line in left.iter().filter(|line| *line != "ready") {
            scanning.take(line, self.disk.written());
        }
        self.again = to_show_again(&scanning, self.again.len(), fresh.len());
        self.look(&scanning.seen, scanning.open.len())
    }

    /// Looks at what the cut left, and at what it would have left a moment earlier.
    fn look(&mut self, seen: &[(Seen, usize)], open: usize) -> Count {
        let mut losses = vec![self.disk.lose_power(&mut unflushed_kept(&self.dice))];
        let log = log_file::read(&self.disk.files("files").join("node"));
        let (before, all) = (self.log.len(), self.log.len() + seen.len());
        assert!(log.len() >= all, "{} of {all} records", log.len());
        assert!(log.len() <= all + open, "{} records of {all}", log.len());
        assert_eq!(log[..before], self.log, "what was there before");
        for ((seen, _), logged) in seen.iter().zip(&log[before..]) {
            let ticket = logged.ticket.map(|ticket| ticket.to_string());
            let shown = seen.ticket.as_ref().map(|ticket| ticket.id.clone());
            assert_eq!(
                (ticket, logged.decision.name()),
                (shown, seen.verdict.as_str())
            );
        }
        let earlier = (0..EARLIER_MOMENTS).filter(|_| !seen.is_empty());
        let earlier = earlier.map(|_| self.look_at_earlier_moment(seen, &log));
        losses.extend(earlier);
        self.log = log;
        let green = seen.iter().filter(|(seen, _)| seen.verdict == "admit");
        Count {
            green: u32::try_from(green.count()).expect("few"),
            unseen: self.log.len() - all,
            earlier: u32::try_from(losses.len() - 1).expect("few"),
            volatile: losses.iter().map(|loss| loss.volatile).sum(),
            kept: losses.iter().map(|loss| loss.kept).sum(),
        }
    }

    /// Had the power gone when one of the colours was seen, or up to the next: all that was seen by then is there.
    fn look_at_earlier_moment(&self, seen: &[(Seen, usize)], log: &[Logged]) -> Loss {
        let place = self.below(seen.len());
        let from = seen[place].1;
        let until = seen.get(place + 1).map_or(from, |(_, written)| *written);
        let exactly = self.below(2) == 0;
        let written = if exactly {
            from
        } else {
            from + self.below(until - from + 1)
        };
        let mut is_kept = unflushed_kept(&self.dice);
        let (files, loss) = self.disk.files_at(written, "earlier", &mut is_kept);
        let then = log_file::read(&files.join("node"));
        let (least, common) = (self.log.len() + place + 1, then.len().min(log.len()));
        assert!(then.len() >= least, "{} of {least} records", then.len());
        assert_eq!(then[..common], log[..common], "the same records, earlier");
        loss
    }

    /// After the last cut the disk's node syncs on the host: central has every record, once, and nothing else.
    async fn sync_and_compare(&self, venue: &Venue) {
        let home = self.disk.files("last").join("node");
        for _ in 0..2 {
            let summary = on_host(&home, &["sync", "--json"]).await;
            let status = on_host(&home, &["status", "--json"]).await.remove(0);
            assert_eq!(
                (&status["unsent"], &status["parked"]),
                (&0.into(), &0.into()),
                "{summary:?}"
            );
            let held = venue.held(&log_file::node(&home).to_string());
            assert!(held.iter().map(|held| held.seq).eq(1..=held.len() as u64));
            let records = self.log.iter().map(|logged| &logged.record);
            assert!(
                held.iter().map(|held| &held.record).eq(records),
                "central's records"
            );
        }
        let audit = venue.ask(&["audit", "verify", "--json"]).await;
        assert!(audit.iter().all(|log| log["fault"].is_null()), "{audit:?}");
        let conflicts = venue.conflicts().await;
        assert!(
            conflicts.is_empty(),
            "nobody was admitted twice: {conflicts:?}"
        );
    }

    fn moment(&self, below_ms: u64) -> Duration {
        Duration::from_millis(self.dice.next_u64() % below_ms)
    }

    fn below(&self, end: usize) -> usize {
        let end = u64::try_from(end).expect("small");
        usize::try_from(self.dice.next_u64() % end).expect("small")
    }
}

async fn start_and_scan(
    guest: &mut Guest,
    scanning: &mut Scanning,
    disk: &Disk,
    is_enough: fn(&Scanning) -> bool,
) {
    scanning.start(guest).await;
    scan_until(guest, scanning, disk, is_enough).await;
}

async fn scan_until(
    guest: &mut Guest,
    scanning: &mut Scanning,
    disk: &Disk,
    is_enough: fn(&Scanning) -> bool,
) {
    while !is_enough(scanning) {
        scanning.step(guest, disk).await;
    }
}

/// The last that was answered, all whose answer nobody saw, and what was to be shown again and was not.
fn to_show_again(scanning: &Scanning, again: usize, fresh: usize) -> Vec<Sold> {
    let shown = again + fresh - scanning.plan.len();
    let rest = scanning.plan.iter().take(again.saturating_sub(shown));
    let answered = scanning.last.iter().chain(&scanning.open);
    answered.chain(rest).cloned().collect()
}

fn admitted(log: &[Logged]) -> BTreeSet<TicketId> {
    let admitted = log
        .iter()
        .filter(|logged| logged.decision == Decision::Admit);
    admitted.filter_map(|logged| logged.ticket).collect()
}
