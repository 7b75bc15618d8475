//! What `--scanner` asks for.
//!
//! | text | devices |
//! | --- | --- |
//! | `off` | none |
//! | `auto` | those that say that they are scanners, by name or by their maker's number |
//! | `serial` | every serial line that USB brings (`ttyACM*`, `ttyUSB*`), whatever it says |
//! | a path | that device; `@115200` behind a serial line's path is its speed |
//! | anything else | keyboards and serial lines with this in their name |
//!
//! A keyboard is read exclusively, so `auto` takes none that does not call itself a scanner: it may be the operator's.

use std::path::{Path, PathBuf};

use super::Kind;

/// The speed of a serial line where nobody says another; one over USB alone has none and does not mind.
pub const BAUD: u32 = 9_600;

/// One or more scanners that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// None.
    Off,
    /// Those that say that they are scanners.
    Auto,
    /// Every serial line of USB.
    Serial,
    /// The device at this path.
    At {
        /// Where.
        path: PathBuf,
        /// Its speed, if it is a serial line.
        baud: u32,
    },
    /// Those with this in their name.
    Named(String),
}

impl Wanted {
    /// Reads the option's value.
    ///
    /// # Errors
    /// A sentence for the person.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err(
                "name a scanner: auto, serial, off, a path below /dev, or a part of its name"
                    .to_owned(),
            ),
            "off" => Ok(Self::Off),
            "auto" => Ok(Self::Auto),
            "serial" => Ok(Self::Serial),
            path if path.starts_with('/') => Self::at(path),
            name => Ok(Self::Named(name.to_lowercase())),
        }
    }

    fn at(text: &str) -> Result<Self, String> {
        let (path, baud) = match text.split_once('@') {
            None => (text, Ok(BAUD)),
            Some((path, speed)) => (path, speed.parse()),
        };
        let path = PathBuf::from(path);
        let baud = baud.map_err(|_| {
            format!("the speed after @ in {text} is no number: write it as /dev/ttyUSB0@9600")
        })?;
        match baud {
            300..=4_000_000 => Ok(Self::At { path, baud }),
            _ => Err(format!(
                "no serial line is as fast or slow as {baud}: usual speeds are 9600 and 115200"
            )),
        }
    }

    /// How it is written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Off => "off".to_owned(),
            Self::Auto => "auto".to_owned(),
            Self::Serial => "serial".to_owned(),
            Self::At { path, .. } => path.display().to_string(),
            Self::Named(name) => name.clone(),
        }
    }
}

/// How a device at a path is connected, by where it lies: below `/dev/input` are keyboards.
#[must_use]
pub fn kind_at(path: &Path) -> Kind {
    match path.components().any(|part| part.as_os_str() == "input") {
        true => Kind::Keyboard,
        false => Kind::Serial,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling() {
        let at = |path: &str, baud| {
            Ok(Wanted::At {
                path: path.into(),
                baud,
            })
        };
        for (text, wanted) in [
            ("auto", Ok(Wanted::Auto)),
            (" off ", Ok(Wanted::Off)),
            ("serial", Ok(Wanted::Serial)),
            ("Zebra DS", Ok(Wanted::Named("zebra ds".to_owned()))),
            ("/dev/ttyACM0", at("/dev/ttyACM0", BAUD)),
            ("/dev/ttyUSB1@115200", at("/dev/ttyUSB1", 115_200)),
            (
                "/dev/input/by-id/usb-X-event-kbd",
                at("/dev/input/by-id/usb-X-event-kbd", BAUD),
            ),
        ] {
            assert_eq!(Wanted::parse(text), wanted, "{text}");
        }
        for text in [
            "",
            "  ",
            "/dev/ttyUSB0@",
            "/dev/ttyUSB0@fast",
            "/dev/ttyUSB0@1",
        ] {
            assert!(Wanted::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn keyboards_lie_below_input() {
        assert_eq!(
            kind_at(Path::new("/dev/input/by-id/usb-X-event-kbd")),
            Kind::Keyboard
        );
        assert_eq!(kind_at(Path::new("/dev/serial/by-id/usb-X")), Kind::Serial);
        assert_eq!(kind_at(Path::new("/dev/pts/3")), Kind::Serial);
    }
}
