//! `gate.memory`: resident size of the real `edge-node run` while a camera, a scanner and its page keep it busy.

use anyhow::Result;
use support::{busy_gate::BusyGate, filled::filled};

use crate::figure::{Figure, Report};

const TICKETS: usize = 20_000;
/// Those that lie before the camera.
const SEEN: usize = 90;
/// After so many scans every part has worked.
const SCANS: u64 = 4_000;
const LIMIT_MIB: f64 = 150.0;

/// Lets it work, and reads what the kernel says.
pub async fn run(report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let home = folder.path().join("node");
    let codes = filled(&home, TICKETS, TICKETS)?.codes;
    let (seen, typed) = codes.split_at(SEEN);
    let gate = BusyGate::start(&home, seen, typed.to_vec())?;
    gate.decides(SCANS).await?;
    let kib = u32::try_from(gate.holding()?.resident_bytes / 1_024)?;
    let figure = Figure::new("gate.memory", f64::from(kib) / 1_024.0, "MiB");
    report.add(&figure.beside("limit", LIMIT_MIB));
    Ok(())
}
