//! A tree like the kernel's, and what is found in it.

use std::{fs, os::unix::fs::symlink, path::Path};

use tempfile::TempDir;

use super::{Roots, found, types_codes};
use crate::scanner::{Kind, Wanted};

/// All keys of a usual keyboard, as the kernel writes them down.
const KEYBOARD: &str = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe";
/// Those of a mouse, and of the power button.
const OTHERS: [&str; 2] = ["70000 0 0 0 0", "10000000000000 0"];

/// A tree like the kernel's.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn roots(&self) -> Roots {
        Roots {
            dev: self.0.path().join("dev"),
            class: self.0.path().join("class"),
        }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, format!("{text}\n")).expect("written");
    }

    fn with_input(self, event: &str, name: &str, vendor: &str, keys: &str) -> Self {
        self.write(&format!("dev/input/{event}"), "");
        let about = format!("class/input/{event}/device");
        self.write(&format!("{about}/name"), name);
        self.write(&format!("{about}/id/vendor"), vendor);
        self.write(&format!("{about}/capabilities/key"), keys);
        self
    }

    fn with_serial(self, tty: &str, maker: &str, product: &str, vendor: &str) -> Self {
        self.write(&format!("dev/{tty}"), "");
        for (about, text) in [
            ("manufacturer", maker),
            ("product", product),
            ("idVendor", vendor),
        ] {
            self.write(&format!("usb/{tty}/{about}"), text);
        }
        let root = self.0.path();
        let interface = root.join(format!("usb/{tty}/1-1:1.0"));
        fs::create_dir_all(&interface).expect("made");
        fs::create_dir_all(root.join(format!("class/tty/{tty}"))).expect("made");
        symlink(interface, root.join(format!("class/tty/{tty}/device"))).expect("linked");
        self
    }

    fn found(&self, wanted: &str) -> Vec<(Kind, String)> {
        let wanted = Wanted::parse(wanted).expect("a spelling");
        let found = found(&wanted, &self.roots());
        found
            .into_iter()
            .map(|device| (device.kind, device.name))
            .collect()
    }
}

fn machine() -> Machine {
    let machine = Machine::new()
        .with_input("event0", "AT Translated Set 2 keyboard", "0001", KEYBOARD)
        .with_input("event1", "ACME Barcode Scanner", "1234", KEYBOARD)
        .with_input("event2", "Hand-held thing", "05e0", KEYBOARD)
        .with_input("event3", "Scanner's mouse", "1234", OTHERS[0])
        .with_input("event4", "Power Button", "0000", OTHERS[1]);
    machine
        .with_serial("ttyACM0", "Newland", "EM20", "1eab")
        .with_serial("ttyUSB0", "FTDI", "FT232R USB UART", "0403")
}

#[test]
fn the_operators_keyboard_is_not_taken_unless_it_is_named() {
    let machine = machine();
    let names = |wanted| {
        machine
            .found(wanted)
            .into_iter()
            .map(|(_, name)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("auto"),
        ["ACME Barcode Scanner", "Hand-held thing", "Newland EM20"]
    );
    assert_eq!(names("serial"), ["Newland EM20", "FTDI FT232R USB UART"]);
    assert_eq!(names("Translated"), ["AT Translated Set 2 keyboard"]);
    assert_eq!(
        names("scanner"),
        ["ACME Barcode Scanner"],
        "a mouse types no code"
    );
    assert_eq!(names("off"), Vec::<String>::new());
    assert_eq!(names("nothing of this name"), Vec::<String>::new());
}

#[test]
fn a_path_names_any_device_and_a_lasting_name_is_followed() {
    let machine = machine();
    let dev = machine.roots().dev;
    let by_id = dev.join("input/by-id");
    fs::create_dir_all(&by_id).expect("made");
    symlink(dev.join("input/event0"), by_id.join("usb-keyboard")).expect("linked");
    let path = |path: &Path| path.display().to_string();
    let keyboard = machine.found(&path(&by_id.join("usb-keyboard")));
    assert_eq!(
        keyboard,
        [(Kind::Keyboard, "AT Translated Set 2 keyboard".to_owned())]
    );
    machine.write("dev/pts/7", "");
    let line = path(&dev.join("pts/7"));
    assert_eq!(machine.found(&line), [(Kind::Serial, line.clone())]);
    assert_eq!(machine.found(&path(&dev.join("ttyACM9"))), []);
}

#[test]
fn keys_as_the_kernel_writes_them() {
    assert!(types_codes(KEYBOARD));
    for keys in OTHERS
        .into_iter()
        .chain(["", "0", "none", "3ff0000000000000 0"])
    {
        assert!(!types_codes(keys), "{keys}");
    }
}

#[test]
fn a_machine_without_devices_has_none() {
    assert_eq!(Machine::new().found("auto"), []);
}
