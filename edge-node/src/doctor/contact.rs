//! What central last said: lease, rights, time, and what it has not got yet.

use sync_protocol::{
    rights::Rights,
    scan::Head,
    time::{Reading, Timestamp},
};

use super::{
    Check,
    said::{Said, Words, said},
};
use crate::{log::contact::Contact, moment_text::rfc3339};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// A shift.
const LEASE_SHORT: i64 = 12 * HOUR;
const SYNC_OLD: i64 = 15 * MINUTE;
/// Verdicts are right with any clock; people who read the wall are not.
const CLOCK_WRONG: i64 = 2 * MINUTE;
pub(super) const SYNC: Words = (
    "run `edge-node sync`, or bring central's answer on a stick (`edge-node import`)",
    "jalankan `edge-node sync`, atau bawa jawaban pusat dengan flashdisk (`edge-node import`)",
);
const SEND: Words = (
    "run `edge-node sync`, or carry them out with `edge-node export`",
    "jalankan `edge-node sync`, atau bawa keluar dengan `edge-node export`",
);
const SET_CLOCK: Words = (
    "set this machine's clock; scans are corrected meanwhile",
    "atur jam mesin ini; sementara itu pindaian dikoreksi",
);

/// All of it.
#[must_use]
pub fn all(contact: &Contact, head: &Head, reading: &Reading, parked: Option<u64>) -> Vec<Check> {
    let now = contact.estimate(reading);
    vec![
        standing(contact),
        lease(contact, now),
        rights(contact),
        clock(contact, reading),
        last_sync(contact, now),
        unsent(contact, head),
        set_aside(parked.unwrap_or(0)),
    ]
}

/// Whether central works with this disk.
#[must_use]
pub fn standing(contact: &Contact) -> Check {
    if contact.is_copy {
        return Check::no_go(
            "standing",
            (
                "central has other scans of this node: this disk, or another with its name, is a copy",
                "pusat punya pindaian lain dari node ini: disk ini, atau disk lain bernama sama, adalah salinan",
            ),
            (
                "take one of the two disks out of use, then see \"A gate's disk was copied\" in docs/operations.md",
                "berhenti memakai salah satu disk, lalu lihat \"A gate's disk was copied\" di docs/operations.md",
            ),
        );
    }
    if contact.is_erased {
        return Check::no_go(
            "standing",
            (
                "central revoked this node and its tickets are erased",
                "pusat mencabut node ini dan tiketnya sudah dihapus",
            ),
            (
                "carry out its scans (`edge-node export`) and enrol a new node in another folder",
                "bawa keluar pindaiannya (`edge-node export`), lalu daftarkan node baru di folder lain",
            ),
        );
    }
    Check::ok(
        "standing",
        (
            "central works with this node",
            "pusat bekerja dengan node ini",
        ),
    )
}

/// How long it may decide.
#[must_use]
pub fn lease(contact: &Contact, now: Timestamp) -> Check {
    let Some(until) = contact.lease_until else {
        let found = ("central never gave one", "pusat belum pernah memberi izin");
        return Check::no_go("lease", found, SYNC);
    };
    if contact.is_over {
        let found = (
            "it ended, and only central can give another",
            "sudah berakhir, dan hanya pusat yang dapat memberi lagi",
        );
        return Check::no_go("lease", found, SYNC);
    }
    let left = until.ms_since(now);
    let (end, hours, minutes) = (rfc3339(until), left / HOUR, left % HOUR / MINUTE);
    let found = said!(
        "until {end} ({hours} h {minutes} min left)",
        "sampai {end} (sisa {hours} jam {minutes} menit)"
    );
    match left {
        ..=0 => Check::no_go(
            "lease",
            said!("it ended at {end}", "berakhir pada {end}"),
            SYNC,
        ),
        1..LEASE_SHORT => Check::warning("lease", found, SYNC),
        LEASE_SHORT.. => Check::ok("lease", found),
    }
}

/// What it may do.
#[must_use]
pub fn rights(contact: &Contact) -> Check {
    let names = contact.rights.names();
    if contact.rights == Rights::ALL && contact.central_seen.is_none() {
        let found = (
            "not known until the first sync",
            "belum diketahui sebelum sinkronisasi pertama",
        );
        return Check::warning("rights", found, SYNC);
    }
    match names.is_empty() {
        true => Check::no_go(
            "rights",
            ("this node may do nothing", "node ini tidak boleh apa-apa"),
            (
                "ask for other rights in the panel, then sync",
                "minta wewenang lain di panel, lalu sinkronkan",
            ),
        ),
        false => Check::ok("rights", Said::plain(names.join(", "))),
    }
}

/// Whether times will be right, and whether the wall shows them.
#[must_use]
pub fn clock(contact: &Contact, reading: &Reading) -> Check {
    if let Some(time) = contact.central_time(reading) {
        let offset = reading.wall.ms_since(time.at);
        let error = time.error_ms();
        let found = said!(
            "{offset:+} ms against central's, ± {error} ms",
            "{offset:+} ms dari jam pusat, ± {error} ms"
        );
        return match offset.saturating_abs() > CLOCK_WRONG {
            true => Check::warning("clock", found, SET_CLOCK),
            false => Check::ok("clock", found),
        };
    }
    if let Some(seen) = contact.central_seen
        && reading.wall < seen
    {
        let (wall, seen) = (rfc3339(reading.wall), rfc3339(seen));
        let found = said!(
            "it says {wall}, but central was heard of at {seen}",
            "jam menunjuk {wall}, padahal pusat terdengar pada {seen}"
        );
        let advice = (
            "set this machine's clock, or sync: then scans are corrected",
            "atur jam mesin ini, atau sinkronkan: setelah itu pindaian dikoreksi",
        );
        return Check::warning("clock", found, advice);
    }
    Check::warning(
        "clock",
        (
            "not compared with central's since this machine started",
            "belum dibandingkan dengan pusat sejak mesin ini menyala",
        ),
        (
            "sync once: until then scans have this machine's time, and central knows it only roughly",
            "sinkronkan sekali: sampai saat itu pindaian memakai jam mesin ini, dan pusat hanya tahu kira-kira",
        ),
    )
}

/// How long ago central was heard of.
#[must_use]
pub fn last_sync(contact: &Contact, now: Timestamp) -> Check {
    let Some(seen) = contact.central_seen else {
        return Check::warning("last_sync", ("never", "belum pernah"), SYNC);
    };
    let age = now.ms_since(seen);
    let (minutes, at) = (age / MINUTE, rfc3339(seen));
    let found = said!("{minutes} min ago ({at})", "{minutes} menit lalu ({at})");
    match age > SYNC_OLD {
        true => Check::warning("last_sync", found, SYNC),
        false => Check::ok("last_sync", found),
    }
}

/// What central has not got yet.
#[must_use]
pub fn unsent(contact: &Contact, head: &Head) -> Check {
    let left = head.seq.saturating_sub(contact.acknowledged);
    let all = head.seq;
    match left {
        0 => Check::ok(
            "unsent",
            said!("none of {all} records", "semua {all} catatan terkirim"),
        ),
        _ => Check::warning(
            "unsent",
            said!("{left} of {all} records", "{left} dari {all} catatan"),
            SEND,
        ),
    }
}

/// What central could not use.
#[must_use]
pub fn set_aside(parked: u64) -> Check {
    match parked {
        0 => Check::ok(
            "parked",
            (
                "central set no record aside",
                "tidak ada catatan yang disisihkan pusat",
            ),
        ),
        _ => Check::warning(
            "parked",
            said!(
                "central set {parked} records aside",
                "pusat menyisihkan {parked} catatan"
            ),
            (
                "`central node show` says why",
                "`central node show` menjelaskan sebabnya",
            ),
        ),
    }
}

#[cfg(test)]
#[path = "contact_tests.rs"]
mod tests;
