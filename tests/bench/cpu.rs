//! Processor time of this process and of all that it started, the database among them: unlike a rate it says the same
//! on a machine that is busy with other things.

use std::{collections::BTreeMap, fs};

/// Ticks per second in `/proc`: the same on every Linux that we run on.
const TICKS: f64 = 100.0;

/// Seconds used so far; 0 where the system does not tell.
pub fn seconds() -> f64 {
    let all = stats();
    let own = std::process::id();
    let is_ours = |mut of: u32| {
        while let Some((parent, _)) = all.get(&of) {
            if of == own {
                return true;
            }
            of = *parent;
        }
        false
    };
    let ours = all.iter().filter(|(of, _)| is_ours(**of));
    ours.map(|(_, (_, ticks))| *ticks as f64).sum::<f64>() / TICKS
}

/// Parent and ticks of every process.
fn stats() -> BTreeMap<u32, (u32, u64)> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let all = folders.filter_map(|folder| {
        let process = folder.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(folder.path().join("stat")).ok()?;
        // A program's name may hold anything; what follows its last bracket is numbers.
        let numbers: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |place: usize| numbers.get(place)?.parse::<u64>().ok();
        let parent = u32::try_from(number(1)?).ok()?;
        Some((process, (parent, number(11)? + number(12)?)))
    });
    all.collect()
}
