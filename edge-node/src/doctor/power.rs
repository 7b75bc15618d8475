//! What the machine lives on: a laptop's mains and battery, and whether a Raspberry Pi gets less than it needs.
//!
//! Read from the files in which Linux shows them. A machine without such files has nothing to tell, and the line says so.

use std::{fs, path::Path};

use super::{
    Check,
    said::{Words, said},
};

/// A battery this empty does not see the first guests through.
const EMPTY: u8 = 10;
/// Of the word that a Raspberry Pi's firmware tells: it gets too little now.
const WEAK_NOW: u32 = 1;
/// And: it got too little since it was started.
const WEAK_ONCE: u32 = 1 << 16;
const THROTTLED: &str = "devices/platform/soc/soc:firmware/get_throttled";

const PLUG_IN: Words = (
    "plug the charger in: a show is longer than a battery lasts",
    "pasang pengisi daya: acara lebih lama daripada baterai",
);
const STRONGER: Words = (
    "use the supply and the cable that came with it: a machine that gets too little stops or damages its card",
    "pakai adaptor dan kabel bawaannya: mesin yang kurang daya akan mati atau merusak kartunya",
);

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Power {
    /// A charger or mains: whether it gives power; `None` = there is none.
    mains: Option<bool>,
    /// How full the emptiest battery is, in percent.
    battery: Option<u8>,
    /// The machine gets less than it needs: now, or since it was started.
    weak: Option<Weak>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weak {
    Now,
    Once,
}

/// Looks at this machine.
pub(super) fn all() -> Check {
    judge(read(Path::new("/sys")))
}

fn judge(power: Power) -> Check {
    match power.weak {
        Some(Weak::Now) => return Check::no_go("power", WEAK_NOW_SAID, STRONGER),
        Some(Weak::Once) => return Check::warning("power", WEAK_ONCE_SAID, STRONGER),
        None => {}
    }
    match (power.mains, power.battery) {
        // A socket without a charger, on a machine without a battery, says nothing: the machine runs.
        (None | Some(false), None) => Check::ok("power", NOTHING_TOLD),
        (Some(true), None) => Check::ok("power", ("on mains", "listrik tersambung")),
        (Some(true), Some(full)) => Check::ok(
            "power",
            said!(
                "on mains, battery at {full} %",
                "listrik tersambung, baterai {full} %"
            ),
        ),
        (_, Some(full)) => {
            let found = said!(
                "on battery alone, {full} % left",
                "hanya baterai, sisa {full} %"
            );
            match full {
                ..=EMPTY => Check::no_go("power", found, PLUG_IN),
                _ => Check::warning("power", found, PLUG_IN),
            }
        }
    }
}

const NOTHING_TOLD: Words = (
    "this machine has no battery, or does not tell",
    "mesin ini tanpa baterai, atau tidak memberi tahu",
);
const WEAK_NOW_SAID: Words = (
    "this machine gets less power than it needs",
    "mesin ini kurang daya",
);
const WEAK_ONCE_SAID: Words = (
    "this machine got less power than it needs since it was started",
    "mesin ini sempat kurang daya sejak dinyalakan",
);

fn read(sys: &Path) -> Power {
    let mut power = Power {
        weak: weak(sys),
        ..Power::default()
    };
    for entry in entries(&sys.join("class/power_supply")) {
        let about = |name: &str| text(&entry.join(name));
        // A mouse has a battery too.
        if about("scope").as_deref() == Some("Device") {
            continue;
        }
        match about("type").as_deref() {
            Some("Battery") => {
                let full = about("capacity").and_then(|text| text.parse().ok());
                power.battery = match (power.battery, full) {
                    (Some(one), Some(other)) => Some(u8::min(one, other)),
                    (one, other) => one.or(other),
                };
            }
            Some("Mains" | "USB") => {
                let is_on = about("online").is_some_and(|text| text != "0");
                power.mains = Some(power.mains.unwrap_or(false) || is_on);
            }
            _ => {}
        }
    }
    power
}

/// By the firmware's word, or by the kernel's own watch over the supply.
fn weak(sys: &Path) -> Option<Weak> {
    let word = text(&sys.join(THROTTLED));
    let word = word.and_then(|text| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok());
    let watched = entries(&sys.join("class/hwmon"))
        .filter(|entry| text(&entry.join("name")).as_deref() == Some("rpi_volt"))
        .any(|entry| text(&entry.join("in0_lcrit_alarm")).as_deref() == Some("1"));
    match word {
        Some(word) if word & WEAK_NOW != 0 => Some(Weak::Now),
        _ if watched => Some(Weak::Now),
        Some(word) if word & WEAK_ONCE != 0 => Some(Weak::Once),
        _ => None,
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = std::path::PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

fn text(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level::{self, NoGo, Ok, Warning};

    type Files<'a> = &'a [(&'a str, &'a str)];

    fn found(files: Files) -> Check {
        let sys = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = sys.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, format!("{text}\n")).expect("written");
        }
        judge(read(sys.path()))
    }

    const BATTERY: (&str, &str) = ("class/power_supply/BAT0/type", "Battery");
    const MAINS: (&str, &str) = ("class/power_supply/AC/type", "Mains");
    const FULL: &str = "class/power_supply/BAT0/capacity";
    const ONLINE: &str = "class/power_supply/AC/online";
    const WORD: &str = "devices/platform/soc/soc:firmware/get_throttled";

    #[test]
    fn mains_battery_and_a_weak_supply_decide() {
        let cases: [(Files, Level, &str); 11] = [
            (&[], Ok, "does not tell"),
            (&[MAINS, (ONLINE, "1")], Ok, "on mains"),
            (
                &[MAINS, (ONLINE, "1"), BATTERY, (FULL, "4")],
                Ok,
                "battery at 4 %",
            ),
            (
                &[MAINS, (ONLINE, "0"), BATTERY, (FULL, "81")],
                Warning,
                "81 % left",
            ),
            (
                &[MAINS, (ONLINE, "0"), BATTERY, (FULL, "10")],
                NoGo,
                "10 % left",
            ),
            (&[BATTERY, (FULL, "55")], Warning, "55 % left"),
            (&[MAINS, (ONLINE, "0")], Ok, "does not tell"),
            (&[(WORD, "50005")], NoGo, "gets less power"),
            (&[(WORD, "0x50000")], Warning, "got less power"),
            (&[(WORD, "0")], Ok, "does not tell"),
            (
                &[
                    ("class/hwmon/hwmon1/name", "rpi_volt"),
                    ("class/hwmon/hwmon1/in0_lcrit_alarm", "1"),
                ],
                NoGo,
                "gets less power",
            ),
        ];
        for (files, level, says) in cases {
            let check = found(files);
            assert_eq!(check.level, level, "{check:?}");
            assert!(check.found.to_string().contains(says), "{check:?}");
        }
    }

    #[test]
    fn the_battery_of_a_mouse_is_not_the_machines() {
        let mouse = [
            ("class/power_supply/hid-mouse/type", "Battery"),
            ("class/power_supply/hid-mouse/scope", "Device"),
            ("class/power_supply/hid-mouse/capacity", "3"),
        ];
        assert_eq!(found(&mouse).level, Ok);
    }
}
