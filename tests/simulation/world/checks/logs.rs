//! Rules of the logs: what a gate did is at central, once, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::scan::ScanId;

use super::{
    super::{
        broken::{Held, broken, demand},
        device::{Deed, Device},
        hall::Hall,
    },
    Row,
};

/// Whether another disk may have spoken in this node's name: then what central heard of the log's end need not be true
/// of this one.
pub fn may_be_mistaken(devices: &[Device], row: &Row) -> bool {
    let mut lines = devices.iter().filter(|device| device.id == row.scan.node);
    lines.any(|device| device.has_twin)
}

/// The deed that a row at central tells of.
pub fn deed_of<'a>(devices: &'a [Device], row: &Row) -> Option<&'a Deed> {
    let place = usize::try_from(row.scan.seq - 1).expect("small");
    let lines = devices.iter().filter(|device| device.id == row.scan.node);
    let mut deeds = lines.filter_map(|device| device.log.get(place));
    deeds.find(|deed| deed.bytes == row.record)
}

/// Whatever stands at central was done by a gate, as it stands there.
pub fn nothing_is_invented(devices: &[Device], rows: &[Row]) -> Held {
    for row in rows {
        demand(
            deed_of(devices, row).is_some(),
            "nothing stands at central that no gate did",
            || format!("{row:?}"),
        )?;
    }
    Ok(())
}

/// At rest: every record of every log is at central exactly once. The log of a copied disk may be refused: what of it
/// was acknowledged is set aside there, and the rest is still on the disk.
pub async fn every_record_arrived_once(devices: &[Device], rows: &[Row], hall: &Hall) -> Held {
    const RULE: &str = "every scan is at central exactly once";
    let stored: BTreeMap<ScanId, &Row> = rows.iter().map(|row| (row.scan, row)).collect();
    let (parked, for_good) = parked(hall).await;
    for device in devices {
        let acknowledged = device.node().contact().expect("the log").acknowledged;
        // A central that went back lost what it had acknowledged, and takes nothing more from a copied disk.
        let is_on_disk = |seq| hall.was_put_back || seq > acknowledged;
        for deed in &device.log {
            let row = stored.get(&deed.record.id());
            let is_stored = row.is_some_and(|row| row.record == deed.bytes);
            let is_parked = parked.contains(&deed.bytes);
            let is_right = match device.has_twin {
                true => is_stored || is_parked || is_on_disk(deed.record.seq),
                false => is_stored && !for_good.contains(&deed.bytes),
            };
            demand(is_right, RULE, || {
                let place = (is_stored, is_parked, acknowledged);
                format!(
                    "{} {:?}: stored, parked, acknowledged {place:?}",
                    device.name, deed.record
                )
            })?;
        }
    }
    if rows.len() != stored.len() {
        return broken(RULE, "a scan stands there twice");
    }
    Ok(())
}

/// What central set aside, and what of that for good: what only came too early is sent again.
async fn parked(hall: &Hall) -> (BTreeSet<Vec<u8>>, BTreeSet<Vec<u8>>) {
    let sql = "SELECT body, code FROM parked_records";
    let rows: Vec<(Vec<u8>, String)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    let for_good = rows.iter().filter(|(_, code)| code != "log_gap");
    let for_good = for_good.map(|(body, _)| body.clone()).collect();
    (rows.into_iter().map(|(body, _)| body).collect(), for_good)
}

/// At rest: two disks that went on apart were found out. A revoked node stays revoked; its scans are set aside.
pub async fn every_fork_is_found(devices: &[Device], hall: &Hall) -> Held {
    let sql = "SELECT id FROM nodes WHERE status = 'quarantined' \
               UNION SELECT node_id FROM parked_records WHERE code = 'log_forked'";
    let found: Vec<(uuid::Uuid,)> = sqlx::query_as(sql)
        .fetch_all(hall.reader())
        .await
        .expect(sql);
    for device in devices.iter().filter(|device| device.has_twin) {
        let twins = devices.iter().filter(|other| other.id == device.id);
        let apart = twins.clone().any(|other| parted(device, other));
        let is_found = found.contains(&(device.id.0,));
        demand(is_found || !apart, "a copied disk is found out", || {
            format!("{} and its twin went on apart", device.name)
        })?;
    }
    Ok(())
}

/// Both went on, and not in the same way.
fn parted(one: &Device, other: &Device) -> bool {
    let both = one.log.iter().zip(&other.log);
    both.into_iter()
        .any(|(one, other)| one.bytes != other.bytes)
}
