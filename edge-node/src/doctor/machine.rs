//! The machine around the node: cameras, scanners ([`scanner`]), and other programs that work on the same folder.
//!
//! All are read from the files in which Linux shows them; other systems show none, and the lines say so.

use std::{fs, path::Path};

use super::{
    Check,
    said::{Said, Words, said},
    scanner,
};
use crate::home::Home;

/// A camera as Linux lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Camera {
    /// `/dev/video0`.
    pub device: String,
    /// What its maker calls it.
    pub name: String,
    /// This user may read from it.
    pub readable: bool,
}

/// Another program on this folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its process id.
    pub pid: u32,
    /// `edge-node run`.
    pub command: String,
}

const NO_CAMERA: Words = (
    "no camera found: a USB scanner still works",
    "tidak ada kamera: pemindai USB tetap berfungsi",
);
const VIDEO_GROUP: Words = (
    "put this user into the group `video`",
    "masukkan pengguna ini ke grup `video`",
);
const END_OTHERS: Words = (
    "they keep one log and admit nobody twice, but guests wait for each other: end all but one",
    "catatannya satu dan tak ada yang masuk dua kali, tetapi tamu saling menunggu: akhiri semua kecuali satu",
);

/// All of it.
#[must_use]
pub fn all(home: &Home) -> Vec<Check> {
    let cameras = cameras(Path::new("/dev"), Path::new("/sys/class/video4linux"));
    let programs = programs(Path::new("/proc"), &home.log(), std::process::id());
    vec![
        camera(&cameras),
        scanner::all(),
        folder(programs.as_deref()),
    ]
}

/// Whether there is something to scan with.
#[must_use]
pub fn camera(cameras: &[Camera]) -> Check {
    let names: Vec<_> = cameras
        .iter()
        .map(|camera| format!("{} ({})", camera.device, camera.name))
        .collect();
    let names = names.join(", ");
    match cameras {
        [] => Check::warning(
            "camera",
            NO_CAMERA,
            (
                "plug the camera in, if this gate uses one",
                "pasang kamera, jika gerbang ini memakainya",
            ),
        ),
        _ if cameras.iter().all(|camera| !camera.readable) => Check::warning(
            "camera",
            said!(
                "{names} may not be read by this user",
                "{names} tidak boleh dibaca pengguna ini"
            ),
            VIDEO_GROUP,
        ),
        _ => Check::ok("camera", Said::plain(names)),
    }
}

/// Whether several gates are open on one folder; `None` = the system does not tell.
#[must_use]
pub fn folder(programs: Option<&[Program]>) -> Check {
    let Some(programs) = programs else {
        let found = (
            "this system does not tell which programs use it",
            "sistem ini tidak memberi tahu program mana yang memakainya",
        );
        return Check::ok("folder", found);
    };
    let names: Vec<_> = programs
        .iter()
        .map(|program| format!("{} (process {})", program.command, program.pid))
        .collect();
    let names = names.join(", ");
    match programs {
        [] => Check::ok(
            "folder",
            (
                "no other program uses it",
                "tidak ada program lain yang memakainya",
            ),
        ),
        [_] => Check::ok("folder", Said::plain(names)),
        _ => Check::warning(
            "folder",
            said!(
                "several programs use it: {names}",
                "dipakai beberapa program: {names}"
            ),
            END_OTHERS,
        ),
    }
}

/// Capture devices; a camera's further devices carry no pictures.
fn cameras(dev: &Path, sys: &Path) -> Vec<Camera> {
    let mut found = Vec::new();
    for entry in fs::read_dir(sys).into_iter().flatten().flatten() {
        let file_name = entry.file_name();
        let Some(name) = file_name.to_str().filter(|name| name.starts_with("video")) else {
            continue;
        };
        let text = |file: &str| {
            fs::read_to_string(entry.path().join(file)).map(|text| text.trim().to_owned())
        };
        if text("index").is_ok_and(|index| index != "0") {
            continue;
        }
        let device = dev.join(name);
        if device.exists() {
            found.push(Camera {
                device: device.display().to_string(),
                name: text("name").unwrap_or_else(|_| "unnamed".to_owned()),
                readable: fs::File::open(&device).is_ok(),
            });
        }
    }
    found.sort_by(|one, other| one.device.cmp(&other.device));
    found
}

/// Programs that have the log open, but for the one that asks.
fn programs(proc: &Path, log: &Path, own: u32) -> Option<Vec<Program>> {
    let log = fs::canonicalize(log).ok()?;
    let mut found = Vec::new();
    for entry in fs::read_dir(proc).ok()?.flatten() {
        let pid: Option<u32> = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let Some(pid) = pid.filter(|pid| *pid != own) else {
            continue;
        };
        // Other people's programs cannot be looked into, and cannot open the folder either.
        let open = fs::read_dir(entry.path().join("fd"))
            .into_iter()
            .flatten()
            .flatten();
        if open
            .into_iter()
            .any(|file| fs::read_link(file.path()).is_ok_and(|at| at == log))
        {
            let command = command(&entry.path());
            found.push(Program { pid, command });
        }
    }
    found.sort_by_key(|program| program.pid);
    Some(found)
}

/// The program's name and its subcommand; arguments may hold codes.
fn command(process: &Path) -> String {
    let line = fs::read(process.join("cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&line).into_owned();
    let mut words = line.split('\0');
    let program = words
        .next()
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or_default();
    let known = [
        "run", "scan", "sync", "export", "import", "status", "doctor",
    ];
    let act = words.find(|word| known.contains(word)).unwrap_or_default();
    format!("{program} {act}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level::{Ok, Warning};

    fn listed(readable: bool) -> Camera {
        Camera {
            device: "/dev/video0".to_owned(),
            name: "USB Camera".to_owned(),
            readable,
        }
    }

    #[test]
    fn a_gate_without_a_camera_may_have_a_scanner() {
        for (cameras, level, says) in [
            (vec![], Warning, "a USB scanner still works"),
            (vec![listed(true)], Ok, "/dev/video0 (USB Camera)"),
            (vec![listed(false)], Warning, "may not be read"),
            (vec![listed(false), listed(true)], Ok, "/dev/video0"),
        ] {
            let check = camera(&cameras);
            assert_eq!(check.level, level, "{check:?}");
            assert!(check.found.to_string().contains(says), "{check:?}");
        }
    }

    #[test]
    fn several_programs_on_one_folder_are_said() {
        let run = |pid| Program {
            pid,
            command: "edge-node run".to_owned(),
        };
        assert_eq!(folder(None).level, Ok);
        assert_eq!(folder(Some(&[])).level, Ok);
        assert_eq!(folder(Some(&[run(7)])).level, Ok);
        let two = folder(Some(&[run(7), run(9)]));
        assert_eq!(two.level, Warning);
        assert!(two.found.to_string().contains("process 9"), "{two:?}");
    }

    #[test]
    fn cameras_are_those_that_give_pictures() {
        let root = tempfile::tempdir().expect("a folder");
        let (dev, sys) = (root.path().join("dev"), root.path().join("sys"));
        fs::create_dir_all(&dev).expect("made");
        for (device, index, name) in [
            ("video1", "1", "Meta"),
            ("video0", "0", "USB Camera"),
            ("radio0", "0", "R"),
        ] {
            fs::create_dir_all(sys.join(device)).expect("made");
            fs::write(sys.join(device).join("index"), format!("{index}\n")).expect("written");
            fs::write(sys.join(device).join("name"), format!("{name}\n")).expect("written");
            fs::write(dev.join(device), "").expect("written");
        }
        let found = cameras(&dev, &sys);
        let names: Vec<_> = found.iter().map(|camera| camera.name.as_str()).collect();
        assert_eq!(names, ["USB Camera"]);
        assert!(cameras(&dev, &root.path().join("none")).is_empty());
    }

    #[test]
    fn a_program_is_found_by_the_log_that_it_has_open() {
        let root = tempfile::tempdir().expect("a folder");
        let log = root.path().join("log.db");
        let open = fs::File::create(&log).expect("made");
        let own = std::process::id();
        let found = programs(Path::new("/proc"), &log, 0).expect("Linux");
        assert!(found.iter().any(|program| program.pid == own), "{found:?}");
        assert_eq!(programs(Path::new("/proc"), &log, own), Some(vec![]));
        drop(open);
    }
}
