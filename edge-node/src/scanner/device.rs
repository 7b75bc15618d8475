//! The keyboards and serial lines that there are, as Linux lists them below `/sys`: nothing is opened for it, so this works
//! without the right to read a device, and a device that another program holds is left in peace.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    Kind,
    wanted::{BAUD, Wanted, kind_at},
};

/// Makers that make scanners and hardly anything else, by their USB numbers: Symbol and Zebra, Honeywell's Metrologic and
/// Hand Held Products, Datalogic's PSC, Opticon, Newland.
const MAKERS: [&str; 6] = ["05e0", "0c2e", "0536", "05f9", "065a", "1eab"];
/// What scanners call themselves.
const WORDS: [&str; 6] = [
    "scanner", "scaner", "barcode", "bar code", "bar-code", "qr code",
];

/// Where devices are listed.
#[derive(Clone, Debug)]
pub struct Roots {
    /// `/dev`.
    pub dev: PathBuf,
    /// `/sys/class`.
    pub class: PathBuf,
}

impl Default for Roots {
    fn default() -> Self {
        Self {
            dev: "/dev".into(),
            class: "/sys/class".into(),
        }
    }
}

/// A device that could be a scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) baud: u32,
    /// It calls itself one, or its maker makes nothing else.
    says_scanner: bool,
}

/// A scanner that is plugged in, for those who only look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugged {
    /// Where.
    pub path: PathBuf,
    /// What it calls itself.
    pub name: String,
    /// How it is connected.
    pub kind: Kind,
}

/// All that call themselves scanners.
#[must_use]
pub fn plugged(roots: &Roots) -> Vec<Plugged> {
    let scanners = found(&Wanted::Auto, roots).into_iter();
    let plugged = scanners.map(
        |Device {
             path, name, kind, ..
         }| Plugged { path, name, kind },
    );
    plugged.collect()
}

/// The devices that are wanted and there; each once, in the order of their paths.
pub(super) fn found(wanted: &Wanted, roots: &Roots) -> Vec<Device> {
    let is_meant = |device: &Device| match wanted {
        Wanted::Off => false,
        Wanted::Auto => device.says_scanner,
        Wanted::Serial => device.kind == Kind::Serial,
        Wanted::At { .. } => true,
        Wanted::Named(name) => device.name.to_lowercase().contains(name),
    };
    let mut all = match wanted {
        Wanted::Off => Vec::new(),
        Wanted::At { path, baud } => at(path, *baud, roots).into_iter().collect(),
        _ => [keyboards(roots), serial_lines(roots)].concat(),
    };
    all.retain(is_meant);
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}

/// The device that somebody named by its path, perhaps by one of its lasting names.
fn at(path: &Path, baud: u32, roots: &Roots) -> Option<Device> {
    let real = fs::canonicalize(path).ok()?;
    let listed = [keyboards(roots), serial_lines(roots)].concat();
    let known = listed.into_iter().find(|device| device.path == real);
    let plain = || Device {
        name: path.display().to_string(),
        kind: kind_at(path),
        path: real.clone(),
        baud,
        says_scanner: false,
    };
    Some(Device {
        baud,
        ..known.unwrap_or_else(plain)
    })
}

fn keyboards(roots: &Roots) -> Vec<Device> {
    let of = |(file, entry): (String, PathBuf)| {
        file.strip_prefix("event")?;
        let about = entry.join("device");
        types_codes(&text(&about.join("capabilities/key"))?).then(|| {
            let name = text(&about.join("name")).unwrap_or_default();
            let maker = text(&about.join("id/vendor"));
            device(
                roots.dev.join("input").join(file),
                name,
                Kind::Keyboard,
                maker.as_deref(),
            )
        })
    };
    entries(&roots.class.join("input")).filter_map(of).collect()
}

fn serial_lines(roots: &Roots) -> Vec<Device> {
    let of = |(file, entry): (String, PathBuf)| {
        let is_usb = file.starts_with("ttyACM") || file.starts_with("ttyUSB");
        let usb = is_usb
            .then(|| usb_device(&entry.join("device")))
            .flatten()?;
        let [maker, product] = ["manufacturer", "product"].map(|about| text(&usb.join(about)));
        let words: Vec<_> = maker.into_iter().chain(product).collect();
        let maker = text(&usb.join("idVendor"));
        Some(device(
            roots.dev.join(file),
            words.join(" "),
            Kind::Serial,
            maker.as_deref(),
        ))
    };
    entries(&roots.class.join("tty")).filter_map(of).collect()
}

fn device(path: PathBuf, name: String, kind: Kind, maker: Option<&str>) -> Device {
    let lower = name.to_lowercase();
    Device {
        says_scanner: WORDS.iter().any(|word| lower.contains(word))
            || maker.is_some_and(|maker| MAKERS.contains(&maker)),
        name: if name.is_empty() {
            path.display().to_string()
        } else {
            name
        },
        path,
        kind,
        baud: BAUD,
    }
}

/// Whether all letters, all digits and Enter are among a device's keys: hexadecimal words, the last for the first keys.
fn types_codes(keys: &str) -> bool {
    // As wide as the kernel's own words; a 32-bit program on a 64-bit kernel is shown 32 bits too.
    let width = usize::BITS as usize;
    let words: Vec<_> = keys
        .split_whitespace()
        .rev()
        .map(|word| u64::from_str_radix(word, 16).unwrap_or(0))
        .collect();
    let has = |key: usize| {
        words
            .get(key / width)
            .is_some_and(|word| word >> (key % width) & 1 == 1)
    };
    (2..=11)
        .chain(16..=25)
        .chain(28..=28)
        .chain(30..=38)
        .chain(44..=50)
        .all(has)
}

/// The USB device that an interface, or a port of one, belongs to.
fn usb_device(interface: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(interface).ok()?;
    let above = real
        .ancestors()
        .take(4)
        .find(|folder| folder.join("idVendor").exists());
    above.map(Path::to_owned)
}

fn entries(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
}

fn text(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
