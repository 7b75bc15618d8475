//! A gate on a 2G-like link: a thousand scans and a thousand changes get through, in a time that follows from what
//! the link can carry.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use support::box_office::{BoxOffice, GATES};

use crate::{
    machine::Machine,
    namespaces::Namespace,
    thin_link::{BYTES_PER_SECOND, FAR, ROUND_TRIP, ThinLink},
    venue::{enrolment, serve},
};

const SCANS: u32 = 1_000;
const CHANGES: u32 = 1_000;
/// What a scan and a change may cost on the radio at most, tunnel and retransmissions included. The bare records
/// are 160 bytes each.
const BYTES_EACH: u32 = 100;
/// Losses halve a sender's speed again and again, and each way of the link waits while the other one is used.
const FACTOR: u32 = 3;
/// To connect, to shake hands, to open the session, to ask; and each of them may be lost twice and be sent again.
const ROUND_TRIPS: u32 = 5 * 3;

/// What the link takes for as many bytes as are allowed, times the factor, and the round trips.
fn limit() -> Duration {
    let bytes = (SCANS + CHANGES) * BYTES_EACH;
    Duration::from_secs((FACTOR * bytes / BYTES_PER_SECOND).into()) + ROUND_TRIP * ROUND_TRIPS
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_on_a_2g_link_syncs_a_thousand_scans_and_a_thousand_changes_in_time() {
    let cost = sync_over_2g()
        .await
        .unwrap_or_else(|error| panic!("{error:#}"));
    let (
        Cost {
            seconds,
            up,
            down,
            lost,
        },
        limit,
    ) = (cost, limit());
    println!("2G: {up} B up, {down} B down, {lost} packets lost, {seconds:.1} s of {limit:?}");
    assert!(lost > 0, "the link loses packets");
    let most = u64::from((SCANS + CHANGES) * BYTES_EACH);
    assert!(
        up + down <= most,
        "{up} up and {down} down, more than {most}"
    );
    assert!(
        seconds <= limit.as_secs_f64(),
        "{seconds} s, limit {limit:?}"
    );
}

/// What one sync took.
struct Cost {
    seconds: f64,
    up: u64,
    down: u64,
    lost: u64,
}

async fn sync_over_2g() -> Result<Cost> {
    let folder = tempfile::tempdir()?;
    let office = BoxOffice::open(folder.path()).await?;
    let guests = office.sell(SCANS + CHANGES / 2).await?;
    let central = Namespace::new()?;
    let mut gate = Machine::new(&folder.path().join("gate"))?;
    let link = ThinLink::new(&gate.network, &central)?;
    let address = format!("{FAR}:8443");
    let _serving = serve(&office, &central, folder.path(), &address).await?;
    let code = enrolment(&office, GATES[0], &address).await?;
    gate.enrol(&format!("https://{address}"), &code).await?;
    gate.admit(&guests[..SCANS as usize]).await?;
    office.refund(&guests[SCANS as usize..]).await?;
    office.sell(CHANGES / 2).await?;
    link.thin(&gate.network)?;
    let before = ThinLink::bytes(&gate.network)?;
    let begun = Instant::now();
    let said = gate.ask(&["sync", "--json"]).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let now = ThinLink::bytes(&gate.network)?;
    ensure!(
        said["sent"] == SCANS && said["tickets"] == CHANGES,
        "{said}"
    );
    let status = gate.status().await?;
    ensure!(
        status["replica"]["complete"] == true && status["unsent"] == 0,
        "{status}"
    );
    Ok(Cost {
        seconds,
        up: now[0] - before[0],
        down: now[1] - before[1],
        lost: link.lost(&gate.network)?,
    })
}
