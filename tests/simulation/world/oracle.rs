//! The oracle: what the rulings must be, from what truly happened. It shares no code with the merge.
//!
//! It knows the true time of every scan. Where the corrected times of scans that bear on each other do not overlap,
//! their order is the true order; where they do, nobody can ask for more than the order of the estimates, and that it
//! is said. It then plays the venue's book-keeping again, with one plain list of what counted.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::{
    config::EntryRule,
    id::{GateId, TicketId, WristbandId},
    moment::Interval,
    scan::{Action, ScanId},
    time::Timestamp,
};

/// An admitted scan.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Its name.
    pub scan: ScanId,
    /// The ticket that was shown.
    pub ticket: Option<TicketId>,
    /// The wristband that was shown, bound or taken away.
    pub wristband: Option<WristbandId>,
    /// Where.
    pub gate: GateId,
    /// What for.
    pub action: Action,
    /// The place in the same log of what it takes back.
    pub undoes: Option<u64>,
    /// When central believes it was.
    pub believed: Interval,
    /// The event day of that belief.
    pub day: u8,
    /// When it was, if central could find that out.
    pub truly: Option<Timestamp>,
}

/// The event's rules.
pub struct Rules {
    /// How often a ticket lets in.
    pub entry: EntryRule,
    /// When everybody counts as outside again.
    pub check_outs: Vec<Timestamp>,
}

/// What must be said of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Must {
    /// It stands.
    Count,
    /// An exit of nobody, or a wristband taken from nobody.
    Stray,
    /// A wristband of nobody.
    Unbound,
    /// A supervisor took it back.
    Undone,
    /// It lost to this scan, undecidably or not.
    Lose(ScanId, bool),
}

/// What must be said of every scan, and the ticket that it is for.
pub type Book = BTreeMap<ScanId, (Must, Option<TicketId>)>;

/// What must be said of every scan.
pub fn rulings(rules: &Rules, scans: &[Admitted]) -> Book {
    let (mut book, gone) = taken_back(scans);
    let rest = scans.iter().filter(|scan| !gone.contains(&scan.scan));
    let rest: Vec<Admitted> = rest.cloned().collect();
    for mut scans in circles(&rest) {
        let unsure = scans.iter().any(|scan| scan.truly.is_none()) || any_overlap(&scans);
        let time = |scan: &Admitted| scan.truly.filter(|_| !unsure);
        scans.sort_by_key(|scan| (time(scan).unwrap_or(scan.believed.at), scan.scan));
        book.extend(Venue::new(rules).play(&scans));
    }
    book
}

/// What is said of scans that were taken back and of the records that did it, whenever they were; and all of these.
fn taken_back(scans: &[Admitted]) -> (Book, BTreeSet<ScanId>) {
    let mut undoings: Vec<&Admitted> = scans.iter().filter(|scan| is_undoing(scan)).collect();
    undoings.sort_by_key(|scan| scan.scan);
    let (mut book, mut gone) = (Book::new(), BTreeSet::new());
    for undoing in undoings {
        let place = undoing.undoes.filter(|place| *place < undoing.scan.seq);
        let meant = scans.iter().find(|scan| {
            let named = scan.scan.node == undoing.scan.node && Some(scan.scan.seq) == place;
            let same = scan.ticket == undoing.ticket && scan.wristband == undoing.wristband;
            named && same && !is_undoing(scan)
        });
        let undone = meant.filter(|scan| gone.insert(scan.scan));
        let must = undone.map_or(Must::Stray, |_| Must::Count);
        book.insert(undoing.scan, (must, undoing.ticket));
        if let Some(undone) = undone {
            book.insert(undone.scan, (Must::Undone, undone.ticket));
        }
        gone.insert(undoing.scan);
    }
    (book, gone)
}

fn is_undoing(scan: &Admitted) -> bool {
    scan.action == Action::Undo
}

/// Scans that share a ticket or a wristband, directly or through others.
fn circles(scans: &[Admitted]) -> Vec<Vec<&Admitted>> {
    let mut circles: Vec<Vec<&Admitted>> = Vec::new();
    for scan in scans {
        let touches = |circle: &Vec<&Admitted>| circle.iter().any(|other| is_near(scan, other));
        let (near, far): (Vec<_>, Vec<_>) = circles.into_iter().partition(touches);
        circles = far;
        circles.push(near.into_iter().flatten().chain([scan]).collect());
    }
    circles
}

fn is_near(one: &Admitted, other: &Admitted) -> bool {
    let same_ticket = one.ticket.is_some() && one.ticket == other.ticket;
    same_ticket || (one.wristband.is_some() && one.wristband == other.wristband)
}

fn any_overlap(scans: &[&Admitted]) -> bool {
    let later = |at: usize| scans[at + 1..].iter();
    (0..scans.len()).any(|at| later(at).any(|other| overlap(scans[at], other)))
}

fn overlap(one: &Admitted, other: &Admitted) -> bool {
    let (one, other) = (&one.believed, &other.believed);
    !(one.hi < other.lo || other.hi < one.lo)
}

/// The venue's books while the scans of one circle are played.
struct Venue<'a> {
    rules: &'a Rules,
    /// Exchanges that stand.
    pairs: Vec<&'a Admitted>,
    /// Tickets that were exchanged once.
    exchanged: BTreeSet<TicketId>,
    /// Entries and exits that counted, in the order in which they did, and for whom.
    moves: Vec<(TicketId, &'a Admitted)>,
    /// Uses of wristbands of nobody.
    waiting: Vec<&'a Admitted>,
    book: Book,
}

impl<'a> Venue<'a> {
    const fn new(rules: &'a Rules) -> Self {
        Self {
            rules,
            pairs: Vec::new(),
            exchanged: BTreeSet::new(),
            moves: Vec::new(),
            waiting: Vec::new(),
            book: Book::new(),
        }
    }

    fn play(mut self, scans: &[&'a Admitted]) -> Book {
        for scan in scans {
            match scan.action {
                Action::Exchange => self.exchange(scan),
                Action::Unpair => self.unpair(scan),
                Action::Entry | Action::Exit => self.come_or_go(scan),
                Action::Undo => unreachable!("it was told before"),
            }
        }
        self.book
    }

    fn write(&mut self, scan: &Admitted, must: Must, ticket: Option<TicketId>) {
        self.book.insert(scan.scan, (must, ticket));
    }

    fn wearing(&self, wristband: Option<WristbandId>) -> Option<&'a Admitted> {
        let mut pairs = self.pairs.iter().copied();
        pairs.find(|pair| wristband.is_some() && pair.wristband == wristband)
    }

    fn exchange(&mut self, scan: &'a Admitted) {
        let ticket = scan.ticket.expect("an exchange shows a ticket");
        let standing = self
            .pairs
            .iter()
            .copied()
            .find(|pair| pair.ticket == Some(ticket));
        let entered = self
            .moves
            .iter()
            .find(|(of, by)| *of == ticket && by.action == Action::Entry);
        let entered = entered
            .map(|(_, by)| *by)
            .filter(|_| !self.exchanged.contains(&ticket));
        match standing.or(entered).or(self.wearing(scan.wristband)) {
            Some(winner) => self.write(scan, lose(winner, scan), Some(ticket)),
            None => self.pair(ticket, scan),
        }
    }

    fn pair(&mut self, ticket: TicketId, scan: &'a Admitted) {
        self.pairs.push(scan);
        self.exchanged.insert(ticket);
        self.write(scan, Must::Count, Some(ticket));
        let of_it = |one: &&Admitted| one.wristband.is_some() && one.wristband == scan.wristband;
        let waiting = std::mem::take(&mut self.waiting);
        let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(of_it);
        self.waiting = later;
        // What certainly came before the exchange was somebody else's doing.
        let theirs = now.into_iter().filter(|one| overlap(one, scan));
        theirs.for_each(|one| self.pass(ticket, one));
    }

    fn unpair(&mut self, scan: &Admitted) {
        let worn = self.wearing(scan.wristband);
        let ticket = scan.ticket.or(worn.and_then(|pair| pair.ticket));
        let is_meant = |pair: &&Admitted| {
            let same = scan.wristband.is_none() || pair.wristband == scan.wristband;
            ticket.is_some() && pair.ticket == ticket && same
        };
        let found = self.pairs.iter().position(is_meant);
        let must = match found {
            Some(at) => {
                self.pairs.remove(at);
                Must::Count
            }
            None => Must::Stray,
        };
        self.write(scan, must, ticket);
    }

    fn come_or_go(&mut self, scan: &'a Admitted) {
        let worn = self.wearing(scan.wristband).and_then(|pair| pair.ticket);
        match scan.ticket.or(worn) {
            Some(ticket) => self.pass(ticket, scan),
            None => {
                self.waiting.push(scan);
                self.write(scan, Must::Unbound, None);
            }
        }
    }

    fn pass(&mut self, ticket: TicketId, scan: &'a Admitted) {
        let before: Vec<&Admitted> = self
            .moves
            .iter()
            .filter(|(of, _)| *of == ticket)
            .map(|(_, by)| *by)
            .collect();
        let inside = self.inside(&before, scan.believed.at);
        let must = match (scan.action, inside) {
            (Action::Exit, true) => Must::Count,
            (Action::Exit, false) => Must::Stray,
            _ => used_up(self.rules.entry, &before, inside, scan)
                .map_or(Must::Count, |winner| lose(winner, scan)),
        };
        if must == Must::Count {
            self.moves.push((ticket, scan));
        }
        self.write(scan, must, Some(ticket));
    }

    /// Whether somebody who moved like this is inside at a moment.
    fn inside(&self, moves: &[&Admitted], at: Timestamp) -> bool {
        let Some(entry) = moves.last().filter(|last| last.action == Action::Entry) else {
            return false;
        };
        let mut out = self.rules.check_outs.iter();
        !out.any(|moment| entry.believed.at < *moment && *moment <= at)
    }
}

/// The entry that used the ticket up.
fn used_up<'a>(
    rule: EntryRule,
    moves: &[&'a Admitted],
    inside: bool,
    scan: &Admitted,
) -> Option<&'a Admitted> {
    let of = moves.iter().copied();
    let entries: Vec<&Admitted> = of.filter(|scan| scan.action == Action::Entry).collect();
    let here = entries
        .iter()
        .copied()
        .filter(|entry| entry.gate == scan.gate);
    let here: Vec<&Admitted> = here.collect();
    let last_of = |entries: &[&'a Admitted], most: u16| {
        let last = entries.last().copied();
        last.filter(|_| entries.len() >= usize::from(most))
    };
    match rule {
        EntryRule::Single => last_of(&entries, 1),
        EntryRule::OncePerDay => entries.into_iter().find(|entry| entry.day == scan.day),
        EntryRule::Times(most) => last_of(&entries, most),
        EntryRule::TimesPerGate(most) => last_of(&here, most),
        EntryRule::ReEntry => last_of(&entries, 1).filter(|_| inside),
    }
}

fn lose(winner: &Admitted, scan: &Admitted) -> Must {
    Must::Lose(winner.scan, overlap(winner, scan))
}
