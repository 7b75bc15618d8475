//! The disk under the node: room, and a write that is really made durable.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::Path,
};

use ambient::Clock;

use super::{
    Check,
    said::{Words, said},
};
use crate::home::Home;

const MIB: u64 = 1 << 20;
/// A day of scans at a busy gate, with what the databases need beside it.
const NEED: u64 = 32 * MIB;
/// Guests wait for this before every light.
const SLOW_MS: i64 = 100;
/// A page of the database.
const PROBE: [u8; 4096] = [0x55; 4096];
const MAKE_ROOM: Words = (
    "make room on this disk, or move the node's folder to a larger one",
    "kosongkan ruang di disk ini, atau pindahkan folder node ke disk yang lebih besar",
);
const FASTER: Words = (
    "every guest waits for it: use a faster disk, or find out who else writes",
    "setiap tamu menunggunya: pakai disk yang lebih cepat, atau cari tahu program lain yang menulis",
);
const WORN_OUT: Words = (
    "a card that turned read-only is worn out: copy the folder to another disk, and use that one alone",
    "kartu yang menjadi hanya-baca sudah aus: salin foldernya ke disk lain, dan pakai yang itu saja",
);

/// What the disk said.
#[derive(Debug)]
pub struct Probed {
    /// Bytes that are free for this user.
    pub free: u64,
    /// Bytes that a day needs: scans, and the replica once more while it is fetched anew.
    pub need: u64,
    /// How long a durable write took, in milliseconds.
    pub write: std::io::Result<i64>,
}

/// Asks the disk.
#[must_use]
pub fn all(home: &Home, clock: &dyn Clock) -> Check {
    let free = match rustix::fs::statvfs(home.root()) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            let found = said!(
                "the disk does not answer: {error}",
                "disk tidak menjawab: {error}"
            );
            let advice = (
                "check the disk, or use another one",
                "periksa disk, atau pakai yang lain",
            );
            return Check::no_go("disk", found, advice);
        }
    };
    let replica = fs::metadata(home.replica()).map_or(0, |file| file.len());
    judge(&Probed {
        free,
        need: NEED + replica,
        write: write(home.root(), clock),
    })
}

fn write(folder: &Path, clock: &dyn Clock) -> std::io::Result<i64> {
    let path = folder.join("doctor.probe");
    let begun = clock.reading().mono_ms;
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&path);
    let written = file.and_then(|mut file| {
        file.write_all(&PROBE)?;
        file.sync_all()
    });
    let took = clock.reading().mono_ms - begun;
    let removed = match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    written.and(removed).map(|()| took)
}

/// Whether a gate can work on it.
#[must_use]
pub fn judge(probed: &Probed) -> Check {
    let Probed { free, need, write } = probed;
    let (free_mib, need_mib) = (free / MIB, need.div_ceil(MIB));
    let took = match write {
        Err(error) => return cannot_write(error, free_mib),
        Ok(took) => *took,
    };
    let found = said!(
        "{free_mib} MiB free of {need_mib} needed, a durable write takes {took} ms",
        "{free_mib} MiB kosong dari {need_mib} yang perlu, satu tulisan tahan mati butuh {took} ms"
    );
    if free < need {
        Check::no_go("disk", found, MAKE_ROOM)
    } else if *free < need.saturating_mul(4) {
        Check::warning("disk", found, MAKE_ROOM)
    } else if took > SLOW_MS {
        Check::warning("disk", found, FASTER)
    } else {
        Check::ok("disk", found)
    }
}

fn cannot_write(error: &std::io::Error, free_mib: u64) -> Check {
    use std::io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded => Check::no_go(
            "disk",
            said!(
                "it is full ({free_mib} MiB free): {error}",
                "disk penuh ({free_mib} MiB kosong): {error}"
            ),
            MAKE_ROOM,
        ),
        ReadOnlyFilesystem => Check::no_go(
            "disk",
            said!(
                "it is read-only: {error}",
                "disk hanya dapat dibaca: {error}"
            ),
            WORN_OUT,
        ),
        _ => Check::no_go(
            "disk",
            said!(
                "nothing can be written: {error}",
                "tidak ada yang dapat ditulis: {error}"
            ),
            (
                "check the rights of the folder, and the disk",
                "periksa hak atas folder, dan disknya",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use ambient::SystemClock;

    use super::*;
    use crate::doctor::Level::{NoGo, Ok, Warning};

    #[test]
    fn room_speed_and_a_real_write_decide() {
        let refused = |kind: ErrorKind| Err(Error::from(kind));
        for (free, write, level, says) in [
            (400, Result::Ok(3), Ok, "400 MiB free of 40 needed"),
            (100, Result::Ok(3), Warning, "100 MiB"),
            (39, Result::Ok(3), NoGo, "39 MiB"),
            (400, Result::Ok(150), Warning, "150 ms"),
            (400, refused(ErrorKind::StorageFull), NoGo, "full"),
            (
                400,
                refused(ErrorKind::ReadOnlyFilesystem),
                NoGo,
                "read-only",
            ),
            (
                400,
                refused(ErrorKind::PermissionDenied),
                NoGo,
                "nothing can be written",
            ),
        ] {
            let check = judge(&Probed {
                free: free * MIB,
                need: 40 * MIB,
                write,
            });
            assert_eq!(check.level, level, "{check:?}");
            assert!(check.found.to_string().contains(says), "{check:?}");
        }
    }

    #[test]
    fn the_probe_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let took = write(folder.path(), &SystemClock::new()).expect("written");
        assert!((0..60_000).contains(&took));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
        assert!(write(&folder.path().join("gone"), &SystemClock::new()).is_err());
    }
}
