//! Camera and scanners of the node at its pages: what they read, what they are tried with, and what is said when they go.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, TryRecvError, channel},
    },
    thread,
    time::Duration,
};

use crate::gate::{ADMITTED, Gate, LOADED, REFUSED, Wish};
use decoder::{GrayFrame, synth};
use edge_node::{
    camera::{FrameSource, Next, SourceError, Watch, capture::Open, watch::Options},
    door::{Door, Means},
    scanner::{Affixes, Roots, Scanners, Setup, Wanted},
    screen::devices::Devices,
    test_code,
};

/// A camera that a test holds pictures before, and unplugs.
struct Camera {
    pictures: Sender<GrayFrame<'static>>,
    watch: Watch,
    door: Arc<Mutex<Option<Arc<Door>>>>,
}

struct Film(Receiver<GrayFrame<'static>>);

impl FrameSource for Film {
    fn name(&self) -> &'static str {
        "Front camera"
    }

    fn is_live(&self) -> bool {
        true
    }

    fn next(&mut self) -> Result<Next, SourceError> {
        match self.0.try_recv() {
            Ok(frame) => Ok(Next::Frame(frame)),
            Err(TryRecvError::Empty) => {
                thread::sleep(Duration::from_millis(30));
                Ok(Next::Frame(blank()))
            }
            Err(TryRecvError::Disconnected) => {
                Err(SourceError::Unplugged("Front camera".to_owned()))
            }
        }
    }
}

fn blank() -> GrayFrame<'static> {
    GrayFrame::new(640, 480, vec![90; 640 * 480]).expect("a frame")
}

impl Camera {
    fn new() -> Self {
        let (pictures, film) = channel();
        let film = Mutex::new(Some(Film(film)));
        let open: Open = Arc::new(move || {
            let film = film.lock().expect("free").take();
            let film = film.ok_or(SourceError::NoCamera(None))?;
            Ok(Box::new(film) as Box<dyn FrameSource>)
        });
        let door: Arc<Mutex<Option<Arc<Door>>>> = Arc::default();
        let to = Arc::clone(&door);
        let options = Options {
            open,
            can_hang: true,
            keep: None,
        };
        let show = move |text: &str| {
            if let Some(door) = &*to.lock().expect("free") {
                door.show(text, Means::Camera);
            }
        };
        let watch = Watch::start(options, show).expect("a thread");
        Self {
            pictures,
            watch,
            door,
        }
    }

    fn sees(&self, text: &str) {
        self.pictures
            .send(synth::clean_frame(text, 640, 480))
            .expect("it looks");
    }

    /// Its eye stays open, and sees nothing any more.
    fn unplug(self) -> Watch {
        self.watch
    }
}

#[tokio::test]
async fn a_camera_reads_is_tried_and_says_when_it_is_gone() {
    let camera = Camera::new();
    let gate = Gate::open_for(Wish {
        devices: Devices {
            eye: Some(camera.watch.eye()),
            ..Devices::default()
        },
        ..Wish::default()
    })
    .await;
    *camera.door.lock().expect("free") = Some(Arc::clone(&gate.door));
    gate.page_says("Front camera: Camera is on").await;
    camera.sees(gate.code(0));
    gate.hands.until(ADMITTED).await;
    gate.stage_says("Ayu Lestari").await;
    gate.hands.click("#preview summary").await;
    gate.hands
        .until("const it = document.querySelector('#preview img'); return it.complete && it.naturalWidth > 0 && !it.hidden")
        .await;
    gate.looks("gate-camera").await;
    gate.go("ready?lang=en").await;
    gate.page_says("has not read the test code yet").await;
    camera.sees(test_code::TEXT);
    gate.page_says("has just read the test code").await;
    assert_eq!(gate.real.status().scans, 1, "the test code is no scan");
    let watch = camera.unplug();
    gate.go("?lang=id").await;
    gate.page_says("Front camera: Kamera terlepas").await;
    gate.page_says("Pasang lagi kameranya").await;
    gate.looks("gate-camera-gone-id").await;
    // A scanner in the page goes on.
    gate.hands.press(&format!("{}\n", gate.code(1))).await;
    gate.hands.until(ADMITTED).await;
    gate.go("ready?lang=id").await;
    gate.page_says("BELUM SIAP").await;
    gate.page_says("Front camera: Kamera terlepas").await;
    gate.looks("gate-not-ready-id").await;
    gate.hands.assert_quiet().await;
    drop(watch);
}

/// A scanner on a serial line: a pseudo-terminal in a program of its own, so that nobody else holds it when it goes.
struct Line {
    far: Child,
    path: String,
}

const FAR_END: &str = "
import os, sys
far, near = os.openpty()
print(os.ttyname(near), flush=True)
while typed := os.read(0, 4096):
    os.write(far, typed)
";

impl Line {
    fn new() -> Self {
        let mut far = Command::new("python3");
        far.args(["-c", FAR_END]);
        let mut far = far
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        let mut path = String::new();
        let told = BufReader::new(far.stdout.take().expect("a pipe")).read_line(&mut path);
        told.expect("its path");
        Self {
            far,
            path: path.trim().to_owned(),
        }
    }

    fn types(&mut self, text: &str) {
        let far = self.far.stdin.as_mut().expect("a pipe");
        far.write_all(format!("{text}\r").as_bytes())
            .expect("typed");
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.far.kill();
        let _ = self.far.wait();
    }
}

#[tokio::test]
async fn a_serial_scanner_is_tried_on_the_readiness_page_and_is_missed_when_it_goes() {
    let mut line = Line::new();
    let setup = Setup {
        wanted: vec![Wanted::parse(&line.path).expect("a path")],
        affixes: Affixes {
            prefix: String::new(),
            suffix: String::new(),
        },
        roots: Roots::default(),
    };
    let (scanners, typed) = Scanners::start(setup);
    let scanners = Arc::new(scanners);
    let gate = Gate::open_for(Wish {
        page: "ready?lang=en",
        devices: Devices {
            scanners: Some(Arc::clone(&scanners)),
            ..Devices::default()
        },
        ..Wish::default()
    })
    .await;
    let door = Arc::clone(&gate.door);
    thread::spawn(move || {
        typed
            .iter()
            .for_each(|it| drop(door.show(&it.text, Means::Serial)))
    });
    gate.hands.until(LOADED).await;
    let waits = format!("{}: has not read the test code yet", line.path);
    gate.page_says(&waits).await;
    line.types(test_code::TEXT);
    gate.page_says("has just read the test code, every character right")
        .await;
    assert_eq!(gate.real.status().scans, 0, "the test code is no scan");
    gate.looks("gate-scanner-tried").await;
    gate.go("?lang=en").await;
    line.types("no-ticket-at-all");
    gate.hands.until(REFUSED).await;
    drop(line);
    gate.page_says("Unplugged: plug the scanner in again").await;
    gate.looks("gate-scanner-gone").await;
    gate.hands.press(&format!("{}\n", gate.code(1))).await;
    gate.hands.until(ADMITTED).await;
    gate.go("ready?lang=en").await;
    gate.page_says("NO GO").await;
    gate.page_says("Unplugged: plug the scanner in again").await;
    gate.hands.assert_quiet().await;
}

#[tokio::test]
async fn a_wedge_scanner_may_type_the_test_code_into_the_gates_page() {
    let gate = Gate::open().await;
    gate.hands.press(&format!("{}\n", test_code::TEXT)).await;
    gate.stage_says("It is no ticket").await;
    gate.hands.picture("gate-tried").await;
    gate.hands.assert_accessible().await;
    gate.go("ready?lang=id").await;
    gate.page_says("Diketik ke halaman gerbang: ✓").await;
    assert_eq!(gate.real.status().scans, 0);
    gate.hands.assert_quiet().await;
}
