//! Camera and scanners as the running program has them: what it was told to read with and cannot is a no-go, because the
//! guests would find out first.

use super::{
    Check,
    said::{Said, Words},
};
use crate::{camera::CameraState, reason_text::Language, scanner::ScannerStatus};

const WITHOUT: Words = (
    "mend it, or start the gate program without it",
    "perbaiki, atau jalankan program gerbang tanpanya",
);
const CAMERA_OFF: Words = (
    "off: this gate reads with scanners alone",
    "dimatikan: gerbang ini membaca dengan pemindai saja",
);
const PAGE_ALONE: Words = (
    "none: a scanner that is a keyboard types into the page",
    "tidak ada: pemindai berjenis keyboard mengetik ke halaman",
);

/// The camera: its name, how it stands, and whether somebody named it or the gate looks for whatever is there; `None`
/// = it is switched off.
#[must_use]
pub fn camera(camera: Option<(&str, CameraState, bool)>) -> Check {
    let Some((name, state, is_named)) = camera else {
        return Check::ok("camera", CAMERA_OFF);
    };
    let said = both(|language| match name.is_empty() {
        true => state.text(language).to_owned(),
        false => format!("{name}: {}", state.text(language)),
    });
    match state {
        CameraState::Off | CameraState::Running { .. } => Check::ok("camera", said),
        CameraState::Starting | CameraState::Ended => {
            let advice = ("look again in a moment", "periksa lagi sebentar lagi");
            Check::warning("camera", said, advice)
        }
        // Nobody asked for one, so a scanner does.
        CameraState::NoCamera if !is_named => {
            advised(Check::warning("camera", said, WITHOUT), state)
        }
        _ => advised(Check::no_go("camera", said, WITHOUT), state),
    }
}

fn advised(check: Check, state: CameraState) -> Check {
    Check {
        advice: Some(both(|language| state.advice(language).to_owned())),
        ..check
    }
}

/// All scanners; each says itself what to do.
#[must_use]
pub fn scanners(scanners: &[ScannerStatus]) -> Check {
    let is_down = |scanner: &&ScannerStatus| !scanner.state.is_well();
    let tell = |scanners: Vec<&ScannerStatus>| {
        both(|language| {
            let lines = scanners.iter().map(|scanner| {
                let name = &scanner.name;
                format!("{name}: {}", scanner.text(language))
            });
            lines.collect::<Vec<_>>().join("; ")
        })
    };
    let down: Vec<_> = scanners.iter().filter(is_down).collect();
    match (scanners, down.as_slice()) {
        ([], _) => Check::ok("scanner", PAGE_ALONE),
        (all, []) => Check::ok("scanner", tell(all.iter().collect())),
        _ => Check::no_go("scanner", tell(down), WITHOUT),
    }
}

fn both(text: impl Fn(Language) -> String) -> Said {
    Said::from((text(Language::English), text(Language::Indonesian)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        doctor::Level,
        scanner::{Kind, ScannerState},
    };

    #[test]
    fn a_camera_that_is_down_is_a_no_go_and_one_that_nobody_asked_for_is_not() {
        let running = CameraState::Running {
            width: 1280,
            height: 720,
            fps: 30,
        };
        for (state, is_named, level) in [
            (running, true, Level::Ok),
            (CameraState::Starting, true, Level::Warning),
            (CameraState::NoCamera, false, Level::Warning),
            (CameraState::NoCamera, true, Level::NoGo),
            (CameraState::Unplugged, false, Level::NoGo),
            (CameraState::Hung, false, Level::NoGo),
            (CameraState::Busy, false, Level::NoGo),
            (CameraState::Denied, false, Level::NoGo),
        ] {
            let check = camera(Some(("Brio", state, is_named)));
            assert_eq!(check.level, level, "{check:?}");
            assert_eq!(check.advice.is_some(), level != Level::Ok, "{check:?}");
        }
        assert_eq!(camera(None).level, Level::Ok);
    }

    #[test]
    fn a_scanner_that_is_down_is_a_no_go_and_is_named() {
        let scanner = |name: &str, state| ScannerStatus {
            name: name.to_owned(),
            place: "/dev/ttyACM0".to_owned(),
            kind: Kind::Serial,
            state,
            test_code: None,
        };
        assert_eq!(scanners(&[]).level, Level::Ok);
        let works = scanner("Left", ScannerState::Connected);
        assert_eq!(scanners(std::slice::from_ref(&works)).level, Level::Ok);
        for state in ScannerState::ALL {
            let check = scanners(&[works.clone(), scanner("Right", state)]);
            let is_down = state != ScannerState::Connected;
            assert_eq!(check.level == Level::NoGo, is_down, "{check:?}");
            assert!(check.found.of(Language::Indonesian).contains("Right"));
        }
    }
}
