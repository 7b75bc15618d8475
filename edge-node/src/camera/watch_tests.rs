//! The watch over sources that behave well, badly and not at all. Frames are real, threads are real.

use std::{
    collections::VecDeque,
    sync::mpsc::{Receiver, channel},
};

use decoder::{GrayFrame, synth};

use super::{
    super::{FrameSource, Next, SourceError},
    *,
};

const LONG: Duration = Duration::from_secs(30);

/// What a scripted source does next.
enum Step {
    Show(&'static str),
    Empty,
    Unplug,
    Hang(Receiver<()>),
}

/// Steps in their order; then nothing more comes.
struct Scripted(VecDeque<Step>);

impl FrameSource for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn is_live(&self) -> bool {
        false
    }

    fn next(&mut self) -> Result<Next, SourceError> {
        match self.0.pop_front() {
            Some(Step::Show(text)) => Ok(Next::Frame(synth::clean_frame(text, 640, 480))),
            Some(Step::Empty) => {
                let blank = GrayFrame::new(640, 480, vec![200; 640 * 480]);
                Ok(Next::Frame(blank?))
            }
            Some(Step::Unplug) => Err(SourceError::Unplugged("scripted".to_owned())),
            Some(Step::Hang(until)) => {
                let _ = until.recv();
                Err(SourceError::Unplugged("scripted".to_owned()))
            }
            None => {
                thread::sleep(Duration::from_millis(5));
                Ok(Next::NotYet)
            }
        }
    }
}

/// A watch over what each opening gives in turn; then there is no camera.
fn watch(openings: Vec<Result<Vec<Step>, SourceError>>) -> (Watch, Receiver<String>) {
    let openings = Mutex::new(VecDeque::from(openings));
    let open: Open = Arc::new(move || {
        let next = openings.lock().expect("free").pop_front();
        let steps = next.unwrap_or(Err(SourceError::NoCamera(None)))?;
        Ok(Box::new(Scripted(steps.into())) as Box<dyn FrameSource>)
    });
    let (texts, shown) = channel();
    let options = Options {
        open,
        can_hang: true,
        keep: None,
    };
    let show = move |text: &str| texts.send(text.to_owned()).expect("somebody listens");
    (Watch::start(options, show).expect("threads"), shown)
}

fn until(mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG, "it never came");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_held_code_is_handed_on_once_and_the_next_at_once() {
    let mut steps = vec![Step::Empty];
    steps.extend((0..10).map(|_| Step::Show("A")));
    steps.extend([Step::Empty, Step::Show("A"), Step::Show("B")]);
    let (watch, shown) = watch(vec![Ok(steps)]);
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("A"));
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("B"));
    let eye = watch.eye();
    assert!(eye.state().is_running(), "{:?}", eye.state());
    assert_eq!(eye.counts().dropped, 0, "a recording loses nothing");
    drop(watch);
    assert!(shown.try_recv().is_err(), "and nothing else was shown");
}

#[test]
fn unplugged_and_plugged_in_again_goes_on_by_itself() {
    let first = vec![Step::Show("A"), Step::Unplug];
    let gone = || Err(SourceError::NoCamera(None));
    let (watch, shown) = watch(vec![Ok(first), gone(), gone(), Ok(vec![Step::Show("B")])]);
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("A"));
    until(|| watch.eye().state() == CameraState::Unplugged);
    assert!(watch.eye().preview().is_none(), "no old picture is shown");
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("B"));
    until(|| watch.eye().state().is_running());
}

#[test]
fn troubles_are_told_and_tried_again() {
    let busy = Err(SourceError::Busy("scripted".to_owned()));
    let denied = Err(SourceError::Denied("scripted".to_owned()));
    let (watch, shown) = watch(vec![busy, denied, Ok(vec![Step::Show("A")])]);
    let eye = watch.eye();
    until(|| eye.state() == CameraState::Busy);
    until(|| eye.state() == CameraState::Denied);
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("A"));
}

#[test]
fn a_camera_that_hangs_is_given_up_and_comes_back() {
    let (release, hang) = channel();
    let first = vec![Step::Show("A"), Step::Hang(hang)];
    let busy = || Err(SourceError::Busy("scripted".to_owned()));
    let (watch, shown) = watch(vec![Ok(first), busy(), busy(), Ok(vec![Step::Show("B")])]);
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("A"));
    until(|| watch.eye().state() == CameraState::Hung);
    // The next thread finds the device held by the one that hangs: still the same trouble.
    let eye = watch.eye();
    until(|| eye.shared.threads() == MOST_THREADS);
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("B"));
    drop(release);
    until(|| eye.shared.threads() == 1);
    assert!(eye.state().is_running(), "{:?}", eye.state());
}

#[test]
fn the_test_code_proves_the_camera_and_is_no_scan() {
    let (watch, shown) = watch(vec![Ok(vec![Step::Show(test_code::TEXT), Step::Show("A")])]);
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("A"));
    assert!(watch.eye().test_code_age().is_some());
    assert!(Eye::default().test_code_age().is_none());
}

#[test]
fn the_test_code_is_no_ticket_number_or_wristband() {
    use sync_protocol::{keyring::Keyring, shown};
    let config = crate::node::unknown_event(sync_protocol::id::EventId::from_u128(1));
    let shown = shown::identify(test_code::TEXT, &Keyring::new(&config));
    assert!(matches!(shown, shown::Shown::Unreadable(_)), "{shown:?}");
}

#[test]
fn a_preview_is_made_of_the_newest_frame() {
    let (watch, shown) = watch(vec![Ok(vec![Step::Show("A")])]);
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("A"));
    let jpeg = watch.eye().preview().expect("a picture");
    assert_eq!(&jpeg[..2], [0xff, 0xd8]);
    assert!(Eye::default().preview().is_none());
    assert_eq!(Eye::default().state(), CameraState::Off);
}

#[test]
fn no_frame_is_kept_unless_the_venue_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = || std::fs::read_dir(folder.path()).expect("there").count();
    let (first, shown) = watch(vec![Ok(vec![Step::Show("A")])]);
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("A"));
    assert!(!first.eye().keeps_frames());
    drop(first);
    assert_eq!(kept(), 0);

    let open: Open = Arc::new(|| {
        let steps = [Step::Empty, Step::Show("A"), Step::Show("A")];
        Ok(Box::new(Scripted(steps.into())) as Box<dyn FrameSource>)
    });
    let (texts, shown) = channel();
    let options = Options {
        open,
        can_hang: false,
        keep: Some(Keeper::open(folder.path()).expect("a folder")),
    };
    let show = move |text: &str| texts.send(text.to_owned()).expect("somebody listens");
    let second = Watch::start(options, show).expect("threads");
    assert_eq!(shown.recv_timeout(LONG).as_deref(), Ok("A"));
    assert!(second.eye().keeps_frames());
    drop(second);
    assert_eq!(kept(), 1, "the frame of the scan, and no other");
}
