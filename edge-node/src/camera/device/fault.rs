//! What went wrong with a camera, from what the system says.
//!
//! nokhwa hands on sentences with the system's number in them (`… (os error 16)`), `v4l` the error itself; both end
//! here. Invariant: a number that is not known is `Unusable` with the whole sentence, never swallowed.

use std::io;

use crate::camera::SourceError;

const EPERM: i32 = 1;
const ENOENT: i32 = 2;
const ENXIO: i32 = 6;
const EACCES: i32 = 13;
const EBUSY: i32 = 16;
const ENODEV: i32 = 19;
/// From a camera: the bus has no room for its frames.
const ENOSPC: i32 = 28;

/// The fault behind an error of the system.
pub fn of_io(camera: &str, error: &io::Error) -> SourceError {
    of_number(camera, error.raw_os_error(), &error.to_string())
}

/// The fault behind a sentence.
pub fn of_text(camera: &str, said: &str) -> SourceError {
    of_number(camera, number_in(said), said)
}

fn of_number(camera: &str, number: Option<i32>, said: &str) -> SourceError {
    let camera = camera.to_owned();
    match number {
        Some(EBUSY) => SourceError::Busy(camera),
        Some(EACCES | EPERM) => SourceError::Denied(camera),
        Some(ENODEV | ENOENT | ENXIO) => SourceError::Unplugged(camera),
        Some(ENOSPC) => SourceError::Unusable {
            name: camera,
            reason: "other devices take up its USB bus".to_owned(),
        },
        _ => SourceError::Unusable {
            name: camera,
            reason: said.to_owned(),
        },
    }
}

/// The number in `… (os error 19)`.
fn number_in(said: &str) -> Option<i32> {
    let (_, rest) = said.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_becomes_what_to_do() {
        let code = |said: &str| of_text("cam", said).code();
        let read = "Could not capture frame: No such device (os error 19)";
        assert_eq!(code(read), "camera_unplugged");
        let stream = "Could not open device stream: Device or resource busy (os error 16)";
        assert_eq!(code(stream), "camera_busy");
        assert_eq!(code("Permission denied (os error 13)"), "camera_denied");
        assert_eq!(code("Invalid argument (os error 22)"), "camera_unusable");
        assert_eq!(
            code("Framerate not whole number: 15 / 2"),
            "camera_unusable"
        );
        assert_eq!(code("(os error x)"), "camera_unusable");
        let io = io::Error::from_raw_os_error(EACCES);
        assert_eq!(of_io("cam", &io).code(), "camera_denied");
    }

    #[test]
    fn every_fault_says_which_camera_and_what_to_do() {
        for number in [EBUSY, EACCES, ENODEV, 22] {
            let said = of_io("Brio", &io::Error::from_raw_os_error(number)).to_string();
            assert!(said.contains("Brio") && said.contains(": "), "{said}");
        }
        let denied = of_io("Brio", &io::Error::from_raw_os_error(EACCES)).to_string();
        assert!(denied.contains("group video"), "{denied}");
    }
}
