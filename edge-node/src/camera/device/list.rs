//! The cameras of this machine.
//!
//! Read from the folders in which Linux shows them rather than by nokhwa, whose list has no order and holds nodes
//! that give no pictures. A node without the right to capture (metadata, output) is no camera; one that may not be
//! opened is listed, so that the person learns why it does not work.

use std::{
    fs,
    path::{Path, PathBuf},
};

use v4l::{Device, capability::Flags};

use super::fault;
use crate::camera::SourceError;

/// A camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Camera {
    /// The number in its path, by which it is opened.
    pub number: u32,
    /// `/dev/video0`.
    pub path: PathBuf,
    /// What its maker calls it.
    pub name: String,
}

/// Every camera, by number, with what keeps it from being opened.
#[must_use]
pub fn all() -> Vec<(Camera, Option<SourceError>)> {
    let nodes = nodes(Path::new("/dev"), Path::new("/sys/class/video4linux"));
    nodes.into_iter().filter_map(checked).collect()
}

/// The nodes that may be cameras.
fn nodes(dev: &Path, sys: &Path) -> Vec<Camera> {
    let entries = fs::read_dir(dev).into_iter().flatten().flatten();
    let mut nodes: Vec<_> = entries
        .filter_map(|entry| {
            let file_name = entry.file_name();
            let file_name = file_name.to_str()?;
            let number = file_name.strip_prefix("video")?.parse().ok()?;
            let name = fs::read_to_string(sys.join(file_name).join("name"));
            Some(Camera {
                number,
                path: entry.path(),
                name: name.map_or_else(|_| file_name.to_owned(), |name| name.trim().to_owned()),
            })
        })
        .collect();
    nodes.sort_by_key(|camera| camera.number);
    nodes
}

/// The camera and what is wrong with it; `None` for what gives no pictures.
fn checked(camera: Camera) -> Option<(Camera, Option<SourceError>)> {
    let opened = Device::with_path(&camera.path).and_then(|device| device.query_caps());
    match opened {
        Ok(caps) => {
            let wanted = Flags::VIDEO_CAPTURE | Flags::STREAMING;
            caps.capabilities.contains(wanted).then_some((camera, None))
        }
        Err(error) => {
            let fault = fault::of_io(&camera.name, &error);
            Some((camera, Some(fault)))
        }
    }
}

/// Those that a person means: by path, by number, or by part of the name; all for no wish. What cannot be opened
/// comes last.
#[must_use]
pub fn meant(
    mut cameras: Vec<(Camera, Option<SourceError>)>,
    wish: Option<&str>,
) -> Vec<(Camera, Option<SourceError>)> {
    if let Some(wish) = wish {
        let path = fs::canonicalize(wish).unwrap_or_else(|_| PathBuf::from(wish));
        let wish = wish.to_lowercase();
        cameras.retain(|(camera, _)| {
            camera.path == path
                || camera.number.to_string() == wish
                || camera.name.to_lowercase().contains(&wish)
        });
    }
    cameras.sort_by_key(|(camera, fault)| (fault.is_some(), camera.number));
    cameras
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(number: u32, name: &str) -> Camera {
        Camera {
            number,
            path: PathBuf::from(format!("/dev/video{number}")),
            name: name.to_owned(),
        }
    }

    #[test]
    fn nodes_are_listed_by_number_with_their_names_and_oddities_are_passed_over() {
        let root = tempfile::tempdir().expect("a folder");
        let (dev, sys) = (root.path().join("dev"), root.path().join("sys"));
        fs::create_dir_all(&dev).expect("made");
        for node in ["video10", "video2", "video", "videoish", "video-1", "null"] {
            fs::write(dev.join(node), "").expect("made");
        }
        fs::create_dir_all(sys.join("video2")).expect("made");
        fs::write(sys.join("video2/name"), "HD Webcam\n").expect("made");
        let found = nodes(&dev, &sys);
        let names: Vec<_> = found.iter().map(|camera| &*camera.name).collect();
        assert_eq!(names, ["HD Webcam", "video10"]);
        assert!(nodes(&root.path().join("none"), &sys).is_empty());
    }

    #[test]
    fn what_is_no_device_is_listed_with_its_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("video0");
        fs::write(&path, "").expect("made");
        let fake = Camera {
            path,
            ..camera(0, "Fake")
        };
        let (_, fault) = checked(fake).expect("listed");
        assert_eq!(fault.expect("a fault").code(), "camera_unusable");
    }

    #[test]
    fn a_person_means_a_camera_by_path_number_or_name() {
        let denied = || Some(SourceError::Denied("Brio".to_owned()));
        let all = || {
            vec![
                (camera(0, "Brio 4K"), denied()),
                (camera(2, "HD Webcam"), None),
            ]
        };
        let numbers = |wish: Option<&str>| -> Vec<_> {
            let meant = meant(all(), wish);
            meant.iter().map(|(camera, _)| camera.number).collect()
        };
        assert_eq!(numbers(None), [2, 0], "what works comes first");
        assert_eq!(numbers(Some("brio")), [0]);
        assert_eq!(numbers(Some("2")), [2]);
        assert_eq!(numbers(Some("/dev/video0")), [0]);
        assert!(numbers(Some("Logitech")).is_empty());
    }
}
