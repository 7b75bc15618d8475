//! Scanners that are plugged in, whether or not a gate program reads them: what calls itself a scanner, and whether this
//! user may read it. Nothing is opened, so a scanner that a running gate holds is left in peace.

use rustix::fs::{Access, access};

use super::{
    Check,
    said::{Said, Words, said},
};
use crate::scanner::{Kind, Plugged, Roots};

const NONE: Words = (
    "none calls itself one: a scanner that is a keyboard types into the page",
    "tidak ada yang menyebut dirinya pemindai: pemindai berjenis keyboard mengetik ke halaman",
);
const KEYBOARD_GROUP: Words = (
    "put this user into the group `input`, then restart the machine",
    "masukkan pengguna ini ke grup `input`, lalu nyalakan ulang mesin",
);
const SERIAL_GROUP: Words = (
    "put this user into the group `dialout`, then restart the machine",
    "masukkan pengguna ini ke grup `dialout`, lalu nyalakan ulang mesin",
);

/// Looks at this machine.
pub(super) fn all() -> Check {
    let plugged = crate::scanner::plugged(&Roots::default());
    let looked = plugged.into_iter().map(|scanner| {
        let readable = access(&scanner.path, Access::READ_OK).is_ok();
        (scanner, readable)
    });
    judge(&looked.collect::<Vec<_>>())
}

/// Each with whether it may be read.
fn judge(scanners: &[(Plugged, bool)]) -> Check {
    let names = |wanted: bool| {
        let named = scanners.iter().filter(|(_, readable)| *readable == wanted);
        let named =
            named.map(|(scanner, _)| format!("{} ({})", scanner.name, scanner.path.display()));
        named.collect::<Vec<_>>().join(", ")
    };
    let closed = scanners.iter().find(|(_, readable)| !readable);
    match (scanners, closed) {
        ([], _) => Check::ok("scanner", NONE),
        (_, None) => Check::ok("scanner", Said::plain(names(true))),
        (_, Some((scanner, _))) => {
            let names = names(false);
            let found = said!(
                "{names} may not be read by this user",
                "{names} tidak boleh dibaca pengguna ini"
            );
            let advice = match scanner.kind {
                Kind::Keyboard => KEYBOARD_GROUP,
                Kind::Serial => SERIAL_GROUP,
            };
            Check::warning("scanner", found, advice)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn a_scanner_that_this_user_may_not_read_is_named_with_what_to_do() {
        let plugged = |name: &str, kind| Plugged {
            path: format!("/dev/{name}").into(),
            name: name.to_owned(),
            kind,
        };
        let (typing, serial) = (
            plugged("HID Scanner", Kind::Keyboard),
            plugged("CDC Scanner", Kind::Serial),
        );
        assert_eq!(judge(&[]).level, Level::Ok);
        let both = judge(&[(typing.clone(), true), (serial.clone(), true)]);
        assert_eq!(both.level, Level::Ok);
        assert!(both.found.to_string().contains("CDC Scanner"), "{both:?}");
        for (scanner, group) in [(typing, "`input`"), (serial, "`dialout`")] {
            let closed = judge(&[(scanner, false)]);
            assert_eq!(closed.level, Level::Warning);
            let advice = closed.advice.expect("what to do").to_string();
            assert!(advice.contains(group), "{advice}");
        }
    }
}
