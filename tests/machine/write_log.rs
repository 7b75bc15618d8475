//! What a disk was told, in the format of Linux' dm-log-writes and QEMU's `blklogwrites`.
//!
//! One sector of head (magic, version, count of entries up to the last flush, sector size), then entries: a sector with
//! place, length and flags, and the data behind it. All numbers are 64 bits, little end first.
use std::ops::Range;

use ambient::{Entropy, SeededEntropy};

const SECTOR: usize = 512;
const FLUSH: u64 = 1;
const DISCARD: u64 = 4;

/// All of it.
#[derive(Default)]
pub struct WriteLog<'a> {
    entries: u64,
    writes: Vec<Write<'a>>,
    /// So many of them had come before the last flush.
    flushed: usize,
}

/// What became of the disk's cache, in sectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Never flushed.
    pub volatile: usize,
    /// Those of them that reached the disk.
    pub kept: usize,
}

struct Write<'a> {
    offset: usize,
    data: &'a [u8],
}

impl<'a> WriteLog<'a> {
    /// Reads it up to where QEMU was killed; `None` when entries before the last flush are missing.
    pub fn read(log: &'a [u8]) -> Option<Self> {
        let read = Self::start_of(log);
        let acknowledged = numbers(log, 16..24).map_or(0, |[count]| count);
        (read.entries >= acknowledged).then_some(read)
    }

    /// Reads what a log began with; an entry that is not whole was about to be written.
    pub fn start_of(log: &'a [u8]) -> Self {
        let mut read = Self::default();
        let mut at = SECTOR;
        while let Some([sector, sectors, flags]) = numbers(log, at..at + 24) {
            let is_discard = flags & DISCARD != 0;
            let start = at + SECTOR;
            let end = start + if is_discard { 0 } else { bytes(sectors) };
            let Some(data) = log.get(start..end) else {
                break;
            };
            if sectors == 0 && flags == 0 {
                break;
            }
            read.entries += 1;
            if flags & FLUSH != 0 {
                read.flushed = read.writes.len();
            } else if !is_discard {
                let offset = bytes(sector);
                read.writes.push(Write { offset, data });
            }
            at = end;
        }
        read
    }

    /// Does it again to the disk as it was: all that was flushed, and the later sectors that `is_kept` says.
    pub fn replay(&self, image: &mut [u8], is_kept: &mut dyn FnMut() -> bool) -> Loss {
        let (flushed, volatile) = self.writes.split_at(self.flushed);
        for write in flushed {
            image[write.offset..][..write.data.len()].copy_from_slice(write.data);
        }
        let mut loss = Loss::default();
        for write in volatile {
            for (place, sector) in write.data.chunks(SECTOR).enumerate() {
                loss.volatile += 1;
                if is_kept() {
                    loss.kept += 1;
                    image[write.offset + place * SECTOR..][..sector.len()].copy_from_slice(sector);
                }
            }
        }
        loss
    }
}

/// What a disk that loses power does with the sectors of its cache: none, all, or each by chance.
pub fn unflushed_kept(dice: &SeededEntropy) -> impl FnMut() -> bool {
    let way = dice.next_u64() % 3;
    let chance = SeededEntropy::new(dice.next_u64());
    move || match way {
        0 => false,
        1 => true,
        _ => chance.next_u64().is_multiple_of(2),
    }
}

/// Numbers that stand one behind the other; `None` behind the log's end.
fn numbers<const N: usize>(log: &[u8], at: Range<usize>) -> Option<[u64; N]> {
    let bytes = log.get(at)?;
    let number = |place: usize| {
        let eight = bytes[place * 8..][..8].try_into();
        u64::from_le_bytes(eight.expect("eight bytes"))
    };
    Some(std::array::from_fn(number))
}

fn bytes(sectors: u64) -> usize {
    usize::try_from(sectors).expect("a small disk") * SECTOR
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(numbers: [u64; 3], data: &[u8]) -> Vec<u8> {
        let head = numbers.map(u64::to_le_bytes).concat();
        [head, vec![0; SECTOR - 24], data.to_vec()].concat()
    }

    fn log(acknowledged: u64, entries: &[Vec<u8>]) -> Vec<u8> {
        let head = [0, 1, acknowledged].map(u64::to_le_bytes).concat();
        [head, vec![0; SECTOR - 24], entries.concat()].concat()
    }

    #[test]
    fn what_was_flushed_stays_and_the_rest_is_up_to_chance() {
        let (one, two) = ([1; SECTOR], [2; SECTOR]);
        let mut log = log(
            2,
            &[
                entry([0, 1, 0], &one),
                entry([0, 0, FLUSH], &[]),
                entry([1, 1, 0], &two),
            ],
        );
        // Killed while the next entry was written.
        log.extend(&entry([2, 1, 0], &one)[..700]);
        let read = WriteLog::read(&log).expect("nothing is missing");
        let mut image = vec![0; 3 * SECTOR];
        let loss = read.replay(&mut image, &mut || false);
        assert_eq!((loss.volatile, loss.kept), (1, 0));
        assert_eq!((image[0], image[SECTOR], image[2 * SECTOR]), (1, 0, 0));
        let loss = read.replay(&mut image, &mut || true);
        assert_eq!((loss.volatile, loss.kept), (1, 1));
        assert_eq!((image[0], image[SECTOR], image[2 * SECTOR]), (1, 2, 0));
    }

    #[test]
    fn a_hole_before_the_last_flush_is_noticed() {
        let hole = vec![0; 2 * SECTOR];
        assert!(WriteLog::read(&log(2, &[hole, entry([0, 0, FLUSH], &[])])).is_none());
        assert!(WriteLog::read(&log(1, &[entry([0, 0, FLUSH], &[])])).is_some());
    }
}
