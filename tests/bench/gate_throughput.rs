//! `gate.throughput`: guests per minute that one node decides from a stream of frames, log and all.
//!
//! Each guest is a frame of the room, and then one of a ticket as a webcam sees it: the whole way from the frame
//! over decoder, watch and door to the durable verdict. The peer is what a camera of 30 frames a second could show.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, mpsc::channel},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use decoder::{
    GrayFrame,
    synth::{self, Damage},
};
use edge_node::{
    camera::{FrameSource, Next, SourceError, Watch, capture::Open, watch::Options},
    door::{Door, Means},
};
use support::filled::filled;
use sync_protocol::scan::Action;

use crate::figure::{Figure, Report};

const GUESTS: u32 = 120;
const TICKETS: usize = 10_000;
/// Guests a minute that 30 frames a second can show, at two frames a guest.
const CAMERA: f64 = 900.0;
/// After the last frame.
const PATIENCE: Duration = Duration::from_secs(5);

/// Frames that are there already.
struct Film(VecDeque<GrayFrame<'static>>);

impl FrameSource for Film {
    fn name(&self) -> &str {
        "film"
    }

    fn is_live(&self) -> bool {
        false
    }

    fn next(&mut self) -> Result<Next, SourceError> {
        Ok(self.0.pop_front().map_or(Next::End, Next::Frame))
    }
}

/// Draws the film, then plays it as quickly as the gate takes it.
pub fn run(report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let filled = filled(&folder.path().join("node"), TICKETS, GUESTS as usize)?;
    let room = synth::empty_frame(1);
    let frames = filled
        .codes
        .iter()
        .zip(0..)
        .flat_map(|(code, seed)| [room.clone(), synth::degraded(code, Damage::Rotation, seed)]);
    let film = Mutex::new(Some(Film(frames.collect())));
    let open: Open = Arc::new(move || {
        let film = film.lock().ok().and_then(|mut film| film.take());
        let film = film.ok_or(SourceError::NoCamera(None))?;
        Ok(Box::new(film) as Box<dyn FrameSource>)
    });
    let door = Door::new(Arc::new(filled.node), None, Action::Entry);
    let (verdicts, decided) = channel();
    let show = move |text: &str| {
        let scan = door.show(text, Means::Camera);
        // An error says that the time is over.
        let _ = verdicts.send(scan.verdict.admits());
    };
    let options = Options {
        open,
        can_hang: false,
        keep: None,
    };
    let start = Instant::now();
    let watch = Watch::start(options, show)?;
    let (mut guests, mut took) = (0_u32, Duration::ZERO);
    while guests < GUESTS {
        let Ok(admitted) = decided.recv_timeout(PATIENCE) else {
            break;
        };
        ensure!(admitted, "a guest with a good ticket was kept out");
        guests += 1;
        took = start.elapsed();
    }
    drop(watch);
    ensure!(guests * 10 >= GUESTS * 9, "{guests} of {GUESTS} were read");
    let per_minute = f64::from(guests) * 60.0 / took.as_secs_f64();
    let figure = Figure::new("gate.throughput", per_minute, "a min");
    report.add(&figure.beside("a camera's 30 frames a second", CAMERA));
    Ok(())
}
