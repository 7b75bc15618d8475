//! Cuts and heals: whatever fails, and in whatever order it comes back, the truth afterwards is the same.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use support::{
    box_office::{GATES, Sold},
    program,
};
use sync_protocol::merge::Ruling;

use crate::venue::{Cut, Venue, until};

/// Tickets that are shown at all three gates, per gate that sees them first.
const SHARED: usize = 6;
/// Guests that each gate lets in between two events of the play.
const GROUP: usize = 3;
/// Events of the play between which guests come: three cuts, three heals, and before and after.
const BREAKS: usize = 8;

/// In which order cables fail and are mended.
struct Play {
    cuts: [(usize, Cut); 3],
    heals: [usize; 3],
    /// The first mended cable fails once more as soon as something got through.
    flaps: bool,
}

const PLAYS: [Play; 3] = [
    Play {
        cuts: [(0, Cut::Vanish), (1, Cut::Pulled), (2, Cut::Deaf)],
        heals: [2, 0, 1],
        flaps: false,
    },
    Play {
        cuts: [(2, Cut::Pulled), (0, Cut::Deaf), (1, Cut::Vanish)],
        heals: [1, 2, 0],
        flaps: true,
    },
    Play {
        cuts: [(1, Cut::Deaf), (2, Cut::Vanish), (0, Cut::Pulled)],
        heals: [0, 1, 2],
        flaps: true,
    },
];

/// What central says of a scan: who showed which ticket where, and whose scan won.
type Rulings = BTreeMap<(usize, &'static str), Said>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Counted,
    DoubleOf(&'static str),
}

#[tokio::test(flavor = "multi_thread")]
async fn three_gates_in_their_own_networks_converge_after_cuts_and_heals() {
    let [first, second, third] = &PLAYS;
    let played = tokio::try_join!(play(first), play(second), play(third));
    let rulings = played.unwrap_or_else(|error| panic!("{error:#}"));
    let expected = expected();
    assert_eq!(rulings.0, expected, "the first order");
    assert_eq!(rulings.1, expected, "the second order");
    assert_eq!(rulings.2, expected, "the third order");
}

/// Every guest of a gate's own was admitted once; the shared tickets go to the gate that saw them first.
fn expected() -> Rulings {
    let own = GATES.len() * SHARED..GATES.len() * (SHARED + GROUP * BREAKS);
    let own = own.map(|ticket| ((ticket, GATES[ticket % GATES.len()]), Said::Counted));
    let shared = (0..GATES.len() * SHARED).flat_map(|ticket| {
        let first = GATES[ticket / SHARED];
        GATES.map(|gate| {
            let said = if gate == first {
                Said::Counted
            } else {
                Said::DoubleOf(first)
            };
            ((ticket, gate), said)
        })
    });
    own.chain(shared).collect()
}

async fn play(play: &Play) -> Result<Rulings> {
    let tickets = GATES.len() * (SHARED + GROUP * BREAKS);
    let (mut venue, sold) = Venue::open(u32::try_from(tickets)?).await?;
    let mut guests = Guests::new(&sold);
    guests.come(&mut venue).await?;
    for (gate, cut) in play.cuts {
        venue.cut(gate, cut)?;
        guests.come(&mut venue).await?;
    }
    share(&mut venue, &sold).await?;
    let unused = venue.office.sell(5).await?;
    venue.office.refund(&unused[..2]).await?;
    mend(&mut venue, &mut guests, play).await?;
    guests.come(&mut venue).await?;
    ensure!(guests.left.is_empty(), "all guests came");
    at_rest(&venue).await?;
    told(&venue).await?;
    rulings(&venue, &sold).await
}

/// Guests with tickets of their own, who come to their gates all the time.
struct Guests<'s> {
    left: Vec<&'s Sold>,
}

impl<'s> Guests<'s> {
    fn new(sold: &'s [Sold]) -> Self {
        let left = sold[GATES.len() * SHARED..].iter().rev().collect();
        Self { left }
    }

    /// The next few at each gate in turn.
    async fn come(&mut self, venue: &mut Venue) -> Result<()> {
        for _ in 0..GROUP {
            for gate in &mut venue.gates {
                let guest = self.left.pop().context("a guest who has not come yet")?;
                gate.admit(std::slice::from_ref(guest)).await?;
            }
        }
        Ok(())
    }
}

/// While all are cut off each gate lets in the same people, each group first at another gate.
async fn share(venue: &mut Venue, sold: &[Sold]) -> Result<()> {
    for turn in 0..GATES.len() {
        for (group, guests) in sold[..GATES.len() * SHARED].chunks(SHARED).enumerate() {
            let gate = (group + turn) % GATES.len();
            venue.gates[gate].admit(guests).await?;
        }
    }
    Ok(())
}

async fn mend(venue: &mut Venue, guests: &mut Guests<'_>, play: &Play) -> Result<()> {
    for (turn, gate) in play.heals.into_iter().enumerate() {
        let (_, cut) = play
            .cuts
            .iter()
            .find(|(cut, _)| *cut == gate)
            .context("it was cut")?;
        let before = venue.received().await?[gate];
        venue.heal(gate, *cut)?;
        if turn == 0 && play.flaps {
            let office = &*venue;
            until("something gets through", || async move {
                Ok(office.received().await?[gate] > before)
            })
            .await?;
            venue.cut(gate, Cut::Vanish)?;
            guests.come(venue).await?;
            venue.heal(gate, Cut::Vanish)?;
        } else {
            guests.come(venue).await?;
        }
    }
    Ok(())
}

/// Nothing is unsent, every replica is proven at central's revision, and every log holds together at central.
async fn at_rest(venue: &Venue) -> Result<()> {
    until("all gates are current", || async {
        let (received, revision) = (venue.received().await?, venue.office.revision().await?);
        for (gate, received) in venue.gates.iter().zip(received) {
            let status = gate.status().await?;
            let is_current = status["scans"] == received
                && status["unsent"] == 0
                && status["parked"] == 0
                && status["replica"]["complete"] == true
                && status["replica"]["revision"] == revision;
            if !is_current {
                return Ok(false);
            }
        }
        Ok(true)
    })
    .await?;
    let mut verify = venue.office.central()?;
    verify.args(["audit", "verify"]);
    program::finish(verify, &[0]).await.map(drop)
}

/// Each gate was told of every double that it won or lost, and of no other.
async fn told(venue: &Venue) -> Result<()> {
    for (gate, machine) in GATES.iter().zip(&venue.gates) {
        let status = machine.status().await?;
        let doubles = status["doubles"].as_array().context("a list of doubles")?;
        let mut told = BTreeSet::new();
        for double in doubles {
            let (won, lost) = (&double["won"]["gate"], &double["lost"]["gate"]);
            ensure!(won == gate || lost == gate, "not of {gate}: {double}");
            ensure!(double["won_here"] == (won == gate), "{double}");
            told.insert((double["ticket"].to_string(), lost.to_string()));
        }
        // It won one group against two other gates, and lost the two other groups.
        let expected = SHARED * (GATES.len() - 1) * 2;
        ensure!(
            told.len() == expected && doubles.len() == expected,
            "{gate} was told of {} doubles",
            told.len()
        );
    }
    Ok(())
}

async fn rulings(venue: &Venue, sold: &[Sold]) -> Result<Rulings> {
    let nodes = venue.office.app.nodes(Some(venue.office.id())).await?;
    let gate = |id| {
        let node = nodes.iter().find(|node| node.id == id)?;
        GATES.into_iter().find(|gate| *gate == node.name)
    };
    let mut rulings = Rulings::new();
    for passage in venue.office.passages().await? {
        let ticket = sold.iter().position(|sold| Some(sold.id) == passage.ticket);
        let said = match passage.ruling {
            Ruling::Double { winner, .. } => {
                Said::DoubleOf(gate(winner.node).context("an enrolled node")?)
            }
            _ => Said::Counted,
        };
        let place = (
            ticket.context("a ticket that was sold")?,
            gate(passage.scan.node).context("an enrolled node")?,
        );
        ensure!(
            rulings.insert(place, said).is_none(),
            "twice at central: {place:?}"
        );
    }
    Ok(rulings)
}
