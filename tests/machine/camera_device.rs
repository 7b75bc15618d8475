//! A USB camera at a gate: the kernel's own driver, this program's capture, and the verdict.
use crate::{
    gate::{Gate, with_gate},
    guest::{Board, Guest},
    settings,
    usb_camera::{Camera, FPS_7_5, FPS_12_5, FPS_30, Format, Model},
    venue::{Sold, Venue},
};

const BOARD: Board = Board {
    wakes_in: None,
    has_network: true,
    has_usb: true,
};
const DEVICE: &str = "/dev/video0";
const SMALL: (u16, u16) = (640, 480);
const LARGE: (u16, u16) = (1280, 720);

const USUAL: Model = Model {
    name: "Gerbang Test Camera",
    formats: &[Format::Yuyv, Format::Mjpeg],
    sizes: &[SMALL, LARGE],
    intervals: &[FPS_30],
};

/// Each of these wakes up, is shown a ticket, and is unplugged again.
const MODELS: [Model; 4] = [
    Model {
        formats: &[Format::Yuyv],
        sizes: &[SMALL],
        ..USUAL
    },
    Model {
        formats: &[Format::Yuyv],
        sizes: &[LARGE],
        ..USUAL
    },
    Model {
        formats: &[Format::Mjpeg],
        sizes: &[LARGE],
        ..USUAL
    },
    // Its pace at first is no whole number of frames a second, and neither is its other one.
    Model {
        formats: &[Format::Yuyv],
        intervals: &[FPS_7_5, FPS_12_5],
        ..USUAL
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn case_12_a_camera_reads_tickets_whatever_it_sends_and_whatever_happens_to_it() {
    if settings::is_off() {
        return;
    }
    let venue = Venue::open(10).await;
    let mut sold = venue.sold.iter();
    let mut guest = with_gate(&venue, &BOARD).await;
    guest.connect().await;
    for model in MODELS {
        eprintln!(
            "a camera with {:?}, {:?}, {:?}",
            model.formats, model.sizes, model.intervals
        );
        reads_one(&mut guest, model, sold.next().expect("enough")).await;
    }
    let [first, second, third, fourth] = [(); 4].map(|()| sold.next().expect("enough"));
    let camera = Camera::new(USUAL);
    camera.plug_in(&mut guest, DEVICE).await;
    let mut gate = Gate::start(&mut guest, "running", "--camera auto").await;
    shows(&mut guest, &camera, &mut gate, first).await;

    let other = Gate::start(&mut guest, "second", "--camera auto").await;
    guest.until(&other.says("busy")).await;
    other.end(&mut guest).await;
    shows(&mut guest, &camera, &mut gate, second).await;

    camera.pull();
    guest.until(&gate.says("unplugged")).await;
    guest.until(&format!("test ! -e {DEVICE}")).await;
    camera.plug_in(&mut guest, DEVICE).await;
    shows(&mut guest, &camera, &mut gate, third).await;

    camera.hang(true);
    guest.until(&gate.says("hung")).await;
    camera.hang(false);
    shows(&mut guest, &camera, &mut gate, fourth).await;
    gate.end(&mut guest).await;
    guest.shut_down().await;
}

async fn reads_one(guest: &mut Guest, model: Model, sold: &Sold) {
    let camera = Camera::new(model);
    camera.plug_in(guest, DEVICE).await;
    camera.show(Some(&sold.code));
    let mut gate = Gate::start(guest, "once", "--camera auto").await;
    gate.answers(guest, "admit", Some(sold)).await;
    gate.end(guest).await;
    assert!(camera.frames() > 0, "the verdict came from its frames");
    camera.pull();
    guest.until(&format!("test ! -e {DEVICE}")).await;
}

/// Holds a ticket before it until the gate lets its owner in, and takes it away.
async fn shows(guest: &mut Guest, camera: &Camera, gate: &mut Gate, sold: &Sold) {
    camera.show(Some(&sold.code));
    gate.answers(guest, "admit", Some(sold)).await;
    camera.show(None);
}
